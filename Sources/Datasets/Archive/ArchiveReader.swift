/// Reads values one after the other out of a file, or out of memory, and keeps their checksum.
///
/// It never reads beyond the bytes it was given, and takes no more memory than these bytes can fill:
/// what it gives is worth something only after ``finish(checksum:)``.
public struct ArchiveReader {
  private let file: OpenFile?
  private var offset: Int
  /// Bytes of the file that are not in the window yet.
  private var unread: Int
  private var window: [UInt8]
  private var place = 0
  private var hash = XXHash64()

  private static let pieceSize = 1 << 16

  /// Reads a part of a file.
  init(_ file: OpenFile, at offset: Int, byteCount: Int) {
    self.file = file
    self.offset = offset
    unread = byteCount
    window = []
  }

  /// Reads bytes.
  init(_ bytes: [UInt8]) {
    file = nil
    offset = 0
    unread = 0
    window = bytes
    // Safety: the bytes are read before the closure returns.
    bytes.withUnsafeBytes { hash.add($0) }
  }

  /// How many bytes are left.
  var remaining: Int { window.count - place + unread }

  /// Reads a value.
  public mutating func get<Value: Archivable>() throws(ArchiveFault) -> Value {
    try Value(from: &self)
  }

  /// Reads one byte.
  public mutating func byte() throws(ArchiveFault) -> UInt8 {
    if place == window.count { try refill() }
    defer { place += 1 }
    return window[place]
  }

  /// Reads eight bytes, the lowest first.
  mutating func word() throws(ArchiveFault) -> UInt64 {
    if window.count - place >= 8 {
      defer { place += 8 }
      // Safety: eight bytes from the place on are in the window.
      return window.withUnsafeBytes {
        UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      }
    }
    var word: UInt64 = 0
    for index in 0..<8 { word |= UInt64(try byte()) << UInt64(8 * index) }
    return word
  }

  /// Reads a count of things that take a byte each at least.
  public mutating func count() throws(ArchiveFault) -> Int {
    let count: Int = try get()
    guard count >= 0, count <= remaining else { throw .damaged("a count is beyond the bytes") }
    return count
  }

  /// Reads an integer that must lie in a range.
  public mutating func integer(in range: ClosedRange<Int>) throws(ArchiveFault) -> Int {
    let value: Int = try get()
    guard range.contains(value) else { throw .damaged("a number is out of its range") }
    return value
  }

  /// Reads numbers as ``ArchiveWriter/put(bulk:)`` writes them.
  public mutating func bulk<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type, count: Int
  ) throws(ArchiveFault) -> [Number] {
    let stride = MemoryLayout<Number>.stride
    guard count >= 0, count <= remaining / stride else {
      throw .damaged("a count is beyond the bytes")
    }
    // Zeros first: a read that fails halfway leaves no number unset.
    var numbers = [Number](repeating: 0, count: count)
    var fault: ArchiveFault?
    // Safety: all bit patterns are numbers, and the room is filled before the closure returns.
    numbers.withUnsafeMutableBytes { room in
      do throws(ArchiveFault) {
        try fill(room)
      } catch {
        fault = error
      }
    }
    if let fault { throw fault }
    return numbers
  }

  /// Safety: `room` is written within its bounds only, while it lives.
  private mutating func fill(_ room: UnsafeMutableRawBufferPointer) throws(ArchiveFault) {
    let ready = min(room.count, window.count - place)
    window.withUnsafeBytes { bytes in
      room.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[place..<place + ready]))
    }
    place += ready
    guard ready < room.count else { return }
    guard let file else { throw .damaged("the bytes end early") }
    let rest = UnsafeMutableRawBufferPointer(rebasing: room[ready...])
    guard rest.count <= unread else { throw .damaged("the bytes end early") }
    try file.read(into: rest, at: offset)
    hash.add(UnsafeRawBufferPointer(rest))
    offset += rest.count
    unread -= rest.count
  }

  private mutating func refill() throws(ArchiveFault) {
    guard let file, unread > 0 else { throw .damaged("the bytes end early") }
    let count = min(unread, ArchiveReader.pieceSize)
    window = [UInt8](repeating: 0, count: count)
    place = 0
    var fault: ArchiveFault?
    // Safety: the room is filled before the closure returns.
    window.withUnsafeMutableBytes { room in
      do throws(ArchiveFault) {
        try file.read(into: room, at: offset)
      } catch {
        fault = error
      }
    }
    if let fault {
      window = []
      throw fault
    }
    window.withUnsafeBytes { hash.add($0) }
    offset += count
    unread -= count
  }

  /// Ends the reading: every byte must have been read, and all of them must be what was written.
  mutating func finish(checksum: UInt64) throws(ArchiveFault) {
    guard remaining == 0 else { throw .damaged("there are bytes left over") }
    guard hash.value == checksum else { throw .damaged("the checksum is another one") }
  }
}
