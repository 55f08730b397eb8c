#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What the system says this process has used.
enum Meter {
  /// CPU seconds, user and system, of all threads.
  static func processSeconds() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

  /// CPU seconds of the calling thread.
  static func threadSeconds() -> Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Processors that are online.
  static var coreCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Bytes of memory in use now; 0 where the system does not tell.
  static func residentBytes() -> Int { status("VmRSS:") }

  /// The most bytes of memory that were in use since ``forgetPeak()``; 0 where the system does not
  /// tell.
  static func peakResidentBytes() -> Int { status("VmHWM:") }

  /// Begins a new peak.
  static func forgetPeak() {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }

  private static func status(_ name: String) -> Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
      guard text.hasPrefix(name) else { continue }
      let digits = text.filter { $0.isASCII && $0.isNumber }
      return (Int(digits) ?? 0) * 1024
    }
    return 0
  }
}

/// Standard output and error, written whole.
enum Terminal {
  static func printLine(_ text: String) { write(text, to: STDOUT_FILENO) }
  static func printError(_ text: String) { write(text, to: STDERR_FILENO) }

  static func end(_ status: Int32) -> Never { exit(status) }

  private static func write(_ text: String, to descriptor: Int32) {
    let bytes = Array((text + "\n").utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        // Safety: the buffer outlives the call and is as long as it says.
        systemWrite(descriptor, $0.baseAddress, $0.count)
      }
      if count > 0 {
        sent += count
      } else if count == 0 || errno != EINTR {
        return
      }
    }
  }

  // `write` without a name clash with the method above.
  private static func systemWrite(
    _ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int
  ) -> Int {
    #if canImport(Musl)
      Musl.write(descriptor, bytes, count)
    #else
      Glibc.write(descriptor, bytes, count)
    #endif
  }
}
