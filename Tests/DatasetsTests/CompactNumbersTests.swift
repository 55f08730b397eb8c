import Testing

@testable import Datasets

@Suite struct CompactNumbersTests {
  private func dataset(_ text: String, _ options: CleaningOptions = .init()) throws -> Dataset {
    var decoder = TableDecoder()
    try decoder.consume(Array(text.utf8).span)
    return try Dataset.clean(try decoder.finish().table, options: options)
  }

  @Test("each column comes in the narrowest type, with the numbers it has")
  func types() throws {
    var text = "age,step,wide,gap,price,low\n"
    for row in 0..<3000 {
      let gap = row % 7 == 0 ? "" : "\(row % 90)"
      text +=
        "\(row % 256),\(row % 500 - 250),\(row * 1000 - 9),\(gap),\(row % 9).5,\(row % 200 - 100)\n"
    }
    let dataset = try dataset(text, CleaningOptions(missing: .median))
    let kinds = dataset.features.map { index -> String in
      switch dataset.compactNumbers(ofColumn: index) {
      case .uint8(let values):
        #expect(values.map(Double.init) == dataset.numbers(ofColumn: index))
        return "uint8"
      case .int16(let values):
        #expect(values.map(Double.init) == dataset.numbers(ofColumn: index))
        return "int16"
      case .int32(let values):
        #expect(values.map(Double.init) == dataset.numbers(ofColumn: index))
        return "int32"
      case .float64(let values):
        #expect(values == dataset.numbers(ofColumn: index))
        return "float64"
      case .pieces(let pieces):
        let values = pieces.flatMap { piece in piece.distances.map { piece.base + Int($0) } }
        #expect(values.map(Double.init) == dataset.numbers(ofColumn: index))
        return "pieces"
      }
    }
    #expect(kinds == ["pieces", "int16", "int32", "float64", "float64", "pieces"])
  }

  @Test("rows that are not used are left out")
  func selection() throws {
    var text = "id,age,town\n"
    for row in 0..<500 { text += "\(row % 400),\(row % 400 % 60),t\(row % 400 % 3)\n" }
    let dataset = try dataset(text)
    #expect(dataset.usedRowCount == 400)
    let index = dataset.features[0]
    guard case .uint8(let values) = dataset.compactNumbers(ofColumn: index) else {
      Issue.record("not one byte")
      return
    }
    #expect(values.map(Double.init) == dataset.numbers(ofColumn: index))
  }
}
