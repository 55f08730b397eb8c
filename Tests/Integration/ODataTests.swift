import Datasets
import TestSupport
import Testing

@Suite("the OData feed", .timeLimit(.minutes(5)))
struct ODataTests {
  private static let csv = SampleCustomers.csv()

  @Test("the documents have the forms that Power Query insists on")
  func documents() async throws {
    try await ServiceProcess.with(["--sample"]) { service in
      let curl = service.client()
      for path in ["/odata", "/odata/"] {
        let root = try await curl.get(
          path,
          headers: [
            "Accept":
              "application/json;odata.metadata=minimal;q=1.0,application/atomsvc+xml;q=0.8,text/plain;q=0.7"
          ])
        #expect(root.status == 200)
        #expect(root.headers["OData-Version"] == "4.0")
        #expect(root.headers["Content-Type"]?.contains("odata.metadata=minimal") == true)
        let json = try root.json()
        #expect(json["@odata.context"].string == "\(service.url)/odata/$metadata")
        #expect(
          json["value"].items.compactMap { $0["name"].string } == [
            "Customers", "Segments", "Clusters", "Profiles", "KSelection", "Migrations", "Runs",
          ])
      }
      for accept in ["application/json", "*/*", "text/csv"] {
        let metadata = try await curl.get("/odata/$metadata", headers: ["Accept": accept])
        #expect(metadata.status == 200)
        #expect(metadata.headers["Content-Type"]?.hasPrefix("application/xml") == true)
        #expect(metadata.headers["OData-Version"] == "4.0")
        #expect(metadata.headers["ETag"] != nil)
        #expect(
          metadata.text.contains(
            #"<Property Name="CustomerId" Type="Edm.String" Nullable="false"/>"#))
        #expect(
          metadata.text.contains(#"<PropertyRef Name="SegmentId"/><PropertyRef Name="Feature"/>"#))
      }
      let file = try await curl.get("/powerbi/segments.pbids")
      #expect(file.headers["Content-Disposition"] == "attachment; filename=\"segments.pbids\"")
      let details = try file.json()["connections"][0]["details"]
      #expect(details["protocol"].string == "odata")
      #expect(details["address"]["url"].string == "\(service.url)/odata/")
    }
  }

  @Test("without a run the feed is there, and empty")
  func empty() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      #expect(try await curl.get("/odata/$metadata").status == 200)
      for set in [
        "Customers", "Segments", "Clusters", "Profiles", "KSelection", "Migrations", "Runs",
      ] {
        let answer = try await curl.get("/odata/\(set)?$count=true")
        #expect(answer.status == 200, "\(set)")
        #expect(try answer.json()["@odata.count"].number == 0)
        #expect(try answer.json()["value"].items.isEmpty == true)
      }
    }
  }

  @Test("customers come in pages that are those of the API, filtered and ordered")
  func customers() async throws {
    try await ServiceProcess.with(["--sample"]) { service in
      let curl = service.client()
      let all = try await curl.get("/customers?limit=10000").json()
      let expected = all["items"].items
      var read: [String] = []
      var path = "/odata/Customers?$count=true&$select=CustomerId,Age,SegmentId"
      var pages = 0
      while true {
        let answer = try await curl.get(path, headers: ["Prefer": "odata.maxpagesize=70"])
        #expect(answer.headers["Preference-Applied"] == "odata.maxpagesize=70")
        let json = try answer.json()
        #expect(json["@odata.count"].number == Double(expected.count))
        #expect(
          json["@odata.context"].string
            == "\(service.url)/odata/$metadata#Customers(CustomerId,Age,SegmentId)")
        for row in json["value"].items {
          let same = expected[read.count]
          #expect(row["CustomerId"].string == same["customer_id"].string)
          #expect(row["Age"].number == same["age"].number)
          #expect(row["SegmentId"].string == same["segment_id"].string)
          read.append(row["CustomerId"].string ?? "")
        }
        pages += 1
        guard let next = json["@odata.nextLink"].string else { break }
        #expect(next.hasPrefix(service.url))
        path = String(next.dropFirst(service.url.count))
      }
      #expect(read.count == expected.count)
      #expect(pages == (expected.count + 69) / 70)

      let old = try await curl.get(
        "/odata/Customers?$filter=Age%20ge%2040%20and%20startswith(SegmentName,'High')&$orderby=Age%20desc,CustomerId&$top=5&$skip=1"
      ).json()
      let ages = expected.filter {
        ($0["age"].number ?? 0) >= 40 && $0["segment_name"].string?.hasPrefix("High") == true
      }
      let sorted = ages.sorted {
        let (left, right) = ($0["age"].number ?? 0, $1["age"].number ?? 0)
        return left != right
          ? left > right : ($0["customer_id"].string ?? "") < ($1["customer_id"].string ?? "")
      }
      #expect(
        old["value"].items.compactMap { $0["CustomerId"].string }
          == sorted.dropFirst().prefix(5).compactMap { $0["customer_id"].string })
      let count = try await curl.get(
        "/odata/Customers/$count?$filter=Age+ge+40+and+startswith(SegmentName,'High')")
      #expect(count.text == "\(ages.count)")
      #expect(count.headers["Content-Type"]?.hasPrefix("text/plain") == true)

      let one = try await curl.get("/odata/Customers('7')").json()
      #expect(one["@odata.context"].string?.hasSuffix("#Customers/$entity") == true)
      #expect(one["CustomerId"].string == "7")
      let profile = try await curl.get("/odata/Profiles?$top=1").json()["value"][0]
      let (segment, feature) = (
        try #require(profile["SegmentId"].string), try #require(profile["Feature"].string)
      )
      let named = try await curl.get(
        "/odata/Profiles(SegmentId='\(segment)',Feature='\(feature)')?$select=Mean")
      #expect(try named.json()["Mean"].number == profile["Mean"].number)
    }
  }

  @Test("a refit in the middle of reading does not mix two runs")
  func snapshot() async throws {
    try await ServiceProcess.with(["--sample"]) { service in
      let curl = service.client()
      let page: HeaderList = ["Prefer": "odata.maxpagesize=30"]
      let first = try await curl.get("/odata/Customers?$orderby=Age%20desc", headers: page).json()
      let run = try #require(try await curl.get("/runs").json()["items"][0]["run_id"].string)
      #expect(try await curl.post("/segments?k=3", .bytes(Self.csv)).status == 201)
      // Those that were read before, between and after are customers of one run.
      var read = first["value"].items
      var next = first["@odata.nextLink"].string
      while let link = next {
        let second = try await curl.get(String(link.dropFirst(service.url.count)), headers: page)
        read += try second.json()["value"].items
        next = try second.json()["@odata.nextLink"].string
      }
      let whole = try await curl.get("/customers?limit=10000&run=\(run)").json()["items"].items
      var told: [String: JSONValue] = [:]
      for customer in whole { told[customer["customer_id"].string ?? ""] = customer }
      #expect(read.count == whole.count)
      #expect(Set(read.compactMap { $0["CustomerId"].string }).count == whole.count)
      for customer in read {
        let same = try #require(told[customer["CustomerId"].string ?? ""])
        for (property, field) in [
          ("SegmentId", "segment_id"), ("SegmentName", "segment_name"), ("Cluster", "cluster"),
          ("Distance", "distance"), ("Margin", "margin"),
        ] {
          #expect(customer[property] == same[field], "\(property) of \(customer)")
        }
      }
      let ages = whole.compactMap { $0["age"].number }.sorted(by: >)
      #expect(read.compactMap { $0["Age"].number } == ages)
      // Who begins now reads the new run.
      let now = try await curl.get("/odata/Segments").json()["value"].items
      #expect(now.count == 3)
      let link = try #require(first["@odata.nextLink"].string).dropFirst(service.url.count)
      #expect(try await curl.send(CurlRequest("DELETE", "/runs/\(run)")).status == 200)
      let gone = try await curl.get(String(link))
      #expect(gone.status == 410)
      #expect(try gone.json()["error"]["code"].string == "Gone")
      let moved = try await curl.get("/odata/Migrations")
      #expect(moved.status == 200)
    }
  }

  @Test(
    "errors are OData's own",
    arguments: [
      ("/odata/Nothing", 404), ("/odata/Customers('nobody')", 404),
      ("/odata/Customers?$filter=Agee%20eq%201", 400),
      ("/odata/Customers?$filter=Age%20eq%20'x'", 400),
      ("/odata/Customers?$top=-1", 400), ("/odata/Customers?$top=1&$top=2", 400),
      ("/odata/Customers?$select=Nothing", 400), ("/odata/Customers?$orderby=Age%20up", 400),
      ("/odata/Customers?$orderby=Age(~", 400),
      ("/odata/Customers?$orderby=length(SegmentName)", 501),
      ("/odata/Customers?$fliter=Age%20eq%201", 400), ("/odata/Customers?$expand=Segments", 501),
      ("/odata/Customers?$apply=x", 501), ("/odata/Customers?$search=x", 501),
      ("/odata/Customers?$skiptoken=abc", 400), ("/odata/Customers?$format=xml", 406),
      ("/odata/Customers?run=run_unknown", 404), ("/odata/Profiles('x')", 400),
      ("/odata/Customers(", 400), ("/odata/Customers()", 400),
    ])
  func errors(path: String, status: Int) async throws {
    try await ServiceProcess.with(["--sample"]) { service in
      let answer = try await service.client().get(path)
      #expect(answer.status == status)
      #expect(answer.headers["OData-Version"] == "4.0")
      #expect(answer.headers["Content-Type"]?.hasPrefix("application/json") == true)
      let error = try answer.json()["error"]
      #expect(error["message"].string?.isEmpty == false)
      #expect(error["code"].string?.isEmpty == false)
    }
  }

  @Test("a client that wants an older version is told that there is none")
  func version() async throws {
    try await ServiceProcess.with(["--sample"]) { service in
      let curl = service.client()
      for (version, status) in [("3.0", 400), ("4.0", 200), ("4.01", 200), ("four", 400)] {
        let answer = try await curl.get("/odata/Runs", headers: ["OData-MaxVersion": version])
        #expect(answer.status == status, "\(version)")
      }
    }
  }
}
