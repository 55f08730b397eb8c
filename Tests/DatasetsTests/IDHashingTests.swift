import Testing

@testable import Datasets

@Suite("Codes in place of customer ids")
struct IDHashingTests {
  static let hashing = IDHashing(key: Array("0123456789abcdef".utf8))

  // Python: hmac.new(b"0123456789abcdef", id, hashlib.sha256).hexdigest()[:32]
  @Test(
    "a code is the beginning of the id's HMAC",
    arguments: [
      ("1", "6f51b61a3db920f1cbe06a4c38501bc0"), ("17", "9ab8a6f4a4b05f76aac6a8c8c7c66d9a"),
      ("a", "0c806ca38a87cad91ed9f55abcb2a453"), ("José", "2428d8b49dde456c1ef5945de301bbcf"),
      ("007", "17509191b4c07463984eeb7e3fde5eb2"),
    ])
  func codes(id: String, digits: String) {
    let code = "hmac-" + digits
    #expect(Self.hashing.code(of: id) == code)
    // A file that was handed out can be sent again.
    #expect(Self.hashing.code(of: code) == code)
    #expect(IDHashing(key: Array("0123456789abcdeg".utf8)).code(of: id) != code)
  }

  @Test(
    "what only looks like a code is an id",
    arguments: [
      "hmac-", "hmac-6F51b61a3db920F1cbe06a4c38501bc0", "HMAC-6f51b61a3db920f1cbe06a4c38501bc0",
      "hmac-6f51b61a3db920f1cbe06a4c38501bc0 ", "hmac-XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    ])
  func noCode(id: String) {
    #expect(Self.hashing.code(of: id).utf8.count == 37)
    #expect(Self.hashing.code(of: id) != id)
  }

  private static func clean(_ text: String, _ options: CleaningOptions = .init(), threads: Int = 1)
    throws -> Dataset
  {
    try Dataset.clean(
      try decode(text), options: options, threads: threads, idHashing: hashing)
  }

  private static let csv = """
    customer_id,age,note
    secret-1,20,a
    secret-2,30,b
    secret-2,40,c
    ,50,d
    secret-1,20,a
    NA,60,e
    secret-3,61,f
    secret-4,62,g

    """

  @Test("no id is left in the table, in the report or in what is written to the disk")
  func nothingIsLeft() throws {
    let dataset = try Self.clean(Self.csv)
    #expect(dataset.idColumn == 0)
    #expect(dataset.customerID(ofRow: 0) == Self.hashing.code(of: "secret-1"))
    #expect(dataset.customerID(ofRow: 3) == "4")
    var writer = ArchiveWriter()
    writer.put(dataset)
    let bytes = String(decoding: writer.bytes, as: UTF8.self)
    #expect(!bytes.contains("secret"))
    #expect(bytes.contains("hmac-"))
    let report = dataset.report
    #expect(report.duplicatesDropped == 1)
    #expect(report.findings.contains { $0.reason == .repeatedID })
    #expect(!report.findings.contains { $0.value?.contains("secret") == true })
  }

  @Test(
    "a stored dataset is the same one when it is cleaned again, in every format, on any threads")
  func sameAgain() throws {
    let dataset = try Self.clean(Self.csv)
    let again = try Dataset.clean(dataset.table, idHashing: Self.hashing)
    #expect(again.id == dataset.id)
    #expect(try Self.clean(Self.csv, threads: 7).id == dataset.id)
    let json =
      #"{"columns":["customer_id","age","note"],"rows":[["secret-1",20,"a"],["secret-2",30,"b"],"#
      + #"["secret-2",40,"c"],["",50,"d"],["secret-1",20,"a"],["NA",60,"e"],["secret-3",61,"f"],["secret-4",62,"g"]]}"#
    #expect(try Self.clean(json).id == dataset.id)
    #expect(try Dataset.clean(try decode(Self.csv)).id != dataset.id)
  }

  @Test("numbers that name customers become codes of their digits, and are no longer numbers")
  func numbers() throws {
    let rows = (1...200).map { "\($0),\($0 % 7)\n" }.joined()
    let dataset = try Self.clean("till_id,age\n" + rows)
    #expect(dataset.idColumn == 0)
    #expect(!dataset.table.columns[0].isNumeric)
    #expect(dataset.customerID(ofRow: 16) == "hmac-9ab8a6f4a4b05f76aac6a8c8c7c66d9a")
    let again = try Dataset.clean(dataset.table, idHashing: Self.hashing)
    #expect(again.id == dataset.id)
  }

  @Test("customers gathered from transactions have codes, and each row finds its own")
  func transactions() throws {
    let csv = """
      customer,date,amount
      17,2026-01-02,5
      17,2026-02-03,6
      a,2026-02-03,9
      a,2026-03-01,10
      17,2026-03-01,7

      """
    var options = CleaningOptions()
    options.transactions.mode = .on
    let source = try decode(csv)
    let dataset = try Dataset.clean(source, options: options, idHashing: Self.hashing)
    #expect(dataset.customerID(ofRow: 0) == "hmac-9ab8a6f4a4b05f76aac6a8c8c7c66d9a")
    #expect(dataset.customerID(ofRow: 1) == "hmac-0c806ca38a87cad91ed9f55abcb2a453")
    #expect(dataset.table.customerRows(of: source, idHashing: Self.hashing) == [0, 0, 1, 1, 0])
    let again = try Dataset.clean(dataset.table, options: options, idHashing: Self.hashing)
    #expect(again.id == dataset.id)
  }

  @Test("an id cannot be a number to weigh or to cluster by")
  func noNumber() throws {
    var options = CleaningOptions()
    options.id = "age"
    options.features = ["age", "income"]
    let error = #expect(throws: DatasetError.self) {
      try Self.clean("age,income\n1,2\n3,4\n5,7\n", options)
    }
    #expect(error == .notNumeric(column: "age"))
  }
}
