import Foundation
import TestSupport
import Testing

@Suite("memory", .timeLimit(.minutes(2)))
struct MemoryTests {
  @Test(
    "what a dataset held goes back to the system when it is deleted",
    .disabled(if: Installed.sanitizer, "a sanitizer keeps memory to itself"))
  func returned() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      func resident() async throws -> Double {
        let line = try await curl.get("/metrics").text.split(whereSeparator: \.isNewline)
          .first { $0.hasPrefix("process_resident_memory_bytes ") }
        return try #require(line.flatMap { Double($0.split(separator: " ")[1]) })
      }
      let idle = try await resident()
      var text = "id,age,income,name\n"
      for row in 0..<400_000 {
        text += "\(row),\(row % 61),\(row * 7919 % 100_003),customer number \(row) of the shop\n"
      }
      let answer = try await curl.post("/segments?k=2", .text(text))
      #expect(answer.status == 201)
      let id = try answer.json()["dataset"]["id"].string ?? ""
      let stored = try await resident()
      #expect(stored > idle + 12e6, "\(idle), \(stored)")
      #expect(try await curl.send(CurlRequest("DELETE", "/datasets/\(id)")).status == 200)
      // What stays are pages of the program that were not there before, and beginnings of heaps.
      let most = idle + (stored - idle) / 2
      var now = stored
      for _ in 0..<400 where now > most {
        try await Task.sleep(for: .milliseconds(100))
        now = try await resident()
      }
      #expect(now <= most, "\(idle), \(stored), \(now)")
    }
  }
}
