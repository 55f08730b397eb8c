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
      var exploded: Set<[UInt8]> = []
      for (encoding, bytes, isGuessed) in bodies {
        let answer = try await curl.post("/datasets", .bytes(bytes))
        // The same rows are one dataset, which keeps the report it came with first.
        let quality = try await curl.post("/datasets?dry_run=true", .bytes(bytes)).json()
        #expect(quality["encoding"].string == encoding)
        #expect(quality["encoding_guessed"] == .bool(isGuessed))
        let codes = quality["warnings"].items.compactMap { $0["code"].string }
        #expect(codes.contains("encoding_guessed") == isGuessed, "\(encoding)")
        #expect(quality["columns"][1]["key"].string == "größe")
        let path = try #require(try answer.json()["eda"].string)
        exploded.insert(try await curl.get(path).body)
      }
      #expect(exploded.count == 1)
    }
  }

  @Test("how numbers are written is decided for a column and told")
  func numberForms() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      var text = "id;umsatz;rabatt;budget;gruppe;artikel\n"
      for row in 0..<40 {
        let group = ["$60K - $80K", "$80K - $120K", "Less than $40K"][row % 3]
        let items = ["tee;milch", "milch", "tee;rum"][row % 3]
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
      #expect(try await curl.get("\(path).txt").text.split(separator: "\n").count == 5)
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
