import Testing

@testable import Datasets
@testable import Segmentation

@Suite struct SegmentNamingTests {
  private let mall = SegmentNaming(features: [
    .init(key: "age", meaning: .age), .init(key: "annual_income", meaning: .income),
    .init(key: "spending_score", meaning: .score),
  ])

  @Test("names say what the centroid says")
  func names() {
    let names = mall.names(z: [
      [1.25, -0.24, -0.04], [-0.44, 0.99, 1.24], [0.2, 1.06, -1.29], [-0.87, -0.13, -0.04],
      [-0.97, -1.33, 1.13], [0.48, -1.31, -1.19],
    ])
    #expect(
      names == [
        "Older", "High income, high spending", "High income, low spending", "Younger",
        "Younger, low income, high spending", "Low income, low spending",
      ])
    #expect(SegmentNaming.slug(names[1]) == "high-income-high-spending")
  }

  @Test("features that would be called alike keep their whole name")
  func nouns() {
    let naming = SegmentNaming(features: [
      .init(key: "monthly_charges", meaning: nil), .init(key: "total_charges", meaning: nil),
    ])
    #expect(naming.names(z: [[1, -1]]) == ["High monthly charges, low total charges"])
  }

  @Test("nothing remarkable has a name too")
  func average() {
    #expect(mall.names(z: [[0.1, 0, -0.2]]) == ["Average customers"])
  }

  @Test("names that agree are told apart, whatever it takes")
  func unique() {
    let alike = mall.names(z: [[0, 0.9, 0], [0, 1.8, 0], [0, 0.9, 0.3]])
    #expect(alike == ["High income", "Very high income", "High income, high spending"])
    let same = mall.names(z: Array(repeating: [0.0, 1, 0], count: 4))
    #expect(same == ["High income", "High income 2", "High income 3", "High income 4"])
  }

  @Test("names are unique for any centroids", arguments: 0..<50 as Range<UInt64>)
  func property(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    func next() -> Double {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state % 41) / 10 - 2
    }
    let z = (0..<12).map { _ in [next(), next(), next()] }
    let names = mall.names(z: z)
    #expect(Set(names.map(SegmentNaming.slug)).count == names.count, "seed \(seed): \(names)")
  }

  /// Headers that nobody wants, each beside others that come out alike.
  private static let hostile: [[String]] = [
    ["Score!", "Score?", "score", "SCORE ", "Annual Score", "Total Score"],
    ["", " ", "()", "😀", "🎉🎉", "—"],
    [String(repeating: "long ", count: 60), String(repeating: "long ", count: 60) + "2"],
    [String(repeating: "x", count: 300), String(repeating: "x", count: 301)],
    ["\u{202E}دخل", "دخل", "عمر", "גיל", "\u{200F}גיל"],
    ["2", "Very high 2", "high 2", "average customers", "older", "younger 2"],
    ["a\nb", "a\u{0}b", "a\tb", "a b", "a/b", "a%2Fb"],
    ["e\u{301}ge", "\u{E9}ge", "Ä", "A\u{308}"],
  ]

  @Test(
    "headers of any kind give names that are unique, short and safe in an address", arguments: 0..<8
  )
  func hostile(index: Int) {
    let keys = ColumnName.names(for: Self.hostile[index]).map(\.key)
    let naming = SegmentNaming(features: keys.map { .init(key: $0, meaning: nil) })
    var state: UInt64 = 88_172_645_463_325_252
    func next() -> Double {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state % 41) / 10 - 2
    }
    for round in 0..<40 {
      let z = (0..<8).map { cluster in
        // Every other round has clusters that are all alike.
        keys.map { _ in round % 2 == 0 ? next() : Double(cluster % 2) }
      }
      let names = naming.names(z: z)
      let slugs = names.map(SegmentNaming.slug)
      #expect(Set(slugs).count == names.count, "\(names)")
      // As bytes too: an address knows no canonical equivalence.
      #expect(Set(slugs.map { Array($0.utf8) }).count == names.count)
      #expect(names == naming.names(z: z))
      for (name, slug) in zip(names, slugs) {
        #expect(!name.isEmpty && !slug.isEmpty)
        #expect(round % 2 == 0 || name.count <= 200, "\(name.count) characters")
        #expect(
          slug.unicodeScalars.allSatisfy {
            $0 == "-" || $0.properties.isAlphabetic || ("0"..."9").contains($0)
          })
        let hasMarks = name.unicodeScalars.contains {
          [.control, .format, .lineSeparator, .paragraphSeparator].contains(
            $0.properties.generalCategory)
        }
        #expect(!hasMarks, "\(name.debugDescription)")
      }
    }
  }

  @Test("categories of any kind give safe names too")
  func hostileCategories() {
    let categories = [
      "\u{202E}evil", "line\nbreak", "", String(repeating: "y", count: 300),
      String(repeating: "y", count: 299) + "z", "😀", "a, b", "A, B",
    ]
    let naming = SegmentNaming(
      features: categories.enumerated().map { index, name in
        .init(
          key: "c_\(index)", meaning: nil,
          level: CategoryLevel(columnKey: "c", columnHeader: "C", name: name))
      })
    let z = categories.indices.map { cluster in
      categories.indices.map { $0 == cluster ? 2.0 : -0.3 }
    }
    let names = naming.names(z: z)
    #expect(Set(names.map(SegmentNaming.slug)).count == names.count, "\(names)")
    for name in names {
      #expect(name.hasPrefix("C"))
      #expect(name.count <= SegmentNaming.nounLimit + 3)
      #expect(!name.contains("\n") && !name.unicodeScalars.contains("\u{202E}"))
    }
  }

  @Test(
    "slugs can stand in an address",
    arguments: [
      ("High income, high spending", "high-income-high-spending"), ("  -- ", "segment"),
      ("Größe XL!", "größe-xl"), ("a  b", "a-b"),
    ])
  func slugs(name: String, slug: String) {
    #expect(SegmentNaming.slug(name) == slug)
  }
}
