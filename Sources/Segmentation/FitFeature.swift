import Clustering
import Datasets

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
