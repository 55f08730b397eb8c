/// Decodes rows of JSON that arrive in pieces: an array of objects, an object with `columns` and
/// `rows`, or one object a line.
///
/// Rows are read one at a time, as soon as all of a row is there.
struct JSONRowsDecoder: Sendable {
  /// Where in the document the next byte stands.
  private enum Place {
    /// Before the outermost value.
    case start
    /// In the outermost array, or between lines; a row may come.
    case beforeRow(isFirst: Bool)
    /// After a row of the outermost array.
    case afterRow
    /// In the outermost object, before a member's name.
    case beforeName(isFirst: Bool)
    /// In the outermost object, after a member's value.
    case afterMember
    /// After the name of a member.
    case afterName(String)
    /// Before the value of a member that is not `rows`.
    case beforeValue(String)
    /// In `rows`; a row may come.
    case beforeListRow(isFirst: Bool)
    /// After a row of `rows`.
    case afterListRow
    /// After the outermost value.
    case end
  }

  private let options: DecodingOptions
  private let isNewlineDelimited: Bool
  private var place: Place
  private var pending: [UInt8] = []
  /// How far the pending value was scanned.
  private var scanner = JSONValueScanner()
  private var scanned = 0
  /// The line at `pending[mark]`, from 1, and the index at which it begins.
  private var mark = 0
  private var line = 1
  private var lineStart = 0
  /// Where in the document `pending[0]` stands.
  private var offset: Int

  private var headers: [String] = []
  private var columns: [[UInt8]: Int] = [:]
  private var block: BlockWriter
  private var assembler: TableAssembler
  /// Room for the text of one cell.
  private var room: [UInt8] = []
  /// The last row that gave each column a cell, to find names that repeat.
  private var lastRow: [Int] = []
  private var hasList = false

  private static let rowsInBlock = 1 << 16
  /// How many bytes are taken at a time, so that what is pending stays small.
  private static let pieceLength = 1 << 16

  /// - Parameter offset: where in the content the text begins, in bytes.
  init(_ options: DecodingOptions, isNewlineDelimited: Bool, offset: Int) {
    self.options = options
    self.offset = offset
    self.isNewlineDelimited = isNewlineDelimited
    place = isNewlineDelimited ? .beforeRow(isFirst: true) : .start
    block = BlockWriter(columnCount: 0, keepsText: options.keepsText)
    assembler = TableAssembler(
      columnCount: 0, limits: options.limits, keepsText: options.keepsText)
  }

  /// Takes the next bytes.
  mutating func consume(_ bytes: Span<UInt8>) throws(DatasetError) {
    var index = 0
    while index < bytes.count {
      let length = min(bytes.count - index, JSONRowsDecoder.pieceLength)
      // Safety: the span checks the range, and its bytes are copied before the closure returns.
      bytes.extracting(index..<index + length).withUnsafeBufferPointer {
        pending.append(contentsOf: $0)
      }
      index += length
      try decodePending(isLast: false)
    }
  }

  /// Ends the content.
  mutating func finish(encoding: TextEncoding) throws(DatasetError) -> DecodedTable {
    try decodePending(isLast: true)
    switch place {
    case .start: throw .emptyContent
    case .beforeRow where isNewlineDelimited: break
    case .end: break
    default: throw .malformedJSON(error(.unexpectedEnd, at: pending.count))
    }
    try flush()
    guard assembler.recordCount > 0 else {
      throw headers.isEmpty ? .emptyContent : .headerOnly
    }
    let dialect = TableDialect(
      format: isNewlineDelimited ? .ndjson : .jsonRows, encoding: encoding,
      encodingIsGuessed: false, delimiter: nil, hasHeader: true)
    return assembler.finish(headers: headers, dialect: dialect, convertsFromWindows1252: false)
  }

  // MARK: The document

  private mutating func decodePending(isLast: Bool) throws(DatasetError) {
    var index = 0
    while true {
      if scanned == 0 {
        index = skipBlanks(from: index)
        guard index < pending.count else { break }
      }
      guard let next = try step(at: index, isLast: isLast) else { break }
      index = next
    }
    drop(index)
  }

  /// Reads what stands at `index` and gives where the next thing stands; `nil` to wait for more.
  private mutating func step(at index: Int, isLast: Bool) throws(DatasetError) -> Int? {
    let byte = pending[index]
    moveMark(to: index)
    switch place {
    case .start:
      switch byte {
      case UInt8(ascii: "["): place = .beforeRow(isFirst: true)
      case UInt8(ascii: "{"): place = .beforeName(isFirst: true)
      default:
        guard JSONRowsDecoder.beginsValue(byte) else { throw unexpected(at: index) }
        throw notRows(.notAnArray, at: index)
      }
      return index + 1
    case .beforeRow(let isFirst):
      if isNewlineDelimited {
        guard byte == UInt8(ascii: "{") else { throw notRows(.rowIsNotAnObject, at: index) }
      } else if byte == UInt8(ascii: "]"), isFirst {
        place = .end
        return index + 1
      } else if byte != UInt8(ascii: "{") {
        guard JSONRowsDecoder.beginsValue(byte) else { throw unexpected(at: index) }
        throw notRows(.rowIsNotAnObject, at: index)
      }
      guard let end = try endOfValue(at: index, isLast: isLast, maxDepth: 1) else { return nil }
      try readObjectRow(index..<end)
      place = isNewlineDelimited ? .beforeRow(isFirst: false) : .afterRow
      return end
    case .afterRow, .afterListRow:
      let isList = if case .afterListRow = place { true } else { false }
      switch byte {
      case UInt8(ascii: ","):
        place = isList ? .beforeListRow(isFirst: false) : .beforeRow(isFirst: false)
      case UInt8(ascii: "]"): place = isList ? .afterMember : .end
      default: throw unexpected(at: index)
      }
      return index + 1
    case .beforeName(let isFirst):
      if byte == UInt8(ascii: "}"), isFirst { throw notRows(.badColumns, at: index) }
      guard byte == UInt8(ascii: "\"") else { throw unexpected(at: index) }
      guard let end = try endOfValue(at: index, isLast: isLast, maxDepth: 0) else { return nil }
      var reader = reader(index..<end)
      var name: [UInt8] = []
      do throws(JSONError) {
        try reader.readString(into: &name)
      } catch {
        throw .malformedJSON(error)
      }
      place = .afterName(String(copying: name.span))
      return end
    case .afterName(let name):
      guard byte == UInt8(ascii: ":") else { throw unexpected(at: index) }
      place = .beforeValue(name)
      return index + 1
    case .beforeValue(let name):
      // pandas calls the rows `data` (`orient="split"`).
      if name == "rows" || name == "data" {
        guard byte == UInt8(ascii: "[") else { throw notRows(.rowIsNotAnArray, at: index) }
        guard !headers.isEmpty else { throw notRows(.badColumns, at: index) }
        hasList = true
        place = .beforeListRow(isFirst: true)
        return index + 1
      }
      guard let end = try endOfValue(at: index, isLast: isLast, maxDepth: .max) else { return nil }
      try readMember(name, index..<end)
      place = .afterMember
      return end
    case .afterMember:
      switch byte {
      case UInt8(ascii: ","): place = .beforeName(isFirst: false)
      case UInt8(ascii: "}"):
        guard hasList else { throw notRows(.notAnArray, at: index) }
        place = .end
      default: throw unexpected(at: index)
      }
      return index + 1
    case .beforeListRow(let isFirst):
      if byte == UInt8(ascii: "]"), isFirst {
        place = .afterMember
        return index + 1
      }
      guard byte == UInt8(ascii: "[") else {
        guard JSONRowsDecoder.beginsValue(byte) else { throw unexpected(at: index) }
        throw notRows(.rowIsNotAnArray, at: index)
      }
      guard let end = try endOfValue(at: index, isLast: isLast, maxDepth: 1) else { return nil }
      try readListRow(index..<end)
      place = .afterListRow
      return end
    case .end:
      throw notRows(.trailingContent, at: index)
    }
  }

  /// Where the value at `index` ends; `nil` if more is needed.
  ///
  /// - Parameter maxDepth: how deep it may be nested. What goes deeper is given up to there, so
  ///   that reading it tells which cell it is.
  private mutating func endOfValue(at index: Int, isLast: Bool, maxDepth: Int)
    throws(DatasetError) -> Int?
  {
    let end = scanner.scan(pending, from: index + scanned, to: pending.count)
    let isTooDeep = scanner.deepest > maxDepth
    if scanner.longestString > options.limits.maxFieldBytes {
      throw .fieldTooLong(
        line: position(of: index).line, column: 1, limit: options.limits.maxFieldBytes)
    }
    if let end {
      scanner = JSONValueScanner()
      scanned = 0
      return end
    }
    scanned = pending.count - index
    return isLast || isTooDeep ? pending.count : nil
  }

  // MARK: Rows

  private mutating func readObjectRow(_ range: Range<Int>) throws(DatasetError) {
    var reader = reader(range)
    let line = reader.line
    let row = block.recordCount + assembler.recordCount
    var failure: DatasetError?
    var cell = room
    do throws(JSONError) {
      try reader.readObject { (reader, name) throws(JSONError) in
        let column: Int
        if let known = columns[name] {
          column = known
        } else {
          column = headers.count
          guard column < options.limits.maxColumns else {
            failure = .tooManyColumns(count: column + 1, limit: options.limits.maxColumns)
            throw reader.error(.trailingContent)
          }
          columns[copy name] = column
          headers.append(String(copying: name.span))
          lastRow.append(-1)
          block.addColumn()
        }
        guard lastRow[column] != row else {
          throw reader.error(.repeatedName(String(copying: name.span)))
        }
        lastRow[column] = row
        guard try readCell(&reader, into: &cell) else {
          failure = .notRows(
            line: reader.line, column: reader.column,
            problem: .nestedValue(column: headers[column]))
          throw reader.error(.trailingContent)
        }
        block.append(cell.span, toColumn: column)
      }
    } catch {
      throw failure ?? .malformedJSON(error)
    }
    room = cell
    block.endRows(1, line: line - 1)
    block.padColumns()
    try flushIfFull()
  }

  private mutating func readListRow(_ range: Range<Int>) throws(DatasetError) {
    var reader = reader(range)
    let line = reader.line
    var cells: [[UInt8]] = []
    var cell = room
    var failure: DatasetError?
    do throws(JSONError) {
      try reader.readArray { (reader) throws(JSONError) in
        guard try readCell(&reader, into: &cell) else {
          let name = cells.count < headers.count ? headers[cells.count] : "\(cells.count + 1)"
          failure = .notRows(
            line: reader.line, column: reader.column, problem: .nestedValue(column: name))
          throw reader.error(.trailingContent)
        }
        cells.append(cell)
      }
    } catch {
      throw failure ?? .malformedJSON(error)
    }
    if cells.count == headers.count {
      for (column, cell) in cells.enumerated() { block.append(cell.span, toColumn: column) }
      block.endRows(1, line: line - 1)
    } else {
      block.setAside(
        line: line - 1, reason: .fieldCount(count: cells.count, expected: headers.count),
        fields: cells)
    }
    try flushIfFull()
  }

  /// Reads a plain value's text; false when an array or object comes next.
  private func readCell(_ reader: inout JSONReader, into cell: inout [UInt8]) throws(JSONError)
    -> Bool
  {
    cell.removeAll(keepingCapacity: true)
    switch try reader.peek() {
    case UInt8(ascii: "{"), UInt8(ascii: "["): return false
    case UInt8(ascii: "\""): try reader.readString(into: &cell)
    case UInt8(ascii: "t"):
      try reader.readWord("true")
      cell.append(contentsOf: "true".utf8)
    case UInt8(ascii: "f"):
      try reader.readWord("false")
      cell.append(contentsOf: "false".utf8)
    case UInt8(ascii: "n"): try reader.readWord("null")
    default: cell.append(contentsOf: pending[try reader.readNumber()])
    }
    return true
  }

  private mutating func readMember(_ name: String, _ range: Range<Int>) throws(DatasetError) {
    var reader = reader(range)
    let value: JSONValue
    do throws(JSONError) {
      value = try reader.readValue(depth: 1, maxDepth: 64)
      guard reader.isAtEnd else { throw reader.error(.trailingContent) }
    } catch {
      throw .malformedJSON(error)
    }
    guard name == "columns" else { return }
    guard case .array(let elements) = value, headers.isEmpty, !elements.isEmpty else {
      throw notRows(.badColumns, at: range.lowerBound)
    }
    guard elements.count <= options.limits.maxColumns else {
      throw .tooManyColumns(count: elements.count, limit: options.limits.maxColumns)
    }
    for element in elements {
      guard case .string(let header) = element else {
        throw notRows(.badColumns, at: range.lowerBound)
      }
      headers.append(header)
      block.addColumn()
    }
  }

  private mutating func flushIfFull() throws(DatasetError) {
    if block.recordCount >= JSONRowsDecoder.rowsInBlock { try flush() }
  }

  private mutating func flush() throws(DatasetError) {
    // Rows carry their line in the document, from 0.
    try assembler.append(block.finish(), line: 1)
    // Columns that the assembler has not met have no cells yet.
    let pools = assembler.pools
    block.begin(pools: pools + Array(repeating: TextPool(), count: headers.count - pools.count))
  }

  // MARK: Positions

  private func skipBlanks(from start: Int) -> Int {
    var index = start
    while index < pending.count, [0x20, 0x09, 0x0A, 0x0D].contains(pending[index]) { index += 1 }
    return index
  }

  /// Forgets the first bytes of what is pending.
  private mutating func drop(_ count: Int) {
    moveMark(to: count)
    mark -= count
    lineStart -= count
    offset += count
    pending.removeFirst(count)
  }

  private mutating func moveMark(to index: Int) {
    (line, lineStart) = position(of: index)
    mark = index
  }

  private func position(of index: Int) -> (line: Int, lineStart: Int) {
    var place = (line: line, lineStart: lineStart)
    for position in mark..<max(mark, index) where pending[position] == 0x0A {
      place.line += 1
      place.lineStart = position + 1
    }
    return place
  }

  private func reader(_ range: Range<Int>) -> JSONReader {
    let place = position(of: range.lowerBound)
    return JSONReader(
      pending, range: range, line: place.line, lineStart: place.lineStart, offset: offset)
  }

  private func error(_ problem: JSONError.Problem, at index: Int) -> JSONError {
    let place = position(of: index)
    return JSONError(
      problem: problem, line: place.line, column: index - place.lineStart + 1,
      offset: offset + index)
  }

  private func unexpected(at index: Int) -> DatasetError {
    .malformedJSON(error(.unexpectedByte(pending[index]), at: index))
  }

  private func notRows(_ problem: JSONRowsProblem, at index: Int) -> DatasetError {
    let place = position(of: index)
    return .notRows(line: place.line, column: index - place.lineStart + 1, problem: problem)
  }

  private static func beginsValue(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"),
      UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
