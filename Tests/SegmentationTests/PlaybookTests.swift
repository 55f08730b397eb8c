import Datasets
import FoundationEssentials
import Testing

@testable import Segmentation

@Suite struct PlaybookTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private func value(_ text: String) throws -> JSONValue {
    try JSONValue.parse(Array(text.utf8).span)
  }

  @Test("the service's own playbook is Config/playbook.json, byte for byte")
  func embedded() throws {
    let file = String(
      decoding: try Data(contentsOf: Self.root.appending(path: "Config/playbook.json")),
      as: UTF8.self)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      let lines = file.split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
      let source = """
        extension Playbook {
          /// The text of `Config/playbook.json`, so that the program needs no file beside it.
          ///
          /// Written by the test that holds the two together: edit the file, then run it with
          /// `UPDATE_GOLDEN=1`.
          static let standardText = #\"\"\"
        \(lines)
            \"\"\"#
        }

        """
      try Data(source.utf8).write(
        to: Self.root.appending(
          path: "Sources/Segmentation/Playbook/Playbook+Text.swift"))
    } else {
      #expect(file == Playbook.standardText)
    }
  }

  @Test("every goal has every action, each with a figure of the segment")
  func complete() {
    let playbook = Playbook.standard
    for goal in SegmentGoal.allCases {
      let actions = playbook.actionsOfGoal[goal] ?? [:]
      #expect(Set(actions.keys) == Set(ActionKind.allCases), "\(goal)")
      #expect(actions.values.allSatisfy { $0.hasFigure }, "\(goal)")
    }
    for persona in playbook.personas {
      #expect(persona.actions.values.allSatisfy { $0.hasFigure }, "\(persona.name)")
    }
    #expect(Set(playbook.personas.map(\.name)).count == playbook.personas.count)
    // Each goal is somebody's.
    #expect(Set(playbook.personas.map(\.goal)) == Set(SegmentGoal.allCases))
  }

  private func features(_ keys: [String]) -> [SegmentNaming.Feature] {
    keys.map { .init(key: $0, meaning: ColumnAliases.standard.meaning(ofKey: $0)) }
  }

  @Test("no entry of the playbook stands behind one that always wins")
  func reachable() {
    // Every combination of levels of the roles that entries speak of.
    let playbook = Playbook.standard
    let roles = Set(playbook.personas.flatMap { $0.conditions.map(\.role) }).sorted()
    var met: Set<String> = []
    for persona in playbook.personas {
      let own = persona.conditions.map(\.role)
      let levels = persona.conditions.map { $0.levels.sorted { $0.rawValue < $1.rawValue } }
      let z: [FeatureLevel: Double] = [
        .veryLow: -2, .low: -1, .average: 0, .high: 1, .veryHigh: 2,
      ]
      let shape = own.map { role in
        SegmentNaming.Feature(
          key: playbook.roles.first { $0.name == role }?.patterns[0] ?? "", meaning: nil)
      }
      let values = levels.map { z[$0[0]] ?? 0 }
      let play = playbook.plays(features: shape, z: [values], shares: [1], value: nil)[0]
      met.insert(play.persona ?? "")
      #expect(play.persona == persona.name)
    }
    #expect(met.count == playbook.personas.count)
    #expect(!roles.isEmpty)
  }

  @Test(
    "columns find their role by name",
    arguments: [
      ("age", "age"), ("annual_income", "income"), ("household_income_usd", "income"),
      ("spending_score", "spending"), ("recency", "recency"), ("frequency", "frequency"),
      ("monetary", "monetary"), ("num_web_visits_month", "visits"), ("tenure", "tenure"),
      ("monthly_charges", "charges"), ("num_deals_purchases", "discount"),
      ("average_basket", "basket"), ("einkommen", "income"),
    ])
  func cast(key: String, role: String) {
    let cast = Playbook.standard.cast(features(["unrelated", key]))
    #expect(cast[role] == 1, "\(cast)")
  }

  @Test("of two columns for one role the one with the better name plays it")
  func bestName() {
    let cast = Playbook.standard.cast(features(["other_income", "annual_income", "income"]))
    #expect(cast["income"] == 2)
  }

  @Test(
    "asterisks stand for any letters",
    arguments: [
      ("annualincome", "*income", true), ("incomes", "*income", false),
      ("income", "*income*", true),
      ("numweborders", "num*orders", true), ("numorders", "num*orders", true),
      ("orders", "num*orders", false), ("abc", "a*b*c", true), ("acb", "a*b*c", false),
      ("ab", "ab", true), ("aba", "ab*ba", false), ("x", "*", true),
    ])
  func patterns(name: String, pattern: String, fits: Bool) {
    #expect(Playbook.matches(name, pattern) == fits)
  }

  @Test("the six Mall segments get the persona that their centroid says")
  func mall() {
    let plays = Playbook.standard.plays(
      features: features(["age", "annual_income", "spending_score"]),
      z: [
        [1.25, -0.24, -0.04], [-0.44, 0.99, 1.24], [-0.87, -0.13, -0.04], [0.2, 1.06, -1.29],
        [-0.97, -1.33, 1.13], [0.48, -1.31, -1.19],
      ], shares: [0.225, 0.195, 0.19, 0.165, 0.12, 0.105], value: nil)
    #expect(
      plays.map(\.persona) == [
        "Settled middle", "Prime customers", "Young middle", "Untapped means", "Young enthusiasts",
        "Careful with little",
      ])
    #expect(
      plays.map(\.goal) == [.crossSell, .retain, .grow, .upSell, .nurture, .nurture])
    for play in plays { #expect(Set(play.actions.keys) == Set(ActionKind.allCases)) }
  }

  @Test("recency, frequency and monetary have their personas")
  func rfm() {
    let plays = Playbook.standard.plays(
      features: features(["recency", "frequency", "monetary"]),
      z: [[-1, 1, 1], [1, -0.6, 1], [1, 0.2, 0], [1, -1, -1], [-1, -1, -1], [-0.2, 1, 0]],
      shares: [Double](repeating: 1 / 6, count: 6), value: nil)
    #expect(
      plays.map(\.goal) == [.retain, .winBack, .winBack, .winBack, .nurture, .crossSell])
  }

  @Test("without a fitting entry the value decides, and without a value nothing is claimed")
  func generic() {
    let features = features(["milk", "grocery"])
    let value = ValueSplit(
      column: 0, key: "milk", clusterCount: 3, values: [10, 2, 3], weight: { _ in 1 },
      cluster: { $0 })
    let plays = Playbook.standard.plays(
      features: features, z: [[1, 0], [0, 0], [-1, 0]], shares: [0.3, 0.3, 0.2], value: value)
    #expect(plays.map(\.goal) == [.retain, .grow, .nurture])
    #expect(plays.map(\.persona) == [nil, nil, nil])
    let blind = Playbook.standard.plays(
      features: features, z: [[1, 0]], shares: [1], value: nil)[0]
    #expect(blind.goal == .nurture)
    #expect(blind.reason == .nothingKnown)
    #expect(Set(blind.actions.keys) == Set(ActionKind.allCases))
  }

  @Test("a shop's file adds roles, and its personas and goals stand in place of the service's own")
  func own() throws {
    let playbook = try Playbook(
      value(
        """
        {"about": ["mine"], "aliases": {"income": ["lohn"]},
         "roles": {"wine": ["*wines", "wein"], "income": ["lohn"]},
         "personas": [{"name": "Wine lovers", "when": {"wine": "very_high", "income": ["average", "high"]},
           "goal": "cross_sell", "summary": "Buy wine.",
           "product_offer": "Cheese for the {size}: {wine} against {wine.all}."}],
         "goals": {"nurture": {"campaign": "{size}", "personalisation": "{size}",
           "product_offer": "{share}", "retention": "{name}", "revenue": "{value}"}}}
        """))
    let features = features(["mnt_wines", "lohn"])
    let plays = playbook.plays(
      features: features, z: [[1.6, 0], [1, 1], [2, -1]], shares: [0.4, 0.3, 0.3], value: nil)
    #expect(plays.map(\.persona) == ["Wine lovers", nil, nil])
    #expect(plays[0].actions[.campaign] == Playbook.standard.actionsOfGoal[.crossSell]?[.campaign])
    #expect(plays[1].actions[.retention]?.filled { "\($0)" } == "Name")
  }

  @Test(
    "mistakes are told with their line and what would mend them",
    arguments: [
      ("[]", 1, "not a JSON object"),
      ("{\n\"persona\": []}", 2, "did you mean personas?"),
      ("{\"roles\": {\n\"Wine\": [\"x\"]}}", 2, "small letters"),
      ("{\"roles\": {\n\"wine\": 3}}", 2, "array of words"),
      ("{\"roles\": {\n\"wine\": [3]}}", 2, "something else than words"),
      ("{\n\"personas\": {}}", 2, "not an array"),
      ("{\n\"personas\": [3]}", 2, "objects"),
      ("{\"personas\": [{\n\"name\": \"x\"}]}", 2, "lacks when"),
      (
        "{\"personas\": [{\"name\": \"x\",\n\"when\": {\"incom\": \"high\"}, \"goal\": \"grow\", \"summary\": \"s\"}]}",
        2, "did you mean income?"
      ),
      (
        "{\"personas\": [{\"name\": \"x\", \"when\": {\n\"income\": \"hihg\"}, \"goal\": \"grow\", \"summary\": \"s\"}]}",
        2, "did you mean high?"
      ),
      (
        "{\"personas\": [{\"name\": \"x\",\n\"when\": {}, \"goal\": \"grow\", \"summary\": \"s\"}]}",
        2, "fit every segment"
      ),
      (
        "{\"personas\": [{\"name\": \"x\", \"when\": {\"income\": \"high\"},\n\"goal\": \"grwo\", \"summary\": \"s\"}]}",
        2, "did you mean grow?"
      ),
      (
        "{\"personas\": [{\"name\": \"x\", \"when\": {\"income\": \"high\"}, \"goal\": \"grow\",\n\"summary\": \"{age} years\"}]}",
        2, "{age} is not a figure here"
      ),
      (
        "{\"personas\": [{\"name\": \"x\", \"when\": {\"income\": \"high\"}, \"goal\": \"grow\", \"summary\": \"s\",\n\"campaign\": \"Write.\"}]}",
        2, "has no figure"
      ),
      (
        "{\"personas\": [{\"name\": \"x\", \"when\": {\"income\": \"high\"}, \"goal\": \"grow\", \"summary\": \"s\",\n\"campain\": \"{size}\"}]}",
        2, "did you mean campaign?"
      ),
      ("{\"goals\": {\n\"retain\": {\"campaign\": \"{size}\"}}}", 2, "lacks personalisation"),
      ("{\"goals\": {\"retain\": {\n\"campaign\": \"{size\"}}}", 2, "not closed"),
    ])
  func faults(text: String, line: Int, reason: String) throws {
    let value = try value(text)
    #expect {
      _ = try Playbook(value)
    } throws: { error in
      guard let fault = error as? PlaybookFault else { return false }
      return fault.line == line && fault.reason.contains(reason)
    }
  }

  @Test("levels begin at half and at one and a half standard deviations")
  func levels() {
    let cases: [(Double, FeatureLevel)] = [
      (0, .average), (0.49, .average), (0.5, .high), (1.49, .high), (1.5, .veryHigh),
      (-0.49, .average), (-0.5, .low), (-1.5, .veryLow),
    ]
    for (z, level) in cases { #expect(FeatureLevel(z: z) == level) }
  }

  @Test("value shares are plain sums, and undefined when nothing is earned")
  func value() {
    let split = ValueSplit(
      column: 0, key: "v", clusterCount: 2, values: [1, 2, .nan, 5], weight: { [1, 2, 9, 1][$0] },
      cluster: { [0, 0, 0, 1][$0] })
    #expect(split.total == 10)
    #expect(split.shareOfCluster == [0.5, 0.5])
    #expect(split.meanOfCluster == [5 / 3, 5])
    #expect(split.mean == 2.5)
    let nothing = ValueSplit(
      column: 0, key: "v", clusterCount: 2, values: [-1, 1], weight: { _ in 1 }, cluster: { $0 })
    #expect(nothing.shareOfCluster == nil)
  }
}
