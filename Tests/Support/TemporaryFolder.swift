import Foundation

/// An empty folder that goes, with all that is in it, when nobody holds it any more.
///
/// Its path is short enough for a socket file.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "segmentd-\(UUID().uuidString.prefix(13))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    path = folder.path(percentEncoded: false)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch { print("\(path): \(error)") }
  }

  /// Writes a file into the folder and returns its path.
  public func write(_ content: [UInt8], to name: String) throws -> String {
    let file = "\(path)/\(name)"
    try Data(content).write(to: URL(filePath: file))
    return file
  }

  public func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }
}
