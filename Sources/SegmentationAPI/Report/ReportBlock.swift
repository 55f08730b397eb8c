import Charts

/// What the report is made of, whatever it is written as.
enum ReportBlock: Sendable {
  case paragraph(ReportText)
  /// A paragraph that must not be overlooked.
  case note(ReportText)
  case list([ReportText])
  case table(Table)
  case picture(name: ChartName, chart: any Chart)
  /// A part with a heading of its own, which printing keeps together where it can.
  case part(title: ReportText, [ReportBlock])

  /// Rows below their column names.
  struct Table: Sendable {
    /// The names of the columns, and whether they hold figures, which stand to the right.
    var columns: [(name: ReportText, isFigure: Bool)]
    var rows: [[ReportText]]
  }
}

/// A chapter of the report.
struct ReportSection: Sendable {
  /// The anchor in addresses.
  let id: String
  let title: String
  let blocks: [ReportBlock]
}
