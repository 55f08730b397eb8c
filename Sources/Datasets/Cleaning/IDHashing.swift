/// Replaces customer ids by codes that tell nothing without the key: equal ids have equal codes, in
/// every file and at any time.
///
/// A code is `hmac-` and the first 32 hexadecimal digits of the id's HMAC-SHA-256. What is a code
/// already stays as it is, so that a file that was handed out can be sent again.
public struct IDHashing: Sendable, Equatable {
  private let authentication: MessageAuthentication

  private static let prefix = Array("hmac-".utf8)
  /// 128 bits: among a billion customers two share a code once in 10²⁰ files.
  private static let digitCount = 32

  /// - Parameter key: secret bytes, 16 or more.
  public init(key: [UInt8]) {
    authentication = MessageAuthentication(key: key)
  }

  /// The code of an id.
  public func code(of id: String) -> String {
    var code: [UInt8] = []
    append(Array(id.utf8), to: &code)
    return String(decoding: code, as: UTF8.self)
  }

  private func append(_ id: [UInt8], to output: inout [UInt8]) {
    guard !Self.isCode(id) else {
      output += id
      return
    }
    output += Self.prefix
    for byte in authentication.code(of: id).prefix(Self.digitCount / 2) {
      Hexadecimal.append(byte, to: &output)
    }
  }

  private static func isCode(_ id: [UInt8]) -> Bool {
    id.count == prefix.count + digitCount && id.starts(with: prefix)
      && id.dropFirst(prefix.count).allSatisfy {
        switch $0 {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
      }
  }

  /// A column of ids with a code in place of each; missing ids stay missing.
  ///
  /// - Complexity: O(*n*) time; 41 bytes a row.
  func codes(of column: Column, threads: Int) -> Column {
    let parts = ParallelMap.map(column.segments.count, threads: threads) { index in
      codes(of: column, segment: index)
    }
    var tally = CellTally()
    for (_, part) in parts { tally.add(part) }
    return Column(
      name: column.name, style: nil, rowCount: column.rowCount, starts: column.starts,
      segments: parts.map(\.segment), pool: TextPool(), tally: tally)
  }

  private func codes(of column: Column, segment index: Int) -> (
    segment: ColumnSegment, tally: CellTally
  ) {
    let count = column.segments[index].rowCount
    var run = TextRun()
    var tally = CellTally()
    var id: [UInt8] = []
    var code: [UInt8] = []
    for row in 0..<count {
      id.removeAll(keepingCapacity: true)
      column.appendText(inSegment: index, at: row, to: &id)
      if column.read(id.span) == .missing {
        run.append(id.span)
        tally.count(.missing, times: 1)
      } else {
        code.removeAll(keepingCapacity: true)
        append(id, to: &code)
        run.append(code.span)
        tally.count(.text, times: 1)
      }
    }
    return (ColumnSegment(rowCount: count, cells: .plain(run)), tally)
  }
}

extension Table {
  /// The same table with codes in place of the ids in one of its columns.
  func hashingIDs(inColumn index: Int, by hashing: IDHashing, threads: Int) -> Table {
    var columns = columns
    columns[index] = hashing.codes(of: columns[index], threads: threads)
    var table = Table(
      columns: columns, rowCount: rowCount, recordsRead: recordsRead,
      setAsideCounts: setAsideCounts, setAside: setAside, dialect: dialect, lines: lines,
      records: records)
    table.origin = origin
    return table
  }
}
