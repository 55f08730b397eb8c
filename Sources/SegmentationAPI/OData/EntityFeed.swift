import Datasets
import Segmentation

/// The entity sets of a run: flat tables with key columns, which a BI tool relates to each other.
struct EntityFeed: Sendable {
  /// The sets, in the order of the service document; `Profiles` and `Migrations` without their rows.
  let sets: [EntitySet]

  /// - Parameters:
  ///   - run: the run to tell of; without one its sets are empty.
  ///   - runs: rows of all runs, whatever run is told of.
  init(run: Run?, runs: [[JSON.Member]]) {
    var names = PropertyNames()
    // Names that stand in every set of customers come first, so that no column of a file takes them.
    let fixed = ["CustomerId", "SegmentId", "SegmentName", "Cluster", "Distance", "Margin"]
    for name in fixed { _ = names.name(for: name) }
    let columns = run.map { run in
      run.dataset.table.columns.indices.filter { $0 != run.dataset.idColumn }.map {
        (index: $0, name: names.name(for: run.dataset.table.columns[$0].header))
      }
    }
    var byKey: [String: String] = [:]
    if let run {
      for column in columns ?? [] {
        byKey[run.dataset.table.columns[column.index].key] = column.name
      }
    }
    sets = [
      Self.customers(run, columns ?? []),
      Self.set("Segments", "Segment", key: ["segment_id"], rows: run?.segmentRows ?? [], byKey),
      Self.set("Clusters", "Cluster", key: ["cluster"], rows: run?.clusterRows ?? [], byKey),
      Self.profiles(of: nil),
      Self.set("KSelection", "KCandidate", key: ["k"], rows: run?.candidateRows ?? [], [:]),
      Self.migrations(rows: StoredRows(values: [])),
      Self.set("Runs", "Run", key: ["run_id"], rows: runs, [:]),
    ]
  }

  /// The set of a name; nil when there is none.
  subscript(name: String) -> EntitySet? { sets.first { $0.name == name } }

  /// The profiles of a run, which are made only when they are asked for; of none without a run.
  static func profiles(of run: Run?) -> EntitySet {
    let keys = ["segment_id", "feature"]
    var names = PropertyNames()
    let properties = ProfilePayload.columns.map { column in
      EntitySet.Property(
        names.name(for: column), type(of: column, []) ?? .double,
        isNullable: !keys.contains(column))
    }
    let rows = run.map { ProfilePayload(run: $0).rows(of: $0.segments) } ?? []
    return EntitySet(
      name: "Profiles", typeName: "Profile",
      key: keys.compactMap { ProfilePayload.columns.firstIndex(of: $0) }, properties: properties,
      rows: StoredRows(values: rows.map { zip($0, properties).map { value($0, $1.type) } }))
  }

  /// The set of those who moved between two runs; counted only when it is asked for.
  static func migrations(rows: StoredRows) -> EntitySet {
    EntitySet(
      name: "Migrations", typeName: "Migration", key: [0, 1],
      properties: [
        .init("FromSegmentId", .string, isNullable: false),
        .init("ToSegmentId", .string, isNullable: false),
        .init("FromName", .string), .init("ToName", .string), .init("Customers", .int64),
      ], rows: rows)
  }

  // MARK: Customers

  private static func customers(_ run: Run?, _ columns: [(index: Int, name: String)])
    -> EntitySet
  {
    var properties = [EntitySet.Property("CustomerId", .string, isNullable: false)]
    if let run {
      properties += columns.map { column in
        .init(column.name, CustomerEntities.type(of: run.dataset.table.columns[column.index]))
      }
    }
    properties += [
      .init("SegmentId", .string), .init("SegmentName", .string), .init("Cluster", .int64),
      .init("Distance", .double), .init("Margin", .double),
    ]
    return EntitySet(
      name: "Customers", typeName: "Customer", key: [0], properties: properties,
      rows: run.map { CustomerEntities(run: $0, columns: columns.map(\.index)) }
        ?? StoredRows(values: []))
  }

  // MARK: Small tables

  /// Columns that hold no number, whether or not they hold anything now.
  private static let texts: Set<String> = [
    "segment_id", "segment_name", "name", "run_id", "dataset_id", "series", "feature", "goal",
    "stability_word", "rule", "persona", "description", "colour",
  ]
  private static let wholeNumbers: Set<String> = ["cluster", "k"]

  /// A set from the rows that the routes for people and scripts answer with.
  ///
  /// - Parameter byKey: the properties of customers by the key of their column: a mean bears the name
  ///   of what it is the mean of.
  private static func set(
    _ name: String, _ typeName: String, key: [String], rows: [[JSON.Member]],
    _ byKey: [String: String]
  ) -> EntitySet {
    let members = rows.first ?? key.map { JSON.Member(name: $0, value: .null) }
    var shown: [(index: Int, property: EntitySet.Property)] = []
    var names = PropertyNames()
    for (index, member) in members.enumerated() {
      guard let type = type(of: member.name, rows.map { $0[index].value }) else { continue }
      shown.append(
        (
          index,
          EntitySet.Property(
            names.name(for: byKey[member.name] ?? member.name), type,
            isNullable: !key.contains(member.name))
        ))
    }
    return EntitySet(
      name: name, typeName: typeName,
      key: key.compactMap { key in shown.firstIndex { members[$0.index].name == key } },
      properties: shown.map(\.property),
      rows: StoredRows(
        values: rows.map { row in shown.map { value(row[$0.index].value, $0.property.type) } }))
  }

  /// The type of a column; nil when it holds lists or objects, which do not fit into a flat table.
  private static func type(of name: String, _ values: [JSON]) -> ODataType? {
    if name.hasSuffix("_at") { return .dateTimeOffset }
    if texts.contains(name) { return .string }
    if wholeNumbers.contains(name) { return .int64 }
    var type: ODataType?
    for value in values {
      switch value {
      case .array, .object: return nil
      case .string: return .string
      case .bool: return .boolean
      // Counts are weights as well: the next run may have fractions.
      case .integer, .number: type = .double
      case .null: continue
      }
    }
    return type ?? .double
  }

  private static func value(_ cell: JSON, _ type: ODataType) -> ODataValue {
    switch (cell, type) {
    case (.integer(let value), .int64): .integer(value)
    case (.integer(let value), _): .number(Double(value))
    case (.number(let value), _): value.isFinite ? .number(value) : .null
    case (.bool(let value), _): .bool(value)
    case (.string(let value), .dateTimeOffset):
      Timestamp.milliseconds(value).map { .time($0) } ?? .null
    case (.string(let value), _): .text(value)
    case (.null, _), (.array, _), (.object, _): .null
    }
  }
}

/// The customers of a run, a cell at a time.
struct CustomerEntities: EntityRows {
  let run: Run
  /// The table columns behind the properties after the id.
  let columns: [Int]

  static func type(of column: Column) -> ODataType {
    column.isNumeric ? (column.isInteger ? .int64 : .double) : .string
  }

  var count: Int { run.dataset.table.rowCount }

  func value(row: Int, property: Int) -> ODataValue {
    if property == 0 { return .text(run.dataset.customerID(ofRow: row)) }
    if property <= columns.count {
      return cell(run.dataset.table.columns[columns[property - 1]], row)
    }
    guard let stand = run.dataset.standIn(forRow: row), let cluster = run.rowLabels[stand] else {
      return .null
    }
    switch property - columns.count {
    case 1: return .text(run.segments[cluster].id)
    case 2: return .text(run.segments[cluster].name)
    case 3: return .integer(cluster)
    default:
      guard let score = run.score(row: stand) else { return .null }
      return (property - columns.count == 4 ? score.distance : score.margin).map { .number($0) }
        ?? .null
    }
  }

  /// A number where the column holds numbers: what else stands in such a column is null.
  private func cell(_ column: Column, _ row: Int) -> ODataValue {
    switch Self.type(of: column) {
    case .int64: column.number(at: row).flatMap { Int(exactly: $0) }.map { .integer($0) } ?? .null
    case .double: column.number(at: row).map { .number($0) } ?? .null
    case .string, .boolean, .dateTimeOffset: column.text(at: row).map { .text($0) } ?? .null
    }
  }

  func row(key: [ODataValue], of set: EntitySet) -> Int? {
    guard case .text(let id) = key.first else { return nil }
    return run.row(ofCustomer: id)
  }
}

extension Run {
  fileprivate var segmentRows: [[JSON.Member]] {
    segments.map { SegmentPayload(run: self, segment: $0).row }
  }

  fileprivate var clusterRows: [[JSON.Member]] {
    clusters.map { ClusterPayload(run: self, cluster: $0).row }
  }

  fileprivate var candidateRows: [[JSON.Member]] {
    (choice?.candidates ?? []).map(\.members)
  }
}
