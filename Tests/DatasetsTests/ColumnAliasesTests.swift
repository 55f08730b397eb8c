import FoundationEssentials
import Testing

@testable import Datasets

@Suite struct ColumnAliasesTests {
  private func aliases(_ text: String) throws -> ColumnAliases {
    try ColumnAliases(JSONValue.parse(Array(text.utf8).span))
  }

  @Test("Config/playbook.json holds the words that the service knows by itself")
  func configFile() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: root.appending(path: "Config/playbook.json"))
    guard case .object(let file) = try JSONValue.parse(Array(data).span),
      case .object(let meanings) = file["aliases"]
    else {
      Issue.record("the file has no aliases")
      return
    }
    var words: [ColumnMeaning: [String]] = [:]
    for member in meanings.members {
      guard let meaning = ColumnMeaning(rawValue: member.name),
        case .array(let items) = member.value
      else {
        Issue.record("\(member.name) is not a meaning")
        continue
      }
      words[meaning] = items.compactMap { if case .string(let name) = $0 { name } else { nil } }
    }
    #expect(words == ColumnAliases.words)
  }

  @Test("words of a file go before the service's own")
  func additions() throws {
    let aliases = try aliases(
      #"{"aliases": {"income": ["Jahres Einkommen (EUR)"], "id": ["Karte"]}}"#)
    #expect(aliases.meaning(ofKey: "jahres_einkommen") == .income)
    #expect(aliases.meaning(ofKey: "karte") == .id)
    #expect(aliases.meaning(ofKey: "customer_id") == .id)
    #expect(aliases.rank(ofKey: "karte") < aliases.rank(ofKey: "customer_id"))
  }

  @Test(
    "mistakes are told with their line",
    arguments: [
      ("[]", 1), ("{\n\"alias\": {}}", 2), (#"{"aliases": []}"#, 1),
      ("{\"aliases\": {\n\"incme\": []}}", 2), ("{\"aliases\": {\n\"income\": \"x\"}}", 2),
      ("{\"aliases\": {\n\"income\": [3]}}", 2),
    ])
  func faults(text: String, line: Int) {
    #expect {
      _ = try aliases(text)
    } throws: { ($0 as? AliasFault)?.line == line }
  }
}
