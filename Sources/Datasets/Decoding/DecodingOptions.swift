/// How much content is taken; each limit is tested at the limit and one over.
public struct DecodingLimits: Equatable, Sendable {
  /// Records below the header.
  public var maxRows: Int
  /// Columns of the header.
  public var maxColumns: Int
  /// Bytes of one field, its quotes included.
  public var maxFieldBytes: Int
  /// Bytes of the whole content as sent.
  public var maxContentBytes: Int

  /// Limits; by default gigabytes of content and millions of rows are taken.
  public init(
    maxRows: Int = 50_000_000, maxColumns: Int = 10_000, maxFieldBytes: Int = 1 << 20,
    maxContentBytes: Int = 4 << 30
  ) {
    self.maxRows = maxRows
    self.maxColumns = maxColumns
    self.maxFieldBytes = maxFieldBytes
    self.maxContentBytes = maxContentBytes
  }
}

/// What is known about content before its first byte.
public struct DecodingOptions: Sendable {
  /// The format, or `nil` to look at the first bytes.
  public var format: DatasetFormat?
  /// The sender's `charset` parameter, or `nil` to look at the bytes.
  public var charset: String?
  /// Above any of these the content is refused with an error.
  public var limits: DecodingLimits
  /// Keep every record's text too, so that the file can be handed back with more columns.
  public var keepsText: Bool
  /// How many threads may work on large content at once; the result does not depend on it.
  public var threadCount: Int
  /// How much delimited text is decoded at a time, in bytes.
  var blockLength = 1 << 19

  /// Options; by default the content itself says what it is, and one thread reads it.
  public init(
    format: DatasetFormat? = nil, charset: String? = nil, limits: DecodingLimits = .init(),
    keepsText: Bool = false, threadCount: Int = 1
  ) {
    self.format = format
    self.charset = charset
    self.limits = limits
    self.keepsText = keepsText
    self.threadCount = threadCount
  }
}
