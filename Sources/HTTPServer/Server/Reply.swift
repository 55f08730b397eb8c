/// How a request will be answered: decided on the event loop as soon as its head is there.
public struct Reply: Sendable {
  enum Kind: Sendable {
    case now(Response)
    case compute(@Sendable () -> Response)
    case receive(any ContentReceiver, limit: Int?)
    case transform(any ContentTransformer, limit: Int?)
    case deferred(DeferredResponse)
    case fault(HTTPFault)
  }

  let kind: Kind
  /// The pattern of the route that was chosen, for log and metrics.
  public var routePattern: String?
  /// Which route of the router's list it was, for metrics.
  public internal(set) var routeIndex: Int?
  /// Whether the answer still holds; nil when it holds for this one request only.
  var isCurrent: (@Sendable () -> Bool)?
  /// What the answer carries beside its own fields.
  private(set) var fields = HeaderFields()

  private init(_ kind: Kind) {
    self.kind = kind
  }

  /// Answered at once, from the event loop.
  ///
  /// The request's content, if any, is read away.
  public static func now(_ response: Response) -> Reply { Reply(.now(response)) }

  /// Answered by work on the compute pool.
  ///
  /// The request's content, if any, is read away.
  public static func compute(_ work: @escaping @Sendable () -> Response) -> Reply {
    Reply(.compute(work))
  }

  /// The content goes to a receiver as it arrives, on the compute pool, which then answers.
  /// - Parameter limit: the most bytes of content this request may have; ``Limits/contentBytes``
  ///   when nil. Above it the answer is 413.
  public static func receive(_ receiver: any ContentReceiver, limit: Int? = nil) -> Reply {
    Reply(.receive(receiver, limit: limit))
  }

  /// The content is turned into the answer's content as it arrives.
  /// - Parameter limit: as of ``receive(_:limit:)``.
  public static func transform(_ transformer: any ContentTransformer, limit: Int? = nil) -> Reply {
    Reply(.transform(transformer, limit: limit))
  }

  /// Answered later, from anywhere: for long polls, which wait without a thread.
  public static func deferred(_ response: DeferredResponse) -> Reply { Reply(.deferred(response)) }

  /// Answered as the handler answers this fault.
  public static func fault(_ fault: HTTPFault) -> Reply { Reply(.fault(fault)) }

  /// The same reply, which the server may give again, unasked, to requests whose head has the very
  /// same bytes, while a condition holds.
  ///
  /// For ``now(_:)`` only; other replies are asked for each time. Nothing that differs between such
  /// requests may matter to the answer, the client's address among it.
  /// - Parameter isCurrent: called on event loops, for each such request: must be quick and must not
  ///   block.
  public func repeatable(while isCurrent: @escaping @Sendable () -> Bool) -> Reply {
    var reply = self
    reply.isCurrent = isCurrent
    return reply
  }

  /// The same reply; if it may be repeated, then only while a further condition holds, too.
  public func held(while condition: @escaping @Sendable () -> Bool) -> Reply {
    guard let isCurrent else { return self }
    return repeatable(while: { isCurrent() && condition() })
  }

  /// The same reply, for this one request only: the handler is asked again for the next one.
  public func once() -> Reply {
    var reply = self
    reply.isCurrent = nil
    return reply
  }

  /// The same reply, whose answer will carry further fields, whatever it turns out to be: a refusal
  /// by the server among it.
  public func adding(_ fields: HeaderFields) -> Reply {
    var reply = self
    for (name, value) in fields.all { reply.fields.append(name, value) }
    return reply
  }

  /// The same reply, with the route it came from.
  public func from(route pattern: String) -> Reply {
    var reply = self
    reply.routePattern = pattern
    return reply
  }
}

/// Takes a request's content as it arrives, then answers.
///
/// All calls come from the compute pool, one at a time and in order. When the client goes away no
/// further call comes and the receiver is let go.
public protocol ContentReceiver: Sendable {
  /// Takes the next piece, of any size.
  /// - Returns: an answer to end the request early, such as 413 or 422: nothing more is read,
  ///   `finish` is not called. nil to go on.
  mutating func receive(_ bytes: Span<UInt8>) -> Response?

  /// The content is complete.
  mutating func finish() -> Response

  /// The content is complete: calls `deliver` once with the answer, now or later, from any thread.
  ///
  /// Until then the request costs its connection; ``Limits/answerTime`` bounds the wait.
  mutating func finish(_ deliver: @escaping @Sendable (Response) -> Void)
}

extension ContentReceiver {
  /// Delivers what ``finish()`` answers.
  public mutating func finish(_ deliver: @escaping @Sendable (Response) -> Void) {
    deliver(finish())
  }
}

/// Turns a request's content into the answer's content while it arrives, in bounded memory.
///
/// The answer begins with the first output, or with the end of the content when there was none by
/// then. Its status and fields are asked for at that moment; later faults can only cut the answer
/// off. The server reads no further input while output waits for the client, and asks for no output
/// beyond what one piece of input makes.
///
/// All calls come from the compute pool, one at a time and in order.
public protocol ContentTransformer: Sendable {
  /// Takes the next piece of content and appends what can be answered already.
  /// - Returns: nil to go on; an answer to send instead, which is possible only while nothing has
  ///   been appended yet. Afterwards a returned answer cuts the connection, which is the only way
  ///   left to tell the client.
  mutating func transform(_ bytes: Span<UInt8>, into output: inout [UInt8]) -> Response?

  /// The content is complete: appends the rest.
  /// - Returns: as ``transform(_:into:)``.
  mutating func finish(into output: inout [UInt8]) -> Response?

  /// Status and fields of the answer. Called once, just before the first output is sent.
  func head() -> (status: Status, fields: HeaderFields)
}
