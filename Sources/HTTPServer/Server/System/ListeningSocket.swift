import CLinux

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A socket that connections come from.
struct ListeningSocket: Sendable {
  /// How an attempt to accept ended.
  enum Acceptance {
    case accepted(Socket, PeerAddress)
    /// Nobody waits.
    case none
    /// The one who waited has gone, or its network failed: the next may be well.
    case skipped
    /// The system is short of something.
    case exhausted(code: Int32)
  }

  let socket: Socket
  /// The file of a Unix-domain socket, to be removed in the end.
  let path: String?

  /// Accepts one connection.
  ///
  /// It does not block, is closed by exec(2), and inherits TCP_NODELAY.
  func accept() -> Acceptance {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    // Safety: the kernel writes at most `length` bytes of an address into the storage.
    let descriptor = withUnsafeMutablePointer(to: &storage) { storage in
      storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        accept4(socket.descriptor, $0, &length, Self.nonBlocking | Self.closeOnExec)
      }
    }
    if descriptor >= 0 {
      return .accepted(Socket(descriptor: descriptor), SocketAddress.peer(storage))
    }
    switch errno {
    case EAGAIN: return .none
    case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted(code: errno)
    case EBADF, EINVAL, ENOTSOCK, EFAULT, EOPNOTSUPP: return .none
    default:
      // accept(2): ECONNABORTED, EINTR, and pending errors of the network, to be treated alike.
      return .skipped
    }
  }

  /// Lets nobody knock any more; who has is still to be accepted.
  ///
  /// Closing a listening socket resets every connection the system has completed and nobody has
  /// accepted, and one may be completed between the last accept(2) and close(2). So requests to
  /// connect are dropped first. Their senders ask again, find nobody listening, and are refused
  /// before they have sent anything.
  func stopAdmitting() {
    // A classic BPF program over the TCP header: the byte with the flags is at 13, ACK is 0x10. All
    // segments but the first of a connection have it.
    var program: [sock_filter] = [
      sock_filter(code: 0x30, jt: 0, jf: 0, k: 13),  // load the byte
      sock_filter(code: 0x45, jt: 0, jf: 1, k: 0x10),  // is ACK set?
      sock_filter(code: 0x06, jt: 0, jf: 0, k: .max),  // then keep all of it
      sock_filter(code: 0x06, jt: 0, jf: 0, k: 0),  // else drop it
    ]
    // Safety: the kernel copies the program during the call.
    program.withUnsafeMutableBufferPointer { instructions in
      var filter = sock_fprog(
        len: UInt16(instructions.count), filter: instructions.baseAddress)
      // A socket that takes no filter is closed a little less gently.
      _ = setsockopt(
        socket.descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &filter,
        socklen_t(MemoryLayout<sock_fprog>.size))
    }
  }

  func close() {
    socket.close()
    if let path { _ = unlink(path) }
  }

  // MARK: Opening

  /// Opens an endpoint; several sockets when a name has several addresses.
  static func open(
    _ endpoint: ServerConfiguration.Endpoint, backlog: Int
  ) throws(ServerError) -> [(ListeningSocket, BoundEndpoint)] {
    switch endpoint {
    case .tcp(let host, let port):
      var opened: [(ListeningSocket, BoundEndpoint)] = []
      var chosenPort = port
      do throws(ServerError) {
        for address in try SocketAddress.resolve(host, port) {
          var address = address
          address.port = chosenPort
          let listener = try openTCP(address, backlog, "\(host):\(port)")
          let bound = SocketAddress.bound(listener.socket)
          // All addresses of a name get one port.
          if let bound { chosenPort = bound.port }
          opened.append((listener, .tcp(host: bound?.host ?? host, port: chosenPort)))
        }
      } catch {
        for (listener, _) in opened { listener.close() }
        throw error
      }
      return opened
    case .unix(let path):
      return [(try openUnix(path, backlog), .unix(path: path))]
    case .inherited(let descriptor):
      return [try adopt(descriptor, backlog)]
    }
  }

  private static let nonBlocking: Int32 = numericCast(SOCK_NONBLOCK.number)
  private static let closeOnExec: Int32 = numericCast(SOCK_CLOEXEC.number)
  private static let stream: Int32 = numericCast(SOCK_STREAM.number)

  private static func openTCP(
    _ address: SocketAddress, _ backlog: Int, _ name: String
  ) throws(ServerError) -> ListeningSocket {
    let descriptor = CLinux.socket(address.family, stream | nonBlocking | closeOnExec, 0)
    guard descriptor >= 0 else { throw failure("socket", name) }
    let socket = Socket(descriptor: descriptor)
    do throws(ServerError) {
      // A restart must not wait until the last connections of its predecessor are forgotten.
      try set(socket, SOL_SOCKET, SO_REUSEADDR, 1, name)
      // Inherited by accepted sockets: answers are written whole, nothing is gained by waiting.
      try set(socket, Int32(IPPROTO_TCP), TCP_NODELAY, 1, name)
      if address.family == AF_INET6 {
        // `::` takes IPv4 too; any other IPv6 address has none to take.
        try set(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, address.isUnspecified ? 0 : 1, name)
      }
      guard address.withPointer({ bind(descriptor, $0, $1) }) == 0 else {
        throw failure("bind", name)
      }
      guard listen(descriptor, numericCast(backlog)) == 0 else { throw failure("listen", name) }
    } catch {
      socket.close()
      throw error
    }
    return ListeningSocket(socket: socket, path: nil)
  }

  private static func openUnix(
    _ path: String, _ backlog: Int
  ) throws(ServerError) -> ListeningSocket {
    let address = try SocketAddress(path: path)
    let descriptor = CLinux.socket(AF_UNIX, stream | nonBlocking | closeOnExec, 0)
    guard descriptor >= 0 else { throw failure("socket", path) }
    let socket = Socket(descriptor: descriptor)
    do throws(ServerError) {
      if isAbandoned(path, address) { _ = unlink(path) }
      guard address.withPointer({ bind(descriptor, $0, $1) }) == 0 else {
        throw failure("bind", path)
      }
      guard listen(descriptor, numericCast(backlog)) == 0 else { throw failure("listen", path) }
    } catch {
      socket.close()
      throw error
    }
    return ListeningSocket(socket: socket, path: path)
  }

  /// Whether there is a socket file nobody listens at: what a killed process leaves behind.
  private static func isAbandoned(_ path: String, _ address: SocketAddress) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return false }
    let descriptor = CLinux.socket(AF_UNIX, stream | nonBlocking | closeOnExec, 0)
    guard descriptor >= 0 else { return false }
    defer { closeDescriptor(descriptor) }
    return address.withPointer { connect(descriptor, $0, $1) } != 0 && errno == ECONNREFUSED
  }

  private static func adopt(
    _ descriptor: Int32, _ backlog: Int
  ) throws(ServerError) -> (ListeningSocket, BoundEndpoint) {
    let socket = Socket(descriptor: descriptor)
    let name = "descriptor \(descriptor)"
    let flags = fcntl(descriptor, F_GETFL)
    guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
      throw failure("fcntl", name)
    }
    guard listen(descriptor, numericCast(backlog)) == 0 else { throw failure("listen", name) }
    guard let bound = SocketAddress.bound(socket) else {
      return (ListeningSocket(socket: socket, path: nil), .unix(path: name))
    }
    try set(socket, Int32(IPPROTO_TCP), TCP_NODELAY, 1, name)
    return (
      ListeningSocket(socket: socket, path: nil), .tcp(host: bound.host, port: bound.port)
    )
  }

  private static func set(
    _ socket: Socket, _ level: Int32, _ option: Int32, _ value: Int32, _ name: String
  ) throws(ServerError) {
    var value = value
    let size = socklen_t(MemoryLayout<Int32>.size)
    guard setsockopt(socket.descriptor, level, option, &value, size) == 0 else {
      throw failure("setsockopt", name)
    }
  }

  private static func failure(_ call: String, _ endpoint: String) -> ServerError {
    let code = errno
    return .system(call: call, code: code, reason: systemReason(code), endpoint: endpoint)
  }
}

#if canImport(Glibc)
  // Glibc has an enumeration where Musl has numbers.
  extension __socket_type {
    fileprivate var number: UInt32 { rawValue }
  }
#else
  extension Int32 {
    fileprivate var number: Int32 { self }
  }
#endif
