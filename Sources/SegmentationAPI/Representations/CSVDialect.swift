/// The CSV that the service writes: comma, UTF-8, CRLF, RFC 4180 quoting.
struct CSVDialect: Sendable {
  /// A byte order mark first, which Excel wants when a file is opened by a double click.
  var hasByteOrderMark = false
  /// Cells that a spreadsheet would run as a formula get a leading apostrophe.
  var isSpreadsheetSafe = true

  func writeMark(to out: inout [UInt8]) {
    if hasByteOrderMark { out.append(contentsOf: [0xEF, 0xBB, 0xBF]) }
  }

  func writeRecord(_ cells: [JSON], to out: inout [UInt8]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      write(cell, to: &out)
    }
    out.append(contentsOf: [0x0D, 0x0A])
  }

  func write(_ cell: JSON, to out: inout [UInt8]) {
    switch cell {
    case .null: break
    case .bool, .integer, .number: cell.write(to: &out)
    case .string(let text): writeField(text.utf8, to: &out)
    case .array, .object: writeField(cell.bytes, to: &out)
    }
  }

  /// Appends one field, quoted when it holds a comma, a quote or a line break (RFC 4180 §2).
  func writeField(_ text: some Collection<UInt8>, to out: inout [UInt8]) {
    var quoted = false
    for byte in text {
      switch byte {
      case UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D: quoted = true
      default: continue
      }
      break
    }
    if quoted { out.append(UInt8(ascii: "\"")) }
    if isSpreadsheetSafe, CSVDialect.isFormula(text) { out.append(UInt8(ascii: "'")) }
    for byte in text {
      if byte == UInt8(ascii: "\"") { out.append(byte) }
      out.append(byte)
    }
    if quoted { out.append(UInt8(ascii: "\"")) }
  }

  /// Whether a spreadsheet would take the text for a formula; numbers are exempt.
  static func isFormula(_ text: some Collection<UInt8>) -> Bool {
    guard let first = text.first else { return false }
    switch first {
    case UInt8(ascii: "="), UInt8(ascii: "@"), 0x09, 0x0D: return true
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      return !text.dropFirst().allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ","): true
        default: false
        }
      }
    default: return false
    }
  }

  /// Makes the fields of a record safe that was written before, from a position to the end.
  static func makeSafe(_ out: inout [UInt8], from start: Int) {
    let record = out[start...]
    var safe: [UInt8] = []
    safe.reserveCapacity(record.count + 8)
    var field: [UInt8] = []
    var isQuoted = false
    let dialect = CSVDialect(isSpreadsheetSafe: true)
    func endField() {
      var text = field[...]
      if text.first == UInt8(ascii: "\"") { text = text.dropFirst().dropLast() }
      var plain: [UInt8] = []
      var skips = false
      for byte in text {
        // Inside quotes a quote is written twice.
        if byte == UInt8(ascii: "\""), !skips {
          skips = true
          plain.append(byte)
        } else if byte != UInt8(ascii: "\"") {
          skips = false
          plain.append(byte)
        } else {
          skips = false
        }
      }
      dialect.writeField(plain, to: &safe)
      field.removeAll(keepingCapacity: true)
    }
    for byte in record {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == UInt8(ascii: ","), !isQuoted {
        endField()
        safe.append(byte)
      } else {
        field.append(byte)
      }
    }
    endField()
    out.replaceSubrange(start..., with: safe)
  }
}
