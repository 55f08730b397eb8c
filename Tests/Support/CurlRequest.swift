/// A request for libcurl to send.
public struct CurlRequest: Sendable {
  /// A part of a `multipart/form-data` body, as `curl -F` makes it.
  public struct Part: Sendable {
    public var name: String
    public var content: [UInt8]
    public var filename: String?
    public var contentType: String?

    public init(
      _ name: String, _ content: [UInt8], filename: String? = nil, contentType: String? = nil
    ) {
      self.name = name
      self.content = content
      self.filename = filename
      self.contentType = contentType
    }

    public init(_ name: String, _ text: String) { self.init(name, Array(text.utf8)) }
  }

  /// What to send after the headers.
  public enum Body: Sendable {
    /// Nothing, not even a length.
    case none
    /// As `curl --data-binary` sends it: with a length, and as a form unless a header says otherwise.
    case bytes([UInt8])
    /// As `curl -T -` sends it: chunked when there is no count.
    ///
    /// The closure is asked for the next bytes, at most the given count of them matter to it, until it
    /// answers nil. It may block, and it aborts the transfer by throwing.
    case stream(byteCount: Int?, @Sendable (Int) throws -> [UInt8]?)
    /// As `curl -F` sends it.
    case multipart([Part])

    public static func text(_ text: String) -> Body { .bytes(Array(text.utf8)) }
  }

  /// Which version to ask for.
  public enum Version: Sendable {
    case http1_0
    case http1_1
    /// HTTP/2 from the first byte, without asking for it first.
    case http2PriorKnowledge
  }

  public var method: String
  /// Absolute, or a path that the ``Curl`` puts its base in front of.
  public var url: String
  public var headers: HeaderList
  /// Headers that libcurl would add by itself and shall not, such as `Expect`.
  public var withoutHeaders: [String] = []
  public var body: Body
  public var version: Version = .http1_1
  /// The whole transfer, from the first lookup to the last byte.
  public var timeout: Duration = .seconds(60)
  /// How long libcurl waits for `100 Continue` before it sends the body all the same.
  public var continueTimeout: Duration = .seconds(1)
  /// The target as it goes into the request line, when it is not the URL's: `*`, or one with odd bytes.
  public var requestTarget: String?
  /// Connects to this socket, whatever host the URL names.
  public var unixSocketPath: String?
  /// The address to connect from, such as `127.0.0.2`.
  public var localAddress: String?
  /// A file of certificates to trust, for `https`.
  public var certificateFile: String?
  /// Asks for these codings and undoes them; empty asks for all that libcurl has.
  public var acceptedEncodings: String?
  /// Closes the connection after this answer.
  public var forbidsReuse = false
  /// Sees the body's bytes as they come; false aborts the transfer.
  public var onReceive: (@Sendable (ArraySlice<UInt8>) -> Bool)?

  public init(
    _ method: String, _ url: String, headers: HeaderList = [:], body: Body = .none
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }
}

extension CurlRequest.Body {
  /// Each of `chunks` as one read: chunked, and one chunk each while they fit libcurl's buffer.
  public static func chunks(_ chunks: [[UInt8]]) -> CurlRequest.Body {
    let source = ChunkSource(chunks)
    return .stream(byteCount: nil) { _ in source.next() }
  }
}
