#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif
import CLinux
import Dispatch

/// What the program asks of the operating system by itself: standard streams, signals, its end.
///
/// The one file of this module that knows the C library.
enum Process {
  /// The end statuses of the program.
  enum Status: Int32 {
    case success = 0
    /// The service is not well, or stopped by an error.
    case failure = 1
    /// Settings or arguments are wrong.
    case usage = 2
  }

  /// Ends the program.
  static func end(_ status: Status) -> Never {
    exit(status.rawValue)
  }

  /// Memory that the process holds, in bytes; 0 where the system does not tell.
  static var residentBytes: Int {
    let descriptor = open("/proc/self/statm", O_RDONLY)
    guard descriptor >= 0 else { return 0 }
    defer { close(descriptor) }
    var text = [UInt8](repeating: 0, count: 128)
    let count = read(descriptor, &text, text.count)
    guard count > 0 else { return 0 }
    let fields = String(decoding: text[..<count], as: UTF8.self).split(separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// Lets the allocator serve all threads from one heap; before any thread is started.
  ///
  /// What one step of a fit frees, the next one takes again, so that it does not wait for the system to
  /// find and clear pages; ``returnFreeMemory()`` gives all of it back, which it could not do with the
  /// ends of further heaps. A million rows take a tenth less time, and after ten million were deleted
  /// 26 MiB are held in place of 58.
  static func useOneHeap() {
    clinux_use_one_heap(128 << 20, 32 << 20)
  }

  /// Gives the memory that is free back to the system, which the allocator keeps for itself otherwise.
  static func returnFreeMemory() {
    clinux_return_free_memory()
  }

  /// Processor time that the process has used, in seconds.
  static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Writes a whole text to standard output, past any buffer.
  static func printLine(_ text: String) {
    write(Array((text + "\n").utf8), to: STDOUT_FILENO)
  }

  /// Writes a whole text to standard error.
  static func printError(_ text: String) {
    write(Array((text + "\n").utf8), to: STDERR_FILENO)
  }

  /// Writes bytes to standard error.
  static func writeError(_ bytes: [UInt8]) {
    write(bytes, to: STDERR_FILENO)
  }

  /// Writes bytes to standard output.
  static func writeOutput(_ bytes: [UInt8]) {
    write(bytes, to: STDOUT_FILENO)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    // Safety: the buffer outlives the call, and `sent` never passes its count.
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      var sent = 0
      while sent < buffer.count {
        let count = systemWrite(descriptor, base + sent, buffer.count - sent)
        if count > 0 {
          sent += count
        } else if count < 0, errno == EINTR || errno == EAGAIN {
          continue
        } else {
          return
        }
      }
    }
  }

  // `write` without a name clash with the method above.
  private static func systemWrite(
    _ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int
  ) -> Int {
    #if canImport(Musl)
      Musl.write(descriptor, bytes, count)
    #else
      Glibc.write(descriptor, bytes, count)
    #endif
  }

  /// Whether standard error is a terminal.
  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// The cores that the process may use.
  static var coreCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Writing to a connection that is gone is an error of that connection, not the end of the program.
  static func ignoreBrokenPipes() {
    signal(SIGPIPE, SIG_IGN)
    // A file that may not grow further is an answer to a client, and no end.
    signal(SIGXFSZ, SIG_IGN)
  }

  /// The signals that ask for a stop.
  static let stopSignals = [SIGTERM, SIGINT]
  /// The signal that asks to read the settings again.
  static let hangUp = SIGHUP

  private static let signalQueue = DispatchQueue(label: "segmentd.signals")
  // Safety: the main thread alone adds to them, while the program starts.
  private nonisolated(unsafe) static var signalSources: [any DispatchSourceSignal] = []

  /// Calls back for each of some signals, one at a time; none that comes after this returns is lost.
  static func onSignals(_ numbers: [Int32], _ handler: @escaping @Sendable () -> Void) {
    for number in numbers {
      let source = DispatchSource.makeSignalSource(signal: number, queue: signalQueue)
      let isRegistered = DispatchSemaphore(value: 0)
      source.setRegistrationHandler { isRegistered.signal() }
      source.setEventHandler(handler: handler)
      source.resume()
      // Another thread registers it, some time later on a busy machine.
      isRegistered.wait()
      signalSources.append(source)
    }
  }

  /// Asks a service on this machine for `/healthz`.
  ///
  /// - Returns: whether it answered 200 within the time.
  static func healthcheck(host: String, port: Int, seconds: Int) -> Bool {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found else {
      return false
    }
    defer { freeaddrinfo(found) }
    let descriptor = socket(address.pointee.ai_family, address.pointee.ai_socktype, 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var timeout = timeval(tv_sec: seconds, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
    guard connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else {
      return false
    }
    write(
      Array("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8),
      to: descriptor)
    var answer = [UInt8](repeating: 0, count: 12)
    let count = recv(descriptor, &answer, answer.count, Int32(MSG_WAITALL))
    return count == answer.count && answer.elementsEqual("HTTP/1.1 200".utf8)
  }
}
