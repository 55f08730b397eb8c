// Shared by the fuzz targets: each reads its input whole and cut into pieces, and both must come to
// the same end.

/// Ends the run with a finding unless a claim holds; `precondition` says nothing in optimised builds.
func check(_ claim: Bool, _ finding: @autoclosure () -> String = "not as it should be") {
  guard claim else { fatalError(finding()) }
}

/// How a connection's bytes are cut: the piece sizes come from the first bytes of the input.
struct Cuts {
  private let sizes: [UInt8]
  private var next = 0

  init(_ sizes: ArraySlice<UInt8>) {
    self.sizes = Array(sizes)
  }

  mutating func size() -> Int {
    guard !sizes.isEmpty else { return 1 }
    defer { next = (next + 1) % sizes.count }
    return Int(sizes[next] % 67) + 1
  }
}

/// Takes the input apart: four bytes of cuts, then the bytes to read.
func split(_ start: UnsafePointer<UInt8>, _ count: Int) -> (cuts: Cuts, bytes: [UInt8]) {
  // Safety: libFuzzer gives `count` bytes from `start`.
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  return (Cuts(input.prefix(4)), Array(input.dropFirst(4)))
}

/// Feeds bytes in pieces.
func feed(_ bytes: [UInt8], _ cuts: Cuts, _ read: ([UInt8]) -> Void) {
  var cuts = cuts
  var start = 0
  while start < bytes.count {
    let end = min(bytes.count, start + cuts.size())
    read(Array(bytes[start..<end]))
    start = end
  }
}
