/// Why a server could not start.
public enum ServerError: Error, Equatable, Sendable {
  /// No endpoint was given.
  case noEndpoint
  /// A server starts once.
  case alreadyStarted
  /// The host is not an address and has none.
  case hostUnknown(String, reason: String)
  /// The path does not fit in a socket address.
  case pathTooLong(String, limit: Int)
  /// A system call failed.
  case system(call: String, code: Int32, reason: String, endpoint: String)
}
