/// Fits, quality indices and the choice of k, from a matrix in memory.
enum ClusteringSuite {
  static func benchmarks(_ surroundings: Surroundings) -> [Benchmark] {
    []
  }
}
