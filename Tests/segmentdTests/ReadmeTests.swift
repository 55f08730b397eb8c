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

  @Test("every setting has its row, with its default, and there are no others")
  func settings() throws {
    let text = try readme()
    let start = try #require(text.range(of: "| setting |"))
    let table = text[start.lowerBound...].prefix { _ in true }.split(separator: "\n\n")[0]
    let rows = table.split(separator: "\n").dropFirst(2).map(String.init)
    #expect(
      rows == Setting.all.map { "| `\($0.key)` | `\($0.json(in: Settings()))` | \($0.help) |" })
  }

  @Test("every route has its row, and there are no others")
  func routes() throws {
    let service = Service(settings: Settings(), aliases: .standard)
    let routes = service.routes.map { "\($0.method.name) \($0.pattern)" }
    let text = try readme()
    let start = try #require(text.range(of: "| route |"))
    let table = text[start.lowerBound...].split(separator: "\n\n")[0]
    let rows = table.split(separator: "\n").dropFirst(2).compactMap {
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
