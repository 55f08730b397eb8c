import Glibc

/// Where a socket is bound or connects to: an IP address and port, or a path.
struct SocketAddress {
  private var storage = sockaddr_storage()
  private var byteCount: socklen_t

  /// A numeric address of either family, or `localhost`.
  init(host: String, port: UInt16) throws {
    var v4 = sockaddr_in()
    var v6 = sockaddr_in6()
    if inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &v4.sin_addr) == 1 {
      v4.sin_family = sa_family_t(AF_INET)
      v4.sin_port = port.bigEndian
      byteCount = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: v4, as: sockaddr_in.self) }
    } else if inet_pton(AF_INET6, host, &v6.sin6_addr) == 1 {
      v6.sin6_family = sa_family_t(AF_INET6)
      v6.sin6_port = port.bigEndian
      byteCount = socklen_t(MemoryLayout<sockaddr_in6>.size)
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: v6, as: sockaddr_in6.self) }
    } else {
      throw SocketError.malformed("\(host) is no numeric address")
    }
  }

  init(unixSocketPath path: String) throws {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    // One byte stays for the NUL at the end.
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw SocketError.malformed("\(path) is too long for a socket")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    byteCount = socklen_t(MemoryLayout<sockaddr_un>.size)
    withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_un.self) }
  }

  /// The address that `fill`, a call such as `getsockname`, writes.
  init(
    fill: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
  ) throws {
    var storage = sockaddr_storage()
    var byteCount = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let code = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { fill($0, &byteCount) }
    }
    if code != 0 { throw Socket.failure("getsockname") }
    self.storage = storage
    self.byteCount = byteCount
  }

  var family: Int32 { Int32(storage.ss_family) }

  /// The port; 0 for a path.
  var port: UInt16 {
    withUnsafeBytes(of: storage) {
      switch family {
      case AF_INET: UInt16(bigEndian: $0.load(as: sockaddr_in.self).sin_port)
      case AF_INET6: UInt16(bigEndian: $0.load(as: sockaddr_in6.self).sin6_port)
      default: 0
      }
    }
  }

  func withPointer<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    withUnsafePointer(to: storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, byteCount) }
    }
  }
}
