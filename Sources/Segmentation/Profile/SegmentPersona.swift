extension Run {
  /// Who the customers of a cluster are, in plain words made of its figures.
  ///
  /// Says only what the figures say: categories are called more common when a test holds.
  public func persona(ofCluster index: Int, profile: RunProfile) -> String {
    let cluster = clusters[index]
    var sentences: [String] = []
    let remarkable = remarkableFeatures(ofCluster: index).prefix(4)
    let size = ReadableNumber.text(ReadableNumber.rounded(cluster.size, places: 2))
    let who = "\(size) customers (\(ReadableNumber.percent(cluster.share)) of all)"
    if remarkable.isEmpty {
      sentences.append("\(who) who are near the average in everything that was looked at.")
    } else {
      let parts = remarkable.map { feature -> String in
        let strength = abs(cluster.z[feature]) >= SegmentNaming.extreme ? "very " : ""
        let level = cluster.z[feature] > 0 ? "high" : "low"
        return
          "\(strength)\(level) \(noun(feature: feature)) "
          + "(\(words(cluster.means[feature], feature: feature)) on average, "
          + "\(words(features[feature].mean, feature: feature)) overall)"
      }
      sentences.append("\(who) with \(Self.list(parts)).")
    }
    if let first = remarkable.first ?? features.indices.first,
      let summary = profile.numbers.first(where: { $0.feature == first })?.ofCluster[index]
    {
      sentences.append(
        "Half of them lie between \(words(summary.q25, feature: first)) and "
          + "\(words(summary.q75, feature: first)) in \(noun(feature: first)).")
    }
    let ordinary = features.indices.filter {
      features[$0].level == nil && abs(cluster.z[$0]) < SegmentNaming.noticeable
    }
    if !ordinary.isEmpty, !remarkable.isEmpty, ordinary.count <= 4 {
      sentences.append(
        "In \(Self.list(ordinary.map { noun(feature: $0) })) they are like everybody.")
    }
    let favourites = favourites(ofCluster: index, in: profile).prefix(3)
    if !favourites.isEmpty {
      sentences.append(
        "More common here than elsewhere: "
          + "\(favourites.map { words($0, in: profile) }.joined(separator: "; ")).")
    } else if !profile.categories.isEmpty {
      let text = favouriteWords(cluster: index, in: profile)
      sentences.append(text.prefix(1).uppercased() + text.dropFirst() + ".")
    }
    if let share = insight.value?.shareOfCluster?[index] {
      let lift = cluster.share > 0 ? share / cluster.share : 1
      let verdict =
        lift >= 1.2 ? ", more than their share" : lift <= 0.8 ? ", less than their share" : ""
      sentences.append("They bring \(valueWords(cluster: index))\(verdict).")
    }
    return sentences.joined(separator: " ")
  }

  /// `a`, `a and b`, `a, b and c`.
  private static func list(_ parts: [String]) -> String {
    guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " and " + last
  }
}
