import Segmentation

/// Who moved between two runs, as `/migrations` shows it.
struct MigrationPayload: Sendable {
  let from: Run
  let to: Run
  let migration: Migration

  static let columns = ["customer_id", "from", "to", "because", "before", "after", "change"]

  /// One customer who moved, with the feature that moved most.
  func row(_ position: Int) -> [JSON] {
    let mover = migration.movers[position]
    let cause = Migration.cause(of: mover, from: from, to: to)
    return [
      .string(to.dataset.customerID(ofRow: Int(mover.rowAfter))),
      .string(segmentID(from, row: mover.rowBefore)), .string(segmentID(to, row: mover.rowAfter)),
      .string(cause.map { from.features[$0.feature].key }), .number(cause?.before),
      .number(cause?.after), .number(cause?.change),
    ]
  }

  private func segmentID(_ run: Run, row: Int32) -> String? {
    run.rowLabels[Int(row)].map { run.segments[$0].id }
  }

  /// Every pair of segments with the customers that are in both.
  var matrix: JSON {
    .array(
      from.segments.flatMap { before in
        to.segments.map { after -> JSON in
          [
            "from": .string(before.id), "to": .string(after.id),
            "customers": .integer(migration.counts[before.cluster][after.cluster]),
          ]
        }
      })
  }

  /// The moves there were, those of most customers first, as a flow chart takes them: from null are
  /// customers who came, to null those who left.
  var links: JSON {
    var links: [(from: Segment?, to: Segment?, customers: Int)] = []
    for before in from.segments {
      for after in to.segments where migration.predecessors[after.cluster] != before.cluster {
        links.append((before, after, migration.counts[before.cluster][after.cluster]))
      }
      links.append((before, nil, migration.left[before.cluster]))
    }
    for after in to.segments { links.append((nil, after, migration.arrived[after.cluster])) }
    // Stable among equals: in the order of the segments.
    let sorted = links.enumerated().filter { $0.element.customers > 0 }.sorted {
      ($1.element.customers, $0.offset) < ($0.element.customers, $1.offset)
    }.map(\.element)
    return .array(
      sorted.map { link in
        [
          "from": .string(link.from?.id), "to": .string(link.to?.id),
          "from_name": .string(link.from?.name), "to_name": .string(link.to?.name),
          "customers": .integer(link.customers),
          "share_of_from": .number(
            link.from.map { segment in
              let size =
                migration.counts[segment.cluster].reduce(0, +) + migration.left[segment.cluster]
              return size > 0 ? Double(link.customers) / Double(size) : 0
            }),
        ]
      })
  }

  /// What stands before the customers.
  var about: [JSON.Member] {
    [
      .init(name: "from", value: .string(from.id)),
      .init(name: "to", value: .string(to.id)),
      .init(name: "series", value: .string(to.series)),
      .init(
        name: "shared",
        value: .integer(migration.counts.reduce(0) { $0 + $1.reduce(0, +) })),
      .init(name: "moved", value: .integer(migration.movers.count)),
      .init(name: "arrived", value: .integer(migration.arrived.reduce(0, +))),
      .init(name: "left", value: .integer(migration.left.reduce(0, +))),
      .init(name: "matrix", value: matrix),
      .init(name: "links", value: links),
    ]
  }
}

extension MigrationPayload {
  static let listSchema = Schema.list(
    of: Schema.object([
      "customer_id": .string, "from": .segmentID, "to": .segmentID, "because": .string.orNull,
      "before": .number.orNull, "after": .number.orNull, "change": .number.orNull,
    ]).named("Mover"),
    about: [
      "from": .runID, "to": .runID, "series": .string, "shared": .count, "moved": .count,
      "arrived": .count, "left": .count,
      "matrix": .array(
        of: .object(["from": .segmentID, "to": .segmentID, "customers": .count])),
      "links": .array(
        of: .object([
          "from": .segmentID.orNull, "to": .segmentID.orNull, "from_name": .string.orNull,
          "to_name": .string.orNull, "customers": .count, "share_of_from": .share.orNull,
        ])),
    ], itemsName: "customers")
}
