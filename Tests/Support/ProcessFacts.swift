import Foundation

extension Program {
  /// Memory that the process holds now, in bytes.
  public var residentByteCount: Int { get throws { try statusField("VmRSS") * 1024 } }

  /// The most memory that the process ever held, in bytes.
  public var peakResidentByteCount: Int { get throws { try statusField("VmHWM") * 1024 } }

  public var threadCount: Int { get throws { try statusField("Threads") } }

  /// Files, sockets among them, that the process has open.
  public var openFileCount: Int {
    get throws { try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count }
  }

  /// A number from the system's status file of the process (proc(5)).
  private func statusField(_ name: String) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    for line in text.split(separator: "\n") where line.hasPrefix("\(name):") {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.count > 1, let value = Int(words[1]) { return value }
    }
    throw Failure("the process status has no \(name)")
  }
}
