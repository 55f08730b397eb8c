import HTTPServer

/// `/openapi.json`: the routes as OpenAPI 3.1 describes them, made from the table that serves.
struct OpenAPIDocument {
  let endpoints: [Endpoint]
  let version: String

  var json: JSON {
    var definitions: [String: JSON] = [:]
    for schema in schemas { definitions.merge(schema.definitions) { first, _ in first } }
    var paths: [String: [JSON.Member]] = [:]
    var order: [String] = []
    for endpoint in endpoints {
      if paths[endpoint.pattern] == nil { order.append(endpoint.pattern) }
      paths[endpoint.pattern, default: []].append(
        .init(name: endpoint.method.name.lowercased(), value: operation(endpoint)))
    }
    return [
      "openapi": "3.1.1",
      "info": [
        "title": "segmentd", "version": .string(version),
        "summary": "Turns a customer file into segments a shop can act on.",
        "description": .string(Self.description),
      ],
      "servers": [["url": "/"]],
      "tags": .array(tags.map { ["name": .string($0)] }),
      "paths": .object(order.map { .init(name: $0, value: .object(paths[$0] ?? [])) }),
      "components": [
        "schemas": .object(
          definitions.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value) }),
        "headers": [
          "X-Request-Id": ["description": "Names the request.", "schema": Schema.string.json],
          "ETag": [
            "description": "Names this state of the representation.", "schema": Schema.string.json,
          ],
          "Location": ["description": "Where the thing is found.", "schema": Schema.link.json],
          "Allow": [
            "description": "The methods this address takes.", "schema": Schema.string.json,
          ],
          "Retry-After": [
            "description": "Seconds to wait before asking again.", "schema": Schema.count.json,
          ],
        ],
      ],
    ]
  }

  private static let description = """
    Each path can be asked for in any of its representations: by a suffix (/segments.csv), by \
    format=csv, or by Accept. HEAD is answered where GET is, OPTIONS everywhere. A GET answer has an \
    ETag; If-None-Match gets a 304. Refusals are application/problem+json (RFC 9457), below /odata \
    in OData's form. A request that breaks HTTP itself can get 408, 411, 417, 501 or 505 anywhere.
    """

  private var schemas: [Schema] {
    endpoints.flatMap { endpoint in
      var schemas = (endpoint.path + endpoint.parameters).map(\.schema)
      if let answers = endpoint.answers { schemas.append(answers) }
      if case .json(let schema, _) = endpoint.content { schemas.append(schema) }
      return schemas
    } + [ProblemDetails.schema, ODataFault.schema, JobPayload.schema]
  }

  private var tags: [String] {
    var tags: [String] = []
    for endpoint in endpoints where !tags.contains(endpoint.tag) { tags.append(endpoint.tag) }
    return tags
  }

  // MARK: Operations

  private func operation(_ endpoint: Endpoint) -> JSON {
    var members: [JSON.Member] = [
      .init(name: "operationId", value: .string(endpoint.operationID)),
      .init(name: "tags", value: [.string(endpoint.tag)]),
      .init(name: "summary", value: .string(endpoint.summary)),
      .init(name: "parameters", value: .array(parameters(of: endpoint))),
    ]
    if let content = endpoint.content {
      members.append(.init(name: "requestBody", value: body(content, of: endpoint)))
    }
    members.append(.init(name: "responses", value: .object(responses(of: endpoint))))
    if endpoint.suffixes.count > 1, endpoint.forms.count > 1 {
      members.append(
        .init(
          name: "x-suffixes", value: .array(endpoint.forms.map { .string(".\($0.suffix)") })))
    }
    return .object(members)
  }

  private func parameters(of endpoint: Endpoint) -> [JSON] {
    var list =
      endpoint.path.map { parameter($0, in: "path") }
      + endpoint.parameters.map { parameter($0, in: "query") }
    if endpoint.others == .kept, !endpoint.isOData {
      list.append([
        "name": "features", "in": "query", "style": "form", "explode": true, "required": true,
        "description": "a value for each feature of the run, by the feature's key",
        "schema": Schema.map(of: .any(of: [.number, .string])).json,
        "example": ["age": 32, "annual_income": 86, "spending_score": 82],
      ])
    }
    return list
  }

  private func parameter(_ parameter: Parameter, in place: String) -> JSON {
    [
      "name": .string(parameter.name), "in": .string(place),
      "required": .bool(place == "path"), "description": .string(parameter.help),
      "schema": parameter.schema.withoutNUL.json,
    ]
  }

  private func body(_ content: RequestContent, of endpoint: Endpoint) -> JSON {
    switch content {
    case .json(let schema, let example):
      return [
        "required": true,
        "content": ["application/json": ["schema": schema.json, "example": example]],
      ]
    case .rows(let options):
      let csv = "CustomerID,Age,Annual Income (k$)\r\n1,19,15\r\n2,21,16\r\n3,58,80\r\n4,61,84\r\n"
      let text = Schema.text.json
      return [
        // A fit can be asked for over a stored dataset.
        "required": .bool(!endpoint.parameters.contains { $0.name == "dataset" }),
        "description": "The rows of customers, in any of these formats.",
        "content": [
          "text/csv": ["schema": text, "example": .string(csv)],
          "application/json": [
            "schema": Self.rows.json,
            "example": [
              ["id": "1", "age": 19, "income": 15], ["id": "2", "age": 21, "income": 16],
              ["id": "3", "age": 58, "income": 80], ["id": "4", "age": 61, "income": 84],
            ],
          ],
          "application/x-ndjson": [
            "schema": text,
            "example": "{\"age\":19,\"income\":15}\n{\"age\":58,\"income\":80}\n",
          ],
          "multipart/form-data": [
            "schema": [
              "type": "object",
              "properties": .object(
                [.init(name: "file", value: text)]
                  + options.map { .init(name: $0.name, value: $0.schema.json) }),
              "required": ["file"],
            ]
          ],
        ],
      ]
    }
  }

  /// Rows as JSON has them.
  private static let rows = Schema.any(of: [
    .array(of: .map(of: .any(of: [.cell, .boolean]))),
    .object([
      "columns": .array(of: .string),
      "rows": .array(of: .array(of: .any(of: [.cell, .boolean]))),
    ]),
  ])

  // MARK: Answers

  private func responses(of endpoint: Endpoint) -> [JSON.Member] {
    var answers: [Int: JSON] = [:]
    for status in endpoint.statuses {
      if status == .noContent {
        answers[status.code] = [
          "description": .string(status.reasonPhrase),
          "headers": .object([header("X-Request-Id")]),
        ]
        continue
      }
      if status == .seeOther {
        answers[status.code] = [
          "description": "As HTML it leads to the page that shows the run.",
          "headers": .object([header("X-Request-Id"), header("Location")]),
        ]
        continue
      }
      answers[status.code] = [
        "description": .string(status.reasonPhrase),
        "headers": .object(headers(of: endpoint, status)),
        "content": .object(
          endpoint.forms.filter { $0 != .html || endpoint.method == .get }.map { form in
            .init(
              name: mediaType(form, of: endpoint),
              value: ["schema": (form.isJSON ? endpoint.answers : nil)?.json ?? form.schema.json])
          }),
      ]
    }
    if endpoint.method == .get, endpoint.statuses.contains(.ok), !endpoint.forms.contains(.events) {
      answers[304] = [
        "description": "The client has it already.",
        "headers": .object([header("X-Request-Id"), header("ETag")]),
      ]
    }
    if endpoint.statuses.contains(.seeOther) {
      answers[202] = [
        "description": "Asked for by Prefer: respond-async, the work goes on as a job.",
        "headers": .object([header("X-Request-Id"), header("Location")]),
        "content": ["application/json": ["schema": JobPayload.schema.json]],
      ]
    }
    for (code, problems) in Dictionary(grouping: endpoint.everyProblem, by: \.status.code) {
      // A status that is an answer as well, such as that of /readyz.
      guard answers[code] == nil else { continue }
      answers[code] = refusal(problems, of: endpoint)
    }
    return answers.sorted { $0.key < $1.key }.map { .init(name: String($0.key), value: $0.value) }
  }

  private func refusal(_ problems: [ProblemType], of endpoint: Endpoint) -> JSON {
    var content: [JSON.Member] = [
      .init(name: "application/problem+json", value: ["schema": ProblemDetails.schema.json])
    ]
    if endpoint.forms.contains(.html) {
      // Who asks for a page, or sends a form by hand, is refused on a page.
      content.append(.init(name: "text/html", value: ["schema": Schema.string.json]))
    }
    if endpoint.isOData {
      content.append(.init(name: "application/json", value: ["schema": ODataFault.schema.json]))
    }
    return [
      "description": .string(
        problems.map { "\($0.title) (/problems/\($0.slug))." }.joined(separator: " ")),
      "headers": .object([header("X-Request-Id")]), "content": .object(content),
    ]
  }

  private func headers(of endpoint: Endpoint, _ status: Status) -> [JSON.Member] {
    var list = [header("X-Request-Id")]
    if endpoint.method == .get, status == .ok, !endpoint.forms.contains(.events) {
      list.append(header("ETag"))
    }
    if endpoint.statuses.contains(.created) { list.append(header("Location")) }
    return list
  }

  private func header(_ name: String) -> JSON.Member {
    .init(name: name, value: ["$ref": .string("#/components/headers/\(name)")])
  }

  private func mediaType(_ form: Form, of endpoint: Endpoint) -> String {
    form.contentType.split(separator: ";").first.map(String.init) ?? form.contentType
  }
}

extension Endpoint {
  /// The first part of the path.
  fileprivate var tag: String {
    pattern.split(separator: "/").first.map(String.init) ?? "home"
  }

  /// A name for generated code: `getSegmentsBySidCustomers`.
  fileprivate var operationID: String {
    var name = method.name.lowercased()
    for part in pattern.split(whereSeparator: { "/.-$".contains($0) }) {
      let isParameter = part.hasPrefix("{")
      let word = isParameter ? part.dropFirst().dropLast() : part
      name += (isParameter ? "By" : "") + word.prefix(1).uppercased() + word.dropFirst()
    }
    return pattern == "/" ? name + "Home" : pattern == "/odata/" ? name + "Document" : name
  }

  /// What this route can go wrong by, and what every route can.
  fileprivate var everyProblem: [ProblemType] {
    var list = problems
    list += [.badRequest, .uriTooLong, .fieldsTooLarge, .overloaded]
    if others != .ignored { list += [.unknownParameter, .invalidParameter] }
    if isOData { list += [.notFound, .notImplemented] }
    if negotiates { list.append(.notAcceptable) }
    if content != nil {
      list += [.requestTimeout, .lengthRequired, .contentTooLarge, .expectationFailed]
    }
    return list
  }
}

extension Form {
  fileprivate var isJSON: Bool { self == .json }

  /// What an answer in this form is, where the document can tell no more.
  fileprivate var schema: Schema {
    switch self {
    case .vegaLite, .json: .anything
    case .csv, .ndjson, .txt, .html, .md, .sql, .pmml, .onnx, .svg, .css, .js: .string
    case .events: .event
    }
  }
}
