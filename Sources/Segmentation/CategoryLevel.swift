import Datasets

/// What becomes of descriptive columns.
public enum Categorical: String, Sendable, CaseIterable {
  /// They describe the segments and do not form them.
  case describe
  /// Each category is a feature, 1 for who has it and 0 for others.
  case onehot
}

/// One category of a descriptive column, as a feature.
public struct CategoryLevel: Sendable, Equatable {
  /// The key of the column it comes from.
  public let columnKey: String
  /// The header of that column.
  public let columnHeader: String
  /// The category, as the cells have it.
  public let name: String

  /// A category from its parts.
  public init(columnKey: String, columnHeader: String, name: String) {
    self.columnKey = columnKey
    self.columnHeader = columnHeader
    self.name = name
  }

  /// The value of the feature for a cell: 1 when it holds the category; a missing cell holds none.
  public func value(of text: String?) -> Double { text == name ? 1 : 0 }
}

extension CategoryLevel {
  /// 1 for each row that has the category, 0 for others.
  func indicators(_ categories: Categories, in rows: RowSelection) -> [UInt8] {
    let code = categories.names.firstIndex(of: name).map { Int32($0) } ?? -2
    var values: [UInt8] = []
    values.reserveCapacity(rows.count)
    for range in rows.ranges {
      values.append(contentsOf: categories.codes[range].lazy.map { $0 == code ? 1 : 0 })
    }
    return values
  }
}

extension Dataset {
  /// The value of a feature in a row: a number, or 1 and 0 for a category; nil where there is none.
  func value(ofRow row: Int, column: Int, level: CategoryLevel?) -> Double? {
    guard let level else { return number(ofRow: row, column: column) }
    return level.value(of: table.columns[column].text(at: row))
  }
}

extension Run {
  /// The values of a feature in the used rows, in their order.
  public func numbers(of feature: RunFeature) -> [Double] {
    guard let level = feature.level else { return dataset.numbers(ofColumn: feature.column) }
    return level.indicators(
      dataset.table.columns[feature.column].categories(), in: dataset.rows
    ).map(Double.init)
  }
}
