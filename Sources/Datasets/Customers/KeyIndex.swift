/// Where each key stands first, by open addressing.
struct KeyIndex: Sendable {
  /// What asking for a key gives.
  enum Answer {
    /// Asked for the first time: its position.
    case taken(Int)
    case takenBefore
    case absent
  }

  private var keys: [UInt64] = []
  /// The position of each slot's key and 1; 0 is free, negative was taken.
  private var places: [Int32] = []
  private(set) var distinctCount = 0

  init(_ keys: [UInt64]) {
    reserve(max(16, keys.count * 2))
    for (position, key) in keys.enumerated() { insert(key, position) }
  }

  private mutating func reserve(_ count: Int) {
    var size = 16
    while size < count { size *= 2 }
    keys = [UInt64](repeating: 0, count: size)
    places = [Int32](repeating: 0, count: size)
  }

  @inline(__always)
  private func slot(of key: UInt64) -> Int {
    let mask = keys.count &- 1
    // Parts are told by the first bits, so the last ones say where.
    var slot = Int(truncatingIfNeeded: key) & mask
    while places[slot] != 0, keys[slot] != key { slot = (slot &+ 1) & mask }
    return slot
  }

  /// Whether the key was new.
  @discardableResult
  mutating func insert(_ key: UInt64, _ position: Int) -> Bool {
    if (distinctCount + 1) * 2 > keys.count { grow() }
    let slot = slot(of: key)
    guard places[slot] == 0 else { return false }
    keys[slot] = key
    places[slot] = Int32(truncatingIfNeeded: position &+ 1)
    distinctCount += 1
    return true
  }

  private mutating func grow() {
    let (oldKeys, oldPlaces) = (keys, places)
    reserve(keys.count * 2)
    for index in oldKeys.indices where oldPlaces[index] != 0 {
      let slot = slot(of: oldKeys[index])
      keys[slot] = oldKeys[index]
      places[slot] = oldPlaces[index]
    }
  }

  /// The position of a key, nil when it is not there.
  func position(of key: UInt64) -> Int? {
    let place = places[slot(of: key)]
    return place == 0 ? nil : Int(place.magnitude) - 1
  }

  /// The position of a key, and that somebody asked for it.
  mutating func take(_ key: UInt64) -> Answer {
    let slot = slot(of: key)
    let place = places[slot]
    guard place != 0 else { return .absent }
    guard place > 0 else { return .takenBefore }
    places[slot] = -place
    return .taken(Int(place) - 1)
  }

  /// Calls `body` with the positions that were not asked for, in ascending order.
  func forEachUntaken(_ body: (Int) -> Void) {
    var positions = places.filter { $0 > 0 }
    positions.sort()
    for place in positions { body(Int(place) - 1) }
  }
}
