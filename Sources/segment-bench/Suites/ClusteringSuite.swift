import Clustering

/// Fits, quality indices and the choice of k, from numbers in memory to labels and centroids.
///
/// Fits make as many tries as the peers are asked for, ten, on the same standardised numbers.
enum ClusteringSuite {
  private static let sizes = [10_000, 100_000, 1_000_000, 10_000_000]
  /// A benchmark and the rows it is over.
  private typealias Sized = (rowCount: Int, benchmark: Benchmark)
  /// Tries of a fit over a mixture.
  private static let tries = 10

  static func benchmarks(_ surroundings: Surroundings) -> [Benchmark] {
    let most = surroundings.threads.max() ?? 1
    var benchmarks: [Sized] = []
    // How the time grows with the samples, and how it falls with the threads.
    for rowCount in sizes {
      for threads in surroundings.threads {
        benchmarks.append(
          mixture(.overlapping, rowCount, features: 3, k: 8, threads, surroundings))
        benchmarks.append(mall(rowCount, threads, surroundings))
      }
    }
    for features in [2, 3, 8, 16] {
      for distance in [Mixture.Distance.apart, .overlapping] {
        for k in [5, 8, 50] where !(features == 3 && distance == .overlapping && k == 8) {
          benchmarks.append(
            mixture(distance, 1_000_000, features: features, k: k, most, surroundings))
        }
      }
    }
    benchmarks += [200, 10_000, 1_000_000].flatMap { rowCount in
      [choice(rowCount, most), quality(rowCount, most)]
    }
    return benchmarks.filter { $0.rowCount <= surroundings.rowLimit }.map(\.benchmark)
  }

  // MARK: - Fits

  /// A fit of continuous samples.
  private static func mixture(
    _ distance: Mixture.Distance, _ rowCount: Int, features: Int, k: Int, _ threads: Int,
    _ surroundings: Surroundings
  ) -> Sized {
    let file = Invocation.DataFile.mixture(distance, rowCount: rowCount, features: features)
    var benchmark = Benchmark(
      suite: .clustering,
      name: "\(distance.rawValue)-\(Corpus.short(rowCount)) d=\(features) k=\(k)",
      threads: threads
    ) { surroundings in
      let columns =
        try peerColumns(file, surroundings)
        ?? Mixture(count: rowCount, features: features, distance: distance).columns
      let points = try FeatureMatrix(columns: columns.map(standardized))
      return {
        let start = ContinuousClock.now
        let model = try KMeans(clusterCount: k, restarts: tries, threads: threads).fit(points)
        return outcome(model, seconds: (ContinuousClock.now - start) / .seconds(1), rowCount)
      }
    }
    benchmark.peer = peer(
      file, "\(distance.rawValue):\(rowCount):\(features)", k, threads, surroundings)
    return (rowCount, benchmark)
  }

  /// A fit of whole numbers that repeat, from columns of bytes to a label for each row.
  private static func mall(
    _ rowCount: Int, _ threads: Int, _ surroundings: Surroundings
  ) -> Sized {
    let file = Invocation.DataFile.mallMatrix(rowCount: rowCount)
    var benchmark = Benchmark(
      suite: .clustering, name: "mall-\(Corpus.short(rowCount)) d=3 k=5", threads: threads
    ) { surroundings in
      let columns = try mallColumns(rowCount, surroundings)
      return {
        let start = ContinuousClock.now
        let distinct = try DistinctPoints(columns: columns, threads: threads)
        let points = try standardized(distinct)
        let model = try KMeans(clusterCount: 5, threads: threads).fit(
          points, weights: distinct.weights)
        let labels = distinct.spread(
          model.labels.map { UInt8(truncatingIfNeeded: $0) }, threads: threads)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        var result = outcome(model, seconds: seconds, labels.count)
        result.counters.append(Field("distinct_points", points.sampleCount))
        return result
      }
    }
    benchmark.peer = peer(file, "mall:\(rowCount):3", 5, threads, surroundings)
    return (rowCount, benchmark)
  }

  private static func outcome(
    _ model: KMeansModel, seconds: Double, _ rowCount: Int
  ) -> Benchmark.Outcome {
    let distances = model.distanceComputations
    let passes = Double(distances) / Double(model.labels.count * model.clusterCount)
    return Benchmark.Outcome(
      value: seconds, figures: [Field("ns_row", seconds * 1e9 / Double(rowCount))],
      counters: [
        Field("rows", rowCount), Field("k", model.clusterCount), Field("inertia", model.inertia),
        Field("tries", model.restartCount), Field("iterations", model.iterationCount),
        Field("distance_computations", distances),
        // Passes over all points that would compute as many.
        Field("passes", (passes * 100).rounded() / 100),
      ])
  }

  /// What the peers' journal says of the same fit, when both were made from the same file.
  private static func peer(
    _ file: Invocation.DataFile, _ data: String, _ k: Int, _ threads: Int,
    _ surroundings: Surroundings
  ) -> [Field] {
    guard let folder = surroundings.dataFolder,
      FilePieces.size(of: "\(folder)/\(file.fileName)") != nil
    else { return [] }
    return [
      Field("tool", "kmeans"), Field("data", data), Field("dtype", "f32"), Field("k", k),
      Field("mode", "pp10"), Field("threads", threads),
    ]
  }

  // MARK: - Quality and the choice of k

  /// Nine fits and their silhouettes.
  private static func choice(_ rowCount: Int, _ threads: Int) -> Sized {
    let benchmark = Benchmark(
      suite: .clustering, name: "mall-\(Corpus.short(rowCount)) d=3 k=2...10", threads: threads
    ) { surroundings in
      let distinct = try DistinctPoints(
        columns: try mallColumns(rowCount, surroundings), threads: threads)
      let points = try standardized(distinct)
      return {
        let choice = try ClusterCountSearch(threads: threads).run(
          points, weights: distinct.weights)
        let distances = choice.candidates.reduce(0) { $0 + $1.model.distanceComputations }
        return Benchmark.Outcome(counters: [
          Field("rows", rowCount), Field("k", choice.chosen.clusterCount),
          Field("inertia", choice.chosen.model.inertia),
          Field("distance_computations", distances),
        ])
      }
    }
    return (rowCount, benchmark)
  }

  /// The indices of one fit.
  private static func quality(_ rowCount: Int, _ threads: Int) -> Sized {
    let benchmark = Benchmark(
      suite: .clustering, name: "mall-\(Corpus.short(rowCount)) d=3 k=5 indices", threads: threads
    ) { surroundings in
      let distinct = try DistinctPoints(
        columns: try mallColumns(rowCount, surroundings), threads: threads)
      let points = try standardized(distinct)
      let model = try KMeans(clusterCount: 5, threads: threads).fit(
        points, weights: distinct.weights)
      return {
        let quality = try ClusterQuality.evaluate(
          points, weights: distinct.weights, model: model, threads: threads)
        return Benchmark.Outcome(counters: [
          Field("rows", rowCount), Field("silhouette", quality.silhouette ?? .nan),
        ])
      }
    }
    return (rowCount, benchmark)
  }

  // MARK: - Data

  /// The columns of the peers' file, if there is one.
  private static func peerColumns(
    _ file: Invocation.DataFile, _ surroundings: Surroundings
  ) throws -> [[Double]]? {
    guard let folder = surroundings.dataFolder else { return nil }
    let path = "\(folder)/\(file.fileName)"
    return FilePieces.size(of: path) == nil ? nil : try NumPyFile.columns(path)
  }

  /// Age, income and score of mall customers, a byte each.
  static func mallColumns(
    _ rowCount: Int, _ surroundings: Surroundings
  ) throws -> [SampleColumn] {
    if let columns = try peerColumns(.mallMatrix(rowCount: rowCount), surroundings) {
      return columns.map { .uint8($0.map(UInt8.init)) }
    }
    var customers = MallCustomers(count: rowCount)
    var columns = Array(repeating: [UInt8](), count: 3)
    while let (age, income, spending) = customers.customer() {
      columns[0].append(UInt8(age))
      columns[1].append(UInt8(income))
      columns[2].append(UInt8(spending))
    }
    return columns.map { .uint8($0) }
  }

  /// Mean 0 and deviation 1, in single precision, which is what the peers' script feeds them.
  static func standardized(_ column: [Double]) -> [Double] {
    let (mean, deviation) = moments(column) { _ in 1 }
    return column.map { Double(Float(($0 - mean) / deviation)) }
  }

  /// Mean 0 and deviation 1 over all rows of the distinct points.
  static func standardized(_ distinct: DistinctPoints) throws -> FeatureMatrix {
    let points = distinct.points
    return try FeatureMatrix(
      columns: (0..<points.featureCount).map { feature in
        let column = points.column(feature)
        let (mean, deviation) = moments(column) { distinct.weights[$0] }
        return column.map { ($0 - mean) / deviation }
      })
  }

  private static func moments(
    _ column: [Double], weight: (Int) -> Double
  ) -> (mean: Double, deviation: Double) {
    var total = 0.0
    var sum = 0.0
    for index in column.indices {
      total += weight(index)
      sum += weight(index) * column[index]
    }
    let mean = sum / total
    var squares = 0.0
    for index in column.indices {
      squares += weight(index) * (column[index] - mean) * (column[index] - mean)
    }
    return (mean, (squares / total).squareRoot())
  }
}
