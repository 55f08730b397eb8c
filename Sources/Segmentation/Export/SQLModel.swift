/// A model as one SELECT that adds to each row of a table its cluster, segment, distance and
/// whether it is far.
///
/// Rows that lack a value, or hold one too large to have a distance, get NULL in all of them. No
/// function of the user's own is needed; the labels are those of ``Run/score(_:)``, ties included,
/// since each step is the same operation on the same 64-bit numbers. Only under `scale=log` is the
/// logarithm the database's own, which may differ in the last place.
public struct SQLModel: Sendable {
  private let model: ScoringModel
  private let dialect: SQLDialect
  private let table: String
  private let names: ScoringModel.ColumnNames

  /// - Parameters:
  ///   - table: the table as a user would write it: `shop.customers`.
  ///   - names: whether its columns are called by their keys or by the headers of the file.
  public init(
    _ model: ScoringModel, dialect: SQLDialect, table: String,
    names: ScoringModel.ColumnNames = .key
  ) {
    self.model = model
    self.dialect = dialect
    self.table = dialect.table(table)
    self.names = names
  }

  /// The statement, with a comment before it and no semicolon behind.
  public var text: String {
    switch dialect {
    case .ansi, .postgres, .spark, .trino: lateral
    case .duckdb, .snowflake, .bigquery: excluding
    case .sqlite: correlated
    }
  }

  // MARK: The parts

  private var featureIndices: Range<Int> { 0..<model.features.count }
  private var segmentIndices: Range<Int> { 0..<model.segments.count }

  /// The scaled value of a feature; NULL outside its domain.
  private func scaled(_ index: Int, of row: String) -> String {
    let feature = model.features[index]
    let scaling = feature.scaling
    let column = "\(row).\(dialect.identifier(model.columnName(of: feature, names)))"
    if let level = feature.level {
      // NULL is no category.
      let indicator =
        "CASE WHEN \(dialect.text(column)) = \(dialect.constant(level.name)) "
        + "THEN \(dialect.constant(1.0)) ELSE \(dialect.constant(0.0)) END"
      return
        "(\(indicator) - \(dialect.constant(scaling.center))) / \(dialect.constant(scaling.spread))"
    }
    let value = dialect.double(column)
    let domain = scaling.domain
    let numerator = scaling.isLogarithmic ? "LN(\(dialect.constant(1.0)) + \(value))" : value
    return
      "CASE WHEN \(value) BETWEEN \(dialect.constant(domain.lowerBound)) AND "
      + "\(dialect.constant(domain.upperBound)) THEN "
      + "(\(numerator) - \(dialect.constant(scaling.center))) / "
      + "\(dialect.constant(scaling.spread)) END"
  }

  /// The squared distance to a centroid.
  private func squaredDistance(_ segment: Int, z: (Int) -> String) -> String {
    zip(featureIndices, model.segments[segment].centroid).map { feature, coordinate in
      let difference = "(\(z(feature)) - \(dialect.constant(coordinate)))"
      return "\(difference) * \(difference)"
    }.joined(separator: " + ")
  }

  /// The first cluster whose distance is the smallest one.
  private func nearest(smallest: String, d: (Int) -> String) -> String {
    let cases = segmentIndices.map { "WHEN \(d($0)) THEN \($0)" }
    return "CASE \(smallest) \(cases.joined(separator: " ")) END"
  }

  private func lookup(_ cluster: String, _ value: (ScoringModel.Segment) -> String) -> String {
    let cases = zip(segmentIndices, model.segments).map { "WHEN \($0) THEN \(value($1))" }
    return "CASE \(cluster) \(cases.joined(separator: " ")) END"
  }

  private func segmentID(_ cluster: String) -> String {
    "\(lookup(cluster) { dialect.constant($0.id) }) AS segment_id"
  }

  private func segmentName(_ cluster: String) -> String {
    "\(lookup(cluster) { dialect.constant($0.name) }) AS segment_name"
  }

  private func far(_ cluster: String, distance: String) -> String {
    "\(distance) > \(lookup(cluster) { dialect.constant($0.farDistance) }) AS far"
  }

  /// What is selected beside the row itself.
  private func results(cluster: String, distance: String) -> String {
    """
      \(segmentID(cluster)),
      \(segmentName(cluster)),
      \(cluster) AS cluster,
      \(distance) AS distance,
      \(far(cluster, distance: distance))
    """
  }

  private func list(_ items: [String]) -> String {
    items.joined(separator: ",\n    ")
  }

  // MARK: The shapes

  /// Rows are joined with what is made of them (SQL:1999, T491), so that no column is left over.
  private var lateral: String {
    let z = list(featureIndices.map { "\(scaled($0, of: "t")) AS z\($0)" })
    let d = list(segmentIndices.map { "\(squaredDistance($0) { "z.z\($0)" }) AS d\($0)" })
    let smallest = dialect.least(segmentIndices.map { "d.d\($0)" })
    let cluster = nearest(smallest: "m.smallest") { "d.d\($0)" }
    // Without it PostgreSQL would put each expression into the next and compute it many times.
    let once = dialect == .postgres ? "\n  OFFSET 0" : ""
    return """
      \(comment)
      SELECT t.*,
      \(results(cluster: "n.nearest", distance: "n.distance"))
      FROM \(table) AS t
      CROSS JOIN LATERAL (SELECT
          \(z)\(once)) AS z
      CROSS JOIN LATERAL (SELECT
          \(d)\(once)) AS d
      CROSS JOIN LATERAL (SELECT \(smallest) AS smallest\(once)) AS m
      CROSS JOIN LATERAL (SELECT \(cluster) AS nearest, SQRT(m.smallest) AS distance\(once)) AS n
      """
  }

  /// Helping columns are carried along and left out at the end.
  private var excluding: String {
    let z = list(featureIndices.map { "\(scaled($0, of: "t")) AS segmentd_z\($0)" })
    let d = list(
      segmentIndices.map { "\(squaredDistance($0) { "segmentd_z\($0)" }) AS segmentd_d\($0)" })
    let smallest = dialect.least(segmentIndices.map { "segmentd_d\($0)" })
    let cluster = nearest(smallest: "segmentd_smallest") { "segmentd_d\($0)" }
    let helpers =
      featureIndices.map { "segmentd_z\($0)" } + segmentIndices.map { "segmentd_d\($0)" }
      + ["segmentd_smallest", "segmentd_nearest", "segmentd_distance"]
    let keyword = dialect == .bigquery ? "EXCEPT" : "EXCLUDE"
    return """
      \(comment)
      WITH scaled AS (SELECT t.*,
          \(z)
        FROM \(table) AS t),
      distances AS (SELECT scaled.*,
          \(d)
        FROM scaled),
      smallest AS (SELECT distances.*, \(smallest) AS segmentd_smallest FROM distances),
      nearest AS (SELECT smallest.*,
          \(cluster) AS segmentd_nearest,
          SQRT(segmentd_smallest) AS segmentd_distance
        FROM smallest)
      SELECT nearest.* \(keyword) (\(helpers.joined(separator: ", "))),
      \(results(cluster: "segmentd_nearest", distance: "segmentd_distance"))
      FROM nearest
      """
  }

  /// One nested query a value; the distance is taken again for the cluster that was found.
  private var correlated: String {
    let z = list(featureIndices.map { "\(scaled($0, of: "t")) AS z\($0)" })
    let d = list(segmentIndices.map { "\(squaredDistance($0) { "z\($0)" }) AS d\($0)" })
    let smallest = dialect.least(segmentIndices.map { "d\($0)" })
    let cluster = nearest(smallest: smallest) { "d\($0)" }
    let distances = "FROM (SELECT\n    \(d)\n  FROM (SELECT\n    \(z)))"
    return """
      \(comment)
      SELECT n.*,
        \(segmentID("n.cluster")),
        \(segmentName("n.cluster")),
        \(far("n.cluster", distance: "n.distance"))
      FROM (SELECT t.*,
        (SELECT \(cluster)
        \(distances)) AS cluster,
        (SELECT SQRT(\(smallest))
        \(distances)) AS distance
        FROM \(table) AS t) AS n
      """
  }

  private var comment: String {
    let text = "-- Segments of segmentd for \(dialect.rawValue): one row out for each row in."
    guard model.features.contains(where: \.scaling.isLogarithmic) else { return text }
    return text
      + "\n-- LN is this database's own: it may differ in the last place, and then so may the segment of"
      + "\n-- a customer who stands on the border of two."
  }
}
