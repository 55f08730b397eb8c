import Datasets

/// A scale that would suit one feature better than the one in use: said, and not done.
public struct ScaleSuggestion: Sendable, Equatable {
  /// Why another scale would suit.
  public enum Reason: Sendable, Equatable {
    /// No value is below 0 and the adjusted skewness is above 1.
    case skewed(Double)
    /// This share of the values lies more than three interquartile ranges beyond the quartiles.
    case heavyTails(Double)
    /// The values are used as they are, and this feature's deviation is so many times the smallest.
    case unequalSpreads(Double)
  }

  /// The key of the feature's column.
  public let feature: String
  /// The scale that would suit it.
  public let scale: Scale
  /// Why.
  public let reason: Reason

  /// Skewness from which on a logarithm evens a feature out.
  static let skewness = 1.0
  /// The share of far values from which on quartiles tell the spread better than the deviation.
  static let tailShare = 0.05
  /// The ratio of deviations from which on unscaled features do not count alike.
  static let spreadRatio = 3.0
  /// Rows looked at.
  static let rowLimit = 20_000

  /// What the values of one feature suggest, whatever the others are.
  ///
  /// - Parameters:
  ///   - values: finite numbers, in any order.
  ///   - scale: the scale in use.
  init?(feature: String, values: [Double], scale: Scale) {
    // Of a column with two values a logarithm changes nothing but the unit.
    guard values.count >= 8, Self.areOfThreeKinds(values) else { return nil }
    let weights = [Double](repeating: 1, count: values.count)
    let moments = WeightedMoments(values, weights: weights)
    guard moments.standardDeviation > 0 else { return nil }
    let count = Double(values.count)
    var cubes = 0.0
    for value in values {
      let z = (value - moments.mean) / moments.standardDeviation
      cubes += z * z * z
    }
    // Adjusted as pandas does.
    let skewness = cubes / count * (count * (count - 1)).squareRoot() / (count - 2)
    if skewness > Self.skewness, (values.min() ?? -1) >= 0, scale != .log {
      self.init(feature: feature, scale: .log, reason: .skewed(skewness))
      return
    }
    var ascending = values
    RadixSort.sort(&ascending)
    let quantiles = WeightedQuantiles(ascending: ascending, weights: weights)
    let (low, high) = (quantiles.value(at: 0.25), quantiles.value(at: 0.75))
    let reach = 3 * (high - low)
    let far = Double(values.count { $0 < low - reach || $0 > high + reach }) / count
    if reach > 0, far > Self.tailShare, scale != .robust, scale != .log {
      self.init(feature: feature, scale: .robust, reason: .heavyTails(far))
      return
    }
    return nil
  }

  /// Whether three values differ from each other.
  private static func areOfThreeKinds(_ values: [Double]) -> Bool {
    guard let first = values.first, let second = values.first(where: { $0 != first }) else {
      return false
    }
    return values.contains { $0 != first && $0 != second }
  }

  private init(feature: String, scale: Scale, reason: Reason) {
    self.feature = feature
    self.scale = scale
    self.reason = reason
  }

  /// Features that outweigh the others when values are used as they are.
  static func unequalSpreads(_ features: [RunFeature]) -> [ScaleSuggestion] {
    let deviations = features.map(\.standardDeviation).filter { $0 > 0 }
    guard let least = deviations.min() else { return [] }
    return features.filter { $0.standardDeviation > Self.spreadRatio * least }.map {
      ScaleSuggestion(
        feature: $0.key, scale: .zscore, reason: .unequalSpreads($0.standardDeviation / least))
    }
  }
}

extension Run {
  /// What the data would suggest in place of the run's scale, feature by feature.
  ///
  /// Looks at all used rows, or at even steps through them when there are more than 20,000.
  /// - Complexity: O(*dm*) for the *m* rows looked at.
  public func scaleSuggestions() -> [ScaleSuggestion] {
    let dataset = dataset
    let count = dataset.usedRowCount
    let step = max(1, (count + ScaleSuggestion.rowLimit - 1) / ScaleSuggestion.rowLimit)
    let rows = stride(from: 0, to: count, by: step).map { dataset.rows[$0] }
    let numeric = features.filter { $0.level == nil }
    let found = numeric.compactMap { feature in
      ScaleSuggestion(
        feature: feature.key,
        values: dataset.numbers(ofRows: rows, column: feature.column).filter { !$0.isNaN },
        scale: options.scale)
    }
    return found + (options.scale == .none ? ScaleSuggestion.unequalSpreads(numeric) : [])
  }
}
