import Datasets
import TestSupport
import Testing

@Suite("a segment as a shop reads it", .timeLimit(.minutes(3)))
struct SegmentPageTests {
  private static let csv = SampleCustomers.csv()

  @Test("a run tells rule, goal and value share of each segment, and lists repeat them")
  func summary() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let run = try await curl.post(
        "/segments?k=6&value=spending_score", .bytes(Self.csv)
      ).json()
      let fidelity = try #require(run["rules_fidelity"].number)
      #expect(fidelity >= 0.9 && fidelity <= 1)
      let shares = run["segments"].items.compactMap { $0["value_share"].number }
      #expect(shares.count == 6)
      #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
      let summary = try await curl.get("/clusters/summary").json()
      #expect(summary["rules_fidelity"] == run["rules_fidelity"])
      let list = try await curl.get("/segments").json()
      for (position, segment) in run["segments"].items.enumerated() {
        #expect(segment["rule"].string?.isEmpty == false)
        for name in ["rule", "goal", "value_share"] {
          #expect(summary["items"].items[position][name] == segment[name], "\(name)")
          #expect(list["items"].items[position][name] == segment[name], "\(name)")
        }
      }
      // Without a value column nobody knows.
      let blind = try await curl.post("/segments?k=6&series=blind", .bytes(Self.csv)).json()
      #expect(blind["segments"].items.allSatisfy { $0["value_share"] == .null })
    }
  }

  @Test("one segment: JSON with everything, a row as CSV, a page as text; HEAD and tags")
  func one() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let run = try await curl.post(
        "/segments?k=6&value=spending_score", .bytes(Self.csv)
      ).json()
      for segment in run["segments"].items {
        let id = try #require(segment["segment_id"].string)
        let page = try await curl.get("/segments/\(id)")
        #expect(page.status == 200)
        let json = try page.json()
        for name in ["name", "rule", "goal", "value_share", "size", "share", "profile", "z"] {
          #expect(json[name] == segment[name], "\(name)")
        }
        #expect(json["persona"].string?.contains("customers (") == true)
        #expect(json["goal_reason"].string?.isEmpty == false)
        #expect(
          json["actions"].items.map { $0["kind"].string } == [
            "campaign", "personalisation", "product_offer", "retention", "revenue",
          ])
        #expect(
          json["features"].items.map { $0["feature"].string } == [
            "age", "annual_income", "spending_score",
          ])
        for feature in json["features"].items {
          for name in ["median", "q10", "q25", "q75", "q90", "sd", "min", "max"] {
            #expect(feature[name].number != nil, "\(name)")
            #expect(feature["overall"][name].number != nil, "\(name)")
          }
        }
        let gender = json["categories"].items[0]
        #expect(gender["column"].string == "gender")
        let shares = gender["items"].items.compactMap { $0["share"].number }
        #expect(abs(shares.reduce(0, +) + (gender["hidden"]["share"].number ?? 0) - 1) < 1e-12)
        #expect(json["typical_customers"].items.count == 5)
        #expect(json["borderline_customers"].items.count == 5)
        // The typical customers are those that the mailing list begins with.
        let nearest = try await curl.get("/segments/\(id)/customers?sort=distance&limit=5").json()
        #expect(
          nearest["items"].items.map { $0["customer_id"] }
            == json["typical_customers"].items.map { $0["customer_id"] })

        let csv = try await curl.get("/segments/\(id).csv")
        #expect(csv.text.split(separator: "\r\n").count == 2)
        #expect(csv.text.hasPrefix("segment_id,name,cluster,size,share,age,"))
        let text = try await curl.get("/segments/\(id).txt")
        #expect(text.headers["Content-Type"] == "text/plain; charset=utf-8")
        for word in [
          json["persona"].string, json["rule"].string, json["actions"].items[0]["text"].string,
        ] {
          #expect(text.text.contains(try #require(word)))
        }
        for suffix in ["json", "csv", "txt"] {
          let answer = try await curl.get("/segments/\(id).\(suffix)")
          let tag = try #require(answer.headers["ETag"])
          let again = try await curl.get(
            "/segments/\(id).\(suffix)", headers: ["If-None-Match": tag])
          #expect(again.status == 304)
        }
      }
    }
  }

  @Test("distances are a matrix, a list and a map, in four forms")
  func distances() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      #expect(try await curl.post("/segments?k=5", .bytes(Self.csv)).status == 201)
      let json = try await curl.get("/clusters/distances").json()
      let matrix = json["matrix"].items.map { $0.items.compactMap(\.number) }
      #expect(matrix.count == 5 && matrix.allSatisfy { $0.count == 5 })
      for a in 0..<5 {
        #expect(matrix[a][a] == 0)
        for b in 0..<5 {
          #expect(matrix[a][b] == matrix[b][a])
          #expect(json["items"].items[a]["distance_to_\(b)"].number == matrix[a][b])
        }
      }
      let explained = try #require(json["map_explains"].number)
      #expect(explained > 0.5 && explained <= 1)
      #expect(json["items"].items.allSatisfy { $0["x"].number != nil && $0["y"].number != nil })
      for suffix in ["csv", "ndjson", "txt"] {
        let answer = try await curl.get("/clusters/distances.\(suffix)")
        #expect(answer.status == 200)
        #expect(answer.text.split(whereSeparator: \.isNewline).count >= 5)
      }
      // One cluster is far from nobody.
      #expect(try await curl.post("/segments?k=1&series=one", .bytes(Self.csv)).status == 201)
      let one = try await curl.get("/clusters/distances?series=one").json()
      #expect(one["matrix"].items.count == 1)
      #expect(one["map_explains"] == .null)
    }
  }

  @Test("one cluster has the quantiles that the profiles have")
  func quantiles() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      #expect(try await curl.post("/segments?k=4", .bytes(Self.csv)).status == 201)
      let profiles = try await curl.get("/clusters/profiles").json()["items"].items
      #expect(profiles.count == 12)
      for index in 0..<4 {
        let cluster = try await curl.get("/clusters/\(index)").json()
        for (feature, figures) in cluster["features"].items.enumerated() {
          let row = profiles[index * 3 + feature]
          #expect(row["feature"] == figures["feature"])
          for (a, b) in [("q10", "q10"), ("q50", "median"), ("q90", "q90"), ("mean", "mean")] {
            #expect(row[a] == figures[b], "\(a)")
          }
          #expect(figures["importance"].number != nil)
        }
      }
    }
  }

  @Test("a shop's own playbook is used")
  func playbook() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      """
      {"personas": [{"name": "Ours", "when": {"age": ["low", "average", "high"]},
        "goal": "win_back", "summary": "All.", "campaign": "Write to {size} of {age}."}]}
      """, to: "playbook.json")
    try await ServiceProcess.with(["--playbook", file]) { service in
      let curl = service.client()
      let run = try await curl.post("/segments?k=3", .bytes(Self.csv)).json()
      #expect(run["segments"].items.allSatisfy { $0["goal"].string == "win_back" })
      let id = try #require(run["segments"].items[0]["segment_id"].string)
      let page = try await curl.get("/segments/\(id)").json()
      #expect(page["persona_name"].string == "Ours")
      #expect(page["actions"].items[0]["text"].string?.hasPrefix("Write to ") == true)
    }
  }
}
