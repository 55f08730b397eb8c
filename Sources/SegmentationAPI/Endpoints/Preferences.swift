import HTTPServer

/// What a client would like, from its `Prefer` fields (RFC 7240).
struct Preferences: Sendable {
  private var values: [String: String] = [:]

  /// Reads all `Prefer` fields of a request; of a preference that stands twice the first counts.
  init(_ request: Request) {
    for field in request.fields.values("Prefer") {
      for item in field.split(separator: ",") {
        // Parameters of a preference follow a semicolon; none that is known has any.
        let preference = item.prefix { $0 != ";" }
        let parts = preference.split(separator: "=", maxSplits: 1)
        guard let name = parts.first.map(Preferences.trimmed)?.lowercased(), !name.isEmpty,
          values[name] == nil
        else { continue }
        let value = parts.count > 1 ? Preferences.trimmed(parts[1]) : ""
        values[name] =
          value.hasPrefix("\"") && value.hasSuffix("\"") && value.count > 1
          ? String(value.dropFirst().dropLast()) : value
      }
    }
  }

  /// The value of a preference, empty where it has none; nil when it was not given.
  subscript(name: String) -> String? { values[name] }

  private static func trimmed(_ text: Substring) -> String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    return String(
      String(text.drop(while: isSpace).reversed()).drop(while: isSpace).reversed())
  }
}

extension Preferences {
  /// How a client that does not want to wait for long work is answered.
  struct Background: Sendable {
    /// Seconds that it would wait for the answer before it is told where to look.
    let wait: Int
  }

  /// The longest that a client is made to wait, in seconds.
  private static let longestWait = 600

  /// `respond-async` with `wait`; nil for a client that waits for the answer.
  var background: Background? {
    guard self["respond-async"] != nil else { return nil }
    let wait = self["wait"].flatMap { Int($0) } ?? 0
    return Background(wait: min(max(0, wait), Preferences.longestWait))
  }
}
