import Datasets
import TestSupport
import Testing

@Suite("what is told of a file, through the service", .timeLimit(.minutes(5)))
struct ReportTests {
  /// Rows in two heaps, with one far away from both.
  private static let heaps: String = {
    var text = "id,age,spent\n"
    for row in 0..<60 {
      let (age, spent) =
        row % 2 == 0 ? (20 + row % 7, 30 + row % 11) : (60 + row % 7, 90 + row % 11)
      text += "c\(row),\(age),\(row == 33 ? 90_000 : spent)\n"
    }
    return text
  }()

  private func quality(_ curl: Curl, _ answer: CurlResponse) async throws -> JSONValue {
    #expect([200, 201].contains(answer.status), "\(answer.text.prefix(300))")
    let json = try answer.json()
    let path = json["quality"].string ?? json["dataset"]["quality"].string
    return try await curl.get(try #require(path)).json()
  }

  @Test("the encoding is told, and the same text says the same in each")
  func encodings() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      var text = "id,größe,x\n"
      for row in 0..<30 { text += "k\(row),\(["klein", "groß"][row % 2]),\(row * row % 17)\n" }
      let utf16 = Array(text.utf16)
      let bodies: [(String, [UInt8], Bool)] = [
        ("utf-8", Array(text.utf8), false),
        ("utf-8-bom", [0xEF, 0xBB, 0xBF] + Array(text.utf8), false),
        ("utf-16le", [0xFF, 0xFE] + utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }, false),
        ("utf-16be", [0xFE, 0xFF] + utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }, false),
        ("windows-1252", text.unicodeScalars.map { UInt8($0.value) }, true),
      ]
      var explored: [JSONValue] = []
      for (encoding, bytes, isGuessed) in bodies {
        let answer = try await curl.post("/datasets", .bytes(bytes))
        // The same rows are one dataset, which keeps the report it came with first; a guessed
        // encoding makes another one, so that its warning stays.
        let kept = try await self.quality(curl, answer)
        #expect(kept["encoding"].string == (isGuessed ? encoding : "utf-8"))
        #expect(kept["encoding_guessed"] == .bool(isGuessed))
        let quality = try await curl.post("/datasets?dry_run=true", .bytes(bytes)).json()
        #expect(quality["encoding"].string == encoding)
        #expect(quality["encoding_guessed"] == .bool(isGuessed))
        let codes = quality["warnings"].items.compactMap { $0["code"].string }
        #expect(codes.contains("encoding_guessed") == isGuessed, "\(encoding)")
        #expect(quality["columns"][1]["key"].string == "größe")
        let path = try #require(try answer.json()["eda"].string)
        explored.append(try await curl.get(path).json()["columns"])
      }
      #expect(explored.allSatisfy { $0 == explored[0] })
    }
  }

  @Test("how numbers are written is decided for a column and told")
  func numberForms() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      var text = "id;umsatz;rabatt;budget;gruppe;artikel\n"
      for row in 0..<40 {
        let group = ["$60K - $80K", "$80K - $120K", "Less than $40K"][row % 3]
        let items = ["tee;milch", "milch", "tee;rum"][row / 2 % 3]
        text +=
          "k\(row);1.\(200 + row),50;\(row % 30)%;\(10 + row % 9) k$;\(group);\"\(items)\"\n"
      }
      let answer = try await curl.post("/datasets", .text(text))
      let quality = try await quality(curl, answer)
      let columns = quality["columns"].items
      #expect(quality["delimiter"].string == ";")
      #expect(
        columns.map { $0["role"].string } == [
          "id", "feature", "feature", "feature", "descriptive", "descriptive",
        ])
      #expect(
        columns.map { $0["number_format"]["decimal_mark"].string } == [
          nil, ",", ".", ".", nil, nil,
        ])
      #expect(columns.map { $0["number_format"]["unit"].string } == [nil, "", "%", "k$", nil, nil])
      #expect(columns.map { $0["value_separator"].string } == [nil, nil, nil, nil, nil, ";"])
      let eda = try await curl.get(try #require(try answer.json()["eda"].string)).json()
      #expect(eda["columns"][1]["min"].number == 1200.5)
      #expect(eda["columns"][1]["max"].number == 1239.5)
      #expect(eda["columns"][2]["max"].number == 29)
      #expect(eda["columns"][4]["top"].items.count == 3)
    }
  }

  @Test("outliers are kept, clipped, or set aside and assigned after the fit")
  func outliers() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let body = CurlRequest.Body.text(Self.heaps)
      func post(_ options: String) async throws -> CurlResponse {
        try await curl.post("/segments?k=2&\(options)", body)
      }
      let kept = try await post("series=a")
      #expect(try kept.json()["dataset"]["rows_used"].number == 60)
      #expect(try kept.json()["options"]["outliers"].string == "keep")

      let clipped = try await post("outliers=clip&series=b")
      let told = try await quality(curl, clipped)
      #expect(told["rows_used"].number == 60)
      #expect(told["values_clipped"].number == 1)
      let clip = told["items"][0]
      #expect(clip["line"].number == 35 && clip["column"].string == "spent")
      #expect(clip["value"].string == "90000" && clip["action"].string == "clipped")
      let bound = try #require(clip["replacement"].number)
      #expect(bound > 100 && bound < 90_000)

      let aside = try await post("outliers=set_aside&series=c")
      let json = try aside.json()
      #expect(json["dataset"]["rows_used"].number == 59)
      let sizes = json["segments"].items.compactMap { $0["size"].number }
      #expect(sizes == [30, 29])
      let report = try await quality(curl, aside)
      #expect(report["outliers_set_aside"].number == 1)
      #expect(report["set_aside_by_reason"]["outlier"].number == 1)
      #expect(Set([kept, clipped, aside].map { $0.headers["Location"] }).count == 3)

      let file = try await curl.post("/segments.csv?k=2&outliers=set_aside&series=c", body)
      let lines = file.text.split(whereSeparator: \.isNewline)
      #expect(lines.count == 61)
      #expect(lines[0].hasSuffix(",segment_id,segment_name,cluster,distance,margin,outlier"))
      let far = lines[34].split(separator: ",", omittingEmptySubsequences: false)
      #expect(far[0] == "c33" && !far[3].isEmpty && far.last == "true", "\(lines[34])")
      #expect(lines.dropFirst().count { $0.hasSuffix(",true") } == 1)
      #expect(lines.dropFirst().count { $0.hasSuffix(",false") } == 59)
      // Old enough for the heap that the fit made of the others like it.
      #expect(far[3] == lines[2].split(separator: ",")[3])
      let one = try await curl.get("/customers/c33?series=c").json()
      #expect(one["outlier"] == .bool(true))
      #expect(one["reason"].string?.contains("kept out of the fit") == true)

      let strict = try await post("outliers=set_aside&strict=true")
      #expect(strict.status == 422, "\(strict.text)")
      let wrong = try await post("outliers=away")
      #expect(wrong.status == 400)
      #expect(wrong.text.contains("keep, clip, set_aside"))
    }
  }

  @Test("long reports come in pages, and whole as files")
  func pages() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      var text = "id,x,y\n"
      for row in 0..<400 {
        text += "c\(row),\(row % 3 == 0 ? "NA" : String(row)),\(row * 7 % 101)\n"
      }
      let path = try #require(
        try await curl.post("/datasets", .text(text)).json()["quality"].string)
      let first = try await curl.get(path)
      let json = try first.json()
      #expect(json["findings"].number == 134 && json["findings_listed"].number == 134)
      #expect(json["counts"]["missing"].number == 134)
      #expect(json["items"].items.count == 100)
      let cursor = try #require(json["next"].string)
      #expect(first.headers["Link"]?.contains(cursor) == true)
      let second = try await curl.get("\(path)?cursor=\(cursor)").json()
      #expect(second["items"].items.count == 34)
      #expect(second["next"] == .null)
      let lines = (json["items"].items + second["items"].items).compactMap { $0["line"].number }
      #expect(lines == stride(from: 0, to: 400, by: 3).map { Double($0 + 2) })
      let csv = try await curl.get("\(path).csv").text.split(whereSeparator: \.isNewline)
      #expect(csv.count == 135)
      #expect(csv[0] == "line,column,value,reason,action,proposal,replacement,other_line")
      #expect(csv[1] == "2,x,NA,missing,set_aside,,,")
      #expect(try await curl.get("\(path).ndjson").text.split(separator: "\n").count == 134)
      #expect(try await curl.get("\(path).csv?limit=10").text.split(separator: "\r\n").count == 11)
      #expect(try await curl.get("\(path).txt").text.hasPrefix("line  column"))
      #expect(try await curl.get("\(path)?limit=10001").status == 400)
    }
  }

  @Test("the exploration in all its forms, and with the fit in one request")
  func exploration() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let fitted = try await curl.post("/segments?k=2&eda=true", .text(Self.heaps))
      let path = try #require(try fitted.json()["links"]["eda"].string)
      let whole = try await curl.get(path)
      #expect(whole.status == 200)
      let json = try whole.json()
      #expect(try fitted.json()["eda"] == json)
      #expect(json["columns"].items.map { $0["key"].string } == ["id", "age", "spent"])
      #expect(json["columns"][1]["histogram"]["counts"].items.count == 10)
      let tag = try #require(whole.headers["ETag"])
      #expect(try await curl.get(path, headers: ["If-None-Match": tag]).status == 304)
      let five = try await curl.get("\(path)?bins=5").json()
      #expect(five["columns"][1]["histogram"]["counts"].items.count == 5)
      #expect(five["columns"][1]["histogram"]["edges"].items.count == 6)
      let csv = try await curl.get("\(path).csv").text.split(separator: "\r\n")
      #expect(
        csv.count == 4 && csv[0].hasPrefix("key,header,unit,role,count,missing,distinct,mean"))
      #expect(try await curl.get("\(path).ndjson").text.split(separator: "\n").count == 3)
      let text = try await curl.get("\(path).txt").text
      #expect(text.split(separator: "\n").prefix(5).count == 5)
      #expect(text.contains("\npearson ") && text.contains("\nspearman "))
      #expect(json["weighted"] == .bool(false) && json["notes"].items.isEmpty)
      #expect(try await curl.get("\(path)?flat=1").json().items.count == 3)
      #expect(try await curl.get("\(path)?bins=0").status == 400)
      #expect(try await curl.get("\(path)?bin=5").text.contains("bins"))
      #expect(try await curl.get("/datasets/ds_none/eda").status == 404)
      let dry = try await curl.post("/segments?dry_run=true&eda=true", .text(Self.heaps)).json()
      #expect(dry["eda"]["columns"] == json["columns"])
      #expect(try await curl.post("/segments?k=2", .text(Self.heaps)).json()["eda"] == .null)
    }
  }
}

@Suite("figures that need a word with them", .timeLimit(.minutes(10)))
struct HonestFigureTests {
  @Test("weights and samples are told where figures are of a part or leave weights out")
  func notes() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      var text = "age,income,customers\n"
      for row in 0..<140_000 { text += "\(row % 71),\(row * 37 % 1009),\(1 + row % 3)\n" }
      let answer = try await curl.post(
        "/segments?k=2&weight=customers&eda=true&quality=true", .text(text))
      #expect(answer.status == 201, "\(answer.text.prefix(300))")
      let run = try answer.json()
      let eda = run["eda"]
      let notes = eda["notes"].items.compactMap(\.string)
      #expect(notes.count == 3)
      #expect(notes[0].contains("Each row counts once here, whatever its customers"))
      #expect(notes[1].contains("sample of 131072 of 140000 rows"))
      #expect(notes[2].contains("sample of 5000 of 140000 rows"))
      #expect(eda["hopkins_rows"].number == 5000)
      #expect(eda["correlations"]["spearman_rows"].number == 131_072)
      #expect(run["cleaning"]["rows_read"].number == 140_000)
      let path = try #require(run["dataset"]["quality"].string)
      let report = try await curl.get(path).json()
      #expect(run["cleaning"]["columns"] == report["columns"])
      #expect(run["cleaning"]["counts"] == report["counts"])
      for note in notes {
        #expect(
          try await curl.get(path.replacing("/quality", with: "/eda.txt")).text.contains(note))
      }
    }
  }

  @Test("borderline customers are counted as they are listed")
  func borderline() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let run = try await curl.post("/segments?k=5", .bytes(SampleCustomers.csv())).json()
      var total = 0.0
      for segment in run["segments"].items {
        let id = try #require(segment["segment_id"].string)
        let count = try #require(segment["borderline"].number)
        let list = try await curl.get("/segments/\(id)/customers?borderline=true&limit=1000").json()
        #expect(Double(list["items"].items.count) == count)
        total += count
      }
      #expect(total > 0)
      for path in ["segments", "clusters/summary"] {
        let items = try await curl.get("/\(path)").json()["items"].items
        #expect(items.reduce(0) { $0 + ($1["borderline"].number ?? .nan) } == total)
      }
      let one = try await curl.post("/segments?k=1", .bytes(SampleCustomers.csv())).json()
      #expect(one["segments"][0]["borderline"] == .null)
    }
  }

  @Test("a column of categories that divides the rows as another does is told and left out")
  func alike() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      var text = "age,discount,promo,country,code,gender\n"
      let countries = [("Italy", "IT"), ("Spain", "ES"), ("France", "FR")]
      for row in 0..<3000 {
        let used = row % 7 < 3 ? "Yes" : "No"
        let country = countries[row / 2 % 3]
        text += "\(20 + row % 40),\(used),\(used),\(country.0),\(country.1),"
        // Parts with the discount up to the last row.
        text += row == 2999 ? "f\n" : "\(used == "Yes" ? "f" : "m")\n"
      }
      let answer = try await curl.post("/datasets", .text(text)).json()
      let columns = answer["columns"].items
      #expect(columns[2]["role"].string == "ignored" && columns[4]["role"].string == "ignored")
      #expect(columns[2]["reason"].string?.contains("discount") == true)
      #expect(columns[4]["reason"].string?.contains("country") == true)
      #expect(columns[5]["role"].string == "descriptive")
    }
  }
}
