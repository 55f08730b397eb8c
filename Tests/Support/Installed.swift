import Foundation

/// What there is on the machine, for tests that hang on it: programs that they drive besides the
/// service, above all.
///
/// `Tests/run` installs them where it may; where it could not, the tests that need one are skipped and
/// say which.
public enum Installed {
  /// Whether there is a command of this name, also where Debian keeps those of administrators.
  public static func command(_ name: String) -> Bool {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return (folders + ["/usr/sbin"]).contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
    }
  }

  /// Whether a sanitizer is in tests and service, which take many times the time and memory then.
  public static var sanitizer: Bool {
    ProcessInfo.processInfo.environment["SEGMENTD_SANITIZER"] != nil
  }

  /// Whether PostgreSQL's server is there; Debian keeps it in a folder of its version.
  public static var postgreSQL: Bool {
    let versions = "/usr/lib/postgresql"
    let found = (try? FileManager.default.contentsOfDirectory(atPath: versions)) ?? []
    return found.contains {
      FileManager.default.isExecutableFile(atPath: "\(versions)/\($0)/bin/initdb")
    }
  }
}
