#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file taken a piece at a time, from where the system keeps it: no copy of it is made.
enum FilePieces {
  /// Calls `body` with each piece of a file; not at all for an empty one.
  ///
  /// - Throws: ``BenchFailure`` when the file cannot be read, and what `body` throws.
  static func forEach(
    of path: String, pieceBytes: Int = 1 << 18, _ body: (Span<UInt8>) throws -> Void
  ) throws {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0, let size = size(of: path) else {
      throw BenchFailure("\(path): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    guard size > 0 else { return }
    guard let memory = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), memory != MAP_FAILED
    else { throw BenchFailure("\(path): \(String(cString: strerror(errno)))") }
    defer { munmap(memory, size) }
    // Safety: the mapping has `size` bytes and outlives the calls; nobody writes to data files while
    // they are measured with.
    let bytes = UnsafeRawBufferPointer(start: memory, count: size).bindMemory(to: UInt8.self)
    var start = 0
    while start < size {
      let end = min(size, start + pieceBytes)
      try body(UnsafeBufferPointer(rebasing: bytes[start..<end]).span)
      start = end
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
