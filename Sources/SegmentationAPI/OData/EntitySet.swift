/// The rows of an entity set, read a value at a time.
protocol EntityRows: Sendable {
  /// How many rows there are.
  var count: Int { get }

  /// The value of a property, by its position, in a row.
  func value(row: Int, property: Int) -> ODataValue

  /// The row whose key properties have these values; nil when there is none.
  func row(key: [ODataValue], of set: EntitySet) -> Int?
}

extension EntityRows {
  /// Looks at one row after the other.
  func row(key: [ODataValue], of set: EntitySet) -> Int? {
    (0..<count).first { row in
      zip(set.key, key).allSatisfy { value(row: row, property: $0).equals($1) }
    }
  }
}

/// A flat table that OData clients read: named properties, and rows.
struct EntitySet: Sendable {
  /// A column of the table.
  struct Property: Sendable, Equatable {
    let name: String
    let type: ODataType
    let isNullable: Bool

    init(_ name: String, _ type: ODataType, isNullable: Bool = true) {
      self.name = name
      self.type = type
      self.isNullable = isNullable
    }
  }

  /// The name in addresses, such as `Customers`.
  let name: String
  /// The name of the type of one row, such as `Customer`.
  let typeName: String
  /// The positions of the properties that name a row.
  let key: [Int]
  let properties: [Property]
  let rows: any EntityRows

  /// The position of a property.
  func property(_ name: String) -> Int? { properties.firstIndex { $0.name == name } }
}

/// Rows that are all there already.
struct StoredRows: EntityRows {
  let values: [[ODataValue]]

  var count: Int { values.count }

  func value(row: Int, property: Int) -> ODataValue { values[row][property] }
}

/// Names of properties, as OData clients take them: letters, digits and `_`, at most 128.
struct PropertyNames {
  private static let longest = 128
  private var taken: Set<String> = []

  /// The name for a header: `Annual Income (k$)` gives `AnnualIncomeK`; no two names differ in the
  /// case of letters only.
  mutating func name(for header: String) -> String {
    var base = ""
    var startsWord = true
    for scalar in header.unicodeScalars {
      switch scalar {
      case "a"..."z":
        base.unicodeScalars.append(
          startsWord ? Unicode.Scalar(UInt8(scalar.value) - 32) : scalar)
        startsWord = false
      case "A"..."Z", "0"..."9":
        base.unicodeScalars.append(scalar)
        startsWord = false
      case _ where scalar.properties.isAlphabetic:
        // A letter that not every client takes in a name: left out, within its word.
        startsWord = false
      default:
        startsWord = true
      }
      if base.utf8.count >= Self.longest - 8 { break }
    }
    if base.isEmpty { base = "Column" }
    if base.utf8.first.map({ (48...57).contains($0) }) == true { base = "_" + base }
    var name = base
    var number = 2
    while !taken.insert(name.lowercased()).inserted {
      name = "\(base)\(number)"
      number += 1
    }
    return name
  }
}
