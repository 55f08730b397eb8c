import Datasets
import TestSupport
import Testing

@Suite("categories as features, end to end", .timeLimit(.minutes(10)))
struct OneHotTests {
  private static let cities = [
    "Rome", "\"Bern, old\"", "Oslo", "NA", "\"say \"\"hi\"\"\"", " Oslo",
  ]

  /// Ages and cities, some of them quoted, missing, or with a blank before the name.
  private static let csv = Array(
    ("Age,Home City\n"
      + (0..<240).map { "\(20 + $0 * 7 % 50),\(cities[$0 * 5 % 7 % 6])\n" }.joined()).utf8)

  @Test("every way to assign, and the restored run, label as the fit did")
  func assign() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let answer = try await curl.post(
        "/segments?k=5&categorical=onehot&duplicates=keep", .bytes(Self.csv))
      try #require(answer.status == 201, "\(answer.text.prefix(300))")
      let run = try answer.json()
      #expect(run["options"]["categorical"].string == "onehot")
      let id = try #require(run["run_id"].string)
      let fitted = try await curl.post(
        "/segments.csv?k=5&categorical=onehot&duplicates=keep", .bytes(Self.csv))
      let expected = Self.clusters(fitted.text, after: 2)
      #expect(expected.count == 240 && Set(expected).count == 5)
      // Streamed, with a BOM that makes it no different, and from JSON.
      let streamed = try await curl.post("/segments/assign.csv?run=\(id)", .bytes(Self.csv))
      #expect(Self.clusters(streamed.text, after: 2) == expected)
      let table = try await curl.post("/segments/assign.json?run=\(id)", .bytes(Self.csv))
      let rows = try table.json()["items"].items
      #expect(rows.compactMap { $0["cluster"].number.map { String(Int($0)) } } == expected)
      // One customer, by the column itself.
      let one = try await curl.get("/segments/assign?run=\(id)&age=\(20)&home_city=Rome").json()
      #expect(one["cluster"].number.map { String(Int($0)) } == expected[0])
      let wrong = try await curl.get("/segments/assign?run=\(id)&age=20&home_city=Paris")
      #expect(wrong.status == 400 && wrong.text.contains("is none of"))
      let absent = try await curl.get("/segments/assign?run=\(id)&age=20")
      #expect(absent.status == 400 && absent.text.contains("home_city"))
      let lacking = try await curl.post(
        "/segments/assign.csv?run=\(id)", .bytes(Array("age\n20\n".utf8)))
      #expect(lacking.status >= 400 && lacking.text.contains("home_city"))

      let model = try await curl.get("/runs/\(id)/model.json")
      #expect(try model.json()["features"].items[1]["category"]["column"].string == "home_city")
      try await ServiceProcess.with { other in
        let there = other.client()
        let restored = try await there.post("/runs", .bytes(model.body))
        #expect(restored.status == 201, "\(restored.text.prefix(300))")
        let again = try await there.post("/segments/assign.csv", .bytes(Self.csv))
        #expect(again.body == streamed.body)
        let location = try #require(restored.headers["Location"])
        for form in ["sql", "pmml", "onnx"] {
          #expect(
            try await curl.get("/runs/\(id)/model.\(form)").body
              == there.get("\(location)/model.\(form)").body)
        }
      }
    }
  }

  @Test("every answer about the run is made, and charts show numbers")
  func answers() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let answer = try await curl.post(
        "/segments?k=4&categorical=onehot&value=age", .bytes(Self.csv))
      let run = try answer.json()
      for segment in run["segments"].items {
        let rule = try #require(segment["rule"].string)
        #expect(!rule.contains("home_city_"))
        let sid = try #require(segment["segment_id"].string)
        for form in ["json", "txt"] {
          #expect(try await curl.get("/segments/\(sid).\(form)").status == 200)
        }
      }
      let charts = try await curl.get("/charts").json()["items"].items
      let names = charts.compactMap { $0["name"].string }
      #expect(names.contains("categories") && !names.contains("pairs"))
      for name in names { #expect(try await curl.get("/charts/\(name).svg").status == 200) }
      let profiles = try await curl.get("/clusters/profiles").json()["items"].items
      #expect(profiles.contains { $0["feature"].string == "home_city_rome" })
      for path in [
        "clusters", "clusters/0", "clusters/k", "clusters/distances", "customers.csv",
        "odata/Profiles",
      ] {
        #expect(try await curl.get("/\(path)").status == 200, "\(path)")
      }
      // A refit of the changed file: compared and followed by the categories as well.
      let changed = String(decoding: Self.csv, as: UTF8.self).replacing("Rome", with: "Oslo")
      #expect(
        try await curl.post("/segments?k=4&categorical=onehot", .bytes(Array(changed.utf8))).status
          == 201)
      #expect(try await curl.get("/runs/compare").status == 200)
      #expect(try await curl.get("/migrations").status == 200)
      let pushdown = try await curl.get("/pushdown.sql?dialect=sqlite&table=t").text
      #expect(pushdown.contains("\"home_city\"") && !pushdown.contains("home_city_"))
    }
  }

  /// The cluster in each line of a file that was handed back.
  private static func clusters(_ text: String, after columns: Int) -> [String] {
    let lines = text.split(separator: "\r\n")
    let names = lines[0].split(separator: ",")
    guard let place = names.firstIndex(of: "cluster") else { return [] }
    return lines.dropFirst().map { line in
      // The cells before may hold commas; those behind do not.
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return String(cells[cells.count - (names.count - place)])
    }
  }
}
