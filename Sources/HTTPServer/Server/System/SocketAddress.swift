import CLinux

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// An address of the system's kind.
struct SocketAddress {
  private var storage = sockaddr_storage()
  private var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

  var family: Int32 { Int32(storage.ss_family) }

  /// The address of a Unix-domain socket.
  init(path: String) throws(ServerError) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, bytes.count < capacity, !bytes.contains(0) else {
      throw .pathTooLong(path, limit: capacity - 1)
    }
    // Safety: the path and its NUL fit; the copy stays within the array it is checked against.
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    length = socklen_t(MemoryLayout<sockaddr_un>.size)
    withUnsafeBytes(of: &address) { source in
      withUnsafeMutableBytes(of: &storage) { $0.copyMemory(from: source) }
    }
  }

  private init() {}

  /// The addresses of a host, each family once.
  static func resolve(_ host: String, _ port: UInt16) throws(ServerError) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = 1  // SOCK_STREAM, of another type in each C library.
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, "\(port)", &hints, &list)
    guard code == 0 else {
      throw .hostUnknown(host, reason: gai_strerror(code).map { String(cString: $0) } ?? "")
    }
    defer { freeaddrinfo(list) }
    var found: [SocketAddress] = []
    var next = list
    // Safety: getaddrinfo's list is valid until it is freed; each entry gives its address's length,
    // which is checked against the storage.
    while let entry = next?.pointee {
      next = entry.ai_next
      guard let pointer = entry.ai_addr,
        entry.ai_addrlen <= MemoryLayout<sockaddr_storage>.size,
        !found.contains(where: { $0.family == entry.ai_family })
      else { continue }
      var address = SocketAddress()
      address.length = entry.ai_addrlen
      withUnsafeMutableBytes(of: &address.storage) {
        $0.copyMemory(
          from: UnsafeRawBufferPointer(start: pointer, count: Int(entry.ai_addrlen)))
      }
      found.append(address)
    }
    guard !found.isEmpty else { throw .hostUnknown(host, reason: "no address") }
    return found
  }

  /// Where a socket is bound; nil when it is no TCP socket.
  static func bound(_ socket: Socket) -> SocketAddress? {
    var address = SocketAddress()
    // Safety: the kernel writes at most `length` bytes into the storage.
    let result = withUnsafeMutablePointer(to: &address.storage) { storage in
      storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(socket.descriptor, $0, &address.length)
      }
    }
    guard result == 0, address.family == AF_INET || address.family == AF_INET6 else { return nil }
    return address
  }

  /// Lends the address to a system call.
  func withPointer(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    // Safety: the pointer is used within the call; the length is that of the address in it.
    withUnsafePointer(to: storage) { storage in
      storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  /// The port of a TCP address.
  var port: UInt16 {
    get {
      switch Self.peer(storage) {
      case .ipv4(_, let port), .ipv6(_, _, let port): port
      case .unix: 0
      }
    }
    set {
      // Safety: `sin_port` and `sin6_port` lie at the same place, bytes 2 and 3.
      withUnsafeMutableBytes(of: &storage) {
        $0.storeBytes(of: newValue.bigEndian, toByteOffset: 2, as: UInt16.self)
      }
    }
  }

  /// The address as text, without the port.
  var host: String { Self.peer(storage, unmapped: false).host }

  /// Whether this is `::` or `0.0.0.0`.
  var isUnspecified: Bool {
    switch Self.peer(storage, unmapped: false) {
    case .ipv4(let address, _): address == 0
    case .ipv6(let high, let low, _): high == 0 && low == 0
    case .unix: false
    }
  }

  /// What an address says.
  ///
  /// An IPv4 client of a socket for both kinds is given as IPv4.
  static func peer(_ storage: sockaddr_storage, unmapped: Bool = true) -> PeerAddress {
    // Safety: the fields are read from within the storage: `sockaddr_in` has its port at byte 2 and
    // its address at 4, `sockaddr_in6` its port at 2 and its address at 8.
    withUnsafeBytes(of: storage) { bytes in
      let port = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
      switch Int32(storage.ss_family) {
      case AF_INET:
        let address = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        return .ipv4(address, port: port)
      case AF_INET6:
        let high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        let low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        if unmapped, high == 0, low >> 32 == 0xffff {
          return .ipv4(UInt32(truncatingIfNeeded: low), port: port)
        }
        return .ipv6(high, low, port: port)
      default:
        return .unix
      }
    }
  }
}
