import Segmentation

/// One sentence or two that say why there are this many segments, for people who run a shop.
struct ChoiceReason {
  let run: Run
  let choice: ChoiceOfClusterCount

  var text: String {
    guard let best = choice.bestCandidate, let silhouette = best.silhouette,
      choice.candidates.count > 1
    else { return "k=\(choice.chosen) is the only number that could be tried." }
    return ([given, why(best, silhouette), merged, stability(best), rivals(best), honest])
      .compactMap(\.self).joined(separator: " ")
  }

  private var range: String {
    "\(choice.candidates.first?.clusterCount ?? 0) to \(choice.candidates.last?.clusterCount ?? 0)"
  }

  private var given: String? {
    guard case .fixed(let count) = run.options.clusterCount else { return nil }
    return "k=\(count) was asked for. Left to the figures:"
  }

  private func why(_ best: ChoiceOfClusterCount.Candidate, _ silhouette: Double) -> String {
    let figure = "silhouette \(Self.rounded(silhouette))"
    let candidates = choice.candidates
    let top = candidates.max { ($0.silhouette ?? -1) < ($1.silhouette ?? -1) }
    if let top, let value = top.silhouette, top.clusterCount != best.clusterCount,
      value > silhouette
    {
      let theirs = "k=\(top.clusterCount) (\(Self.rounded(value)))"
      return top.isFeasible
        ? "k=\(best.clusterCount) tells customers apart nearly as well (\(figure)) as \(theirs), some of whose segments come and go when the customers are drawn anew."
        : "k=\(best.clusterCount) tells customers apart best (\(figure)) of the numbers from \(range) that leave no segment below the smallest size allowed; \(theirs) would leave one of \(TextTable.number(top.smallestSize))."
    }
    let others = [
      choice.votes.calinskiHarabasz == best.clusterCount ? "Calinski-Harabasz" : nil,
      choice.votes.daviesBouldin == best.clusterCount ? "Davies-Bouldin" : nil,
    ].compactMap(\.self)
    let also = others.isEmpty ? "" : ", and the best \(others.joined(separator: " and ")) as well"
    return
      "k=\(best.clusterCount): of \(range) segments, this is where customers are most like their own segment and least like the next (\(figure)\(also))."
  }

  private var merged: String? {
    guard choice.chosen < choice.best else { return nil }
    return
      "No number gives every segment the smallest size allowed, so small ones were merged into their neighbours, which leaves \(choice.chosen)."
  }

  private func stability(_ best: ChoiceOfClusterCount.Candidate) -> String? {
    guard choice.chosen == choice.best, let least = best.minimumStability else { return nil }
    let figure = "stability \(Self.rounded(least))"
    switch StabilityWord(least) {
    case .highlyStable:
      return "Every segment comes back when the customers are drawn anew (\(figure) or more)."
    case .stable:
      return
        "Every segment mostly comes back when the customers are drawn anew (\(figure) or more)."
    case .doubtful:
      return "The borders of a segment move when the customers are drawn anew (\(figure))."
    case .unstable:
      return
        "A segment comes and goes when the customers are drawn anew (\(figure)): do not build on that one."
    }
  }

  /// The neighbours that would have a segment to distrust, when the chosen one has none.
  private func rivals(_ best: ChoiceOfClusterCount.Candidate) -> String? {
    guard let least = best.minimumStability, least >= 0.75 else { return nil }
    let shaky = choice.candidates.filter { candidate in
      abs(candidate.clusterCount - best.clusterCount) == 1
        && candidate.minimumStability.map { $0 < 0.75 } ?? false
    }
    guard !shaky.isEmpty else { return nil }
    let names = shaky.map {
      "k=\($0.clusterCount) (\(Self.rounded($0.minimumStability ?? 0)))"
    }
    return "That cannot be said of \(names.joined(separator: " or "))."
  }

  /// What must not be left unsaid.
  private var honest: String? {
    guard choice.chosen == run.clusters.count else { return nil }
    switch run.quality.structure {
    case .weak:
      return
        "But the structure is weak: these customers do not fall into clear groups, so take the segments as slices of one crowd."
    case .fair: return "The groups touch, so some customers stand between two."
    case .strong, nil: return nil
    }
  }

  private static func rounded(_ value: Double) -> String {
    TextTable.number((value * 1000).rounded() / 1000)
  }
}
