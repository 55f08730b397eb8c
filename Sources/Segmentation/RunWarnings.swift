import Clustering
import Datasets

/// What a reader of a run must not miss, found from the run itself.
struct RunWarnings {
  let dataset: Dataset
  let features: [RunFeature]
  let clusters: [Cluster]
  let quality: RunQuality
  let choice: ChoiceOfClusterCount?
  let options: SegmentationOptions

  /// Above this share of all customers one cluster leaves the others little to say.
  private static let dominantCluster = 0.9
  /// Above this share of the squared distances one feature decides alone.
  private static let dominantFeature = 0.8

  var all: [RunWarning] {
    weakStructure + atEdge + merged + dominantClusters + dominantFeatures + identifiers
      + noCategories + unstable
      + notConverged + setAside
  }

  private var weakStructure: [RunWarning] {
    guard quality.structure == .weak else { return [] }
    return [
      RunWarning(
        code: .weakStructure,
        detail:
          "The structure is weak: these customers do not fall into clear groups. Use the segments as slices of one crowd, not as kinds of customers."
      )
    ]
  }

  private var atEdge: [RunWarning] {
    guard let choice, choice.candidates.count > 2, let first = choice.candidates.first,
      let last = choice.candidates.last
    else { return [] }
    if choice.best == last.clusterCount {
      return [
        RunWarning(
          code: .kAtEdge,
          detail:
            "k=\(choice.best) is the largest that was tried; a larger k_max may fit better, or there may be no clear segments."
        )
      ]
    }
    // Below two there is nothing to try.
    if choice.best == first.clusterCount, first.clusterCount > 2 {
      return [
        RunWarning(
          code: .kAtEdge,
          detail: "k=\(choice.best) is the smallest that was tried; a smaller k_min may fit better."
        )
      ]
    }
    return []
  }

  private var merged: [RunWarning] {
    let asked: Int
    switch options.clusterCount {
    case .fixed(let count): asked = count
    case .automatic: asked = choice?.best ?? clusters.count
    }
    guard clusters.count < asked else { return [] }
    let minimum = options.minimumSize.customers(of: clusters.reduce(0) { $0 + $1.size })
    return [
      RunWarning(
        code: .smallSegmentsMerged,
        detail:
          "Of \(asked) segments some had fewer than \(Self.plain(minimum)) customers (min_size) and were merged into their neighbours; \(clusters.count) are left."
      )
    ]
  }

  private var dominantClusters: [RunWarning] {
    guard clusters.count > 1 else { return [] }
    return clusters.filter { $0.share > Self.dominantCluster }.map {
      RunWarning(
        code: .oneClusterDominates, cluster: $0.index,
        detail:
          "One segment holds \(Self.percent($0.share)) of the customers, so the others are a few exceptions. scale=robust or scale=log, or setting extreme customers aside, often helps."
      )
    }
  }

  private var dominantFeatures: [RunWarning] {
    guard features.count > 1 else { return [] }
    return features.compactMap { feature in
      guard let share = feature.distanceShare, share > Self.dominantFeature else { return nil }
      return RunWarning(
        code: .oneFeatureDominates, column: feature.key,
        detail:
          "\(feature.key) makes up \(Self.percent(share)) of the distance between customers, so the segments follow it nearly alone; scale=zscore lets every feature count alike."
      )
    }
  }

  /// An identifier that was asked for as a feature; other columns that would have been ignored are
  /// told by the cleaning report.
  private var identifiers: [RunWarning] {
    features.filter { dataset.roles[$0.column] == .id }.map {
      RunWarning(
        code: .idLikeFeature, column: $0.key,
        detail:
          "\($0.key) names the customers, yet it was asked for as a feature: customers are then grouped by their numbers."
      )
    }
  }

  private var noCategories: [RunWarning] {
    guard options.categorical == .onehot, features.allSatisfy({ $0.level == nil }) else {
      return []
    }
    return [
      RunWarning(
        code: .noCategories,
        detail:
          "categorical=onehot found no descriptive column with 2 to \(FitFeature.levelLimit) categories, so numbers alone formed the segments."
      )
    ]
  }

  private var unstable: [RunWarning] {
    clusters.compactMap { cluster in
      guard let stability = cluster.stability, StabilityWord(stability) == .unstable else {
        return nil
      }
      return RunWarning(
        code: .unstableSegment, cluster: cluster.index,
        detail:
          "This segment is not found again when the customers are drawn anew (stability \(Self.percent(stability))): do not build on it."
      )
    }
  }

  private var notConverged: [RunWarning] {
    guard !quality.hasConverged else { return [] }
    return [
      RunWarning(
        code: .notConverged,
        detail: "The search stopped at its iteration limit; the segments may still move a little.")
    ]
  }

  private var setAside: [RunWarning] {
    let setAside = dataset.report.rowsSetAside
    guard setAside > 0 else { return [] }
    return [
      RunWarning(
        code: .rowsSetAside,
        detail: "\(setAside) of \(dataset.report.rowsRead) rows were set aside.")
    ]
  }

  /// Rounded down, so that what is left is never said to be nothing.
  private static func percent(_ share: Double) -> String {
    let tenths = (share * 1000).rounded(.down) / 10
    return tenths == tenths.rounded() ? "\(Int(tenths)) %" : "\(tenths) %"
  }

  private static func plain(_ count: Double) -> String {
    count == count.rounded() && count < 1e15 ? "\(Int(count))" : "\(count)"
  }
}
