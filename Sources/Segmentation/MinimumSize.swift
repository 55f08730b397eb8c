/// The least size of a segment that is asked for.
public enum MinimumSize: Sendable, Equatable {
  /// So many customers.
  case customers(Double)
  /// This share of all customers, in 0..<1.
  case share(Double)

  /// The least number of customers among `total`.
  public func customers(of total: Double) -> Double {
    switch self {
    case .customers(let count): count
    case .share(let share): share * total
    }
  }
}
