import Clustering

/// The scaling of one feature, fitted on weighted points and kept with the run so that new
/// customers are scaled alike.
public struct FeatureScaling: Sendable, Equatable {
  /// What is subtracted, after the logarithm if there is one.
  public let center: Double
  /// What is divided by; never 0.
  public let spread: Double
  /// Whether log(1 + x) is taken first.
  public let isLogarithmic: Bool

  /// A scaling from its parts; a spread of 0 (a constant feature) counts as 1.
  public init(center: Double, spread: Double, isLogarithmic: Bool = false) {
    self.center = center
    self.spread = spread == 0 ? 1 : spread
    self.isLogarithmic = isLogarithmic
  }

  /// Fits the scaling on the values of one feature.
  ///
  /// - Parameters:
  ///   - values: one value a point, in the feature's own unit; at least one.
  ///   - weights: one weight a point, positive.
  /// - Complexity: O(*n*), with a sort for ``Scale/robust``.
  init(_ scale: Scale, fitting values: [Double], weights: [Double]) {
    switch scale {
    case .none:
      self.init(center: 0, spread: 1)
    case .zscore:
      self.init(zscore: WeightedMoments(values, weights: weights))
    case .log:
      let moments = WeightedMoments(values.map(logarithmOfOnePlus), weights: weights)
      self.init(
        center: moments.mean, spread: moments.standardDeviation, isLogarithmic: true)
    case .minmax:
      let least = values.min() ?? 0
      self.init(center: least, spread: (values.max() ?? 0) - least)
    case .robust:
      let quantiles = WeightedQuantiles(values, weights: weights)
      let range = quantiles.value(at: 0.75) - quantiles.value(at: 0.25)
      // A column that is mostly one value has no interquartile range; its deviation still tells.
      let spread =
        range > 0 ? range : WeightedMoments(values, weights: weights).standardDeviation
      self.init(center: quantiles.value(at: 0.5), spread: spread)
    }
  }

  /// A scaling to mean 0 and standard deviation 1.
  init(zscore moments: WeightedMoments) {
    self.init(center: moments.mean, spread: moments.standardDeviation)
  }

  /// A value in the feature's own unit, scaled; NaN where it has no logarithm.
  public func scaled(_ value: Double) -> Double {
    if isLogarithmic, value <= -1 { return .nan }
    return ((isLogarithmic ? logarithmOfOnePlus(value) : value) - center) / spread
  }

  /// Scales the values of one feature.
  ///
  /// - Parameters:
  ///   - values: in the feature's own unit.
  ///   - scaled: gets as many.
  func scale(_ values: ArraySlice<Double>, into scaled: inout MutableSpan<Double>) {
    let first = values.startIndex
    if isLogarithmic {
      for index in scaled.indices { scaled[index] = self.scaled(values[first + index]) }
    } else {
      for index in scaled.indices { scaled[index] = (values[first + index] - center) / spread }
    }
  }

  /// A scaled value, back in the feature's own unit.
  public func original(_ scaled: Double) -> Double {
    let value = scaled * spread + center
    return isLogarithmic ? exponentialLessOne(value) : value
  }
}
