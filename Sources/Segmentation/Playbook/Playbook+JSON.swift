import Datasets

/// Where and why a playbook cannot be used.
public struct PlaybookFault: Error, Equatable, Sendable {
  /// The line at fault.
  public let line: Int
  /// What is wrong and what would mend it.
  public let reason: String
}

extension Playbook {
  /// The members of a file that a playbook reads itself.
  public static let memberNames: Set<String> = ["about", "roles", "personas", "goals"]

  /// The playbook of a file, which has any of the members `about`, `aliases`, `roles`, `personas`
  /// and `goals`.
  ///
  /// Names of `roles` go before the service's own; `personas` and each of the `goals` stand in place
  /// of them. Aliases are read by ``ColumnAliases``.
  /// - Throws: the first mistake, with its line.
  public init(_ file: JSONValue) throws(PlaybookFault) {
    try self.init(file, over: .standard)
  }

  init(_ file: JSONValue, over base: Playbook) throws(PlaybookFault) {
    guard case .object(let object) = file else {
      throw PlaybookFault(line: 1, reason: "the file is not a JSON object")
    }
    let known = ["about", "aliases", "roles", "personas", "goals"]
    if let stranger = object.members.first(where: { !known.contains($0.name) }) {
      let near = Spelling.nearest(to: stranger.name, in: known)
      throw PlaybookFault(
        line: stranger.line,
        reason: "\(stranger.name) is not known; "
          + (near.map { "did you mean \($0)?" }
            ?? "the members are \(known.joined(separator: ", "))"))
    }
    func member(_ name: String) -> JSONObject.Member? {
      object.members.first { $0.name == name }
    }
    let roles =
      try member("roles").map { (member) throws(PlaybookFault) in
        try Self.roles(member, over: base.roles)
      } ?? base.roles
    let names = Set(roles.map(\.name))
    let goals =
      try member("goals").map { (member) throws(PlaybookFault) in
        try Self.goals(member, over: base.actionsOfGoal)
      } ?? base.actionsOfGoal
    let personas =
      try member("personas").map { (member) throws(PlaybookFault) in
        try Self.personas(member, roles: names)
      } ?? base.personas
    self.init(roles: roles, personas: personas, actionsOfGoal: goals)
  }

  private static func members(_ member: JSONObject.Member) throws(PlaybookFault)
    -> [JSONObject.Member]
  {
    guard case .object(let object) = member.value else {
      throw PlaybookFault(line: member.line, reason: "\(member.name) is not an object")
    }
    return object.members
  }

  private static func text(_ member: JSONObject.Member) throws(PlaybookFault) -> String {
    guard case .string(let text) = member.value, !text.isEmpty else {
      throw PlaybookFault(line: member.line, reason: "\(member.name) is not a text")
    }
    return text
  }

  private static func texts(_ member: JSONObject.Member) throws(PlaybookFault) -> [String] {
    if case .string(let text) = member.value { return [text] }
    guard case .array(let items) = member.value, !items.isEmpty else {
      throw PlaybookFault(line: member.line, reason: "\(member.name) is not an array of words")
    }
    var texts: [String] = []
    for item in items {
      guard case .string(let text) = item, !text.isEmpty else {
        throw PlaybookFault(
          line: member.line, reason: "\(member.name) holds something else than words")
      }
      texts.append(text)
    }
    return texts
  }

  private static func word<Word: RawRepresentable & CaseIterable>(
    _ text: String, _ what: String, line: Int
  ) throws(PlaybookFault) -> Word where Word.RawValue == String {
    guard let word = Word(rawValue: text) else {
      let words = Word.allCases.map(\.rawValue)
      let near = Spelling.nearest(to: text, in: words).map { "did you mean \($0)? " } ?? ""
      throw PlaybookFault(
        line: line,
        reason: "\(text) is not \(what); \(near)the words are \(words.joined(separator: ", "))")
    }
    return word
  }

  // MARK: Roles

  private static func roles(_ member: JSONObject.Member, over base: [Role])
    throws(PlaybookFault) -> [Role]
  {
    var roles = base
    for entry in try members(member) {
      guard !entry.name.isEmpty,
        entry.name.utf8.allSatisfy({ (97...122).contains($0) || $0 == UInt8(ascii: "_") })
      else {
        throw PlaybookFault(
          line: entry.line, reason: "\(entry.name): a role is named with small letters and _")
      }
      let words = try texts(entry).map { word in
        word.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "*" }
      }
      if let index = roles.firstIndex(where: { $0.name == entry.name }) {
        let others = roles[index].patterns.filter { !words.contains($0) }
        roles[index] = Role(name: entry.name, patterns: words + others)
      } else {
        roles.append(Role(name: entry.name, patterns: words))
      }
    }
    return roles
  }

  // MARK: Goals

  private static func goals(
    _ member: JSONObject.Member, over base: [SegmentGoal: [ActionKind: PlaybookText]]
  ) throws(PlaybookFault) -> [SegmentGoal: [ActionKind: PlaybookText]] {
    var goals = base
    for entry in try members(member) {
      let goal: SegmentGoal = try word(entry.name, "a goal", line: entry.line)
      let actions = try actions(try members(entry), roles: [])
      let missing = ActionKind.allCases.filter { actions[$0] == nil }
      guard missing.isEmpty else {
        throw PlaybookFault(
          line: entry.line,
          reason: "\(entry.name) lacks \(missing.map(\.rawValue).joined(separator: ", "))")
      }
      goals[goal] = actions
    }
    return goals
  }

  private static func actions(_ entries: [JSONObject.Member], roles: Set<String>)
    throws(PlaybookFault) -> [ActionKind: PlaybookText]
  {
    var actions: [ActionKind: PlaybookText] = [:]
    for entry in entries {
      let kind: ActionKind = try word(entry.name, "an action", line: entry.line)
      actions[kind] = try sentence(entry, roles: roles, needsFigure: true)
    }
    return actions
  }

  private static func sentence(
    _ member: JSONObject.Member, roles: Set<String>, needsFigure: Bool
  ) throws(PlaybookFault) -> PlaybookText {
    let text = try text(member)
    let sentence: PlaybookText
    do {
      sentence = try PlaybookText(text, roles: roles)
    } catch {
      throw PlaybookFault(line: member.line, reason: "\(member.name): \(error.reason)")
    }
    guard !needsFigure || sentence.hasFigure else {
      throw PlaybookFault(
        line: member.line,
        reason: "\(member.name) has no figure of the segment; write {size}, {share} or {strongest}")
    }
    return sentence
  }

  // MARK: Personas

  private static func personas(_ member: JSONObject.Member, roles: Set<String>)
    throws(PlaybookFault) -> [Persona]
  {
    guard case .array(let items) = member.value else {
      throw PlaybookFault(line: member.line, reason: "personas is not an array")
    }
    var personas: [Persona] = []
    for item in items {
      guard case .object(let object) = item else {
        throw PlaybookFault(line: member.line, reason: "personas holds something else than objects")
      }
      personas.append(try persona(object, line: member.line, roles: roles))
    }
    return personas
  }

  private static func persona(_ object: JSONObject, line: Int, roles: Set<String>)
    throws(PlaybookFault) -> Persona
  {
    let line = object.members.first?.line ?? line
    func required(_ name: String) throws(PlaybookFault) -> JSONObject.Member {
      guard let member = object.members.first(where: { $0.name == name }) else {
        throw PlaybookFault(line: line, reason: "a persona lacks \(name)")
      }
      return member
    }
    let own = ["name", "when", "goal", "summary"]
    let name = try text(try required("name"))
    let conditions = try conditions(try required("when"), roles: roles)
    let used = Set(conditions.map(\.role))
    let goal = try required("goal")
    return Persona(
      name: name, conditions: conditions,
      goal: try word(try text(goal), "a goal", line: goal.line),
      summary: try sentence(try required("summary"), roles: used, needsFigure: false),
      actions: try actions(object.members.filter { !own.contains($0.name) }, roles: used))
  }

  private static func conditions(_ member: JSONObject.Member, roles: Set<String>)
    throws(PlaybookFault) -> [Condition]
  {
    var conditions: [Condition] = []
    for entry in try members(member) {
      guard roles.contains(entry.name) else {
        let near = Spelling.nearest(to: entry.name, in: roles.sorted())
        throw PlaybookFault(
          line: entry.line,
          reason: "\(entry.name) is not a role; "
            + (near.map { "did you mean \($0)?" }
              ?? "the roles are \(roles.sorted().joined(separator: ", "))"))
      }
      var levels: Set<FeatureLevel> = []
      for text in try texts(entry) {
        let level: FeatureLevel = try word(text, "a level", line: entry.line)
        levels.formUnion(level.meant)
      }
      conditions.append(Condition(role: entry.name, levels: levels))
    }
    guard !conditions.isEmpty else {
      throw PlaybookFault(line: member.line, reason: "when is empty; it would fit every segment")
    }
    return conditions
  }
}
