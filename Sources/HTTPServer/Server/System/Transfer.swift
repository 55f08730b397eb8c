/// How a call that moves bytes ended.
enum Transfer: Sendable {
  /// So many bytes were moved, at least one.
  case moved(Int)
  /// Nothing can be moved now.
  case wouldBlock
  /// The other side has closed.
  case ended
  /// The connection is broken.
  case failed
}
