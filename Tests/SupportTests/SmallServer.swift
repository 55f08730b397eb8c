import TestSupport

/// A server that a test makes itself: it hands each connection that comes to the test's own script.
struct SmallServer {
  let port: UInt16
  var url: String { "http://127.0.0.1:\(port)" }

  /// Runs `client` against a server that takes `connectionCount` connections, each answered by `script`.
  ///
  /// A script that throws fails the test, and so does one whose connection never comes.
  static func run<R: Sendable>(
    connectionCount: Int = 1,
    script: @escaping @Sendable (RawConnection) async throws -> Void,
    client: @Sendable (SmallServer) async throws -> R
  ) async throws -> R {
    let listener = try TestListener()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await withThrowingTaskGroup(of: Void.self) { connections in
          for _ in 0..<connectionCount {
            let connection = try await listener.accept()
            connections.addTask {
              try await script(connection)
              await connection.close()
            }
          }
          try await connections.waitForAll()
        }
      }
      let result = try await client(SmallServer(port: listener.port))
      try await group.waitForAll()
      return result
    }
  }
}

extension RawConnection {
  /// Receives the head of a request, line by line, without the empty one.
  func receiveHead() throws -> [String] {
    let head = String(decoding: try receive(until: "\r\n\r\n"), as: UTF8.self)
    return head.split(separator: "\r\n").map(String.init)
  }

  /// Sends an answer with a length.
  func answer(_ status: String = "200 OK", headers: String = "", _ body: String = "") throws {
    try send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
  }
}
