#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How many descriptors the process may open.
enum DescriptorLimit {
  /// RLIMIT_NOFILE, an enumeration in one C library and a number in the other; 7 on every
  /// architecture Swift runs on.
  private static let descriptors: Int32 = 7

  /// Lets the process open at least so many, as far as its hard limit goes.
  ///
  /// Shells give 1024, for the sake of programs that use select(2); a server needs one for each
  /// connection.
  static func raise(to count: Int) {
    var limit = rlimit()
    guard getrlimit(numericCast(descriptors), &limit) == 0 else { return }
    let wanted = min(rlim_t(count), limit.rlim_max)
    guard limit.rlim_cur < wanted else { return }
    limit.rlim_cur = wanted
    // What cannot be raised stays: accepting pauses when descriptors run out.
    _ = setrlimit(numericCast(descriptors), &limit)
  }
}
