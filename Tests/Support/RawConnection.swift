import Glibc

/// A plain connection, for the bytes that libcurl refuses to send and the moments it does not wait for.
///
/// What was received and not asked for yet stays for the next call. A call that misses its deadline throws
/// ``SocketError/timedOut(received:)``.
public actor RawConnection {
  private var socket: Socket?
  private var received: [UInt8] = []
  private var hasEnded = false
  private let executor = BlockingExecutor(label: "raw connection")

  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  private init() {}

  /// Connects to a numeric host, from `localAddress` when given.
  ///
  /// A small `receiveBufferByteCount` makes this a reader that soon holds the sender up.
  public static func open(
    host: String = "127.0.0.1", port: UInt16, from localAddress: String? = nil,
    receiveBufferByteCount: Int? = nil, within duration: Duration = .seconds(10)
  ) async throws -> RawConnection {
    let connection = RawConnection()
    try await connection.connect(within: duration) { deadline in
      try Socket.connected(
        to: SocketAddress(host: host, port: port),
        from: localAddress.map { try SocketAddress(host: $0, port: 0) },
        receiveBufferByteCount: receiveBufferByteCount, by: deadline)
    }
    return connection
  }

  /// Connects to a socket file.
  public static func open(
    unixSocketPath: String, within duration: Duration = .seconds(10)
  ) async throws -> RawConnection {
    let connection = RawConnection()
    try await connection.connect(within: duration) { deadline in
      try Socket.connected(
        to: SocketAddress(unixSocketPath: unixSocketPath), from: nil,
        receiveBufferByteCount: nil, by: deadline)
    }
    return connection
  }

  /// Takes the next connection that comes to `listener`.
  static func accepted(
    by listener: TestListener, within duration: Duration = .seconds(10)
  ) async throws -> RawConnection {
    let connection = RawConnection()
    try await connection.connect(within: duration) { try listener.socket.accepted(by: $0) }
    return connection
  }

  private func connect(
    within duration: Duration, _ make: @Sendable (Deadline) throws -> Socket
  ) throws {
    socket = try make(Deadline(in: duration))
  }

  // MARK: Sending

  /// Sends all of `bytes`.
  public func send(_ bytes: [UInt8], within duration: Duration = .seconds(10)) throws {
    let socket = try open()
    let deadline = Deadline(in: duration)
    var rest = bytes[...]
    while !rest.isEmpty {
      if let count = try socket.send(rest) {
        rest = rest.dropFirst(count)
      } else if try !socket.waits(for: POLLOUT, by: deadline) {
        throw SocketError.timedOut(received: received)
      }
    }
  }

  public func send(_ text: String, within duration: Duration = .seconds(10)) throws {
    try send(Array(text.utf8), within: duration)
  }

  /// Sends `bytes` until the other side has taken none for `patience`, and returns how many it took.
  public func sendWhatFits(_ bytes: [UInt8], patience: Duration) throws -> Int {
    let socket = try open()
    var rest = bytes[...]
    while !rest.isEmpty {
      if let count = try socket.send(rest) {
        rest = rest.dropFirst(count)
      } else if try !socket.waits(for: POLLOUT, by: Deadline(in: patience)) {
        break
      }
    }
    return bytes.count - rest.count
  }

  /// Ends this direction (FIN) and keeps the other open.
  public func finishSending() throws { try open().finishSending() }

  // MARK: Receiving

  /// Everything up to and with the first `delimiter`.
  public func receive(
    until delimiter: String, within duration: Duration = .seconds(10)
  ) throws -> [UInt8] {
    let pattern = Array(delimiter.utf8)
    let deadline = Deadline(in: duration)
    var searched = 0
    while true {
      if let end = received.firstEnd(of: pattern, from: searched) { return take(end) }
      searched = max(0, received.count - pattern.count + 1)
      try receiveMore(by: deadline)
    }
  }

  /// Exactly `byteCount` bytes.
  public func receive(byteCount: Int, within duration: Duration = .seconds(10)) throws -> [UInt8] {
    let deadline = Deadline(in: duration)
    while received.count < byteCount { try receiveMore(by: deadline) }
    return take(byteCount)
  }

  /// Everything until the other side ends.
  public func receiveToEnd(within duration: Duration = .seconds(10)) throws -> [UInt8] {
    let deadline = Deadline(in: duration)
    while !hasEnded {
      do { try receiveMore(by: deadline) } catch SocketError.ended {}
    }
    return take(received.count)
  }

  /// One HTTP answer; `method` is that of its request, since an answer to HEAD has no body.
  public func receiveResponse(
    to method: String = "GET", within duration: Duration = .seconds(10)
  ) throws -> RawResponse {
    let deadline = Deadline(in: duration)
    let reader = RawResponse.Reader(method: method)
    while true {
      switch try reader.read(from: &received, atEnd: hasEnded) {
      case .complete(let response): return response
      case .needsMore: try receiveMore(by: deadline)
      case .needsEnd: do { try receiveMore(by: deadline) } catch SocketError.ended {}
      }
    }
  }

  /// Whether nothing at all, bytes or an end, comes for `duration`.
  public func isSilent(for duration: Duration) throws -> Bool {
    guard received.isEmpty, !hasEnded else { return false }
    return try !open().waits(for: POLLIN, by: Deadline(in: duration))
  }

  // MARK: Ending

  /// Closes in order (FIN); nothing can be sent or received afterwards.
  public func close() { socket = nil }

  /// Closes with a reset (RST).
  public func reset() throws {
    try open().resetOnClose()
    socket = nil
  }

  // MARK: Parts

  private func open() throws -> Socket {
    guard let socket else { throw SocketError.malformed("the connection was closed here") }
    return socket
  }

  private func take(_ count: Int) -> [UInt8] {
    defer { received.removeFirst(count) }
    return Array(received.prefix(count))
  }

  private func receiveMore(by deadline: Deadline) throws {
    if hasEnded { throw SocketError.ended(received: received) }
    let socket = try open()
    while true {
      if let bytes = try socket.receive() {
        received += bytes
        hasEnded = bytes.isEmpty
        if hasEnded { throw SocketError.ended(received: received) }
        return
      }
      guard try socket.waits(for: POLLIN, by: deadline) else {
        throw SocketError.timedOut(received: received)
      }
    }
  }
}

extension [UInt8] {
  /// The index after the first occurrence of `pattern` that starts at `start` or later.
  func firstEnd(of pattern: [UInt8], from start: Int = 0) -> Int? {
    guard !pattern.isEmpty, count >= start + pattern.count else { return nil }
    return (start...(count - pattern.count)).first {
      self[$0] == pattern[0] && self[$0..<($0 + pattern.count)].elementsEqual(pattern)
    }.map { $0 + pattern.count }
  }
}
