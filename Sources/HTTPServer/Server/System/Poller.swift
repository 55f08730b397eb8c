import CLinux

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Waits for many sockets at once: epoll(7).
struct Poller: ~Copyable {
  /// What happened to something that is watched.
  ///
  /// The numbers are Linux's own, the same on every architecture Swift runs on.
  struct Readiness: OptionSet {
    let rawValue: UInt32

    static let readable = Readiness(rawValue: 0x001)
    static let writable = Readiness(rawValue: 0x004)
    static let failed = Readiness(rawValue: 0x008)
    /// Both sides are closed.
    static let hungUp = Readiness(rawValue: 0x010)
    /// The peer closed its sending side.
    static let peerFinished = Readiness(rawValue: 0x2000)
    /// Tell changes, not states: nothing has to be asked for again.
    static let edges = Readiness(rawValue: 1 << 31)
  }

  private let descriptor: Int32
  private var events: [epoll_event]

  /// - Parameters:
  ///   - descriptor: what ``open()`` gave; closed with the poller.
  ///   - capacity: how many events one wait may bring.
  init(owning descriptor: Int32, capacity: Int) {
    self.descriptor = descriptor
    events = [epoll_event](repeating: epoll_event(), count: capacity)
  }

  /// Opens the descriptor of a poller.
  static func open() throws(ServerError) -> Int32 {
    let descriptor = epoll_create1(0o2000000)  // EPOLL_CLOEXEC
    guard descriptor >= 0 else {
      let code = errno
      throw .system(call: "epoll_create1", code: code, reason: systemReason(code), endpoint: "")
    }
    return descriptor
  }

  deinit {
    closeDescriptor(descriptor)
  }

  /// Begins to watch; false when the system is short of memory or watches.
  func add(_ watched: Int32, _ readiness: Readiness, token: UInt64) -> Bool {
    var event = epoll_event()
    event.events = readiness.rawValue
    event.data.u64 = token
    return epoll_ctl(descriptor, EPOLL_CTL_ADD, watched, &event) == 0
  }

  /// Stops watching.
  ///
  /// Closing a descriptor does so, too.
  func remove(_ watched: Int32) {
    var event = epoll_event()
    _ = epoll_ctl(descriptor, EPOLL_CTL_DEL, watched, &event)
  }

  /// Waits until something happens or the time is over.
  /// - Parameter milliseconds: −1 to wait for ever.
  /// - Returns: how many events there are.
  mutating func wait(milliseconds: Int32) -> Int {
    let capacity = Int32(events.count)
    let count = epoll_wait(descriptor, &events, capacity, milliseconds)
    return Int(max(count, 0))
  }

  /// One of the events of the last wait.
  func event(_ index: Int) -> (token: UInt64, readiness: Readiness) {
    let event = events[index]
    return (event.data.u64, Readiness(rawValue: event.events))
  }
}
