import Datasets

extension Run {
  /// The run as it enters its series: segments that continue one of the current run take its id and
  /// name, those that were in the series before come back, and the others get ids of their own.
  ///
  /// - Parameters:
  ///   - snapshot: the store as of one moment; what becomes of the segments depends on nothing else.
  ///   - threads: how many may look at the customers.
  /// - Complexity: O(*n*) time for the customers of the two runs; memory for at most
  ///   ``CustomerOverlap/matchingLimit`` of them.
  func entering(_ snapshot: StoreSnapshot<Run>, threads: Int) -> Run {
    // A series may hold many runs; they are looked at only where the current one knows no answer.
    var stored: [Run] {
      (snapshot.series[series] ?? SeriesState()).runIDs.compactMap { snapshot.runs[$0] }
    }
    guard let current = snapshot.current(series: series) else {
      return with(claiming(segments, in: stored, current: nil), identity: RunIdentity())
    }
    let matching = SegmentMatching(
      overlap: CustomerOverlap(
        old: current, new: self, threads: threads, limit: CustomerOverlap.matchingLimit),
      places: ClusterPlaces(old: current, new: self))
    let inherited = segments.map { segment in
      matching.predecessors[segment.cluster].map { old -> Segment in
        let earlier = current.segments[old]
        return segment.renamed(id: earlier.id, name: earlier.dataName)
      }
    }
    let known = inherited.compactMap(\.self)
    let claimed =
      known.count == inherited.count ? known : claiming(inherited, in: stored, current: current)
    let relations = matching.relations.map { relation in
      RunIdentity.Relation(
        from: relation.old.map { current.segments[$0].id },
        to: relation.new.map { claimed[$0].id }, verdict: relation.verdict)
    }
    return with(
      claimed,
      identity: RunIdentity(
        previousRunID: current.id, basis: matching.basis, relations: relations))
  }

  /// Completes the segments: nil becomes a segment that comes back, or a new one.
  private func claiming(_ inherited: [Segment?], in stored: [Run], current: Run?) -> [Segment] {
    var result = inherited
    var taken = Set(inherited.compactMap { $0?.id })
    // The latest run first: a segment comes back as it was last.
    let present = Set(current?.segmentIDs ?? [])
    for run in stored.reversed() where result.contains(nil) && run !== current {
      let open = segments.indices.filter { result[$0] == nil }
      let absent = run.segments.indices.filter {
        !taken.contains(run.segments[$0].id) && !present.contains(run.segments[$0].id)
      }
      guard !absent.isEmpty, let places = ClusterPlaces(old: run, new: self) else { continue }
      for (from, to) in SegmentMatching.pairs(absent, open, by: places) {
        let earlier = run.segments[from]
        result[to] = segments[to].renamed(id: earlier.id, name: earlier.dataName)
        taken.insert(earlier.id)
      }
    }
    taken.formUnion(stored.flatMap(\.segmentIDs))
    var names = Set(result.compactMap { $0?.dataName.lowercased() })
    return segments.map { segment in
      if let known = result[segment.cluster] { return known }
      let id = Run.free(segment.id, separator: "-", in: taken)
      let name = Run.free(segment.name, separator: " ", in: names) { $0.lowercased() }
      taken.insert(id)
      names.insert(name.lowercased())
      return segment.renamed(id: id, name: name)
    }
  }

  /// The text, or the text with the first number from 2 on that nobody has.
  private static func free(
    _ text: String, separator: String, in taken: Set<String>,
    folded: (String) -> String = { $0 }
  ) -> String {
    guard taken.contains(folded(text)) else { return text }
    var number = 2
    while taken.contains(folded("\(text)\(separator)\(number)")) { number += 1 }
    return "\(text)\(separator)\(number)"
  }
}

extension Segment {
  /// The same cluster under another id and name.
  fileprivate func renamed(id: String, name: String) -> Segment {
    var segment = self
    segment.id = id
    segment.name = name
    return segment
  }
}
