import Datasets

/// What a fit is asked for; together with the dataset and the engine version it determines every
/// number of the run.
public struct SegmentationOptions: Sendable, Equatable {
  /// How many clusters to look for.
  public enum ClusterCount: Sendable, Equatable {
    /// The best of a range.
    case automatic(ClosedRange<Int>)
    case fixed(Int)
  }

  /// How many clusters to look for.
  public var clusterCount: ClusterCount = .automatic(2...10)
  /// Which rows and columns are used.
  public var cleaning: CleaningOptions = CleaningOptions()
  /// How features are made comparable.
  public var scale: Scale = .zscore
  /// Whether descriptive columns form the segments as well.
  public var categorical: Categorical = .describe
  /// Same seed, same bits.
  public var seed: UInt64 = 0
  /// Independent tries of the search; nil lets the search decide.
  public var restarts: Int?
  /// The least size of a segment; smaller ones are merged into their neighbours.
  public var minimumSize: MinimumSize = .customers(0)
  /// Bootstraps that the stability of segments is judged by, 0 for none, which leaves out the gap
  /// statistic as well; nil for ``standardBootstrapCount`` where the number of clusters is chosen,
  /// and none where it is given: who gives it wants the segments, and at once.
  public var bootstraps: Int?
  /// The line of runs that this one continues.
  public var series = "default"
  /// Whether the run becomes the current one of its series.
  public var activates = true

  /// The defaults of `POST /segments`.
  public init() {}

  /// Bootstraps made when nothing else is asked for: means of 20 scatter by a fifth of what one
  /// bootstrap does.
  public static let standardBootstrapCount = 20

  /// Whether the number of clusters is chosen, not given.
  public var choosesClusterCount: Bool {
    switch clusterCount {
    case .automatic: true
    case .fixed: false
    }
  }

  /// The bootstraps to make.
  public var bootstrapCount: Int {
    if let bootstraps { return bootstraps }
    return switch clusterCount {
    case .automatic: Self.standardBootstrapCount
    case .fixed: 0
    }
  }

  /// The options that shape the numbers, as one canonical text for the run's fingerprint.
  var canonicalText: String {
    let count =
      switch clusterCount {
      case .automatic(let range): "auto:\(range.lowerBound):\(range.upperBound)"
      case .fixed(let count): "\(count)"
      }
    let tries = restarts.map(String.init) ?? "auto"
    let bootstraps = bootstraps.map(String.init) ?? "auto"
    return
      "k=\(count);scale=\(scale.rawValue);categorical=\(categorical.rawValue);seed=\(seed);restarts=\(tries);min_size=\(minimumSize);bootstraps=\(bootstraps);series=\(series)"
  }
}
