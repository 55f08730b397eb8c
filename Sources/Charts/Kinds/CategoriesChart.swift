/// The categories of descriptive columns by segment, with their lift.
public struct CategoriesChart: Chart {
  /// The most categories of a column, and the most columns.
  public static let categoryLimit = 12
  /// The most columns that have a panel.
  public static let columnLimit = 6

  /// The categories of one column.
  public struct Column: Sendable {
    /// The column.
    public let feature: ChartFeature
    /// Its categories, the most frequent first.
    public let categories: [String]
    /// One cell a category, segment by segment.
    public let cells: [[Cell]]

    /// The categories of a column by segment.
    public init(feature: ChartFeature, categories: [String], cells: [[Cell]]) {
      precondition(cells.allSatisfy { $0.count == categories.count }, "one cell a category")
      self.feature = feature
      self.categories = categories
      self.cells = cells
    }
  }

  /// A category in a segment.
  public struct Cell: Sendable {
    /// The customers of the segment in the category.
    public let customers: Double
    /// `customers` over those of the segment.
    public let share: Double
    /// `share` over the category's share of all customers; nil where there are too few to tell.
    public let lift: Double?

    /// A category in a segment.
    public init(customers: Double, share: Double, lift: Double?) {
      self.customers = customers
      self.share = share
      self.lift = lift
    }

    /// 1 at twice the usual share, −1 at half of it.
    var level: Double? {
      lift.map { $0 >= 1 ? $0 - 1 : $0 > 0 ? 1 - 1 / $0 : -.infinity }
    }
  }

  /// The name it is asked for by.
  public let name = ChartName.categories
  /// The segments whose marks are drawn, the largest first.
  public let segments: [ChartSegment]
  /// The columns, the one to look at first in front.
  public let columns: [Column]

  /// The categories of columns; every column has one row of cells a segment.
  public init(segments: [ChartSegment], columns: [Column]) {
    precondition(columns.allSatisfy { $0.cells.count == segments.count }, "one row a segment")
    self.segments = segments
    self.columns = columns
  }

  private var shownSegments: Int { Shown(segments).count }
  private var shownColumns: Shown {
    Shown("columns", columns.count, limit: CategoriesChart.columnLimit)
  }

  /// What one sees, in words.
  public var title: String {
    var strongest: (column: Column, segment: Int, category: Int, lift: Double, level: Double)?
    for column in columns {
      for segment in segments.indices {
        for (category, cell) in column.cells[segment].enumerated() {
          guard let lift = cell.lift, let level = cell.level,
            abs(level) > abs(strongest?.level ?? 0)
          else { continue }
          strongest = (column, segment, category, lift, level)
        }
      }
    }
    guard let strongest else { return "The categories are spread alike over the segments." }
    let category = Label.quoted(strongest.column.categories[strongest.category])
    let place =
      "\(category) (\(Label.quoted(strongest.column.feature.name))) in \(Label.quoted(segments[strongest.segment].name))"
    guard abs(strongest.level) >= 0.25 else {
      return
        "The categories are spread nearly alike over the segments; the largest difference is \(place): \(NumberText.short(strongest.lift)) times the usual share."
    }
    let word = strongest.lift > 1 ? "over-represented" : "under-represented"
    return
      "Most \(word) is \(place): \(NumberText.short(strongest.lift)) times the usual share."
  }

  /// How to read the picture.
  public var explanation: String {
    let shown = columns.prefix(shownColumns.count)
    let notes = [
      "Numbers are the share of a segment’s customers in the category; the colour is the lift, that share over the share among all customers. Without colour there are too few customers to tell.",
      Shown(segments).note, shownColumns.note,
      shown.contains { $0.categories.count > CategoriesChart.categoryLimit }
        ? "The \(CategoriesChart.categoryLimit) most frequent categories are shown." : nil,
    ]
    return notes.compactMap(\.self).joined(separator: " ")
  }

  /// Draws what stands below the title.
  public func draw(on canvas: inout Canvas) {
    for column in columns.prefix(shownColumns.count) {
      canvas.text(
        column.feature.label, x: canvas.left, y: canvas.bottom + 13, size: 13, isBold: true,
        room: canvas.room)
      canvas.bottom += 24
      let categories = column.categories.prefix(CategoriesChart.categoryLimit)
      canvas.openGroup([.init("column", column.feature.key)])
      HeatMap(
        rows: segments.prefix(shownSegments).map { Label.clean($0.name) },
        rowMarks: Array(0..<shownSegments),
        columns: categories.map { Label.clean($0) },
        cells: (0..<shownSegments).map { segment in
          categories.indices.map { category in
            let cell = column.cells[segment][category]
            return HeatMap.Cell(
              level: cell.level, text: NumberText.percent(cell.share),
              hint:
                "\(Label.isolated(segments[segment].name)), \(Label.isolated(column.categories[category])): \(NumberText.short(cell.customers)) customers, \(cell.lift.map { "lift \(NumberText.short($0))" } ?? "too few to tell")",
              data: [
                .init("segment", segments[segment].id),
                .init("category", column.categories[category]),
                .init("customers", cell.customers), .init("share", cell.share),
              ] + (cell.lift.map { [.init("lift", $0)] } ?? []))
          }
        }
      ).draw(on: &canvas)
      canvas.closeGroup()
    }
    canvas.stepLegend(low: "half as often", middle: "as usual", high: "twice as often")
  }

  /// The Vega-Lite form.
  public var specification: VegaLite {
    let names = segments.uniqueNames
    let labels = Label.unique(columns.map(\.feature.name))
    let values = zip(labels, columns).flatMap { label, column in
      let categories = Label.unique(column.categories)
      return segments.indices.flatMap { segment in
        categories.indices.map { category -> JSON in
          let cell = column.cells[segment][category]
          return [
            "column": .string(label), "segment": .string(names[segment]),
            "category": .string(categories[category]),
            "customers": .number(cell.customers as Double?),
            "share": .number(cell.share as Double?), "lift": .number(cell.lift),
          ]
        }
      }
    }
    // A picture a column, one below the other: in facets with a scale of their own the two layers would
    // each ask for one.
    let panels = labels.map { label -> JSON in
      let column: JSON = ["field": "column", "equal": .string(label)]
      let map = VegaLite.heatMap(
        y: segments.rowChannel,
        x: VegaLite.channel(
          "category", "nominal", nil,
          [("axis", ["orient": "top", "labelAngle": -30, "labelLimit": 160])]),
        colour: "lift", title: "lift", steps: VegaLite.diverging(from: 0, by: 1, to: 2),
        text: "share", format: ".0%")
      return .object(
        [
          .init(name: "title", value: ["text": .string(label), "anchor": "start", "fontSize": 11]),
          .init(name: "transform", value: [["filter": column]]),
        ] + map.map { .init(name: $0.0, value: $0.1) })
    }
    return VegaLite(self, values: values, [("vconcat", .array(panels))])
  }
}
