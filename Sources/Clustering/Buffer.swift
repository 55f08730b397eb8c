/// A block of memory of fixed size that passes over the data write in parallel.
///
/// Arrays check bounds and uniqueness at each write; the kernels cannot afford that, and a write
/// from several threads into one array is not allowed at all. A buffer has one owner (the state of
/// a fit) and is never handed out of the module.
final class Buffer<Element: BitwiseCopyable & Sendable>: Sendable {
  /// Elements allocated.
  let count: Int
  // Safety: two threads only ever write different elements (each chunk its own range), and
  // nobody reads what is being written before the pass has ended.
  nonisolated(unsafe) let base: UnsafeMutablePointer<Element>

  init(repeating value: Element, count: Int) {
    self.count = count
    base = .allocate(capacity: max(count, 1))
    base.initialize(repeating: value, count: count)
  }

  convenience init(_ values: [Element]) {
    self.init(uninitializedCount: values.count)
    // Safety: both blocks hold `count` elements.
    values.withUnsafeBufferPointer { source in
      if let address = source.baseAddress { base.initialize(from: address, count: count) }
    }
  }

  /// Safety: every element is written before it is read.
  init(uninitializedCount count: Int) {
    self.count = count
    base = .allocate(capacity: max(count, 1))
  }

  deinit { base.deallocate() }

  /// Safety: the index is not checked; callers loop over their own range.
  subscript(index: Int) -> Element {
    @inline(__always) get { base[index] }
    @inline(__always) set { base[index] = newValue }
  }

  func fill(with value: Element) {
    base.update(repeating: value, count: count)
  }

  var array: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
