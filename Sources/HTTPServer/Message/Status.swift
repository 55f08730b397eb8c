/// A status code (RFC 9110 §15).
public struct Status: Hashable, Sendable, CustomStringConvertible {
  /// The code, 200...599 for an answer.
  public let code: Int

  /// - Precondition: `code` has three digits and is final: 200...599.
  public init(_ code: Int) {
    precondition((200...599).contains(code), "a final status code is 200...599")
    self.code = code
  }

  private init(known code: Int) {
    self.code = code
  }

  /// The request succeeded.
  public static var ok: Status { Status(known: 200) }
  /// Something was made; `Location` says where.
  public static var created: Status { Status(known: 201) }
  /// The work goes on after the answer.
  public static var accepted: Status { Status(known: 202) }
  /// Done, and there is nothing to send.
  public static var noContent: Status { Status(known: 204) }
  /// Moved for good; clients may change the method to GET.
  public static var movedPermanently: Status { Status(known: 301) }
  /// Elsewhere for now; clients may change the method to GET.
  public static var found: Status { Status(known: 302) }
  /// The result is elsewhere, to be fetched with GET.
  public static var seeOther: Status { Status(known: 303) }
  /// What the client has is still current.
  public static var notModified: Status { Status(known: 304) }
  /// Elsewhere for now, with the same method.
  public static var temporaryRedirect: Status { Status(known: 307) }
  /// Moved for good, with the same method.
  public static var permanentRedirect: Status { Status(known: 308) }
  /// The request is malformed.
  public static var badRequest: Status { Status(known: 400) }
  /// The client has to say who it is; needs `WWW-Authenticate`.
  public static var unauthorized: Status { Status(known: 401) }
  /// The request was understood and is refused.
  public static var forbidden: Status { Status(known: 403) }
  /// Nothing is there.
  public static var notFound: Status { Status(known: 404) }
  /// Something is there that does not take this method; needs `Allow`.
  public static var methodNotAllowed: Status { Status(known: 405) }
  /// It has no representation the client accepts.
  public static var notAcceptable: Status { Status(known: 406) }
  /// The client did not send in time.
  public static var requestTimeout: Status { Status(known: 408) }
  /// The state of the resource forbids it.
  public static var conflict: Status { Status(known: 409) }
  /// It was there, and will not be again.
  public static var gone: Status { Status(known: 410) }
  /// The content must come with its length.
  public static var lengthRequired: Status { Status(known: 411) }
  /// A condition such as `If-Match` does not hold.
  public static var preconditionFailed: Status { Status(known: 412) }
  /// The content is larger than is taken.
  public static var contentTooLarge: Status { Status(known: 413) }
  /// The request target is longer than is taken.
  public static var uriTooLong: Status { Status(known: 414) }
  /// The content is of a type, or coded in a way, that is not read here.
  public static var unsupportedMediaType: Status { Status(known: 415) }
  /// `Expect` asks for something other than `100-continue`.
  public static var expectationFailed: Status { Status(known: 417) }
  /// The content can be read and makes no sense.
  public static var unprocessableContent: Status { Status(known: 422) }
  /// The request must say which state it means (RFC 6585 §3).
  public static var preconditionRequired: Status { Status(known: 428) }
  /// This client asks too often (RFC 6585 §4).
  public static var tooManyRequests: Status { Status(known: 429) }
  /// The field lines are larger than is taken (RFC 6585 §5).
  public static var requestHeaderFieldsTooLarge: Status { Status(known: 431) }
  /// Something went wrong that nobody foresaw.
  public static var internalServerError: Status { Status(known: 500) }
  /// The server knows no such method or transfer coding.
  public static var notImplemented: Status { Status(known: 501) }
  /// Too busy or stopping; `Retry-After` says when to ask again.
  public static var serviceUnavailable: Status { Status(known: 503) }
  /// A server behind this one did not answer in time.
  public static var gatewayTimeout: Status { Status(known: 504) }
  /// The version of HTTP is not spoken here.
  public static var httpVersionNotSupported: Status { Status(known: 505) }
  /// There is no room for it (RFC 4918 §11.5).
  public static var insufficientStorage: Status { Status(known: 507) }

  /// The phrase that stands after the code; empty for a code without a registered one.
  public var reasonPhrase: String {
    switch code {
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 203: "Non-Authoritative Information"
    case 204: "No Content"
    case 205: "Reset Content"
    case 206: "Partial Content"
    case 300: "Multiple Choices"
    case 301: "Moved Permanently"
    case 302: "Found"
    case 303: "See Other"
    case 304: "Not Modified"
    case 307: "Temporary Redirect"
    case 308: "Permanent Redirect"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 402: "Payment Required"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 406: "Not Acceptable"
    case 407: "Proxy Authentication Required"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 410: "Gone"
    case 411: "Length Required"
    case 412: "Precondition Failed"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 416: "Range Not Satisfiable"
    case 417: "Expectation Failed"
    case 421: "Misdirected Request"
    case 422: "Unprocessable Content"
    case 425: "Too Early"
    case 426: "Upgrade Required"
    case 428: "Precondition Required"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 451: "Unavailable For Legal Reasons"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    case 507: "Insufficient Storage"
    case 511: "Network Authentication Required"
    default: ""
    }
  }

  /// Whether an answer with this status never has content (RFC 9110 §6.4.1).
  public var forbidsContent: Bool {
    code == 204 || code == 304
  }

  /// The code and its phrase: `404 Not Found`.
  public var description: String { "\(code) \(reasonPhrase)" }
}
