import Datasets
import TestSupport
import Testing

@Suite("bad input is told and the service goes on", .timeLimit(.minutes(5)))
struct BadInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var query = "?k=2"
    var type: String? = "text/csv"
    let content: [UInt8]
    let status: Int
    let problem: String

    init(
      _ name: String, query: String = "?k=2", type: String? = "text/csv", _ content: String,
      _ status: Int, _ problem: String
    ) {
      self.init(name, query: query, type: type, bytes: Array(content.utf8), status, problem)
    }

    init(
      _ name: String, query: String = "?k=2", type: String? = "text/csv", bytes: [UInt8],
      _ status: Int, _ problem: String
    ) {
      self.name = name
      self.query = query
      self.type = type
      content = bytes
      self.status = status
      self.problem = problem
    }

    var testDescription: String { name }
  }

  private static let good = "id,age,income\n1,20,30\n2,21,35\n3,60,90\n4,61,95\n"

  static let cases: [Case] = [
    Case("empty", "", 400, "empty-content"),
    Case("header only", "age,income\n", 422, "header-only"),
    Case("one row", "age,income\n1,2\n", 422, "too-few-rows"),
    Case(
      "binary", bytes: [0x50, 0x4B, 3, 4, 0x14, 0, 6, 0, 8, 0, 0xFF, 0xFE, 1, 2], 422,
      "binary-content"),
    Case("NUL", "age,income\n1,2\n3,\u{0}4\n", 422, "nul-byte"),
    Case("unclosed quote", "age,name\n1,\"a\n2,b\n", 422, "unclosed-quote"),
    Case("no numbers", "name,town\na,b\nc,d\ne,f\n", 422, "no-numeric-column"),
    Case("constant", "age,income\n5,6\n5,6\n5,6\n", 422, "constant-columns"),
    Case("k 0", query: "?k=0", good, 400, "cluster-count-out-of-range"),
    Case("k -3", query: "?k=-3", good, 400, "cluster-count-out-of-range"),
    Case("k abc", query: "?k=abc", good, 400, "cluster-count-not-a-number"),
    Case("k 2.5", query: "?k=2.5", good, 400, "cluster-count-not-a-number"),
    Case("k above rows", query: "?k=5", good, 422, "too-many-clusters"),
    Case("k 10^9", query: "?k=1000000000", good, 400, "cluster-count-out-of-range"),
    Case("unknown feature", query: "?k=2&features=agee", good, 422, "unknown-column"),
    Case(
      "text feature", query: "?k=2&features=name", "name,age\na,1\nb,2\nc,9\n", 422,
      "unsuitable-column"),
    Case("unknown parameter", query: "?k=2&colour=red", good, 400, "unknown-parameter"),
    Case("wrong type", type: "application/pdf", good, 415, "unsupported-media-type"),
    Case("JSON number", type: "application/json", "42", 422, "not-rows"),
    Case("JSON of scalars", type: "application/json", "[1,2,3]", 422, "not-rows"),
    Case("JSON nested", type: "application/json", #"[{"a":{"b":1}}]"#, 422, "not-rows"),
    Case("broken JSON", type: "application/json", #"[{"a":1},"#, 400, "json-malformed"),
    Case(
      "columns", (0..<100_000).map { "c\($0)" }.joined(separator: ",") + "\n", 422,
      "too-many-columns"),
    Case(
      "long field", bytes: Array("a,b\n1,".utf8) + Array(repeating: 0x78, count: 50_000_000), 422,
      "field-too-long"),
    Case(
      "gap with missing=error", query: "?k=2&missing=error", "age,income\n1,2\n3,\n5,6\n", 422,
      "missing-values"),
    Case(
      "ragged with strict", query: "?k=2&strict=true", "age,income\n1,2\n3\n5,6\n", 422,
      "set-aside-rows"),
    Case("bad weight", query: "?k=2&weight=w", "age,w\n1,2\n3,-1\n5,1\n", 422, "bad-weight"),
    Case("no part", type: "multipart/form-data", good, 400, "multipart-malformed"),
    Case(
      "log of negatives", query: "?k=2&scale=log", "age,income\n-1,2\n3,5\n5,6\n", 422,
      "unsuitable-column"),
  ]

  @Test("each has its own problem, status and advice, and the service goes on")
  func refused() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      for item in Self.cases {
        let answer = try await curl.post(
          "/segments\(item.query)", .bytes(item.content),
          headers: item.type.map { ["Content-Type": $0] } ?? [:])
        #expect(answer.status == item.status, "\(item.name): \(answer.text.prefix(400))")
        #expect(answer.headers["Content-Type"] == "application/problem+json", "\(item.name)")
        let json = try answer.json()
        #expect(
          json["type"].string == "/problems/\(item.problem)",
          "\(item.name): \(answer.text.prefix(400))")
        #expect(json["status"].number == Double(item.status))
        #expect((json["detail"].string ?? "").count > 20, "\(item.name)")
        #expect(try await curl.get("/problems/\(item.problem)").status == 200)
        #expect(try await curl.get("/healthz").status == 200, "\(item.name)")
      }
      #expect(try await curl.get("/datasets").json()["items"].items.isEmpty)
    }
  }

  @Test("an over-long content is refused before it is read")
  func overLong() async throws {
    try await ServiceProcess.with(["--max-body-bytes", "1000"]) { service in
      let curl = service.client()
      let answer = try await curl.post(
        "/segments", .bytes([UInt8](repeating: 0x31, count: 3_000_000)))
      #expect(answer.status == 413)
      #expect(try answer.json()["type"].string == "/problems/content-too-large")
      #expect(try await curl.get("/healthz").status == 200)
    }
  }

  @Test("rows that cannot be used are set aside and told with line and reason")
  func setAside() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let content = """
        id,age,income
        1,20,30
        2,21
        3,22,33,44
        4,NaN,31
        5,23,Infinity
        6,24,1e400
        7,thirty,40
        8,60,90
        9,61,91
        10,62,92
        11,63,93
        12,64,94
        13,65,95
        14,66,96
        15,67,97

        """
      let answer = try await curl.post("/segments?k=2", .text(content))
      #expect(answer.status == 201, "\(answer.text)")
      let dataset = try answer.json()["dataset"]
      #expect(dataset["rows_read"].number == 15)
      #expect(dataset["rows_used"].number == 9)
      #expect(dataset["rows_set_aside"].number == 6)
      let quality = try await curl.get(dataset["quality"].string ?? "").json()
      #expect(Set(quality["items"].items.compactMap { $0["line"].number }) == [3, 4, 5, 6, 7, 8])
      for item in quality["items"].items {
        #expect(item["reason"].string?.isEmpty == false)
      }
    }
  }

  @Test("what is only unusual is taken")
  func taken() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let doubled = try await curl.post(
        "/segments?k=2", .text("age,age,age\n1,2,9\n3,1,2\n8,9,1\n")
      ).json()
      #expect(
        doubled["dataset"]["columns"].items.map { $0["key"].string } == ["age", "age_2", "age_3"])

      let latin: [UInt8] =
        Array("name,age,income\nJos".utf8) + [0xE9] + Array(",20,30\nB,21,31\nC,60,90\n".utf8)
      let guessed = try await curl.post("/segments?k=2&series=latin", .bytes(latin)).json()
      #expect(guessed["dataset"]["encoding"].string == "windows-1252")
      #expect(guessed["warnings"].items.contains { $0["code"].string == "encoding_guessed" })
      let customers = try await curl.get("/customers?series=latin")
      #expect(customers.text.contains("José"))

      let one = try await curl.post("/segments?k=1", .text("age,income\n1,2\n3,4\n9,1\n"))
      #expect(one.status == 201)
      let quality = try one.json()["quality"]
      for index in ["silhouette", "davies_bouldin", "calinski_harabasz"] {
        #expect(quality[index] == .null)
      }
    }
  }

  @Test("random bytes never harm the service")
  func randomBytes() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      var random = SystemRandomNumberGenerator()
      for _ in 0..<200 {
        let alphabet = Array("0123456789,;\"\n\r\t .-+eE{}[]:abc".utf8) + [0, 0xFF, 0xC3]
        let content = (0..<Int.random(in: 1...400, using: &random)).map { _ in
          alphabet.randomElement(using: &random) ?? 0
        }
        let type = ["text/csv", "application/json", "application/x-ndjson"].randomElement(
          using: &random)
        let answer = try await curl.post(
          "/segments", .bytes(content), headers: ["Content-Type": type ?? ""])
        #expect(answer.status < 500, "\(content): \(answer.text)")
      }
      #expect(try await curl.get("/healthz").status == 200)
    }
  }
}
