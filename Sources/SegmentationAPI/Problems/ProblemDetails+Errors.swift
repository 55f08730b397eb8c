import HTTPServer
import Datasets
import Segmentation

// Errors become problems here, once, in exhaustive switches.

extension ProblemDetails {
  init(_ error: SegmentationError) {
    switch error {
    case .dataset(let error): self.init(error)
    case .clustering(let error):
      // Options and points are checked before a fit; what is left is a value beyond arithmetic.
      self.init(
        .unsuitableColumn,
        "The features cannot be clustered as they are (\(error)). Values beyond 1e150 or weights that are not positive are the usual cause."
      )
    case .tooManyClusters(let requested, let distinct):
      self.init(
        .tooManyClusters,
        "k=\(requested) asks for more clusters than there are different customers in the features: \(distinct). Choose k from 1 to \(distinct), or k=auto.",
        faults: [
          .init(
            pointer: "k", value: String(requested), reason: "above \(distinct) different customers")
        ])
    case .allCustomersAlike(let features):
      self.init(
        .constantColumns,
        "All customers have the same values in \(features.joined(separator: ", ")), so there is nothing to tell them apart by. Choose other features."
      )
    case .negativeUnderLogarithm(let column, let minimum):
      self.init(
        .unsuitableColumn,
        "scale=log needs values from 0 on, and \(column) has \(TextTable.number(minimum)). Choose another scale, or leave the column out with features=.",
        faults: [.init(column: column, value: TextTable.number(minimum), reason: "below 0")])
    case .missingFeatures(let names, let available):
      self.init(
        .unknownColumn,
        "The run needs \(names.joined(separator: ", ")), and the rows have \(available.joined(separator: ", ")). Name the columns as in the file that was segmented.",
        faults: names.map { .init(column: $0, reason: "not in the rows") })
    case .noCurrentRun(let series):
      self.init(
        .noRun,
        series == "default"
          ? "Nothing has been segmented yet: curl --data-binary @customers.csv localhost:8080/segments"
          : "No run is current in the series \(series).")
    case .noEarlierRun(let series):
      self.init(
        .noRun,
        "The series \(series) has one run only, and nothing to compare it with. Post the customers again later, or name two runs with from= and to=."
      )
    case .unknownRun(let id):
      self.init(.notFound, "There is no run \(id); GET /runs lists those there are.")
    case .unknownDataset(let id):
      self.init(.notFound, "There is no dataset \(id); GET /datasets lists those there are.")
    case .unknownSegment(let id, let series):
      self.init(
        .notFound,
        "No run of the series \(series) has a segment \(id); GET /segments lists those there are.")
    case .seriesChanged(let series):
      self.init(
        .preconditionFailed,
        "The series \(series) has changed in the meantime. Get the segment again and repeat the change with its new ETag in If-Match."
      )
    case .storeFull(let needed, let free, let budget):
      self.init(
        .storeFull,
        "This needs \(needed) bytes and \(max(0, free)) of \(budget) (max_store_bytes) are free. Nothing was stored and nothing was lost; DELETE /datasets/{id} makes room.",
        limit: "max_store_bytes")
    case .damaged(let id, let reason):
      self.init(
        .storedDataDamaged,
        "What was stored as \(id) is damaged (\(reason)). It has been set aside and is not served; post the customers again."
      )
    case .diskFull(let reason):
      self.init(.diskFull, "The disk is full (\(reason)). Nothing was stored and nothing was lost.")
    case .storeUnavailable(let reason):
      self.init(
        .storeUnavailable,
        "The folder of the store cannot be used (\(reason)). Nothing was stored and nothing was lost."
      )
    case .cancelled:
      self.init(.stopping, "The fit was given up because nobody waits for it any more.")
    }
  }

  init(_ error: DatasetError) {
    switch error {
    case .emptyContent:
      self.init(
        .emptyContent,
        "The request has no content. Send the file: curl --data-binary @customers.csv localhost:8080/segments"
      )
    case .headerOnly:
      self.init(.headerOnly, "The file has a header and no row below it.")
    case .binaryContent(let offset):
      self.init(
        .binaryContent,
        "Byte \(offset) is one that no text has. Export the sheet as CSV (UTF-8) and send that.")
    case .nulByte(let line, let offset):
      self.init(
        .nulByte,
        "Line \(line) holds a NUL byte (byte \(offset) of the content). Export the file as UTF-8, or as UTF-16 with a byte order mark.",
        faults: [.init(line: line, reason: "NUL byte")])
    case .unsupportedEncoding(let name):
      self.init(
        .unsupportedMediaType,
        "The charset \(name) is not read here. Send UTF-8, UTF-16 with a byte order mark, ISO-8859-1 or Windows-1252."
      )
    case .contentTooLong(let limit):
      self.init(
        .contentTooLarge, "The content is longer than \(limit) bytes, the limit max_body_bytes.",
        limit: "max_body_bytes")
    case .unclosedQuote(let line):
      self.init(
        .unclosedQuote,
        "A quote opened on line \(line) is never closed. Close it, or write a quote inside a quoted field twice.",
        faults: [.init(line: line, reason: "quote never closed")])
    case .fieldTooLong(let line, let column, let limit):
      self.init(
        .fieldTooLong,
        "Field \(column) on line \(line) is longer than \(limit) bytes, the limit max_field_bytes. A missing quote or line break is the usual cause.",
        limit: "max_field_bytes",
        faults: [.init(line: line, column: String(column), reason: "longer than \(limit) bytes")])
    case .tooManyColumns(let count, let limit):
      self.init(
        .tooManyColumns,
        "The header has \(count) columns or more, above the limit max_columns of \(limit). Send the columns that describe customers.",
        limit: "max_columns")
    case .tooManyRows(let limit):
      self.init(
        .tooManyRows, "There are more than \(limit) rows, the limit max_rows.", limit: "max_rows")
    case .notRows(let line, let column, let problem):
      self.init(
        .notRows,
        "\(problem.sentence) (line \(line), column \(column)). Send an array of objects, or {\"columns\":[…],\"rows\":[[…]]}.",
        faults: [.init(line: line, reason: problem.sentence)])
    case .malformedJSON(let error):
      self.init(
        .malformedJSON,
        "The JSON breaks off being JSON at line \(error.line), column \(error.column): \(error.problem.sentence).",
        faults: [.init(line: error.line, reason: error.problem.sentence)])
    case .noNumericColumn(let columns):
      self.init(
        .noNumericColumn,
        "None of the columns holds numbers to cluster by: \(Self.list(columns)). Send at least one such as age, income or spending; features= can name a column that was ignored."
      )
    case .allConstant(let columns):
      self.init(
        .constantColumns,
        "Every usable column holds one value only: \(Self.list(columns)). There is nothing to tell customers apart by."
      )
    case .unknownColumn(let name, let suggestions):
      let hint =
        suggestions.isEmpty ? "" : " Did you mean \(suggestions.joined(separator: " or "))?"
      self.init(
        .unknownColumn, "The file has no column \(name).\(hint)",
        faults: [.init(column: name, reason: "not in the file")],
        extensions: suggestions.isEmpty
          ? [] : [.init(name: "did_you_mean", value: .array(suggestions.map { .string($0) }))])
    case .notNumeric(let column):
      self.init(
        .unsuitableColumn, "\(column) does not hold numbers. Choose a numeric column.",
        faults: [.init(column: column, reason: "not numeric")])
    case .transactionColumnNotFound(let option, let columns):
      self.init(
        .unknownColumn,
        "The rows are to be read as transactions, and no column could be recognised as the \(option == "id" ? "customer" : option). Name it with \(option)=; the columns are \(Self.list(columns)).",
        faults: [.init(pointer: option, reason: "no such column was recognised")])
    case .notDates(let column):
      self.init(
        .unsuitableColumn,
        "\(column) does not hold dates such as 2026-11-21, 21.11.2026 or 11/21/2026. Choose another column with date=.",
        faults: [.init(column: column, reason: "holds no dates")])
    case .noTransactionsBefore(let day):
      self.init(
        .tooFewRows,
        "No transaction with a customer, a date and an amount is dated on or before \(day). Choose a later as_of.",
        faults: [
          .init(pointer: "as_of", value: "\(day)", reason: "before the first transaction")
        ])
    case .tooFewRows(let count):
      self.init(
        .tooFewRows,
        "\(count == 1 ? "One row is" : "\(count) rows are") left to cluster, and at least two are needed. missing=median keeps rows with gaps; features= leaves columns out."
      )
    case .badWeight(let line, let value):
      self.init(
        .badWeight,
        "Line \(line) has \(value.isEmpty ? "no weight" : "the weight \(value)"). A weight is a positive number.",
        faults: [.init(line: line, value: value, reason: "not a positive number")])
    case .missingValues(let count, let findings):
      self.init(
        .missingValues,
        "\(count) values are missing, and missing=error was asked for. Mend the lines listed, or choose missing=drop or missing=median.",
        faults: findings.map(\.fault), faultCount: count)
    case .strictFindings(let count, let findings):
      self.init(
        .setAsideRows,
        "\(count) rows would be set aside, and strict=true was asked for; nothing was stored. Mend the lines listed, or leave strict out.",
        faults: findings.map(\.fault), faultCount: count)
    }
  }

  /// At most ten names, and how many more there are.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(10).joined(separator: ", ")
    return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
  }
}

extension JSONRowsProblem {
  var sentence: String {
    switch self {
    case .notAnArray: "the JSON is neither an array nor an object with columns and rows"
    case .rowIsNotAnObject: "a row is not an object"
    case .rowIsNotAnArray: "a member of rows is not an array"
    case .badColumns: "columns is missing, stands after rows, or is not an array of texts"
    case .nestedValue(let column): "the cell of \(column) holds an array or an object"
    case .trailingContent: "text follows the end of the rows"
    }
  }
}

extension JSONError.Problem {
  var sentence: String {
    switch self {
    case .unexpectedEnd: "it ends too early"
    case .unexpectedByte(let byte):
      byte > 32 && byte < 127
        ? "'\(Character(Unicode.Scalar(byte)))' cannot stand here"
        : "byte \(byte) cannot stand here"
    case .badNumber: "a number is malformed"
    case .badEscape: "an escape is malformed"
    case .controlCharacterInString: "a control character stands in a string"
    case .notUTF8: "a string is not UTF-8"
    case .tooDeep(let limit): "it is nested deeper than \(limit)"
    case .repeatedName(let name): "the name \(name) stands twice in one object"
    case .trailingContent: "text follows its end"
    }
  }
}

extension ProblemDetails {
  /// A problem with a bound, and the setting that changes it.
  init(
    _ type: ProblemType, _ detail: String, limit setting: String, faults: [Fault] = [],
    fields: [(name: String, value: String)] = []
  ) {
    self.init(
      type, detail.contains(setting) ? detail : "\(detail) The setting is \(setting).",
      faults: faults, extensions: [.init(name: "setting", value: .string(setting))],
      fields: fields)
  }

  init(_ fault: MultipartFault) {
    let reason =
      switch fault {
      case .boundaryInvalid: "the Content-Type has no boundary, or one that RFC 2046 forbids"
      case .delimiterInvalid: "a boundary is followed by neither a line break nor two dashes"
      case .partHeadInvalid: "the header lines of a part are malformed"
      case .partHeadTooLarge(let limit): "the header lines of a part exceed \(limit)"
      case .tooManyParts(let limit): "there are more than \(limit) parts"
      case .truncated: "the content ends before its closing boundary"
      }
    self.init(
      .malformedMultipart,
      "The form could not be read: \(reason). curl writes one with -F file=@customers.csv.")
  }

  init(_ fault: HTTPFault) {
    switch fault {
    case .requestLineInvalid, .targetInvalid, .fieldLineInvalid, .hostInvalid, .framingInvalid,
      .chunkInvalid:
      self.init(.badRequest, fault.description)
    case .requestTimeout: self.init(.requestTimeout, fault.description)
    case .lengthRequired: self.init(.lengthRequired, fault.description)
    case .contentTooLarge(DocumentReceiver.limit):
      // What is no rows has a bound of its own, which no setting changes.
      self.init(.contentTooLarge, fault.description)
    case .contentTooLarge: self.init(.contentTooLarge, fault.description, limit: "max_body_bytes")
    case .targetTooLong: self.init(.uriTooLong, fault.description)
    case .expectationUnknown: self.init(.expectationFailed, fault.description)
    case .fieldLineTooLong, .fieldSectionTooLarge, .tooManyFields:
      self.init(.fieldsTooLarge, fault.description)
    case .methodNotImplemented, .transferCodingNotImplemented:
      self.init(.notImplemented, fault.description)
    case .overloaded(let bound, let delay):
      let setting =
        switch bound {
        case .queue: "max_queue"
        case .connections: "max_connections"
        case .connectionsPerAddress: "max_connections_per_address"
        }
      self.init(
        .overloaded, fault.description, limit: setting,
        fields: [("Retry-After", String(max(1, delay.components.seconds)))])
    case .answerTimeout:
      self.init(
        .overloaded, fault.description, limit: "request_timeout", fields: [("Retry-After", "10")])
    case .versionNotSupported: self.init(.versionNotSupported, fault.description)
    }
  }
}
