import Synchronization

/// The files of a store that are not what was written: set aside once, told of, and remembered.
final class Damages: Sendable {
  private let files: ObjectFiles
  private let report: @Sendable (SetAsideFile) -> Void
  private let found = Mutex<[SetAsideFile]>([])
  /// Sets an object's file aside and takes the object out of the lists; set once the store is open.
  let removal = Mutex<(@Sendable (String, ArchiveFile.Kind, _ reason: String) -> Void)?>(nil)

  /// So many are remembered at most; all are told of.
  private static let limit = 1000

  init(files: ObjectFiles, report: @escaping @Sendable (SetAsideFile) -> Void) {
    self.files = files
    self.report = report
  }

  var all: [SetAsideFile] { found.withLock { $0 } }

  func tell(_ file: SetAsideFile) {
    let isNew = found.withLock { found in
      guard found.count < Damages.limit else { return true }
      guard !found.contains(file) else { return false }
      found.append(file)
      return true
    }
    if isNew { report(file) }
  }

  /// Gives a file a name under which it is never read again, and tells of it.
  func setAside(_ name: String, reason: String) {
    var target = name + ObjectFiles.damagedSuffix
    var number = 2
    while FileSystem.exists(files.path(target)) {
      target = "\(name).\(number)\(ObjectFiles.damagedSuffix)"
      number += 1
    }
    do {
      try FileSystem.rename(files.path(name), to: files.path(target))
      tell(SetAsideFile(name: target, reason: reason))
    } catch {
      // Missing, or in a folder that cannot be written: it is not served either way.
      tell(SetAsideFile(name: name, reason: reason))
    }
  }

  /// What to tell the one who asked for an object whose file cannot be read; a damaged one is set
  /// aside.
  func error(_ fault: ArchiveFault, _ id: String, _ kind: ArchiveFile.Kind) -> StoreError {
    let reason: String
    switch fault {
    case .damaged(let found): reason = found
    case .newerFormat: reason = fault.description
    case .system(_, let code, _) where FileSystem.isMissing(code): reason = "the file is gone"
    case .system: return StoreError(fault)
    }
    removal.withLock { $0 }?(id, kind, reason)
    return .damaged(id: id, reason: reason)
  }
}
