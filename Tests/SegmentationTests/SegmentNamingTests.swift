import Datasets
import Testing

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
