import Datasets

/// Rules, value and what to do, as they stand in a file.
extension RunInsight: Archivable {
  /// Writes all of it.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(rules)
    writer.put(value)
    writer.put(plays)
  }

  /// Reads an insight.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(rules: try reader.get(), value: try reader.get(), plays: try reader.get())
  }
}

extension SegmentRules: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(ofCluster)
    writer.put(fidelity)
    writer.put(leafCount)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    ofCluster = try reader.get()
    fidelity = try reader.get()
    leafCount = try reader.get()
  }
}

extension SegmentRule: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(alternatives)
    writer.put(precision)
    writer.put(recall)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      alternatives: try reader.get(), precision: try reader.get(), recall: try reader.get())
  }
}

extension SegmentRule.Condition: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(feature)
    writer.put(isAbove)
    writer.put(threshold)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      feature: try reader.get(), isAbove: try reader.get(), threshold: try reader.get())
  }
}

extension ValueSplit: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(column)
    writer.put(key)
    writer.put(total)
    writer.put(mean)
    writer.put(shareOfCluster)
    writer.put(meanOfCluster)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    column = try reader.get()
    key = try reader.get()
    total = try reader.get()
    mean = try reader.get()
    shareOfCluster = try reader.get()
    meanOfCluster = try reader.get()
  }
}

extension SegmentPlay: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(persona)
    writer.put(goal)
    writer.put(reason)
    writer.put(summary)
    writer.put(actions)
    writer.put(features)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      persona: try reader.get(), goal: try reader.get(), reason: try reader.get(),
      summary: try reader.get(), actions: try reader.get(), features: try reader.get())
  }
}

extension SegmentGoal: Archivable {}

extension ActionKind: Archivable, Comparable {
  /// The order of their words.
  public static func < (left: ActionKind, right: ActionKind) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension SegmentPlay.Reason: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    switch self {
    case .persona(let roles):
      writer.put(byte: 0)
      writer.put(roles)
    case .valueLift(let lift):
      writer.put(byte: 1)
      writer.put(lift)
    case .nothingKnown: writer.put(byte: 2)
    }
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    switch try reader.byte() {
    case 0: self = .persona(try reader.get())
    case 1: self = .valueLift(try reader.get())
    case 2: self = .nothingKnown
    default: throw .damaged("a reason is not known")
    }
  }
}

extension PlaybookText: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) { writer.put(pieces) }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    pieces = try reader.get()
  }
}

extension PlaybookText.Piece: Archivable {
  private static let figures: [(byte: UInt8, figure: PlaybookText.Figure)] = [
    (1, .name), (2, .size), (3, .share), (4, .value), (5, .strongest), (6, .favourite),
  ]

  func write(to writer: inout ArchiveWriter) {
    switch self {
    case .words(let words):
      writer.put(byte: 0)
      writer.put(words)
    case .figure(.role(let role)):
      writer.put(byte: 7)
      writer.put(role)
    case .figure(.overall(let role)):
      writer.put(byte: 8)
      writer.put(role)
    case .figure(let figure):
      writer.put(byte: Self.figures.first { $0.figure == figure }?.byte ?? .max)
    }
  }
  init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    switch try reader.byte() {
    case 0: self = .words(try reader.get())
    case 7: self = .figure(.role(try reader.get()))
    case 8: self = .figure(.overall(try reader.get()))
    case let byte:
      guard let figure = Self.figures.first(where: { $0.byte == byte })?.figure else {
        throw .damaged("a figure is not known")
      }
      self = .figure(figure)
    }
  }
}
