import Glibc

/// A stream socket that never blocks by itself: waits are polls with a deadline.
///
/// The owner keeps it to one thread at a time.
final class Socket {
  let descriptor: Int32

  /// Takes over `descriptor`, which has to be non-blocking.
  init(descriptor: Int32) { self.descriptor = descriptor }

  private init(family: Int32) throws {
    let type = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
    descriptor = socket(family, Int32(type), 0)
    if descriptor < 0 { throw Self.failure("socket") }
  }

  deinit { Glibc.close(descriptor) }

  static func failure(_ call: String) -> SocketError { .system(call: call, code: errno) }

  /// A connected socket.
  static func connected(
    to address: SocketAddress, from local: SocketAddress?, receiveBufferByteCount: Int?,
    by deadline: Deadline
  ) throws -> Socket {
    let socket = try Socket(family: address.family)
    // Set before connecting: the window that the other side is told of depends on it.
    if let receiveBufferByteCount {
      try socket.set(SO_RCVBUF, Int32(receiveBufferByteCount))
    }
    if let local {
      let bound = local.withPointer { bind(socket.descriptor, $0, $1) }
      if bound != 0 { throw failure("bind") }
    }
    let code = address.withPointer { connect(socket.descriptor, $0, $1) }
    if code != 0 {
      guard errno == EINPROGRESS || errno == EAGAIN else { throw failure("connect") }
      guard try socket.waits(for: POLLOUT, by: deadline) else {
        throw SocketError.timedOut(received: [])
      }
      let pending = try socket.get(SO_ERROR)
      if pending != 0 { throw SocketError.system(call: "connect", code: pending) }
    }
    return socket
  }

  /// A socket that holds `address`, and takes connections to it unless it refuses them.
  static func bound(to address: SocketAddress, refusing: Bool) throws -> Socket {
    let socket = try Socket(family: address.family)
    let bound = address.withPointer { bind(socket.descriptor, $0, $1) }
    if bound != 0 { throw failure("bind") }
    // Room for a thousand clients at once; the system cuts it to its own limit.
    if !refusing, listen(socket.descriptor, 1024) != 0 { throw failure("listen") }
    return socket
  }

  /// The next connection to this listening socket.
  func accepted(by deadline: Deadline) throws -> Socket {
    while true {
      // `accept4` would do it in one step, but is not visible to Swift here.
      let accepted = accept(descriptor, nil, nil)
      if accepted >= 0 {
        _ = fcntl(accepted, F_SETFL, fcntl(accepted, F_GETFL) | O_NONBLOCK)
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        return Socket(descriptor: accepted)
      }
      if errno == EINTR || errno == ECONNABORTED { continue }
      guard errno == EAGAIN else { throw Self.failure("accept") }
      guard try waits(for: POLLIN, by: deadline) else {
        throw SocketError.timedOut(received: [])
      }
    }
  }

  /// Whether one of `events` (or an end or error) comes before the deadline does.
  func waits(for events: Int32, by deadline: Deadline) throws -> Bool {
    while true {
      var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let count = poll(&entry, 1, deadline.remainingMilliseconds)
      if count > 0 { return true }
      if count == 0, deadline.hasPassed { return false }
      if count < 0, errno != EINTR { throw Self.failure("poll") }
    }
  }

  /// Sends what fits now: nil when nothing does.
  func send(_ bytes: ArraySlice<UInt8>) throws -> Int? {
    while true {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count >= 0 { return count }
      if errno == EAGAIN { return nil }
      if errno != EINTR { throw Self.failure("send") }
    }
  }

  /// Receives what is there: nil when nothing is, an empty array at the end.
  func receive(upTo limit: Int = 65_536) throws -> [UInt8]? {
    while true {
      var count = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, initializedCount in
        count = recv(descriptor, buffer.baseAddress, limit, 0)
        initializedCount = max(0, count)
      }
      if count >= 0 { return bytes }
      if errno == EAGAIN { return nil }
      if errno != EINTR { throw Self.failure("recv") }
    }
  }

  func finishSending() throws {
    if shutdown(descriptor, Int32(SHUT_WR)) != 0 { throw Self.failure("shutdown") }
  }

  /// Makes the coming close a reset (RST) instead of an orderly end.
  func resetOnClose() throws {
    var option = linger(l_onoff: 1, l_linger: 0)
    let size = socklen_t(MemoryLayout<linger>.size)
    if setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, size) != 0 {
      throw Self.failure("setsockopt")
    }
  }

  /// The address that this side is bound to.
  func localAddress() throws -> SocketAddress {
    try SocketAddress { getsockname(descriptor, $0, $1) }
  }

  private func set(_ option: Int32, _ value: Int32) throws {
    var value = value
    let size = socklen_t(MemoryLayout<Int32>.size)
    if setsockopt(descriptor, SOL_SOCKET, option, &value, size) != 0 {
      throw Self.failure("setsockopt")
    }
  }

  private func get(_ option: Int32) throws -> Int32 {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    if getsockopt(descriptor, SOL_SOCKET, option, &value, &size) != 0 {
      throw Self.failure("getsockopt")
    }
    return value
  }
}
