/// What log and metrics know of a request beside its answer.
struct RouteName: Sendable {
  /// The pattern of the route and its place in the router's list, nil when none was chosen.
  var pattern: String?
  var index: Int?
  /// The trace that the request belongs to.
  var trace: TraceContext?
}

/// Answers that may be given again without asking the handler, by the bytes of the head that asked
/// for them.
///
/// Dashboards ask for one thing over and over in the very same words. Such a head need not be taken
/// apart a second time: what it means follows from its bytes, and the handler has said for how long
/// its answer holds (``Reply/repeatable(while:)``).
struct RememberedAnswers {
  /// A head and the answer to it.
  ///
  /// A class, so that what is found refers to it and copies nothing.
  final class Entry: Sendable {
    /// All bytes of the head, with the empty line that ends it.
    let head: [UInt8]
    let method: Method
    let version: Version
    let persists: Bool
    let response: Response
    let route: RouteName
    let isCurrent: @Sendable () -> Bool

    init(
      _ head: RequestHead, _ response: Response, route: RouteName,
      isCurrent: @escaping @Sendable () -> Bool
    ) {
      self.head = head.fields.bytes
      method = head.method
      version = head.version
      persists = head.persists
      self.response = response
      self.route = route
      self.isCurrent = isCurrent
    }
  }

  /// Few, since they are looked through one by one.
  private static let capacity = 8
  /// Longer heads are not remembered: their comparison would save little.
  static let longestHead = 1024
  /// One answer in so many is remembered: what is asked for often comes in soon, and what is asked
  /// for once seldom drives it out.
  private static let sparseness = 8

  private var entries: [Entry] = []
  private var next = 0
  private var offered = 0

  /// The answer to the head that the input has at an index.
  func find(_ input: Span<UInt8>, from start: Int) -> Entry? {
    // A head ends with its empty line, so no head is the beginning of another.
    for entry in entries where input.has(entry.head, at: start) {
      return entry.isCurrent() ? entry : nil
    }
    return nil
  }

  /// Takes note of an answer that can be repeated, now and then.
  mutating func offer(
    _ head: borrowing RequestHead, _ response: Response, route: RouteName,
    isCurrent: @escaping @Sendable () -> Bool
  ) {
    offered &+= 1
    guard offered % Self.sparseness == 1, head.fields.bytes.count <= Self.longestHead,
      // The parser adds a path to a target that has none.
      head.fields.bytes.suffix(4).elementsEqual([ASCII.cr, ASCII.lf, ASCII.cr, ASCII.lf])
    else { return }
    let entry = Entry(copy head, response, route: route, isCurrent: isCurrent)
    if let same = entries.firstIndex(where: { $0.head == entry.head }) {
      entries[same] = entry
    } else if entries.count < Self.capacity {
      entries.append(entry)
    } else {
      entries[next] = entry
      next = (next + 1) % Self.capacity
    }
  }

  /// Lets go of what no longer holds.
  mutating func removeOutdated() {
    entries.removeAll { !$0.isCurrent() }
    next = 0
  }
}
