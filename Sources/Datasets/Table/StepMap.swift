/// A rising sequence of numbers that mostly grows by a constant step, such as the line of each
/// row: only the places where it does something else cost memory.
struct StepMap: Sendable {
  struct Run {
    var index: Int
    var value: Int
    /// 0 or 1.
    var step: Int
  }
  private(set) var runs: [Run] = []
  /// How many values there are.
  private(set) var count = 0

  /// A map without values.
  init() {}

  /// A map from its parts: runs that follow each other up to `count`.
  init(runs: [Run], count: Int) {
    self.runs = runs
    self.count = count
  }

  /// Memory held, in bytes.
  var byteCount: Int { runs.count * MemoryLayout<Run>.stride }

  /// Appends a value that is not below the last one.
  mutating func append(_ value: Int) {
    defer { count += 1 }
    guard let last = runs.last else {
      runs.append(Run(index: count, value: value, step: 1))
      return
    }
    let distance = count - last.index
    if value == last.value + distance * last.step { return }
    if distance == 1, value == last.value {
      runs[runs.count - 1].step = 0
      return
    }
    runs.append(Run(index: count, value: value, step: 1))
  }

  /// Appends `value` and the numbers after it.
  mutating func append(_ value: Int, count length: Int) {
    append(value, step: 1, count: length)
  }

  private mutating func append(_ value: Int, step: Int, count length: Int) {
    guard length > 1 else {
      if length == 1 { append(value) }
      return
    }
    let continues = runs.last.map {
      $0.step == step && value == $0.value + (count - $0.index) * $0.step
    }
    if continues != true { runs.append(Run(index: count, value: value, step: step)) }
    count += length
  }

  /// Appends all values of `other`, each increased by `shift`.
  mutating func append(_ other: StepMap, shift: Int) {
    for (position, run) in other.runs.enumerated() {
      let end = position + 1 < other.runs.count ? other.runs[position + 1].index : other.count
      append(run.value + shift, step: run.step, count: end - run.index)
    }
  }

  subscript(index: Int) -> Int {
    precondition(index >= 0 && index < count, "index out of range")
    let run = runs[lastRun { $0.index <= index }]
    return run.value + (index - run.index) * run.step
  }

  /// The index of `value`, if it is there; of equal values the last.
  func index(of value: Int) -> Int? {
    guard let first = runs.first, first.value <= value else { return nil }
    let position = lastRun { $0.value <= value }
    let run = runs[position]
    let end = position + 1 < runs.count ? runs[position + 1].index : count
    let index = run.index + (run.step == 0 ? 0 : value - run.value)
    guard index < end, self[index] == value else { return nil }
    return index
  }

  private func lastRun(where holds: (Run) -> Bool) -> Int {
    var low = 0
    var high = runs.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if holds(runs[middle]) { low = middle } else { high = middle }
    }
    return low
  }
}
