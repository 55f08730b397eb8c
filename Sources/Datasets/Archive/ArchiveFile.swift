/// One archived object in a file of its own: a header, an outline that is read at the start, and a
/// body that is read when it is needed.
///
/// All numbers are little-endian. The header has 64 bytes:
///
///     0   8  `SEGMENTD`
///     8   4  the kind: `DATA` or `RUN `
///     12  4  the version of the format: 1
///     16  8  length of the outline, in bytes
///     24  8  XXH64 of the outline
///     32  8  length of the body, in bytes
///     40  8  XXH64 of the body
///     48  8  0
///     56  8  XXH64 of the 56 bytes before
///
/// The outline follows the header and the body the outline; the file ends with the body. Every byte
/// is thus under a checksum.
struct ArchiveFile {
  /// What a file holds.
  enum Kind: String {
    case dataset = "DATA"
    case run = "RUN "
  }

  /// The version of the format that is written.
  static let version: UInt32 = 1
  static let headerByteCount = 64
  private static let magic = Array("SEGMENTD".utf8)

  private enum Source {
    case file(OpenFile)
    case memory([UInt8])
  }

  private let source: Source
  private let outlineByteCount: Int
  private let outlineChecksum: UInt64
  private let bodyByteCount: Int
  private let bodyChecksum: UInt64

  /// Opens a file and looks at its header and its length.
  init(_ path: String, kind: Kind) throws(ArchiveFault) {
    let file = try OpenFile(path, for: .reading)
    let byteCount = try file.byteCount()
    var reader = ArchiveReader(
      file, at: 0, byteCount: min(byteCount, ArchiveFile.headerByteCount))
    try self.init(.file(file), header: &reader, byteCount: byteCount, kind: kind)
  }

  /// Looks at the header of bytes that a file would hold.
  init(_ bytes: [UInt8], kind: Kind) throws(ArchiveFault) {
    var reader = ArchiveReader(Array(bytes.prefix(ArchiveFile.headerByteCount)))
    try self.init(.memory(bytes), header: &reader, byteCount: bytes.count, kind: kind)
  }

  private init(
    _ source: Source, header reader: inout ArchiveReader, byteCount: Int, kind: Kind
  ) throws(ArchiveFault) {
    guard byteCount >= ArchiveFile.headerByteCount else {
      throw .damaged("the file is shorter than a header")
    }
    let header = try reader.bulk(UInt8.self, count: ArchiveFile.headerByteCount)
    var fields = ArchiveReader(header)
    let magic = try fields.bulk(UInt8.self, count: 8)
    let kindBytes = try fields.bulk(UInt8.self, count: 4)
    let version = try fields.bulk(UInt32.self, count: 1)[0]
    let words = [
      try fields.word(), try fields.word(), try fields.word(), try fields.word(),
      try fields.word(), try fields.word(),
    ]
    guard magic == ArchiveFile.magic else { throw .damaged("it is no file of segmentd") }
    guard words[5] == XXHash64.of(Array(header[..<56])) else {
      throw .damaged("the checksum of the header is another one")
    }
    guard version <= ArchiveFile.version else { throw .newerFormat(version: version) }
    guard kindBytes == Array(kind.rawValue.utf8), version == ArchiveFile.version, words[4] == 0
    else { throw .damaged("it is a file of another kind") }
    let rest = UInt64(byteCount - ArchiveFile.headerByteCount)
    guard words[0] <= rest, words[2] == rest - words[0] else {
      throw .damaged("the file is not as long as its header says")
    }
    self.source = source
    outlineByteCount = Int(words[0])
    outlineChecksum = words[1]
    bodyByteCount = Int(words[2])
    bodyChecksum = words[3]
  }

  /// Reads the outline.
  func outline<Value>(_ read: (inout ArchiveReader) throws(ArchiveFault) -> Value)
    throws(ArchiveFault) -> Value
  {
    try section(
      at: ArchiveFile.headerByteCount, byteCount: outlineByteCount, checksum: outlineChecksum, read)
  }

  /// Reads the body.
  func body<Value>(_ read: (inout ArchiveReader) throws(ArchiveFault) -> Value)
    throws(ArchiveFault) -> Value
  {
    try section(
      at: ArchiveFile.headerByteCount + outlineByteCount, byteCount: bodyByteCount,
      checksum: bodyChecksum, read)
  }

  private func section<Value>(
    at offset: Int, byteCount: Int, checksum: UInt64,
    _ read: (inout ArchiveReader) throws(ArchiveFault) -> Value
  ) throws(ArchiveFault) -> Value {
    var reader =
      switch source {
      case .file(let file): ArchiveReader(file, at: offset, byteCount: byteCount)
      case .memory(let bytes): ArchiveReader(Array(bytes[offset..<offset + byteCount]))
      }
    let value = try read(&reader)
    // What was read from other bytes than were written is thrown away here.
    try reader.finish(checksum: checksum)
    return value
  }

  /// Writes a file and waits until it is on the disk; on a fault there is none left.
  static func write(
    _ path: String, kind: Kind, outline: (inout ArchiveWriter) -> Void,
    body: (inout ArchiveWriter) -> Void
  ) throws(ArchiveFault) {
    do throws(ArchiveFault) {
      let file = try OpenFile(path, for: .creating)
      var outlineWriter = ArchiveWriter(file, at: headerByteCount)
      outline(&outlineWriter)
      let outlineEnd = try outlineWriter.finish()
      var bodyWriter = ArchiveWriter(file, at: headerByteCount + outlineEnd.byteCount)
      body(&bodyWriter)
      let bodyEnd = try bodyWriter.finish()
      let bytes = header(kind, outline: outlineEnd, body: bodyEnd)
      var fault: ArchiveFault?
      // Safety: the bytes are read before the closure returns.
      bytes.withUnsafeBytes { bytes in
        do throws(ArchiveFault) {
          try file.write(bytes, at: 0)
        } catch {
          fault = error
        }
      }
      if let fault { throw fault }
      try file.synchronize()
    } catch {
      do {
        try FileSystem.remove(path)
      } catch let second {
        // The first fault is the cause; what is left over is removed at the next start.
        _ = second
      }
      throw error
    }
  }

  /// The bytes of a file, in memory.
  static func bytes(
    _ kind: Kind, outline: (inout ArchiveWriter) -> Void, body: (inout ArchiveWriter) -> Void
  ) -> [UInt8] {
    var first = ArchiveWriter()
    outline(&first)
    var second = ArchiveWriter()
    body(&second)
    return header(
      kind, outline: (first.bytes.count, XXHash64.of(first.bytes)),
      body: (second.bytes.count, XXHash64.of(second.bytes))) + first.bytes + second.bytes
  }

  private static func header(
    _ kind: Kind, outline: (byteCount: Int, checksum: UInt64),
    body: (byteCount: Int, checksum: UInt64)
  ) -> [UInt8] {
    var writer = ArchiveWriter()
    writer.put(bulk: magic)
    writer.put(bulk: Array(kind.rawValue.utf8))
    writer.put(bulk: [version])
    writer.put(outline.byteCount)
    writer.put(word: outline.checksum)
    writer.put(body.byteCount)
    writer.put(word: body.checksum)
    writer.put(0)
    return writer.bytes + littleEndianBytes(XXHash64.of(writer.bytes))
  }

  private static func littleEndianBytes(_ word: UInt64) -> [UInt8] {
    var writer = ArchiveWriter()
    writer.put(word: word)
    return writer.bytes
  }
}
