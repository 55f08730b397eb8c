import CLinux

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Ends a wait from another thread: eventfd(2).
final class Wakeup: Sendable {
  let descriptor: Int32

  init() throws(ServerError) {
    descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
    guard descriptor >= 0 else {
      let code = errno
      throw .system(call: "eventfd", code: code, reason: systemReason(code), endpoint: "")
    }
  }

  deinit {
    closeDescriptor(descriptor)
  }

  /// Makes the descriptor readable.
  func signal() {
    var one: UInt64 = 1
    // It fails only when it is readable as it is.
    _ = write(descriptor, &one, 8)
  }

  /// Makes the descriptor unreadable again.
  func clear() {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
  }
}
