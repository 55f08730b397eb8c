/// Why content could not be turned into a dataset.
///
/// Cases carry positions and values; sentences are made where an answer is written. Lines are
/// counted with the header as line 1, byte offsets from 0, columns of text from 1.
public enum DatasetError: Error, Equatable, Sendable {
  // MARK: The content as a whole

  /// There is not one record in the content.
  case emptyContent
  /// There is a header and nothing below it.
  case headerOnly
  /// The content is not text: a control byte no text has stands at `offset`.
  case binaryContent(offset: Int)
  /// A NUL byte stands in the text.
  case nulByte(line: Int, offset: Int)
  /// The character set named by the sender is none that is read here.
  case unsupportedEncoding(name: String)
  /// The content is longer than is taken.
  case contentTooLong(limit: Int)

  // MARK: Records and fields

  /// A quoted field that began on `line` never ends.
  case unclosedQuote(line: Int)
  /// One field is longer than is taken; `column` is the field's number, from 1.
  case fieldTooLong(line: Int, column: Int, limit: Int)
  /// The header has more columns than are taken.
  case tooManyColumns(count: Int, limit: Int)
  /// There are more records than are taken.
  case tooManyRows(limit: Int)

  // MARK: JSON

  /// The JSON is well-formed and yet no list of rows.
  case notRows(line: Int, column: Int, problem: JSONRowsProblem)
  /// The JSON is not well-formed.
  case malformedJSON(JSONError)

  // MARK: Columns and rows

  /// No column could be a feature: none holds numbers (`columns` are the keys there are).
  case noNumericColumn(columns: [String])
  /// Every numeric column has the same value in all rows.
  case allConstant(columns: [String])
  /// A column asked for is not there.
  case unknownColumn(name: String, suggestions: [String])
  /// A column asked for as a feature, weight or value does not hold numbers.
  case notNumeric(column: String)
  /// Rows are to be gathered as transactions, and no column of the table says what `option` (`id`,
  /// `date` or `amount`) names.
  case transactionColumnNotFound(option: String, columns: [String])
  /// A column asked for as dates holds none.
  case notDates(column: String)
  /// No transaction that counts is on or before the day.
  case noTransactionsBefore(day: CalendarDay)
  /// Fewer rows are left than a segmentation needs.
  case tooFewRows(count: Int)
  /// A weight is negative, not a number or missing.
  case badWeight(line: Int, value: String)
  /// Cells are missing and `missing=error` was asked for.
  case missingValues(count: Int, findings: [CleaningFinding])
  /// Rows would be set aside and `strict` was asked for.
  case strictFindings(count: Int, findings: [CleaningFinding])
}

/// In what way well-formed JSON is not a list of rows.
public enum JSONRowsProblem: Equatable, Sendable {
  /// The outermost value is neither an array nor an object with `columns` and `rows`.
  case notAnArray
  /// An element of the array is not an object.
  case rowIsNotAnObject
  /// An element of `rows` is not an array.
  case rowIsNotAnArray
  /// `columns` is missing, stands after `rows`, or is not an array of texts.
  case badColumns
  /// A cell holds an array or an object.
  case nestedValue(column: String)
  /// More text follows the end of the rows.
  case trailingContent
}
