import Segmentation
import Synchronization

/// How long the phases of a fit take, learned from the fits that were made.
///
/// Time grows as good as linearly with the rows; what a row costs in which phase is remembered as a
/// running mean, for fits with k given and for the choice of k by itself.
final class FitForecast: Sendable {
  /// What a fit is expected to take.
  struct Request: Sendable {
    let rowCount: Int
    /// Whether k is chosen.
    let choosesK: Bool
    /// Draws that stability is judged by.
    let bootstrapCount: Int
  }

  private struct Key: Hashable, Sendable {
    let choosesK: Bool
    let phase: FitPhase
  }

  /// Seconds a row, or a row and bootstrap.
  private let rates = Mutex<[Key: Double]>([:])

  /// What a row costs before anything is known, in seconds.
  private static func standardRate(_ key: Key) -> Double {
    switch key.phase {
    case .clean: 6e-9
    case .distinct: 1.2e-8
    case .scale: 5e-9
    case .fit: key.choosesK ? 1.5e-7 : 2e-8
    case .quality: 1e-8
    case .stability: 2e-8
    case .describe: 1.5e-8
    case .store: 8e-9
    }
  }

  /// No phase ends at once, not even for a handful of rows.
  private static let leastSeconds = 1e-3

  /// How much of a measurement goes into the running mean.
  private static let weight = 0.3

  private static func units(_ phase: FitPhase, _ request: Request) -> Double {
    let rows = Double(max(1, request.rowCount))
    return phase == .stability ? rows * Double(max(1, request.bootstrapCount)) : rows
  }

  /// The phases of a fit with the time each will probably take.
  func plan(for request: Request) -> Plan {
    let phases = FitPhase.allCases.filter { phase in
      // Where k is chosen, the indices of all k belong to the fit.
      switch phase {
      case .quality: !request.choosesK
      case .stability: request.bootstrapCount > 0
      case .clean, .distinct, .scale, .fit, .describe, .store: true
      }
    }
    return rates.withLock { rates in
      Plan(
        phases.map { phase in
          let key = Key(choosesK: request.choosesK, phase: phase)
          let rate = rates[key] ?? Self.standardRate(key)
          return (phase, max(Self.leastSeconds, rate * Self.units(phase, request)))
        })
    }
  }

  /// Learns from a fit.
  func learn(_ timings: [SegmentationService.PhaseTiming], of request: Request) {
    rates.withLock { rates in
      for timing in timings {
        guard let phase = FitPhase(rawValue: timing.name) else { continue }
        let key = Key(choosesK: request.choosesK, phase: phase)
        let measured = timing.duration / .seconds(1) / Self.units(phase, request)
        let known = rates[key] ?? Self.standardRate(key)
        rates[key] = known + Self.weight * (measured - known)
      }
    }
  }
}

extension FitForecast {
  /// One fit under way: what is over, what is going on, what is to come.
  struct Plan: Sendable {
    private var left: [(phase: FitPhase, seconds: Double)]
    private let total: Double
    private var done = 0.0
    private var since: ContinuousClock.Instant?
    private var latest: FitPhase?
    /// What was shown; progress never goes back.
    private var shown = 0.0

    init(_ phases: [(phase: FitPhase, seconds: Double)]) {
      left = phases
      total = phases.reduce(0) { $0 + $1.seconds }
    }

    /// The phase that is under way, or the last one.
    var phase: FitPhase? { left.first?.phase ?? latest }

    mutating func begin() { since = .now }

    /// A phase has ended; those before it that were not made are over as well.
    mutating func end(_ phase: FitPhase) {
      shown = estimate.progress
      latest = phase
      if let index = left.firstIndex(where: { $0.phase == phase }) {
        done += left[...index].reduce(0) { $0 + $1.seconds }
        left.removeSubrange(...index)
      }
      since = .now
    }

    /// Nothing goes on any more.
    mutating func stop() {
      shown = estimate.progress
      since = nil
    }

    /// The share that is done, and the seconds that are left: those of phases to come, and of the one
    /// under way what it has not taken yet, at least a twentieth.
    var estimate: (progress: Double, secondsLeft: Double) {
      guard let since else { return (shown, left.reduce(0) { $0 + $1.seconds }) }
      guard let current = left.first, total > 0 else { return (max(shown, 0.99), 0) }
      let spent = (ContinuousClock.now - since) / .seconds(1)
      let share = min(0.95, spent / current.seconds)
      let progress = min(0.99, (done + share * current.seconds) / total)
      let rest = left.dropFirst().reduce(0) { $0 + $1.seconds }
      return (max(shown, progress), rest + (1 - share) * current.seconds)
    }
  }
}
