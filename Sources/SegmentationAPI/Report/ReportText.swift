/// A line of the report: the program's words, and what comes from a file or a person.
///
/// What is interpolated as `data:` may hold anything; both writers keep it what it is.
struct ReportText: ExpressibleByStringInterpolation, Sendable {
  /// A part of the line.
  enum Part: Sendable {
    case words(String)
    case data(String)
  }

  private(set) var parts: [Part]

  init(stringLiteral value: String) { parts = [.words(value)] }

  /// A line of the program's words alone.
  init(words: String) { parts = [.words(words)] }

  /// A line that holds data, or was made from it.
  init(data: String) { parts = [.data(data)] }

  init(stringInterpolation: Interpolation) { parts = stringInterpolation.parts }

  struct Interpolation: StringInterpolationProtocol {
    fileprivate var parts: [Part] = []

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { parts.append(.words(literal)) }
    }

    mutating func appendInterpolation(_ words: String) { parts.append(.words(words)) }

    mutating func appendInterpolation(_ count: Int) { parts.append(.words("\(count)")) }

    mutating func appendInterpolation(data: String) { parts.append(.data(data)) }
  }
}
