import Clustering
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

/// What distances are taken over: a column of numbers, or one category of a column.
struct FitFeature {
  /// The column of the table.
  let column: Int
  /// The category; nil for a column of numbers.
  let level: CategoryLevel?
  /// How many categories share the column; 1 for numbers.
  let levelCount: Int
  let key: String
  let header: String
  let unit: String?

  /// Columns with more categories tell customers apart by rarities.
  static let levelLimit = 20

  /// The features of a dataset, in the order of the file, categories after the numbers.
  static func all(of dataset: Dataset, options: SegmentationOptions) -> [FitFeature] {
    var features = dataset.features.map { index in
      let column = dataset.table.columns[index]
      return FitFeature(
        column: index, level: nil, levelCount: 1, key: column.key, header: column.header,
        unit: column.unit)
    }
    guard options.categorical == .onehot else { return features }
    var keys = Set(dataset.table.columns.map(\.key))
    for index in dataset.roles.indices where dataset.roles[index] == .descriptive {
      let column = dataset.table.columns[index]
      // In the order of their names, since that of first appearance depends on the rows.
      let names = column.categoryCounts(in: dataset.rows).map(\.name).sorted()
      guard (2...levelLimit).contains(names.count) else { continue }
      for (number, name) in names.enumerated() {
        let slug = SegmentNaming.slug(name).split(separator: "-").joined(separator: "_")
        var key = "\(column.key)_\(slug.isEmpty ? String(number + 1) : slug)"
        while !keys.insert(key).inserted { key += "_\(number + 1)" }
        features.append(
          FitFeature(
            column: index,
            level: CategoryLevel(
              columnKey: column.key, columnHeader: column.header, name: name),
            levelCount: names.count, key: key, header: "\(column.header)=\(name)", unit: nil))
      }
    }
    return features
  }

  /// The values of features in the used rows.
  ///
  /// - Complexity: O(*n*) for each; memory of four bytes a row for the categories of one column.
  static func columns(of features: [FitFeature], in dataset: Dataset) -> [SampleColumn] {
    var known: (column: Int, categories: Categories)?
    return features.map { feature in
      guard let level = feature.level else {
        return SampleColumn(dataset.compactNumbers(ofColumn: feature.column))
      }
      // The categories of one column stand side by side.
      let categories: Categories
      if let known, known.column == feature.column {
        categories = known.categories
      } else {
        categories = dataset.table.columns[feature.column].categories()
        known = (feature.column, categories)
      }
      return .uint8(level.indicators(categories, in: dataset.rows))
    }
  }

  /// The scaling that keeps a column of categories from outweighing a number: two different ones
  /// are √(2 / levels) apart, whatever the scale of the numbers.
  var levelScaling: FeatureScaling {
    FeatureScaling(center: 0, spread: Double(levelCount).squareRoot())
  }
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
