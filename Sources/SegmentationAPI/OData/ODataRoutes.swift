import HTTPServer
import Segmentation

/// `/odata/`: the feed of Power BI, Excel and Tableau (OData v4, read-only, flat).
struct ODataRoutes {
  private let orders = RowOrderCache()
  /// The names of the entity sets.
  private static let sets = EntityFeed(run: nil, runs: []).sets.map(\.name)

  /// What the documents take.
  private static let about = [
    Parameter.run, .series, Parameter("$format", "json", .words(["json"])),
  ]
  /// What the sets take.
  private static let options = [
    Parameter.run, .series,
    Parameter(
      "$filter", "a condition, such as Age gt 30 and SegmentId eq 'prime'",
      .text.example("Cluster eq 0")),
    Parameter("$select", "the properties to show, separated by commas"),
    Parameter("$orderby", "properties to order by, each with asc or desc behind it"),
    Parameter("$top", "how many rows at the most", .count),
    Parameter("$skip", "how many rows to pass over", .count),
    Parameter("$count", "true tells how many rows pass the filter", .words(["true", "false"])),
    Parameter("$skiptoken", "where a page begins: taken from @odata.nextLink"),
    Parameter("$format", "json", .words(["json"])),
  ]

  var endpoints: [Endpoint] {
    [
      endpoint("/odata", "The entity sets of the OData feed.", answers: ODataMetadata.schema) {
        call, options throws(ODataFault) in
        try document(call, options)
      },
      endpoint(
        "/odata/", "The entity sets of the OData feed, for clients that add the slash.",
        answers: ODataMetadata.schema
      ) { call, options throws(ODataFault) in
        try document(call, options)
      },
      endpoint(
        "/odata/$metadata", "The model of the feed as CSDL XML.", form: .pmml, answers: nil
      ) { call, options throws(ODataFault) in
        try metadata(call, options)
      },
      endpoint(
        "/odata/{set}", "The rows of an entity set in pages, or one by its key.",
        path: [
          Parameter(
            "set", "the name of an entity set, or with a key in parentheses one of its entities",
            .any(of: [
              .words(Self.sets),
              .string(
                pattern:
                  "^(\(Self.sets.joined(separator: "|")))\\([^\\u0000-\\u001f\\u007f-\\u009f/]+\\)$"
              ),
            ]))
        ], parameters: Self.options, answers: Self.schema
      ) { call, options throws(ODataFault) in
        try rows(call, options)
      },
      endpoint(
        "/odata/{set}/$count", "How many rows of an entity set pass the filter.", form: .txt,
        path: [Parameter("set", "the name of an entity set", .words(Self.sets))],
        parameters: Self.options, answers: nil
      ) { call, options throws(ODataFault) in
        try count(call, options)
      },
      Endpoint(
        .get, "/powerbi/segments.pbids",
        summary: "Opens Power BI Desktop on the OData feed.", answers: Self.connectionSchema,
        .immediate { call throws(ProblemDetails) in
          let details: JSON = [
            "protocol": "odata", "address": ["url": .string("\(call.baseURL)/odata/")],
          ]
          let file: JSON = ["version": "0.1", "connections": [["details": details]]]
          return Answer(
            form: .json, bytes: file.bytes,
            fields: ["Content-Disposition": "attachment; filename=\"segments.pbids\""])
        }),
    ]
  }

  private func endpoint(
    _ pattern: String, _ summary: String, form: Form = .json, path: [Parameter] = [],
    parameters: [Parameter] = Self.about,
    answers: Schema?,
    _ handler: @escaping @Sendable (Call, [String: String]) throws(ODataFault) -> Answer
  ) -> Endpoint {
    var endpoint = Endpoint(
      .get, pattern, forms: [form], parameters: parameters, others: .kept, summary: summary,
      path: path, answers: answers, problems: [.gone, .notAcceptable],
      .computed { call throws(ProblemDetails) in
        do throws(ODataFault) {
          if let most = call.request.fields["OData-MaxVersion"], !Self.isVersion4(most) {
            throw .badRequest("OData-MaxVersion \(most): this feed answers in version 4.0.")
          }
          return try handler(
            call, try ODataQuery.options(call.request.target.queryItems, form: form))
        } catch {
          return error.answer
        }
      })
    endpoint.negotiates = false
    endpoint.isOData = true
    return endpoint
  }

  private static func isVersion4(_ text: String) -> Bool {
    DecimalNumber.parse(text).map { $0 >= 4 } ?? false
  }

  // MARK: Documents

  private func document(_ call: Call, _ options: [String: String]) throws(ODataFault) -> Answer {
    let sets = try feed(call, options).feed.sets
    return Self.answer(
      call, ODataMetadata.serviceDocument(sets, root: "\(call.baseURL)/odata/").bytes)
  }

  private func metadata(_ call: Call, _ options: [String: String]) throws(ODataFault) -> Answer {
    Answer(
      form: .json, bytes: ODataMetadata.xml(try feed(call, options).feed.sets),
      fields: ["Content-Type": "application/xml;charset=utf-8", "OData-Version": "4.0"])
  }

  // MARK: Rows

  private func rows(_ call: Call, _ options: [String: String]) throws(ODataFault) -> Answer {
    let path = call.parameter("set")
    guard let open = path.firstIndex(of: "(") else {
      let (run, set) = try set(path, call, options)
      return try page(call, options, set, run)
    }
    let (_, set) = try set(String(path[..<open]), call, options)
    return try one(call, options, set, key: path[open...])
  }

  private func page(
    _ call: Call, _ options: [String: String], _ set: EntitySet, _ run: Run?
  ) throws(ODataFault) -> Answer {
    let query = try ODataQuery(options, of: set)
    let order = try order(query, set, run)
    let start = min(query.skip, order.count)
    let count = min(query.top ?? .max, order.count - start)
    let preferred = Self.preferredPageSize(call.request)
    let first = min(query.offset, count)
    let end = min(count, first + (preferred ?? Self.pageSize))

    let shown = query.select ?? Array(set.properties.indices)
    var out: [UInt8] = []
    out.append(contentsOf: #"{"@odata.context":"#.utf8)
    JSON.write("\(call.baseURL)/odata/$metadata#\(set.name)\(Self.selection(query, set))", to: &out)
    if query.wantsCount { out.append(contentsOf: #","@odata.count":\#(order.count)"#.utf8) }
    out.append(contentsOf: #","value":["#.utf8)
    for position in first..<end {
      if position > first { out.append(UInt8(ascii: ",")) }
      out.append(UInt8(ascii: "{"))
      Self.write(set, shown, row: order[start + position], to: &out)
      out.append(UInt8(ascii: "}"))
    }
    out.append(UInt8(ascii: "]"))
    if end < count {
      out.append(contentsOf: #","@odata.nextLink":"#.utf8)
      JSON.write(nextLink(call, set, Cursor(offset: end, anchor: run?.id ?? "")), to: &out)
    }
    out.append(UInt8(ascii: "}"))
    var answer = Self.answer(call, out)
    if let preferred {
      answer.fields.append("Preference-Applied", "odata.maxpagesize=\(preferred)")
    }
    return answer
  }

  private func one(
    _ call: Call, _ options: [String: String], _ set: EntitySet, key text: Substring
  ) throws(ODataFault) -> Answer {
    let query = try ODataQuery(options, of: set)
    guard let row = set.rows.row(key: try EntityKey.parse(text, of: set), of: set) else {
      throw .notFound("There is no \(set.typeName) \(text).")
    }
    let shown = query.select ?? Array(set.properties.indices)
    var out: [UInt8] = []
    out.append(contentsOf: #"{"@odata.context":"#.utf8)
    JSON.write(
      "\(call.baseURL)/odata/$metadata#\(set.name)\(Self.selection(query, set))/$entity", to: &out)
    out.append(UInt8(ascii: ","))
    Self.write(set, shown, row: row, to: &out)
    out.append(UInt8(ascii: "}"))
    return Self.answer(call, out)
  }

  private func count(_ call: Call, _ options: [String: String]) throws(ODataFault) -> Answer {
    let (run, set) = try set(call.parameter("set"), call, options)
    let order = try order(try ODataQuery(options, of: set), set, run)
    return Answer(
      form: .txt, bytes: Array("\(order.count)".utf8),
      fields: ["Content-Type": "text/plain;charset=utf-8", "OData-Version": "4.0"])
  }

  /// What the context says of `$select`: nothing without it.
  private static func selection(_ query: ODataQuery, _ set: EntitySet) -> String {
    guard let select = query.select else { return "" }
    return "(" + select.map { set.properties[$0].name }.joined(separator: ",") + ")"
  }

  private static func write(
    _ set: EntitySet, _ shown: [Int], row: Int, to out: inout [UInt8]
  ) {
    for (place, property) in shown.enumerated() {
      if place > 0 { out.append(UInt8(ascii: ",")) }
      JSON.write(set.properties[property].name, to: &out)
      out.append(UInt8(ascii: ":"))
      set.rows.value(row: row, property: property).json.write(to: &out)
    }
  }

  // MARK: Parts

  /// The run a request is about, and its sets.
  ///
  /// A page belongs to the run of the page before, so that a refit in mid-read does not mix two runs.
  private func feed(_ call: Call, _ options: [String: String]) throws(ODataFault) -> (
    run: Run?, feed: EntityFeed
  ) {
    let snapshot = call.service.snapshot
    let runs = snapshot.runIDs.compactMap { snapshot.runs[$0] }.map {
      RunPayload(run: $0).row(isCurrent: snapshot.isCurrent($0))
    }
    let asked = call.query["run"]
    if let token = options["$skiptoken"], let cursor = Cursor(token) {
      guard !cursor.anchor.isEmpty else { return (nil, EntityFeed(run: nil, runs: runs)) }
      guard let run = snapshot.runs[cursor.anchor] else {
        throw .gone("The run of these pages was removed; begin again without $skiptoken.")
      }
      try disclose(run, call)
      return (run, EntityFeed(run: run, runs: runs))
    }
    let run: Run
    do {
      run = try call.service.run(id: asked, series: call.query["series"] ?? "default")
    } catch {
      // Without a run there is a feed all the same, with nothing in it: the model can be read.
      if asked == nil, call.query["series"] == nil {
        return (nil, EntityFeed(run: nil, runs: runs))
      }
      throw ODataFault(ProblemDetails(error))
    }
    try disclose(run, call)
    return (run, EntityFeed(run: run, runs: runs))
  }

  private func disclose(_ run: Run, _ call: Call) throws(ODataFault) {
    do {
      try call.checkDisclosure(of: run)
    } catch {
      throw ODataFault(error)
    }
  }

  private func set(_ name: String, _ call: Call, _ options: [String: String])
    throws(ODataFault) -> (run: Run?, set: EntitySet)
  {
    let (run, feed) = try feed(call, options)
    guard let set = feed[name] else {
      let names = feed.sets.map(\.name).joined(separator: ", ")
      throw .notFound("There is no entity set \(name); there are \(names).")
    }
    let holdsCustomers = run?.isRestored == false
    switch name {
    case "Customers" where run?.isRestored == true:
      throw .notFound("The run was restored from its model and holds no customers.")
    case "Migrations": return (run, try migrations(to: run, call))
    case "Profiles" where holdsCustomers: return (run, EntityFeed.profiles(of: run))
    default: return (run, set)
    }
  }

  /// Who moved to a run from the one before it; without one before, nobody.
  private func migrations(to run: Run?, _ call: Call) throws(ODataFault) -> EntitySet {
    guard let run, !run.isRestored else {
      return EntityFeed.migrations(rows: StoredRows(values: []))
    }
    let runs: (from: Run, to: Run)
    do {
      runs = try call.service.runs(from: nil, to: run.id, series: run.series)
    } catch {
      if case .noEarlierRun = error {
        return EntityFeed.migrations(rows: StoredRows(values: []))
      }
      throw ODataFault(ProblemDetails(error))
    }
    let counts = call.service.migration(from: runs.from, to: runs.to).counts
    return EntityFeed.migrations(
      rows: StoredRows(
        values: runs.from.segments.flatMap { before in
          runs.to.segments.map { after in
            [
              .text(before.id), .text(after.id), .text(before.name), .text(after.name),
              .integer(counts[before.cluster][after.cluster]),
            ]
          }
        }))
  }

  private func order(_ query: ODataQuery, _ set: EntitySet, _ run: Run?) throws(ODataFault)
    -> RowOrder
  {
    guard set.name == "Customers" else { return try RowOrder(query, of: set) }
    return try orders.order("\(run?.id ?? "") \(query.selection)") { () throws(ODataFault) in
      try RowOrder(query, of: set)
    }
  }

  /// How many rows a page holds unless the client prefers another size.
  static let pageSize = 10_000
  /// The most rows a page holds, whatever the client prefers.
  static let largestPageSize = 100_000

  /// `Prefer: odata.maxpagesize=N` (OData v4 Part 1, §8.2.8.5).
  private static func preferredPageSize(_ request: Request) -> Int? {
    let preferences = Preferences(request)
    guard let text = preferences["odata.maxpagesize"] ?? preferences["maxpagesize"],
      let size = WholeNumber.parse(text), size > 0
    else { return nil }
    return min(size, largestPageSize)
  }

  private func nextLink(_ call: Call, _ set: EntitySet, _ cursor: Cursor) -> String {
    let items = call.request.target.queryItems.filter { $0.name != "$skiptoken" }.map {
      "\($0.name.hasPrefix("$") ? "$" : "")\(PathSegment.encoded($0.name.hasPrefix("$") ? String($0.name.dropFirst()) : $0.name))=\(PathSegment.encoded($0.value))"
    }
    let query = (items + ["$skiptoken=\(PathSegment.encoded(cursor.text))"]).joined(separator: "&")
    return "\(call.baseURL)/odata/\(set.name)?\(query)"
  }

  private static func answer(_ call: Call, _ bytes: [UInt8]) -> Answer {
    Answer(
      form: .json, bytes: bytes,
      fields: [
        "Content-Type":
          "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
        "OData-Version": "4.0",
      ])
  }
}

/// The key of one entity: `('7')`, `(SegmentId='prime',Feature='age')` (OData v4 Part 2, §4.3.1).
enum EntityKey {
  static func parse(_ text: Substring, of set: EntitySet) throws(ODataFault) -> [ODataValue] {
    guard text.last == ")" else { throw .badRequest("The key \(text) is not closed.") }
    let parts = split(text.dropFirst().dropLast())
    var values: [ODataValue?] = set.key.map { _ in nil }
    for part in parts {
      if let (name, literal) = named(part) {
        guard let place = set.key.firstIndex(where: { set.properties[$0].name == name }) else {
          throw .badRequest("\(name) is not part of the key of \(set.typeName).")
        }
        values[place] = try FilterParser.literal(literal, of: set)
      } else if set.key.count == 1, parts.count == 1 {
        values[0] = try FilterParser.literal(part, of: set)
      } else {
        throw .badRequest("The parts of the key of \(set.typeName) are given by their names.")
      }
    }
    var key: [ODataValue] = []
    for (place, value) in values.enumerated() {
      guard let value else {
        throw .badRequest("The key lacks \(set.properties[set.key[place]].name).")
      }
      key.append(value)
    }
    return key
  }

  /// The parts between commas that stand in no text.
  private static func split(_ text: Substring) -> [String] {
    var parts = [""]
    var isQuoted = false
    for character in text {
      if character == "'" { isQuoted.toggle() }
      if character == ",", !isQuoted {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts
  }

  private static func named(_ part: String) -> (name: String, literal: String)? {
    guard let equals = part.firstIndex(of: "="), !part[..<equals].contains("'") else { return nil }
    return (
      String(part[..<equals]).filter { $0 != " " }, String(part[part.index(after: equals)...])
    )
  }
}

extension ODataRoutes {
  /// Rows of a set, or one of its entities, whose members are what `$metadata` says.
  fileprivate static let schema = Schema.object(
    ["@odata.context": .string]
      + .optional([
        "@odata.count": .count, "value": .array(of: .anything), "@odata.nextLink": .string,
      ]), others: .any(of: [.cell, .boolean, .array(of: .anything)])
  ).named("EntitySet")

  fileprivate static let connectionSchema = Schema.object([
    "version": .string,
    "connections": .array(
      of: .object([
        "details": .object([
          "protocol": .words(["odata"]), "address": .object(["url": .string]),
        ])
      ])),
  ])
}
