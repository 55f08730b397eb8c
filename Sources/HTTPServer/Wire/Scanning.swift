/// Where runs of one kind of byte end: the inner loops of the parser.
///
/// They look at every byte of every head, so they read through a pointer: the bounds are checked
/// once a run, not once a byte.
extension Span<UInt8> {
  /// The index of the first byte from `start` on that is no `tchar`, or `count`.
  @inline(__always)
  func endOfToken(from start: Int) -> Int {
    end(from: start) { ASCII.isToken($0) }
  }

  /// The index of the first byte from `start` on that a target cannot hold as it is, or `count`.
  @inline(__always)
  func endOfTarget(from start: Int) -> Int {
    end(from: start) { ASCII.isTarget($0) }
  }

  /// The index of the first byte from `start` on that a field value cannot hold, or `count`.
  @inline(__always)
  func endOfFieldValue(from start: Int) -> Int {
    // Safety: `start` is checked, and words are only read while eight bytes are left.
    precondition(start >= 0 && start <= count, "a scan begins within its bytes")
    return withUnsafeBytes { bytes in
      var index = start
      while index + 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        // Eight bytes at a time: the high bit of each byte that is below 0x20, or is 0x7F. A byte
        // above a borrow may be taken for one; the byte itself is looked at below.
        let below = (word &- 0x2020_2020_2020_2020) & ~word
        let flipped = word ^ 0x7F7F_7F7F_7F7F_7F7F
        let delete = (flipped &- 0x0101_0101_0101_0101) & ~flipped
        if (below | delete) & 0x8080_8080_8080_8080 != 0 { break }
        index += 8
      }
      while index < bytes.count, ASCII.isFieldValue(bytes[index]) { index += 1 }
      return index
    }
  }

  @inline(__always)
  private func end(from start: Int, while isMember: (UInt8) -> Bool) -> Int {
    // Safety: `start` is checked, and the loop ends with the bytes.
    precondition(start >= 0 && start <= count, "a scan begins within its bytes")
    return withUnsafeBytes { bytes in
      var index = start
      while index < bytes.count, isMember(bytes[index]) { index += 1 }
      return index
    }
  }
}
