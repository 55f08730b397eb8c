/// A value that is written down as bytes and read back the same.
///
/// Fields follow each other in a fixed order without names; a change of the order is a new version
/// of the format (``ArchiveFile/version``).
public protocol Archivable {
  /// Writes the value.
  func write(to writer: inout ArchiveWriter)
  /// Reads a value; whatever the bytes are, it ends with a legal value or a fault.
  init(from reader: inout ArchiveReader) throws(ArchiveFault)
}

// Integers and bit patterns take eight bytes, little-endian.

extension UInt64: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) { writer.put(word: self) }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) { self = try reader.word() }
}

extension Int: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(word: UInt64(bitPattern: Int64(self)))
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self = Int(Int64(bitPattern: try reader.word()))
  }
}

extension Int64: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) { writer.put(word: UInt64(bitPattern: self)) }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self = Int64(bitPattern: try reader.word())
  }
}

extension Double: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) { writer.put(word: bitPattern) }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self = Double(bitPattern: try reader.word())
  }
}

/// One byte: 0 or 1.
extension Bool: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) { writer.put(byte: self ? 1 : 0) }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    switch try reader.byte() {
    case 0: self = false
    case 1: self = true
    default: throw .damaged("a flag is neither 0 nor 1")
    }
  }
}

/// The length in bytes, then UTF-8.
extension String: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    let bytes = Array(utf8)
    writer.put(bytes.count)
    writer.put(bulk: bytes)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    let count = try reader.count()
    guard let text = String(validating: try reader.bulk(UInt8.self, count: count), as: UTF8.self)
    else { throw .damaged("a text is not UTF-8") }
    self = text
  }
}

/// A flag, then the value if there is one.
extension Optional: Archivable where Wrapped: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(self != nil)
    if let self { writer.put(self) }
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    let isThere: Bool = try reader.get()
    self = isThere ? .some(try reader.get()) : .none
  }
}

/// The count, then the elements.
extension Array: Archivable where Element: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(count)
    for element in self { writer.put(element) }
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self = []
    // An element takes a byte at least, so a count beyond the bytes left is found at once.
    for _ in 0..<(try reader.count()) { append(try reader.get()) }
  }
}

/// The count, then keys and values in the order of the keys.
extension Dictionary: Archivable where Key: Archivable & Comparable, Value: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(count)
    for (key, value) in sorted(by: { $0.key < $1.key }) {
      writer.put(key)
      writer.put(value)
    }
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self = [:]
    for _ in 0..<(try reader.count()) {
      let key: Key = try reader.get()
      guard updateValue(try reader.get(), forKey: key) == nil else {
        throw .damaged("a key stands twice")
      }
    }
  }
}

/// An enumeration is its word.
extension Archivable where Self: RawRepresentable, RawValue == String {
  /// Writes the word.
  public func write(to writer: inout ArchiveWriter) { writer.put(rawValue) }
  /// Reads a word of the enumeration.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    let word: String = try reader.get()
    guard let value = Self(rawValue: word) else { throw .damaged("a word is not known") }
    self = value
  }
}
