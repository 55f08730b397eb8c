/// One feature of many samples, in the narrowest type that holds it.
///
/// Ten million customers whose age fits a byte need ten megabytes for it, not eighty.
public enum SampleColumn: Sendable {
  case uint8([UInt8])
  case int8([Int8])
  case uint16([UInt16])
  case int16([Int16])
  case int32([Int32])
  case float64([Double])
  /// Whole numbers as they are stored, a piece after the other: nothing is copied.
  case pieces([SamplePiece])

  /// The number of samples.
  public var count: Int {
    switch self {
    case .uint8(let values): values.count
    case .int8(let values): values.count
    case .uint16(let values): values.count
    case .int16(let values): values.count
    case .int32(let values): values.count
    case .float64(let values): values.count
    case .pieces(let pieces): pieces.reduce(0) { $0 + $1.distances.count }
    }
  }

  /// The value of one sample.
  ///
  /// - Complexity: O(1), of pieces O(*pieces*).
  public subscript(sample: Int) -> Double {
    switch self {
    case .uint8(let values): Double(values[sample])
    case .int8(let values): Double(values[sample])
    case .uint16(let values): Double(values[sample])
    case .int16(let values): Double(values[sample])
    case .int32(let values): Double(values[sample])
    case .float64(let values): values[sample] + 0.0
    case .pieces(let pieces): SamplePiece.value(of: sample, in: pieces)
    }
  }

  /// The same samples in one array.
  var joined: SampleColumn {
    guard case .pieces(let pieces) = self else { return self }
    var values: [Int32] = []
    values.reserveCapacity(count)
    for piece in pieces {
      let base = Int32(truncatingIfNeeded: piece.base)
      for distance in piece.distances { values.append(base &+ Int32(distance)) }
    }
    return .int32(values)
  }

  /// The first sample whose value is NaN, infinite or too large.
  func firstIllegal() -> Int? {
    guard case .float64(let values) = self else { return nil }
    return values.firstIndex { !($0.magnitude <= FeatureMatrix.coordinateLimit) }
  }
}

/// Some samples of a feature: whole numbers as distances from one of them.
public struct SamplePiece: Sendable {
  /// What a distance of 0 stands for; all numbers fit 32 bits.
  public let base: Int
  /// One a sample.
  public let distances: [UInt8]

  /// - Precondition: `base` and the numbers above it fit 32 bits.
  public init(base: Int, distances: [UInt8]) {
    precondition(base >= Int(Int32.min) && base <= Int(Int32.max) - 255)
    self.base = base
    self.distances = distances
  }

  fileprivate static func value(of sample: Int, in pieces: [SamplePiece]) -> Double {
    var rest = sample
    for piece in pieces {
      if rest < piece.distances.count { return Double(piece.base + Int(piece.distances[rest])) }
      rest -= piece.distances.count
    }
    preconditionFailure("sample out of range")
  }
}
