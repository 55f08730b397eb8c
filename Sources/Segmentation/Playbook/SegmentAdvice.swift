/// What to do with a segment, with its figures.
public struct SegmentAdvice: Sendable, Equatable {
  /// One thing to do.
  public struct Action: Sendable, Equatable {
    /// What it is about.
    public let kind: ActionKind
    /// What to do, in a sentence with figures of the segment.
    public let text: String
  }

  /// The name of the playbook's entry; nil when none fits.
  public let persona: String?
  /// What a shop wants from the segment.
  public let goal: SegmentGoal
  /// The kind of customers in a sentence; nil when no entry fits.
  public let summary: String?
  /// Why this goal.
  public let because: String
  /// What to do, one action of each kind.
  public let actions: [Action]
}

extension Run {
  /// What to do with a cluster: its play with the figures filled in.
  public func advice(forCluster index: Int, profile: RunProfile) -> SegmentAdvice {
    let play = insight.plays[index]
    let fill: (PlaybookText.Figure) -> String = { figure in
      self.words(figure, cluster: index, play: play, profile: profile)
    }
    return SegmentAdvice(
      persona: play.persona, goal: play.goal, summary: play.summary.map { $0.filled(fill) },
      because: because(play, cluster: index),
      actions: ActionKind.allCases.compactMap { kind in
        play.actions[kind].map { .init(kind: kind, text: $0.filled(fill)) }
      })
  }

  private func words(
    _ figure: PlaybookText.Figure, cluster: Int, play: SegmentPlay, profile: RunProfile
  ) -> String {
    switch figure {
    case .name: return segments[cluster].name
    case .size:
      return ReadableNumber.text(ReadableNumber.rounded(clusters[cluster].size, places: 2))
    case .share: return ReadableNumber.percent(clusters[cluster].share)
    case .value: return valueWords(cluster: cluster)
    case .strongest:
      return remarkableFeatures(ofCluster: cluster).first
        .map { comparison(cluster: cluster, feature: $0) } ?? "no feature stands out"
    case .favourite: return favouriteWords(cluster: cluster, in: profile)
    case .role(let role):
      return play.features[role].map { words(clusters[cluster].means[$0], feature: $0) } ?? ""
    case .overall(let role):
      return play.features[role].map { words(features[$0].mean, feature: $0) } ?? ""
    }
  }

  private func because(_ play: SegmentPlay, cluster: Int) -> String {
    switch play.reason {
    case .persona(let roles):
      let parts = roles.compactMap { play.features[$0] }.map {
        comparison(cluster: cluster, feature: $0)
      }
      return "The playbook's \(play.persona ?? "entry") fits: \(parts.joined(separator: ", "))."
    case .valueLift(let lift):
      return
        "No entry of the playbook fits these columns; the segment brings "
        + "\(ReadableNumber.short(lift)) times its share of customers (\(valueWords(cluster: cluster)))."
    case .nothingKnown:
      return
        "No entry of the playbook fits these columns and no value column is known; "
        + "value= would say what the segment is worth."
    }
  }
}
