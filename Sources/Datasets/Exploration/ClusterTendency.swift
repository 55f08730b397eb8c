/// Whether there are clusters at all.
enum ClusterTendency {
  /// How many rows are looked at.
  static let sampleLimit = 5000
  /// How many of them distances are taken from, and how many points are strewn.
  private static let (rowLimit, pointCount) = (500, 1000)

  /// The Hopkins statistic of scaled columns: the mean distance from strewn points to the nearest
  /// row, over the sum of that and the mean distance from rows to theirs, each to the power of the
  /// number of columns.
  ///
  /// The same rows give the same number, in whatever order. Time goes with the rows: give it a
  /// sample.
  ///
  /// - SeeAlso: Hopkins and Skellam 1954, doi:10.1093/oxfordjournals.aob.a083391; the power after
  ///   Cross and Jain 1982.
  static func hopkins(_ columns: [[Double]], threads: Int = 1) -> Double? {
    guard let rowCount = columns.first?.count else { return nil }
    var rows = (0..<rowCount).map { row in columns.map { $0[row] } }
    rows.removeAll { $0.contains(where: \.isNaN) }
    guard rows.count >= 10 else { return nil }
    // Which rows are looked at must not hang on their order.
    rows.sort { $0.lexicographicallyPrecedes($1) }
    // To the unit cube, from the smallest to the largest; what does not vary is left out.
    let unit = columns.indices.compactMap { column -> [Double]? in
      let low = rows.reduce(Double.infinity) { min($0, $1[column]) }
      let high = rows.reduce(-Double.infinity) { max($0, $1[column]) }
      guard high > low else { return nil }
      return rows.map { ($0[column] - low) / (high - low) }
    }
    guard !unit.isEmpty else { return nil }
    let points = Points(unit)
    var random = SampleRandom(state: 1954)
    let probes = min(rowLimit, points.count)
    let places =
      (0..<pointCount).map { _ in (point: (0..<points.width).map { _ in random.unit() }, row: -1) }
      + (0..<probes).map { probe in
        let row = probe * points.count / probes
        return (point: points[row], row: row)
      }
    let distances = ParallelMap.map(places.count, threads: threads) {
      points.poweredDistance(from: places[$0].point, except: places[$0].row)
    }
    let strewn = distances[..<pointCount].reduce(0, +) / Double(pointCount)
    let found = distances[pointCount...].reduce(0, +) / Double(probes)
    return strewn + found > 0 ? strewn / (strewn + found) : nil
  }
}

/// Points in the unit cube, one after the other.
private struct Points {
  let width: Int
  let count: Int
  private let values: [Double]

  init(_ columns: [[Double]]) {
    width = columns.count
    count = columns[0].count
    values = (0..<columns[0].count).flatMap { row in columns.map { $0[row] } }
  }

  subscript(row: Int) -> [Double] { Array(values[row * width..<(row + 1) * width]) }

  /// The distance to the nearest point, to the power of the number of columns.
  func poweredDistance(from point: [Double], except skipped: Int) -> Double {
    let (values, point) = (values.span, point.span)
    var best = Double.infinity
    var start = 0
    for row in 0..<count {
      var square = 0.0
      for column in 0..<width {
        let difference = values[start &+ column] - point[column]
        square += difference * difference
      }
      if square < best, row != skipped { best = square }
      start &+= width
    }
    let distance = best.squareRoot()
    return (0..<width).reduce(1.0) { product, _ in product * distance }
  }
}
