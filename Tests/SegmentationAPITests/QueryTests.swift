import Datasets
import Segmentation
import Testing

@testable import SegmentationAPI

@Suite struct QueryTests {
  private let parameters = Parameter.cleaning + Parameter.fit

  private func refusal(_ items: [(name: String, value: String)]) -> ProblemDetails? {
    do throws(ProblemDetails) {
      _ = try SegmentationOptions(try Query(items, allowing: parameters))
      return nil
    } catch {
      return error
    }
  }

  @Test("an unknown parameter is told with what was probably meant")
  func unknownParameter() throws {
    let problem = try #require(refusal([("feature", "age"), ("sed", "1"), ("k", "3")]))
    #expect(problem.type == .unknownParameter)
    #expect(problem.faults.map(\.pointer) == ["feature", "sed"])
    #expect(problem.detail.contains("did you mean features?"))
  }

  @Test("a parameter given twice is refused")
  func twice() throws {
    #expect(refusal([("k", "3"), ("k", "4")])?.type == .unknownParameter)
  }

  @Test(
    "k is a whole number from 1 to 1000, or auto",
    arguments: [
      ("0", ProblemType.clusterCountOutOfRange), ("-3", .clusterCountOutOfRange),
      ("abc", .clusterCountNotWhole), ("2.5", .clusterCountNotWhole), ("", .clusterCountNotWhole),
      ("+5", .clusterCountNotWhole), ("0x5", .clusterCountNotWhole), ("٣", .clusterCountNotWhole),
      ("99999999999999999999", .clusterCountOutOfRange), ("1001", .clusterCountOutOfRange),
    ])
  func clusterCounts(text: String, type: ProblemType) {
    #expect(refusal([("k", text)])?.type == type)
  }

  @Test("all faults of the other options are told at once")
  func faults() throws {
    let problem = try #require(
      refusal([
        ("scale", "z"), ("missing", "x"), ("restarts", "0"), ("series", "a b"), ("strict", "maybe"),
        ("k_min", "9"), ("k_max", "3"),
      ]))
    #expect(problem.type == .invalidParameter)
    #expect(
      problem.faults.map(\.pointer) == [
        "strict", "missing", "scale", "restarts", "series", "k_min",
      ])
  }

  @Test("options are read as the contract names them")
  func options() throws {
    let query = try Query(
      [
        ("k", "5"), ("features", "age, \"income, net\""), ("id", "cust"), ("scale", "none"),
        ("missing", "median"), ("duplicates", "keep"), ("seed", "18446744073709551615"),
        ("restarts", "7"), ("series", "mall"), ("activate", "false"), ("strict", "true"),
      ], allowing: parameters)
    let options = try SegmentationOptions(query)
    #expect(options.clusterCount == .fixed(5))
    #expect(options.cleaning.features == ["age", "income, net"])
    #expect(options.cleaning.missing == .median)
    #expect(options.cleaning.duplicates == .keep)
    #expect(options.cleaning.strict)
    #expect(options.scale == .none)
    #expect(options.seed == .max)
    #expect(options.restarts == 7)
    #expect(options.series == "mall")
    #expect(!options.activates)
  }

  @Test(
    "numbers in a query have a grammar of their own",
    arguments: [
      ("1", 1), ("-1.5", -1.5), ("+2", 2), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("1E-2", 0.01),
      ("nan", nil), ("inf", nil), ("0x10", nil), ("1e400", nil), ("", nil), ("-", nil), ("1e", nil),
      ("1 ", nil),
    ] as [(String, Double?)])
  func decimals(text: String, value: Double?) {
    #expect(DecimalNumber.parse(text) == value)
  }
}
