/// What cleaning found, as it stands in a file.
extension CleaningReport: Archivable {
  /// Writes all of it.
  public func write(to writer: inout ArchiveWriter) {
    for count in [rowsRead, rowsUsed, rowsSetAside, duplicatesDropped, filledCount, clippedCount] {
      writer.put(count)
    }
    writer.put(setAsideByReason)
    writer.put(countsByReason)
    writer.put(findings)
    writer.put(columns)
    writer.put(transactions)
    writer.put(warnings)
  }

  /// Reads a report.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init()
    rowsRead = try reader.get()
    rowsUsed = try reader.get()
    rowsSetAside = try reader.get()
    duplicatesDropped = try reader.get()
    filledCount = try reader.get()
    clippedCount = try reader.get()
    setAsideByReason = try reader.get()
    countsByReason = try reader.get()
    findings = try reader.get()
    columns = try reader.get()
    transactions = try reader.get()
    warnings = try reader.get()
  }
}

extension FindingReason: Archivable, Comparable {
  /// The order of their words.
  public static func < (left: FindingReason, right: FindingReason) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension FindingAction: Archivable {}

extension CleaningFinding: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(line)
    writer.put(column)
    writer.put(value)
    writer.put(reason)
    writer.put(action)
    writer.put(proposal)
    writer.put(replacement)
    writer.put(otherLine)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      line: try reader.get(), column: try reader.get(), value: try reader.get(),
      reason: try reader.get(), action: try reader.get(), proposal: try reader.get(),
      replacement: try reader.get(), otherLine: try reader.get())
  }
}

extension ColumnReport: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    for text in [key, header] { writer.put(text) }
    writer.put(unit)
    writer.put(role)
    writer.put(isFeature)
    for count in [missingCount, missingCountWithoutTwins, badCount] { writer.put(count) }
    writer.put(numberStyle)
    writer.put(valueSeparator.map { String($0) })
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    key = try reader.get()
    header = try reader.get()
    unit = try reader.get()
    role = try reader.get()
    isFeature = try reader.get()
    missingCount = try reader.get()
    missingCountWithoutTwins = try reader.get()
    badCount = try reader.get()
    numberStyle = try reader.get()
    let separator: String? = try reader.get()
    guard separator.map({ $0.count == 1 }) ?? true else {
      throw .damaged("a separator is not one character")
    }
    valueSeparator = separator?.first
  }
}

/// A word, and for a column ignored the reason: a word, and for duplicates the other column.
extension ColumnRole: Archivable {
  private static let plain: [(word: String, role: ColumnRole)] = [
    ("id", .id), ("feature", .feature), ("descriptive", .descriptive), ("weight", .weight),
  ]
  private static let ignored: [(word: String, reason: IgnoredReason)] = [
    ("id_like", .idLike), ("constant", .constant), ("near_constant", .nearConstant),
    ("label", .label), ("free_text", .freeText), ("date", .date), ("code", .code),
    ("index", .index),
  ]

  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    if let word = ColumnRole.plain.first(where: { $0.role == self })?.word {
      writer.put(word)
    } else if case .ignored(.duplicate(let column)) = self {
      writer.put("duplicate")
      writer.put(column)
    } else if case .ignored(let reason) = self {
      writer.put(ColumnRole.ignored.first { $0.reason == reason }?.word ?? "")
    }
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    let word: String = try reader.get()
    if let role = ColumnRole.plain.first(where: { $0.word == word })?.role {
      self = role
    } else if let reason = ColumnRole.ignored.first(where: { $0.word == word })?.reason {
      self = .ignored(reason)
    } else if word == "duplicate" {
      self = .ignored(.duplicate(of: try reader.get()))
    } else {
      throw .damaged("a role is not known")
    }
  }
}

extension DatasetWarning: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    switch self {
    case .encodingGuessed(let encoding):
      writer.put(byte: 0)
      writer.put(encoding)
    case .ignoredColumnAsFeature(let column, let reason):
      writer.put(byte: 1)
      writer.put(column)
      writer.put(ColumnRole.ignored(reason))
    case .looksLikeWeight(let column):
      writer.put(byte: 2)
      writer.put(column)
    case .noHeader: writer.put(byte: 3)
    case .rowsAlikeExceptID(let count):
      writer.put(byte: 4)
      writer.put(count)
    case .idsRepeat(let column, let distinct):
      writer.put(byte: 5)
      writer.put(column)
      writer.put(distinct)
    case .transactionsGathered(let summary):
      writer.put(byte: 6)
      writer.put(summary)
    case .dateOrderGuessed(let column, let order):
      writer.put(byte: 7)
      writer.put(column)
      writer.put(order)
    }
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    switch try reader.byte() {
    case 0: self = .encodingGuessed(try reader.get())
    case 1:
      let column: String = try reader.get()
      guard case .ignored(let reason) = try ColumnRole(from: &reader) else {
        throw .damaged("a reason is not known")
      }
      self = .ignoredColumnAsFeature(column: column, reason: reason)
    case 2: self = .looksLikeWeight(column: try reader.get())
    case 3: self = .noHeader
    case 4: self = .rowsAlikeExceptID(count: try reader.get())
    case 5: self = .idsRepeat(column: try reader.get(), distinct: try reader.get())
    case 6: self = .transactionsGathered(try reader.get())
    case 7: self = .dateOrderGuessed(column: try reader.get(), order: try reader.get())
    default: throw .damaged("a warning is not known")
    }
  }
}
