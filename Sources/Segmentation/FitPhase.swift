/// A phase of the way from a table to a stored run, by the word that `Server-Timing` and jobs name
/// it with.
public enum FitPhase: String, Sendable, CaseIterable {
  /// Columns get their roles, rows are set aside or filled.
  case clean
  /// Equal rows become weighted points.
  case distinct
  /// Features are brought to one scale.
  case scale
  /// Clusters are found.
  case fit
  /// Silhouettes and the other indices, with the rules.
  case quality
  /// Bootstraps, and the gap statistic where k is chosen.
  case stability
  /// Names, personas, what the playbook advises.
  case describe
  /// The segments follow those of the series, and all is stored.
  case store
}

/// Takes the time of phases that follow each other, and tells whoever waits how far the work is.
struct PhaseClock {
  private(set) var timings: [SegmentationService.PhaseTiming] = []
  private var last = ContinuousClock.now
  private let hasEnded: (@Sendable (FitPhase) -> Void)?

  /// - Parameter hasEnded: called at the end of each phase, by the thread that does the work.
  init(hasEnded: (@Sendable (FitPhase) -> Void)? = nil) {
    self.hasEnded = hasEnded
  }

  /// Ends a phase and begins the next.
  mutating func mark(_ phase: FitPhase) {
    let now = ContinuousClock.now
    timings.append(.init(name: phase.rawValue, duration: now - last))
    last = now
    hasEnded?(phase)
  }
}
