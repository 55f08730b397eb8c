/// A status code (RFC 9110 §15).
public struct Status: Hashable, Sendable, CustomStringConvertible {
  /// The code, 200...599 for an answer.
  public let code: Int

  /// Makes a status of any final code.
  ///
  /// - Precondition: `code` is 200...599.
  public init(_ code: Int) {
    precondition((200...599).contains(code), "a final status code is 200...599")
    self.code = code
  }

  private init(known code: Int) {
    self.code = code
  }

  /// 200: the request succeeded.
  public static var ok: Status { Status(known: 200) }
  /// 201: a resource was made; `Location` names it.
  public static var created: Status { Status(known: 201) }
  /// 202: the work goes on behind the answer.
  public static var accepted: Status { Status(known: 202) }
  /// 204: done, and there is nothing to say.
  public static var noContent: Status { Status(known: 204) }
  /// 301: asked for elsewhere from now on.
  public static var movedPermanently: Status { Status(known: 301) }
  /// 302: asked for elsewhere this time.
  public static var found: Status { Status(known: 302) }
  /// 303: the answer is to be read elsewhere, by GET.
  public static var seeOther: Status { Status(known: 303) }
  /// 304: what the client has is current.
  public static var notModified: Status { Status(known: 304) }
  /// 307: ask elsewhere this time, in the same way.
  public static var temporaryRedirect: Status { Status(known: 307) }
  /// 308: ask elsewhere from now on, in the same way.
  public static var permanentRedirect: Status { Status(known: 308) }
  /// 400: the request is malformed.
  public static var badRequest: Status { Status(known: 400) }
  /// 401: credentials are missing or wrong; `WWW-Authenticate` says which.
  public static var unauthorized: Status { Status(known: 401) }
  /// 403: these credentials are not enough.
  public static var forbidden: Status { Status(known: 403) }
  /// 404: there is no such resource.
  public static var notFound: Status { Status(known: 404) }
  /// 405: the resource cannot do this; `Allow` names what it can.
  public static var methodNotAllowed: Status { Status(known: 405) }
  /// 406: there is no representation the client accepts.
  public static var notAcceptable: Status { Status(known: 406) }
  /// 408: the request did not come in time.
  public static var requestTimeout: Status { Status(known: 408) }
  /// 409: the resource's state does not allow it.
  public static var conflict: Status { Status(known: 409) }
  /// 410: the resource was here and is not any more.
  public static var gone: Status { Status(known: 410) }
  /// 411: the content must have a length.
  public static var lengthRequired: Status { Status(known: 411) }
  /// 412: a condition of the request does not hold.
  public static var preconditionFailed: Status { Status(known: 412) }
  /// 413: the content is too large.
  public static var contentTooLarge: Status { Status(known: 413) }
  /// 414: the request target is too long.
  public static var uriTooLong: Status { Status(known: 414) }
  /// 415: content of this type is not understood.
  public static var unsupportedMediaType: Status { Status(known: 415) }
  /// 417: the expectation cannot be met.
  public static var expectationFailed: Status { Status(known: 417) }
  /// 422: the content is well formed and makes no sense.
  public static var unprocessableContent: Status { Status(known: 422) }
  /// 428: the request must be conditional.
  public static var preconditionRequired: Status { Status(known: 428) }
  /// 429: the client asks too often; `Retry-After` says when to come back.
  public static var tooManyRequests: Status { Status(known: 429) }
  /// 431: the field section is too large.
  public static var requestHeaderFieldsTooLarge: Status { Status(known: 431) }
  /// 500: a fault of the server.
  public static var internalServerError: Status { Status(known: 500) }
  /// 501: the server does not know the method or coding.
  public static var notImplemented: Status { Status(known: 501) }
  /// 503: the server is busy; `Retry-After` says when to come back.
  public static var serviceUnavailable: Status { Status(known: 503) }
  /// 504: somebody the server needs did not answer.
  public static var gatewayTimeout: Status { Status(known: 504) }
  /// 505: the version is not spoken here.
  public static var httpVersionNotSupported: Status { Status(known: 505) }
  /// 507: the store is full.
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

  /// Code and phrase: `404 Not Found`.
  public var description: String { "\(code) \(reasonPhrase)" }
}
