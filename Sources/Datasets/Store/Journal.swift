/// The journal of a store: every change of its lists, in order, each on the disk before it is
/// acknowledged.
///
/// The file is a row of records, and nothing else. Numbers are little-endian:
///
///     0   4  `SREC`
///     4   4  the version of the format: 1
///     8   8  the number of the record, one more than that of the one before
///     16  8  length of the content, in bytes
///     24  8  XXH64 of the 24 bytes before
///     32  8  XXH64 of the content
///     40     the content: a change of the lists
///
/// The first record tells all of the lists, as a change from empty ones. A record that is not whole
/// at the end of the file is what a stop in the midst of writing leaves: it was never acknowledged
/// and is cut off. One that is not whole elsewhere is damage: the records behind it are found by
/// their mark and are good by their own checksums.
struct Journal: Sendable {
  private let path: String
  private var file: OpenFile
  private var byteCount: Int
  private var number: UInt64
  /// What the first record takes, and thus what a journal written anew would take at least.
  private var baseByteCount: Int
  /// Whether the end of the file is not known to be good: it is written anew before the next change.
  private var isInDoubt = false

  private static let mark = Array("SREC".utf8)
  private static let headerByteCount = 40
  /// A journal shorter than this is never written anew.
  private static let compactionFloor = 1 << 20

  /// What was found in a journal.
  struct Contents {
    /// The lists after all changes that are whole.
    var lists = StoreLists()
    /// Ids of objects that were taken away; files of theirs are left over.
    var removed: Set<String> = []
    /// The number of the last record.
    var number: UInt64 = 0
    /// The bytes from the beginning that are whole records one after the other.
    var soundByteCount = 0
    /// What is wrong with it, but for a record that a stop cut short.
    var damage: String?
  }

  /// Reads a journal, as far as it can be read.
  static func read(_ bytes: [UInt8]) throws(ArchiveFault) -> Contents {
    var contents = Contents()
    var place = 0
    while place < bytes.count {
      if let record = try record(in: bytes, at: place) {
        if record.number != contents.number + 1, contents.number > 0 {
          contents.damage = contents.damage ?? "records are missing"
        }
        contents.number = record.number
        contents.lists.apply(record.change)
        contents.removed.formUnion(record.change.removedDatasets + record.change.removedRuns)
        contents.removed.subtract(record.change.addedDatasets + record.change.addedRuns)
        if place == contents.soundByteCount { contents.soundByteCount = record.end }
        place = record.end
        continue
      }
      // Whatever stands here, the next record that is whole counts again.
      guard let next = try nextRecord(in: bytes, after: place) else {
        if try !isCutShort(bytes, at: place) {
          contents.damage = contents.damage ?? "the last record is not what was written"
        }
        break
      }
      contents.damage = "a record is not what was written"
      place = next
    }
    return contents
  }

  private typealias Record = (number: UInt64, change: StoreListsChange, end: Int)

  /// The record at a place; nil when none is whole there.
  private static func record(in bytes: [UInt8], at place: Int) throws(ArchiveFault) -> Record? {
    guard let header = try header(in: bytes, at: place) else { return nil }
    let (version, number, length, checksum) = header
    guard length <= UInt64(bytes.count - place - headerByteCount) else { return nil }
    let end = place + headerByteCount + Int(length)
    let content = Array(bytes[place + headerByteCount..<end])
    guard checksum == XXHash64.of(content) else { return nil }
    guard version <= ArchiveFile.version else { throw .newerFormat(version: version) }
    var reader = ArchiveReader(content)
    do {
      let change = try StoreListsChange(from: &reader)
      // Behind the last number there is no next one: nobody has counted that far.
      guard reader.remaining == 0, number < .max, change.version < .max else { return nil }
      return (number, change, end)
    } catch {
      // Whole, and yet no change: nothing that this service has written.
      return nil
    }
  }

  private typealias Header = (version: UInt32, number: UInt64, length: UInt64, checksum: UInt64)

  /// The header at a place; nil when none is whole there.
  private static func header(in bytes: [UInt8], at place: Int) throws(ArchiveFault) -> Header? {
    guard place + headerByteCount <= bytes.count,
      bytes[place..<place + 4].elementsEqual(mark)
    else { return nil }
    var fields = ArchiveReader(Array(bytes[place + 4..<place + headerByteCount]))
    let version = try fields.bulk(UInt32.self, count: 1)[0]
    let number = try fields.word()
    let length = try fields.word()
    guard try fields.word() == XXHash64.of(Array(bytes[place..<place + 24])) else { return nil }
    return (version, number, length, try fields.word())
  }

  private static func nextRecord(in bytes: [UInt8], after place: Int) throws(ArchiveFault) -> Int? {
    var next = place + 1
    while next + headerByteCount <= bytes.count {
      if bytes[next] == mark[0], try record(in: bytes, at: next) != nil { return next }
      next += 1
    }
    return nil
  }

  /// Whether what stands at the end is the beginning of a record, as a stop in the midst leaves it.
  private static func isCutShort(_ bytes: [UInt8], at place: Int) throws(ArchiveFault) -> Bool {
    let count = bytes.count - place
    if count < headerByteCount {
      return bytes[place...].prefix(4).elementsEqual(mark.prefix(count))
    }
    guard let header = try header(in: bytes, at: place) else { return false }
    return header.length > UInt64(count - headerByteCount)
  }

  /// Opens a journal that was read.
  ///
  /// - Parameter contents: what was found; with damage in it the file is written anew.
  init(_ path: String, _ contents: Contents) throws(ArchiveFault) {
    self.path = path
    number = contents.number
    byteCount = contents.soundByteCount
    baseByteCount = contents.soundByteCount
    file = try OpenFile(path, for: .appending)
    if contents.damage != nil || byteCount == 0 {
      try rewrite(contents.lists)
    } else if try file.byteCount() > byteCount {
      try file.truncate(to: byteCount)
      try file.synchronize()
    }
  }

  /// Writes a change and waits until it is on the disk; on a fault it is as if nothing was written.
  ///
  /// - Parameters:
  ///   - old: the lists before.
  ///   - new: the lists after.
  mutating func append(from old: StoreLists, to new: StoreLists) throws(ArchiveFault) {
    if isInDoubt || byteCount > max(Journal.compactionFloor, 4 * baseByteCount) {
      try rewrite(old)
    }
    let bytes = Journal.bytes(number + 1, StoreListsChange(from: old, to: new))
    do throws(ArchiveFault) {
      try Journal.write(bytes, to: file, at: byteCount)
      try file.synchronize()
    } catch {
      // Part of it may stand in the file; after a failed write to the disk nobody can say what does.
      isInDoubt = true
      throw error
    }
    number += 1
    byteCount += bytes.count
  }

  /// Writes the journal anew with one record that tells all of the lists.
  private mutating func rewrite(_ lists: StoreLists) throws(ArchiveFault) {
    let bytes = Journal.bytes(number + 1, StoreListsChange(from: StoreLists(), to: lists))
    let temporary = path + ObjectFiles.temporarySuffix
    let fresh = try OpenFile(temporary, for: .creating)
    try Journal.write(bytes, to: fresh, at: 0)
    try fresh.synchronize()
    try FileSystem.rename(temporary, to: path)
    if let slash = path.lastIndex(of: "/") {
      try FileSystem.synchronize(folder: String(path[..<slash]))
    }
    file = try OpenFile(path, for: .appending)
    number += 1
    byteCount = bytes.count
    baseByteCount = bytes.count
    isInDoubt = false
  }

  private static func bytes(_ number: UInt64, _ change: StoreListsChange) -> [UInt8] {
    var content = ArchiveWriter()
    content.put(change)
    var head = ArchiveWriter()
    head.put(bulk: mark)
    head.put(bulk: [ArchiveFile.version])
    head.put(number)
    head.put(content.bytes.count)
    var sums = ArchiveWriter()
    sums.put(XXHash64.of(head.bytes))
    sums.put(XXHash64.of(content.bytes))
    return head.bytes + sums.bytes + content.bytes
  }

  private static func write(_ bytes: [UInt8], to file: OpenFile, at offset: Int)
    throws(ArchiveFault)
  {
    var fault: ArchiveFault?
    // Safety: the bytes are read before the closure returns.
    bytes.withUnsafeBytes { bytes in
      do throws(ArchiveFault) {
        try file.write(bytes, at: offset)
      } catch {
        fault = error
      }
    }
    if let fault { throw fault }
  }
}
