/// A list as every list route answers it: named columns, rows of cells, and what stands around them.
///
/// One value gives all four forms: `{"items":[…],"next":…}` in JSON (the bare array with `flat=1`),
/// CSV, NDJSON and an aligned text table.
struct RowSet: Sendable {
  /// Members that stand before `items` in the JSON form, such as `run_id`.
  var about: [JSON.Member] = []
  var columns: [String]
  var rows: [[JSON]]
  /// The cursor of the next page, nil on the last one.
  var next: String?
  /// The member that holds the rows in the JSON form.
  var itemsName = "items"

  init(about: [JSON.Member] = [], columns: [String], rows: [[JSON]], next: String? = nil) {
    self.about = about
    self.columns = columns
    self.rows = rows
    self.next = next
  }

  /// A list whose rows are objects with the same names, in the same order.
  init(about: [JSON.Member] = [], objects: [[JSON.Member]], columns: [String], next: String? = nil)
  {
    self.init(
      about: about, columns: columns, rows: objects.map { $0.map(\.value) }, next: next)
  }

  /// The list in `form`; what is not a form of a list answers as text.
  func encoded(as form: Form, flat: Bool = false, dialect: CSVDialect = CSVDialect()) -> [UInt8] {
    var out: [UInt8] = []
    switch form {
    case .json: writeJSON(to: &out, flat: flat)
    case .csv:
      dialect.writeMark(to: &out)
      dialect.writeRecord(columns.map { .string($0) }, to: &out)
      for row in rows { dialect.writeRecord(row, to: &out) }
    case .ndjson:
      for row in rows {
        writeObject(row, to: &out)
        out.append(UInt8(ascii: "\n"))
      }
    case .txt, .html, .md, .sql, .pmml, .onnx, .svg, .vegaLite, .css, .js, .events:
      TextTable(columns: columns, rows: rows).write(to: &out)
    }
    return out
  }

  private func writeJSON(to out: inout [UInt8], flat: Bool) {
    if !flat {
      out.append(UInt8(ascii: "{"))
      for member in about {
        JSON.write(member.name, to: &out)
        out.append(UInt8(ascii: ":"))
        member.value.write(to: &out)
        out.append(UInt8(ascii: ","))
      }
      JSON.write(itemsName, to: &out)
      out.append(UInt8(ascii: ":"))
    }
    out.append(UInt8(ascii: "["))
    for (index, row) in rows.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      writeObject(row, to: &out)
    }
    out.append(UInt8(ascii: "]"))
    if !flat {
      out.append(contentsOf: #","next":"#.utf8)
      JSON.string(next).write(to: &out)
      out.append(UInt8(ascii: "}"))
    }
  }

  private func writeObject(_ row: [JSON], to out: inout [UInt8]) {
    out.append(UInt8(ascii: "{"))
    for (index, cell) in row.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      JSON.write(columns[index], to: &out)
      out.append(UInt8(ascii: ":"))
      cell.write(to: &out)
    }
    out.append(UInt8(ascii: "}"))
  }
}
