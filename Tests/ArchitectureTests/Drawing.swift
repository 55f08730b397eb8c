/// Which module may import what: the arrows of the architecture, as a value.
struct Drawing {
  /// One module: a folder of `Sources`.
  struct Room {
    /// Modules of this package and of the toolchain that any file of the room may import.
    var imports: Set<String>
    /// Folders inside the room that have a list of their own, instead of the room's.
    var folders: [String: Set<String>] = [:]
  }

  /// The rooms by module name.
  var rooms: [String: Room]

  /// What breaks the drawing in one file; `path` is from the package root, `Sources/…`.
  func violations(in source: SwiftSource, at path: String) -> [Violation] {
    let parts = path.split(separator: "/").map(String.init)
    guard parts.count > 2, parts[0] == "Sources", let room = rooms[parts[1]] else {
      return [Violation(file: path, line: 1, reason: "no module of the drawing owns this file")]
    }
    // The deepest folder that has a list decides.
    var place = parts[1]
    var allowed = room.imports
    for depth in parts.indices.dropFirst(2).dropLast() {
      let folder = parts[2...depth].joined(separator: "/")
      if let imports = room.folders[folder] {
        place = "\(parts[1])/\(folder)"
        allowed = imports
      }
    }
    return source.imports.filter { !allowed.contains($0.module) }.map {
      Violation(file: path, line: $0.line, reason: "\(place) may not import \($0.module)")
    }
  }
}

extension Drawing {
  /// The drawing of segmentd. Arrows only go down; nothing imports the whole of Foundation.
  static let segmentd = Drawing(rooms: [
    "segmentd": Room(
      imports: toolchain.union([
        "SegmentationAPI", "HTTPServer", "Segmentation", "Datasets", "Clustering", "Charts",
      ]),
      folders: [
        // What a program asks of the system by itself: standard streams, signals, memory, its end.
        "System": toolchain.union(["CLinux", "Glibc", "Musl"])
      ]),
    "segment-bench": Room(
      imports: toolchain.union([
        "SegmentationAPI", "HTTPServer", "Segmentation", "Datasets", "Clustering", "Charts",
      ]),
      folders: [
        // What a load needs of the system: files a piece at a time, sockets, the time spent.
        "System": toolchain.union(["Glibc", "Musl"])
      ]),
    "SegmentationAPI": Room(
      imports: toolchain.union(["HTTPServer", "Charts", "Segmentation", "Datasets"])),
    "Segmentation": Room(imports: toolchain.union(["Datasets", "Clustering"])),
    "Datasets": Room(
      imports: toolchain,
      folders: [
        // Separators are found with SSE2's byte mask, an instruction no plain loop compiles to, and
        // with AVX-512 where the processor has it, which takes a function of C.
        "Decoding": toolchain.union(["_Builtin_intrinsics", "CVector"]),
        // Files that are on the disk when they are said to be, which takes calls of the system.
        "Archive/System": toolchain.union(["Glibc", "Musl"]),
      ]),
    // Numerics and the server do without Foundation, so that their speed and size are their own.
    // CVector has loops for processors with AVX-512, which Swift cannot choose at run time.
    "Clustering": Room(imports: concurrency.union(["CVector"])),
    "HTTPServer": Room(
      imports: concurrency,
      folders: [
        // Bytes in, values out: what a connection sends must be testable without one.
        "Wire": [],
        // The one door to the operating system.
        "Server/System": concurrency.union(["CLinux", "Glibc", "Musl", "Darwin"]),
      ]),
    "Charts": Room(imports: []),
  ])

  private static let concurrency: Set<String> = ["Dispatch", "Synchronization"]
  private static let toolchain: Set<String> = concurrency.union(["FoundationEssentials"])
}
