import Clustering

/// Continuous samples of eight groups of unit variance, apart from each other or overlapping.
struct Mixture {
  /// How far groups lie from each other.
  enum Distance: String, CaseIterable, Sendable {
    /// At least eight deviations apart.
    case apart = "sep"
    /// One and a half to three deviations apart.
    case overlapping = "over"
  }

  private static let groupCount = 8

  /// `n × d`, one array a feature.
  let columns: [[Double]]

  /// Same arguments, same samples, on any machine; each is a Float, so that files of Floats lose
  /// nothing.
  init(count: Int, features: Int, distance: Distance) {
    var random = RandomSource(
      seed: 2026,
      stream: [3, UInt64(count), UInt64(features), distance == .apart ? 1 : 2])
    let centers = Mixture.centers(features, distance, &random)
    // Groups of different sizes: the largest has about thrice the smallest.
    let shares = (0..<Mixture.groupCount).map { _ in 1 + 2 * random.unit() }
    let total = shares.reduce(0, +)
    var columns = Array(repeating: [Double](), count: features)
    for feature in 0..<features { columns[feature].reserveCapacity(count) }
    for _ in 0..<count {
      var draw = random.unit() * total
      var group = 0
      while group < Mixture.groupCount - 1, draw >= shares[group] {
        draw -= shares[group]
        group += 1
      }
      for feature in 0..<features {
        columns[feature].append(Double(Float(centers[group][feature] + random.bell())))
      }
    }
    self.columns = columns
  }

  private static func centers(
    _ features: Int, _ distance: Distance, _ random: inout RandomSource
  ) -> [[Double]] {
    var centers: [[Double]] = []
    while centers.count < groupCount {
      switch distance {
      case .overlapping:
        let spread = features <= 3 ? 1.5 : 1.0
        centers.append((0..<features).map { _ in spread * random.bell() })
      case .apart:
        let side = features <= 3 ? 40.0 : 20.0
        let center = (0..<features).map { _ in side * random.unit() }
        let isApart = centers.allSatisfy { other in
          zip(center, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } >= 64
        }
        if isApart { centers.append(center) }
      }
    }
    return centers
  }
}
