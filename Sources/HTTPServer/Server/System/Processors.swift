import CLinux

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The processors this process may run on.
enum Processors {
  /// How many there are: those the system has, less those that taskset or a container took away.
  static var count: Int {
    // Safety: the system writes at most the size of the mask, a bit for each processor.
    var mask = [UInt64](repeating: 0, count: 128)
    let written = mask.withUnsafeMutableBytes { clinux_processors($0.baseAddress, $0.count) }
    guard written > 0 else { return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
    return max(1, mask.reduce(0) { $0 + $1.nonzeroBitCount })
  }
}
