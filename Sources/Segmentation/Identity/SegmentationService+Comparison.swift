import Datasets
import Synchronization

extension SegmentationService {
  /// The two runs that are compared: those named, or else the current run of the series and the one
  /// that was current before.
  ///
  /// - Throws: ``SegmentationError/unknownRun(id:)``, ``SegmentationError/noCurrentRun(series:)``,
  ///   ``SegmentationError/noEarlierRun(series:)``.
  public func runs(from: String?, to: String?, series: String) throws(SegmentationError)
    -> (from: Run, to: Run)
  {
    let snapshot = snapshot
    func named(_ id: String) throws(SegmentationError) -> Run {
      guard let run = snapshot.runs[id] else { throw .unknownRun(id: id) }
      return try loaded(run)
    }
    let later: Run
    if let to {
      later = try named(to)
    } else if let current = snapshot.current(series: series) {
      later = try loaded(current)
    } else {
      throw .noCurrentRun(series: series)
    }
    if let from { return (try named(from), later) }
    let activations = snapshot.series[later.series]?.activations ?? []
    // A run that was never activated is compared with the current one.
    let end = activations.lastIndex(of: later.id) ?? activations.endIndex
    guard end > 0, let earlier = snapshot.runs[activations[end - 1]] else {
      throw .noEarlierRun(series: later.series)
    }
    return (try loaded(earlier), later)
  }

  /// The runs of a series that have a segment, in the order they entered it.
  ///
  /// - Throws: ``SegmentationError/unknownSegment(id:series:)``.
  public func history(ofSegment id: String, series: String) throws(SegmentationError)
    -> [(run: Run, isCurrent: Bool)]
  {
    let snapshot = snapshot
    let runs = (snapshot.series[series]?.runIDs ?? []).compactMap { snapshot.runs[$0] }
      .filter { $0.segmentIndex(id: id) != nil }
    guard !runs.isEmpty else { throw .unknownSegment(id: id, series: series) }
    return runs.map { ($0, snapshot.isCurrent($0)) }
  }

  /// Who moved between two runs; the latest answer is kept, since it is read page by page.
  public func migration(from old: Run, to new: Run) -> Migration {
    if let known = migrations.withLock({ $0 }), known.fromRunID == old.id, known.toRunID == new.id {
      return known
    }
    let migration = Migration(from: old, to: new, threads: configuration.threads)
    if migration.movers.count <= SegmentationService.keptMoverLimit {
      migrations.withLock { $0 = migration }
    }
    return migration
  }

  /// A list of more movers than this is made anew for each page: 32 MiB.
  private static let keptMoverLimit = 4 << 20
}
