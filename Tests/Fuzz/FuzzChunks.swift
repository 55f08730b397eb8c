// Chunked content alone: what is decoded must not depend on how it is cut, and what was encoded
// must come back.

@testable import HTTPServer

struct ChunkLog: Equatable {
  private var decoder = ContentDecoder(.chunked, limit: 1000)
  private(set) var content: [UInt8] = []
  private(set) var fault: HTTPFault?
  private(set) var rest = 0
  var isComplete: Bool { decoder.isComplete }

  static func == (one: ChunkLog, other: ChunkLog) -> Bool {
    one.content == other.content && one.fault == other.fault && one.rest == other.rest
      && one.isComplete == other.isComplete
  }

  private static let limits: Limits = {
    var limits = Limits()
    limits.chunkLineBytes = 40
    limits.chunkOverheadBytes = 60
    limits.trailerBytes = 50
    limits.trailerCount = 3
    return limits
  }()

  mutating func read(_ bytes: [UInt8]) {
    if fault != nil { return }
    if decoder.isComplete {
      rest += bytes.count
      return
    }
    var taken: [UInt8] = []
    do throws(HTTPFault) {
      let end = try decoder.decode(bytes.span, from: 0, limits: Self.limits) { range in
        taken.append(copying: bytes.span.extracting(range))
      }
      check(end == bytes.count || decoder.isComplete, "bytes left over")
      rest += bytes.count - end
    } catch {
      fault = error
    }
    content += taken
  }
}

/// Called by libFuzzer with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let (cuts, bytes) = split(start, count)
  var whole = ChunkLog()
  whole.read(bytes)
  var cut = ChunkLog()
  feed(bytes, cuts) { cut.read($0) }
  check(whole == cut, "whole \(whole), cut \(cut)")

  // The input as data: encoded in pieces, decoded again.
  let data = Array(bytes.prefix(1000))
  var encoded: [UInt8] = []
  feed(data, cuts) { piece in
    encoded.append(hexadecimal: piece.count)
    encoded.append("\r\n")
    encoded += piece
    encoded.append("\r\n")
  }
  encoded += ResponseSerializer.lastChunk
  var decoded = ChunkLog()
  feed(encoded, cuts) { decoded.read($0) }
  check(decoded.isComplete && decoded.content == data && decoded.rest == 0, "not the same")
  return 0
}
