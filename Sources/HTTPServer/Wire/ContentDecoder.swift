/// Finds a request's content and its end in the bytes of a connection.
struct ContentDecoder: Sendable {
  private enum Coding: Sendable {
    case length(remaining: Int)
    case chunked(ChunkedDecoder)
  }

  private var coding: Coding
  /// The most bytes of content that may come.
  var limit: Int
  /// How many bytes of content came so far.
  private(set) var receivedBytes = 0

  init(_ framing: Framing, limit: Int) {
    self.limit = limit
    switch framing {
    case .none: coding = .length(remaining: 0)
    case .length(let length): coding = .length(remaining: length)
    case .chunked: coding = .chunked(ChunkedDecoder())
    }
  }

  var isComplete: Bool {
    switch coding {
    case .length(let remaining): remaining == 0
    case .chunked(let decoder): decoder.isComplete
    }
  }

  /// How many bytes are still to come; nil when only the chunks will tell.
  var remainingBytes: Int? {
    switch coding {
    case .length(let remaining): remaining
    case .chunked(let decoder): decoder.isComplete ? 0 : nil
    }
  }

  /// Takes bytes up to the end of the content.
  /// - Parameter emit: told where in `input` content lies.
  /// - Returns: the index behind the last byte taken.
  mutating func decode(
    _ input: Span<UInt8>, from start: Int, limits: borrowing Limits, emit: (Range<Int>) -> Void
  ) throws(HTTPFault) -> Int {
    switch coding {
    case .length(let remaining):
      let count = min(remaining, input.count - start)
      if count > 0 {
        emit(start..<(start + count))
        receivedBytes += count
        coding = .length(remaining: remaining - count)
      }
      return start + count
    case .chunked(var decoder):
      var received = 0
      defer {
        receivedBytes += received
        coding = .chunked(decoder)
      }
      do {
        return try decoder.decode(
          input, from: start, allowed: limit - receivedBytes, limits: limits
        ) { range in
          received += range.count
          emit(range)
        }
      } catch .contentTooLarge {
        // The decoder knows only the general limit.
        throw .contentTooLarge(limit: limit)
      }
    }
  }
}
