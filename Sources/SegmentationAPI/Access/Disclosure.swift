import Segmentation

/// Which segments are kept from a caller for being small.
struct Disclosure: Sendable {
  /// The fewest customers of a segment that is told of; 0 tells of all.
  let smallest: Int

  /// For those who see everything.
  static let everything = Disclosure(smallest: 0)

  /// The clusters of a run that are withheld.
  ///
  /// Those below the bound, and the next larger ones until all of them together reach it: what is
  /// told of all customers, less what is told of the other segments, then tells of no smaller group.
  func withheld(in run: Run) -> Set<Int> {
    guard smallest > 0, run.clusters.contains(where: { $0.size < Double(smallest) }) else {
      return []
    }
    var withheld: Set<Int> = []
    var count = 0.0
    for cluster in run.clusters.sorted(by: { ($0.size, $1.index) < ($1.size, $0.index) }) {
      guard cluster.size < Double(smallest) || count < Double(smallest) else { break }
      withheld.insert(cluster.index)
      count += cluster.size
    }
    return withheld
  }

  /// The refusal to tell of what is withheld.
  func refusal(_ what: String) -> ProblemDetails {
    ProblemDetails(
      .segmentsWithheld,
      "\(what) fewer than \(smallest) customers (min_segment_public), which this key may not see. Ask with a key of the scope admin, or fit with min_size=\(smallest).",
      extensions: [
        .init(name: "setting", value: "min_segment_public"),
        .init(name: "scope", value: .string(AccessScope.admin.rawValue)),
      ])
  }
}

extension Call {
  /// The clusters of a run that this caller does not get to see.
  func withheld(in run: Run) -> Set<Int> { disclosure.withheld(in: run) }

  /// Refuses a run with segments that are withheld, for routes that cannot leave them out.
  ///
  /// Such routes tell of the run before as well: of what has changed, and of who moved.
  func checkDisclosure(of run: Run) throws(ProblemDetails) {
    guard disclosure.smallest > 0 else { return }
    var told = [run]
    do {
      told.append(try service.runs(from: nil, to: run.id, series: run.series).from)
    } catch {
      // There is none before it.
    }
    for run in told where !withheld(in: run).isEmpty {
      throw disclosure.refusal("The run \(run.id) has segments of")
    }
  }

  /// The segments of a run that this caller may see, in their order.
  func segments(of run: Run) -> [Segment] {
    let withheld = withheld(in: run)
    return run.segments.filter { !withheld.contains($0.cluster) }
  }

  /// What a list says of the segments that it leaves out; nothing where it leaves out none.
  func withheldMembers(of run: Run) -> [JSON.Member] {
    let count = withheld(in: run).count
    return count == 0 ? [] : [.init(name: "withheld_segments", value: .integer(count))]
  }
}

extension Schema {
  /// What lists say of the segments that they leave out.
  static let ofWithheld: Members = .optional(["withheld_segments": .count])
}
