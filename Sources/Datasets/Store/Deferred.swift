import Synchronization

/// A value that is read when it is first needed, and kept from then on.
public final class Deferred<Value: Sendable>: Sendable {
  // A value of its own in memory: the reference to it is set once and read without a lock.
  private final class Box: Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }

  private let box = AtomicLazyReference<Box>()
  // Held while the value is read, so that two who ask at once do not both read it.
  private let source: Mutex<(@Sendable () throws(StoreError) -> Value)?>

  /// A value that is there.
  public init(_ value: Value) {
    source = Mutex(nil)
    _ = box.storeIfNil(Box(value))
  }

  /// A value that `read` gives when it is asked for.
  public init(reading read: @escaping @Sendable () throws(StoreError) -> Value) {
    source = Mutex(read)
  }

  /// The value if it has been read.
  public var loaded: Value? { box.load()?.value }

  /// The value, read now if it was not before.
  public func load() throws(StoreError) -> Value {
    if let box = box.load() { return box.value }
    return try source.withLock { read throws(StoreError) in
      if let box = box.load() { return box.value }
      guard let read else { throw .unavailable(reason: "there is nothing to read it from") }
      let value = try read()
      return box.storeIfNil(Box(value)).value
    }
  }
}
