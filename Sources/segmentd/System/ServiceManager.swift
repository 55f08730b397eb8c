import CLinux

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What systemd, or another service manager that speaks as it does, is told and gives.
///
/// Without one, nothing is told and nothing given.
enum ServiceManager {
  /// What the service is doing (sd_notify(3)).
  enum State {
    case ready
    case reloading
    case stopping
  }

  /// Tells where the service is in its life.
  static func tell(_ state: State) {
    guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }),
      path.hasPrefix("/") || path.hasPrefix("@")
    else { return }
    let message: String
    switch state {
    case .ready: message = "READY=1\n"
    case .stopping: message = "STOPPING=1\n"
    case .reloading:
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      let microseconds = Int(time.tv_sec) * 1_000_000 + Int(time.tv_nsec) / 1000
      message = "RELOADING=1\nMONOTONIC_USEC=\(microseconds)\n"
    }
    send(Array(message.utf8), to: Array(path.utf8))
  }

  private static func send(_ message: [UInt8], to path: [UInt8]) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
    // An abstract name has a NUL in place of the @.
    let name = path.first == UInt8(ascii: "@") ? [0] + path.dropFirst() : path
    // Safety: the name was checked against the array it is copied into.
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let length = socklen_t(
      MemoryLayout.offset(of: \sockaddr_un.sun_path).map { $0 + name.count } ?? 0)
    let descriptor = socket(AF_UNIX, datagram, 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // Safety: the pointers are used within the call, each with the length of what it points to.
    _ = withUnsafePointer(to: address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), address, length)
      }
    }
  }

  /// The listening sockets that were handed over (sd_listen_fds(3)); none when they are not for this
  /// process.
  static func inheritedSockets() -> [Int32] {
    guard let pid = getenv("LISTEN_PID").map({ String(cString: $0) }), Int32(pid) == getpid(),
      let text = getenv("LISTEN_FDS").map({ String(cString: $0) }), let count = Int32(text),
      (1...64).contains(count)
    else { return [] }
    let first: Int32 = 3
    return (first..<(first + count)).map { descriptor in
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      return descriptor
    }
  }

  #if canImport(Musl)
    private static let datagram = SOCK_DGRAM
  #else
    private static let datagram = Int32(SOCK_DGRAM.rawValue)
  #endif
}
