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
  /// Numbers of the fields that begin with a quote, rising.
  var quoted: [UInt32] = []
  var count = 0
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
  func scan(_ bytes: [UInt8], _ range: Range<Int>, into bounds: inout FieldBounds) {
    let chunks = (range.count + 63) / 64
    precondition(range.lowerBound >= 0 && range.lowerBound + chunks * 64 <= bytes.count)
    // Every byte may be a separator, and eight are written at a time.
    let capacity = chunks * 64 + 80
    if bounds.fields.count < capacity {
      bounds.fields = Array(repeating: FieldBound(start: 0, end: 0), count: capacity)
    }
    bounds.quoted.removeAll(keepingCapacity: true)
    bounds.isIrregular = false
    bounds.hasReturns = false
    var masks = SeparatorMasks(delimiter: delimiter)
    var state = QuoteState()
    var count = 0
    // Safety: the precondition above and `capacity` keep all reads and writes in bounds: each
    // chunk adds at most 64 fields and writes at most 8 beyond them. `count > end` only when
    // there was a field to write, so `end - 1` is one.
    bytes.withUnsafeBytes { text in
      bounds.fields.withUnsafeMutableBufferPointer { fields in
        guard let text = text.baseAddress, let fields = fields.baseAddress else { return }
        var start = UInt32(truncatingIfNeeded: range.lowerBound)
        var offset = range.lowerBound
        let textEnd = offset &+ chunks &* 64
        while offset < textEnd {
          var (separators, others) = masks.read(text + offset)
          if others != 0 || state.isOpen {
            let found = masks.readOthers(text + offset)
            separators = state.read(separators, found, firstField: count, quoted: &bounds.quoted)
          } else {
            state.skip(separators)
          }
          let base = UInt32(truncatingIfNeeded: offset)
          let end = count &+ separators.nonzeroBitCount
          // Writing eight whether or not there are so many is quicker than to ask.
          while count < end {
            var place = 0
            while place < 8 {
              let position = base &+ UInt32(truncatingIfNeeded: separators.trailingZeroBitCount)
              fields[count &+ place] = FieldBound(start: start, end: position)
              start = position &+ 1
              separators &= separators &- 1
              place &+= 1
            }
            count &+= 8
          }
          if count > end {
            count = end
            start = fields[end &- 1].end &+ 1
          }
          offset &+= 64
        }
      }
    }
    bounds.count = count
    bounds.lineFeedCount = masks.lineFeedCount()
    bounds.hasNUL = masks.hasNUL
    bounds.isIrregular = state.isIrregular
    bounds.hasReturns = state.hasReturns
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
  private(set) var isIrregular = false
  private(set) var hasReturns = false

  /// Whether 64 bytes without quotes and carriage returns still need a look.
  var isOpen: Bool { inside | afterClosing | afterReturn != 0 }

  /// Passes 64 bytes without quotes and carriage returns.
  @inline(__always)
  mutating func skip(_ separators: UInt64) {
    afterSeparator = separators &>> 63
  }

  /// Passes any 64 bytes and gives the separators that are not within quotes.
  mutating func read(
    _ separators: UInt64, _ found: (feeds: UInt64, quotes: UInt64, returns: UInt64),
    firstField: Int, quoted: inout [UInt32]
  ) -> UInt64 {
    // Bit i of `open`: the number of quotes up to byte i is odd.
    var open = found.quotes
    open ^= open &<< 1
    open ^= open &<< 2
    open ^= open &<< 4
    open ^= open &<< 8
    open ^= open &<< 16
    open ^= open &<< 32
    open ^= inside
    let outside = separators & ~open
    let opening = found.quotes & open
    let closing = found.quotes & ~open
    let atFieldStart = outside &<< 1 | afterSeparator
    var odd = opening & ~(atFieldStart | closing &<< 1 | afterClosing)
    // What follows the last byte is seen with the next 64.
    let mayFollow = outside | opening | found.returns
    odd |= closing & ~(mayFollow &>> 1) & ~(1 &<< 63)
    odd |= afterClosing & ~mayFollow
    // A carriage return belongs to a line feed.
    odd |= found.returns & ~(found.feeds &>> 1) & ~(1 &<< 63)
    odd |= afterReturn & ~found.feeds
    if odd != 0 { isIrregular = true }
    if found.returns != 0 { hasReturns = true }

    var first = opening & atFieldStart
    while first != 0 {
      let before = outside & ((first & (0 &- first)) &- 1)
      quoted.append(UInt32(truncatingIfNeeded: firstField &+ before.nonzeroBitCount))
      first &= first &- 1
    }
    inside = 0 &- (open &>> 63)
    afterSeparator = outside &>> 63
    afterClosing = closing &>> 63
    afterReturn = found.returns &>> 63
    return outside
  }
}
