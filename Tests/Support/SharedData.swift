import Foundation
import Testing

/// The customer files and reference values that lie beside a checkout, not in it.
///
/// A suite that needs them carries the trait `.needsSharedData` and is skipped, with the reason, where
/// they are absent.
public enum SharedData {
  /// The folder `shared/data` next to the package root.
  static let folder = PackageRoot.url.deletingLastPathComponent().appending(path: "shared/data")

  public static let isPresent = FileManager.default.fileExists(
    atPath: folder.appending(path: "README.md").path(percentEncoded: false))

  /// Why tests are skipped without it.
  public static let reasonToSkip = "there is no shared/data beside the package"

  public static func path(of name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }

  public static func bytes(of name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: name)))
  }
}

extension Trait where Self == ConditionTrait {
  /// Skips the test where the shared data are absent.
  public static var needsSharedData: Self {
    .enabled(if: SharedData.isPresent, "\(SharedData.reasonToSkip)")
  }
}
