/// Who moved between the segments of two runs: a Sankey diagram.
public struct MovementChart: Chart {
  /// Customers of one segment who are in another, or the same, now.
  public struct Flow: Sendable, Equatable {
    /// The segment before, a position in `before`.
    public let from: Int
    /// The segment now, a position in `after`.
    public let to: Int
    /// How many they are.
    public let customers: Double

    /// A flow of customers.
    public init(from: Int, to: Int, customers: Double) {
      self.from = from
      self.to = to
      self.customers = customers
    }
  }

  /// The name it is asked for by.
  public let name = ChartName.movement
  /// The segments of the earlier run.
  public let before: [ChartSegment]
  /// The segments of the later run.
  public let after: [ChartSegment]
  /// The flows between them.
  public let flows: [Flow]
  /// The places of `before` and `after` in one list, so that one segment has one colour.
  private let places: (before: [Int], after: [Int])
  /// The segments whose marks are drawn, the largest first.
  public let segments: [ChartSegment]

  /// The movement between two runs; a segment with the same id is the same segment.
  public init(before: [ChartSegment], after: [ChartSegment], flows: [Flow]) {
    precondition(
      flows.allSatisfy { before.indices.contains($0.from) && after.indices.contains($0.to) },
      "flows between segments")
    self.before = before
    self.after = after
    self.flows = flows.filter { $0.customers > 0 }
    var all = after
    let positions = before.map { segment in
      if let known = all.firstIndex(where: { $0.id == segment.id }) { return known }
      all.append(segment)
      return all.count - 1
    }
    places = (positions, Array(after.indices))
    segments = all
  }

  private var total: Double { flows.reduce(0) { $0 + $1.customers } }

  /// What one sees, in words.
  public var title: String {
    guard total > 0 else { return "No customer is in both runs." }
    let stayed = flows.filter { before[$0.from].id == after[$0.to].id }
      .reduce(0) { $0 + $1.customers }
    let moved = flows.filter { before[$0.from].id != after[$0.to].id }
    guard
      let largest = moved.max(by: {
        ($0.customers, $1.from, $1.to) < ($1.customers, $0.from, $0.to)
      })
    else { return "All \(NumberText.short(total)) customers stayed in their segment." }
    return
      "\(NumberText.percent(stayed / total)) of the customers stayed in their segment; the largest move is \(NumberText.short(largest.customers)), from \(Label.quoted(before[largest.from].name)) to \(Label.quoted(after[largest.to].name))."
  }

  /// How to read the picture.
  public var explanation: String {
    "On the left the segments of the earlier run, on the right those of the later one; the width of a band is the number of customers (\(NumberText.short(total)) are in both runs)."
  }

  /// Draws what stands below the title.
  public func draw(on canvas: inout Canvas) {
    let side = min(canvas.room * 0.3, 200)
    let (left, right) = (canvas.left + side, canvas.right - side)
    let outgoing = before.indices.map { index in
      flows.filter { $0.from == index }.reduce(0) { $0 + $1.customers }
    }
    let incoming = after.indices.map { index in
      flows.filter { $0.to == index }.reduce(0) { $0 + $1.customers }
    }
    let rows = Double(max(before.count, after.count))
    // Room for a label a segment, and in proportion beyond it; none where nobody is in both runs.
    let (all, room) = (total, max(320 - rows * 10, 160))
    let height = { (customers: Double) -> Double in
      let share = customers / all
      return share.isFinite ? share * room : 0
    }
    let tops = { (sizes: [Double], start: Double) -> [Double] in
      var y = start
      return sizes.map { size in
        defer { y += max(height(size), 32) + 8 }
        return y
      }
    }
    let (startTops, endTops) = (
      tops(outgoing, canvas.bottom + 22), tops(incoming, canvas.bottom + 22)
    )
    canvas.text("before", x: left, y: canvas.bottom + 12, anchor: .end, style: "muted", room: side)
    canvas.text("now", x: right, y: canvas.bottom + 12, style: "muted", room: side)
    var (used, taken) = (startTops, endTops)
    for flow in flows.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
      let thickness = height(flow.customers)
      let (from, to) = (before[flow.from], after[flow.to])
      canvas.ribbon(
        from: left + 8, used[flow.from], to: right - 8, taken[flow.to], thickness: thickness,
        style: "\(canvas.fill(ofSegment: places.before[flow.from])) flow",
        data: [
          .init("from", from.id), .init("to", to.id), .init("customers", flow.customers),
        ],
        hint:
          "\(Label.isolated(from.name)) → \(Label.isolated(to.name)): \(NumberText.short(flow.customers))"
      )
      used[flow.from] += thickness
      taken[flow.to] += thickness
    }
    nodes(
      before, outgoing, startTops, outgoing.map(height), places.before, x: left, labelX: left - 6,
      anchor: .end,
      room: side - 8, on: &canvas)
    nodes(
      after, incoming, endTops, incoming.map(height), places.after, x: right - 8, labelX: right + 6,
      anchor: .start, room: side - 8, on: &canvas)
    let ends =
      zip(startTops, outgoing).map { $0 + max(height($1), 32) }
      + zip(endTops, incoming).map { $0 + max(height($1), 32) }
    canvas.bottom = (ends.max() ?? canvas.bottom) + 4
  }

  private func nodes(
    _ list: [ChartSegment], _ sizes: [Double], _ tops: [Double], _ heights: [Double],
    _ places: [Int],
    x: Double, labelX: Double, anchor: Canvas.Anchor, room: Double, on canvas: inout Canvas
  ) {
    for (index, segment) in list.enumerated() {
      canvas.rectangle(
        .init(
          left: x, top: tops[index], right: x + 8, bottom: tops[index] + max(heights[index], 2)
        ),
        style: canvas.fill(ofSegment: places[index]),
        data: [.init("segment", segment.id), .init("customers", sizes[index])])
      canvas.text(
        Label.clean(segment.name), x: labelX, y: tops[index] + 12, anchor: anchor, room: room)
      canvas.text(
        NumberText.short(sizes[index]), x: labelX, y: tops[index] + 27, anchor: anchor, size: 11,
        style: "muted", room: room)
    }
  }

  /// The Vega-Lite form.
  public var specification: VegaLite {
    // Vega-Lite has no flows: the same numbers stand in a table of before and now.
    let (rows, columns) = (before.uniqueNames, after.uniqueNames)
    let most = max(flows.map(\.customers).max() ?? 1, 1)
    return VegaLite(
      self,
      values: flows.map {
        [
          "from": .string(rows[$0.from]), "to": .string(columns[$0.to]),
          "customers": .number($0.customers as Double?),
        ]
      },
      VegaLite.heatMap(
        y: VegaLite.channel(
          "from", "nominal", "before", [("sort", .array(rows.map { .string($0) }))]),
        x: VegaLite.channel(
          "to", "nominal", "now",
          [
            ("sort", .array(columns.map { .string($0) })),
            ("axis", ["orient": "top", "labelAngle": -30, "labelLimit": 160]),
          ]), colour: "customers", title: "customers", steps: VegaLite.sequential(to: most),
        text: "customers",
        format: ",.4~g"))
  }
}
