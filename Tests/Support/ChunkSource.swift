import Synchronization

/// Hands out chunks one after another.
final class ChunkSource: Sendable {
  private let rest: Mutex<ArraySlice<[UInt8]>>

  init(_ chunks: [[UInt8]]) {
    // An empty read is the end to libcurl.
    rest = Mutex(chunks.filter { !$0.isEmpty }[...])
  }

  func next() -> [UInt8]? { rest.withLock { $0.popFirst() } }
}
