import CLinux

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Calls on one socket.
///
/// A plain descriptor: whoever opened it closes it.
struct Socket: Sendable, Hashable {
  let descriptor: Int32

  /// Receives into a buffer, at most its count.
  @inline(__always)
  func receive(into buffer: inout [UInt8]) -> Transfer {
    while true {
      // Safety: the pointer is used within the closure, and the count is the buffer's own.
      let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
      if count > 0 { return .moved(count) }
      if count == 0 { return .ended }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .wouldBlock
      default: return .failed
      }
    }
  }

  /// Sends what an outbox holds, as much as the socket takes with one call.
  @inline(__always)
  func send(_ outbox: borrowing Outbox) -> Transfer {
    while true {
      let count =
        outbox.shared.count == outbox.sentSharedCount
        ? sendOwn(outbox.own, from: outbox.sentOwn) : gather(outbox)
      if count >= 0 { return .moved(count) }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .wouldBlock
      default: return .failed
      }
    }
  }

  private func sendOwn(_ bytes: [UInt8], from start: Int) -> Int {
    // Safety: the pointer is used within the closure, and `start` is within the array.
    bytes.withUnsafeBytes { bytes in
      CLinux.send(
        descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start, Int32(MSG_NOSIGNAL))
    }
  }

  /// The most pieces one call sends.
  private static let pieceCount = 32

  private func gather(_ outbox: borrowing Outbox) -> Int {
    // Safety: pointers into arrays are used while the closures that lent them are on the stack: the
    // call is made at the bottom of `gather(shared:…)`.
    let shared = outbox.shared
    let first = (index: outbox.sentSharedCount, sent: outbox.sentOfShared)
    let sentOwn = outbox.sentOwn
    return outbox.own.withUnsafeBytes { own in
      withUnsafeTemporaryAllocation(of: iovec.self, capacity: Self.pieceCount) { pieces in
        gather(
          own, from: sentOwn, shared: shared[...].dropFirst(first.index), sent: first.sent,
          into: pieces, count: 0)
      }
    }
  }

  private func gather(
    _ own: UnsafeRawBufferPointer, from start: Int, shared: ArraySlice<Outbox.Shared>, sent: Int,
    into pieces: UnsafeMutableBufferPointer<iovec>, count: Int
  ) -> Int {
    var count = count
    let end = shared.first?.position ?? own.count
    if end > start, let base = own.baseAddress {
      pieces[count] = iovec(
        iov_base: UnsafeMutableRawPointer(mutating: base + start), iov_len: end - start)
      count += 1
    }
    guard let next = shared.first, count + 2 <= pieces.count else {
      var message = msghdr()
      message.msg_iov = pieces.baseAddress
      message.msg_iovlen = numericCast(count)
      return sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
    }
    // Safety: the pointer is used while this closure is on the stack.
    return next.bytes.withUnsafeBytes { content in
      pieces[count] = iovec(
        iov_base: content.baseAddress.map { UnsafeMutableRawPointer(mutating: $0 + sent) },
        iov_len: content.count - sent)
      return gather(
        own, from: end, shared: shared.dropFirst(), sent: 0, into: pieces, count: count + 1)
    }
  }

  /// Closes the sending side: the peer reads the end of the stream behind all that was sent.
  func closeSending() {
    _ = shutdown(descriptor, numericCast(SHUT_WR))
  }

  func close() {
    closeDescriptor(descriptor)
  }

  /// How many sent bytes the peer has not acknowledged yet; nil for a socket that cannot tell.
  var unacknowledgedBytes: Int? {
    var count: Int32 = 0
    // Safety: SIOCOUTQ stores one `int` at the pointer, which lives for the call.
    return ioctl(descriptor, UInt(0x5411), &count) == 0 ? Int(count) : nil
  }
}
