import HTTPServer

/// Gathers small content whole, then answers.
struct DocumentReceiver: ContentReceiver {
  /// The largest content that is read whole, in bytes: a model of 1000 clusters has one or two
  /// hundred features with room to spare.
  static let limit = 16 << 20

  private let call: Call
  private let context: Context
  private let handler: @Sendable (Call, [UInt8]) throws(ProblemDetails) -> Answer
  private var content: [UInt8] = []

  init(
    call: Call, context: Context,
    handler: @escaping @Sendable (Call, [UInt8]) throws(ProblemDetails) -> Answer
  ) {
    self.call = call
    self.context = context
    self.handler = handler
  }

  mutating func receive(_ bytes: Span<UInt8>) -> Response? {
    for index in bytes.indices { content.append(bytes[index]) }
    return nil
  }

  mutating func finish() -> Response {
    let content = content
    return context.announcingChange {
      context.response(to: call) { call throws(ProblemDetails) in
        context.respond(to: call, try handler(call, content))
      }
    }
  }
}
