import Testing

@testable import segment_bench

@Suite("journals side by side", .timeLimit(.minutes(1)))
struct ComparisonTests {
  private func ratios(_ lines: String...) throws -> [Comparison.Ratio] {
    try Comparison(journals: lines.map { ("journal", Array($0.utf8)) }).ratios
  }

  private let own = """
    {"tool":"segment-bench","suite":"csv","case":"mall-10M","threads":2,"metric":"seconds",\
    "median":0.125,"counters":{"inertia":100},\
    "peer":{"tool":"csv","file":"mall-10M","what":"all","threads":2}}
    """

  @Test("a peer's line about the same work gives a ratio")
  func matches() throws {
    let peers = """
      {"tool":"csv","file":"mall-10M","what":"all","reader":"pyarrow","threads":2,"seconds":0.5}
      {"tool":"csv","file":"mall-10M","what":"all","reader":"pyarrow","threads":1,"seconds":0.9}
      {"tool":"csv","file":"mall-10M","what":"features","reader":"polars","threads":2,"seconds":9}
      {"tool":"csv","file":"mall-10M","what":"all","reader":"duckdb","threads":2,"seconds":1,"inertia":101}

      """
    let found = try ratios(own, peers)
    #expect(found.map(\.peer) == ["pyarrow", "duckdb"])
    #expect(found.map(\.times) == [4, 8])
    #expect(found.map(\.inertia) == [nil, 1.01])
    #expect(found.map(\.work) == ["csv mall-10M ×2", "csv mall-10M ×2"])
  }

  @Test("of several lines about the same the last one counts, on both sides")
  func latest() throws {
    let later = own.replacing("0.125", with: "0.25")
    let peers = """
      {"tool":"csv","file":"mall-10M","what":"all","reader":"pyarrow","threads":2,"seconds":0.5}
      {"tool":"csv","file":"mall-10M","what":"all","reader":"pyarrow","threads":2,"seconds":0.75}
      """
    #expect(try ratios(own + "\n" + later, peers).map(\.times) == [3])
  }

  @Test("the metric's own name is looked for")
  func metrics() throws {
    let own = """
      {"tool":"segment-bench","suite":"http","case":"summary","threads":1,"metric":"cpu_us_req",\
      "median":5,"peer":{"tool":"http","connections":64}}
      """
    let peer = """
      {"tool":"http","connections":64.0,"server":"go","cpu_us_req":10.5,"seconds":3}
      """
    #expect(try ratios(own, peer).map(\.times) == [2.1])
  }

  @Test("a line that is no object is told with its place")
  func broken() {
    #expect {
      try ratios("{\"tool\":\"csv\"}\n[1]")
    } throws: {
      ($0 as? BenchFailure)?.description.hasPrefix("journal:2:") == true
    }
  }

  @Test("a table has a row for each ratio")
  func table() throws {
    let peer = """
      {"tool":"csv","file":"mall-10M","what":"all","reader":"pyarrow","threads":2,"seconds":0.5}
      """
    let comparison = try Comparison(
      journals: [("a", Array(own.utf8)), ("b", Array(peer.utf8))])
    #expect(
      comparison.table == """
        | work            | peer    | ours  | theirs | times | inertia |
        |-----------------|---------|-------|--------|-------|---------|
        | csv mall-10M ×2 | pyarrow | 0.125 | 0.5    | 4.0   |         |
        """)
  }
}
