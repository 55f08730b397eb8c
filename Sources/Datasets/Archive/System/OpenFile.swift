#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file of the operating system, closed when nobody holds it any more.
final class OpenFile: Sendable {
  /// What a file is opened for.
  enum Purpose {
    /// Reading what is there.
    case reading
    /// Writing a file that was not there before.
    case creating
    /// Reading and appending; made when it is not there.
    case appending
  }

  let path: String
  private let descriptor: Int32

  init(_ path: String, for purpose: Purpose) throws(ArchiveFault) {
    self.path = path
    let flags =
      switch purpose {
      case .reading: O_RDONLY | O_CLOEXEC
      case .creating: O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
      case .appending: O_RDWR | O_CREAT | O_CLOEXEC
      }
    // Customer data: nobody but the owner reads it.
    descriptor = try FileSystem.call("open \(path)") { open(path, flags, 0o600) }
  }

  deinit { _ = close(descriptor) }

  /// How long the file is, in bytes.
  func byteCount() throws(ArchiveFault) -> Int {
    var status = stat()
    try FileSystem.call("look at \(path)") { fstat(descriptor, &status) }
    return Int(status.st_size)
  }

  /// Writes bytes at a place.
  ///
  /// Safety: `bytes` is read within its bounds only, while it lives.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ArchiveFault) {
    var done = 0
    while done < bytes.count {
      let start = bytes.baseAddress.map { $0 + done }
      // One call takes 2 GiB at most; smaller pieces keep the kernel's queue short.
      let count = min(bytes.count - done, 1 << 24)
      let written = pwrite(descriptor, start, count, off_t(offset + done))
      if written < 0 {
        if errno == EINTR { continue }
        throw FileSystem.fault("write \(path)")
      }
      done += written
    }
  }

  /// Reads exactly as many bytes as there is room for.
  ///
  /// Safety: `room` is written within its bounds only, while it lives.
  func read(into room: UnsafeMutableRawBufferPointer, at offset: Int) throws(ArchiveFault) {
    var done = 0
    while done < room.count {
      let start = room.baseAddress.map { $0 + done }
      let count = pread(descriptor, start, min(room.count - done, 1 << 30), off_t(offset + done))
      if count < 0 {
        if errno == EINTR { continue }
        throw FileSystem.fault("read \(path)")
      }
      guard count > 0 else { throw .damaged("the file ends early") }
      done += count
    }
  }

  /// Waits until what was written is on the disk.
  func synchronize() throws(ArchiveFault) {
    try FileSystem.call("write \(path) to the disk") { fsync(descriptor) }
  }

  /// Cuts the file off.
  func truncate(to byteCount: Int) throws(ArchiveFault) {
    try FileSystem.call("shorten \(path)") { ftruncate(descriptor, off_t(byteCount)) }
  }

  /// Takes the file for this process alone until it is closed; false when another one has it.
  func lock() throws(ArchiveFault) -> Bool {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      if errno == EWOULDBLOCK { return false }
      throw FileSystem.fault("lock \(path)")
    }
    return true
  }
}
