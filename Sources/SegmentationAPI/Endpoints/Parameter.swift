/// A query parameter that a route takes.
struct Parameter: Sendable, Equatable {
  let name: String
  /// What it takes and means, in one sentence.
  let help: String

  init(_ name: String, _ help: String) {
    self.name = name
    self.help = help
  }
}

// The parameters that more than one route takes.
extension Parameter {
  static let run = Parameter("run", "the id of a run; the current run of the series by default")
  static let series = Parameter("series", "the line of runs to look at; `default` by default")
  static let wait = Parameter(
    "wait", "seconds, 1 to 60, to wait for a change before answering with what is there")
  /// The representation, by the words that are suffixes as well.
  static func format(_ forms: [Form]) -> Parameter {
    Parameter(
      "format",
      "the representation, as a suffix names it: \(forms.map(\.suffix).joined(separator: ", "))")
  }
  static let search = Parameter(
    "search", "only customers with this text in a cell or the id; A and a are one")
  static let flat = Parameter("flat", "1 gives the bare JSON array")
  static let limit = Parameter("limit", "how many items a page holds: 1 to 10000, 100 by default")
  static let cursor = Parameter("cursor", "where the page begins: `next` of the page before")
  static let bom = Parameter("bom", "1 begins the CSV with a byte order mark, for Excel")
  static let excelSafe = Parameter(
    "excel_safe", "0 leaves cells alone that a spreadsheet would run as a formula")

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
    Parameter("missing", "rows with a gap in a feature: drop, median or error; drop by default"),
    Parameter(
      "outliers",
      "numbers far from the middle of a feature: keep, clip or set_aside; keep by default"),
    Parameter("duplicates", "identical rows: drop_identical or keep; drop_identical by default"),
    Parameter("strict", "true makes any row set aside an error"),
    Parameter(
      "rfm", "true reads rows as transactions, false never does; auto, the default, recognises them"
    ),
    Parameter("date", "the column of dates of transactions"),
    Parameter("amount", "the column of amounts of transactions"),
    Parameter(
      "as_of", "the day recency is counted from, 2026-11-21; the day after the last by default"),
  ]

  /// What a fit takes beyond the cleaning.
  static let fit = [
    Parameter("k", "how many segments: a whole number, or auto (2 to 10); auto by default"),
    Parameter("k_min", "the smallest k that auto tries; 2 by default"),
    Parameter("k_max", "the largest k that auto tries; 10 by default"),
    Parameter(
      "min_size",
      "the smallest segment allowed: a number of customers, or a share below 1; 0 by default"),
    Parameter(
      "bootstraps",
      "draws of the customers that stability is judged by, 0 to 1000; auto by default: 20 where k is chosen, none where it is given"
    ),
    Parameter("scale", "zscore, minmax, robust, log or none; zscore by default"),
    Parameter(
      "categorical",
      "describe, or onehot: each category of a descriptive column is a feature; describe by default"
    ),
    Parameter("seed", "a whole number; the same seed gives the same bits; 0 by default"),
    Parameter("restarts", "independent tries of the search, 1 to 1000; auto by default"),
    Parameter("series", "the line of runs this one continues; `default` by default"),
    Parameter("activate", "false keeps the current run of the series current"),
    Parameter("dry_run", "true reads, cleans and reports, and stores nothing"),
    Parameter("quality", "true adds what cleaning found to the answer"),
    Parameter("eda", "true adds what the columns look like to the answer"),
    Parameter(
      "dataset",
      "the id of a stored dataset to fit again, or sample for the generated sample, with no content"
    ),
  ]
}
