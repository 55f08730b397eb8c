/// Why something archived cannot be written or read.
public enum ArchiveFault: Error, Equatable, Sendable {
  /// The bytes are not what was written: torn, flipped, or of another file.
  case damaged(String)
  /// The bytes were written by a later version of the service, in a format this one does not know.
  case newerFormat(version: UInt32)
  /// The operating system refused: what it was asked for, its number for the reason and its words.
  case system(call: String, code: Int32, reason: String)
}

extension ArchiveFault: CustomStringConvertible {
  /// One sentence without an end.
  public var description: String {
    switch self {
    case .damaged(let reason): reason
    case .newerFormat(let version):
      "written in format \(version), which this version of segmentd does not know"
    case .system(let call, _, let reason): "\(call): \(reason)"
    }
  }
}
