import Datasets
import TestSupport
import Testing

/// Reports of the published files against the facts known of them.
@Suite("what is told of the published files", .needsSharedData, .timeLimit(.minutes(5)))
struct QualityTests {
  private struct Told {
    let quality: JSONValue
    let eda: JSONValue

    /// `line column value` of the findings with a reason.
    func findings(_ reason: String) -> [String] {
      quality["items"].items.filter { $0["reason"].string == reason }.map {
        "\(Int($0["line"].number ?? 0)) \($0["column"].string ?? "") \($0["value"].string ?? "")"
      }
    }

    /// The keys of the columns with a role.
    func columns(_ role: String, _ reason: String? = nil) -> [String] {
      quality["columns"].items.filter {
        $0["role"].string == role
          && (reason == nil || $0["reason"].string?.hasPrefix(reason ?? "") == true)
      }.compactMap { $0["key"].string }
    }

    func count(_ reason: String) -> Double? { quality["counts"][reason].number }
  }

  private func told(_ file: String, _ options: String = "") async throws -> Told {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let answer = try await curl.post(
        "/datasets\(options)", .bytes(try SharedData.bytes(of: file)))
      #expect(answer.status == 201, "\(answer.text.prefix(300))")
      let json = try answer.json()
      let quality = try await curl.get((try #require(json["quality"].string)) + "?limit=10000")
      let eda = try await curl.get(try #require(json["eda"].string))
      let told = Told(quality: try quality.json(), eda: try eda.json())
      let set = told.quality["set_aside_by_reason"]
      guard case .object(let reasons) = set else {
        Issue.record("no set_aside_by_reason")
        return told
      }
      let sum = reasons.members.reduce(0) { $0 + ($1.value.number ?? 0) }
      #expect(sum == told.quality["rows_set_aside"].number)
      #expect(
        told.quality["rows_read"].number
          == (told.quality["rows_used"].number ?? 0) + (told.quality["rows_set_aside"].number ?? 0))
      return told
    }
  }

  @Test("Mall: every figure of the exploration is the reference's, to 6 digits")
  func mall() async throws {
    let told = try await told("mall_gender_lf.csv")
    #expect(told.quality["findings"].number == 0)
    let text = try SharedData.bytes(of: "reference.json")
    let reference = try JSONValue.parse(text.span)["eda"]["mall"]
    func isClose(_ one: JSONValue, _ other: JSONValue) -> Bool {
      guard let one = one.number, let other = other.number else { return false }
      return abs(one - other) <= 5e-7 * max(1, abs(other))
    }
    let features = ["Age", "Income", "Score"]
    let figures = [
      ("count", "count"), ("mean", "mean"), ("sd", "std_sample"), ("min", "min"), ("q1", "q1"),
      ("median", "median"), ("q3", "q3"), ("max", "max"), ("distinct", "distinct"),
      ("skewness", "skew_sample_adjusted"), ("kurtosis", "excess_kurtosis_sample_adjusted"),
    ]
    for (index, name) in features.enumerated() {
      let column = told.eda["columns"][index + 2]
      let expected = reference["columns_stats"][name]
      for (ours, theirs) in figures {
        #expect(isClose(column[ours], expected[theirs]), "\(name) \(ours)")
      }
      let histogram = column["histogram"]
      #expect(
        histogram["counts"].items.map(\.number) == expected["hist10_counts"].items.map(\.number))
      for (edge, other) in zip(histogram["edges"].items, expected["hist10_edges"].items) {
        #expect(isClose(edge, other))
      }
      #expect(
        column["outliers"].number == Double(expected["tukey_outlier_ids"].items.count), "\(name)")
      #expect(isClose(column["fences"][0], expected["tukey_low"]))
      #expect(isClose(column["fences"][1], expected["tukey_high"]))
      for (other, second) in features.enumerated() {
        for matrix in ["pearson", "spearman"] {
          #expect(
            isClose(
              told.eda["correlations"][matrix][index][other], reference[matrix][name][second]),
            "\(matrix) \(name) \(second)")
        }
      }
    }
    let means = told.eda["category_means"][0]
    #expect(means["column"].string == "gender")
    #expect(means["items"].items.count == 2)
    for group in means["items"].items {
      let gender = group["category"].string ?? ""
      #expect(group["count"].number == reference["gender"][gender].number)
      for (key, name) in [
        ("age", "Age"), ("annual_income", "Income"), ("spending_score", "Score"),
      ] {
        #expect(isClose(group["means"][key], reference["by_gender_mean"][gender][name]))
      }
    }
    // What two million points strewn by numpy and all rows come to, with scipy's nearest neighbours.
    let hopkins = try #require(told.eda["hopkins"].number)
    #expect(abs(hopkins - 0.93274) < 0.02)
  }

  @Test("mall_dirty: everything is named by its line, and nothing is mended in silence")
  func dirty() async throws {
    let told = try await told("mall_dirty.csv")
    #expect(told.quality["rows_read"].number == 210)
    #expect(told.quality["duplicates_dropped"].number == 10)
    let columns = told.quality["columns"].items
    #expect(columns.map { $0["missing"].number } == [0, 0, 7, 6, 5])
    #expect(
      columns.map { $0["missing_without_duplicates"].number ?? $0["missing"].number }
        == [0, 0, 7, 5, 5])
    let gaps = told.findings("missing").map { $0.split(separator: " ")[1] }
    #expect(
      ["age", "annual_income", "spending_score"].map { key in gaps.count { $0 == key } } == [
        7, 5, 5,
      ]
    )
    // The file's own lines say where.
    let lines = String(decoding: try SharedData.bytes(of: "mall_dirty.csv"), as: UTF8.self)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    func lineNumbers(_ field: Int, _ isWanted: (String) -> Bool) -> [Int] {
      lines.indices.filter { lines[$0].count > field && isWanted(lines[$0][field]) }.map { $0 + 1 }
    }
    let ages = lineNumbers(2) { $0.hasPrefix("-") }
    #expect(ages.count == 2)
    #expect(
      told.findings("impossible_value") == ages.map { "\($0) age \(lines[$0 - 1][2])" })
    let genders = lineNumbers(1) { ["fl", "fle", "mle"].contains($0) }
    #expect(
      told.findings("near_miss_category") == genders.map { "\($0) gender \(lines[$0 - 1][1])" })
    let proposals = told.quality["items"].items.filter {
      $0["reason"].string == "near_miss_category"
    }.map { "\($0["value"].string ?? "") \($0["proposal"].string ?? "")" }
    #expect(Set(proposals) == ["fl Female", "fle Female", "mle Male"])
    let repeated = told.quality["items"].items.filter { $0["reason"].string == "repeated_id" }
    #expect(Set(repeated.compactMap { $0["value"].string }) == ["2", "4", "80", "91", "192"])
    for finding in repeated {
      let (line, other) = (Int(finding["line"].number ?? 0), Int(finding["other_line"].number ?? 0))
      #expect(other > 1 && other < line)
      #expect(lines[line - 1][0] == finding["value"].string)
      #expect(lines[other - 1][0] == finding["value"].string)
      #expect(lines[line - 1] != lines[other - 1])
    }
    for finding in told.quality["items"].items where finding["action"].string == "reported" {
      #expect(finding["replacement"] == .null)
    }
    #expect(told.quality["values_filled"].number == 0)
    #expect(told.quality["rows_used"].number == 184)
  }

  @Test("mall_dirty: gaps are filled with the median when asked, each one told")
  func filled() async throws {
    let told = try await told("mall_dirty.csv", "?missing=median")
    #expect(told.quality["rows_used"].number == 200)
    #expect(told.quality["values_filled"].number == 17)
    let filled = told.quality["items"].items.filter { $0["action"].string == "filled" }
    #expect(filled.count == 17)
    for finding in filled { #expect(finding["replacement"].number != nil) }
    try await ServiceProcess.with { service in
      let refused = try await service.client().post(
        "/segments?missing=error", .bytes(try SharedData.bytes(of: "mall_dirty.csv")))
      #expect(refused.status == 422, "\(refused.text.prefix(200))")
    }
  }

  @Test("telco_churn: roles and blanks")
  func telco() async throws {
    let told = try await told("telco_churn.csv")
    #expect(told.columns("id") == ["customer_id"])
    #expect(
      told.columns("feature") == ["senior_citizen", "tenure", "monthly_charges", "total_charges"])
    #expect(told.columns("descriptive").count == 16)
    #expect(told.count("missing") == 11)
    #expect(told.findings("missing").allSatisfy { $0.contains(" total_charges ") })
    #expect(told.quality["rows_used"].number == 7032)
  }

  @Test("marketing_campaign: TABs, dates, constants, sentinels and odd categories")
  func marketing() async throws {
    let told = try await told("marketing_campaign_tab.csv")
    #expect(told.quality["delimiter"].string == "\t")
    #expect(told.columns("id") == ["id"])
    #expect(told.columns("ignored", "constant") == ["z_cost_contact", "z_revenue"])
    #expect(told.columns("ignored", "date") == ["dt_customer"])
    #expect(told.columns("descriptive") == ["education", "marital_status"])
    #expect(told.count("missing") == 24)
    #expect(told.findings("sentinel_value").count == 1)
    #expect(told.findings("sentinel_value")[0].hasSuffix("income 666666"))
    #expect(told.findings("impossible_value").contains { $0.hasSuffix("year_birth 1893") })
    let odd = told.findings("rare_category").compactMap { $0.split(separator: " ").last }
    #expect(["Alone", "Absurd", "YOLO"].map { word in odd.count { $0 == word } } == [3, 2, 2])
    let alike = told.quality["warnings"].items.filter {
      $0["code"].string == "rows_alike_except_id"
    }
    #expect(alike.first?["detail"].string?.hasPrefix("182 ") == true)
    let dates = told.eda["columns"].items.first { $0["key"].string == "dt_customer" }?["dates"]
    #expect(dates?["order"].string == "day_month_year")
    #expect(dates?["earliest"].string == "2012-07-30")
    #expect(dates?["latest"].string == "2014-06-29")
  }

  @Test("wholesale_ids: the id is no feature")
  func wholesale() async throws {
    let told = try await told("wholesale_ids.csv")
    #expect(told.columns("id") == ["customer_id"])
    #expect(told.columns("feature").count == 8)
    #expect(told.quality["rows_used"].number == 440)
  }

  @Test("kr_sales: transactions are told from customers, returns stay negative")
  func sales() async throws {
    let told = try await told("kr_sales.csv", "?rfm=false")
    #expect(told.quality["rows_read"].number == 70_012)
    #expect(told.columns("feature") == ["qty", "amt"])
    #expect(told.columns("ignored", "date") == ["order_date"])
    let repeats = told.quality["warnings"].items.first { $0["code"].string == "ids_repeat" }
    #expect(repeats?["detail"].string?.contains("2243") == true)
    let quantity = told.eda["columns"].items.first { $0["key"].string == "qty" }
    #expect((quantity?["min"].number ?? 0) < 0)
    let days = told.eda["columns"].items.first { $0["key"].string == "order_date" }?["dates"]
    #expect(days?["order"].string == "year_month_day")
  }
}
