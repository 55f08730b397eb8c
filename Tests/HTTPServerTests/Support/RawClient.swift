import Glibc

/// A client that sends exactly the bytes it is told to, over a blocking socket with a time limit.
final class RawClient {
  private let descriptor: Int32
  private var received: [UInt8] = []
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
    port: UInt16, receiveBuffer: Int32? = nil, timeLimit: Int = 10, companion: AnyObject? = nil
  ) throws {
    self.companion = companion
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    if var receiveBuffer {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4)
    }
    var limit = timeval(tv_sec: timeLimit, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failure(description: "connect: \(errno)") }
  }

  deinit {
    close(descriptor)
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
    defer { received = [] }
    return received
  }

  /// The next answer, interim ones included.
  func answer(toHead: Bool = false) throws -> Answer {
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
    if toHead || status < 200 || status == 204 || status == 304 { return answer }
    if answer["transfer-encoding"] == "chunked" {
      while true {
        let line = String(decoding: try take(through: [13, 10]).dropLast(2), as: UTF8.self)
        guard let size = Int(line, radix: 16) else {
          throw Failure(description: "no chunk size: \(line)")
        }
        answer.content += try take(size)
        _ = try take(through: [13, 10])
        if size == 0 { return answer }
      }
    }
    if let length = answer["content-length"] {
      answer.content = try take(Int(length) ?? -1)
    } else {
      answer.content = try readToEnd()
    }
    return answer
  }

  private func take(through end: [UInt8]) throws -> [UInt8] {
    var scanned = 0
    while true {
      while scanned + end.count <= received.count {
        if received[scanned..<(scanned + end.count)].elementsEqual(end) {
          return try take(scanned + end.count)
        }
        scanned += 1
      }
      guard try receive() else { throw Failure(description: "ended after \(received.count)") }
    }
  }

  private func take(_ count: Int) throws -> [UInt8] {
    while received.count < count {
      guard try receive() else { throw Failure(description: "ended after \(received.count)") }
    }
    let taken = Array(received[..<count])
    received.removeFirst(count)
    return taken
  }
}
