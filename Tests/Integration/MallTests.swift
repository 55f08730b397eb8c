import Datasets
import TestSupport
import Testing

@Suite(
  "the Mall customers, end to end",
  .needsSharedData,
  .timeLimit(.minutes(5)))
struct MallTests {
  static let variants = [
    "mall_genre_crlf.csv", "mall_gender_lf.csv", "mall_nospace_crlf.csv", "mall_index_sex.csv",
    "mall_dollars.csv",
  ]

  private func post(_ curl: Curl, _ path: String, _ file: String) async throws -> CurlResponse {
    // As `curl --data-binary @file` sends it.
    try await curl.post(
      path, .bytes(try SharedData.bytes(of: file)),
      headers: ["Content-Type": "application/x-www-form-urlencoded"])
  }

  @Test("every variant gives the same six segments")
  func sixSegments() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      var partitions: [[String]] = []
      for file in Self.variants {
        let answer = try await post(curl, "/segments", file)
        #expect(answer.status == 201, "\(file): \(answer.text)")
        let json = try answer.json()
        #expect(json["k"].number == 6)
        let inertia = try #require(json["quality"]["inertia"].number)
        #expect(abs(inertia - 133.8683) < 5e-5, "\(file)")
        let silhouette = try #require(json["quality"]["silhouette"].number)
        #expect(abs(silhouette - 0.4274) < 5e-5, "\(file)")
        #expect(json["segments"].items.map { $0["size"].number } == [45, 39, 38, 33, 24, 21])
        #expect(
          json["segments"].items.map { $0["segment_id"].string ?? "" }.contains(
            "high-income-high-spending"))
        let run = try #require(json["run_id"].string)
        let customers = try await curl.get("/customers?run=\(run)&limit=10000")
        partitions.append(
          try customers.json()["items"].items.map { $0["segment_id"].string ?? "" })
      }
      for partition in partitions.dropFirst() { #expect(partition == partitions[0]) }
    }
  }

  @Test("income and spending, unscaled, five segments: scikit-learn's figures for 100 seeds")
  func fiveSegments() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let options = "features=annual_income,spending_score&k=5&scale=none"
      for seed in 0..<100 {
        let answer = try await post(
          curl, "/segments?\(options)&seed=\(seed)&series=s\(seed)", "mall_gender_lf.csv")
        #expect(answer.status == 201)
        let json = try answer.json()
        let quality = json["quality"]
        let figures: [(String, Double, Double)] = [
          ("inertia", 44448.4554, 5e-5), ("silhouette", 0.5539, 5e-5),
          ("davies_bouldin", 0.5726, 5e-5), ("calinski_harabasz", 247.359, 5e-4),
        ]
        for (name, value, tolerance) in figures {
          let found = try #require(quality[name].number)
          #expect(abs(found - value) < tolerance, "\(name), seed \(seed)")
        }
        #expect(json["segments"].items.map { $0["size"].number } == [81, 39, 35, 23, 22])
        let centroids = json["segments"].items.map {
          [$0["profile"]["annual_income"].number, $0["profile"]["spending_score"].number]
        }
        let expected: [[Double]] = [
          [55.296, 49.519], [86.538, 82.128], [88.2, 17.114], [26.304, 20.913], [25.727, 79.364],
        ]
        for (found, wanted) in zip(centroids, expected) {
          for (a, b) in zip(found, wanted) { #expect(abs((a ?? 0) - b) < 5.1e-4, "seed \(seed)") }
        }
      }
    }
  }

  @Test(
    "a handed-back file has every row and every cell as it was sent",
    arguments: variants + [
      "mall_dirty.csv", "telco_churn.csv", "segmentation_udemy.csv", "wholesale_ids.csv",
    ])
  func handedBack(file: String) async throws {
    try await ServiceProcess.with { service in
      let sent = try SharedData.bytes(of: file)
      let answer = try await post(service.client(), "/segments.csv?k=4", file)
      #expect(answer.status == 201, "\(answer.text.prefix(300))")
      #expect(answer.headers["Content-Type"]?.hasPrefix("text/csv") == true)
      // None of these files quotes a field, so that lines can be compared as they are.
      func lines(_ bytes: [UInt8]) -> [String] {
        var text = String(decoding: bytes, as: UTF8.self)
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        return text.split(omittingEmptySubsequences: true) { $0.isNewline }.map(String.init)
      }
      let before = lines(sent)
      let after = lines(answer.body)
      #expect(before.count == after.count)
      for (a, b) in zip(before, after) { #expect(b.hasPrefix(a + ","), "\(a)") }
      #expect(after[0] == before[0] + ",segment_id,segment_name,cluster,distance,margin")
    }
  }
}
