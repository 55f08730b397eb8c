/// What happened, for log and metrics.
///
/// Emitted on event loops: a sink must be quick and must not block.
public enum ServerEvent: Sendable {
  /// A request was answered and the last byte of the answer given to the system.
  case requestCompleted(Completion)
  /// A request ended without a whole answer.
  case requestAborted(
    requestID: RequestID, method: Method, route: String?, trace: TraceContext?, reason: AbortReason)
  /// A request was refused before a handler saw it.
  case requestRefused(fault: HTTPFault, requestID: RequestID, peer: PeerAddress)
  case connectionOpened(PeerAddress)
  case connectionClosed(PeerAddress, requestCount: Int)
  /// A new connection was turned away.
  case connectionRefused(PeerAddress, RefusalReason)
  /// An idle connection was closed to make room for a new one.
  case idleConnectionEvicted(PeerAddress)
  /// accept(2) failed for want of a resource; it is tried again after the delay.
  case acceptSuspended(code: Int32, reason: String, delay: Duration)

  /// A request and its answer.
  public struct Completion: Sendable {
    /// The method.
    public let method: Method
    /// The pattern of the route, nil when none was chosen.
    public let route: String?
    /// Its place in the router's list.
    public let routeIndex: Int?
    /// The trace that the request names.
    public let trace: TraceContext?
    /// The answer's status.
    public let status: Status
    /// What `X-Request-Id` says.
    public let requestID: RequestID
    /// Where the client is.
    public let peer: PeerAddress
    /// Bytes of the request's content.
    public let requestBytes: Int
    /// Bytes of the answer, head included.
    public let responseBytes: Int
    /// From the end of the request's head to the end of the answer.
    public let duration: Duration
  }

  /// Why a request has no whole answer.
  public enum AbortReason: Hashable, Sendable {
    /// The client went away.
    case clientGone
    /// The client did not send in time.
    case requestTimeout
    /// The client did not read in time.
    case writeStalled
    /// The content was malformed.
    case fault(HTTPFault)
    /// The producer failed or made another length than it had promised.
    case contentFailed(String)
    /// The server stopped before the answer was ready.
    case shutDown
  }

  /// Why a connection was turned away.
  public enum RefusalReason: Hashable, Sendable {
    case connectionLimit
    case addressLimit
  }
}
