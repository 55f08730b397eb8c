import Glibc

/// What went wrong on a socket of a test.
public enum SocketError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A system call failed.
  case system(call: String, code: Int32)
  /// The deadline passed; `received` is what had come and was not asked for yet.
  case timedOut(received: [UInt8])
  /// The other side ended before what was waited for; `received` is what had come.
  case ended(received: [UInt8])
  /// Bytes that are no address or no HTTP answer.
  case malformed(String)

  public var description: String {
    switch self {
    case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
    case .timedOut(let received): "timed out after \(Self.shown(received))"
    case .ended(let received): "the other side ended after \(Self.shown(received))"
    case .malformed(let what): what
    }
  }

  private static func shown(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes.prefix(300), as: UTF8.self)
    return "\(bytes.count) bytes: \(text.debugDescription)"
  }
}
