/// Decides what each column of a table is for, from its name and its cells.
struct RoleRecognizer {
  let table: Table
  let aliases: ColumnAliases
  let facts: [ColumnFacts]

  /// Above this share of different values a column names rows rather than tells about them.
  private static let distinctShare = 0.95
  /// Above this share of one value a column tells nothing.
  private static let nearConstantShare = 0.995
  /// Beyond this correlation two columns say the same.
  private static let duplicateCorrelation = 0.999
  /// A label has at most so many values.
  private static let labelLimit = 50

  init(_ table: Table, aliases: ColumnAliases, threads: Int) {
    self.table = table
    self.aliases = aliases
    let columns = table.columns
    facts = ParallelMap.map(columns.count, threads: table.rowCount < 4096 ? 1 : threads) {
      ColumnFacts(of: columns[$0])
    }
  }

  /// The column that names the customer, or `nil`.
  func idColumn() -> Int? {
    let named = table.columns.indices.filter { index in
      let column = table.columns[index]
      return aliases.meaning(ofKey: column.key) == .id && !facts[index].isConstant
        && (!column.isNumeric || facts[index].isInteger)
    }
    if let best = named.min(by: {
      aliases.rank(ofKey: table.columns[$0].key) < aliases.rank(ofKey: table.columns[$1].key)
    }) {
      return best
    }
    // A name ending in "id" in a table without a better one, if it tells the rows apart.
    return table.columns.indices.first { index in
      let column = table.columns[index]
      guard column.missingCount == 0, !column.header.isEmpty, !isIndex(index) else { return false }
      guard table.rowCount >= ColumnFacts.smallestRun else { return false }
      if column.isNumeric { return facts[index].countsRows && looksLikeID(column.key) }
      return facts[index].distinctCount == table.rowCount && facts[index].dateShare < 0.9
        && facts[index].sharesBlanks < 0.1 && facts[index].meanLength <= 40
    }
  }

  /// The role of every column, given the ones chosen before.
  func roles(id: Int?, weight: Int?) -> [ColumnRole] {
    var roles = table.columns.indices.map { index -> ColumnRole in
      if index == id { return .id }
      if index == weight { return .weight }
      return role(of: index)
    }
    for (index, original) in duplicates(among: roles) + alikeCategories(among: roles) {
      roles[index] = .ignored(.duplicate(of: table.columns[original].key))
    }
    return roles
  }

  private func role(of index: Int) -> ColumnRole {
    let column = table.columns[index]
    let facts = facts[index]
    if facts.isConstant { return .ignored(.constant) }
    if isIndex(index) { return .ignored(.index) }
    let meaning = aliases.meaning(ofKey: column.key)
    if meaning == .label, (facts.distinctCount ?? .max) <= RoleRecognizer.labelLimit {
      return .ignored(.label)
    }
    if meaning == .code { return .ignored(.code) }
    return column.isNumeric ? numericRole(of: column, facts) : textRole(of: column, facts)
  }

  private func numericRole(of column: Column, _ facts: ColumnFacts) -> ColumnRole {
    if looksLikeID(column.key), facts.isInteger { return .ignored(.idLike) }
    if facts.isRun { return .ignored(.idLike) }
    if facts.hasLeadingZeros { return .ignored(.code) }
    if facts.isCompactDate { return .ignored(.date) }
    if facts.topShare > RoleRecognizer.nearConstantShare { return .ignored(.nearConstant) }
    return .feature
  }

  private func textRole(of column: Column, _ facts: ColumnFacts) -> ColumnRole {
    if facts.dateShare > 0.9 { return .ignored(.date) }
    let filled = column.rowCount - column.missingCount
    let distinct = facts.distinctCount ?? 0
    guard filled >= ColumnFacts.smallestRun else { return .descriptive }
    if Double(distinct) > RoleRecognizer.distinctShare * Double(filled) {
      return .ignored(facts.sharesBlanks > 0.5 || facts.meanLength > 40 ? .freeText : .idLike)
    }
    if Double(distinct) > 0.5 * Double(filled) {
      return .ignored(looksLikeID(column.key) ? .idLike : .freeText)
    }
    return .descriptive
  }

  private func isIndex(_ index: Int) -> Bool {
    let column = table.columns[index]
    guard column.isNumeric, facts[index].isInteger else { return false }
    if aliases.meaning(ofKey: column.key) == .index { return true }
    let isUnnamed = column.header.allSatisfy(\.isWhitespace) && table.dialect.hasHeader
    return isUnnamed && facts[index].countsRows
  }

  /// Names that say identifier: `order_id`, `email`, `phone_number`.
  private func looksLikeID(_ key: String) -> Bool {
    let words = key.split(separator: "_")
    if aliases.meaning(ofKey: key) == .id { return true }
    if words.last == "id" || words.last == "ids" { return true }
    return words.contains {
      ["uuid", "guid", "email", "phone", "telephone", "mobile"].contains($0)
    }
  }

  // MARK: Columns that say the same

  /// Features that are a straight line of an earlier feature.
  private func duplicates(among roles: [ColumnRole]) -> [(index: Int, original: Int)] {
    let candidates = roles.indices.filter { roles[$0] == .feature }
    guard candidates.count > 1 else { return [] }
    let step = max(1, table.rowCount / 2000)
    let sampleRows = Array(stride(from: 0, to: table.rowCount, by: step))
    let samples = candidates.map { index in
      let column = table.columns[index]
      return sampleRows.map { column.number(at: $0) ?? .nan }
    }
    var found: [(Int, Int)] = []
    var isDuplicate = Set<Int>()
    for later in candidates.indices.dropFirst() {
      for earlier in 0..<later where !isDuplicate.contains(earlier) {
        guard RoleRecognizer.areAlike(samples[earlier], samples[later]) else { continue }
        let (first, second) = (candidates[earlier], candidates[later])
        // The sample only says where to look.
        if step > 1 {
          guard
            RoleRecognizer.areAlike(
              table.columns[first].numbers(), table.columns[second].numbers())
          else { continue }
        }
        found.append((second, first))
        isDuplicate.insert(later)
        break
      }
    }
    return found
  }

  /// Descriptive columns that divide the rows as an earlier one does, under whatever names:
  /// `promo_code_used` beside `discount_applied`, `country` beside `country_code`.
  private func alikeCategories(among roles: [ColumnRole]) -> [(index: Int, original: Int)] {
    guard table.rowCount >= ColumnFacts.smallestRun else { return [] }
    let candidates = roles.indices.filter { roles[$0] == .descriptive }
    var found: [(Int, Int)] = []
    var isDuplicate = Set<Int>()
    for (position, later) in candidates.enumerated() {
      let original = candidates[..<position].first { earlier in
        !isDuplicate.contains(earlier) && divideAlike(earlier, later)
      }
      if let original {
        found.append((later, original))
        isDuplicate.insert(later)
      }
    }
    return found
  }

  /// Rows in which two columns are compared text by text; nearly all pairs differ among them.
  private static let comparedRowCount = 1000

  private func divideAlike(_ first: Int, _ second: Int) -> Bool {
    let (one, other) = (table.columns[first], table.columns[second])
    guard let count = facts[first].distinctCount, count > 1, count == facts[second].distinctCount,
      one.missingCount == other.missingCount
    else { return false }
    var names: [String?: String?] = [:]
    for row in 0..<min(table.rowCount, RoleRecognizer.comparedRowCount) {
      let (name, twin) = (one.text(at: row), other.text(at: row))
      if let known = names.updateValue(twin, forKey: name), known != twin { return false }
    }
    // Codes count the categories in the order in which they appear.
    return one.categories().codes == other.categories().codes
  }

  private static func areAlike(_ first: [Double], _ second: [Double]) -> Bool {
    var count = 0.0
    var (meanX, meanY, squaresX, squaresY, products) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for index in first.indices {
      let (x, y) = (first[index], second[index])
      guard !x.isNaN, !y.isNaN else { continue }
      count += 1
      let (dx, dy) = (x - meanX, y - meanY)
      meanX += dx / count
      meanY += dy / count
      squaresX += dx * (x - meanX)
      squaresY += dy * (y - meanY)
      products += dx * (y - meanY)
    }
    // A few points may lie on a line by chance.
    guard count >= Double(ColumnFacts.smallestRun), squaresX > 0, squaresY > 0 else { return false }
    return abs(products) > duplicateCorrelation * (squaresX * squaresY).squareRoot()
  }
}
