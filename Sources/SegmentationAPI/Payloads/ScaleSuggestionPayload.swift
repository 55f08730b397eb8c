import Segmentation

extension ScaleSuggestion {
  /// The suggestion as answers tell it.
  var json: JSON {
    [
      "feature": .string(feature), "scale": .string(scale.rawValue), "reason": .string(sentence),
    ]
  }

  private var sentence: String {
    switch reason {
    case .skewed(let skewness):
      "\(feature) has a long tail of large values (skewness \(TextTable.number((skewness * 100).rounded() / 100))); scale=log would spread the many small ones out."
    case .heavyTails(let share):
      "\(TextTable.number((share * 1000).rounded() / 10)) % of \(feature) lies far outside the usual range; scale=robust would let the usual values decide."
    case .unequalSpreads(let ratio):
      "\(feature) spreads \(TextTable.number((ratio * 10).rounded() / 10)) times as wide as another feature and outweighs it; scale=zscore would let both count alike."
    }
  }
}

extension ScaleSuggestion {
  static let schema = Schema.object([
    "feature": .string, "scale": .words(Scale.self), "reason": .string,
  ])
}
