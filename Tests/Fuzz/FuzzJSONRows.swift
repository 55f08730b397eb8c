// Rows of JSON: an array of objects, columns and rows, one object a line, or whichever of them the
// first bytes look like. What is read must not depend on how it arrives.

/// Called by libFuzzer with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  checkRows(start, count, format: [.jsonRows, .ndjson, nil, .jsonRows][Int(start[0] >> 6)])
  return 0
}
