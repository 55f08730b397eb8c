extension FastLloyd {
  /// Iterates from the present centroids; where that ends.
  func optimum(iterationLimit: Int, tolerance: Double) throws(ClusteringError) -> Optimum {
    let end = try run(iterationLimit: iterationLimit, tolerance: tolerance)
    return Optimum(
      centroids: centroids.array, inertia: inertia(), iterationCount: end.iterationCount,
      hasConverged: end.hasConverged)
  }

  /// Gain per iteration, relative to the inertia's scale, below which steps are worth extrapolating:
  /// before, the landscape is too uneven.
  private static let accelerationThreshold = 1e-5
  private static let accelerationDepth = 5

  /// Iterates from the present centroids until no label changes or an iteration lowers the inertia
  /// by less than `tolerance` of the total scatter.
  func run(
    iterationLimit: Int, tolerance: Double
  ) throws(ClusteringError) -> (iterationCount: Int, hasConverged: Bool) {
    restart()
    var acceleration = Acceleration(depth: Self.accelerationDepth)
    var last = Double.infinity
    var fallback: [Double]?
    var iterationCount = 0
    while true {
      try cloud.checkCancellation()
      let changed = assign()
      if try relocateEmptyClusters() {
        acceleration.reset()
        last = .infinity
        fallback = nil
        continue
      }
      let inertia = relativeInertia()
      if let plain = fallback, inertia > last {
        // The extrapolation led astray: back to where the plain step leads.
        acceleration.reset()
        fallback = nil
        last = .infinity
        move(to: plain)
        continue
      }
      let gain = last - inertia
      last = inertia
      let image = means()
      // What the plain step would gain at least. The gain just made says less: an extrapolation
      // may gain little far from the end.
      let residual = squaredResidual(to: image)
      if (changed == 0 && iterationCount > 0) || residual < tolerance * scatter {
        move(to: image)
        return (iterationCount, true)
      }
      if iterationCount >= iterationLimit {
        move(to: image)
        return (iterationCount, false)
      }
      iterationCount += 1
      if gain < Self.accelerationThreshold * scatter {
        fallback = image
        move(
          to: acceleration.proposal(
            point: centroids.array, image: image, weights: weightsOfCoordinates()))
      } else {
        acceleration.reset()
        fallback = nil
        move(to: image)
      }
    }
  }

  /// The weighted sum of squared distances from the centroids to where the plain step leads.
  private func squaredResidual(to image: [Double]) -> Double {
    let weights = weightsOfCoordinates()
    var sum = 0.0
    for index in image.indices {
      let shift = image[index] - centroids[index]
      sum += weights[index] * shift * shift
    }
    return sum
  }
}
