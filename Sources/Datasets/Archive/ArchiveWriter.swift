/// Writes values one after the other into a file, or into memory, and keeps their checksum.
///
/// What is large goes to the file as it stands in memory, the rest in pieces. The first fault is
/// kept and told at the end; what is written after it goes nowhere.
public struct ArchiveWriter {
  private let file: OpenFile?
  private var offset: Int
  private var buffer: [UInt8] = []
  private var hash = XXHash64()
  private var fault: ArchiveFault?
  private(set) var byteCount = 0

  /// Bytes that are gathered before they go to the file.
  private static let pieceSize = 1 << 18

  /// Writes into a file from a place on.
  init(_ file: OpenFile, at offset: Int) {
    self.file = file
    self.offset = offset
  }

  /// Keeps all bytes in memory.
  init() {
    file = nil
    offset = 0
  }

  /// Writes a value.
  public mutating func put(_ value: some Archivable) {
    value.write(to: &self)
  }

  /// Writes one byte.
  public mutating func put(byte: UInt8) {
    buffer.append(byte)
    if buffer.count >= ArchiveWriter.pieceSize { flush() }
  }

  /// Writes eight bytes, the lowest first.
  mutating func put(word: UInt64) {
    // Safety: the word is read before the closure returns.
    withUnsafeBytes(of: word.littleEndian) { buffer.append(contentsOf: $0) }
    if buffer.count >= ArchiveWriter.pieceSize { flush() }
  }

  /// Writes the numbers of an array as they stand in memory, little-endian, without their count.
  public mutating func put<Number: FixedWidthInteger & BitwiseCopyable>(bulk numbers: [Number]) {
    precondition(Number(1).littleEndian == 1, "the format is little-endian, and so is the machine")
    // Safety: integers have no padding, and the bytes are read before the closure returns.
    numbers.withUnsafeBytes { bytes in
      if file == nil || bytes.count < ArchiveWriter.pieceSize {
        buffer.append(contentsOf: bytes)
        if buffer.count >= ArchiveWriter.pieceSize { flush() }
      } else {
        flush()
        send(bytes)
      }
    }
  }

  /// Sends what was gathered to the file.
  private mutating func flush() {
    guard file != nil else { return }
    let piece = buffer
    // Safety: the bytes are read before the closure returns.
    piece.withUnsafeBytes { send($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Safety: `bytes` is read within its bounds only, while it lives.
  private mutating func send(_ bytes: UnsafeRawBufferPointer) {
    hash.add(bytes)
    byteCount += bytes.count
    guard let file, fault == nil else { return }
    do {
      try file.write(bytes, at: offset)
      offset += bytes.count
    } catch {
      fault = error
    }
  }

  /// Ends the writing into a file: how many bytes there are, and their checksum.
  mutating func finish() throws(ArchiveFault) -> (byteCount: Int, checksum: UInt64) {
    flush()
    if let fault { throw fault }
    return (byteCount, hash.value)
  }

  /// All bytes written into memory.
  var bytes: [UInt8] { buffer }
}
