/// The same points at several resolutions: a weighted core of some thousand, a larger one, and all
/// of them.
///
/// Made once for all numbers of clusters that are tried.
struct Levels {
  /// One resolution.
  final class Level {
    let cloud: Cloud
    private let isSorted: Bool
    private let isInRows: Bool
    private var made: FloatBlocks?

    init(_ cloud: Cloud, isSorted: Bool = false, isInRows: Bool) {
      self.cloud = cloud
      self.isInRows = isInRows
      self.isSorted = isSorted
    }

    /// The points in single precision, made when they are first asked for.
    var blocks: FloatBlocks {
      if let made { return made }
      let blocks = FloatBlocks(cloud, sorted: isSorted, inRows: isInRows)
      made = blocks
      return blocks
    }
  }

  let core: Level
  /// Nil when all points are few enough to go on from the core.
  let middle: Level?
  let full: Level

  /// Points of the larger core where many clusters in many dimensions are searched on it.
  ///
  /// What is gained on 262,144 of a million points is mostly lost on all of them.
  static let searchedSize = 1 << 20
  /// Points of the larger core.
  static let middleSize = 65_536

  /// Lends the levels; one that would not be much smaller than the next is left out.
  static func withLevels<Answer>(
    _ cloud: Cloud, clusterCount: Int, seed: UInt64,
    _ body: (Levels) throws(ClusteringError) -> Answer
  ) throws(ClusteringError) -> Answer {
    let n = cloud.sampleCount
    let size = Core.size(clusterCount: clusterCount, of: n)
    let isDeep = CoreSearch.isDeep(clusterCount: clusterCount)
    let isHuge = n > 4 * middleSize
    let full = Level(cloud, isSorted: isDeep && isHuge, isInRows: isDeep)
    guard n >= 2 * size else { return try body(Levels(core: full, middle: nil, full: full)) }
    let chances = Core.Chances(cloud)
    let core = Core(chances, size: size, random: RandomSource(seed: seed, stream: [.max, 1]))
    return try Cloud.withCloud(
      core.points, weights: core.weights, team: cloud.team, cancellation: cloud.cancellation
    ) { (coreCloud) throws(ClusteringError) in
      let coreLevel = Level(coreCloud, isInRows: isDeep)
      let isSearchedWhole =
        isDeep && cloud.featureCount > GridSummary.featureLimit && n <= 2 * searchedSize
      guard isHuge && !isSearchedWhole else {
        return try body(Levels(core: coreLevel, middle: nil, full: full))
      }
      let middle = summary(chances, clusterCount: clusterCount, seed: seed)
      return try Cloud.withCloud(
        middle.points, weights: middle.weights, team: cloud.team, cancellation: cloud.cancellation
      ) { (middleCloud) throws(ClusteringError) in
        try body(Levels(core: coreLevel, middle: Level(middleCloud, isInRows: isDeep), full: full))
      }
    }
  }

  /// The larger core: a sample, or better the cells of a grid when many clusters are searched on it.
  private static func summary(
    _ chances: Core.Chances, clusterCount: Int, seed: UInt64
  ) -> (points: FeatureMatrix, weights: [Double]) {
    let cloud = chances.cloud
    let isSearched = CoreSearch.isDeep(clusterCount: clusterCount)
    if isSearched && cloud.featureCount <= GridSummary.featureLimit {
      let grid = GridSummary(cloud)
      if grid.weights.count <= cloud.sampleCount / 4 { return (grid.points, grid.weights) }
    }
    let size = isSearched ? searchedSize : middleSize
    let core = Core(chances, size: size, random: RandomSource(seed: seed, stream: [.max, 2]))
    return (core.points, core.weights)
  }
}
