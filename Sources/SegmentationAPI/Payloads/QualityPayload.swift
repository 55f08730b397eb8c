import Datasets

/// What cleaning found, did and left alone, as `GET /datasets/{id}/quality` answers it.
struct QualityPayload {
  let dataset: Dataset

  /// Everything but the findings.
  var about: [JSON.Member] {
    let report = dataset.report
    let dialect = dataset.table.dialect
    let members: JSON = [
      "dataset_id": .string(dataset.id),
      "rows_read": .integer(report.rowsRead),
      "rows_used": .integer(report.rowsUsed),
      "rows_set_aside": .integer(report.rowsSetAside),
      "set_aside_by_reason": QualityPayload.counts(report.setAsideByReason),
      "duplicates_dropped": .integer(report.duplicatesDropped),
      "outliers_set_aside": .integer(dataset.outlierRows.count),
      "values_filled": .integer(report.filledCount),
      "values_clipped": .integer(report.clippedCount),
      "counts": QualityPayload.counts(report.countsByReason),
      "format": .string(dialect.format.rawValue),
      "encoding": .string(dialect.encoding.rawValue),
      "encoding_guessed": .bool(dialect.encodingIsGuessed),
      "delimiter": .string(dialect.delimiter.map { String(UnicodeScalar($0)) }),
      "header": .bool(dialect.hasHeader),
      "rfm": report.transactions.map(\.json) ?? .null,
      "columns": .array(report.columns.map(\.json)),
      "warnings": .array(report.warnings.map(\.json)),
      "findings": .integer(report.countsByReason.values.reduce(0, +)),
      "findings_listed": .integer(report.findings.count),
    ]
    guard case .object(let list) = members else { return [] }
    return list
  }

  /// The report with its first findings, for an answer that is not stored.
  func json(findings count: Int) -> JSON {
    let items = dataset.report.findings.prefix(count).map { JSON.object($0.members) }
    return .object(about + [.init(name: "items", value: .array(items))])
  }

  private static func counts(_ counts: [FindingReason: Int]) -> JSON {
    .object(
      counts.sorted { $0.key.rawValue < $1.key.rawValue }.map {
        .init(name: $0.key.rawValue, value: .integer($0.value))
      })
  }

  /// The names of the cells of a finding.
  static let columns = [
    "line", "column", "value", "reason", "action", "proposal", "replacement", "other_line",
  ]
}

extension CleaningFinding {
  var members: [JSON.Member] {
    [
      .init(name: "line", value: .integer(line)),
      .init(name: "column", value: .string(column)),
      .init(name: "value", value: .string(value.map { String($0.prefix(200)) })),
      .init(name: "reason", value: .string(reason.rawValue)),
      .init(name: "action", value: .string(action.rawValue)),
      .init(name: "proposal", value: .string(proposal)),
      .init(name: "replacement", value: .number(replacement)),
      .init(name: "other_line", value: .integer(otherLine)),
    ]
  }

  /// The finding as a fault of a request that was refused for it.
  var fault: ProblemDetails.Fault {
    .init(
      line: line, column: column, value: value.map { String($0.prefix(200)) },
      reason: reason.sentence)
  }
}

extension FindingReason {
  var sentence: String {
    switch self {
    case .missing: "no value"
    case .notANumber: "not a number"
    case .notADate: "not a date"
    case .notFinite: "not a finite number"
    case .tooFewFields: "fewer fields than the header"
    case .tooManyFields: "more fields than the header"
    case .identicalRow: "equal to an earlier row in every cell"
    case .repeatedID: "an id that another row has"
    case .zeroWeight: "a weight of 0"
    case .impossibleValue: "beyond what the column can hold"
    case .sentinelValue: "far from all others, and written as people write unknown"
    case .sentinelZero: "a zero far from all other numbers"
    case .nearMissCategory: "nearly another category"
    case .rareCategory: "a category that hardly anybody has"
    case .outlier: "far from the middle of the column"
    }
  }
}

extension QualityPayload {
  private static let finding = Schema.object([
    "line": .count, "column": .string.orNull, "value": .string.orNull,
    "reason": .words(FindingReason.self),
    "action": .words(["set_aside", "filled", "clipped", "dropped", "reported"]),
    "proposal": .string.orNull, "replacement": .number.orNull, "other_line": .count.orNull,
  ]).named("Finding")

  private static let about: Schema.Members = [
    "dataset_id": .datasetID, "rows_read": .count, "rows_used": .count, "rows_set_aside": .count,
    "set_aside_by_reason": .map(of: .count), "duplicates_dropped": .count,
    "outliers_set_aside": .count, "values_filled": .count, "values_clipped": .count,
    "counts": .map(of: .count), "format": .words(DatasetFormat.self), "encoding": .string,
    "encoding_guessed": .boolean, "delimiter": .string.orNull, "header": .boolean,
    "rfm": TransactionSummary.schema.orNull, "columns": .array(of: DatasetPayload.columnSchema),
    "warnings": .array(of: DatasetPayload.warningSchema), "findings": .count,
    "findings_listed": .count,
  ]

  /// The answer to a dry run, of a fit with what was asked for by `eda`.
  static let schema = Schema.object(about + ["items": .array(of: finding)]).named("Quality")
  static let drySchema = Schema.object(
    about + ["items": .array(of: finding)] + .optional(["eda": ExplorationPayload.schema])
  ).named("DryRun")

  static let listSchema = Schema.list(of: finding, about: about)
}
