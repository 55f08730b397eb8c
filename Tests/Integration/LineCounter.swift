import Synchronization

/// Counts bytes and lines of content that is too long to keep.
final class LineCounter: Sendable {
  private let counts = Mutex((bytes: 0, lines: 0))

  var bytes: Int { counts.withLock { $0.bytes } }
  var lines: Int { counts.withLock { $0.lines } }

  func add(_ piece: ArraySlice<UInt8>) {
    let lines = piece.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    counts.withLock { $0 = ($0.bytes + piece.count, $0.lines + lines) }
  }
}
