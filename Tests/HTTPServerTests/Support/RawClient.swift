import Dispatch
import Glibc

/// Waits a moment; for loops that look again until something has happened.
func nap(milliseconds: UInt32 = 5) {
  usleep(milliseconds * 1000)
}

/// A client that sends exactly the bytes it is told to, over a blocking socket with a time limit.
final class RawClient {
  private let descriptor: Int32
  /// What was received, and how much of it was looked at.
  private var received: [UInt8] = []
  private var start = 0
  /// What must live as long as the client: its server.
  private let companion: AnyObject?
  private(set) var hasEnded = false
  /// Whether the connection ended with a reset.
  private(set) var wasReset = false

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  struct Answer {
    var status = 0
    var fields: [(name: String, value: String)] = []
    var content: [UInt8] = []

    var text: String { String(decoding: content, as: UTF8.self) }

    subscript(name: String) -> String? {
      fields.first { $0.name == name.lowercased() }?.value
    }
  }

  /// Connects to a port of the loopback address.
  init(
    port: UInt16, receiveBuffer: Int32? = nil, companion: AnyObject? = nil
  ) throws {
    self.companion = companion
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if var receiveBuffer {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4)
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    try connect(to: address)
  }

  /// Connects to a port of the IPv6 loopback address.
  init(ipv6Port port: UInt16) throws {
    companion = nil
    descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = port.bigEndian
    address.sin6_addr = in6addr_loopback
    try connect(to: address)
  }

  /// Connects to a Unix-domain socket.
  init(path: String) throws {
    companion = nil
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    try connect(to: Self.address(path))
  }

  /// A listening Unix-domain socket, as another process would make it.
  static func listen(path: String) -> Int32 {
    unlink(path)
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    withUnsafePointer(to: address(path)) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    Glibc.listen(descriptor, 10)
    return descriptor
  }

  private static func address(_ path: String) -> sockaddr_un {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    return address
  }

  private func connect<Address>(to address: Address) throws {
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let result = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
    guard result == 0 else { throw Failure(description: "connect: \(errno)") }
  }

  /// Whether something came in, or the connection ended.
  var hasInput: Bool {
    var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&ready, 1, 0) > 0
  }

  deinit {
    Glibc.close(descriptor)
  }

  func send(_ text: String) throws {
    try send(Array(text.utf8))
  }

  func send(_ bytes: [UInt8]) throws {
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure(description: "send: \(errno)") }
      start += count
    }
  }

  /// Sends a piece again and again until it does not fit any more, or so many bytes are sent.
  /// - Returns: how many bytes were sent. For a second nothing more fitted.
  func sendWhatFits(_ piece: [UInt8], of size: Int) throws -> Int {
    var sent = 0
    while sent < size {
      var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard poll(&ready, 1, 1000) > 0 else { return sent }
      let count = piece.prefix(size - sent).withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
      }
      guard count > 0 || errno == EAGAIN else { throw Failure(description: "send: \(errno)") }
      sent += max(0, count)
    }
    return sent
  }

  /// Sends on another thread, so that this one can read.
  func sendInBackground(_ bytes: [UInt8]) throws -> DispatchGroup {
    let group = DispatchGroup()
    let descriptor = descriptor
    DispatchQueue.global().async(group: group) {
      var start = 0
      while start < bytes.count {
        let count = bytes[start...].withUnsafeBytes {
          Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count <= 0 { return }
        start += count
      }
    }
    return group
  }

  /// Says that nothing more will be sent.
  func finish() {
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Leaves with a reset.
  func reset() {
    var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  /// Receives something; false at the end of the connection.
  private func receive() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count > 0 {
      received.append(contentsOf: buffer[..<count])
      return true
    }
    hasEnded = true
    if count < 0 {
      guard errno == ECONNRESET else { throw Failure(description: "nothing came in time") }
      wasReset = true
    }
    return false
  }

  /// Everything up to the end of the connection.
  func readToEnd() throws -> [UInt8] {
    while try receive() {}
    defer { (received, start) = ([], 0) }
    return Array(received[start...])
  }

  /// The next answer, interim ones included.
  func answer(toHead: Bool = false) throws -> Answer {
    var answer = try head()
    if toHead || answer.status < 200 || answer.status == 204 || answer.status == 304 {
      return answer
    }
    if answer["transfer-encoding"] == "chunked" {
      while true {
        let piece = try chunk()
        if piece.isEmpty { return answer }
        answer.content += piece
      }
    }
    if let length = answer["content-length"] {
      answer.content = try take(Int(length) ?? -1)
    } else {
      answer.content = try readToEnd()
    }
    return answer
  }

  /// The head of the next answer.
  func head() throws -> Answer {
    var answer = Answer()
    let head = try take(through: [13, 10, 13, 10])
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
    guard let first = lines.first, first.hasPrefix("HTTP/1.1 "),
      let status = Int(first.dropFirst(9).prefix(3))
    else { throw Failure(description: "no status line: \(lines)") }
    answer.status = status
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else {
        throw Failure(description: "no field line: \(line)")
      }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      answer.fields.append((line[..<colon].lowercased(), String(value)))
    }
    return answer
  }

  /// The next chunk of an answer, empty for the last one.
  func chunk() throws -> [UInt8] {
    let line = String(decoding: try take(through: [13, 10]).dropLast(2), as: UTF8.self)
    guard let size = Int(line, radix: 16) else {
      throw Failure(description: "no chunk size: \(line)")
    }
    let content = try take(size)
    _ = try take(through: [13, 10])
    return content
  }

  private func take(through end: [UInt8]) throws -> [UInt8] {
    var scanned = start
    while true {
      while scanned + end.count <= received.count {
        if received[scanned..<(scanned + end.count)].elementsEqual(end) {
          return try take(scanned + end.count - start)
        }
        scanned += 1
      }
      guard try receive() else { throw Failure(description: "ended after \(received.count)") }
    }
  }

  private func take(_ count: Int) throws -> [UInt8] {
    while received.count - start < count {
      guard try receive() else { throw Failure(description: "ended after \(received.count)") }
    }
    let taken = Array(received[start..<(start + count)])
    start += count
    if start > 1 << 20 || start == received.count {
      received.removeFirst(start)
      start = 0
    }
    return taken
  }
}
