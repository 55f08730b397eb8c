/// What a shop wants from a segment.
public enum SegmentGoal: String, CaseIterable, Sendable {
  /// Keep those who are worth most as they are.
  case retain
  /// Make more of those who could buy more.
  case grow
  /// Bring back those who stay away.
  case winBack = "win_back"
  /// Sell other things to those who buy often.
  case crossSell = "cross_sell"
  /// Sell better things to those who can pay for them.
  case upSell = "up_sell"
  /// Stay in touch at little cost.
  case nurture
}

/// What an action is about.
public enum ActionKind: String, CaseIterable, Sendable {
  case campaign
  case personalisation
  case productOffer = "product_offer"
  case retention
  case revenue
}

/// Where a segment stands in a feature, by its z-score.
public enum FeatureLevel: String, CaseIterable, Sendable {
  case veryLow = "very_low"
  case low
  case average
  case high
  case veryHigh = "very_high"

  /// The level of a z-score; the bounds are those of ``SegmentNaming``.
  public init(z: Double) {
    self =
      if z >= SegmentNaming.extreme {
        .veryHigh
      } else if z >= SegmentNaming.noticeable {
        .high
      } else if z <= -SegmentNaming.extreme {
        .veryLow
      } else if z <= -SegmentNaming.noticeable {
        .low
      } else {
        .average
      }
  }

  /// What a playbook means by this word: `high` is very high too.
  var meant: Set<FeatureLevel> {
    switch self {
    case .high: [.high, .veryHigh]
    case .low: [.low, .veryLow]
    case .veryLow, .average, .veryHigh: [self]
    }
  }
}
