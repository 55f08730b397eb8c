/// The bounds of the fields between the separators of some text.
///
/// Field *f* is the text `starts[f]..<ends[f]`, and at `ends[f]` stands its delimiter or line feed.
struct FieldBounds: Sendable {
  var starts: [UInt32] = []
  var ends: [UInt32] = []
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
    if bounds.starts.count < capacity {
      bounds.starts = Array(repeating: 0, count: capacity)
      bounds.ends = Array(repeating: 0, count: capacity)
    }
    bounds.quoted.removeAll(keepingCapacity: true)
    bounds.isIrregular = false
    bounds.hasReturns = false
    var masks = SeparatorMasks(delimiter: delimiter)
    var state = QuoteState()
    var count = 0
    // Safety: the precondition above and `capacity` keep all reads and writes in bounds: each
    // chunk adds at most 64 fields and writes at most 8 beyond them.
    bytes.withUnsafeBytes { text in
      bounds.starts.withUnsafeMutableBufferPointer { starts in
        bounds.ends.withUnsafeMutableBufferPointer { ends in
          guard let text = text.baseAddress, let starts = starts.baseAddress,
            let ends = ends.baseAddress
          else { return }
          starts[0] = UInt32(truncatingIfNeeded: range.lowerBound)
          var offset = range.lowerBound
          for _ in 0..<chunks {
            var (separators, others) = masks.read(text + offset)
            if others != 0 || state.isOpen {
              let found = masks.readOthers(text + offset)
              separators = state.read(
                separators, found, firstField: count, quoted: &bounds.quoted)
            } else {
              state.skip(separators)
            }
            let base = UInt32(truncatingIfNeeded: offset)
            let end = count &+ separators.nonzeroBitCount
            // Writing eight whether or not there are so many is quicker than to ask.
            while count < end {
              for place in 0..<8 {
                let position = base &+ UInt32(truncatingIfNeeded: separators.trailingZeroBitCount)
                ends[count &+ place] = position
                starts[count &+ place &+ 1] = position &+ 1
                separators &= separators &- 1
              }
              count &+= 8
            }
            count = end
            offset &+= 64
          }
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
