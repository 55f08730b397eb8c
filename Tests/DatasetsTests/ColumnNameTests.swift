import Testing

@testable import Datasets

@Suite("Column keys", .timeLimit(.minutes(1)))
struct ColumnNameTests {
  @Test(
    "a header gives its key and unit",
    arguments: [
      ("Annual Income (k$)", "annual_income", "k$"),
      ("AnnualIncome (k$)", "annual_income", "k$"),
      ("Spending Score (1-100)", "spending_score", nil),
      ("Genre", "genre", nil), ("CustomerID", "customer_id", nil),
      ("customerID", "customer_id", nil), ("Year_Birth", "year_birth", nil),
      ("Z_CostContact", "z_cost_contact", nil), ("AcceptedCmp3", "accepted_cmp3", nil),
      ("IDNumber", "id_number", nil), ("Purchase Amount (USD)", "purchase_amount", "USD"),
      ("  Age  ", "age", nil), ("Größe [cm]", "größe", "cm"), ("매출", "매출", nil),
      ("a--b", "a_b", nil), ("Delta (open", "delta_open", nil), ("x)", "x", nil),
      ("", "column_1", nil), ("($)", "column_1", "$"), ("100%", "100", nil),
    ] as [(String, String, String?)])
  func keys(header: String, key: String, unit: String?) {
    let name = ColumnName.names(for: [header])[0]
    #expect(name.header == header && name.key == key && name.unit == unit, "\(name)")
  }

  @Test("a range in parentheses is one, and no unit")
  func ranges() {
    let names = ColumnName.names(for: [
      "Score (1-100)", "Rating (0 to 5)", "Age (years)", "x (5-1)",
    ])
    #expect(names.map(\.statedRange) == [1...100, 0...5, nil, nil])
  }

  @Test("doubles are numbered and unnamed columns are named by their place")
  func unique() {
    let keys = ColumnName.names(for: ["Age", "age", "AGE", "", "age_2", "x (a)", "x (b)"]).map(
      \.key)
    #expect(keys == ["age", "age_2", "age_3", "column_4", "age_2_2", "x", "x_2"])
  }

  @Test("keys of a file are all different", arguments: 0..<50)
  func alwaysUnique(seed: UInt64) {
    var random = TestRandom(state: seed)
    let words = ["a", "a_2", "A", "", "column_3", "a (x)", "b", "a_2_2"]
    let headers = (0..<40).map { _ in words.randomElement(using: &random) ?? "" }
    let keys = ColumnName.names(for: headers).map(\.key)
    #expect(Set(keys).count == keys.count, "\(headers)")
  }
}
