/// What the program was asked to do.
enum Invocation: Equatable {
  /// Measure suites, all of them when none is named.
  case measure([Suite], Measuring)
  /// Name the benchmarks of suites without running them.
  case list([Suite], Measuring)
  /// Print ratios of the journals in these files.
  case compare([String])
  /// Write a data file for the peers into a folder.
  case write(DataFile, folder: String)
  /// Read one CSV file, as the peers' script asks its contender.
  case read(path: String, what: String, threads: Int)
  case help

  /// How suites are measured.
  struct Measuring: Equatable {
    var runs = 5
    var threads: [Int]
    var dataFolder: String?
    var rowLimit = 10_000_000
    /// Only benchmarks whose name holds this text.
    var filter: String?
  }

  /// A file that the peers' scripts would make themselves if it were not there.
  enum DataFile: Equatable {
    case csv(Corpus.Kind, rowCount: Int)
    case mallMatrix(rowCount: Int)
    case mixture(Mixture.Distance, rowCount: Int, features: Int)
  }

  static let usage = """
    segment-bench [SUITE ...] [OPTION ...]    measures; one JSON line a benchmark on standard output
    segment-bench list [SUITE ...]            names the benchmarks
    segment-bench compare FILE ...            ratios of our lines to the peers', from their journals
    segment-bench write KIND FOLDER           writes data for the peers: mall:ROWS messy:ROWS (CSV),
                                              matrix:ROWS sep:ROWS:FEATURES over:ROWS:FEATURES (.npy)
    segment-bench read FILE all|features THREADS
                                              reads one CSV file: {"seconds":…,"rows":…}

    Suites: clustering csv wire http end-to-end.
      --runs N         at least so many runs of each benchmark (5)
      --threads A,B    numbers of threads to measure (all cores, and 1)
      --data FOLDER    take the peers' files from here where they exist; else data are generated
      --max-rows N     leave out benchmarks over more rows (10000000)
      --only TEXT      only benchmarks whose name holds this text
    """

  /// Reads the arguments.
  ///
  /// - Throws: ``BenchFailure`` that says which argument is wrong and what it takes.
  init(_ arguments: [String]) throws {
    var words: [String] = []
    var measuring = Measuring(threads: Meter.coreCount > 1 ? [Meter.coreCount, 1] : [1])
    var rest = arguments[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        words.append(word)
        continue
      }
      if word == "--help" {
        self = .help
        return
      }
      guard let value = rest.popFirst() else { throw BenchFailure("\(word) needs a value") }
      try measuring.set(word, value)
    }
    switch words.first {
    case "compare":
      guard words.count > 1 else { throw BenchFailure("compare needs journals") }
      self = .compare(Array(words.dropFirst()))
    case "write":
      guard words.count == 3 else { throw BenchFailure("write needs a kind and a folder") }
      self = .write(try DataFile(words[1]), folder: words[2])
    case "read":
      guard words.count == 4, ["all", "features"].contains(words[2]), let threads = Int(words[3]),
        threads > 0
      else { throw BenchFailure("read needs a file, all or features, and a number of threads") }
      self = .read(path: words[1], what: words[2], threads: threads)
    case "list":
      self = .list(try Invocation.suites(words.dropFirst()), measuring)
    case "help":
      self = .help
    default:
      self = .measure(try Invocation.suites(words[...]), measuring)
    }
  }

  private static func suites(_ words: ArraySlice<String>) throws -> [Suite] {
    guard !words.isEmpty else { return Suite.allCases }
    return try words.map { word in
      guard let suite = Suite(rawValue: word) else {
        let names = Suite.allCases.map(\.rawValue).joined(separator: ", ")
        throw BenchFailure("there is no suite \(word); there are \(names)")
      }
      return suite
    }
  }
}

extension Invocation.Measuring {
  fileprivate mutating func set(_ option: String, _ value: String) throws {
    switch option {
    case "--runs":
      guard let number = Int(value), number > 0 else { throw BenchFailure("--runs takes a count") }
      runs = number
    case "--threads":
      threads = value.split(separator: ",").compactMap { Int($0) }.filter { $0 > 0 }
      guard !threads.isEmpty else { throw BenchFailure("--threads takes counts such as 2,1") }
    case "--data": dataFolder = value
    case "--max-rows":
      guard let number = Int(value), number > 0 else {
        throw BenchFailure("--max-rows takes a count")
      }
      rowLimit = number
    case "--only": filter = value
    default: throw BenchFailure("there is no option \(option)")
    }
  }
}

extension Invocation.DataFile {
  fileprivate init(_ text: String) throws {
    let parts = text.split(separator: ":").map(String.init)
    let numbers = parts.dropFirst().map { Int($0) ?? 0 }
    guard numbers.allSatisfy({ $0 > 0 }) else { throw BenchFailure("\(text) names no data") }
    switch (parts.first ?? "", numbers.count) {
    case ("mall", 1): self = .csv(.mall, rowCount: numbers[0])
    case ("messy", 1): self = .csv(.messy, rowCount: numbers[0])
    case ("matrix", 1): self = .mallMatrix(rowCount: numbers[0])
    case ("sep", 2): self = .mixture(.apart, rowCount: numbers[0], features: numbers[1])
    case ("over", 2): self = .mixture(.overlapping, rowCount: numbers[0], features: numbers[1])
    default: throw BenchFailure("\(text) names no data")
    }
  }

  /// The name under which the peers' scripts look for it.
  var fileName: String {
    switch self {
    case .csv(let kind, let rowCount): Corpus.fileName(kind, rowCount: rowCount)
    case .mallMatrix(let rowCount): "mall-\(Corpus.short(rowCount)).npy"
    case .mixture(let distance, let rowCount, let features):
      "gauss-\(distance.rawValue)-d\(features)-\(Corpus.short(rowCount)).npy"
    }
  }

  /// Writes it.
  func write(into folder: String) throws {
    try FilePieces.write("\(folder)/\(fileName)") { body in
      switch self {
      case .csv(let kind, let rowCount):
        try Corpus.generate(kind, rowCount: rowCount, body)
      case .mallMatrix(let rowCount):
        var customers = MallCustomers(count: rowCount)
        var columns = Array(repeating: [Double](), count: 3)
        while let (age, income, spending) = customers.customer() {
          columns[0].append(Double(age))
          columns[1].append(Double(income))
          columns[2].append(Double(spending))
        }
        try body(NumPyFile.bytes(columns: columns, type: .uint8).span)
      case .mixture(let distance, let rowCount, let features):
        let mixture = Mixture(count: rowCount, features: features, distance: distance)
        try body(NumPyFile.bytes(columns: mixture.columns, type: .float32).span)
      }
    }
  }
}
