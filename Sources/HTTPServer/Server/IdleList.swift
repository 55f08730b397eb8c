/// The idle connections of a loop, the one that has been idle for longest first.
///
/// A doubly linked list over slot numbers: moving a connection to the end is a handful of stores.
struct IdleList {
  private struct Link {
    var previous = -1
    var next = -1
    var since: UInt64 = 0
    var isListed = false
  }

  private var links: [Link] = []
  private var first = -1
  private var last = -1

  /// The slot that has been idle for longest, nil when none is idle.
  var oldest: Int? { first < 0 ? nil : first }

  /// Since when it has been.
  var oldestTime: UInt64 { first < 0 ? .max : links[first].since }

  /// Makes room for slots below a number.
  mutating func grow(to count: Int) {
    while links.count < count { links.append(Link()) }
  }

  /// Puts a slot at the end.
  mutating func append(_ slot: Int, since: UInt64) {
    if last == slot {
      links[slot].since = since
      return
    }
    remove(slot)
    links[slot] = Link(previous: last, next: -1, since: since, isListed: true)
    if last >= 0 { links[last].next = slot } else { first = slot }
    last = slot
  }

  /// Takes a slot out, if it is in.
  mutating func remove(_ slot: Int) {
    let link = links[slot]
    guard link.isListed else { return }
    if link.previous >= 0 { links[link.previous].next = link.next } else { first = link.next }
    if link.next >= 0 { links[link.next].previous = link.previous } else { last = link.previous }
    links[slot].isListed = false
  }
}
