extension Run {
  /// A mean over the overall mean; nil when the two cannot be compared as a ratio.
  public static func lift(_ mean: Double, overall: Double) -> Double? {
    overall > 0 && mean >= 0 ? mean / overall : nil
  }
}
