/// The input of the numerical steps: checked points, their weights, and the team that works on them.
struct WeightedPoints: Sendable {
  /// `n × d`.
  let points: FeatureMatrix
  /// `n`, all above zero.
  let weights: [Double]
  /// Who runs the chunks.
  let team: WorkTeam

  /// Samples in one chunk.
  ///
  /// Results are added chunk by chunk, so this number is part of the definition of a result's last
  /// bits: changing it changes them.
  static let chunkSize = 2048

  init(_ points: FeatureMatrix, weights: [Double], team: WorkTeam) {
    self.points = points
    self.weights = weights
    self.team = team
  }

  var sampleCount: Int { points.sampleCount }
  var featureCount: Int { points.featureCount }
  var chunkCount: Int { (sampleCount + Self.chunkSize - 1) / Self.chunkSize }

  /// The samples of one chunk.
  func samples(ofChunk chunk: Int) -> Range<Int> {
    chunk * Self.chunkSize..<min((chunk + 1) * Self.chunkSize, sampleCount)
  }
}
