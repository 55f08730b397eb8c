import Datasets
import Foundation
import TestSupport
import Testing

/// What is kept from those who do not need it: customer ids, and segments so small that they are
/// people.
@Suite("ids and small segments are kept back", .timeLimit(.minutes(3)))
struct PrivacyTests {
  // MARK: Ids

  private static let key = "0123456789abcdef"
  /// Python: hmac.new(b"0123456789abcdef", b"kunde-1", hashlib.sha256).hexdigest()[:32]
  private static let firstCode = "hmac-e81d90c0c409b4e08c33500255d5e8d3"

  private static func shop(shift: Int = 0) -> [UInt8] {
    var text = "customer_id,age,income\n"
    for row in 1...60 { text += "kunde-\(row),\(20 + row % 3 * 20),\(30 + row % 2 * 50 + shift)\n" }
    return Array(text.utf8)
  }

  private static func launch(_ folder: TemporaryFolder) -> Launch {
    var launch = Launch(["--data-dir", "\(folder.path)/data"])
    launch.environment["SEGMENTD_ID_HASH_KEY"] = key
    return launch
  }

  @Test("no id is told or stored, customers are followed over refits and restarts all the same")
  func ids() async throws {
    let folder = try TemporaryFolder()
    var first = ""
    try await ServiceProcess.with(Self.launch(folder)) { service in
      let curl = service.client()
      let fit = try await curl.post("/segments?k=3&quality=true", .bytes(Self.shop()))
      #expect(fit.status == 201, "\(fit.text)")
      first = try fit.json()["run_id"].string ?? ""
      let dataset = try fit.json()["dataset"]["id"].string ?? ""
      for path in [
        "/customers.csv", "/customers?limit=100", "/odata/Customers", "/datasets/\(dataset)/eda",
        "/datasets/\(dataset)/quality", "/report.md", "/", "/segments",
      ] {
        let answer = try await curl.get(path)
        #expect(answer.status == 200, "\(path)")
        #expect(!answer.text.contains("kunde-"), "\(path)")
      }
      #expect(try await curl.get("/customers.csv").text.contains(Self.firstCode))
      for id in ["kunde-1", Self.firstCode] {
        let customer = try await curl.get("/customers/\(id)").json()
        #expect(customer["customer_id"].string == Self.firstCode)
        #expect(customer["line"].number == 2)
      }
      // The sender's own file comes back as it was sent.
      let back = try await curl.post("/segments.csv?k=3", .bytes(Self.shop()))
      #expect(back.status == 200)
      #expect(back.text.contains("\nkunde-1,"))
      let again = try await curl.post("/segments?k=4&dataset=\(dataset)", .none)
      #expect(again.status == 201)
      #expect(try again.json()["dataset"]["id"].string == dataset)
      // Handed out and sent again: the same customers.
      let codes = try await curl.get("/customers.csv").text.split(whereSeparator: \.isNewline)
        .map { $0.split(separator: ",").prefix(3).joined(separator: ",") }
        .joined(separator: "\n")
      let resent = try await curl.post("/segments?k=4", .text(codes + "\n"))
      #expect(try resent.json()["dataset"]["id"].string == dataset)
    }
    for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/data") {
      // One of the files is empty, which `Data(contentsOf:)` reads into memory that it loses.
      let file = try #require(FileHandle(forReadingAtPath: "\(folder.path)/data/\(name)"))
      let bytes = try file.readToEnd() ?? Data()
      #expect(!String(decoding: bytes, as: UTF8.self).contains("kunde-"), "\(name)")
    }
    try await ServiceProcess.with(Self.launch(folder)) { service in
      let curl = service.client()
      let moved = try await curl.post("/segments?k=3", .bytes(Self.shop(shift: 1)))
      #expect(moved.status == 201)
      let run = try moved.json()["run_id"].string ?? ""
      let comparison = try await curl.get("/runs/compare?from=\(first)&to=\(run)").json()
      #expect(comparison["basis"].string == "customers", "\(comparison)")
      #expect(comparison["customers"]["shared"].number == 60, "\(comparison)")
    }
  }

  @Test("the key is long, and shown nowhere")
  func idKey() async throws {
    for (key, status) in [("short", Int32(2)), ("0123456789abcdef", 0)] {
      let end = try await ServiceProcess.run(["check-config", "--id-hash-key", key])
      #expect(end.status == .exited(status))
      #expect(!(end.output + end.errorOutput).contains(key))
    }
    let shown = try await ServiceProcess.run(["config", "--id-hash-key", Self.key])
    #expect(!shown.output.contains(Self.key))
  }

  // MARK: Small segments

  private static let reader = "reader-key-0123456789"
  private static let admin = "admin-key-0123456789"

  /// Segments of 40, 30, 12 and 3 customers, far from each other.
  private static let groups: [UInt8] = {
    var text = "customer_id,age,income\n"
    var id = 0
    for (size, age, income) in [(40, 20, 20), (30, 60, 20), (12, 20, 90), (3, 60, 90)] {
      for row in 0..<size {
        id += 1
        text += "\(id),\(age + row % 3),\(income + row % 2)\n"
      }
    }
    return Array(text.utf8)
  }()

  private static func keyed(_ key: String) -> HeaderList { ["X-API-Key": key] }

  private func withGroups(_ body: (Curl) async throws -> Void) async throws {
    var launch = Launch(["--min-segment-public=10"])
    launch.environment["SEGMENTD_API_KEYS"] =
      "reader:\(Self.reader):read+write,admin:\(Self.admin):admin"
    try await ServiceProcess.with(launch) { service in
      let curl = service.client()
      let fit = CurlRequest(
        "POST", "/segments?k=4", headers: Self.keyed(Self.reader), body: .bytes(Self.groups))
      let answer = try await curl.send(fit)
      #expect(answer.status == 201)
      let run = try answer.json()
      #expect(run["segments"].items.map { $0["size"].number } == [40, 30])
      #expect(run["withheld_segments"].number == 2)
      #expect(run["k_choice"] == .null)
      try await body(curl)
    }
  }

  @Test("lists leave small segments out, and so many more that subtracting tells nothing")
  func lists() async throws {
    try await withGroups { curl in
      // Both in turn, so that no answer kept for one is given to the other.
      for _ in 0..<3 {
        let all = try await curl.get("/segments", headers: Self.keyed(Self.admin))
        #expect(try all.json()["items"].items.map { $0["size"].number } == [40, 30, 12, 3])
        #expect(try all.json()["withheld_segments"] == .null)
        let some = try await curl.get("/segments", headers: Self.keyed(Self.reader))
        #expect(try some.json()["items"].items.map { $0["size"].number } == [40, 30])
        #expect(try some.json()["withheld_segments"].number == 2)
        #expect(all.headers["ETag"] != some.headers["ETag"])
      }
      let reader = Self.keyed(Self.reader)
      for path in ["/clusters/summary", "/clusters"] {
        let json = try await curl.get(path, headers: reader).json()
        #expect(json["items"].items.map { $0["size"].number } == [40, 30], "\(path)")
      }
      let summary = try await curl.get("/clusters/summary", headers: reader).json()
      #expect(summary["customers"].number == 85)
      let profiles = try await curl.get("/clusters/profiles.csv", headers: reader).text
      #expect(
        Set(profiles.split(whereSeparator: \.isNewline).dropFirst().map { $0.first }) == ["0", "1"])
      let metrics = try await curl.get("/metrics", headers: reader).text
      #expect(
        metrics.split(whereSeparator: \.isNewline).count { $0.hasPrefix("segment_customers{") } == 2
      )
      let customers = try await curl.get("/customers?limit=1000", headers: reader).json()
      #expect(customers["items"].items.count { $0["segment_id"] == .null } == 15)
      #expect(customers["items"].items.count { $0["cluster"].number == 0 } == 40)
      let small = try await curl.get("/customers/85", headers: reader).json()
      #expect(small["segment_id"] == .null && small["distance"] == .null)
      #expect(try await curl.get("/clusters/1", headers: reader).status == 200)
      #expect(try await curl.get("/clusters/2", headers: reader).status == 403)
      let handed = try await curl.send(
        CurlRequest("POST", "/segments.csv?k=4", headers: reader, body: .bytes(Self.groups)))
      #expect(handed.text.split(whereSeparator: \.isNewline).count { $0.hasSuffix(",,,,,") } == 15)
    }
  }

  @Test("no answer of any route names a small segment to a key that is not the admin's")
  func everyRoute() async throws {
    try await withGroups { curl in
      let admin = Self.keyed(Self.admin)
      let reader = Self.keyed(Self.reader)
      let list = try await curl.get("/segments", headers: admin).json()["items"].items
      let ids = list.compactMap { $0["segment_id"].string }
      for (number, id) in ids.enumerated() {
        let patch = CurlRequest(
          "PATCH", "/segments/\(id)", headers: admin, body: .text("{\"name\":\"Xyzzy \(number)\"}"))
        #expect(try await curl.send(patch).status == 200)
      }
      // A run after it, so that there is something to compare.
      let refit = CurlRequest(
        "POST", "/segments?k=4&seed=7", headers: reader, body: .bytes(Self.groups))
      #expect(try await curl.send(refit).status == 201)
      let run = try await curl.get("/runs", headers: admin).json()["items"][1]["run_id"].string
      let document = try await curl.get("/openapi.json", headers: reader).json()
      guard case .object(let paths) = document["paths"] else { return }
      var refused = 0
      var answered = 0
      for member in paths.members {
        guard member.value["get"] != .null, !member.name.contains("/events") else { continue }
        for id in ids {
          let path =
            member.name.replacing("{sid}", with: id).replacing("{cid}", with: "85")
            .replacing("{i}", with: "\(ids.firstIndex(of: id) ?? 0)")
            .replacing("{set}", with: "Segments").replacing("{name}", with: "sizes.svg")
            .replacing("{slug}", with: "gone").replacing("{id}", with: run ?? "")
          for suffix in ["", "?format=csv", "?format=txt", "?format=html", "?format=svg"] {
            var path = path + suffix
            if path.hasPrefix("/segments/assign") {
              path += (suffix.isEmpty ? "?" : "&") + "age=60&income=90"
            }
            let answer = try await curl.get(path, headers: reader)
            #expect(answer.status < 500, "\(path)")
            for small in [2, 3] {
              #expect(!answer.text.contains("Xyzzy \(small)"), "\(path)")
            }
            if answer.status == 403 {
              #expect(answer.text.contains("min_segment_public"), "\(path)")
              refused += 1
              let whole = try await curl.get(path, headers: admin)
              #expect(whole.status == 200 || whole.status == 406, "\(path)")
            } else if answer.status == 200 {
              answered += 1
            }
          }
        }
      }
      #expect(refused > 30 && answered > 100, "\(refused) refused, \(answered) answered")
    }
  }

  @Test("a fit whose segments are large enough is told of whole")
  func largeEnough() async throws {
    try await withGroups { curl in
      let reader = Self.keyed(Self.reader)
      let fit = CurlRequest(
        "POST", "/segments?k=4&min_size=10&series=large", headers: reader,
        body: .bytes(Self.groups))
      let run = try await curl.send(fit).json()
      #expect(run["withheld_segments"] == .null)
      #expect(run["segments"].items.allSatisfy { ($0["size"].number ?? 0) >= 10 })
      for path in ["/charts/sizes.svg", "/report.md", "/", "/odata/Segments", "/clusters/k"] {
        #expect(
          try await curl.get("\(path)?series=large", headers: reader).status == 200, "\(path)")
      }
    }
  }
}
