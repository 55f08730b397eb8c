import Datasets

/// How much content is read as rows.
public struct UploadLimits: Sendable, Equatable {
  /// The largest content of one request, in bytes.
  public var contentBytes = 4 << 30
  /// What one table may hold.
  public var decoding = DecodingLimits()
  /// Threads that may read one large content at once.
  public var threads = 1
  /// The largest value of a form field that is an option, in bytes.
  public var optionBytes = 64 << 10

  /// The service's own limits.
  public init() {}
}
