// Delimited text: what is read must not depend on how it arrives, nor on threads.

/// Called by libFuzzer with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  checkRows(start, count, format: .csv)
  return 0
}
