extension WeightedPoints {
  /// Candidates tried for each seed: 2 + ⌊log₂ k⌋, close to the 2 + ln k of the authors and free of
  /// a logarithm whose last bit differs between platforms.
  static func candidateCount(clusterCount: Int) -> Int {
    2 + (Int.bitWidth - 1 - clusterCount.leadingZeroBitCount)
  }

  /// Weighted greedy k-means++: each seed is drawn with probability w·D², and the best of several
  /// draws is kept.
  ///
  /// - Returns: the indices of `clusterCount` points with distinct coordinates.
  /// - Precondition: there are that many distinct points.
  /// - SeeAlso: Arthur, Vassilvitskii 2007; Grunau et al. 2023, doi:10.1137/1.9781611977554.ch83
  func greedyPlusPlus(
    clusterCount: Int, random: inout RandomSource, distanceComputations: inout Int
  ) -> [Int] {
    let first = drawIndex(proportionalTo: weights, random: &random)
    var seeds = [first]
    var nearest = squaredDistances(to: first)
    distanceComputations += sampleCount
    let candidateCount = Self.candidateCount(clusterCount: clusterCount)
    while seeds.count < clusterCount {
      let chances = zip(nearest, weights).map { $0 * $1 }
      var best: (seed: Int, nearest: [Double], potential: Double)?
      for _ in 0..<candidateCount {
        let seed = drawIndex(proportionalTo: chances, random: &random)
        var reduced = squaredDistances(to: seed)
        distanceComputations += sampleCount
        var potential = 0.0
        for sample in 0..<sampleCount {
          reduced[sample] = min(reduced[sample], nearest[sample])
          potential += reduced[sample] * weights[sample]
        }
        if best.map({ potential < $0.potential }) ?? true { best = (seed, reduced, potential) }
      }
      guard let best else { break }
      seeds.append(best.seed)
      nearest = best.nearest
    }
    return seeds
  }

  /// The squared Euclidean distance of every point to one of them.
  func squaredDistances(to seed: Int) -> [Double] {
    var distances = [Double](repeating: 0, count: sampleCount)
    let values = points.values
    for feature in 0..<featureCount {
      let base = feature * sampleCount
      let center = values[base + seed]
      for sample in 0..<sampleCount {
        let delta = values[base + sample] - center
        distances[sample] += delta * delta
      }
    }
    return distances
  }

  /// An index drawn with probability proportional to `chances`, never one whose chance is zero
  /// while another has one.
  func drawIndex(proportionalTo chances: [Double], random: inout RandomSource) -> Int {
    var total = 0.0
    for chance in chances { total += chance }
    let target = random.unit() * total
    var sum = 0.0
    var last = 0
    for (index, chance) in chances.enumerated() where chance > 0 {
      sum += chance
      last = index
      if sum > target { return index }
    }
    return last
  }
}
