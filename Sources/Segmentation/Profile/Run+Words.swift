import Datasets

/// The figures of a segment in words, for personas and actions.
extension Run {
  /// A value of a feature with its unit: `86.5 k$`.
  func words(_ value: Double, feature: Int) -> String {
    words(value, unit: features[feature].unit)
  }

  private func words(_ value: Double, unit: String?) -> String {
    ReadableNumber.short(value) + (unit.map { " \($0)" } ?? "")
  }

  /// A feature as it is called in a sentence: `annual income`.
  func noun(feature: Int) -> String {
    features[feature].key.split(separator: "_").joined(separator: " ")
  }

  /// The features of a cluster that set it apart, the clearest first.
  func remarkableFeatures(ofCluster cluster: Int) -> [Int] {
    let z = clusters[cluster].z
    // Categories have words of their own: see ``favourites(ofCluster:in:)``.
    return z.indices.filter { features[$0].level == nil && abs(z[$0]) >= SegmentNaming.noticeable }
      .sorted { (abs(z[$1]), $0) < (abs(z[$0]), $1) }
  }

  /// A feature of a cluster beside all customers: `annual income 86.5 k$ against 60.6 k$ overall`.
  func comparison(cluster: Int, feature: Int) -> String {
    "\(noun(feature: feature)) \(words(clusters[cluster].means[feature], feature: feature)) "
      + "against \(words(features[feature].mean, feature: feature)) overall"
  }

  /// The share of value beside the share of customers, as far as it is known.
  func valueWords(cluster: Int) -> String {
    let share = ReadableNumber.percent(clusters[cluster].share)
    guard let value = insight.value, let part = value.shareOfCluster?[cluster] else {
      return "\(share) of the customers"
    }
    let noun = value.key.split(separator: "_").joined(separator: " ")
    return "\(ReadableNumber.percent(part)) of \(noun) from \(share) of the customers"
  }

  /// A category that stands out in a cluster.
  struct Favourite {
    /// The descriptive column it is of, by position in the profile.
    let column: Int
    /// Its position in the column.
    let category: Int
    let figure: CategoryProfile.Figure
  }

  /// The categories that are more common in a cluster than elsewhere beyond chance, those with the
  /// highest lift first, one a column.
  func favourites(ofCluster cluster: Int, in profile: RunProfile) -> [Favourite] {
    profile.categories.indices.compactMap { column -> Favourite? in
      let figures = profile.categories[column].ofCluster[cluster]
      let significant = figures.indices.filter {
        figures[$0].isSignificant && (figures[$0].lift ?? 0) > 1
      }
      return significant.max { (figures[$0].lift ?? 0, $1) < (figures[$1].lift ?? 0, $0) }
        .map { Favourite(column: column, category: $0, figure: figures[$0]) }
    }.sorted { ($1.figure.lift ?? 0, $0.column) < ($0.figure.lift ?? 0, $1.column) }
  }

  /// `gender: Female 65.2 % against 56 % overall`.
  func words(_ favourite: Favourite, in profile: RunProfile) -> String {
    let column = profile.categories[favourite.column]
    let category = column.categories[favourite.category]
    return
      "\(categoryNoun(column)) \(category.name) \(ReadableNumber.percent(favourite.figure.share)) "
      + "against \(ReadableNumber.percent(category.share)) overall"
  }

  /// A descriptive column as it is called in a sentence.
  func categoryNoun(_ profile: CategoryProfile) -> String {
    dataset.table.columns[profile.column].key.split(separator: "_").joined(separator: " ")
  }

  /// The category to go by when speaking to a cluster.
  func favouriteWords(cluster: Int, in profile: RunProfile) -> String {
    if let first = favourites(ofCluster: cluster, in: profile).first {
      return words(first, in: profile)
    }
    guard let column = profile.categories.first, let top = column.top(ofCluster: cluster) else {
      return "the file holds no category to go by"
    }
    let figure = column.ofCluster[cluster][top]
    return
      "no category stands out (\(categoryNoun(column)) \(column.categories[top].name) "
      + "\(ReadableNumber.percent(figure.share)), "
      + "\(ReadableNumber.percent(column.categories[top].share)) overall)"
  }
}
