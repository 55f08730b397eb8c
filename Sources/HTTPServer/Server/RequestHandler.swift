/// What the server serves.
public protocol RequestHandler: Sendable {
  /// Decides how to answer a request. Called on an event loop once the head is complete: it must
  /// not block, since all other connections of the loop wait meanwhile.
  func reply(to request: Request) -> Reply

  /// Puts a fault of the protocol, or of a request the handler never saw, into the application's
  /// own words. Called on an event loop. The status should be ``HTTPFault/status``.
  func response(to fault: HTTPFault, requestID: String) -> Response
}

extension RequestHandler {
  /// Says what is wrong in one line of plain text.
  public func response(to fault: HTTPFault, requestID: String) -> Response {
    Response(
      fault.status, contentType: "text/plain; charset=utf-8",
      content: .text("\(fault.status)\n\(fault)\n"))
  }
}
