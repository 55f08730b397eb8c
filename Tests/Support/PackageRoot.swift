import Foundation

/// The folder that Package.swift is in.
public enum PackageRoot {
  static let url = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Its path, without a slash at the end.
  public static let path = String(url.path(percentEncoded: false).trimmingSuffix("/"))
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: Character) -> Substring {
    last == suffix ? dropLast() : self[...]
  }
}
