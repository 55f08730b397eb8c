import Datasets
import Segmentation

/// A parameter that a route takes, in its query or as a part of its path.
struct Parameter: Sendable, Equatable {
  let name: String
  /// What it takes and means, in one sentence.
  let help: String
  /// The values it takes.
  let schema: Schema

  init(_ name: String, _ help: String, _ schema: Schema = .text) {
    self.name = name
    self.help = help
    self.schema = schema
  }
}

// Parts of paths.
extension Parameter {
  static let runInPath = Parameter("id", "the id of a run", .part("run_3f9c2a5b7d1e8046"))
  static let datasetInPath = Parameter("id", "the id of a dataset", .part("ds_81c04d2e9b6f3a57"))
  static let segmentInPath = Parameter(
    "sid", "the id of a segment", .part("high-income-high-spending"))
  static let customerInPath = Parameter("cid", "the id of a customer", .part("17"))
}

// The parameters that more than one route takes.
extension Parameter {
  static let run = Parameter(
    "run", "the id of a run; the current run of the series by default",
    .string.example("run_3f9c2a5b7d1e8046"))
  static let series = Parameter(
    "series", "the line of runs to look at; `default` by default", .string.example("default"))
  static let wait = Parameter(
    "wait", "seconds, 1 to 60, to wait for a change before answering with what is there",
    .integer(in: 1...60))
  /// The representation, by the words that are suffixes as well.
  static func format(_ forms: [Form]) -> Parameter {
    Parameter(
      "format",
      "the representation, as a suffix names it: \(forms.map(\.suffix).joined(separator: ", "))",
      .words(forms.map(\.suffix)))
  }
  static let search = Parameter(
    "search", "only customers with this text in a cell or the id; A and a are one", .string)
  static let flat = Parameter("flat", "1 gives the bare JSON array", .flag)
  static let limit = Parameter(
    "limit", "how many items a page holds: 1 to 10000, 100 by default",
    .integer(in: 1...Page.largestLimit))
  static let cursor = Parameter(
    "cursor", "where the page begins: `next` of the page before",
    .string(pattern: "^(0|[1-9][0-9]{0,8})\\.[0-9a-z_-]*$"))
  static let bom = Parameter("bom", "1 begins the CSV with a byte order mark, for Excel", .flag)
  static let excelSafe = Parameter(
    "excel_safe", "0 leaves cells alone that a spreadsheet would run as a formula", .flag)

  /// What every list takes.
  static let list = [flat, bom, excelSafe]
  /// What every list that comes in pages takes.
  static let pages = [limit, cursor] + list

  /// What a file of rows is read and cleaned with.
  static let cleaning = [
    Parameter(
      "features", "the columns to cluster by, separated by commas; all usable numbers by default"),
    Parameter("id", "the column that names the customer"),
    Parameter("weight", "the column that says how many customers a row stands for"),
    Parameter("value", "the column that holds a customer's revenue"),
    Parameter("category", "the column of categories to look at first"),
    Parameter(
      "missing", "rows with a gap in a feature: drop, median or error; drop by default",
      .words(CleaningOptions.Missing.self)),
    Parameter(
      "outliers",
      "numbers far from the middle of a feature: keep, clip or set_aside; keep by default",
      .words(CleaningOptions.Outliers.self)),
    Parameter(
      "duplicates", "identical rows: drop_identical or keep; drop_identical by default",
      .words(CleaningOptions.Duplicates.self)),
    Parameter("strict", "true makes any row set aside an error", .flag),
    Parameter(
      "rfm",
      "true reads rows as transactions, false never does; auto, the default, recognises them",
      .any(of: [.words(["auto"]), .flag])),
    Parameter("date", "the column of dates of transactions"),
    Parameter("amount", "the column of amounts of transactions"),
    Parameter(
      "as_of", "the day recency is counted from, 2026-11-21; the day after the last by default",
      .string(pattern: "^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$").example(
        "2026-11-21")),
  ]

  /// What a fit takes beyond the cleaning.
  static let fit = [
    Parameter(
      "k", "how many segments: a whole number, or auto (2 to 10); auto by default",
      .any(of: [.integer(in: 1...SegmentationOptions.clusterCountLimit), .words(["auto"])])),
    Parameter(
      "k_min", "the smallest k that auto tries; 2 by default",
      .integer(in: 2...SegmentationOptions.clusterCountLimit)),
    Parameter(
      "k_max", "the largest k that auto tries; 10 by default",
      .integer(in: 2...SegmentationOptions.clusterCountLimit)),
    Parameter(
      "min_size",
      "the smallest segment allowed: a number of customers, or a share below 1; 0 by default",
      .number(from: 0)),
    Parameter(
      "bootstraps",
      "draws of the customers that stability is judged by, 0 to 1000; auto by default: 20 where k is chosen, none where it is given",
      .any(of: [.integer(in: 0...SegmentationOptions.bootstrapLimit), .words(["auto"])])),
    Parameter(
      "scale", "zscore, minmax, robust, log or none; zscore by default", .words(Scale.self)),
    Parameter(
      "categorical",
      "describe, or onehot: each category of a descriptive column is a feature; describe by default",
      .words(Categorical.self)),
    Parameter(
      "seed", "a whole number; the same seed gives the same bits; 0 by default",
      .count),
    Parameter(
      "restarts", "independent tries of the search, 1 to 1000; auto by default",
      .any(of: [.integer(in: 1...1000), .words(["auto"])])),
    Parameter(
      "series", "the line of runs this one continues; `default` by default",
      .seriesName),
    Parameter("activate", "false keeps the current run of the series current", .flag),
    Parameter("dry_run", "true reads, cleans and reports, and stores nothing", .flag),
    Parameter("quality", "true adds what cleaning found to the answer", .flag),
    Parameter("eda", "true adds what the columns look like to the answer", .flag),
    Parameter(
      "dataset",
      "the id of a stored dataset to fit again, or sample for the generated sample, with no content",
      .datasetID),
  ]
}
