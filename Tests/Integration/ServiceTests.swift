import Datasets
import TestSupport
import Testing

@Suite("the contract of the routes, on the sample", .timeLimit(.minutes(5)))
struct ServiceTests {
  private static let csv = SampleCustomers.csv()

  @Test("two identical posts give one run; threads do not change a byte")
  func reproducible() async throws {
    var answers: [[UInt8]] = []
    for threads in ["1", "2", "7"] {
      try await ServiceProcess.with(["--threads", threads]) { service in
        let curl = service.client()
        let first = try await curl.post("/segments", .bytes(Self.csv))
        #expect(first.status == 201)
        let second = try await curl.post("/segments", .bytes(Self.csv))
        #expect(second.status == 200)
        #expect(first.body == second.body)
        #expect(first.headers["Location"] == second.headers["Location"])
        #expect(try await curl.get("/runs").json()["items"].items.count == 1)
        let profiles = try await curl.get("/clusters/profiles")
        let clusters = try await curl.get("/clusters")
        answers.append(profiles.body + clusters.body)
      }
    }
    #expect(answers[0] == answers[1])
    #expect(answers[0] == answers[2])
  }

  @Test("a weight of 2 is a row given twice")
  func weights() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let rows = [(18, 20, 1), (19, 22, 1), (40, 60, 2), (42, 61, 1), (70, 20, 2), (71, 25, 1)]
      var twice = "age,income\n"
      var weighted = "age,income,customers\n"
      for (age, income, weight) in rows {
        for _ in 0..<weight { twice += "\(age),\(income)\n" }
        weighted += "\(age),\(income),\(weight)\n"
      }
      let a = try await curl.post("/segments?k=3&series=a", .text(twice)).json()
      let b = try await curl.post(
        "/segments?k=3&weight=customers&series=b", .text(weighted)
      ).json()
      #expect(a["quality"] == b["quality"])
      #expect(a["segments"] == b["segments"])
    }
  }

  @Test("the same rows in every format give the same segments")
  func formats() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let rows = [(20, 15), (21, 16), (22, 14), (60, 80), (61, 82), (62, 79)]
      let csv = "id,age,income\n" + rows.enumerated().map { "c\($0),\($1.0),\($1.1)\n" }.joined()
      let objects = rows.enumerated().map { #"{"id":"c\#($0)","age":\#($1.0),"income":\#($1.1)}"# }
      let table =
        #"{"columns":["id","age","income"],"rows":["#
        + rows.enumerated().map { #"["c\#($0)",\#($1.0),\#($1.1)]"# }.joined(separator: ",") + "]}"
      let bodies: [(String?, CurlRequest.Body)] = [
        ("text/csv", .text(csv)), (nil, .text(csv)),
        ("application/x-www-form-urlencoded", .text(csv)),
        ("text/csv", .text(csv.replacing(",", with: ";"))),
        ("text/csv", .text(csv.replacing(",", with: "\t"))),
        ("application/json", .text("[\(objects.joined(separator: ","))]")),
        ("application/json", .text(table)),
        ("application/x-ndjson", .text(objects.joined(separator: "\n"))),
        (nil, .multipart([.init("file", Array(csv.utf8), filename: "c.csv")])),
      ]
      var segments: [JSONValue] = []
      for (type, body) in bodies {
        let answer = try await curl.post(
          "/segments?k=2", body, headers: type.map { ["Content-Type": $0] } ?? [:])
        #expect([200, 201].contains(answer.status), "\(answer.text)")
        segments.append(try answer.json()["segments"])
      }
      for other in segments.dropFirst() { #expect(other == segments[0]) }
    }
  }

  @Test("options come as fields of a form too")
  func formOptions() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let file = CurlRequest.Part("file", Self.csv, filename: "customers.csv")
      let answer = try await curl.post(
        "/segments", .multipart([file, .init("k", "3"), .init("series", "forms")]))
      #expect(answer.status == 201)
      #expect(try answer.json()["k"].number == 3)
      #expect(try answer.json()["series"].string == "forms")
      let wrong = try await curl.post(
        "/segments", .multipart([file, .init("kk", "3")]))
      #expect(wrong.status == 400)
    }
  }

  @Test("every list answers in four forms, with a tag that gives 304")
  func forms() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      #expect(try await curl.post("/segments?k=4", .bytes(Self.csv)).status == 201)
      for path in [
        "/segments", "/clusters", "/clusters/summary", "/clusters/profiles", "/customers", "/runs",
        "/datasets", "/problems",
      ] {
        let types = [
          ("json", "application/json"), ("csv", "text/csv"), ("ndjson", "application/x-ndjson"),
          ("txt", "text/plain"),
        ]
        for (suffix, type) in types {
          let answer = try await curl.get("\(path).\(suffix)")
          #expect(answer.status == 200, "\(path).\(suffix)")
          #expect(answer.headers["Content-Type"]?.hasPrefix(type) == true)
          let tag = try #require(answer.headers["ETag"], "\(path).\(suffix)")
          let again = try await curl.get("\(path).\(suffix)", headers: ["If-None-Match": tag])
          #expect(again.status == 304, "\(path).\(suffix)")
          #expect(again.body.isEmpty)
          let negotiated = try await curl.get(path, headers: ["Accept": type])
          #expect(negotiated.headers["Content-Type"] == answer.headers["Content-Type"])
          #expect(negotiated.body == answer.body)
        }
        #expect(try await curl.get(path, headers: ["Accept": "image/png"]).status == 406)
        let head = try await curl.send(CurlRequest("HEAD", path))
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
      }
    }
  }

  @Test("pages do not overlap and miss nothing")
  func pages() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      #expect(try await curl.post("/segments?k=3", .bytes(Self.csv)).status == 201)
      var path: String? = "/customers?limit=33"
      var ids: [String] = []
      while let current = path {
        let answer = try await curl.get(current)
        let json = try answer.json()
        ids += json["items"].items.compactMap { $0["customer_id"].string }
        path = json["next"].string.map { "/customers?limit=33&cursor=\($0)" }
        #expect((answer.headers["Link"] != nil) == (path != nil))
      }
      #expect(ids.count == 200)
      #expect(Set(ids).count == 200)
      let whole = try await curl.get("/customers.csv")
      #expect(whole.text.split(whereSeparator: \.isNewline).count == 201)
      #expect(try await curl.get("/customers?limit=10001").status == 400)
      #expect(try await curl.get("/customers?cursor=x").status == 400)
      #expect(try await curl.get("/customers?cursor=5.run_other").status == 410)
    }
  }

  @Test("customers are assigned as the fit assigned them")
  func assignment() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      #expect(try await curl.post("/segments?k=5", .bytes(Self.csv)).status == 201)
      let customers = try await curl.get("/customers?limit=10000").json()["items"].items
      for customer in customers.prefix(40) {
        let figures = ["age", "annual_income", "spending_score"].map {
          "\($0)=\(customer[$0].number ?? -1)"
        }
        let answer = try await curl.get("/segments/assign.txt?\(figures.joined(separator: "&"))")
        #expect(answer.text == "\(customer["segment_id"].string ?? "")\n")
      }
      let assigned = try await curl.post(
        "/segments/assign", .bytes(Self.csv), headers: ["Content-Type": "text/csv"])
      #expect(assigned.status == 200)
      let rows = try assigned.json()["items"].items
      #expect(rows.map { $0["segment_id"] } == customers.map { $0["segment_id"] })
      let file = try await curl.post("/segments/assign.csv", .bytes(Self.csv))
      #expect(file.text.split(whereSeparator: \.isNewline).count == 201)
      #expect(try await curl.get("/segments/assign?age=3").status == 400)
      #expect(try await curl.get("/segments/assign?age=3&annual_incme=4").status == 400)
      #expect(
        try await curl.get("/segments/assign?age=x&annual_income=1&spending_score=2").status == 400)
      #expect(try await curl.post("/segments/assign", .text("a,b\n1,2\n3,4\n")).status == 422)
    }
  }

  @Test("typical customers come first, borderline ones can be listed")
  func borderline() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let run = try await curl.post("/segments?k=5", .bytes(Self.csv)).json()
      var borderline = 0
      for segment in run["segments"].items {
        let id = try #require(segment["segment_id"].string)
        let all = try await curl.get("/segments/\(id)/customers?sort=distance&limit=10000").json()
        let distances = all["items"].items.compactMap { $0["distance"].number }
        #expect(distances == distances.sorted())
        #expect(Double(distances.count) == segment["size"].number)
        let few = try await curl.get("/segments/\(id)/customers?borderline=true").json()
        for customer in few["items"].items { #expect((customer["margin"].number ?? 1) < 0.1) }
        let near = all["items"].items.count { ($0["margin"].number ?? 1) < 0.1 }
        #expect(few["items"].items.count == near)
        borderline += near
      }
      #expect(borderline > 0)
    }
  }

  @Test("runs are activated, removed and fall back; datasets go with their runs")
  func runs() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      @Sendable func current() async throws -> Double? {
        try await curl.get("/clusters/summary").json()["k"].number
      }
      #expect(try await curl.get("/clusters/summary").status == 404)
      let three = try await curl.post("/segments?k=3", .bytes(Self.csv)).json()
      let four = try await curl.post("/segments?k=4", .bytes(Self.csv)).json()
      #expect(try await current() == 4)
      let five = try await curl.post("/segments?k=5&activate=false", .bytes(Self.csv))
      #expect(five.status == 201)
      #expect(try await current() == 4)
      let first = try #require(three["run_id"].string)
      #expect(try await curl.post("/runs/\(first)/activate", .text("")).status == 200)
      #expect(try await current() == 3)
      #expect(
        try await curl.send(CurlRequest("DELETE", "/runs/\(first)")).status == 200)
      #expect(try await current() == 4)
      #expect(try await curl.get("/runs/\(first)").status == 404)
      let dataset = try #require(four["dataset"]["id"].string)
      let refit = try await curl.post(
        "/segments?dataset=\(dataset)&k=2&features=age", .text(""))
      #expect(refit.status == 201)
      #expect(try await current() == 2)
      let gone = try await curl.send(CurlRequest("DELETE", "/datasets/\(dataset)"))
      #expect(gone.status == 200)
      #expect(try await curl.get("/datasets/\(dataset)").status == 404)
    }
  }

  @Test("a poll that waits is answered by the next run")
  func longPoll() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      #expect(try await curl.post("/segments?k=3", .bytes(Self.csv)).status == 201)
      let first = try await curl.get("/clusters/summary?wait=1")
      #expect(first.status == 200)
      #expect(try first.json()["k"].number == 3)
      let tag = try #require(first.headers["ETag"])
      // Nothing changes: the time runs out and the client has what there is.
      let unchanged = try await curl.get(
        "/clusters/summary?wait=1", headers: ["If-None-Match": tag])
      #expect(unchanged.status == 304)
      async let waiting = service.client().get(
        "/clusters/summary?wait=30", headers: ["If-None-Match": tag])
      let fit = try await curl.post("/segments?k=4", .bytes(Self.csv))
      #expect(fit.status == 201)
      let changed = try await waiting
      #expect(changed.status == 200)
      #expect(try changed.json()["k"].number == 4)
      #expect(changed.duration < .seconds(20))
      // A client that has an older state is answered at once.
      let late = try await curl.get(
        "/clusters/summary?wait=30", headers: ["If-None-Match": tag])
      #expect(late.status == 200)
      #expect(try await curl.get("/clusters/summary?wait=0").status == 400)
    }
  }

  @Test("a full store refuses and loses nothing")
  func storeFull() async throws {
    try await ServiceProcess.with(["--max-store-bytes", "60000"]) { service in
      let curl = service.client()
      #expect(try await curl.post("/segments?k=3", .bytes(Self.csv)).status == 201)
      let summary = try await curl.get("/clusters/summary")
      var statuses: [Int] = []
      for seed in 0..<20 {
        let rows = SampleCustomers.csv(count: 300, seed: UInt64(seed))
        let answer = try await curl.post("/segments?k=2&series=s\(seed)", .bytes(rows))
        statuses.append(answer.status)
        if answer.status == 507 {
          #expect(try answer.json()["type"].string == "/problems/store-full")
        }
      }
      #expect(statuses.contains(507))
      #expect(Set(statuses).isSubset(of: [201, 507]))
      #expect(try await curl.get("/clusters/summary").body == summary.body)
      let stored = statuses.count { $0 == 201 }
      #expect(try await curl.get("/runs").json()["items"].items.count == stored + 1)
    }
  }

  @Test("a dry run stores nothing")
  func dryRun() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let answer = try await curl.post("/segments?dry_run=true", .bytes(Self.csv))
      #expect(answer.status == 200)
      #expect(try answer.json()["rows_used"].number == 200)
      let byHand = try await curl.post("/segments?dry_run=true&format=html", .bytes(Self.csv))
      #expect(byHand.headers["Content-Type"] == "application/json")
      #expect(try await curl.get("/datasets").json()["items"].items.isEmpty)
    }
  }

  @Test("the sample is there at the start when it is asked for")
  func sample() async throws {
    try await ServiceProcess.with(["--sample"]) { service in
      let curl = service.client()
      #expect(try await curl.get("/clusters/summary").status == 200)
      let page = try await curl.get("/", headers: ["Accept": "text/html"])
      #expect(page.status == 200)
      #expect(page.text.contains("<table>"))
      #expect(page.headers["Content-Security-Policy"] != nil)
      #expect(
        try await curl.get("/", headers: ["Accept": "application/json"]).json()["items"].items.count
          > 20)
    }
  }
}
