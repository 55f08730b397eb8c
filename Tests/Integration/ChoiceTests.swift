import Datasets
import TestSupport
import Testing

@Suite("the choice of k, end to end", .needsSharedData, .timeLimit(.minutes(10)))
struct ChoiceTests {
  private func post(_ curl: Curl, _ query: String, _ file: String) async throws -> JSONValue {
    let answer = try await curl.post(
      "/segments?\(query)", .bytes(try SharedData.bytes(of: file)),
      headers: ["Content-Type": "text/csv"])
    try #require(answer.status == 201, "\(file): \(answer.text.prefix(300))")
    return try answer.json()
  }

  private func codes(_ run: JSONValue) -> [String] {
    run["warnings"].items.compactMap { $0["code"].string }
  }

  @Test(
    "Mall, income and score: five segments, each stable, and neither four nor six are",
    arguments: ["zscore", "none"], ["auto", "100"])
  func mallTwo(scale: String, bootstraps: String) async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let run = try await post(
        curl,
        "features=annual_income,spending_score&scale=\(scale)&bootstraps=\(bootstraps)",
        "mall_gender_lf.csv")
      #expect(run["k"].number == 5)
      #expect(run["quality"]["structure"].string == "strong")
      #expect(run["quality"]["bootstraps"].number == (bootstraps == "auto" ? 20 : 100))
      for segment in run["segments"].items {
        #expect(try #require(segment["stability"].number) >= 0.95)
        #expect(segment["stability_word"].string == "highly_stable")
      }
      #expect(run["warnings"].items.isEmpty)
      let table = try await curl.get("/clusters/k").json()
      #expect(table["chosen"].number == 5)
      let votes = table["votes"]
      #expect(votes["silhouette"].number == 5 && votes["davies_bouldin"].number == 5)
      #expect(votes["calinski_harabasz"].number == 9)
      #expect(votes["gap"].number == 1 && votes["stability"].number == 5)
      let rows = table["items"].items
      #expect(rows.compactMap { $0["k"].number } == Array(2...10).map(Double.init))
      for row in rows {
        let least = try #require(row["min_stability"].number)
        let stability = row["stability"].items.compactMap(\.number)
        #expect(Double(stability.count) == row["k"].number)
        #expect(stability.min() == least)
        let index = Int(try #require(row["least_stable"].number))
        #expect(stability[index] == least)
        switch row["k"].number {
        case 5: #expect(least >= 0.95)
        case 4, 6: #expect(least < 0.75)
        default: break
        }
      }
      let reason = try #require(table["reason"].string)
      #expect(reason.hasPrefix("k=5: of 2 to 10 segments"))
      #expect(reason.contains("k=4 (") && reason.contains("k=6 ("))
    }
  }

  @Test("Mall, three features: six, with the votes and the importance of scikit-learn's clusters")
  func mallThree() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let run = try await post(curl, "", "mall_gender_lf.csv")
      #expect(run["k"].number == 6)
      #expect(run["quality"]["structure"].string == "fair")
      let votes = run["k_choice"]["votes"]
      #expect(votes["silhouette"].number == 6 && votes["calinski_harabasz"].number == 6)
      #expect(votes["davies_bouldin"].number == 7 && votes["stability"].number == 6)
      let features = try await curl.get("/clusters").json()["features"].items
      for (feature, eta) in zip(features, [0.684, 0.791, 0.856]) {
        let importance = try #require(feature["importance"].number)
        #expect(abs(importance - eta) < 6e-4)
      }
      // Every form has the table; a cell holds no list.
      let csv = try await curl.get("/clusters/k.csv")
      #expect(csv.text.hasPrefix("k,inertia,silhouette,simplified_silhouette,"))
      #expect(csv.text.split(separator: "\r\n").count == 10)
      #expect(!csv.text.contains("stability,stability"))
      #expect(try await curl.get("/clusters/k.txt").status == 200)
      #expect(try await curl.get("/clusters/k.ndjson").text.contains("\"stability\":["))
      let flat = try await curl.get("/clusters/k?flat=1").json()
      #expect(flat.items.count == 9)
      let tag = try #require(try await curl.get("/clusters/k").headers["ETag"])
      let again = try await curl.get("/clusters/k", headers: ["If-None-Match": tag])
      #expect(again.status == 304)
    }
  }

  @Test("a run whose k was given gets its table when it is asked for") func given() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let run = try await post(curl, "k=4", "mall_gender_lf.csv")
      #expect(run["k_choice"] == .null)
      let table = try await curl.get("/clusters/k").json()
      #expect(table["chosen"].number == 4)
      #expect(table["votes"]["silhouette"].number == 6)
      #expect(table["reason"].string?.hasPrefix("k=4 was asked for.") == true)
      #expect(table["items"].items.count == 9)
    }
  }

  @Test("what must not be missed is said") func warnings() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let dollars = try await post(curl, "scale=none&k=5", "mall_dollars.csv")
      let dominant = dollars["warnings"].items.filter {
        $0["code"].string == "one_feature_dominates"
      }
      #expect(dominant.compactMap { $0["column"].string } == ["income"])
      let shopping = try await post(curl, "series=b", "shopping_behavior.csv")
      #expect(shopping["quality"]["structure"].string == "weak")
      #expect(codes(shopping).contains("weak_structure"))
      #expect(shopping["k_choice"]["reason"].string?.contains("the structure is weak") == true)
      let udemy = try await post(curl, "series=c", "segmentation_udemy.csv")
      #expect(udemy["k"].number == 10)
      #expect(codes(udemy).contains("k_at_edge"))
      let id = try await post(
        curl, "series=d&k=3&features=customer_id,annual_income", "mall_gender_lf.csv")
      #expect(codes(id).contains("id_like_feature"))
    }
  }

  @Test("a smallest size is kept to") func minimumSize() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let bound = try await post(curl, "min_size=30", "mall_gender_lf.csv")
      #expect(bound["k"].number == 4)
      #expect(bound["options"]["min_size"].number == 30)
      let rows = bound["k_choice"]["items"].items
      for row in rows {
        #expect(row["feasible"] == .bool((row["min_size"].number ?? 0) >= 30))
      }
      let merged = try await post(curl, "k=8&min_size=0.12", "mall_gender_lf.csv")
      #expect(merged["segments"].items.allSatisfy { ($0["share"].number ?? 0) >= 0.12 })
      #expect(codes(merged) == ["small_segments_merged"])
      for bad in ["min_size=-1", "min_size=few", "bootstraps=-1", "bootstraps=1001"] {
        let answer = try await curl.post(
          "/segments?\(bad)", .bytes(try SharedData.bytes(of: "mall_gender_lf.csv")))
        #expect(answer.status == 400, "\(bad)")
      }
    }
  }
}
