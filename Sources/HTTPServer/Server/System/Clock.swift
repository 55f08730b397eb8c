#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The system's clocks.
enum Clock {
  /// Nanoseconds that only go forward, to a few milliseconds: the cheapest clock, for deadlines.
  @inline(__always)
  static func coarse() -> UInt64 { read(CLOCK_MONOTONIC_COARSE) }

  /// Nanoseconds that only go forward, exactly.
  @inline(__always)
  static func exact() -> UInt64 { read(CLOCK_MONOTONIC) }

  /// Seconds since 1970 UTC.
  @inline(__always)
  static func secondsSince1970() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME_COARSE, &time)
    return time.tv_sec
  }

  @inline(__always)
  private static func read(_ clock: Int32) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

extension Duration {
  /// In nanoseconds; negative durations are 0, centuries are as long as there is.
  var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    guard seconds < 9_000_000_000 else { return UInt64.max / 4 }
    return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
  }
}
