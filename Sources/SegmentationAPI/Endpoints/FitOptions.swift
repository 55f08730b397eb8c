import Datasets
import Segmentation

/// What `POST /segments` is asked for: a fit, and what its answer tells.
struct FitOptions {
  /// The fit.
  let segmentation: SegmentationOptions
  /// Whether the rows are only read, cleaned and reported on.
  let isDryRun: Bool
  /// Whether the answer tells what the columns look like.
  let isExplored: Bool
  /// Whether the answer tells what cleaning found.
  let isReported: Bool
  /// How the file is handed back.
  let dialect: CSVDialect

  /// The options of a request; those of a form have joined its query.
  ///
  /// - Throws: as ``SegmentationOptions/init(_:)``.
  init(_ call: Call) throws(ProblemDetails) {
    segmentation = try SegmentationOptions(call.query)
    var reader = QueryReader(call.query)
    isDryRun = reader.flag("dry_run", default: false)
    isExplored = reader.flag("eda", default: false)
    isReported = reader.flag("quality", default: false)
    try reader.finish()
    dialect = try call.dialect(isHandedBack: true)
  }
}

extension CleaningOptions {
  /// The cleaning that a query asks for; faults are left in the reader.
  init(_ reader: inout QueryReader) {
    self.init(
      missing: reader.choice("missing", default: .drop),
      outliers: reader.choice("outliers", default: .keep),
      duplicates: reader.choice("duplicates", default: .dropIdentical),
      strict: reader.flag("strict", default: false), features: nil, id: reader.query["id"],
      weight: reader.query["weight"], value: reader.query["value"],
      category: reader.query["category"])
    if let list = reader.query["features"] {
      features = ColumnList.names(in: list)
      if features?.isEmpty == true { reader.refuse("features", "names no column") }
    }
    transactions = TransactionOptions(
      mode: reader.query["rfm"] == nil || reader.query["rfm"] == "auto"
        ? .auto : reader.flag("rfm", default: true) ? .on : .off,
      date: reader.query["date"], amount: reader.query["amount"])
    if let text = reader.query["as_of"] {
      transactions.asOf = CalendarDay(text)
      if transactions.asOf == nil { reader.refuse("as_of", "takes a day such as 2026-11-21") }
    }
  }
}

extension SegmentationOptions {
  /// The largest number of clusters that is looked for; far above what a shop can act on.
  static let clusterCountLimit = 1000

  /// The most bootstraps that are made; their means no longer move beyond.
  static let bootstrapLimit = 1000

  /// The fit that a query asks for.
  ///
  /// - Throws: a problem of its own for `k`, and one problem with all other faults.
  init(_ query: Query) throws(ProblemDetails) {
    self.init()
    var reader = QueryReader(query)
    cleaning = CleaningOptions(&reader)
    scale = reader.choice("scale", default: .zscore)
    categorical = reader.choice("categorical", default: .describe)
    if let seed = query["seed"] {
      guard let value = UInt64(seed), seed.utf8.allSatisfy({ (48...57).contains($0) }) else {
        reader.refuse("seed", "takes a whole number from 0 to \(UInt64.max)")
        try reader.finish()
        return
      }
      self.seed = value
    }
    if query["restarts"] != nil, query["restarts"] != "auto" {
      restarts = reader.integer("restarts", in: 1...1000)
    }
    if query["bootstraps"] != nil, query["bootstraps"] != "auto" {
      bootstraps = reader.integer("bootstraps", in: 0...SegmentationOptions.bootstrapLimit)
    }
    minimumSize = MinimumSize(&reader)
    if let name = query["series"] {
      if SeriesName.isValid(name) {
        series = name
      } else {
        reader.refuse("series", SeriesName.rule)
      }
    }
    activates = reader.flag("activate", default: true)
    let least = reader.integer("k_min", in: 2...SegmentationOptions.clusterCountLimit) ?? 2
    let most =
      reader.integer("k_max", in: 2...SegmentationOptions.clusterCountLimit) ?? max(10, least)
    if least > most { reader.refuse("k_min", "is above k_max") }
    try reader.finish()
    clusterCount = try SegmentationOptions.clusterCount(query["k"], range: least...most)
  }

  private static func clusterCount(_ text: String?, range: ClosedRange<Int>)
    throws(ProblemDetails) -> ClusterCount
  {
    guard let text, text != "auto" else { return .automatic(range) }
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    let range = "k takes a whole number from 1 to \(clusterCountLimit), or auto."
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw ProblemDetails(
        .clusterCountNotWhole, range,
        faults: [.init(pointer: "k", value: text, reason: "not a whole number")])
    }
    guard let value = Int(text), (1...clusterCountLimit).contains(value) else {
      throw ProblemDetails(
        .clusterCountOutOfRange, range,
        faults: [.init(pointer: "k", value: text, reason: "out of range")])
    }
    return .fixed(value)
  }
}

extension MinimumSize {
  /// The least size that a query asks for: a number of customers, or a share below 1.
  init(_ reader: inout QueryReader) {
    self = .customers(0)
    guard let text = reader.query["min_size"] else { return }
    guard let value = DecimalNumber.parse(text), value >= 0, value <= 1e15 else {
      reader.refuse("min_size", "takes a number of customers, or a share below 1")
      return
    }
    self = value > 0 && value < 1 ? .share(value) : .customers(value)
  }
}
