import Datasets
import TestSupport
import Testing

@Suite("the dashboard over HTTP", .timeLimit(.minutes(5)))
struct DashboardTests {
  private static let page: HeaderList = ["Accept": "text/html,application/xhtml+xml,*/*;q=0.8"]

  /// Names of elements and attributes that a page of figures needs; none of them runs anything.
  private static let elements: Set<String> = [
    "html", "head", "meta", "title", "link", "script", "body", "a", "header", "img", "nav", "p",
    "main", "form", "div", "label", "span", "small", "input", "button", "progress", "details",
    "summary", "select", "option", "fieldset", "legend", "section", "h1", "h2", "h3", "strong",
    "time", "dl", "dt", "dd", "svg", "rect", "path", "ul", "li", "ol", "b", "bdi", "figure",
    "picture", "source", "figcaption", "article", "table", "caption", "thead", "tbody", "tr", "th",
    "td", "code", "output", "footer", "dialog", "pre", "br",
  ]

  /// The page, read strictly and held to what a page may hold.
  private func tree(_ answer: CurlResponse) throws -> HTMLTree {
    let tree = try HTMLTree(answer.text)
    #expect(Set(tree.elements.map(\.name)).subtracting(Self.elements) == [])
    for element in tree.elements {
      for (name, value) in element.attributes {
        #expect(!name.hasPrefix("on") && name != "style", "\(element)")
        if ["href", "src", "action", "srcset"].contains(name) {
          #expect(value.hasPrefix("/") || value.hasPrefix("#"), "\(value)")
          #expect(!value.hasPrefix("//"), "\(value)")
        }
      }
    }
    let scripts = tree.elements.filter { $0.name == "script" }
    #expect(scripts.count <= 1 && scripts.allSatisfy { $0.attributes["src"] != nil })
    return tree
  }

  @Test("every figure of a run stands in the page, without a script")
  func figures() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      _ = try await curl.post("/segments?k=4", .bytes(SampleCustomers.csv()))
      let run = try await curl.post("/segments", .bytes(SampleCustomers.csv())).json()
      let answer = try await curl.get("/", headers: Self.page)
      #expect(answer.status == 200)
      #expect(answer.headers["Content-Type"] == "text/html; charset=utf-8")
      let tree = try tree(answer)
      let text = tree.text
      for item in run["segments"].items {
        let id = try #require(item["segment_id"].string)
        let segment = try await curl.get("/segments/\(id)").json()
        #expect(text.contains(try #require(segment["name"].string)))
        #expect(text.contains("\(Int(try #require(segment["size"].number))) customers"))
        #expect(text.contains(try #require(segment["persona"].string)))
        #expect(text.contains(try #require(segment["goal_reason"].string)))
        #expect(segment["actions"].items.count == 5)
        for action in segment["actions"].items {
          #expect(text.contains(try #require(action["text"].string)))
        }
      }
      #expect(text.contains(try #require(run["k_choice"]["reason"].string)))
      for column in run["dataset"]["columns"].items {
        #expect(text.contains(try #require(column["header"].string)))
      }
      let comparison = try await curl.get("/runs/compare").json()
      #expect(text.contains(try #require(comparison["reason"].string)))
      // Each chart there is has its picture, with room left and words for who cannot see it.
      let charts = try await curl.get("/charts").json()["items"].items
      let pictures = tree.elements.filter { $0.attributes["src"]?.hasPrefix("/charts/") == true }
      #expect(pictures.count == charts.count)
      for chart in charts {
        let name = try #require(chart["name"].string)
        let picture = try #require(
          pictures.first { $0.attributes["src"]?.hasPrefix("/charts/\(name).svg?") == true })
        let svg = try await curl.get(try #require(picture.attributes["src"])).text
        #expect(svg.contains("height=\"\(try #require(picture.attributes["height"]))\""))
        #expect(svg.contains("width=\"\(try #require(picture.attributes["width"]))\""))
        #expect(picture.attributes["alt"] == chart["title"].string)
      }
    }
  }

  @Test("every address the page and its script use is there")
  func addresses() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      _ = try await curl.post("/segments?k=4", .bytes(SampleCustomers.csv()))
      let run = try await curl.post("/segments", .bytes(SampleCustomers.csv())).json()
      let tree = try tree(try await curl.get("/", headers: Self.page))
      let ids = Set(tree.values("id"))
      #expect(ids.count == tree.values("id").count, "an id stands twice")
      var addresses = Set<String>()
      for name in ["href", "src", "srcset"] { addresses.formUnion(tree.values(name)) }
      #expect(addresses.count > 60)
      for address in addresses.sorted() {
        if address.hasPrefix("#") {
          #expect(ids.contains(String(address.dropFirst())), "\(address)")
          continue
        }
        let answer = try await curl.get(address)
        #expect(answer.status == 200, "\(address) \(answer.status)")
        #expect(!answer.body.isEmpty)
      }
      for name in ["for", "aria-labelledby", "aria-describedby"] {
        for id in tree.values(name) { #expect(ids.contains(id), "\(id)") }
      }
      let script = try await curl.get("/assets/dashboard.js").text
      let details = try await curl.get("/assets/details.js").text
      let id = try #require(run["run_id"].string)
      let used: [(written: String, method: String, address: String)] = [
        ("/clusters/summary?series=", "GET", "/clusters/summary?series=default"),
        ("/runs?series=", "GET", "/runs?series=default&limit=1"),
        ("/assets/details.js", "GET", "/assets/details.js"),
        (
          "/segments/assign?", "GET",
          "/segments/assign?run=\(id)&age=30&annual_income=60&spending_score=50"
        ),
        ("/activate", "POST", "/runs/\(id)/activate"),
        ("/segments?", "POST", "/segments?dataset=sample"),
      ]
      for (written, method, address) in used {
        #expect(script.contains(written) || details.contains(written), "\(written)")
        let answer = try await curl.send(CurlRequest(method, address, headers: [:]))
        #expect((200...201).contains(answer.status), "\(address) \(answer.status)")
      }
    }
  }

  @Test("the policy allows the page its own files and nothing else")
  func policy() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      for (path, headers) in [
        ("/", Self.page), ("/?run=run_0", Self.page), ("/?series=none", Self.page),
      ] {
        let answer = try await curl.get(path, headers: headers)
        let policy = try #require(answer.headers["Content-Security-Policy"])
        #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';"))
        #expect(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"))
        #expect(policy.contains("require-trusted-types-for 'script'"))
        #expect(!policy.contains("unsafe") && !policy.contains("*") && !policy.contains("http"))
        #expect(answer.headers["X-Content-Type-Options"] == "nosniff")
        #expect(answer.headers["Referrer-Policy"] == "no-referrer")
        _ = try tree(answer)
      }
      let none = try await curl.get("/?run=run_0", headers: Self.page)
      #expect(none.status == 404)
      #expect(none.headers["Content-Type"] == "text/html; charset=utf-8")
    }
  }

  @Test("the page has a tag until something changes; its files are kept for good")
  func caching() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      _ = try await curl.post("/segments?k=4", .bytes(SampleCustomers.csv()))
      let first = try await curl.get("/", headers: Self.page)
      let tag = try #require(first.headers["ETag"])
      let again = try await curl.get("/", headers: ["Accept": "text/html", "If-None-Match": tag])
      #expect(again.status == 304)
      _ = try await curl.post("/segments?k=5", .bytes(SampleCustomers.csv()))
      let changed = try await curl.get(
        "/", headers: ["Accept": "text/html", "If-None-Match": tag])
      #expect(changed.status == 200)
      let files = try tree(first).elements.flatMap {
        [$0.attributes["href"], $0.attributes["src"]].compactMap(\.self)
      }.filter { $0.hasPrefix("/assets/") }
      #expect(Set(files).count == 3)
      for file in Set(files) {
        let answer = try await curl.get(file)
        #expect(answer.headers["Cache-Control"] == "public, max-age=31536000, immutable")
        #expect(answer.headers["X-Content-Type-Options"] == "nosniff")
        let tag = try #require(answer.headers["ETag"])
        #expect(try await curl.get(file, headers: ["If-None-Match": tag]).status == 304)
        let other = try await curl.get("\(file.prefix { $0 != "?" })?v=0")
        #expect(other.headers["Cache-Control"] == "no-cache" && other.body == answer.body)
      }
      let types = ["css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"]
      for (suffix, type) in types {
        let answer = try await curl.get("/assets/dashboard.\(suffix)")
        #expect(answer.headers["Content-Type"]?.hasPrefix(type) == true)
      }
    }
  }

  @Test("a form without a script leads to the page, and a mistake to words")
  func plainForm() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let file = CurlRequest.Part(
        "file", SampleCustomers.csv(), filename: "customers.csv", contentType: "text/csv")
      // As a browser sends it: what was not filled in is there, and empty.
      let answer = try await curl.post(
        "/segments.html",
        .multipart([
          CurlRequest.Part("series", "shop"), file, CurlRequest.Part("k", "5"),
          CurlRequest.Part("k_min", ""), CurlRequest.Part("min_size", ""),
          CurlRequest.Part("scale", "robust"), CurlRequest.Part("value", ""),
          CurlRequest.Part("features", "age"), CurlRequest.Part("features", "annual_income"),
        ]))
      #expect(answer.status == 303)
      #expect(answer.headers["Location"] == "/?series=shop")
      let page = try await curl.get("/?series=shop", headers: Self.page)
      #expect(page.text.contains("5 segments of 200 customers"))
      let run = try await curl.get("/runs?series=shop").json()["items"][0]["run_id"].string
      let options = try await curl.get("/runs/\(try #require(run))").json()["options"]
      #expect(options["scale"].string == "robust")
      #expect(options["features"].items.compactMap(\.string) == ["age", "annual_income"])

      let sample = try await curl.post(
        "/segments.html", .multipart([CurlRequest.Part("dataset", "sample")]))
      #expect(sample.status == 303)

      let refused = try await curl.post(
        "/segments.html", .multipart([file, CurlRequest.Part("k", "<b>")]))
      #expect(refused.status == 400)
      let tree = try tree(refused)
      #expect(tree.text.contains("<b>") && tree.text.contains("not a whole number"))
    }
  }

  @Test("headers and cells that would like to be markup stay text")
  func hostile() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let headers = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "👩‍👩‍👧 שלום",
        String(repeating: "n", count: 300), "a'b&amp;c",
      ]
      let words = [
        "</td><script>x</script>", "\u{202E}rtl\u{202C}", String(repeating: "x", count: 300),
      ]
      func quoted(_ cell: String) -> String {
        "\"\(cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
      }
      var csv = (["id"] + headers).map(quoted).joined(separator: ",") + "\n"
      for row in 0..<90 {
        let group = row % 3
        let cells = [
          "<b>\(row)</b>", "\(group * 10 + row % 4)", "\(group * 7 + row % 5)",
          "\(group * 3 + row % 2)", "\(row % 7)", words[group],
        ]
        csv += cells.map(quoted).joined(separator: ",") + "\n"
      }
      let posted = try await curl.post("/segments?k=3", .text(csv))
      #expect(posted.status == 201, "\(posted.text.prefix(400))")
      _ = try await curl.post("/segments?k=4", .text(csv))
      let tree = try tree(try await curl.get("/", headers: Self.page))
      for header in headers { #expect(tree.text.contains(header), "\(header.prefix(40))") }
      let patch = CurlRequest(
        "PATCH",
        "/segments/\(try #require(try posted.json()["segments"][0]["segment_id"].string))",
        headers: [:], body: .text(#"{"name":"<i>\"Best\"</i>","description":"</p><script>"}"#))
      #expect(try await curl.send(patch).status == 200)
      let renamed = try self.tree(try await curl.get("/", headers: Self.page))
      #expect(renamed.text.contains("<i>\"Best\"</i>") && renamed.text.contains("</p><script>"))
    }
  }

  @Test("an empty service, an earlier run and a restored run have their page")
  func otherViews() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let empty = try tree(try await curl.get("/", headers: Self.page))
      #expect(empty.text.contains("Turn a customer file into segments"))
      let first = try await curl.post("/segments?k=4", .bytes(SampleCustomers.csv())).json()
      _ = try await curl.post("/segments?k=5", .bytes(SampleCustomers.csv()))
      let id = try #require(first["run_id"].string)
      let earlier = try tree(try await curl.get("/?run=\(id)", headers: Self.page))
      #expect(earlier.text.contains("4 segments of 200 customers"))
      #expect(earlier.text.contains("Not the current run"))
      let model = try await curl.get("/runs/\(id)/model.json").body
      let restored = try await curl.post("/runs?series=copy", .bytes(model))
      #expect(restored.status == 201, "\(restored.text.prefix(300))")
      let copy = try tree(try await curl.get("/?series=copy", headers: Self.page))
      #expect(copy.text.contains("4 segments of 200 customers"))
      #expect(copy.text.contains("holds no customers"))
      for address in copy.values("href") where address.hasPrefix("/") {
        #expect(try await curl.get(address).status == 200, "\(address)")
      }
    }
  }

  @Test("customers are found by a text in a cell or the id, in either case")
  func search() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let csv =
        "code,city,x,y\n"
        + (0..<60).map {
          "c\($0),\(["Bern", "BASEL", "Zürich"][$0 % 3]),\($0 % 2 * 50 + $0 % 5),\($0 % 2 * 40 + $0 % 3)"
        }.joined(separator: "\n")
      let run = try await curl.post("/segments?k=2&id=code", .text(csv)).json()
      func count(_ query: String, _ path: String = "/customers") async throws -> Double? {
        try await curl.get("\(path)?\(query)").json()["count"].number
      }
      #expect(try await count("search=basel") == 20)
      #expect(try await count("search=Z%C3%BCrich") == 20)
      #expect(try await count("search=C59") == 1)
      #expect(try await count("search=nowhere") == 0)
      #expect(try await count("search=") == 60)
      // Two cells are not one text.
      #expect(try await count("search=c1Basel") == 0)
      let id = try #require(run["segments"][0]["segment_id"].string)
      let members = try await curl.get("/segments/\(id)/customers?limit=1000").json()["items"].items
      let inBern = members.count { $0["city"].string == "Bern" }
      #expect(try await count("search=bern", "/segments/\(id)/customers") == Double(inBern))
      let file = try await curl.get("/segments/\(id)/customers.csv?search=bern").text
      #expect(file.split(separator: "\r\n").count == inBern + 1)
      #expect(try await count("search=bern&segment=\(id)") == Double(inBern))
    }
  }
}
