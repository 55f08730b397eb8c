import Datasets

/// Lines of this program's journal beside those of others that measured the same work.
///
/// A line of ours says in `peer` which fields a peer's line must have. What the peer measured is
/// found under the name of our metric; how good its result is under the names of our counters.
struct Comparison {
  /// One pair of lines.
  struct Ratio: Equatable {
    var work: String
    var peer: String
    var ours: Double
    var theirs: Double
    /// The peer's inertia by ours: at least 1 when ours is no worse.
    var inertia: Double?

    /// How many times the peer takes as much.
    var times: Double { theirs / ours }
  }

  private var ours: [JSONObject] = []
  private var theirs: [JSONObject] = []

  /// Reads journals of this program and of the peers, told apart by their `tool`.
  ///
  /// - Throws: a line that is no JSON object.
  init(journals: [(name: String, bytes: [UInt8])]) throws {
    for journal in journals {
      for (index, line) in journal.bytes.split(separator: 0x0A).enumerated() {
        let value: JSONValue
        do {
          value = try JSONValue.parse(Array(line).span)
        } catch {
          throw BenchFailure("\(journal.name):\(index + 1): \(error)")
        }
        guard case .object(let object) = value else {
          throw BenchFailure("\(journal.name):\(index + 1): not a JSON object")
        }
        if object["tool"] == .string("segment-bench") {
          ours.append(object)
        } else {
          theirs.append(object)
        }
      }
    }
  }

  /// The pairs, in the order of our lines; of several lines about the same the last one counts.
  var ratios: [Ratio] {
    var latest: [String: Int] = [:]
    for (index, line) in ours.enumerated() { latest[name(of: line)] = index }
    return ours.enumerated().flatMap { index, line in
      latest[name(of: line)] == index ? ratios(of: line) : []
    }
  }

  private func name(of line: JSONObject) -> String {
    "\(line.text("suite")) \(line.text("case")) ×\(line.text("threads"))"
  }

  private func ratios(of line: JSONObject) -> [Ratio] {
    guard case .object(let wanted) = line["peer"], let ours = line.number("median") else {
      return []
    }
    let metric = line.text("metric")
    var found: [Ratio] = []
    for other in theirs where wanted.members.allSatisfy({ other.says($0.name, $0.value) }) {
      guard let value = other.number(metric) else { continue }
      // What the peers' scripts call the one who was measured.
      let peer =
        ["reader", "impl", "server", "label"].map { other.text($0) }
        .first { !$0.isEmpty } ?? other.text("tool")
      var ratio = Ratio(work: name(of: line), peer: peer, ours: ours, theirs: value)
      if case .object(let counters) = line["counters"], let own = counters.number("inertia"),
        let inertia = other.number("inertia"), own > 0
      {
        ratio.inertia = inertia / own
      }
      if let index = found.firstIndex(where: { $0.peer == peer }) {
        found[index] = ratio
      } else {
        found.append(ratio)
      }
    }
    return found
  }

  /// The pairs as a Markdown table.
  var table: String {
    var rows = [["work", "peer", "ours", "theirs", "times", "inertia"]]
    for ratio in ratios {
      rows.append([
        ratio.work, ratio.peer, Comparison.short(ratio.ours), Comparison.short(ratio.theirs),
        Comparison.short(ratio.times), ratio.inertia.map(Comparison.exact) ?? "",
      ])
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      "| "
        + zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
        .joined(separator: " | ") + " |"
    }
    let rule =
      "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|"
    return ([lines[0], rule] + lines.dropFirst()).joined(separator: "\n")
  }

  /// Three digits that count.
  static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "\(value)" }
    var scale = 1.0
    while value.magnitude * scale < 100 { scale *= 10 }
    let rounded = (value * scale).rounded()
    return scale == 1 ? "\(Int(rounded))" : "\(rounded / scale)"
  }

  private static func exact(_ value: Double) -> String {
    "\((value * 1e6).rounded() / 1e6)"
  }
}

extension JSONObject {
  /// A field as text; empty when it is not there.
  fileprivate func text(_ name: String) -> String {
    switch self[name] {
    case .string(let text): text
    case .number(let number): number.text
    case .bool(let flag): flag ? "true" : "false"
    case .object, .array, .null, nil: ""
    }
  }

  fileprivate func number(_ name: String) -> Double? {
    if case .number(let number) = self[name] { number.value } else { nil }
  }

  /// Whether a field is there with this value; numbers are compared as such.
  fileprivate func says(_ name: String, _ value: JSONValue) -> Bool {
    if case .number(let wanted) = value { return number(name) == wanted.value }
    return self[name] == value
  }
}
