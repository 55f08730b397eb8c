import Dispatch
import FoundationEssentials
import HTTPServer
import Synchronization

/// Turns the server's events into log lines on standard error: JSON, or text on a terminal.
///
/// Messages are constant, routes are patterns and not paths, and no customer data is ever written.
final class EventLog: Sendable {
  private let levelRank: Atomic<Int>
  private let writesJSON: Bool
  private let queue = DispatchQueue(label: "segmentd.log")
  // Lines given to the queue and not yet written: a log that nobody reads must not fill the memory.
  private let pending = Atomic<Int>(0)
  private static let pendingLimit = 10_000

  init(level: LogLevel, format: LogFormat) {
    levelRank = Atomic(level.rank)
    writesJSON =
      switch format {
      case .auto: !Process.errorIsTerminal
      case .json: true
      case .text: false
      }
  }

  /// The least important events that are written from now on.
  var level: LogLevel {
    get {
      let rank = levelRank.load(ordering: .relaxed)
      return LogLevel.allCases.first { $0.rank == rank } ?? .off
    }
    set { levelRank.store(newValue.rank, ordering: .relaxed) }
  }

  /// Takes note of what happened in the server.
  func record(_ event: ServerEvent) {
    switch event {
    case .requestCompleted(let completion):
      // Answers to reads that went well are many and alike: they are told at debug.
      let isQuiet = completion.method.isSafe && completion.status.code < 400
      let importance: LogLevel =
        completion.status.code >= 500 ? .warning : isQuiet ? .debug : .info
      write(
        importance, "request completed",
        [
          ("http.method", .text(completion.method.name)),
          ("http.route", .text(completion.route ?? "")),
          ("http.status", .number(completion.status.code)),
          ("http.request_bytes", .number(completion.requestBytes)),
          ("http.response_bytes", .number(completion.responseBytes)),
          ("duration_us", .number(Int(completion.duration / .microseconds(1)))),
          ("request.id", .text(completion.requestID.description)),
        ] + EventLog.values(of: completion.trace))
    case .requestAborted(let requestID, let method, let route, let trace, let reason):
      write(
        .info, "request aborted",
        [
          ("http.method", .text(method.name)), ("http.route", .text(route ?? "")),
          ("reason", .text("\(reason)")), ("request.id", .text(requestID.description)),
        ] + EventLog.values(of: trace))
    case .requestRefused(let fault, let requestID, _):
      write(
        .info, "request refused",
        [
          ("http.status", .number(fault.status.code)), ("reason", .text(fault.description)),
          ("request.id", .text(requestID.description)),
        ])
    case .connectionRefused(_, let reason):
      write(.warning, "connection refused", [("reason", .text("\(reason)"))])
    case .acceptSuspended(let code, let reason, let delay):
      write(
        .warning, "accept suspended",
        [("errno", .number(Int(code))), ("reason", .text(reason)), ("delay", .text("\(delay)"))])
    case .connectionOpened, .connectionClosed, .idleConnectionEvicted:
      break
    }
  }

  /// The trace of a request; the request's own id is its span there.
  private static func values(of trace: TraceContext?) -> [(String, Value)] {
    guard let trace else { return [] }
    return [("trace.id", .text(trace.traceID)), ("trace.parent", .text(trace.parentID))]
  }

  /// A value in a log line.
  enum Value: Sendable {
    case text(String)
    case number(Int)
  }

  /// Writes a line if its importance reaches the level.
  ///
  /// The values are made only when they are written: most events are not.
  func write(
    _ importance: LogLevel, _ message: String,
    _ values: @autoclosure () -> [(String, Value)] = []
  ) {
    guard importance.rank >= levelRank.load(ordering: .relaxed) else { return }
    guard pending.load(ordering: .relaxed) < EventLog.pendingLimit else { return }
    pending.add(1, ordering: .relaxed)
    let time = Date()
    let values = values()
    queue.async { [self] in
      Process.writeError(line(time, importance, message, values))
      pending.subtract(1, ordering: .relaxed)
    }
  }

  /// Waits until everything given so far is written.
  func flush() {
    queue.sync {}
  }

  private func line(
    _ time: Date, _ importance: LogLevel, _ message: String, _ values: [(String, Value)]
  ) -> [UInt8] {
    let stamp = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    var out: [UInt8] = []
    guard writesJSON else {
      out += "\(stamp) \(importance.rawValue) \(message)".utf8
      for (name, value) in values {
        switch value {
        case .text(let text): out += " \(name)=\(text)".utf8
        case .number(let number): out += " \(name)=\(number)".utf8
        }
      }
      out.append(0x0A)
      return out
    }
    out += #"{"time":"\#(stamp)","level":"\#(importance.rawValue)","message":"\#(message)""#.utf8
    for (name, value) in values {
      out += #","\#(name)":"#.utf8
      switch value {
      case .text(let text): EventLog.writeQuoted(text, to: &out)
      case .number(let number): out += String(number).utf8
      }
    }
    out += "}\n".utf8
    return out
  }

  private static func writeQuoted(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
      case 0..<0x20: out.append(UInt8(ascii: " "))
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}

extension LogLevel {
  /// The order of importance.
  var rank: Int {
    switch self {
    case .debug: 0
    case .info: 1
    case .warning: 2
    case .off: 3
    }
  }
}
