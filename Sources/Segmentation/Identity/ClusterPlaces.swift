/// Where the clusters of two runs lie, in the scale of the older run.
///
/// Distances are taken over the features that both runs have, by key.
struct ClusterPlaces: Sendable {
  /// Distances between centroids: the older run's cluster, then the newer one's.
  let distances: [[Double]]
  /// How far from each centroid of the older run a cluster may lie and still be the same one.
  ///
  /// Half the way to the nearest other centroid of its own run: within it no other can be nearer. With
  /// a single cluster, the root mean square distance of its customers.
  let tolerances: [Double]
  private let old: [(point: [Double], weight: Double)]
  private let new: [(point: [Double], weight: Double)]

  /// nil when the runs have fewer than half of the older one's features in common.
  init?(old: Run, new: Run) {
    var common: [(old: Int, new: Int)] = []
    for (index, feature) in old.features.enumerated() {
      if let other = new.features.firstIndex(where: { $0.key == feature.key }) {
        common.append((index, other))
      }
    }
    guard !common.isEmpty, common.count * 2 >= old.features.count else { return nil }
    self.init(
      old: old.clusters.map { cluster in
        (common.map { cluster.scaledCentroid[$0.old] }, cluster.size)
      },
      new: new.clusters.map { cluster in
        (common.map { old.features[$0.old].scaling.scaled(cluster.centroid[$0.new]) }, cluster.size)
      },
      radius: old.clusters.first.map { ($0.inertia / max($0.size, 1)).squareRoot() } ?? 0)
  }

  /// Places from points and weights; `radius` is the tolerance of a single cluster.
  init(
    old: [(point: [Double], weight: Double)], new: [(point: [Double], weight: Double)],
    radius: Double
  ) {
    self.old = old
    self.new = new
    distances = old.map { a in new.map { ClusterPlaces.distance(a.point, $0.point) } }
    tolerances = old.indices.map { index in
      let others = old.indices.filter { $0 != index }
      let nearest = others.map { ClusterPlaces.distance(old[index].point, old[$0].point) }.min()
      return nearest.map { $0 / 2 } ?? radius
    }
  }

  /// Whether two clusters of the newer run together lie nearer to one of the older run than the
  /// first alone, as the parts of a split one do.
  func joins(new first: Int, and second: Int, at from: Int) -> Bool {
    let joined = ClusterPlaces.distance(
      ClusterPlaces.mean(new[first], new[second]), old[from].point)
    return joined < distances[from][first]
  }

  /// Whether two clusters of the older run together lie nearer to one of the newer run than the
  /// first alone, as those that merged do.
  func joins(old first: Int, and second: Int, at to: Int) -> Bool {
    let joined = ClusterPlaces.distance(ClusterPlaces.mean(old[first], old[second]), new[to].point)
    return joined < distances[first][to]
  }

  private static func mean(
    _ a: (point: [Double], weight: Double), _ b: (point: [Double], weight: Double)
  ) -> [Double] {
    zip(a.point, b.point).map { ($0 * a.weight + $1 * b.weight) / (a.weight + b.weight) }
  }

  private static func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }
}
