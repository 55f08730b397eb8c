import Datasets
import TestSupport
import Testing

@Suite("transactions through the service", .timeLimit(.minutes(3)))
struct TransactionServiceTests {
  /// 40 customers: every fourth buys often, the others now and then.
  private static let csv: String = {
    var lines = ["order,customer_id,order_date,amount,category"]
    for order in 0..<400 {
      let customer = order % 10 < 6 ? order % 40 / 4 * 4 : order % 40
      let day = (order * 7) % 28 + 1
      let month = customer % 4 == 0 ? 12 : customer % 11 + 1
      lines.append(
        "\(order),c\(customer),2025-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day),\(order % 90 - 5),\(order % 3 == 0 ? "tea" : "milk")"
      )
    }
    return lines.joined(separator: "\n") + "\n"
  }()

  @Test("transactions become customers, are told, and come back with their customer's segment")
  func gathered() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let answer = try await curl.post("/segments?k=3", .text(Self.csv))
      #expect(answer.status == 201, "\(answer.text)")
      let json = try answer.json()
      let told = json["dataset"]["rfm"]
      #expect(told["transactions_used"].number == 400)
      #expect(told["recognised"] == .bool(true))
      let customers = try #require(told["customers"].number)
      #expect(json["dataset"]["rows_used"].number == customers)
      #expect(
        json["dataset"]["columns"].items.compactMap { $0["key"].string } == [
          "customer_id", "recency", "frequency", "monetary", "preferred_category",
        ])
      #expect(json["warnings"].items.contains { $0["code"].string == "transactions_gathered" })
      // Twice the same, and stored once.
      let again = try await curl.post("/segments?k=3", .text(Self.csv))
      #expect(again.status == 200)
      #expect(again.body == answer.body)
      // Fitted again, the customers need no transactions.
      let dataset = try #require(json["dataset"]["id"].string)
      let refit = try await curl.post("/segments?k=4&dataset=\(dataset)", .none).json()
      #expect(refit["dataset"]["id"].string == dataset)
      #expect(refit["dataset"]["rfm"] == told)

      let run = try #require(json["run_id"].string)
      let list = try await curl.get("/customers?limit=1000&run=\(run)").json()["items"].items
      #expect(Double(list.count) == customers)
      var segments: [String: String] = [:]
      for customer in list {
        segments[customer["customer_id"].string ?? ""] = customer["segment_id"].string
      }
      let back = try await curl.post("/segments.csv?k=3", .text(Self.csv))
      let sent = Self.csv.split(separator: "\n")
      let lines = back.text.split(separator: "\r\n")
      #expect(lines.count == sent.count)
      for (line, original) in zip(lines, sent).dropFirst() {
        #expect(line.hasPrefix(original + ","))
        let cells = line.split(separator: ",", omittingEmptySubsequences: false)
        #expect(segments[String(cells[1])] == String(cells[5]))
      }
    }
  }

  @Test("rfm and its options")
  func options() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      func quality(_ options: String) async throws -> CurlResponse {
        try await curl.post("/segments?dry_run=true&\(options)", .text(Self.csv))
      }
      #expect(try await quality("rfm=false").json()["rows_used"].number == 400)
      #expect(try await quality("rfm=false").json()["rfm"] == .null)
      let asked = try await quality("rfm=true&as_of=2025-12-31").json()["rfm"]
      #expect(asked["recognised"] == .bool(false))
      #expect(asked["as_of"].string == "2025-12-31")
      let early = try await quality("as_of=2025-06-30").json()["rfm"]
      #expect((early["transactions_after_as_of"].number ?? 0) > 0)
      for (options, status, slug) in [
        ("as_of=tomorrow", 400, "invalid-parameter"), ("rfm=perhaps", 400, "invalid-parameter"),
        ("date=nothing", 422, "unknown-column"), ("date=amount", 422, "unsuitable-column"),
        ("amount=category", 422, "unsuitable-column"), ("as_of=1999-01-01", 422, "too-few-rows"),
      ] {
        let answer = try await quality(options)
        #expect(answer.status == status, "\(options): \(answer.text)")
        #expect(try answer.json()["type"].string == "/problems/\(slug)")
      }
      let plain = try await curl.post(
        "/segments?rfm=true", .text("age,income\n1,2\n3,4\n5,6\n"))
      #expect(plain.status == 422)
      #expect(plain.text.contains("id="))
    }
  }
}
