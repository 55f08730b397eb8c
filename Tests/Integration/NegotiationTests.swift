import Datasets
import TestSupport
import Testing

@Suite("choosing a representation", .timeLimit(.minutes(5)))
struct NegotiationTests {
  private static let types = [
    "css": "text/css", "js": "text/javascript", "json": "application/json", "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "txt": "text/plain", "html": "text/html", "md": "text/markdown", "sql": "application/sql",
    "pmml": "application/xml", "onnx": "application/octet-stream", "svg": "image/svg+xml",
    "vl.json": "application/vnd.vegalite.v5+json",
  ]

  @Test("every GET route answers in each of its forms by suffix, format= and Accept, in no other")
  func everyRoute() async throws {
    try await ServiceProcess.with(["--sample"]) { service in
      let curl = service.client()
      let run = try #require(try await curl.get("/runs").json()["items"][0]["run_id"].string)
      let dataset = try #require(
        try await curl.get("/datasets").json()["items"][0]["dataset_id"].string)
      let segment = try #require(
        try await curl.get("/segments").json()["items"][0]["segment_id"].string)
      let customer = try #require(
        try await curl.get("/customers").json()["items"][0]["customer_id"].string)
      let features = try await curl.get("/clusters").json()["features"].items.compactMap {
        $0["feature"].string
      }
      _ = try await curl.post(
        "/segments?k=3", .bytes(SampleCustomers.csv()), headers: ["Accept": "*/*"])
      let home = try await curl.get("/", headers: ["Accept": "application/json"]).json()
      guard case .object(let links) = home["links"] else {
        Issue.record("no links")
        return
      }
      for link in links.members {
        let path = try #require(link.value.string)
        #expect(try await curl.get(path).status == 200, "\(path)")
      }
      var visited = 0
      for route in home["items"].items where route["method"].string == "GET" {
        let pattern = try #require(route["path"].string)
        let forms = route["forms"].items.compactMap(\.string)
        // These choose by rules of their own, or have one form that is a file.
        if pattern.hasPrefix("/odata") || pattern.hasPrefix("/jobs/")
          || pattern.hasPrefix("/powerbi")
          || pattern == "/openapi.json" || pattern == "/metrics" || pattern == "/assets/details"
        {
          continue
        }
        var path = pattern
        for (name, value) in [
          "{sid}": segment, "{cid}": customer, "{i}": "0", "{slug}": "gone", "{name}": "sizes",
          "{id}": pattern.hasPrefix("/datasets") ? dataset : run,
        ] {
          path = path.replacing(name, with: value)
        }
        guard !path.contains("{") else { continue }
        let query =
          path == "/segments/assign"
          ? "?" + features.map { "\($0)=30" }.joined(separator: "&") : "?"
        visited += 1
        for form in forms {
          let type = try #require(Self.types[form])
          var answers: [[UInt8]] = []
          let suffixed = path == "/" ? nil : "\(path).\(form)\(query)"
          for (target, accept) in [
            (suffixed, "image/png"), ("\(path)\(query)&format=\(form)", "image/png"),
            ("\(path)\(query)", "image/png;q=0.9, \(type);q=0.2, */*;q=0.001"),
          ] {
            guard let target else { continue }
            let answer = try await curl.get(target, headers: ["Accept": accept])
            #expect(answer.status == 200, "\(target) \(accept) \(answer.text.prefix(200))")
            #expect(
              answer.headers["Content-Type"]?.hasPrefix(type) == true, "\(target) \(accept)")
            #expect(answer.headers["Vary"]?.contains("Accept") == true, "\(target)")
            let tag = answer.headers["ETag"]
            if let tag {
              let again = try await curl.get(
                target, headers: ["Accept": accept, "If-None-Match": tag])
              #expect(again.status == 304, "\(target)")
            }
            answers.append(answer.body)
          }
          if !["/", "/metrics", "/clusters/summary", "/pushdown"].contains(path) {
            #expect(Set(answers).count == 1, "\(path) \(form)")
          }
        }
        var refused = [("\(path)\(query)", "image/png")]
        // This one takes the features of the run.
        let isStrict = !["/segments/assign"].contains(path)
        if forms.count > 1, isStrict { refused.append(("\(path)\(query)&format=xlsx", "*/*")) }
        if !pattern.hasSuffix("}"), path != "/",
          let other = Self.types.keys.sorted().first(where: { !forms.contains($0) })
        {
          refused.append(("\(path).\(other)\(query)", "*/*"))
        }
        for (target, accept) in refused {
          let answer = try await curl.get(target, headers: ["Accept": accept])
          #expect(answer.status == 406, "\(target) \(accept)")
          #expect(answer.headers["Content-Type"] == "application/problem+json")
          #expect(
            try answer.json()["available"].items.compactMap { $0["suffix"].string } == forms,
            "\(target)")
        }
      }
      #expect(visited > 30)
    }
  }

  @Test("q-values decide, a more precise range wins, and q=0 refuses")
  func quality() async throws {
    try await ServiceProcess.with(["--sample"]) { service in
      let curl = service.client()
      for (accept, type) in [
        ("text/csv;q=0.5, application/json;q=0.4", "text/csv"),
        ("*/*, application/json;q=0.1", "text/csv"),
        ("text/*;q=0.3, text/plain;q=0", "text/csv"),
        ("application/json;q=0, */*;q=0.1", "text/csv"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
      ] {
        let answer = try await curl.get("/segments", headers: ["Accept": accept])
        #expect(answer.headers["Content-Type"]?.hasPrefix(type) == true, "\(accept)")
      }
      let none = try await curl.get(
        "/segments", headers: ["Accept": "application/json;q=0, text/*;q=0, */*;q=0"])
      #expect(none.status == 406)
    }
  }

  @Test("a feature of the name format is a feature, unless its value names a form")
  func featureCalledFormat() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      _ = try await curl.post(
        "/segments?k=2&features=format,age",
        .text("format,age\n" + (0..<20).map { "\($0 % 2 * 50 + $0),\($0)\n" }.joined()))
      let answer = try await curl.get("/segments/assign?format=3&age=4")
      #expect(answer.status == 200, "\(answer.text)")
      #expect(try answer.json()["segment_id"].string != nil)
    }
  }
}
