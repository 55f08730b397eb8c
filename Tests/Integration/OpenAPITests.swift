import Datasets
import TestSupport
import Testing

@Suite("/openapi.json tells what is there", .timeLimit(.minutes(5)))
struct OpenAPITests {
  private static let csv = SampleCustomers.csv()

  /// Sends requests and holds each answer to what the document says of its operation.
  private final class Walk {
    let curl: Curl
    let checker: SchemaChecker
    /// Operations that have answered as they should.
    var visited: Set<String> = []

    init(_ curl: Curl, _ document: JSONValue) {
      self.curl = curl
      checker = SchemaChecker(document: document)
    }

    @discardableResult
    func send(
      _ method: String, _ pattern: String, _ path: String? = nil, body: CurlRequest.Body = .none,
      headers: HeaderList = [:], status: Int? = nil
    ) async throws -> JSONValue {
      let path = path ?? pattern
      let answer = try await curl.send(CurlRequest(method, path, headers: headers, body: body))
      let place = "\(method) \(path) → \(answer.status)"
      if let status { #expect(answer.status == status, "\(place) \(answer.text.prefix(300))") }
      let operation = checker.document["paths"][pattern][method.lowercased()]
      let told = operation["responses"]["\(answer.status)"]
      #expect(told != .null, "\(place) is not in the document")
      for header in told["headers"].names {
        // Two of each kind of POST have no Location: what is not stored is nowhere.
        if header == "Location", path.contains("dry_run") { continue }
        #expect(answer.headers[header] != nil, "\(place) lacks \(header)")
      }
      let type = answer.headers["Content-Type"]?.prefix { $0 != ";" }.lowercased() ?? ""
      let isJSON = type.hasSuffix("/json") || type.hasSuffix("+json")
      if answer.status != 304 {
        let content = told["content"][type]
        #expect(content != .null, "\(place) answers \(type)")
        if isJSON, content != .null {
          let faults = checker.faults(of: try answer.json(), content["schema"])
          #expect(faults == [], "\(place)")
        }
      }
      if answer.status < 400 { visited.insert("\(method.lowercased()) \(pattern)") }
      return isJSON ? try answer.json() : .null
    }
  }

  @Test("every route answers as the document says, refusals too")
  func everyRoute() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let document = try await curl.get("/openapi.json").json()
      let walk = Walk(curl, document)
      // Before anything is stored.
      for path in ["/segments", "/clusters/summary", "/customers", "/charts", "/migrations"] {
        try await walk.send("GET", path, status: 404)
      }
      try await walk.send("GET", "/odata/{set}", "/odata/Customers", status: 200)

      // Fits of all kinds: chosen and given k, categories, transactions, outliers, a dry run.
      let first = try await walk.send(
        "POST", "/segments", "/segments?eda=true&quality=true", body: .bytes(Self.csv), status: 201)
      try await walk.send("POST", "/segments", body: .bytes(Self.csv), status: 200)
      try await walk.send(
        "POST", "/segments", "/segments?dry_run=true&eda=true", body: .bytes(Self.csv), status: 200)
      let second = try await walk.send(
        "POST", "/segments", "/segments?k=3&outliers=set_aside", body: .bytes(Self.csv),
        status: 201)
      try await walk.send(
        "POST", "/segments", "/segments?categorical=onehot&series=b&min_size=0.1&scale=robust",
        body: .bytes(Self.csv), status: 201)
      var sales = "customer,date,amount,kind\n"
      for row in 0..<90 {
        sales += "c\(row % 20),2026-0\(row % 9 + 1)-1\(row % 7),\(row * 37 % 100 - 5),\(row % 3)\n"
      }
      try await walk.send(
        "POST", "/segments", "/segments?series=c&k=2", body: .text(sales), status: 201)
      try await walk.send(
        "POST", "/segments.csv".replacing(".csv", with: ""), "/segments.csv?k=2",
        body: .bytes(Self.csv))
      try await walk.send("POST", "/segments", body: .text("a\nx\n"), status: 422)
      try await walk.send("POST", "/segments", "/segments?k=0", body: .bytes(Self.csv), status: 400)
      let messy = "id,age,spent,kind\n1,-4,1.5,a\n2,,7,b\n3,x,8,a\n3,30,9,a\n4,31,9,a\n4,31,9,a\n"
      let dataset = try await walk.send("POST", "/datasets", body: .text(messy), status: 201)
      try await walk.send(
        "POST", "/datasets", "/datasets?dry_run=true", body: .text(messy), status: 200)

      let accepted = try await walk.send(
        "POST", "/segments", "/segments?k=4&series=d", body: .bytes(Self.csv),
        headers: ["Prefer": "respond-async"], status: 202)
      let job = try #require(accepted["job_id"].string)
      try await walk.send("GET", "/jobs", status: 200)
      // Ends with the job.
      let told = try await curl.get("/jobs/\(job)/events")
      #expect(told.status == 200)
      walk.visited.insert("get /jobs/{id}/events")
      try await walk.send("GET", "/jobs/{id}", "/jobs/\(job)", status: 200)
      try await walk.send("DELETE", "/jobs/{id}", "/jobs/\(job)", status: 200)
      try await walk.send("GET", "/jobs/{id}", "/jobs/\(job)", status: 404)

      let run = try #require(first["run_id"].string)
      let later = try #require(second["run_id"].string)
      let segment = try #require(first["segments"][0]["segment_id"].string)
      let data = try #require(dataset["id"].string)
      let parts = [
        "{sid}": segment, "{cid}": "17", "{i}": "0", "{slug}": "gone", "{name}": "sizes",
        "{set}": "Segments",
      ]
      for query in ["run=\(run)", "run=\(later)", "series=b", "series=c", "flat=1"] {
        for (pattern, operations) in document["paths"].members {
          // Jobs are gone by now.
          guard operations["get"] != .null, !pattern.hasPrefix("/jobs/") else { continue }
          var path = pattern
          for (name, value) in parts { path = path.replacing(name, with: value) }
          path = path.replacing("{id}", with: pattern.hasPrefix("/datasets") ? data : run)
          let names = operations["get"]["parameters"].items.compactMap { $0["name"].string }
          let known = names.contains(String(query.prefix { $0 != "=" }))
          if pattern == "/segments/assign" {
            path += "?run=\(run)&age=32&annual_income=86&spending_score=82"
          } else if known {
            path += "?\(query)"
          }
          let answer = try await walk.send("GET", pattern, path)
          for form in operations["get"]["responses"]["200"]["content"].names {
            try await walk.send("GET", pattern, path, headers: ["Accept": form])
          }
          if query == "flat=1", known, case .object = answer {
            Issue.record("\(path) is not flat")
          }
        }
      }
      for set in ["Customers?$count=true&$top=3", "Customers('17')", "Runs", "None", "Runs?$top=x"]
      {
        try await walk.send("GET", "/odata/{set}", "/odata/\(set)")
      }
      try await walk.send(
        "GET", "/runs/compare", "/runs/compare?from=\(run)&to=\(later)", status: 200)
      try await walk.send("GET", "/migrations", "/migrations?limit=3", status: 200)
      try await walk.send(
        "GET", "/segments/{sid}/customers", "/segments/\(segment)/customers?run=\(run)&limit=5",
        status: 200)
      for (pattern, path) in [
        ("/segments/{sid}", "/segments/none"), ("/customers/{cid}", "/customers/none"),
        ("/clusters/{i}", "/clusters/99"), ("/runs/{id}", "/runs/none"),
        ("/datasets/{id}", "/datasets/none"), ("/charts/{name}", "/charts/none.svg"),
        ("/problems/{slug}", "/problems/none"),
      ] {
        try await walk.send("GET", pattern, path, status: 404)
      }

      try await walk.send("POST", "/segments/assign", body: .bytes(Self.csv), status: 200)
      try await walk.send(
        "POST", "/segments/assign", "/segments/assign?flat=1", body: .bytes(Self.csv), status: 200)
      let current = try await walk.send("GET", "/segments")["items"][0]["segment_id"].string ?? ""
      try await walk.send(
        "PATCH", "/segments/{sid}", "/segments/\(current)",
        body: .text(##"{"name":"Regulars","description":"x","colour":"#0072b2","pinned":true}"##),
        status: 200)
      try await walk.send(
        "PATCH", "/segments/{sid}", "/segments/\(current)", body: .text(#"{"nam":1}"#), status: 422)
      let model = try await curl.get("/runs/\(run)/model.json")
      let restored = try await walk.send("POST", "/runs", body: .bytes(model.body), status: 201)
      let copy = try #require(restored["run_id"].string)
      for pattern in ["/clusters", "/clusters/summary", "/clusters/distances"] {
        try await walk.send("GET", pattern, "\(pattern)?run=\(copy)", status: 200)
      }
      try await walk.send("GET", "/clusters/{i}", "/clusters/0?run=\(copy)", status: 200)
      try await walk.send("GET", "/runs/{id}", "/runs/\(copy)", status: 200)
      try await walk.send("GET", "/segments", "/segments?run=\(copy)", status: 409)
      try await walk.send("POST", "/runs", body: .text("{}"), status: 422)
      try await walk.send("POST", "/runs/{id}/activate", "/runs/\(run)/activate", status: 200)
      try await walk.send("DELETE", "/runs/{id}", "/runs/\(later)", status: 200)
      try await walk.send("DELETE", "/datasets/{id}", "/datasets/\(data)", status: 200)
      try await walk.send("DELETE", "/datasets/{id}", "/datasets/\(data)", status: 404)

      for (pattern, operations) in document["paths"].members {
        for method in operations.names {
          #expect(walk.visited.contains("\(method) \(pattern)"), "\(method) \(pattern)")
        }
      }
    }
  }

  @Test(
    "the document is whole: names are unique, references lead somewhere, paths name their parts")
  func document() async throws {
    try await ServiceProcess.with { service in
      let answer = try await service.client().get("/openapi.json")
      let document = try answer.json()
      #expect(document["openapi"].string == "3.1.1")
      var ids: Set<String> = []
      for (pattern, operations) in document["paths"].members {
        for (method, operation) in operations.members {
          let id = try #require(operation["operationId"].string)
          #expect(ids.insert(id).inserted, "\(id)")
          let inPath = operation["parameters"].items.filter { $0["in"].string == "path" }
          let named = pattern.matches(of: /\{([a-z]+)\}/).map { String($0.1) }
          #expect(inPath.compactMap { $0["name"].string } == named, "\(method) \(pattern)")
          let names = operation["parameters"].items.compactMap { $0["name"].string }
          #expect(Set(names).count == names.count, "\(method) \(pattern)")
          let succeeds = operation["responses"].names.contains { $0.hasPrefix("2") }
          #expect(succeeds, "\(method) \(pattern)")
        }
      }
      let schemas = Set(document["components"]["schemas"].names)
      for reference in answer.text.matches(of: /#\/components\/schemas\/([A-Za-z]+)/) {
        #expect(schemas.contains(String(reference.1)), "\(reference.1)")
      }
    }
  }
}

extension JSONValue {
  /// The members of an object in their order, none of what is no object.
  var members: [(name: String, value: JSONValue)] {
    guard case .object(let object) = self else { return [] }
    return object.members.map { ($0.name, $0.value) }
  }

  var names: [String] { members.map(\.name) }
}

@Suite("the check of schemas finds what is wrong") struct SchemaCheckerTests {
  @Test(
    "a value that does not fit is told with its place",
    arguments: [
      (#"{"a":1,"b":[]}"#, []), (#"{"a":null,"b":["x"],"c":{"z":true}}"#, []),
      (#"{"b":[]}"#, [": lacks a"]), (#"{"a":1.5,"b":[]}"#, ["/a"]), (#"{"a":-1,"b":[]}"#, ["/a"]),
      (#"{"a":1,"b":["q"]}"#, ["/b/0"]), (#"{"a":1,"b":{}}"#, ["/b"]),
      (#"{"a":1,"b":[],"d":1}"#, ["/d"]), (#"{"a":1,"b":[],"c":{"z":2}}"#, ["/c/z"]),
      (#"[]"#, [": is"]),
    ] as [(String, [String])])
  func faults(value: String, places: [String]) throws {
    let schema = """
      {"type":"object","required":["a","b"],"properties":{
        "a":{"type":["integer","null"],"minimum":0},
        "b":{"type":"array","items":{"anyOf":[{"type":"string","enum":["x"]},{"type":"null"}]}},
        "c":{"$ref":"#/components/schemas/C"}}}
      """
    let document =
      #"{"components":{"schemas":{"C":{"type":"object","properties":{},"additionalProperties":{"type":"boolean"}}}}}"#
    let checker = SchemaChecker(document: try JSONValue.parse(Array(document.utf8).span))
    let found = checker.faults(
      of: try JSONValue.parse(Array(value.utf8).span),
      try JSONValue.parse(Array(schema.utf8).span))
    #expect(found.count == places.count, "\(found)")
    for (fault, place) in zip(found, places) {
      #expect(fault.hasPrefix(place), "\(fault)")
    }
  }
}
