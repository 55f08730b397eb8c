import Datasets

/// What the columns of a dataset look like, as `GET /datasets/{id}/eda` answers it.
struct ExplorationPayload {
  let dataset: Dataset
  let exploration: Exploration

  /// Explores a dataset.
  init(dataset: Dataset, binCount: Int = 10, threads: Int) {
    self.dataset = dataset
    exploration = Exploration(dataset, binCount: binCount, threads: threads)
  }

  var json: JSON {
    let keys = exploration.correlated.map { dataset.table.columns[$0].key }
    return [
      "dataset_id": .string(dataset.id),
      "rows": .integer(dataset.usedRowCount),
      "weighted": .bool(false),
      "notes": .array(notes.map { .string($0) }),
      "columns": .array(
        zip(exploration.columns, dataset.report.columns).map { column, report in
          .object(members(column, report))
        }),
      "correlations": [
        "columns": .array(keys.map { .string($0) }),
        "pearson": ExplorationPayload.matrix(exploration.pearson),
        "spearman": ExplorationPayload.matrix(exploration.spearman),
        "spearman_rows": .integer(exploration.spearmanRowCount),
      ],
      "category_means": .array(exploration.categoryMeans.map(means)),
      "hopkins": .number(exploration.hopkins),
      "hopkins_rows": .integer(exploration.hopkinsRowCount),
    ]
  }

  /// What a reader of the figures must know: which of them are of a sample, and that weights do not
  /// count.
  private var notes: [String] {
    var notes: [String] = []
    let count = dataset.usedRowCount
    if let weight = dataset.weightColumn {
      notes.append(
        "Each row counts once here, whatever its \(dataset.table.columns[weight].key); in a fit it counts that often."
      )
    }
    if exploration.correlated.count > 1, exploration.spearmanRowCount < count {
      notes.append(
        "Spearman's correlations are of a sample of \(exploration.spearmanRowCount) of \(count) rows."
      )
    }
    if exploration.hopkins != nil, exploration.hopkinsRowCount < count {
      notes.append(
        "The Hopkins statistic is of a sample of \(exploration.hopkinsRowCount) of \(count) rows.")
    }
    return notes
  }

  /// All of it for a person at a terminal: one table of columns, then how they go together.
  var text: [UInt8] {
    var out: [UInt8] = []
    func line(_ text: String = "") { out.append(contentsOf: "\(text)\n".utf8) }
    TextTable(columns: ExplorationPayload.columns, rows: rows).write(to: &out)
    let keys = exploration.correlated.map { dataset.table.columns[$0].key }
    if keys.count > 1 {
      for (name, matrix) in [("pearson", exploration.pearson), ("spearman", exploration.spearman)] {
        line()
        TextTable(
          columns: [name] + keys,
          rows: zip(keys, matrix).map { key, row in [.string(key)] + row.map { .number($0) } }
        ).write(to: &out)
      }
    }
    for means in exploration.categoryMeans {
      line()
      TextTable(
        columns: [means.column, "count"] + means.features.map { dataset.table.columns[$0].key },
        rows: means.groups.map { group in
          [.string(group.category.name), .integer(group.category.count)]
            + group.means.map { .number($0) }
        }
      ).write(to: &out)
    }
    for (column, explored) in zip(dataset.table.columns, exploration.columns)
    where !explored.top.isEmpty {
      line()
      TextTable(
        columns: ["most common \(column.key)", "count"],
        rows: explored.top.map { [.string($0.name), .integer($0.count)] }
      ).write(to: &out)
    }
    if let hopkins = exploration.hopkins {
      line()
      line("hopkins  \(TextTable.number(hopkins))  (0.5: no clusters; towards 1: clusters)")
    }
    for note in notes {
      line()
      line(note)
    }
    return out
  }

  private static func matrix(_ matrix: [[Double?]]) -> JSON {
    .array(matrix.map { .array($0.map { .number($0) }) })
  }

  private func members(_ column: ExploredColumn, _ report: ColumnReport) -> [JSON.Member] {
    zip(ExplorationPayload.columns, cells(column, report)).map {
      JSON.Member(name: $0, value: $1)
    } + [
      .init(
        name: "fences",
        value: column.numbers.map {
          .array([.number($0.fences.lowerBound), .number($0.fences.upperBound)])
        } ?? .null),
      .init(name: "histogram", value: histogram(column)),
      .init(
        name: "top",
        value: .array(
          column.top.map { ["value": .string($0.name), "count": .integer($0.count)] })),
      .init(name: "dates", value: dates(column)),
    ]
  }

  private func histogram(_ column: ExploredColumn) -> JSON {
    guard let histogram = column.numbers?.histogram else { return .null }
    return [
      "edges": .array(histogram.edges.map { .number($0) }),
      "counts": .array(histogram.counts.map { .integer($0) }),
    ]
  }

  private func dates(_ column: ExploredColumn) -> JSON {
    guard let dates = column.dates else { return .null }
    return [
      "earliest": .string(dates.earliest), "latest": .string(dates.latest),
      "order": .string(dates.order.rawValue),
    ]
  }

  private func means(_ means: CategoryMeans) -> JSON {
    let keys = means.features.map { dataset.table.columns[$0].key }
    return [
      "column": .string(means.column),
      "items": .array(
        means.groups.map { group in
          .object(
            [
              .init(name: "category", value: .string(group.category.name)),
              .init(name: "count", value: .integer(group.category.count)),
            ] + [
              .init(
                name: "means",
                value: .object(
                  zip(keys, group.means).map { .init(name: $0, value: .number($1)) }))
            ])
        }),
    ]
  }

  /// The names of the cells of a column in the forms that are tables.
  static let columns = [
    "key", "header", "unit", "role", "count", "missing", "distinct", "mean", "sd", "min", "q1",
    "median", "q3", "max", "skewness", "kurtosis", "outliers",
  ]

  /// One row a column: what fits in a table.
  var rows: [[JSON]] {
    zip(exploration.columns, dataset.report.columns).map(cells)
  }

  private func cells(_ column: ExploredColumn, _ report: ColumnReport) -> [JSON] {
    let numbers = column.numbers
    return [
      .string(column.key), .string(report.header), .string(report.unit),
      .string(report.role.word), .integer(column.count), .integer(column.missingCount),
      .integer(column.distinctCount), .number(numbers?.mean), .number(numbers?.standardDeviation),
      .number(numbers?.minimum), .number(numbers?.firstQuartile), .number(numbers?.median),
      .number(numbers?.thirdQuartile), .number(numbers?.maximum), .number(numbers?.skewness),
      .number(numbers?.kurtosis), .integer(numbers?.outlierCount),
    ]
  }
}

extension ExplorationPayload {
  private static let members: Schema.Members = [
    "key": .string, "header": .string, "unit": .string.orNull, "role": DatasetPayload.role,
    "count": .count, "missing": .count, "distinct": .count, "mean": .number.orNull,
    "sd": .number.orNull, "min": .number.orNull, "q1": .number.orNull, "median": .number.orNull,
    "q3": .number.orNull, "max": .number.orNull, "skewness": .number.orNull,
    "kurtosis": .number.orNull, "outliers": .count.orNull,
  ]

  private static let matrix = Schema.array(of: .array(of: .number.orNull))

  static let schema = Schema.object([
    "dataset_id": .datasetID, "rows": .count,
    "columns": .array(
      of: .object(
        members + [
          "fences": Schema.array(of: .number.orNull).orNull,
          "histogram": Schema.object([
            "edges": .array(of: .number), "counts": .array(of: .count),
          ]).orNull, "top": .array(of: .object(["value": .string, "count": .count])),
          "dates": Schema.object([
            "earliest": .string, "latest": .string, "order": .string,
          ]).orNull,
        ])),
    "correlations": .object([
      "columns": .array(of: .string), "pearson": matrix, "spearman": matrix,
      "spearman_rows": .count,
    ]),
    "category_means": .array(
      of: .object([
        "column": .string,
        "items": .array(
          of: .object([
            "category": .string, "count": .count, "means": .map(of: .number.orNull),
          ])),
      ])), "hopkins": .share.orNull, "weighted": .boolean, "notes": .array(of: .string),
    "hopkins_rows": .count,
  ]).named("Exploration")

  /// What `/datasets/{id}/eda` answers; with `flat=1` the rows of its table.
  static let answerSchema = Schema.any(of: [schema, .array(of: .object(members))])
}
