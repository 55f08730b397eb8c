/// Every record of a file as it was sent, ready to be written again with more cells.
///
/// Cells keep their text byte for byte (in UTF-8); delimiter, quoting and line ends become RFC
/// 4180's. Records are numbered from 0 and include the ones set aside. Since a table keeps every
/// cell's text, only the records that are no rows of it cost memory here.
public struct RecordArchive: Sendable {
  private let table: Table
  private let ragged: RaggedRecords
  /// The widest record's number of fields, at least the header's.
  public let fieldCount: Int

  init(table: Table, ragged: RaggedRecords) {
    self.table = table
    self.ragged = ragged
    fieldCount = max(table.columns.count, ragged.widest)
  }

  /// How many records there are, the ones set aside among them.
  public var recordCount: Int { table.recordsRead }

  /// Appends the header, without a line end; fields beyond it are named `column_N`.
  public func appendHeader(to output: inout [UInt8]) {
    for index in 0..<fieldCount {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      if index < table.columns.count {
        let column = table.columns[index]
        CSVWriter.appendField(table.dialect.hasHeader ? column.header : column.key, to: &output)
      } else {
        CSVWriter.appendField("column_\(index + 1)", to: &output)
      }
    }
  }

  /// Appends a record padded to ``fieldCount`` fields, without a line end.
  public func appendRecord(_ index: Int, to output: inout [UInt8]) {
    var written = 0
    if let row = table.row(ofRecord: index) {
      table.appendRow(row, to: &output)
      written = table.columns.count
    } else {
      written = ragged.appendRecord(index, to: &output)
    }
    while written < fieldCount {
      if written > 0 { output.append(UInt8(ascii: ",")) }
      written += 1
    }
  }
}

/// The texts of records that are no rows, each as one line of RFC 4180 fields.
struct RaggedRecords: Sendable {
  private var indices: [Int] = []
  private var fieldCounts: [UInt32] = []
  private var ends: [Int] = []
  private var bytes: [UInt8] = []

  var widest: Int { Int(fieldCounts.max() ?? 0) }

  mutating func append(record: Int, fields: [[UInt8]]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      CSVWriter.appendField(field.span, to: &bytes)
    }
    indices.append(record)
    fieldCounts.append(UInt32(fields.count))
    ends.append(bytes.count)
  }

  mutating func append(_ other: RaggedRecords, shift: Int) {
    for index in other.ends { ends.append(index + bytes.count) }
    for index in other.indices { indices.append(index + shift) }
    fieldCounts += other.fieldCounts
    bytes += other.bytes
  }

  /// Appends the record's line and gives its number of fields; nothing and 0 if it is not here.
  func appendRecord(_ record: Int, to output: inout [UInt8]) -> Int {
    var low = 0
    var high = indices.count
    while low < high {
      let middle = (low + high) / 2
      if indices[middle] < record { low = middle + 1 } else { high = middle }
    }
    guard low < indices.count, indices[low] == record else { return 0 }
    output.append(contentsOf: bytes[(low == 0 ? 0 : ends[low - 1])..<ends[low]])
    return Int(fieldCounts[low])
  }

  mutating func convertFromWindows1252() {
    var converted: [UInt8] = []
    var start = 0
    for index in ends.indices {
      Windows1252.append(bytes.span.extracting(start..<ends[index]), to: &converted)
      start = ends[index]
      ends[index] = converted.count
    }
    bytes = converted
  }
}
