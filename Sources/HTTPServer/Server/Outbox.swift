/// Bytes that wait for the socket: heads and small content in one array, large content where it
/// lies.
struct Outbox {
  /// Content that is not copied.
  struct Shared {
    /// How many bytes of ``Outbox/own`` go before it.
    let position: Int
    let bytes: [UInt8]
  }

  /// Content up to this size is copied: a gathering write costs more than copying that much.
  static let copiedBytes = 4096

  private(set) var own: [UInt8] = []
  private(set) var sentOwn = 0
  private(set) var shared: [Shared] = []
  private(set) var sentSharedCount = 0
  /// How much of the first unsent shared content is sent.
  private(set) var sentOfShared = 0
  /// How many bytes wait.
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// Appends bytes by writing them at the end of the array of small things.
  @inline(__always)
  mutating func write(_ body: (inout [UInt8]) -> Void) {
    let before = own.count
    body(&own)
    count += own.count - before
  }

  /// Appends content; large content is shared, not copied.
  @inline(__always)
  mutating func append(_ content: [UInt8]) {
    if content.isEmpty { return }
    if content.count <= Self.copiedBytes {
      own.append(copying: content)
    } else {
      shared.append(Shared(position: own.count, bytes: content))
    }
    count += content.count
  }

  /// Takes note of bytes the socket took.
  mutating func advance(by sent: Int) {
    count -= sent
    if count == 0 {
      reset()
      return
    }
    var rest = sent
    while rest > 0 {
      let end = sentSharedCount < shared.count ? shared[sentSharedCount].position : own.count
      let step = min(rest, end - sentOwn)
      sentOwn += step
      rest -= step
      if rest > 0 {
        let content = shared[sentSharedCount].bytes
        let part = min(rest, content.count - sentOfShared)
        sentOfShared += part
        rest -= part
        if sentOfShared == content.count {
          sentSharedCount += 1
          sentOfShared = 0
        }
      }
    }
    trim()
  }

  /// Empties it and keeps its memory, unless an unusual answer made it large.
  mutating func reset() {
    if own.capacity > 1 << 18 { own = [] } else { own.removeAll(keepingCapacity: true) }
    shared.removeAll(keepingCapacity: true)
    sentOwn = 0
    sentSharedCount = 0
    sentOfShared = 0
    count = 0
  }

  /// Lets go of content that is sent, so that a long stream does not gather here.
  private mutating func trim() {
    guard sentSharedCount >= 8 || sentOwn >= 1 << 16 else { return }
    let positions = sentOwn
    shared = shared[sentSharedCount...].map {
      Shared(position: $0.position - positions, bytes: $0.bytes)
    }
    own.removeFirst(positions)
    sentOwn = 0
    sentSharedCount = 0
  }
}
