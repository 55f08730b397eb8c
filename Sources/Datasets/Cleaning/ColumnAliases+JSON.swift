/// Where and why a file of aliases cannot be used.
public struct AliasFault: Error, Equatable, Sendable {
  /// The line at fault.
  public let line: Int
  /// What is wrong and what would mend it.
  public let reason: String
}

extension ColumnAliases {
  /// The words of a file: `{"aliases": {"income": ["Einkommen", …], …}}`, going before those that
  /// the service knows by itself.
  ///
  /// - Parameter others: members of the file that somebody else reads.
  /// - Throws: ``AliasFault`` with the line of the first mistake.
  public init(_ file: JSONValue, besides others: Set<String> = []) throws(AliasFault) {
    guard case .object(let object) = file else {
      throw AliasFault(line: 1, reason: "the file is not a JSON object")
    }
    var additions: [ColumnMeaning: [String]] = [:]
    for member in object.members where !others.contains(member.name) {
      guard member.name == "aliases" else {
        throw AliasFault(line: member.line, reason: "\(member.name) is not known; aliases is")
      }
      guard case .object(let meanings) = member.value else {
        throw AliasFault(line: member.line, reason: "aliases is not an object")
      }
      for entry in meanings.members {
        guard let meaning = ColumnMeaning(rawValue: entry.name) else {
          let known = ColumnMeaning.allCases.map(\.rawValue)
          let near =
            Spelling.nearest(to: entry.name, in: known).map { "did you mean \($0)? " } ?? ""
          throw AliasFault(
            line: entry.line,
            reason:
              "\(entry.name) is not a meaning; \(near)the meanings are \(known.joined(separator: ", "))"
          )
        }
        additions[meaning] = try ColumnAliases.names(entry)
      }
    }
    self.init(adding: additions)
  }

  private static func names(_ entry: JSONObject.Member) throws(AliasFault) -> [String] {
    guard case .array(let items) = entry.value else {
      throw AliasFault(line: entry.line, reason: "\(entry.name) is not an array of names")
    }
    var names: [String] = []
    for item in items {
      guard case .string(let name) = item, !name.isEmpty else {
        throw AliasFault(line: entry.line, reason: "\(entry.name) holds something else than names")
      }
      names.append(name)
    }
    return names
  }
}
