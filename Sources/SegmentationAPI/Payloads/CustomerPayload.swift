import Datasets
import Segmentation

/// Customers as the answers show them: their cells as given, then where they belong.
struct CustomerTable: Sendable {
  let run: Run
  /// The table columns shown beside the id.
  private let shown: [Int]
  let columns: [String]
  private let withheld: Set<Int>

  /// - Parameter withheld: clusters whose customers are shown without a segment.
  init(run: Run, withheld: Set<Int> = []) {
    self.run = run
    self.withheld = withheld
    let table = run.dataset.table
    shown = table.columns.indices.filter { $0 != run.dataset.idColumn }
    columns =
      ["customer_id"]
      + shown.map { table.columns[$0].key }.map { $0 == "customer_id" ? "customer_id_given" : $0 }
      + ScoreCells.columns(of: run)
  }

  /// The cells of one row of the run's table.
  func row(_ row: Int) -> [JSON] {
    let dataset = run.dataset
    var cells: [JSON] = [.string(dataset.customerID(ofRow: row))]
    cells.reserveCapacity(columns.count)
    for index in shown { cells.append(CustomerTable.cell(dataset.table.columns[index], row: row)) }
    cells += ScoreCells.cells(run: run, row: row, withheld: withheld)
    return cells
  }

  /// A cell: a number where the column holds numbers, else the text as given.
  static func cell(_ column: Column, row: Int) -> JSON {
    if column.isNumeric, let number = column.number(at: row) { return .number(number) }
    return .string(column.text(at: row))
  }
}

/// The columns that a score adds to a row: `segment_id,segment_name,cluster,distance,margin`.
enum ScoreCells {
  static let columns = ["segment_id", "segment_name", "cluster", "distance", "margin"]

  /// The columns that a row of a run's own table gets: one more where outliers were set aside.
  static func columns(of run: Run) -> [String] {
    run.options.cleaning.outliers == .setAside ? columns + ["outlier"] : columns
  }

  /// The cells of a row of the run's own table; of a record that is no row when nil.
  static func cells(run: Run, row: Int?, withheld: Set<Int> = []) -> [JSON] {
    let stand = row.flatMap { run.dataset.standIn(forRow: $0) }
    var score = stand.flatMap { run.score(row: $0) }
    if let cluster = score?.cluster, withheld.contains(cluster) { score = nil }
    let scored = cells(run: run, score: score)
    guard run.options.cleaning.outliers == .setAside else { return scored }
    return scored + [stand.map { .bool(run.dataset.isOutlier(row: $0)) } ?? .null]
  }

  static func cells(run: Run, score: Score?) -> [JSON] {
    guard let score else { return [.null, .null, .null, .null, .null] }
    let segment = run.segments[score.cluster]
    return [
      .string(segment.id), .string(segment.name), .integer(score.cluster),
      .number(score.distance), .number(score.margin),
    ]
  }
}

/// One customer by itself, with the reason for the segment.
struct CustomerPayload {
  let run: Run
  let row: Int
  /// Clusters that are not told of.
  let withheld: Set<Int>

  var json: JSON {
    let table = CustomerTable(run: run, withheld: withheld)
    var members = zip(table.columns, table.row(row)).map {
      JSON.Member(name: $0, value: $1)
    }
    members.append(.init(name: "run_id", value: .string(run.id)))
    members.append(.init(name: "line", value: .integer(run.dataset.table.line(ofRow: row))))
    let stand = run.dataset.standIn(forRow: row)
    if let stand, let score = run.score(row: stand), withheld.contains(score.cluster) {
      members.append(.init(name: "second_segment_id", value: .null))
      members.append(
        .init(name: "reason", value: "The segment is too small to be told of to this key."))
    } else if let stand, let score = run.score(row: stand) {
      members.append(
        .init(
          name: "second_segment_id",
          value: .string(second(of: score).map { run.segments[$0].id })))
      members.append(.init(name: "reason", value: .string(reason(row: stand, score: score))))
    } else {
      members.append(.init(name: "second_segment_id", value: .null))
      members.append(
        .init(
          name: "reason",
          value: .string(
            "The row was set aside: see /datasets/\(run.dataset.id)/quality for the reason.")))
    }
    return .object(members)
  }

  private func second(of score: Score) -> Int? {
    score.secondCluster.flatMap { withheld.contains($0) ? nil : $0 }
  }

  /// Why this segment: the customer's figures beside the segment's.
  private func reason(row: Int, score: Score) -> String {
    let values = run.featureValues(row: row)
    let cluster = run.clusters[score.cluster]
    let figures = run.features.indices.map { index in
      "\(run.features[index].key) \(TextTable.number(values[index])) (segment \(TextTable.number(cluster.means[index])), all \(TextTable.number(run.features[index].mean)))"
    }
    var text = "Nearest to \(run.segments[score.cluster].name): \(figures.joined(separator: ", "))."
    if let second = second(of: score), let margin = score.margin {
      text +=
        margin < Run.borderlineMargin
        ? " Close to the border with \(run.segments[second].name)."
        : " Next would be \(run.segments[second].name)."
    }
    if run.dataset.isOutlier(row: row) {
      text +=
        " Its figures lie far from the others, so it was kept out of the fit and assigned after it."
    }
    return text
  }
}

extension CustomerTable {
  static let members: Schema.Members =
    ["customer_id": .string] + ScoreCells.members

  /// A customer in a list: members that are not named are the cells of the file.
  static let schema = Schema.object(members, others: .cell).named("Customer")

  static let listSchema = Schema.list(of: schema, about: Schema.ofRun + ["count": .count])
}

extension ScoreCells {
  static let members: Schema.Members =
    [
      "segment_id": .segmentID.orNull, "segment_name": .string.orNull, "cluster": .count.orNull,
      "distance": .number.orNull, "margin": .share.orNull,
    ] + .optional(["outlier": .boolean.orNull])
}

extension CustomerPayload {
  static let schema = Schema.object(
    CustomerTable.members + [
      "run_id": .runID, "line": .count, "second_segment_id": .segmentID.orNull,
      "reason": .string,
    ], others: .cell
  ).named("CustomerPage")
}
