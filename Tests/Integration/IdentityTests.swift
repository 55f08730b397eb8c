import Datasets
import TestSupport
import Testing

@Suite("segments over time, through the service", .timeLimit(.minutes(5)))
struct IdentityTests {
  private static let csv = SampleCustomers.csv()

  private func patch(
    _ curl: Curl, _ path: String, _ body: String, ifMatch: String? = nil
  ) async throws -> CurlResponse {
    var lines = [HeaderList.Line(name: "Content-Type", value: "application/merge-patch+json")]
    if let ifMatch { lines.append(.init(name: "If-Match", value: ifMatch)) }
    return try await curl.send(
      CurlRequest("PATCH", path, headers: HeaderList(lines), body: .text(body)))
  }

  @Test("a person's choice is shown everywhere, survives refits and is guarded by If-Match")
  func choice() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let fit = try await curl.post("/segments?k=4", .bytes(Self.csv)).json()
      let id = try #require(fit["segments"][1]["segment_id"].string)
      let name = try #require(fit["segments"][1]["name"].string)
      let old = try await curl.get("/segments/\(id)")
      let tag = try #require(old.headers["ETag"])
      let changed = try await patch(
        curl, "/segments/\(id)",
        ##"{"name":" Regulars ","colour":"#0072B2","description":"Come on Saturdays","pinned":true}"##,
        ifMatch: tag)
      #expect(changed.status == 200, "\(changed.text)")
      let json = try changed.json()
      #expect(json["name"].string == "Regulars")
      #expect(json["colour"].string == "#0072b2")
      #expect(json["description"].string == "Come on Saturdays")
      #expect(json["pinned"] == .bool(true))
      let now = try await curl.get("/segments/\(id)")
      #expect(now.body == changed.body)
      #expect(now.headers["ETag"] == changed.headers["ETag"])
      #expect(now.headers["ETag"] != tag)
      // What somebody else saw before does not count any more.
      let late = try await patch(curl, "/segments/\(id)", #"{"name":"X"}"#, ifMatch: tag)
      #expect(late.status == 412)
      #expect(try late.json()["type"].string == "/problems/precondition-failed")
      let weak = try await patch(
        curl, "/segments/\(id)", #"{"name":"X"}"#, ifMatch: "W/" + (now.headers["ETag"] ?? ""))
      #expect(weak.status == 412)
      let text = try #require(try await curl.get("/segments/\(id).txt").headers["ETag"])
      let several = try await patch(
        curl, "/segments/\(id)", #"{"description":null}"#, ifMatch: "\"x\", \(text)")
      #expect(several.status == 200)
      #expect(try several.json()["name"].string == "Regulars")
      #expect(try several.json()["description"] == .null)

      // Pinned segments stand first, and every route shows the name.
      #expect(try await curl.get("/segments").json()["items"][0]["segment_id"].string == id)
      for path in ["/clusters/summary.csv", "/customers.csv", "/segments.txt", "/clusters"] {
        #expect(try await curl.get(path).text.contains("Regulars"), "\(path)")
      }
      let refit = try await curl.post("/segments?k=4&seed=5", .bytes(Self.csv)).json()
      let kept = try #require(
        refit["segments"].items.first { $0["segment_id"].string == id })
      #expect(kept["name"].string == "Regulars")
      #expect(kept["pinned"] == .bool(true))
      #expect(kept["verdict"].string == "kept")
      #expect(refit["identity"]["basis"].string == "customers")
      #expect(refit["identity"]["previous_run_id"] == fit["run_id"])
      #expect(fit["identity"] == .null)
      let back = try await patch(curl, "/segments/\(id)", #"{"name":null,"pinned":null}"#)
      #expect(try back.json()["name"].string == name)
    }
  }

  @Test("changes that cannot be made are told, all faults at once")
  func refusals() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let fit = try await curl.post("/segments?k=3", .bytes(Self.csv)).json()
      let id = try #require(fit["segments"][0]["segment_id"].string)
      let other = try #require(fit["segments"][1]["name"].string)
      let cases: [(String, Int)] = [
        ("", 400), ("{", 400), ("[]", 422), ("{}", 422), (#"{"name":""}"#, 422),
        (#"{"name":3}"#, 422), (#"{"name":" =1+1"}"#, 422), (#"{"colour":"blue"}"#, 422),
        (#"{"pinned":"yes"}"#, 422),
        (#"{"size":3}"#, 422), (#"{"name":"a\nb"}"#, 422),
        ("{\"name\":\"\(String(repeating: "x", count: 201))\"}", 422),
        ("{\"name\":\"\(other.uppercased())\"}", 409),
      ]
      for (body, status) in cases {
        let answer = try await patch(curl, "/segments/\(id)", body)
        #expect(answer.status == status, "\(body): \(answer.text)")
        #expect(answer.headers["Content-Type"] == "application/problem+json")
      }
      let many = try await patch(
        curl, "/segments/\(id)", ##"{"color":"#0072b2","name":false}"##)
      #expect(try many.json()["errors"].items.count == 2)
      #expect(many.text.contains("did you mean colour?"))
      #expect(try await patch(curl, "/segments/nobody", #"{"name":"A"}"#).status == 404)
      #expect(
        try await patch(curl, "/segments/nobody", #"{"name":"A"}"#, ifMatch: "*").status == 412)
      #expect(try await patch(curl, "/segments/\(id)?seris=x", #"{"name":"A"}"#).status == 400)
      let large = "{\"name\":\"\(String(repeating: "x", count: 70_000))\"}"
      #expect(try await patch(curl, "/segments/\(id)", large).status == 413)
      #expect(try await curl.get("/segments/\(id)").json()["name"] == fit["segments"][0]["name"])
    }
  }

  @Test("history, comparison and migrations in every form")
  func overTime() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      #expect(try await curl.get("/runs/compare").status == 404)
      let first = try await curl.post("/segments?k=3", .bytes(Self.csv)).json()
      #expect(try await curl.get("/migrations").status == 404)
      let second = try await curl.post("/segments?k=5", .bytes(Self.csv)).json()
      let from = try #require(first["run_id"].string)
      let to = try #require(second["run_id"].string)
      let id = try #require(first["segments"][0]["segment_id"].string)

      let history = try await curl.get("/segments/\(id)/history").json()
      #expect(history["items"].items.compactMap { $0["run_id"].string }.first == from)
      #expect(history["items"][0]["verdict"] == .null)
      #expect(history["items"][0]["size"] == first["segments"][0]["size"])
      #expect(history["items"][0]["centroid_age"].number != nil)
      #expect(try await curl.get("/segments/nobody/history").status == 404)
      #expect(try await curl.get("/segments/\(id)/history?series=none").status == 404)

      let compare = try await curl.get("/runs/compare").json()
      #expect(try await curl.get("/runs/compare?flat=false").json() == compare)
      #expect(compare["from"].string == from)
      #expect(compare["to"].string == to)
      #expect(compare["customers"]["shared"].number == 200)
      #expect(["stable", "drifting", "changed"].contains(compare["verdict"].string ?? ""))
      #expect(compare["drift"].items.allSatisfy { $0["psi"].number == 0 })
      let same = try await curl.get("/runs/compare?from=\(to)&to=\(to)").json()
      #expect(same["verdict"].string == "stable")
      #expect(same["ari"].number == 1)
      #expect(same["moved_share"].number == 0)

      let migrations = try await curl.get("/migrations?limit=7").json()
      let moved = try #require(migrations["moved"].number)
      #expect(compare["moved_share"].number == moved / 200)
      #expect(migrations["matrix"].items.count == 15)
      #expect(
        migrations["matrix"].items.reduce(0) { $0 + ($1["customers"].number ?? 0) } == 200)
      #expect(
        migrations["links"].items.reduce(0) { $0 + ($1["customers"].number ?? 0) } == moved)
      // Page by page, CSV and NDJSON list the same customers.
      var listed: [String] = []
      var cursor = ""
      repeat {
        let page = try await curl.get("/migrations?limit=7\(cursor)").json()
        listed += page["customers"].items.map { $0["customer_id"].string ?? "" }
        cursor = page["next"].string.map { "&cursor=\($0)" } ?? ""
      } while !cursor.isEmpty
      #expect(Double(listed.count) == moved)
      #expect(Set(listed).count == listed.count)
      let csv = try await curl.get("/migrations.csv").text.split(separator: "\r\n")
      #expect(csv[0] == "customer_id,from,to,because,before,after,change")
      #expect(csv.dropFirst().map { $0.split(separator: ",")[0] } == listed.map { $0[...] })
      let lines = try await curl.get("/migrations.ndjson").text.split(separator: "\n")
      #expect(lines.count == listed.count)
      for path in [
        "/migrations.txt", "/runs/compare.csv", "/runs/compare.txt", "/runs/compare.ndjson",
        "/runs/compare?flat=1", "/segments/\(id)/history.csv", "/segments/\(id)/history.txt",
        "/migrations?flat=1",
      ] {
        let answer = try await curl.get(path)
        #expect(answer.status == 200, "\(path)")
        let tag = try #require(answer.headers["ETag"], "\(path)")
        let again = try await curl.get(path, headers: ["If-None-Match": tag])
        #expect(again.status == 304, "\(path)")
        #expect(try await curl.send(CurlRequest("HEAD", path)).status == 200, "\(path)")
      }
      // Rolling back makes the earlier run the one that is read.
      let back = try await curl.send(CurlRequest("POST", "/runs/\(from)/activate"))
      #expect(back.status == 200)
      #expect(try await curl.get("/segments").json()["run_id"].string == from)
      #expect(try await curl.get("/runs/compare").json()["from"].string == to)
      #expect(try await curl.get("/segments?run=\(to)").json()["items"].items.count == 5)
      #expect(try await curl.get("/runs/compare?from=run_0").status == 404)
    }
  }

  @Test(
    "the six Mall segments survive shuffled rows, 10 % fewer and 10 % more",
    .needsSharedData)
  func mall() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let file = String(
        decoding: try SharedData.bytes(of: "mall_gender_lf.csv"), as: UTF8.self)
      var rows = file.split(whereSeparator: \.isNewline).map(String.init)
      let header = rows.removeFirst()
      func post(_ rows: [String], _ options: String = "k=6") async throws -> JSONValue {
        let answer = try await curl.post(
          "/segments?\(options)", .text(([header] + rows).joined(separator: "\n") + "\n"))
        #expect(answer.status == 201, "\(answer.text)")
        return try answer.json()
      }
      func ids(_ json: JSONValue) -> Set<String> {
        Set(json["segments"].items.compactMap { $0["segment_id"].string })
      }
      let first = try await post(rows)
      #expect(ids(first).count == 6)
      // Reversed, then every seventh after the other: two orders that are nothing like the first.
      let orders = [
        Array(rows.reversed()),
        (0..<7).flatMap { start in
          stride(from: start, to: rows.count, by: 7).map { rows[$0] }
        },
      ]
      for order in orders { #expect(ids(try await post(order)) == ids(first)) }
      let fewer = rows.enumerated().filter { $0.offset % 10 != 4 }.map(\.element)
      #expect(fewer.count == 180)
      #expect(ids(try await post(fewer)) == ids(first))
      let lookalikes = stride(from: 1, to: rows.count, by: 10).map { index -> String in
        var cells = rows[index].split(separator: ",").map(String.init)
        cells[0] = "\(1000 + index)"
        cells[2] = String((Int(cells[2]) ?? 0) + 1)
        return cells.joined(separator: ",")
      }
      #expect(lookalikes.count == 20)
      #expect(ids(try await post(rows + lookalikes)) == ids(first))

      // One segment leaves entirely.
      let run = try #require(first["run_id"].string)
      _ = try await curl.send(CurlRequest("POST", "/runs/\(run)/activate"))
      for segment in first["segments"].items {
        let id = try #require(segment["segment_id"].string)
        let members = try await curl.get("/segments/\(id)/customers.csv?run=\(run)").text
        let gone = Set(
          members.split(whereSeparator: \.isNewline).dropFirst().compactMap {
            $0.split(separator: ",").first.map(String.init)
          })
        let rest = rows.filter { !gone.contains(String($0.prefix { $0 != "," })) }
        #expect(rest.count == rows.count - gone.count)
        let json = try await post(rest, "k=5&activate=false")
        #expect(ids(json) == ids(first).subtracting([id]), "\(id)")
        let verdicts = json["identity"]["items"].items
        #expect(verdicts.count { $0["verdict"].string == "gone" } == 1)
        #expect(verdicts.first { $0["verdict"].string == "gone" }?["from"].string == id)
      }
    }
  }
}
