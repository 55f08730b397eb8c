#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file read a piece at a time, in memory that does not grow with it.
enum FilePieces {
  /// Calls `body` with each piece of a file; with nothing for an empty one.
  ///
  /// - Throws: ``BenchFailure`` when the file cannot be read, and what `body` throws.
  static func forEach(
    of path: String, pieceBytes: Int = 1 << 18, _ body: (Span<UInt8>) throws -> Void
  ) throws {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else {
      throw BenchFailure("\(path): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var piece = [UInt8](repeating: 0, count: pieceBytes)
    while true {
      // Safety: the system writes at most the count it is given, which is the buffer's.
      let count = piece.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw BenchFailure("\(path): \(String(cString: strerror(errno)))") }
      guard count > 0 else { return }
      try body(piece.span.extracting(0..<count))
    }
  }

  /// The bytes of a file, or nil when there is none.
  static func size(of path: String) -> Int? {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    return Int(facts.st_size)
  }

  /// Writes a file whose pieces `body` hands over.
  static func write(_ path: String, _ body: ((Span<UInt8>) throws -> Void) throws -> Void) throws {
    guard let file = fopen(path, "w") else {
      throw BenchFailure("\(path): \(String(cString: strerror(errno)))")
    }
    var failure: BenchFailure?
    try body { piece in
      let written = piece.withUnsafeBufferPointer {
        // Safety: the span's own buffer and count.
        fwrite($0.baseAddress, 1, $0.count, file)
      }
      if written != piece.count { failure = BenchFailure("\(path): cannot be written") }
    }
    if fclose(file) != 0 { failure = BenchFailure("\(path): cannot be written") }
    if let failure { throw failure }
  }
}
