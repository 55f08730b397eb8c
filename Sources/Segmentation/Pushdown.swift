/// The GROUP BY that compresses customers in the warehouse to weighted distinct rows.
///
/// K-means on distinct rows with their counts as weights is the same problem as on all rows, so
/// nothing is lost for columns that hold few different values. A column of continuous values has a
/// step: values that fall into the same step count as one, their mean, which keeps the mean of the
/// column and moves no value by more than a step.
///
/// - SeeAlso: Zhang, Ramakrishnan, Livny 1996, doi:10.1145/233269.233324, on clustering summaries.
public struct Pushdown: Sendable, Equatable {
  /// A column to group by.
  public struct Feature: Sendable, Equatable {
    /// The column's name in the table.
    public var name: String
    /// The width of the intervals whose values count as one; nil when each value counts.
    public var step: Double?
    /// Whether it holds categories, and a row without one still counts.
    public var isCategory = false

    /// A feature from its parts.
    public init(name: String, step: Double? = nil, isCategory: Bool = false) {
      self.name = name
      self.step = step
      self.isCategory = isCategory
    }
  }

  /// The columns to group by, in their order.
  public var features: [Feature]
  /// The table as a user would write it: `shop.customers`.
  public var table: String
  /// The database it lies in.
  public var dialect: SQLDialect

  /// A push-down from its parts.
  public init(features: [Feature], table: String, dialect: SQLDialect) {
    self.features = features
    self.table = table
    self.dialect = dialect
  }

  /// A name for the column of counts that no feature has.
  public var weightName: String {
    var name = "customers"
    let taken = Set(features.map { $0.name.lowercased() })
    while taken.contains(name) { name += "_" }
    return name
  }

  /// The statement, without a comment and without a semicolon.
  ///
  /// Rows that lack a value are left out, as a fit sets them aside.
  public var text: String {
    // With the table's name before it no column is mistaken for a result of the same name.
    let columns = features.map { feature -> String in
      let column = "t.\(dialect.identifier(feature.name))"
      let value = feature.step == nil ? column : "AVG(\(dialect.double(column)))"
      return "\(value) AS \(dialect.identifier(feature.name))"
    }
    let groups = features.map { feature -> String in
      let column = "t.\(dialect.identifier(feature.name))"
      guard let step = feature.step else { return column }
      return "FLOOR(\(dialect.double(column)) / \(dialect.constant(step)))"
    }
    let present = features.filter { !$0.isCategory }.map { feature -> String in
      let column = "t.\(dialect.identifier(feature.name))"
      return dialect == .sqlite ? "NULLIF(\(column), '') IS NOT NULL" : "\(column) IS NOT NULL"
    }
    return """
      SELECT \(columns.joined(separator: ", ")), COUNT(*) AS \(dialect.identifier(weightName))
      FROM \(dialect.table(table)) AS t
      WHERE \(present.joined(separator: " AND "))
      GROUP BY \(groups.joined(separator: ", "))
      """
  }
}
