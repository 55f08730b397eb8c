import Glibc

/// How many files, and so connections, this process may have open.
public enum OpenFileLimit {
  /// Raises the limit to what the machine allows; a thousand connections need more than the usual 1,024.
  public static func raise() {
    _ = raised
  }

  private static let raised: Bool = {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return false }
    limit.rlim_cur = limit.rlim_max
    return setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
  }()
}
