import Datasets
import Foundation
import TestSupport
import Testing

@Suite("models that score elsewhere", .timeLimit(.minutes(10)))
struct ModelTests {
  private static let csv = SampleCustomers.csv()

  private func fit(_ curl: Curl, _ query: String = "k=6") async throws -> String {
    let answer = try await curl.post("/segments?\(query)", .bytes(Self.csv))
    try #require(answer.status == 201, "\(answer.text.prefix(300))")
    return try #require(try answer.json()["run_id"].string)
  }

  @Test("a run restored elsewhere from model.json assigns every row alike, to the byte")
  func restored() async throws {
    try await ServiceProcess.with { first in
      try await ServiceProcess.with { second in
        let here = first.client()
        let there = second.client()
        let run = try await fit(here)
        let model = try await here.get("/runs/\(run)/model.json")
        #expect(model.status == 200)
        #expect(model.headers["ETag"] != nil)
        let answer = try await there.post(
          "/runs", .bytes(model.body), headers: ["Content-Type": "application/json"])
        #expect(answer.status == 201, "\(answer.text.prefix(300))")
        let location = try #require(answer.headers["Location"])
        #expect(try await there.get(location).json()["k"].number == 6)
        #expect(try await there.post("/runs", .bytes(model.body)).status == 200)
        let a = try await here.post("/segments/assign.csv", .bytes(Self.csv))
        let b = try await there.post("/segments/assign.csv", .bytes(Self.csv))
        #expect(a.status == 200 && a.body == b.body)
        let id = location.dropFirst("/runs/".count)
        for form in ["sql", "pmml", "onnx"] {
          #expect(
            try await here.get("/runs/\(run)/model.\(form)").body
              == there.get("/runs/\(id)/model.\(form)").body)
        }
        // What it cannot answer without customers, it says.
        let customers = try await there.get("/customers")
        #expect(customers.status == 409)
        #expect(customers.text.contains("/problems/restored-run"))
        #expect(try await there.get("/clusters/summary").json()["items"].items.count == 6)
        #expect(try await there.get("/datasets").status == 200)
        #expect(try await there.get("/").status == 200)
        // A fit of the customers themselves joins the series after it.
        #expect(try await there.post("/segments?k=6", .bytes(Self.csv)).status == 201)
        #expect(try await there.get("/customers").status == 200)
      }
    }
  }

  @Test("what is no model is refused with every place named")
  func refusals() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let run = try await fit(curl)
      let model = try await curl.get("/runs/\(run)/model.json").text
      let wrong =
        model
        .replacing(#""spread":"#, with: #""spread":-"#)
        .replacing(#""segment_id":""#, with: #""segment":""#)
      let answer = try await curl.post("/runs", .text(wrong))
      #expect(answer.status == 422)
      let pointers = try answer.json()["errors"].items.compactMap { $0["pointer"].string }
      #expect(pointers.contains("/features/0/spread"))
      #expect(pointers.contains("/clusters/5/segment_id"))
      #expect(try await curl.post("/runs", .text("{")).status == 400)
      #expect(try await curl.post("/runs", .text("[]")).status == 422)
      #expect(try await curl.get("/runs").json()["items"].items.count == 1)
    }
  }

  @Test("each form has its type, and a mistake in the query is told")
  func forms() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let run = try await fit(curl)
      for (form, type) in [
        ("json", "application/json"), ("sql", "application/sql; charset=utf-8"),
        ("pmml", "application/xml"), ("onnx", "application/octet-stream"),
      ] {
        let answer = try await curl.get("/runs/\(run)/model.\(form)")
        #expect(answer.status == 200)
        #expect(answer.headers["Content-Type"] == type)
      }
      let sql = try await curl.get(
        "/runs/\(run)/model.sql?dialect=bigquery&table=my-shop.data.c&columns=header")
      #expect(sql.text.contains("FROM `my-shop`.data.c AS t"))
      #expect(try await curl.get("/runs/\(run)/model.sql?dialect=oracle").status == 400)
      #expect(try await curl.get("/runs/\(run)/model.sql?table=").status == 400)
      #expect(try await curl.get("/runs/run_0/model.sql").status == 404)
      #expect(
        try await curl.get("/runs/\(run)/model", headers: ["Accept": "image/png"]).status == 406)
    }
  }

  @Test("the push-down's rows, posted with their weight, are the same fit")
  func pushdown() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let run = try await fit(curl)
      let answer = try await curl.get(
        "/pushdown.json?table=c&dialect=sqlite&features=age,annual_income,spending_score")
      let told = try answer.json()
      let folder = try TemporaryFolder()
      let file = try folder.write(
        """
        import csv, io, sqlite3, sys
        rows = list(csv.DictReader(open(sys.argv[1])))
        base = sqlite3.connect(":memory:")
        base.execute("CREATE TABLE c (age INTEGER, annual_income INTEGER, spending_score INTEGER)")
        names = [n for n in rows[0] if n.split(" ")[0] in ("Age", "Annual", "Spending")]
        base.executemany("INSERT INTO c VALUES (?, ?, ?)", [[r[n] for n in names] for r in rows])
        found = base.execute(sys.argv[2])
        out = csv.writer(sys.stdout)
        out.writerow(c[0] for c in found.description)
        out.writerows(found)
        """, to: "pushdown.py")
      let rows = try folder.write(String(decoding: Self.csv, as: UTF8.self), to: "rows.csv")
      let completion = try await Program.run(
        Launch([file, rows, try #require(told["sql"].string)], program: "python3"))
      try #require(completion.status == .exited(0), "\(completion.errorOutput)")
      let weight = try #require(told["weight"].string)
      let reduced = try await curl.post(
        "/segments?k=6&series=reduced&weight=\(weight)", .text(completion.output)
      ).json()
      let whole = try await curl.get("/runs/\(run)").json()
      #expect(reduced["quality"] == whole["quality"])
      #expect(
        reduced["segments"].items.map { $0["size"] } == whole["segments"].items.map { $0["size"] })
      let text = try await curl.get("/pushdown.sql?features=age,income:500&dialect=duckdb").text
      #expect(text.contains(#"FLOOR(CAST(t."income" AS DOUBLE) / 500.0e0)"#))
      #expect(text.hasPrefix("-- "))
      #expect(text.contains("weight=customers"))
      #expect(try await curl.get("/pushdown.sql?features=a:-1").status == 400)
      // The features of the current run are known.
      #expect(try await curl.get("/pushdown.sql").text.contains(#"t."spending_score""#))
    }
  }

  @Test(
    "model.sql in real PostgreSQL and SQLite gives the service's labels",
    .enabled(
      if: Installed.postgreSQL && Installed.command("python3"),
      "PostgreSQL and python3 are not installed"))
  func databases() async throws {
    try await ServiceProcess.with { service in
      var launch = Launch(
        [
          "--no-install", "--url", service.url, "--rows", "20000", "sqlite", "postgres",
        ], program: "\(PackageRoot.path)/Tests/Scoring/run")
      launch.environment["SCORING_DATA"] =
        SharedData.isPresent
        ? URL(filePath: SharedData.path(of: "README.md")).deletingLastPathComponent().path : ""
      let completion = try await Program.run(launch, within: .seconds(300))
      #expect(completion.status == .exited(0), "\(completion.output)\(completion.errorOutput)")
      #expect(completion.output.contains("All labels are equal."))
    }
  }

  @Test("rows are assigned as they arrive with the bytes that a whole file gets")
  func streamed() async throws {
    try await ServiceProcess.with(["--threads", "3"]) { service in
      let curl = service.client()
      _ = try await fit(curl)
      let large = SampleCustomers.csv(count: 30_000, seed: 4)
      let streamed = try await curl.post("/segments/assign.csv", .bytes(large))
      #expect(streamed.status == 200)
      #expect(streamed.headers["Content-Type"]?.hasPrefix("text/csv") == true)
      let whole = try await curl.post(
        "/segments/assign.csv", .multipart([.init("file", large, filename: "c.csv")]))
      #expect(whole.body == streamed.body)
      let header = streamed.text.prefix { $0 != "\r\n" }
      #expect(
        header.hasSuffix(
          ",segment_id,segment_name,cluster,distance,margin,second_segment_id,far"))
      let chunked = try await curl.post(
        "/segments/assign.csv",
        .chunks(
          stride(from: 0, to: large.count, by: 7001).map {
            Array(large[$0..<min($0 + 7001, large.count)])
          }))
      #expect(chunked.body == streamed.body)
      let marked = try await curl.post("/segments/assign.csv?bom=1", .bytes(large))
      #expect(marked.body == [0xEF, 0xBB, 0xBF] + streamed.body)
      // A far customer, one without a value, and one record that is too long.
      let odd = try await curl.post(
        "/segments/assign.csv",
        .text("age;annual_income;spending_score\n1000;86;82\n;1;2\n30;86;82;9\n"))
      let lines = odd.text.split(separator: "\r\n").map(String.init)
      #expect(lines.count == 4)
      #expect(lines[1].hasSuffix(",true"))
      #expect(lines[2] == ",1,2,,,,,,,")
      #expect(lines[3] == "30,86,82,,,,,,,,9")
    }
  }

  @Test("a stream that cannot be assigned is refused before anything is answered")
  func streamRefusals() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      #expect(try await curl.post("/segments/assign.csv", .bytes(Self.csv)).status == 404)
      _ = try await fit(curl)
      let missing = try await curl.post("/segments/assign.csv", .text("a,b\n1,2\n"))
      #expect(missing.status == 422)
      #expect(missing.text.contains("spending_score"))
      #expect(try await curl.post("/segments/assign.csv", .text("")).status == 400)
      #expect(
        try await curl.post("/segments/assign.csv", .text("age,annual_income,spending_score\n"))
          .status == 422)
      let json = #"[{"age":32,"annual_income":86,"spending_score":82}]"#
      let one = try await curl.post("/segments/assign.csv", .text(json))
      #expect(one.status == 200)
      #expect(one.text.hasPrefix("age,annual_income,spending_score,segment_id,"))
      let lines = try await curl.post(
        "/segments/assign.ndjson", .text(json), headers: ["Content-Type": "application/json"])
      #expect(lines.text.contains(#""far":false"#))
      #expect(lines.text.split(separator: "\n").count == 1)
    }
  }
}
