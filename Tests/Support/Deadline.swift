/// A point in time after which a wait is given up.
struct Deadline {
  private let instant: ContinuousClock.Instant

  init(in duration: Duration) { instant = .now + duration }

  var hasPassed: Bool { instant <= .now }

  /// What is left, never less than zero.
  var remaining: Duration { max(.zero, instant - .now) }

  /// What is left in the whole milliseconds that `poll` takes; rounded up, so that a wait is no busy loop.
  var remainingMilliseconds: Int32 { Int32(clamping: remaining.milliseconds + 1) }
}

extension Duration {
  /// Whole milliseconds, rounded down.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}
