import FoundationEssentials
import HTTPServer
import Testing

@testable import SegmentationAPI
@testable import segmentd

@Suite("README tells what is there") struct ReadmeTests {
  private func readme() throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return String(
      decoding: try Data(contentsOf: root.appending(path: "README.md")), as: UTF8.self)
  }

  /// The rows below the head of a table, up to the empty line that ends it.
  private func rows(ofTable head: String) throws -> [String] {
    let lines = try readme().split(separator: "\n", omittingEmptySubsequences: false)
    return lines.drop { !$0.hasPrefix(head) }.prefix { !$0.isEmpty }.dropFirst(2).map(String.init)
  }

  @Test("every setting has its row, with its default, and there are no others")
  func settings() throws {
    let rows = try rows(ofTable: "| setting |")
    #expect(
      rows == Setting.all.map { "| `\($0.key)` | `\($0.json(in: Settings()))` | \($0.help) |" })
  }

  /// A service lives as long as its process.
  private static let service = Service(settings: Settings(), aliases: .standard)

  @Test("every route has its row, and there are no others")
  func routes() throws {
    let routes = Self.service.routes.map { "\($0.method.name) \($0.pattern)" }
    let rows = try rows(ofTable: "| route |").compactMap {
      $0.split(separator: "`").dropFirst().first.map(String.init)
    }
    #expect(Set(rows) == Set(routes))
    #expect(rows.count == routes.count)
  }

  @Test("every option of a fit is told")
  func options() throws {
    let text = try readme()
    for parameter in Parameter.cleaning + Parameter.fit {
      #expect(text.contains("`\(parameter.name)`"), "\(parameter.name)")
    }
  }
}
