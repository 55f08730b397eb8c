/// Where and how a server runs.
public struct ServerConfiguration: Sendable {
  /// One place to listen at.
  public enum Endpoint: Hashable, Sendable {
    /// A TCP address: an IPv4 or IPv6 literal, or a name that is looked up once. Port 0 lets the
    /// system choose. `::` takes IPv4 too.
    case tcp(host: String, port: UInt16)
    /// A Unix-domain socket. A socket file that nobody listens on is replaced.
    case unix(path: String)
    /// A listening socket that was opened by another process, such as systemd.
    case inherited(descriptor: Int32)
  }

  /// Where to listen.
  public var endpoints: [Endpoint]

  /// Every bound and deadline.
  public var limits: Limits

  /// Event loops, one thread each; nil: one for each two cores, at least one.
  ///
  /// Connections are spread over them. One loop answers more than a hundred thousand requests a
  /// second; further loops on busy cores only take turns with the compute pool and with the clients.
  public var loopCount: Int?

  /// Threads of the compute pool; nil: one a core.
  public var computeWidth: Int?

  /// Requests that may wait for the compute pool; above, they are answered with 503.
  ///
  /// Deep enough for a burst, short enough that what waits is still wanted when its turn comes.
  public var computeQueueCount: Int

  /// Addresses that ``Limits/connectionsPerAddress`` does not hold for: proxies, from which all of
  /// their clients come.
  public var unlimitedAddresses: [AddressRange] = []

  /// Makes a configuration; every part has a default.
  public init(
    endpoints: [Endpoint] = [.tcp(host: "127.0.0.1", port: 8080)], limits: Limits = Limits(),
    loopCount: Int? = nil, computeWidth: Int? = nil, computeQueueCount: Int = 256
  ) {
    self.endpoints = endpoints
    self.limits = limits
    self.loopCount = loopCount
    self.computeWidth = computeWidth
    self.computeQueueCount = computeQueueCount
  }
}

/// Where a server listens, with the port the system chose.
public enum BoundEndpoint: Hashable, Sendable, CustomStringConvertible {
  case tcp(host: String, port: UInt16)
  case unix(path: String)

  /// `127.0.0.1:8080`, `[::1]:8080`, `unix:/run/x.sock`.
  public var description: String {
    switch self {
    case .tcp(let host, let port):
      host.utf8.contains(ASCII.colon) ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}
