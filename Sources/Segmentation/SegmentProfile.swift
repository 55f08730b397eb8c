import Datasets

/// One feature of one cluster beside the same feature of all customers.
public struct FeatureProfile: Sendable, Equatable {
  /// The position of the cluster in the run.
  public let cluster: Int
  /// The position of the feature in the run.
  public let feature: Int
  /// The mean in the cluster, in the feature's own unit.
  public let mean: Double
  /// (mean − overall mean) / overall standard deviation.
  public let z: Double
  /// mean / overall mean; nil unless both can be compared as a ratio.
  public let lift: Double?
  /// The value below which a tenth of the customers lie.
  public let q10: Double
  /// The value below which half of the customers lie.
  public let median: Double
  /// The value below which nine tenths of the customers lie.
  public let q90: Double
}

extension Run {
  /// The profile of each cluster in each feature: `k · d` values, cluster by cluster.
  ///
  /// Made when asked for, since quantiles need every row: the answer is kept by the caller.
  /// - Complexity: O(*dn* log *n*) time, O(*n*) memory.
  public func profiles() -> [FeatureProfile] {
    let weights = dataset.weights()
    var quantiles: [[WeightedQuantiles]] = Array(repeating: [], count: clusters.count)
    for feature in features {
      let numbers = dataset.numbers(ofColumn: feature.column)
      var values = Array(repeating: [Double](), count: clusters.count)
      var shares = values
      for (position, value) in numbers.enumerated() {
        guard let cluster = rowLabels[dataset.rows[position]] else { continue }
        values[cluster].append(value)
        shares[cluster].append(weights?[position] ?? 1)
      }
      for cluster in clusters.indices {
        quantiles[cluster].append(WeightedQuantiles(values[cluster], weights: shares[cluster]))
      }
    }
    return clusters.flatMap { cluster in
      features.indices.map { index in
        let mean = cluster.means[index]
        let quantile = quantiles[cluster.index][index]
        return FeatureProfile(
          cluster: cluster.index, feature: index, mean: mean, z: cluster.z[index],
          lift: Run.lift(mean, overall: features[index].mean), q10: quantile.value(at: 0.1),
          median: quantile.value(at: 0.5), q90: quantile.value(at: 0.9))
      }
    }
  }

  /// A mean over the overall mean; nil when the two cannot be compared as a ratio.
  public static func lift(_ mean: Double, overall: Double) -> Double? {
    overall > 0 && mean >= 0 ? mean / overall : nil
  }
}
