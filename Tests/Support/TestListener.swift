/// A listening socket on the loopback address, for the small servers that tests make themselves.
///
/// Safety: `accept` on one descriptor may be called from any thread; the descriptor never changes.
public final class TestListener: Sendable {
  nonisolated(unsafe) let socket: Socket
  /// The port that the system chose.
  public let port: UInt16

  /// Listens on a free port of `host`, or holds it only, so that connections are refused.
  public init(host: String = "127.0.0.1", refusing: Bool = false) throws {
    socket = try Socket.bound(to: SocketAddress(host: host, port: 0), refusing: refusing)
    port = try socket.localAddress().port
  }

  /// Listens at a socket file that does not exist yet.
  public init(unixSocketPath: String) throws {
    socket = try Socket.bound(to: SocketAddress(unixSocketPath: unixSocketPath), refusing: false)
    port = 0
  }

  /// The next connection that comes.
  public func accept(within duration: Duration = .seconds(10)) async throws -> RawConnection {
    try await RawConnection.accepted(by: self, within: duration)
  }
}
