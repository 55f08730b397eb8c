/// Anderson acceleration of a fixed-point iteration `c ← G(c)`.
///
/// Lloyd's step converges linearly, slowly where clusters overlap. From the last few steps this
/// extrapolates where they lead. A proposal is only a proposal: the caller goes back to the plain
/// step when it does not lower the inertia.
/// - SeeAlso: Walker, Ni 2011, doi:10.1137/10078356X; Zhang et al. 2018, Fast K-Means Clustering
///   with Anderson Acceleration, arXiv:1805.10638
struct Acceleration {
  /// Steps looked back on.
  private let depth: Int
  /// The last differences between successive residuals and images.
  private var residualChanges: [[Double]] = []
  private var imageChanges: [[Double]] = []
  private var lastResidual: [Double] = []
  private var lastImage: [Double] = []

  init(depth: Int) {
    self.depth = depth
  }

  /// Forgets all steps.
  mutating func reset() {
    residualChanges.removeAll(keepingCapacity: true)
    imageChanges.removeAll(keepingCapacity: true)
    lastResidual = []
    lastImage = []
  }

  /// Takes note of `G(point) = image` and proposes the next point; `image` itself when there is
  /// nothing to go by.
  ///
  /// - Parameter weights: how much each coordinate counts in the fit of the residuals.
  mutating func proposal(point: [Double], image: [Double], weights: [Double]) -> [Double] {
    let residual = zip(image, point).map { $0 - $1 }
    defer {
      lastResidual = residual
      lastImage = image
    }
    guard !lastResidual.isEmpty else { return image }
    residualChanges.append(zip(residual, lastResidual).map { $0 - $1 })
    imageChanges.append(zip(image, lastImage).map { $0 - $1 })
    if residualChanges.count > depth {
      residualChanges.removeFirst()
      imageChanges.removeFirst()
    }
    guard let factors = leastSquares(residual, weights: weights) else {
      reset()
      return image
    }
    var proposal = image
    for (factor, change) in zip(factors, imageChanges) {
      for index in proposal.indices { proposal[index] -= factor * change[index] }
    }
    return proposal
  }

  /// The factors of the residual changes whose combination is nearest to `residual`.
  ///
  /// Solved by normal equations and Gaussian elimination with pivoting: at most `depth` unknowns.
  /// - Returns: nil when the changes are linearly dependent up to rounding.
  private func leastSquares(_ residual: [Double], weights: [Double]) -> [Double]? {
    let m = residualChanges.count
    func dot(_ a: [Double], _ b: [Double]) -> Double {
      var sum = 0.0
      for index in a.indices { sum += weights[index] * a[index] * b[index] }
      return sum
    }
    var rows = (0..<m).map { i in
      (0..<m).map { j in dot(residualChanges[i], residualChanges[j]) }
        + [dot(residualChanges[i], residual)]
    }
    var largest = 0.0
    for i in 0..<m { largest = max(largest, rows[i][i]) }
    guard largest > 0 else { return nil }
    // A touch of regularisation keeps factors small when steps point the same way.
    for i in 0..<m { rows[i][i] += 1e-10 * largest }
    for column in 0..<m {
      var pivot = column
      for row in column..<m where rows[row][column].magnitude > rows[pivot][column].magnitude {
        pivot = row
      }
      guard rows[pivot][column].magnitude > 1e-14 * largest else { return nil }
      rows.swapAt(column, pivot)
      for row in 0..<m where row != column {
        let factor = rows[row][column] / rows[column][column]
        if factor != 0 {
          for index in column...m { rows[row][index] -= factor * rows[column][index] }
        }
      }
    }
    return (0..<m).map { rows[$0][m] / rows[$0][$0] }
  }
}
