import Datasets

/// The parameters of one request, checked against what its route takes.
struct Query: Sendable {
  /// The values by name; each stands once.
  private var values: [String: String] = [:]

  /// Switches set to something that is no setting of one: told together with what else is wrong.
  private(set) var faults: [ProblemDetails.Fault] = []

  init() {}

  /// Takes every item as it is, for a route whose parameters are the features of a run.
  init(keeping items: [(name: String, value: String)]) {
    for item in items { values[item.name] = item.value }
  }

  /// The names that were given, in no order.
  var names: [String] { Array(values.keys) }

  /// Takes the items of a request target or of a form.
  ///
  /// - Throws: one problem that lists all items that are unknown or given twice.
  init(_ items: [(name: String, value: String)], allowing parameters: [Parameter])
    throws(ProblemDetails)
  {
    let known = parameters.map(\.name)
    var faults: [ProblemDetails.Fault] = []
    var switchFaults: [ProblemDetails.Fault] = []
    var suggestions: [JSON.Member] = []
    for item in items {
      guard known.contains(item.name) else {
        faults.append(.init(pointer: item.name, reason: "no such parameter here"))
        if let near = Spelling.nearest(to: item.name, in: known) {
          suggestions.append(.init(name: item.name, value: .string(near)))
        }
        continue
      }
      if parameters.contains(where: { $0.name == item.name && $0.schema == .flag }),
        QueryReader.flag(item.value) == nil
      {
        switchFaults.append(
          .init(pointer: item.name, value: item.value, reason: "takes true or false"))
      }
      if values.updateValue(item.value, forKey: item.name) != nil {
        faults.append(.init(pointer: item.name, reason: "given more than once"))
      }
    }
    self.faults = switchFaults
    guard let first = faults.first else { return }
    faults += switchFaults
    let names = known.isEmpty ? "none" : known.joined(separator: ", ")
    var detail = "\(first.pointer ?? ""): \(first.reason)"
    if let near = suggestions.first, case .string(let name) = near.value {
      detail += "; did you mean \(name)?"
    }
    throw ProblemDetails(
      .unknownParameter, "\(detail) This route takes: \(names).", faults: faults,
      extensions: suggestions.isEmpty
        ? [] : [.init(name: "did_you_mean", value: .object(suggestions))])
  }

  /// The value of a parameter, nil when it is not given.
  subscript(name: String) -> String? { values[name] }

  /// Joins the fields of a form; a field wins over the parameter of the same name.
  func merging(_ other: Query) -> Query {
    var merged = self
    merged.values.merge(other.values) { $1 }
    merged.faults += other.faults
    return merged
  }
}

/// Reads typed values out of a query and collects what is wrong with them, to be told at once.
struct QueryReader {
  let query: Query
  private(set) var faults: [ProblemDetails.Fault] = []

  init(_ query: Query) {
    self.query = query
    faults = query.faults
  }

  /// A whole number in a range.
  mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
    guard let text = query[name] else { return nil }
    guard let value = WholeNumber.parse(text), range.contains(value) else {
      faults.append(
        .init(
          pointer: name, value: text,
          reason: "takes a whole number from \(range.lowerBound) to \(range.upperBound)"))
      return nil
    }
    return value
  }

  /// A yes or no: true, 1, yes; false, 0, no.
  mutating func flag(_ name: String, default standard: Bool) -> Bool {
    guard let text = query[name] else { return standard }
    guard let value = Self.flag(text) else {
      if !faults.contains(where: { $0.pointer == name }) {
        faults.append(.init(pointer: name, value: text, reason: "takes true or false"))
      }
      return standard
    }
    return value
  }

  /// What a switch is set to; nil when the text is no setting of one.
  static func flag(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "1", "yes", "on", "": true
    case "false", "0", "no", "off": false
    default: nil
    }
  }

  /// One of a few words.
  mutating func choice<Word: RawRepresentable & CaseIterable>(
    _ name: String, default standard: Word
  ) -> Word where Word.RawValue == String {
    guard let text = query[name] else { return standard }
    guard let word = Word(rawValue: text.lowercased()) else {
      let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
      faults.append(.init(pointer: name, value: text, reason: "takes one of: \(words)"))
      return standard
    }
    return word
  }

  /// Adds a fault found by the caller.
  mutating func refuse(_ name: String, _ reason: String) {
    faults.append(.init(pointer: name, value: query[name], reason: reason))
  }

  /// Throws one problem with every fault there is.
  func finish() throws(ProblemDetails) {
    guard let first = faults.first else { return }
    throw ProblemDetails(
      .invalidParameter, "\(first.pointer ?? "") \(first.reason).", faults: faults)
  }
}
