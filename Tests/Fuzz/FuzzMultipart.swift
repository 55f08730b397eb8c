// Multipart content: what is read must not depend on how it is cut, and what was written must come
// back.

@testable import HTTPServer

struct PartLog: MultipartSink, Equatable {
  var parts: [String] = []
  var contents: [[UInt8]] = []
  var ends = 0

  mutating func partBegan(_ part: MultipartPart) {
    check(contents.count == ends, "a part begins in a part")
    parts.append("\(part.fields.all) \(part.name ?? "") \(part.filename ?? "")")
    contents.append([])
  }

  mutating func partContent(_ bytes: Span<UInt8>) {
    check(contents.count == ends + 1, "content outside of a part")
    contents[ends].append(copying: bytes)
  }

  mutating func partEnded() {
    ends += 1
    check(contents.count == ends, "a part ends twice")
  }
}

private func read(_ bytes: [UInt8], _ cuts: Cuts?) -> (PartLog, MultipartFault?) {
  var limits = Limits()
  limits.partCount = 5
  limits.partHeadBytes = 60
  limits.partFieldCount = 3
  var log = PartLog()
  var fault: MultipartFault?
  do throws(MultipartFault) {
    var reader = try MultipartReader(boundary: "B-", limits: limits)
    feed(bytes, cuts ?? Cuts([])) { piece in
      guard cuts != nil, fault == nil else { return }
      do throws(MultipartFault) { try reader.read(piece.span, into: &log) } catch { fault = error }
    }
    if cuts == nil { try reader.read(bytes.span, into: &log) }
    if fault == nil { try reader.finish() }
  } catch {
    fault = error
  }
  return (log, fault)
}

/// Called by libFuzzer with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let (cuts, bytes) = split(start, count)
  let whole = read(bytes, nil)
  let cut = read(bytes, cuts)
  check(whole == cut, "whole \(whole), cut \(cut)")

  // The input as the content of a part. A boundary inside it is a boundary.
  let boundary = Array("\r\n--B-".utf8)
  let guarded = [13, 10] + bytes + boundary
  let first = guarded.indices.first { guarded[$0...].starts(with: boundary) }
  if first == guarded.count - boundary.count {
    var form = Array("--B-\r\nContent-Disposition: form-data; name=a\r\n\r\n".utf8)
    form += bytes
    form += Array("\r\n--B---\r\n".utf8)
    let (log, fault) = read(form, cuts)
    check(fault == nil && log.contents == [bytes], "not the same")
  }
  return 0
}
