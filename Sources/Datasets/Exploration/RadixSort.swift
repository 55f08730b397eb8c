/// Sorting of numbers by their bits, eleven at a time: no comparisons, and time in proportion.
public enum RadixSort {
  private static let digitBits: UInt64 = 11
  private static let digitCount = 6

  /// Sorts numbers, none of them NaN.
  ///
  /// - Complexity: O(*n*).
  public static func sort(_ numbers: inout [Double]) {
    guard numbers.count > 256 else { return numbers.sort() }
    var keys = numbers.map(key)
    sort(&keys)
    for index in keys.indices { numbers[index] = number(keys[index]) }
  }

  /// Sorts whole numbers.
  static func sort(_ keys: inout [UInt64]) {
    guard keys.count > 256 else { return keys.sort() }
    var room = [UInt64](repeating: 0, count: keys.count)
    let size = 1 << Int(digitBits)
    // One pass over the keys counts the digits of all places.
    var starts = [Int](repeating: 0, count: digitCount * size)
    for key in keys {
      for place in 0..<digitCount { starts[place &* size &+ digit(key, place)] &+= 1 }
    }
    for place in 0..<digitCount {
      let digits = place * size..<(place + 1) * size
      // All have the same digit here: nothing to sort by.
      if starts[digits].contains(keys.count) { continue }
      var start = 0
      for index in digits {
        let found = starts[index]
        starts[index] = start
        start += found
      }
      for key in keys {
        let index = place &* size &+ digit(key, place)
        room[starts[index]] = key
        starts[index] &+= 1
      }
      swap(&keys, &room)
    }
  }

  @inline(__always)
  private static func digit(_ key: UInt64, _ place: Int) -> Int {
    Int(truncatingIfNeeded: key &>> (UInt64(place) &* digitBits) & (1 &<< digitBits &- 1))
  }

  /// Bits whose order as an integer is the number's: negative ones turned over, others above.
  private static func key(_ number: Double) -> UInt64 {
    // −0 and 0 are one number.
    let bits = (number + 0).bitPattern
    return bits >> 63 == 1 ? ~bits : bits | 1 << 63
  }

  private static func number(_ key: UInt64) -> Double {
    Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
  }
}
