import Datasets
import TestSupport
import Testing

@Suite("charts over HTTP", .timeLimit(.minutes(5)))
struct ChartTests {
  /// The values of one attribute, in the order of the picture.
  private func numbers(_ name: String, in svg: String) -> [Double] {
    texts(name, in: svg).compactMap { Double($0) }
  }

  private func texts(_ name: String, in svg: String) -> [String] {
    svg.split(separator: " data-\(name)=\"", omittingEmptySubsequences: false).dropFirst().map {
      String($0.prefix { $0 != "\"" })
    }
  }

  @Test("the numbers of each picture are those of the JSON routes")
  func numbersAreEqual() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let posted = try await curl.post("/segments", .bytes(SampleCustomers.csv()))
      #expect(posted.status == 201, "\(posted.text.prefix(300))")
      func svg(_ name: String) async throws -> String {
        let answer = try await curl.get("/charts/\(name).svg")
        #expect(answer.status == 200, "\(answer.text.prefix(300))")
        #expect(answer.headers["Content-Type"] == "image/svg+xml")
        return answer.text
      }
      let clusters = try await curl.get("/clusters").json()["items"].items
      let sizes = try await svg("sizes")
      #expect(numbers("size", in: sizes) == clusters.compactMap { $0["size"].number })
      #expect(texts("segment", in: sizes) == clusters.compactMap { $0["segment_id"].string })

      let profiles = try await curl.get("/clusters/profiles").json()["items"].items
      let map = try await svg("profiles")
      #expect(numbers("mean", in: map) == profiles.compactMap { $0["mean"].number })
      #expect(numbers("z", in: map) == profiles.compactMap { $0["z"].number })

      let boxes = try await svg("boxplots")
      for (attribute, field) in [("q10", "q10"), ("median", "q50"), ("q90", "q90")] {
        // The picture goes feature by feature, the table cluster by cluster.
        let wanted = profiles.compactMap { $0[field].number }.sorted()
        #expect(numbers(attribute, in: boxes).sorted() == wanted)
      }

      let table = try await curl.get("/clusters/k").json()["items"].items
      let elbow = try await svg("elbow")
      #expect(numbers("k", in: elbow) == table.compactMap { $0["k"].number })
      #expect(numbers("inertia", in: elbow) == table.compactMap { $0["inertia"].number })
      let lines = try await svg("k")
      let shown = numbers("value", in: lines)
      let silhouettes = table.compactMap { $0["silhouette"].number }
      #expect(Array(shown.prefix(silhouettes.count)) == silhouettes)

      let dataset = try #require(try posted.json()["dataset"]["id"].string)
      let eda = try await curl.get("/datasets/\(dataset)/eda").json()
      let features = Set(eda["correlations"]["columns"].items.compactMap(\.string))
      let shownColumns = eda["columns"].items.filter { features.contains($0["key"].string ?? "") }
      #expect(!shownColumns.isEmpty)
      let histograms = try await svg("histograms")
      let counts = shownColumns.flatMap { $0["histogram"]["counts"].items.compactMap(\.number) }
      #expect(numbers("count", in: histograms) == counts)
      let correlations = try await svg("correlation")
      let pearson = eda["correlations"]["pearson"].items.flatMap { $0.items.compactMap(\.number) }
      #expect(numbers("r", in: correlations) == pearson)

      let summary = try await curl.get("/clusters/summary").json()
      let silhouette = try await svg("silhouette")
      let bars = numbers("silhouette", in: silhouette)
      let customers = try #require(summary["customers"].number)
      #expect(Double(bars.count) == customers)
      // The picture's bars are the customers whose mean the run tells.
      let mean = try #require(summary["silhouette"].number)
      #expect(abs(bars.reduce(0, +) / customers - mean) < 1e-9)
      #expect(numbers("mean", in: silhouette).last == mean)

      #expect(clusters[0]["centroid"]["age"].number != nil)
      let scatter = try await curl.get("/charts/scatter.svg?x=age&y=age").text
      #expect(numbers("x", in: scatter) == numbers("y", in: scatter))
      let ages = try await curl.get("/customers?limit=10000").json()["items"].items
        .compactMap { $0["age"].number }
      let drawn = Array(numbers("x", in: scatter).dropLast(clusters.count))
      #expect(drawn.sorted() == ages.sorted())
      #expect(
        Array(numbers("x", in: scatter).suffix(clusters.count))
          == clusters.compactMap { $0["centroid"]["age"].number })
    }
  }

  @Test("each chart of the list is there in both forms, with a tag")
  func list() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      _ = try await curl.post("/segments", .bytes(SampleCustomers.csv()))
      let items = try await curl.get("/charts").json()["items"].items
      let names = items.compactMap { $0["name"].string }
      #expect(Set(names).isSuperset(of: ["scatter", "pairs", "elbow", "k", "silhouette", "sizes"]))
      #expect(
        Set(names).isSuperset(of: ["profiles", "boxplots", "categories", "centroids", "histograms"])
      )
      for item in items {
        let svg = try await curl.get(try #require(item["svg"].string))
        #expect(svg.status == 200)
        #expect(svg.text.hasPrefix("<svg ") && svg.text.hasSuffix("</svg>\n"))
        #expect(!svg.text.contains("<script"))
        #expect(svg.headers["Content-Security-Policy"]?.contains("default-src 'none'") == true)
        let tag = try #require(svg.headers["ETag"])
        let again = try await curl.get(
          try #require(item["svg"].string), headers: ["If-None-Match": tag])
        #expect(again.status == 304)
        let specification = try await curl.get(try #require(item["vega_lite"].string))
        #expect(specification.headers["Content-Type"] == "application/vnd.vegalite.v5+json")
        let json = try specification.json()
        #expect(json["$schema"].string == "https://vega.github.io/schema/vega-lite/v5.json")
        #expect(!json["data"]["values"].items.isEmpty)
      }
      let accepted = try await curl.get(
        "/charts/sizes", headers: ["Accept": "application/vnd.vegalite.v5+json"])
      #expect(accepted.headers["Content-Type"] == "application/vnd.vegalite.v5+json")
      #expect(try await curl.get("/charts/sizes.svg?width=320").text.contains("width=\"320\""))
    }
  }

  @Test("movement shows the customers of both runs; without an earlier run it says so")
  func movement() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      _ = try await curl.post("/segments?k=4", .bytes(SampleCustomers.csv()))
      let none = try await curl.get("/charts/movement.svg")
      #expect(none.status == 404)
      #expect(none.headers["Content-Type"] == "application/problem+json")
      _ = try await curl.post("/segments?k=5", .bytes(SampleCustomers.csv()))
      let matrix = try await curl.get("/migrations?limit=1").json()["matrix"].items
      let svg = try await curl.get("/charts/movement.svg").text
      let flows = svg.split(separator: "\n").filter { $0.contains(" data-to=\"") }
      let drawn = flows.compactMap { numbers("customers", in: String($0)).first }
      let counted = matrix.compactMap { $0["customers"].number }.filter { $0 > 0 }
      #expect(drawn.sorted() == counted.sorted())
    }
  }

  @Test("two runs without a common customer have their page and pictures")
  func strangers() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      func file(_ prefix: String) -> String {
        "id,age,income\n"
          + (0..<60).map { "\(prefix)\($0),\($0 % 3 * 20 + $0 % 5),\($0 % 2 * 30 + $0 % 7)" }
          .joined(separator: "\n")
      }
      #expect(try await curl.post("/segments?k=3", .text(file("a"))).status == 201)
      #expect(try await curl.post("/segments?k=2", .text(file("b"))).status == 201)
      let svg = try await curl.get("/charts/movement.svg")
      #expect(svg.status == 200)
      #expect(svg.text.contains("No customer is in both runs."))
      for path in ["/", "/report.html", "/charts", "/charts/movement.vl.json"] {
        let answer = try await curl.get(path, headers: ["Accept": "text/html,*/*;q=0.5"])
        #expect(answer.status == 200, "\(path)")
      }
    }
  }

  static let refused: [(path: String, status: Int)] = [
    ("/charts/nothing.svg", 404), ("/charts/scatter.svg?x=nothing", 400),
    ("/charts/sizes.svg?x=age", 400), ("/charts/sizes.svg?width=10", 400),
    ("/charts/sizes.svg?colour=red", 400), ("/charts/sizes.svg?run=run_0", 404),
  ]

  @Test("what there is not is a problem that says what there is")
  func problems() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      #expect(try await curl.get("/charts/sizes.svg").status == 404)
      _ = try await curl.post("/segments", .bytes(SampleCustomers.csv()))
      for (path, status) in Self.refused {
        let answer = try await curl.get(path)
        #expect(answer.status == status, "\(path)")
        #expect(answer.headers["Content-Type"] == "application/problem+json")
      }
    }
  }

  @Test("hostile headers and cells stay text")
  func hostile() async throws {
    let names = [
      "<script>alert(1)</script>", "\"\"><img src=x onerror=alert(2)>", "שלום 👩‍👧 \u{202E}drow",
      String(repeating: "W", count: 300),
    ]
    var csv = "id," + names.map { "\"\($0)\"" }.joined(separator: ",") + "\r\n"
    for row in 0..<120 {
      let values = (0..<4).map { "\((row * (7 + $0 * 4)) % 50 + row % 3 * 80)" }
      csv += "c\(row)," + values.joined(separator: ",") + "\r\n"
    }
    let file = Array(csv.utf8)
    try await ServiceProcess.with { service in
      let curl = service.client()
      let posted = try await curl.post("/segments?k=3", .bytes(file))
      #expect(posted.status == 201, "\(posted.text.prefix(300))")
      for item in try await curl.get("/charts").json()["items"].items {
        let svg = try await curl.get(try #require(item["svg"].string)).text
        #expect(!svg.contains("<script") && !svg.contains("<img") && !svg.contains("\u{202E}"))
        let specification = try await curl.get(try #require(item["vega_lite"].string))
        #expect(!specification.text.contains("<script"))
        _ = try specification.json()
      }
    }
  }
}
