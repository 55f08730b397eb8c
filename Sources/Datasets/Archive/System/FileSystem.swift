#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What the store asks of a folder.
enum FileSystem {
  /// Makes a folder, and those above it, unless it is there.
  static func makeFolder(_ path: String) throws(ArchiveFault) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return try checkFolder(path) }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw fault("make the folder \(path)")
    }
    try makeFolder(String(path[..<slash]))
    try call("make the folder \(path)") { mkdir(path, 0o700) }
  }

  private static func checkFolder(_ path: String) throws(ArchiveFault) {
    var status = stat()
    try call("look at \(path)") { stat(path, &status) }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .system(call: "open \(path)", code: ENOTDIR, reason: "it is not a folder")
    }
  }

  /// The names in a folder, sorted.
  static func names(in folder: String) throws(ArchiveFault) -> [String] {
    guard let stream = opendir(folder) else { throw fault("list \(folder)") }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(stream) {
      // Safety: the name ends with a NUL within the entry, which lives until the next call.
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw fault("list \(folder)") }
    return names.sorted()
  }

  /// Gives a file another name in one step; a file of that name is replaced.
  static func rename(_ path: String, to target: String) throws(ArchiveFault) {
    try call("rename \(path)") { systemRename(path, target) }
  }

  /// Takes a file away, if it is there.
  static func remove(_ path: String) throws(ArchiveFault) {
    if unlink(path) != 0, errno != ENOENT { throw fault("remove \(path)") }
  }

  /// Whether there is something under this name.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Waits until the names in a folder are on the disk.
  static func synchronize(folder: String) throws(ArchiveFault) {
    let descriptor = try call("open \(folder)") { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    defer { _ = close(descriptor) }
    try call("write \(folder) to the disk") { fsync(descriptor) }
  }

  /// Whether a fault says that the disk, or the share of it that may be used, is full.
  static func isFull(_ code: Int32) -> Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

  /// Whether a fault says that there is no such file.
  static func isMissing(_ code: Int32) -> Bool { code == ENOENT }

  /// Makes a system call that answers below 0 when it fails.
  @discardableResult
  static func call(_ name: String, _ body: () -> Int32) throws(ArchiveFault) -> Int32 {
    while true {
      let result = body()
      if result >= 0 { return result }
      if errno != EINTR { throw fault(name) }
    }
  }

  /// What the last system call failed for.
  static func fault(_ name: String) -> ArchiveFault {
    let code = errno
    return .system(call: name, code: code, reason: String(cString: strerror(code)))
  }
}

private func systemRename(_ path: String, _ target: String) -> Int32 { rename(path, target) }
