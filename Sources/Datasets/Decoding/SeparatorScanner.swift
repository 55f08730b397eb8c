/// Where a field is in its text.
struct FieldBound: Sendable {
  var start: UInt32
  /// Where its delimiter or line feed stands.
  var end: UInt32
}

/// The bounds of the fields between the separators of some text.
struct FieldBounds: Sendable {
  /// Room for at least `count` bounds.
  var fields: [FieldBound] = []
  var count = 0
  /// Numbers of the fields that begin with a quote, rising; room for at least `quotedCount`.
  var quoted: [UInt32] = []
  var quotedCount = 0
  /// The same for fields with a doubled quote in them; one that has several may be there again.
  var escaped: [UInt32] = []
  var escapedCount = 0
  /// Line feeds, those within quotes too.
  var lineFeedCount = 0
  var hasReturns = false
  /// Some quote or carriage return is used in a way that only ``RecordCutter`` understands.
  var isIrregular = false
  var hasNUL = false
}

/// Finds the separators of delimited text, quotes and all, 64 bytes at a time.
///
/// Text that follows RFC 4180 is understood by bits alone: within quotes is where the number of
/// quotes so far is odd (Langdale and Lemire 2019, doi:10.1007/s00778-019-00578-5). That holds
/// as long as each quote opens a field, closes one, or is doubled within one, which is checked;
/// all else is left to ``RecordCutter``.
struct SeparatorScanner: Sendable {
  let delimiter: UInt8
  /// Whether carriage returns are looked at: the text had one.
  private var hasReturns = false
  private let usesVectors: Bool

  init(delimiter: UInt8, usesVectors: Bool = VectorText.isAvailable) {
    self.delimiter = delimiter
    self.usesVectors = usesVectors
  }

  /// How many bytes before and after the text must be there to be read, whatever they hold.
  static let padding = 64

  /// How many quotes there are, modulo 256: whether they are odd is what counts, and sums of
  /// bytes are quick.
  static func quoteCount(_ bytes: [UInt8]) -> UInt8 {
    // Safety: the index stays below the buffer's count.
    bytes.withUnsafeBufferPointer { bytes in
      guard let text = bytes.baseAddress else { return 0 }
      let count = bytes.count
      var quotes: UInt8 = 0
      var index = 0
      while index < count {
        quotes &+= text[index] == UInt8(ascii: "\"") ? 1 : 0
        index &+= 1
      }
      return quotes
    }
  }

  /// Whether every `width`-th field ends with a line feed.
  func areRows(_ bytes: [UInt8], _ bounds: FieldBounds, width: Int, count: Int) -> Bool {
    precondition(width > 0 && width * count <= bounds.fields.count)
    // Safety: the precondition keeps fields in bounds, and their ends were found in the bytes.
    return bytes.withUnsafeBufferPointer { bytes in
      bounds.fields.withUnsafeBufferPointer { fields in
        guard let bytes = bytes.baseAddress, let fields = fields.baseAddress else { return false }
        var difference: UInt8 = 0
        var field = width &- 1
        let end = width &* count
        while field < end {
          difference |= bytes[Int(fields[field].end)] ^ 0x0A
          field &+= width
        }
        return difference == 0
      }
    }
  }

  /// Finds the separators in `range`, and maybe up to 63 bytes more.
  ///
  /// - Parameters:
  ///   - bytes: text with ``padding`` bytes around it; those after it are blanks.
  ///   - range: where a record begins, and how far to look.
  mutating func scan(_ bytes: [UInt8], _ range: Range<Int>, into bounds: inout FieldBounds) {
    if !hasReturns {
      scan(bytes, range, hasReturns: false, into: &bounds)
      guard bounds.hasReturns else { return }
      // Text that has one carriage return mostly has more.
      hasReturns = true
    }
    scan(bytes, range, hasReturns: true, into: &bounds)
  }

  @inline(__always)
  private func scan(
    _ bytes: [UInt8], _ range: Range<Int>, hasReturns: Bool, into bounds: inout FieldBounds
  ) {
    let chunks = (range.count + 63) / 64
    precondition(range.lowerBound >= 0 && range.lowerBound + chunks * 64 <= bytes.count)
    // Every byte may be a separator, and several are written at a time.
    let capacity = chunks * 64 + 64 + VectorText.room
    if bounds.fields.count < capacity {
      bounds.fields = Array(repeating: FieldBound(start: 0, end: 0), count: capacity)
      bounds.quoted = Array(repeating: 0, count: capacity)
      bounds.escaped = Array(repeating: 0, count: capacity)
    }
    if usesVectors {
      bytes.withUnsafeBytes { text in
        guard let text = text.baseAddress else { return }
        VectorText.scan(
          text, from: range.lowerBound, chunks: chunks, delimiter: delimiter,
          looksAtReturns: hasReturns, into: &bounds)
      }
      return
    }
    var masks = SeparatorMasks(delimiter: delimiter)
    var state = QuoteState()
    var count = 0
    var quotedCount = 0
    var escapedCount = 0
    // Safety: the precondition above and `capacity` keep all reads and writes in bounds: each
    // chunk adds at most 64 fields and writes at most 4 beyond them. `count > end` only when
    // there was a field to write, so `end - 1` is one.
    bytes.withUnsafeBytes { text in
      bounds.fields.withUnsafeMutableBufferPointer { fields in
        bounds.quoted.withUnsafeMutableBufferPointer { quoted in
          bounds.escaped.withUnsafeMutableBufferPointer { escaped in
            guard let text = text.baseAddress, let fields = fields.baseAddress,
              let quoted = quoted.baseAddress, let escaped = escaped.baseAddress
            else { return }
            var start = UInt32(truncatingIfNeeded: range.lowerBound)
            var offset = range.lowerBound
            let textEnd = offset &+ chunks &* 64
            while offset < textEnd {
              var (separators, quotes) = masks.read(text + offset)
              if quotes | state.isOpen != 0 || hasReturns {
                var returns: UInt64 = 0
                var feeds: UInt64 = 0
                if hasReturns {
                  returns = masks.places(of: 0x0D, in: text + offset)
                  feeds = masks.places(of: 0x0A, in: text + offset)
                }
                separators = state.read(
                  separators, feeds: feeds, quotes: quotes, returns: returns)
                quotedCount = write(state.firsts, separators, count, quoted, quotedCount)
                escapedCount = write(state.doubles, separators, count, escaped, escapedCount)
              } else {
                state.skip(separators)
              }
              let base = UInt32(truncatingIfNeeded: offset)
              let end = count &+ separators.nonzeroBitCount
              // Writing four whether or not there are so many is quicker than to ask.
              while count < end {
                var place = 0
                while place < 4 {
                  let position = base &+ UInt32(truncatingIfNeeded: separators.trailingZeroBitCount)
                  fields[count &+ place] = FieldBound(start: start, end: position)
                  start = position &+ 1
                  separators &= separators &- 1
                  place &+= 1
                }
                count &+= 4
              }
              if count > end {
                count = end
                start = fields[end &- 1].end &+ 1
              }
              offset &+= 64
            }
          }
        }
      }
    }
    bounds.quotedCount = quotedCount
    bounds.escapedCount = escapedCount
    bounds.count = count
    bounds.lineFeedCount = masks.lineFeedCount()
    bounds.hasNUL = masks.hasNUL
    bounds.isIrregular = state.isIrregular
    bounds.hasReturns = masks.hasReturn
  }

  /// Writes the numbers of the fields in which `places` lie; gives how many there are then.
  ///
  /// There are at most 32 places in 64 bytes, and fewer than bytes altogether.
  @inline(__always)
  private func write(
    _ places: UInt64, _ separators: UInt64, _ firstField: Int,
    _ output: UnsafeMutablePointer<UInt32>, _ count: Int
  ) -> Int {
    var places = places
    var count = count
    while places != 0 {
      let before = separators & ((places & (0 &- places)) &- 1)
      output[count] = UInt32(truncatingIfNeeded: firstField &+ before.nonzeroBitCount)
      count &+= 1
      places &= places &- 1
    }
    return count
  }
}

/// What quotes and carriage returns before a place say about it.
private struct QuoteState {
  /// All ones within quotes, else zero.
  private var inside: UInt64 = 0
  /// Whether the byte before was a separator, a closing quote, a carriage return: 0 or 1.
  private var afterSeparator: UInt64 = 1
  private var afterClosing: UInt64 = 0
  private var afterReturn: UInt64 = 0
  /// Quotes that open a field, and quotes that follow another within one, in the last 64 bytes.
  private(set) var firsts: UInt64 = 0
  private(set) var doubles: UInt64 = 0
  private var odd: UInt64 = 0

  var isIrregular: Bool { odd != 0 }

  /// Not 0 when 64 bytes without quotes and carriage returns still need a look.
  @inline(__always)
  var isOpen: UInt64 { inside | afterClosing | afterReturn }

  /// Passes 64 bytes without quotes and carriage returns.
  @inline(__always)
  mutating func skip(_ separators: UInt64) {
    afterSeparator = separators &>> 63
  }

  /// Passes any 64 bytes and gives the separators that are not within quotes.
  @inline(__always)
  mutating func read(_ separators: UInt64, feeds: UInt64, quotes: UInt64, returns: UInt64)
    -> UInt64
  {
    // Bit i of `open`: the number of quotes up to byte i is odd.
    var open = quotes
    open ^= open &<< 1
    open ^= open &<< 2
    open ^= open &<< 4
    open ^= open &<< 8
    open ^= open &<< 16
    open ^= open &<< 32
    open ^= inside
    let outside = separators & ~open
    let opening = quotes & open
    let closing = quotes & ~open
    firsts = opening & (outside &<< 1 | afterSeparator)
    doubles = opening & (closing &<< 1 | afterClosing)
    odd |= opening & ~(firsts | doubles)
    // What follows the last byte is seen with the next 64.
    let mayFollow = outside | opening | returns
    odd |= closing & ~(mayFollow &>> 1 | 1 &<< 63)
    odd |= afterClosing & ~mayFollow
    // A carriage return belongs to a line feed.
    odd |= returns & ~(feeds &>> 1 | 1 &<< 63)
    odd |= afterReturn & ~feeds
    inside = 0 &- (open &>> 63)
    afterSeparator = outside &>> 63
    afterClosing = closing &>> 63
    afterReturn = returns &>> 63
    return outside
  }
}
