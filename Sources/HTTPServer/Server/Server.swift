import Synchronization

/// An HTTP/1.1 server (RFC 9110, RFC 9112) on raw sockets.
public final class Server: Sendable {
  private let configuration: ServerConfiguration
  private let handler: any RequestHandler
  private let events: (@Sendable (ServerEvent) -> Void)?

  /// - Parameters:
  ///   - handler: what is served.
  ///   - events: told what happens, on event loops; nil when nobody wants to know, which costs nothing.
  public init(
    configuration: ServerConfiguration, handler: any RequestHandler,
    events: (@Sendable (ServerEvent) -> Void)? = nil
  ) {
    self.configuration = configuration
    self.handler = handler
    self.events = events
  }

  /// Opens the endpoints and begins to serve.
  /// - Returns: where the server listens, in the order of the configuration's endpoints.
  public func start() throws(ServerError) -> [BoundEndpoint] {
    throw .noEndpoint
  }

  /// Stops accepting, answers what was asked, closes.
  ///
  /// Requests under way are finished and their connections closed in good order. What is not done after the grace is
  /// cut off.
  /// - Parameter completion: called once, when all connections are closed.
  public func shutDown(grace: Duration, completion: @escaping @Sendable () -> Void) {
    completion()
  }
}
