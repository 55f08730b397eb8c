import TestSupport
import Testing

@Suite("numbers as people write them, assigned", .timeLimit(.minutes(10)))
struct StyledAssignmentTests {
  /// Revenue as `1.234,50`, a share as `12%`, income as `15 k$`, ages with gaps; in the first rows
  /// nothing says what the point in `1.234` is.
  private static func csv(delimiter: String) -> [UInt8] {
    var text = ["Revenue", "Share", "Income", "Age"].joined(separator: delimiter) + "\n"
    for row in 0..<400 {
      let thousands = 1 + row * 7 % 9
      let rest = 100 + row * 37 % 900
      let revenue =
        row < 8 || row % 5 == 0 ? "\(thousands).\(rest)" : "\(thousands).\(rest),\(10 + row % 90)"
      let age = row % 11 == 0 ? "NA" : row % 13 == 0 ? "" : "\(18 + row * 17 % 60)"
      let cells = [
        row % 29 == 0 ? "NA" : "\(revenue)", "\(row * 3 % 100)%", "\(10 + row * 31 % 120) k$", age,
      ]
      text +=
        cells.map { $0.contains(delimiter) ? "\"\($0)\"" : $0 }.joined(separator: delimiter) + "\n"
    }
    return Array(text.utf8)
  }

  @Test(
    "every way to assign, and the restored run, read a file as its run did",
    arguments: [",", ";", "\t"])
  func assign(delimiter: String) async throws {
    let csv = Self.csv(delimiter: delimiter)
    try await ServiceProcess.with { service in
      let curl = service.client()
      let fitted = try await curl.post("/segments.csv?k=4&duplicates=keep", .bytes(csv))
      try #require(fitted.status < 300, "\(fitted.text.prefix(300))")
      let expected = Self.labels(fitted.text)
      try #require(expected.count == 400)
      #expect(Set(expected).count == 5, "four segments and rows without one")
      let streamed = try await curl.post("/segments/assign.csv", .bytes(csv))
      #expect(streamed.status == 200)
      #expect(Self.labels(streamed.text) == expected)
      // A part of the file that shows nothing of how the numbers are written.
      let lines = csv.split(separator: 0x0A, omittingEmptySubsequences: true)
      let part = Array(lines[0..<9].joined(separator: [0x0A]))
      let few = try await curl.post("/segments/assign.csv", .bytes(part))
      #expect(Self.labels(few.text) == Array(expected[..<8]))
      let whole = try await curl.post(
        "/segments/assign.csv", .multipart([.init("file", part, filename: "c.csv")]))
      #expect(Self.labels(whole.text) == Array(expected[..<8]))
      let table = try await curl.post("/segments/assign.json", .bytes(csv))
      let items = try table.json()["items"].items
      #expect(items.map { $0["cluster"].number.map { String(Int($0)) } ?? "" } == expected)

      let run = try #require(
        try await curl.get("/runs").json()["items"].items.first?["run_id"].string)
      let model = try await curl.get("/runs/\(run)/model.json")
      let format = try model.json()["features"].items[0]["number_format"]
      #expect(format["decimal_mark"].string == ",")
      try await ServiceProcess.with { other in
        let there = other.client()
        let restored = try await there.post("/runs", .bytes(model.body))
        #expect(restored.status == 201, "\(restored.text.prefix(300))")
        let again = try await there.post("/segments/assign.csv", .bytes(csv))
        #expect(again.body == streamed.body)
      }
    }
  }

  @Test("a model whose numbers are written in no known way is refused")
  func refusal() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      _ = try await curl.post("/segments?k=4", .bytes(Self.csv(delimiter: ";")))
      let run = try #require(
        try await curl.get("/runs").json()["items"].items.first?["run_id"].string)
      let model = try await curl.get("/runs/\(run)/model.json").text
      let bad = model.replacing("\"decimal_mark\":\",\"", with: "\"decimal_mark\":\";\"")
      try #require(bad != model)
      let answer = try await curl.post("/runs", .bytes(Array(bad.utf8)))
      #expect(answer.status == 400 || answer.status == 422)
      #expect(answer.text.contains("number_format"))
    }
  }

  /// The `cluster` of each row, empty where it has none.
  private static func labels(_ text: String) -> [String] {
    let lines = text.split(separator: "\r\n").map(String.init)
    return lines.dropFirst().map { line in
      // Cells from the end are without quotes, whatever stands before them.
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      let header = lines[0].split(separator: ",").map(String.init)
      let place = header.count - (header.firstIndex(of: "cluster") ?? 0)
      return String(cells[cells.count - place])
    }
  }
}
