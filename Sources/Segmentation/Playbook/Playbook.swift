import Datasets

/// What to do with which kind of segment: roles of columns, and for levels of them a persona, a
/// goal and actions.
///
/// The service's own is `Config/playbook.json`; a shop edits a copy and names it in the setting
/// `playbook`.
public struct Playbook: Sendable, Equatable {
  /// What a column can be to a segment, and the names by which it is recognised.
  struct Role: Sendable, Equatable {
    let name: String
    /// Names of columns, the better ones first; an asterisk stands for any letters.
    let patterns: [String]
  }

  /// A kind of segment and what to do with it.
  struct Persona: Sendable, Equatable {
    let name: String
    /// The levels that fit, by role; all must hold.
    let conditions: [Condition]
    let goal: SegmentGoal
    let summary: PlaybookText
    /// The actions that differ from those of the goal.
    let actions: [ActionKind: PlaybookText]
  }

  /// The levels of a role that fit a persona.
  struct Condition: Sendable, Equatable {
    let role: String
    let levels: Set<FeatureLevel>
  }

  let roles: [Role]
  let personas: [Persona]
  /// The actions of each goal, for personas without their own and for segments without a persona.
  let actionsOfGoal: [SegmentGoal: [ActionKind: PlaybookText]]

  /// Which feature plays which role: for each role the feature with the best name.
  ///
  /// - Parameter features: key and meaning of each feature.
  func cast(_ features: [SegmentNaming.Feature]) -> [String: Int] {
    var cast: [String: Int] = [:]
    for role in roles {
      var best: (rank: Int, feature: Int)?
      for (index, feature) in features.enumerated() where feature.level == nil {
        guard let rank = rank(feature, in: role) else { continue }
        if rank < best?.rank ?? .max { best = (rank, index) }
      }
      if let best { cast[role.name] = best.feature }
    }
    return cast
  }

  /// How well a feature fits a role, the lower the better; nil when it does not.
  private func rank(_ feature: SegmentNaming.Feature, in role: Role) -> Int? {
    let key = feature.key.filter { $0 != "_" }
    if let exact = role.patterns.firstIndex(of: key) { return exact }
    // A word that a shop adds to the aliases counts for the role of the same meaning.
    let meaning = feature.meaning == .score ? "spending" : feature.meaning?.rawValue
    if meaning == role.name { return role.patterns.count }
    guard let wide = role.patterns.firstIndex(where: { Self.matches(key, $0) }) else { return nil }
    return role.patterns.count + 1 + wide
  }

  /// Whether a name fits a pattern in which an asterisk stands for any letters.
  static func matches(_ name: String, _ pattern: String) -> Bool {
    let (name, pattern) = (name.utf8, pattern.utf8)
    let asterisk = UInt8(ascii: "*")
    var (place, wanted) = (name.startIndex, pattern.startIndex)
    // Behind the last asterisk met, and where what it stands for has ended so far.
    var retry: (wanted: String.Index, place: String.Index)?
    while place < name.endIndex {
      if wanted < pattern.endIndex, pattern[wanted] == asterisk {
        wanted = pattern.index(after: wanted)
        retry = (wanted, place)
      } else if wanted < pattern.endIndex, pattern[wanted] == name[place] {
        wanted = pattern.index(after: wanted)
        place = name.index(after: place)
      } else if let last = retry {
        // One byte more for the asterisk.
        place = name.index(after: last.place)
        wanted = last.wanted
        retry = (wanted, place)
      } else {
        return false
      }
    }
    return pattern[wanted...].allSatisfy { $0 == asterisk }
  }

  /// What to do with each cluster.
  ///
  /// - Parameters:
  ///   - z: for each cluster one z-score a feature.
  ///   - shares: the share of customers of each cluster.
  ///   - value: who brings the value.
  func plays(
    features: [SegmentNaming.Feature], z: [[Double]], shares: [Double], value: ValueSplit?
  ) -> [SegmentPlay] {
    let cast = cast(features)
    return z.indices.map { cluster in
      let persona = personas.first { persona in
        persona.conditions.allSatisfy { condition in
          guard let feature = cast[condition.role] else { return false }
          return condition.levels.contains(FeatureLevel(z: z[cluster][feature]))
        }
      }
      if let persona {
        return SegmentPlay(
          persona: persona.name, goal: persona.goal,
          reason: .persona(persona.conditions.map(\.role)),
          summary: persona.summary,
          actions: (actionsOfGoal[persona.goal] ?? [:]).merging(persona.actions) { $1 },
          features: cast)
      }
      let (goal, reason) = Self.goal(
        share: shares[cluster], valueShare: value?.shareOfCluster?[cluster])
      return SegmentPlay(
        persona: nil, goal: goal, reason: reason, summary: nil,
        actions: actionsOfGoal[goal] ?? [:], features: cast)
    }
  }

  /// The goal when no persona fits: what the value says, or to stay in touch.
  private static func goal(share: Double, valueShare: Double?) -> (SegmentGoal, SegmentPlay.Reason)
  {
    guard let valueShare, share > 0 else { return (.nurture, .nothingKnown) }
    let lift = valueShare / share
    if lift >= 1.2 { return (.retain, .valueLift(lift)) }
    if lift <= 0.8 { return (.grow, .valueLift(lift)) }
    return (.nurture, .valueLift(lift))
  }
}

/// What to do with one segment, before its figures are filled in.
public struct SegmentPlay: Sendable, Equatable {
  /// Why this and nothing else.
  public enum Reason: Sendable, Equatable {
    /// An entry of the playbook fits in these roles.
    case persona([String])
    /// No entry fits; the share of value over the share of customers decides.
    case valueLift(Double)
    /// No entry fits and no value is known.
    case nothingKnown
  }

  /// The name of the playbook's entry; nil when none fits.
  public let persona: String?
  /// What a shop wants from the segment.
  public let goal: SegmentGoal
  /// Why this and nothing else.
  public let reason: Reason
  let summary: PlaybookText?
  let actions: [ActionKind: PlaybookText]
  /// The feature that plays each role.
  let features: [String: Int]
}
