#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A blocking connection to a port of this machine, for loads.
final class LoopbackClient {
  /// An answer as far as a load looks at it.
  struct Answer {
    var status: Int
    var head: String
    var content: [UInt8]
  }

  private let descriptor: Int32
  /// Bytes that came behind the last answer.
  private var rest: [UInt8] = []

  /// Connects.
  init(port: UInt16) throws {
    #if canImport(Musl)
      let kind = SOCK_STREAM
    #else
      let kind = Int32(SOCK_STREAM.rawValue)
    #endif
    descriptor = socket(AF_INET, kind, 0)
    guard descriptor >= 0 else { throw LoopbackClient.failure("socket") }
    var on: Int32 = 1
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let outcome = withUnsafePointer(to: &address) {
      // Safety: a sockaddr_in is a sockaddr to connect(2), which is told its size.
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    guard outcome == 0 else {
      let problem = LoopbackClient.failure("connect")
      close(descriptor)
      throw problem
    }
  }

  deinit { close(descriptor) }

  /// Sends all of some bytes.
  func send(_ bytes: Span<UInt8>) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.extracting(sent..<bytes.count).withUnsafeBufferPointer {
        // Safety: the span's own buffer and count.
        sendBytes(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw LoopbackClient.failure("send") }
      sent += count
    }
  }

  /// Receives one answer with a `Content-Length`.
  func receive() throws -> Answer {
    var bytes = rest
    var headEnd: Int?
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    var wanted = Int.max
    var head = ""
    var searched = 0
    while true {
      if headEnd == nil, let end = LoopbackClient.headEnd(bytes, from: max(0, searched - 3)) {
        headEnd = end
        head = String(decoding: bytes[..<end], as: UTF8.self)
        wanted = end + (LoopbackClient.field("content-length", in: head).flatMap { Int($0) } ?? 0)
      }
      searched = bytes.count
      if bytes.count >= wanted { break }
      // Safety: the system writes at most the count it is given, which is the buffer's.
      let count = piece.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw LoopbackClient.failure("recv") }
      bytes.append(contentsOf: piece[..<count])
    }
    rest = Array(bytes[wanted...])
    let words = head.split(separator: " ", maxSplits: 2)
    guard let start = headEnd, words.count > 1, let status = Int(words[1]) else {
      throw BenchFailure("this is no HTTP answer: \(head)")
    }
    return Answer(status: status, head: head, content: Array(bytes[start..<wanted]))
  }

  /// Receives answers of `size` bytes each, without looking into them.
  func skip(bytes size: Int, into memory: inout [UInt8]) throws {
    var left = size
    while left > 0 {
      // Safety: the system writes at most the count it is given, which is the buffer's.
      let count = memory.withUnsafeMutableBytes {
        recv(descriptor, $0.baseAddress, min(left, $0.count), 0)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw LoopbackClient.failure("recv") }
      left -= count
    }
  }

  /// The value of a field of a head.
  static func field(_ name: String, in head: String) -> String? {
    for line in head.split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      if line[..<colon].lowercased() == name {
        return String(line[line.index(after: colon)...].drop { $0 == " " })
      }
    }
    return nil
  }

  /// Where the content begins.
  private static func headEnd(_ bytes: [UInt8], from start: Int) -> Int? {
    var index = start
    while index + 3 < bytes.count {
      if bytes[index] == 13, bytes[index + 1] == 10, bytes[index + 2] == 13, bytes[index + 3] == 10
      {
        return index + 4
      }
      index += 1
    }
    return nil
  }

  private static func failure(_ call: String) -> BenchFailure {
    BenchFailure("\(call): \(String(cString: strerror(errno)))")
  }
}

// `send` without a name clash with the method above.
private func sendBytes(
  _ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32
) -> Int {
  send(descriptor, bytes, count, flags)
}
