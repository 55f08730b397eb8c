import Charts
import Datasets
import Segmentation

/// The charts of a run, made from what the service tells about it.
struct RunCharts {
  let run: Run
  let service: SegmentationService
  /// The features along the axes of the scatter, as positions; those that matter most by default.
  var axes: (x: Int?, y: Int?) = (nil, nil)
  /// What the columns look like, where more than one chart is made of it.
  var exploration: Exploration?
  var cancellation: @Sendable () -> Bool = { false }

  /// The charts there are for this run, without making those that take a fit.
  var names: [ChartName] {
    ChartName.allCases.filter { name in
      switch name {
      case .scatter, .sizes, .profiles, .boxplots, .histograms: true
      case .categories: !run.profile.categories.isEmpty
      case .centroids: run.clusters.count > 1
      case .pairs: drawnFeatures.count > 1
      case .correlation: run.features.count > 1
      case .silhouette: run.clusters.count > 1
      case .elbow, .k: run.choice != nil
      case .movement: hasEarlierRun
      }
    }
  }

  private var hasEarlierRun: Bool {
    do {
      _ = try service.runs(from: nil, to: run.id, series: run.series)
      return true
    } catch {
      return false
    }
  }

  /// Makes a chart; nil for one that this run does not have.
  func chart(_ name: ChartName) throws(SegmentationError) -> (any Chart)? {
    switch name {
    case .scatter: scatter
    case .pairs: drawnFeatures.count > 1 ? PairsChart(points: points(of: drawnFeatures)) : nil
    case .elbow: try elbow()
    case .k: try clusterCounts()
    case .silhouette: run.clusters.count > 1 ? try silhouette() : nil
    case .sizes: SizesChart(segments: segments, sizes: run.clusters.map(\.size))
    case .profiles:
      ProfilesChart(
        segments: segments, features: features, z: run.clusters.map(\.z),
        means: run.clusters.map(\.means))
    case .boxplots: boxplots
    case .movement: try movement()
    case .categories: run.profile.categories.isEmpty ? nil : categories
    case .centroids: run.clusters.count > 1 ? centroids : nil
    case .histograms: histograms
    case .correlation: run.features.count > 1 ? correlation : nil
    }
  }

  // MARK: What charts are made from

  private var segments: [ChartSegment] { RunCharts.segments(of: run) }

  private static func segments(of run: Run) -> [ChartSegment] {
    run.segments.map { ChartSegment(id: $0.id, name: $0.name, colour: $0.details.colour) }
  }

  private var features: [ChartFeature] { run.features.map(RunCharts.feature) }

  private static func feature(_ feature: RunFeature) -> ChartFeature {
    ChartFeature(
      key: feature.key, name: name(feature.header, unit: feature.unit), unit: feature.unit)
  }

  /// The features that points can be drawn by: of 0 and 1 there is nothing to see.
  private var drawnFeatures: [Int] {
    run.features.indices.filter { run.features[$0].level == nil }
  }

  private func feature(ofColumn column: Int) -> ChartFeature {
    let source = run.dataset.table.columns[column]
    return ChartFeature(
      key: source.key, name: RunCharts.name(source.header, unit: source.unit), unit: source.unit)
  }

  /// A header without the unit that stands in parentheses at its end.
  static func name(_ header: String, unit: String?) -> String {
    guard let unit, header.hasSuffix("(\(unit))") else { return header }
    var name = header.dropLast(unit.count + 2)
    while name.last == " " { name.removeLast() }
    return name.isEmpty ? header : String(name)
  }

  private func points(of features: [Int]) -> CustomerPoints {
    let dataset = run.dataset
    let columns = features.map { run.numbers(of: run.features[$0]) }
    let weights = dataset.weights()
    var kept: [Int] = []
    var labels: [Int] = []
    for position in 0..<dataset.usedRowCount {
      guard let cluster = run.rowLabels[dataset.rows[position]] else { continue }
      kept.append(position)
      labels.append(cluster)
    }
    return CustomerPoints(
      features: features.map { RunCharts.feature(run.features[$0]) },
      values: columns.map { column in kept.map { column[$0] } },
      labels: labels, weights: weights.map { weights in kept.map { weights[$0] } },
      segments: segments)
  }

  // MARK: The charts

  private var scatter: ScatterChart {
    // The features that separate the segments most, in the order of the file.
    let ranked = (drawnFeatures.count > 1 ? drawnFeatures : Array(run.features.indices)).sorted {
      (run.features[$0].importance ?? 0, $1) > (run.features[$1].importance ?? 0, $0)
    }
    let free = ranked.filter { $0 != axes.x && $0 != axes.y }
    let pair: (x: Int, y: Int) =
      switch (axes.x, axes.y) {
      case (let x?, let y?): (x, y)
      case (let x?, nil): (x, free.first ?? x)
      case (nil, let y?): (free.first ?? y, y)
      case (nil, nil):
        (ranked.prefix(2).min() ?? 0, ranked.prefix(2).max() ?? 0)
      }
    return ScatterChart(
      points: points(of: pair.x == pair.y ? [pair.x] : [pair.x, pair.y]), x: 0,
      y: pair.x == pair.y ? 0 : 1,
      centroids: run.clusters.map { ($0.centroid[pair.x], $0.centroid[pair.y]) })
  }

  private func elbow() throws(SegmentationError) -> ElbowChart {
    let choice = try service.choice(of: run, cancellation: cancellation)
    return ElbowChart(
      candidates: choice.candidates.map { ($0.clusterCount, $0.inertia) },
      chosen: run.clusters.count)
  }

  private func clusterCounts() throws(SegmentationError) -> ClusterCountChart {
    let choice = try service.choice(of: run, cancellation: cancellation)
    let candidates = choice.candidates
    let indices: [ClusterCountChart.Index] = [
      .init(
        key: "silhouette", name: "silhouette", prefersLarge: true,
        values: candidates.map(\.silhouette)),
      .init(
        key: "calinski_harabasz", name: "Calinski–Harabasz", prefersLarge: true,
        values: candidates.map(\.calinskiHarabasz)),
      .init(
        key: "davies_bouldin", name: "Davies–Bouldin", prefersLarge: false,
        values: candidates.map(\.daviesBouldin)),
      .init(
        key: "gap", name: "gap", prefersLarge: true, values: candidates.map(\.gap),
        vote: choice.votes.gap),
      .init(
        key: "min_stability", name: "least stability", prefersLarge: true,
        values: candidates.map(\.minimumStability),
        vote: choice.votes.stability),
    ]
    return ClusterCountChart(
      counts: candidates.map(\.clusterCount),
      indices: indices.filter { $0.values.contains { $0 != nil } }, chosen: run.clusters.count)
  }

  private func silhouette() throws(SegmentationError) -> SilhouetteChart {
    let silhouettes = try run.silhouettes(
      threads: service.configuration.threads, cancellation: cancellation)
    let isWhole = silhouettes.comparedCount == silhouettes.rowCount
    return SilhouetteChart(
      segments: segments, values: silhouettes.values, mean: run.quality.silhouette,
      means: run.clusters.map(\.silhouette),
      basis: isWhole
        ? nil
        : "Bars compare \(silhouettes.comparedCount) of \(silhouettes.rowCount) customers, each segment in its share."
    )
  }

  private var boxplots: BoxplotsChart {
    // Every customer in a cluster has a value in each feature.
    let numbers = run.profile.numbers.filter { number in
      number.feature.map { run.features[$0].level == nil } ?? false
    }
    return BoxplotsChart(
      segments: segments, features: numbers.map { feature(ofColumn: $0.column) },
      quantiles: run.clusters.indices.map { cluster in
        numbers.map { profile in
          let summary = profile.ofCluster[cluster] ?? profile.overall
          return .init(
            q10: summary.q10, q25: summary.q25, median: summary.median, q75: summary.q75,
            q90: summary.q90)
        }
      })
  }

  private var categories: CategoriesChart {
    CategoriesChart(
      segments: segments,
      columns: run.profile.categories.map { profile in
        .init(
          feature: feature(ofColumn: profile.column), categories: profile.categories.map(\.name),
          cells: profile.ofCluster.map { figures in
            figures.map { .init(customers: $0.count, share: $0.share, lift: $0.lift) }
          })
      })
  }

  private var centroids: CentroidsChart {
    let map = run.clusterMap
    return CentroidsChart(
      segments: segments, places: map.places, sizes: run.clusters.map(\.size),
      distances: map.distances, shown: map.explained)
  }

  /// What the columns of the run's dataset look like, as `/datasets/{id}/eda` tells.
  func explored() -> Exploration {
    exploration
      ?? Exploration(run.dataset, binCount: 10, threads: service.configuration.threads)
  }

  private var histograms: HistogramsChart {
    let exploration = explored()
    return HistogramsChart(
      histograms: exploration.correlated.compactMap { column in
        exploration.columns[column].numbers.map { numbers in
          .init(
            feature: feature(ofColumn: column), edges: numbers.histogram.edges,
            counts: numbers.histogram.counts.map(Double.init), skewness: numbers.skewness)
        }
      })
  }

  private var correlation: CorrelationChart {
    let exploration = explored()
    return CorrelationChart(
      features: exploration.correlated.map { feature(ofColumn: $0) },
      coefficients: exploration.pearson)
  }

  private func movement() throws(SegmentationError) -> MovementChart {
    let runs = try service.runs(from: nil, to: run.id, series: run.series)
    let migration = service.migration(from: runs.from, to: runs.to)
    return MovementChart(
      before: RunCharts.segments(of: runs.from), after: RunCharts.segments(of: runs.to),
      flows: migration.counts.enumerated().flatMap { from, row in
        row.enumerated().map { to, count in
          .init(from: from, to: to, customers: Double(count))
        }
      })
  }
}
