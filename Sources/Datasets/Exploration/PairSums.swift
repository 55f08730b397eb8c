/// Sums of the products of columns, for correlations of more rows than one wants to hold.
///
/// Numbers are taken from near their mean, so that nothing is lost in the differences.
struct PairSums {
  private let means: [Double]
  private let hasGaps: [Bool]
  /// For each pair, the second not after the first: rows with both, sums of each, of squares and
  /// of products.
  private var sums: [Sums]

  private struct Sums {
    var count = 0.0
    var (x, y, xx, yy, xy) = (0.0, 0.0, 0.0, 0.0, 0.0)
  }

  init(_ dataset: Dataset, _ columns: [Int], means: [Double]) {
    self.means = means
    hasGaps = columns.map {
      dataset.table.columns[$0].numberCount < dataset.table.columns[$0].rowCount
    }
    sums = Array(repeating: Sums(), count: columns.count * (columns.count + 1) / 2)
  }

  mutating func add(_ numbers: [[Double]]) {
    let centred = numbers.enumerated().map { index, column in column.map { $0 - means[index] } }
    var pair = 0
    for one in centred.indices {
      for other in 0...one {
        if hasGaps[one] || hasGaps[other] {
          addWithGaps(centred[one], centred[other], pair)
        } else {
          add(centred[one], centred[other], pair)
        }
        pair += 1
      }
    }
  }

  private mutating func add(_ one: [Double], _ other: [Double], _ pair: Int) {
    let (first, second) = (one.span, other.span)
    // Four sums that do not wait for each other.
    var products = SIMD4<Double>()
    var (x, y) = (SIMD4<Double>(), SIMD4<Double>())
    var index = 0
    let count = min(first.count, second.count)
    while index + 4 <= count {
      let one = SIMD4(first[index], first[index + 1], first[index + 2], first[index + 3])
      let other = SIMD4(second[index], second[index + 1], second[index + 2], second[index + 3])
      products += one * other
      x += one
      y += other
      index += 4
    }
    while index < count {
      products[0] += first[index] * second[index]
      x[0] += first[index]
      y[0] += second[index]
      index += 1
    }
    sums[pair].count += Double(count)
    sums[pair].xy += products.sum()
    sums[pair].x += x.sum()
    sums[pair].y += y.sum()
  }

  private mutating func addWithGaps(_ first: [Double], _ second: [Double], _ pair: Int) {
    var sum = sums[pair]
    for (x, y) in zip(first, second) where !x.isNaN && !y.isNaN {
      sum.count += 1
      sum.x += x
      sum.y += y
      sum.xx += x * x
      sum.yy += y * y
      sum.xy += x * y
    }
    sums[pair] = sum
  }

  /// The correlation of each column with each; `nil` where one does not vary.
  var correlations: [[Double?]] {
    let count = means.count
    var matrix = [[Double?]](repeating: [Double?](repeating: nil, count: count), count: count)
    for one in 0..<count {
      for other in 0...one {
        let value = correlation(one, other)
        matrix[one][other] = one == other && value != nil ? 1 : value
        matrix[other][one] = matrix[one][other]
      }
    }
    return matrix
  }

  private func place(_ one: Int, _ other: Int) -> Int { one * (one + 1) / 2 + other }

  private func correlation(_ one: Int, _ other: Int) -> Double? {
    let pair = sums[place(one, other)]
    guard pair.count > 1 else { return nil }
    var (squaresX, squaresY) = (pair.xx, pair.yy)
    if !hasGaps[one], !hasGaps[other] {
      // A column's squares are its products with itself.
      (squaresX, squaresY) = (sums[place(one, one)].xy, sums[place(other, other)].xy)
    }
    squaresX -= pair.x * pair.x / pair.count
    squaresY -= pair.y * pair.y / pair.count
    let products = pair.xy - pair.x * pair.y / pair.count
    guard squaresX > 0, squaresY > 0 else { return nil }
    return min(1, max(-1, products / (squaresX.squareRoot() * squaresY.squareRoot())))
  }
}
