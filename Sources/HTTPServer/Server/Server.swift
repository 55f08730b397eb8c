import Dispatch

/// An HTTP/1.1 server (RFC 9110, RFC 9112) on raw sockets.
///
/// Event loops own the connections: each loop is one long block on a serial Dispatch queue of its
/// own. Requests that take time are answered from a bounded compute pool.
public final class Server: Sendable {
  private enum State {
    case ready
    case running(loops: [LoopHandle])
    case shuttingDown
  }

  private let configuration: ServerConfiguration
  private let handler: any RequestHandler
  private let events: (@Sendable (ServerEvent) -> Void)?
  private let state = Guarded<State>(.ready)
  private let finished = DispatchGroup()
  private let pool: ComputePool

  /// - Parameters:
  ///   - handler: what is served.
  ///   - events: told what happens, on event loops; nil when nobody wants to know, which costs
  ///     nothing.
  public init(
    configuration: ServerConfiguration, handler: any RequestHandler,
    events: (@Sendable (ServerEvent) -> Void)? = nil
  ) {
    self.configuration = configuration
    self.handler = handler
    self.events = events
    pool = ComputePool(
      width: configuration.computeWidth ?? Processors.count,
      bound: configuration.computeQueueCount)
  }

  /// How busy the compute pool is.
  public var load: ServerLoad {
    let (running, waiting) = pool.counts
    return ServerLoad(
      runningCount: running, waitingCount: waiting, waitingLimit: configuration.computeQueueCount)
  }

  /// Opens the endpoints and begins to serve.
  /// - Returns: where the server listens, in the order of the configuration's endpoints. A name
  ///   with addresses of both families gives two.
  @discardableResult
  public func start() throws(ServerError) -> [BoundEndpoint] {
    guard !configuration.endpoints.isEmpty else { throw .noEndpoint }
    // Beside the connections: listeners, loops, and whatever the application opens.
    DescriptorLimit.raise(to: configuration.limits.connectionCount + 256)
    let loopCount = max(1, configuration.loopCount ?? Processors.count / 2)
    var handles: [LoopHandle] = []
    for _ in 0..<loopCount { handles.append(try LoopHandle()) }
    let loops = handles
    let isFirst = state.withLock { state in
      guard case .ready = state else { return false }
      state = .running(loops: loops)
      return true
    }
    guard isFirst else { throw .alreadyStarted }
    do throws(ServerError) {
      return try begin(loops)
    } catch {
      state.withLock { $0 = .ready }
      throw error
    }
  }

  private func begin(_ handles: [LoopHandle]) throws(ServerError) -> [BoundEndpoint] {
    var listeners: [ListeningSocket] = []
    var bound: [BoundEndpoint] = []
    var pollers: [Int32] = []
    do throws(ServerError) {
      for _ in handles { pollers.append(try Poller.open()) }
      for endpoint in configuration.endpoints {
        let opened = try ListeningSocket.open(endpoint, backlog: configuration.limits.backlog)
        listeners += opened.map(\.0)
        bound += opened.map(\.1)
      }
    } catch {
      for listener in listeners { listener.close() }
      for poller in pollers { closeDescriptor(poller) }
      throw error
    }
    let shared = EventLoop.Shared(
      limits: configuration.limits, handler: handler, events: events,
      pool: pool,
      population: Population(
        perAddress: configuration.limits.connectionsPerAddress,
        unlimited: configuration.unlimitedAddresses),
      loops: handles, requestIDKey: .random(in: 0 ... .max))
    for (index, poller) in pollers.enumerated() {
      // The first loop accepts and hands over: connections are spread evenly, and what waits to be
      // accepted is in one place when the server shuts down.
      launch(index, shared, index == 0 ? listeners : [], poller)
    }
    return bound
  }

  private func launch(
    _ index: Int, _ shared: EventLoop.Shared, _ listeners: [ListeningSocket], _ poller: Int32
  ) {
    let queue = DispatchQueue(label: "segmentd.loop.\(index)", qos: .userInteractive)
    finished.enter()
    queue.async { [finished] in
      var loop = EventLoop(index: index, shared: shared, listeners: listeners, poller: poller)
      loop.run()
      finished.leave()
    }
  }

  /// Stops accepting, answers what was asked, closes.
  ///
  /// Requests under way are finished and their connections closed in good order. What is not done
  /// after the grace is cut off.
  /// - Parameter completion: called once, when all connections are closed.
  public func shutDown(grace: Duration, completion: @escaping @Sendable () -> Void) {
    let loops = state.withLock { state -> [LoopHandle] in
      switch state {
      case .running(let loops):
        state = .shuttingDown
        return loops
      case .ready, .shuttingDown:
        return []
      }
    }
    let deadline = Clock.coarse() + grace.nanoseconds
    for loop in loops { loop.post(.drain(deadline: deadline)) }
    finished.notify(queue: .global()) { completion() }
  }
}

/// How busy a server's compute pool is.
public struct ServerLoad: Sendable, Equatable {
  /// Jobs that are being done.
  public let runningCount: Int
  /// Jobs that wait for a thread.
  public let waitingCount: Int
  /// The most that may wait.
  public let waitingLimit: Int
}
