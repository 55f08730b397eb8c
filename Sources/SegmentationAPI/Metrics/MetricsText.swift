/// Writes metrics as Prometheus reads them: its text format 0.0.4, or OpenMetrics 1.0.
struct MetricsText {
  enum Kind: String {
    case counter
    case gauge
    case histogram
  }

  let isOpenMetrics: Bool
  private(set) var bytes: [UInt8] = []
  private var name = ""
  private var kind = Kind.gauge

  init(isOpenMetrics: Bool) {
    self.isOpenMetrics = isOpenMetrics
  }

  /// The media type of the text.
  var contentType: String {
    isOpenMetrics
      ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
      : "text/plain; version=0.0.4; charset=utf-8"
  }

  /// Begins a family: its samples follow.
  /// - Parameter unit: the end of the name.
  mutating func family(_ name: String, _ kind: Kind, _ help: String, unit: String? = nil) {
    self.name = name
    self.kind = kind
    // The older format names counters by their samples.
    let title = kind == .counter && !isOpenMetrics ? name + "_total" : name
    bytes += "# TYPE \(title) \(kind.rawValue)\n".utf8
    if isOpenMetrics, let unit { bytes += "# UNIT \(title) \(unit)\n".utf8 }
    bytes += "# HELP \(title) \(help)\n".utf8
  }

  /// Adds a sample of the family.
  mutating func sample(_ value: Double, _ labels: [(String, String)] = [], suffix: String = "") {
    bytes += (name + (kind == .counter ? "_total" : suffix)).utf8
    if !labels.isEmpty {
      bytes += "{".utf8
      for (index, label) in labels.enumerated() {
        bytes += "\(index > 0 ? "," : "")\(label.0)=\"".utf8
        for byte in label.1.utf8 {
          switch byte {
          case UInt8(ascii: "\\"), UInt8(ascii: "\""): bytes += [UInt8(ascii: "\\"), byte]
          case 0x0A: bytes += "\\n".utf8
          default: bytes.append(byte)
          }
        }
        bytes.append(UInt8(ascii: "\""))
      }
      bytes += "}".utf8
    }
    bytes += " \(Self.number(value))\n".utf8
  }

  /// A family of one sample.
  mutating func single(
    _ name: String, _ kind: Kind, _ help: String, _ value: Double, unit: String? = nil
  ) {
    family(name, kind, help, unit: unit)
    sample(value)
  }

  /// The end of the text.
  mutating func finish() {
    if isOpenMetrics { bytes += "# EOF\n".utf8 }
  }

  /// The shortest text that reads back the same.
  static func number(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
    return "\(value)"
  }
}
