// Shared by the targets of decoders: content is read whole, cut into pieces and on two threads in
// small blocks, and each must give the same table or the same error.

@testable import Datasets

/// What a decoder made of some content, down to every cell.
struct RowsLog: Equatable {
  var columns: [String] = []
  var cells: [[String?]] = []
  var numbers: [[UInt64?]] = []
  var lines: [Int] = []
  var setAside: [SetAsideRecord] = []
  var recordsRead = 0
  var dialect: TableDialect?
  var text: [UInt8] = []
  var fault: DatasetError?
}

/// Small limits, so that short inputs reach them.
private let limits = DecodingLimits(
  maxRows: 40, maxColumns: 12, maxFieldBytes: 100, maxContentBytes: 1800)

private func log(_ decoded: DecodedTable) -> RowsLog {
  let table = decoded.table
  var log = RowsLog()
  log.columns = table.columns.map { "\($0.header) \($0.key) \($0.isNumeric) \($0.isInteger)" }
  for row in 0..<table.rowCount {
    log.cells.append(table.columns.map { $0.text(at: row) })
    log.numbers.append(table.columns.map { $0.number(at: row)?.bitPattern })
    log.lines.append(table.line(ofRow: row))
    check(
      table.row(ofRecord: table.recordIndex(ofRow: row)) == row, "a row is not its record's")
    var line: [UInt8] = []
    table.appendRow(row, to: &line)
    log.text += line
  }
  log.setAside = table.setAside
  log.recordsRead = table.recordsRead
  check(
    table.recordsRead == table.rowCount + table.setAsideCount, "records that are neither")
  check(
    table.recordsRead <= limits.maxRows && table.columns.count <= limits.maxColumns, "over a limit")
  check(table.columns.allSatisfy { $0.rowCount == table.rowCount }, "a ragged table")
  log.dialect = table.dialect
  if let archive = decoded.archive {
    check(archive.recordCount == table.recordsRead, "records that are not kept")
    archive.appendHeader(to: &log.text)
    for record in 0..<archive.recordCount { archive.appendRecord(record, to: &log.text) }
  }
  return log
}

private func read(_ bytes: [UInt8], _ cuts: Cuts?, _ options: DecodingOptions) -> (
  log: RowsLog, table: Table?
) {
  do throws(DatasetError) {
    var decoder = TableDecoder(options)
    if var cuts {
      var start = 0
      while start < bytes.count {
        let end = min(bytes.count, start + cuts.size())
        try decoder.consume(bytes.span.extracting(start..<end))
        start = end
      }
    } else {
      try decoder.consume(bytes.span)
    }
    let decoded = try decoder.finish()
    return (log(decoded), decoded.table)
  } catch {
    return (RowsLog(fault: error), nil)
  }
}

/// Reads content in every way, and cleans what was read.
///
/// - Parameter input: a byte of choices, four bytes of cuts, then the content.
func checkRows(_ start: UnsafePointer<UInt8>, _ count: Int, format: DatasetFormat?) {
  guard count > 0 else { return }
  let choices = start[0]
  let (cuts, bytes) = split(start + 1, count - 1)
  var options = DecodingOptions(
    format: format, charset: [nil, nil, "utf-8", "windows-1252", "utf-16le"][Int(choices & 7) % 5],
    limits: limits, keepsText: choices & 8 != 0)
  let whole = read(bytes, nil, options)
  let cut = read(bytes, cuts, options)
  check(whole.log == cut.log, "whole \(whole.log), cut \(cut.log)")
  if choices & 128 != 0 {
    // In small blocks, of which the first also decides what separates the fields.
    options.blockLength = 64
    let blocks = read(bytes, nil, options)
    options.threadCount = 2
    let threaded = read(bytes, cuts, options)
    check(blocks.log == threaded.log, "one thread \(blocks.log), two \(threaded.log)")
  }
  guard let table = whole.table else { return }

  var cleaning = CleaningOptions()
  if choices & 16 != 0 { cleaning.missing = .median }
  if choices & 32 != 0 { cleaning.outliers = choices & 64 != 0 ? .clip : .setAside }
  do throws(DatasetError) {
    let dataset = try Dataset.clean(table, options: cleaning)
    let other = try Dataset.clean(table, options: cleaning, threads: 2)
    check(dataset.id == other.id, "cleaning depends on threads")
    check(dataset.usedRowCount > 1 && dataset.usedRowCount <= dataset.table.rowCount)
    for feature in dataset.features {
      check(
        dataset.numbers(ofColumn: feature).allSatisfy(\.isFinite), "a feature that is no number")
    }
    _ = Exploration(dataset, binCount: 5)
  } catch {}
}
