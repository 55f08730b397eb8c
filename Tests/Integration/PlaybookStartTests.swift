import Datasets
import Foundation
import TestSupport
import Testing

@Suite("a playbook of one's own", .timeLimit(.minutes(5)))
struct PlaybookStartTests {
  @Test(
    "a bad one stops the start with the file, the line and what would mend it",
    arguments: [
      ("{\n  \"persona\": []\n}", ":2: ", "did you mean personas?"),
      ("{\n \"goals\": {\n\n  \"retian\": {}}}", ":4: ", "did you mean retain?"),
      ("{\n  \"aliases\": {\n    \"incme\": [\"x\"]\n  }\n}", ":3: ", "did you mean income?"),
      ("{\n  \"roles\": {},\n", ":3:1: ", "not JSON"),
      (
        "{\"personas\": [\n {\"name\": \"a\", \"when\": {\"income\": \"high\"}, \"goal\": \"grow\",\n  \"summary\": \"{sise}\"}]}",
        ":3: ", "{sise} is not a figure here"
      ),
    ])
  func refused(text: String, place: String, reason: String) async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "shop.json")
    for command in [["--port", "0"], ["check-config"]] {
      let run = try await ServiceProcess.run(command + ["--playbook", file])
      guard case .exited(let code) = run.status, code != 0 else {
        Issue.record("\(command) ended with \(run.status)")
        continue
      }
      #expect(run.errorOutput.contains("segmentd: \(file)\(place)"), "\(run.errorOutput)")
      #expect(run.errorOutput.contains(reason), "\(run.errorOutput)")
      #expect(!run.errorOutput.contains("listening") && !run.output.contains("listening"))
    }
  }

  @Test("one that is not there stops the start too") func absent() async throws {
    let run = try await ServiceProcess.run(["--playbook", "/nowhere/shop.json"])
    #expect(run.status != .exited(0))
    #expect(run.errorOutput.contains("/nowhere/shop.json: cannot be read"))
  }

  @Test("the one that README shows is taken as it stands, and its persona found")
  func readme() async throws {
    let text = String(
      decoding: try Data(contentsOf: URL(filePath: "\(PackageRoot.path)/README.md")), as: UTF8.self)
    let section = try #require(text.split(separator: "### The playbook").dropFirst().first)
    let block = try #require(section.split(separator: "```json\n").dropFirst().first)
    let example = String(try #require(block.split(separator: "```").first))
    let folder = try TemporaryFolder()
    let file = try folder.write(example, to: "shop.json")
    try await ServiceProcess.with(["--playbook", file]) { service in
      let curl = service.client()
      var csv = "kartennummer,verdienst,rotwein\n"
      for row in 0..<90 {
        let rich = row % 3 == 0
        csv += "K\(row),\((rich ? 90_000 : 20_000) + row * 13),\((rich ? 80 : 5) + row % 7)\n"
      }
      let run = try await curl.post("/segments?k=2", .text(csv)).json()
      #expect(run["dataset"]["columns"][0]["role"].string == "id")
      let rich = try #require(
        run["segments"].items.first { $0["size"].number == 30 }?["segment_id"].string)
      let segment = try await curl.get("/segments/\(rich)").json()
      #expect(segment["persona_name"].string == "Wine lovers")
      #expect(segment["goal"].string == "cross_sell")
      #expect(segment["persona_summary"].string?.hasPrefix("33.3 % of the customers") == true)
      let actions = segment["actions"].items
      #expect(actions.contains { $0["text"].string == "Ask 30 customers to a tasting." })
    }
  }
}
