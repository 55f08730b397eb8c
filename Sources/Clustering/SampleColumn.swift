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

  /// The number of samples.
  public var count: Int {
    switch self {
    case .uint8(let values): values.count
    case .int8(let values): values.count
    case .uint16(let values): values.count
    case .int16(let values): values.count
    case .int32(let values): values.count
    case .float64(let values): values.count
    }
  }

  /// The value of one sample.
  public subscript(sample: Int) -> Double {
    switch self {
    case .uint8(let values): Double(values[sample])
    case .int8(let values): Double(values[sample])
    case .uint16(let values): Double(values[sample])
    case .int16(let values): Double(values[sample])
    case .int32(let values): Double(values[sample])
    case .float64(let values): values[sample] + 0.0
    }
  }

  /// The first sample whose value is NaN, infinite or too large.
  func firstIllegal() -> Int? {
    guard case .float64(let values) = self else { return nil }
    return values.firstIndex { !($0.magnitude <= FeatureMatrix.coordinateLimit) }
  }
}
