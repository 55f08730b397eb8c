import Datasets

/// A dataset as the answers show it.
struct DatasetPayload {
  let dataset: Dataset

  var json: JSON {
    let report = dataset.report
    return [
      "id": .string(dataset.id),
      "rows_read": .integer(report.rowsRead),
      "rows_used": .integer(report.rowsUsed),
      "rows_set_aside": .integer(report.rowsRead - report.rowsUsed),
      "encoding": .string(dataset.table.dialect.encoding.rawValue),
      "rfm": report.transactions.map(\.json) ?? .null,
      "columns": .array(report.columns.map(\.json)),
      "warnings": .array(report.warnings.map(\.json)),
      "quality": .string("/datasets/\(dataset.id)/quality"),
      "eda": .string("/datasets/\(dataset.id)/eda"),
    ]
  }

  static let columns = [
    "dataset_id", "rows_read", "rows_used", "rows_set_aside", "columns", "bytes",
  ]
}

extension StoredDataset {
  /// The row of the dataset in the list of datasets.
  var row: [JSON.Member] {
    [
      .init(name: "dataset_id", value: .string(id)),
      .init(name: "rows_read", value: .integer(rowsRead)),
      .init(name: "rows_used", value: .integer(rowsUsed)),
      .init(name: "rows_set_aside", value: .integer(rowsRead - rowsUsed)),
      .init(name: "columns", value: .integer(columnCount)),
      .init(name: "bytes", value: .integer(byteCount)),
    ]
  }
}

extension ColumnReport {
  var json: JSON {
    var members: [JSON.Member] = [
      .init(name: "key", value: .string(key)),
      .init(name: "header", value: .string(header)),
    ]
    if let unit { members.append(.init(name: "unit", value: .string(unit))) }
    members.append(.init(name: "role", value: .string(role.word)))
    if let reason = role.reason { members.append(.init(name: "reason", value: .string(reason))) }
    members.append(.init(name: "missing", value: .integer(missingCount)))
    if missingCountWithoutTwins < missingCount {
      members.append(
        .init(
          name: "missing_without_duplicates", value: .integer(missingCountWithoutTwins)))
    }
    if badCount > 0 { members.append(.init(name: "unusable", value: .integer(badCount))) }
    if let numberStyle {
      let mark = String(numberStyle.decimalMark)
      members.append(
        .init(
          name: "number_format",
          value: ["decimal_mark": .string(mark), "unit": .string(numberStyle.unit)]))
    }
    if let valueSeparator {
      members.append(.init(name: "value_separator", value: .string(String(valueSeparator))))
    }
    return .object(members)
  }
}

extension ColumnRole {
  /// The word of the contract for this role.
  var word: String {
    switch self {
    case .id: "id"
    case .feature: "feature"
    case .descriptive: "descriptive"
    case .weight: "weight"
    case .ignored: "ignored"
    }
  }

  /// Why a column is ignored.
  var reason: String? {
    switch self {
    case .id, .feature, .descriptive, .weight: nil
    case .ignored(let reason): reason.sentence
    }
  }
}

extension IgnoredReason {
  var sentence: String {
    switch self {
    case .idLike: "id-like: nearly every row has its own value"
    case .constant: "constant: all rows have the same value"
    case .nearConstant: "near-constant: nearly all rows have the same value"
    case .duplicate(let column): "duplicate of \(column)"
    case .label: "label of an earlier clustering"
    case .freeText: "free text: nearly all texts differ"
    case .date: "date"
    case .code: "code: numbers that are names"
    case .index: "index: counts the rows"
    }
  }
}

extension DatasetWarning {
  /// The code of the contract.
  var code: String {
    switch self {
    case .encodingGuessed: "encoding_guessed"
    case .ignoredColumnAsFeature: "id_like_feature"
    case .looksLikeWeight: "looks_like_weight"
    case .noHeader: "no_header"
    case .rowsAlikeExceptID: "rows_alike_except_id"
    case .idsRepeat: "ids_repeat"
    case .transactionsGathered: "transactions_gathered"
    case .dateOrderGuessed: "date_order_guessed"
    }
  }

  var column: String? {
    switch self {
    case .ignoredColumnAsFeature(let column, _), .looksLikeWeight(let column),
      .idsRepeat(let column, _), .dateOrderGuessed(let column, _):
      column
    case .transactionsGathered(let summary): summary.id
    case .encodingGuessed, .noHeader, .rowsAlikeExceptID: nil
    }
  }

  var detail: String {
    switch self {
    case .encodingGuessed(let encoding):
      "The bytes are not UTF-8; they were read as \(encoding.rawValue)."
    case .ignoredColumnAsFeature(let column, let reason):
      "\(column) was asked for as a feature, yet it is \(reason.sentence)."
    case .looksLikeWeight(let column):
      "\(column) looks like a count of customers; say weight=\(column) if each row stands for that many."
    case .noHeader:
      "The first record holds numbers only, so it was read as a row and the columns were numbered."
    case .transactionsGathered(let summary):
      "The rows look like transactions: \(summary.transactionsUsed) of \(summary.customers) customers, by \(summary.id), \(summary.date) and \(summary.amount). They were gathered into one row a customer; rfm=false keeps rows as they are."
    case .dateOrderGuessed(let column, let order):
      "Every date in \(column) could be read with day and month either way round; they were read \(order). Write dates as 2026-11-21 to be sure."
    case .rowsAlikeExceptID(let count):
      "\(count) rows equal an earlier row in every cell but the id. They were kept; they may be the same customers under other ids."
    case .idsRepeat(let column, let distinct):
      "Most rows share their \(column) with another: \(distinct) different ones. These look like transactions, not customers."
    }
  }

  var json: JSON {
    var members: [JSON.Member] = [.init(name: "code", value: .string(code))]
    if let column { members.append(.init(name: "column", value: .string(column))) }
    members.append(.init(name: "detail", value: .string(detail)))
    return .object(members)
  }
}

extension DatasetPayload {
  /// What cleaning made of a column.
  static let columnSchema = Schema.object(
    ["key": .string.example("annual_income"), "header": .string, "role": role, "missing": .count]
      + .optional([
        "unit": .string, "reason": .string, "missing_without_duplicates": .count,
        "unusable": .count,
        "number_format": .object(["decimal_mark": .words([".", ","]), "unit": .string]),
        "value_separator": .string,
      ])
  ).named("Column")

  static let role = Schema.words(["id", "feature", "descriptive", "weight", "ignored"])

  /// A warning, of a dataset or of a run.
  static let warningSchema = Schema.object(
    ["code": .string.example("weak_structure"), "detail": .string]
      + .optional(["column": .string, "cluster": .count])
  ).named("Warning")

  static let schema = Schema.object([
    "id": .datasetID, "rows_read": .count, "rows_used": .count, "rows_set_aside": .count,
    "encoding": .string, "rfm": TransactionSummary.schema.orNull,
    "columns": .array(of: columnSchema), "warnings": .array(of: warningSchema),
    "quality": .link, "eda": .link,
  ]).named("Dataset")

  static let rowSchema = Schema.object([
    "dataset_id": .datasetID, "rows_read": .count, "rows_used": .count, "rows_set_aside": .count,
    "columns": .count, "bytes": .count,
  ]).named("DatasetRow")
}
