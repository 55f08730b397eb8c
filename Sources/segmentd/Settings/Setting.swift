import Datasets
import SegmentationAPI

/// One setting: its key, what it means, and how it is read and written.
struct Setting: Sendable {
  /// The key in the file; `SEGMENTD_` and the key in capitals in the environment, `--` and the key
  /// with dashes as a flag.
  let key: String
  let help: String
  private let access: Access

  private enum Access: Sendable {
    case text(WritableKeyPath<Settings, String> & Sendable)
    /// A text that has to pass a check; nil when it does, what is wrong otherwise.
    case checked(
      WritableKeyPath<Settings, String> & Sendable, @Sendable (String) -> String?)
    /// A checked text that is not shown.
    case secret(WritableKeyPath<Settings, String> & Sendable, @Sendable (String) -> String?)
    case integer(WritableKeyPath<Settings, Int> & Sendable, ClosedRange<Int>)
    case flag(WritableKeyPath<Settings, Bool> & Sendable)
    case format(WritableKeyPath<Settings, LogFormat> & Sendable)
    case level(WritableKeyPath<Settings, LogLevel> & Sendable)
    case eviction(WritableKeyPath<Settings, EvictionPolicy> & Sendable)
  }

  /// Every setting there is, in the order of the file.
  static let all: [Setting] = [
    Setting("host", .text(\.host), "address to listen on"),
    Setting("port", .integer(\.port, 0...65_535), "TCP port to listen on; 0 takes any free one"),
    Setting(
      "unix_socket", .text(\.unixSocket),
      "path of a Unix-domain socket to listen on as well; empty for none"),
    Setting(
      "threads", .integer(\.threads, 0...1024),
      "threads for reading and fitting; 0 takes one for each core"),
    Setting(
      "max_body_bytes", .integer(\.maxBodyBytes, 1...(1 << 50)),
      "largest content of a request, in bytes"),
    Setting(
      "max_rows", .integer(\.maxRows, 2...2_000_000_000), "most rows of a dataset"),
    Setting("max_columns", .integer(\.maxColumns, 1...1_000_000), "most columns of a dataset"),
    Setting(
      "max_field_bytes", .integer(\.maxFieldBytes, 16...(1 << 30)), "largest field, in bytes"),
    Setting(
      "max_store_bytes", .integer(\.maxStoreBytes, 0...(1 << 50)),
      "most memory for stored datasets and runs, in bytes"),
    Setting(
      "data_dir", .text(\.dataDir),
      "folder in which datasets, runs and names outlive the service; empty keeps them in memory"),
    Setting(
      "eviction", .eviction(\.eviction),
      "what to do when max_store_bytes are full: refuse, or oldest_unpinned (the oldest datasets go, but for those of current runs)"
    ),
    Setting(
      "max_connections", .integer(\.maxConnections, 1...1_000_000), "most connections at once"),
    Setting(
      "max_connections_per_address", .integer(\.maxConnectionsPerAddress, 1...1_000_000),
      "most connections at once from one address; trusted proxies may have more"),
    Setting(
      "max_queue", .integer(\.maxQueue, 1...100_000), "most requests that wait for a thread"),
    Setting(
      "max_jobs", .integer(\.maxJobs, 0...100_000),
      "most fits that wait for their turn after Prefer: respond-async"),
    Setting(
      "request_timeout", .integer(\.requestTimeout, 1...86_400),
      "seconds that the work on one answer may take"),
    Setting(
      "idle_timeout", .integer(\.idleTimeout, 1...86_400),
      "seconds a connection may rest between requests"),
    Setting(
      "shutdown_grace", .integer(\.shutdownGrace, 0...86_400),
      "seconds for requests to end after a stop was asked for"),
    Setting(
      "drain_delay", .integer(\.drainDelay, 0...3600),
      "seconds between refusing readiness and refusing connections at a stop"),
    Setting(
      "log_format", .format(\.logFormat),
      "auto (text on a terminal, JSON elsewhere), json or text"),
    Setting("log_level", .level(\.logLevel), "debug (every request), info, warning or off"),
    Setting(
      "cors_origins",
      .checked(\.corsOrigins) { CrossOriginPolicy($0) == nil ? CrossOriginPolicy.rule : nil },
      "origins whose pages may read answers in a browser, separated by commas, or * for all; empty for none"
    ),
    Setting(
      "base_url",
      .checked(\.baseURL) {
        ProxyTrust(proxies: "", baseURL: $0) == nil ? ProxyTrust.baseRule : nil
      },
      "where clients find the service, such as https://segments.example.com, for links that hold it; empty goes by the request"
    ),
    Setting(
      "trusted_proxies",
      .checked(\.trustedProxies) {
        ProxyTrust(proxies: $0, baseURL: "") == nil ? ProxyTrust.rule : nil
      },
      "addresses whose X-Forwarded-For, -Proto, -Host or Forwarded are believed, such as 127.0.0.1, 10.0.0.0/8 or unix; empty for none"
    ),
    Setting(
      "api_keys",
      .secret(\.apiKeys) {
        do throws(KeyRing.Fault) {
          _ = try KeyRing(list: $0)
          return nil
        } catch {
          return error.reason
        }
      },
      "keys as name:key:scope+scope, separated by commas; scopes are read, write and admin; empty for none"
    ),
    Setting(
      "api_keys_file", .text(\.apiKeysFile),
      "file with further keys, as segmentd hash-key writes them; empty for none"),
    Setting(
      "query_key", .flag(\.takesQueryKey),
      "true takes a key as ?api_key= as well, for clients that can send no header"),
    Setting(
      "open_access", .flag(\.openAccess),
      "true serves other machines without keys; otherwise a host beyond loopback needs some"),
    Setting(
      "rate_limit",
      .checked(\.rateLimit) {
        $0.isEmpty || RateLimit($0) != nil ? nil : RateLimit.rule
      },
      "requests of one key, or of one address without a key, such as 20/s, 600/min or 5000/h; empty for no limit"
    ),
    Setting(
      "id_hash_key",
      .secret(\.idHashKey) {
        $0.isEmpty || $0.utf8.count >= 16 ? nil : "takes 16 characters or more, kept secret"
      },
      "secret by which customer ids are replaced with codes before anything is stored; empty keeps them"
    ),
    Setting(
      "min_segment_public", .integer(\.minSegmentPublic, 0...1_000_000_000),
      "fewest customers of a segment that keys without the scope admin are told of; 0 for all"),
    Setting(
      "playbook", .text(\.playbook),
      "file with the words by which columns are recognised and the advice for segments; empty for the service's own"
    ),
    Setting(
      "sample", .flag(\.sample), "true starts with the generated sample customers segmented"),
  ]

  private init(_ key: String, _ access: Access, _ help: String) {
    self.key = key
    self.help = help
    self.access = access
  }

  /// The variable that sets it.
  var variable: String { "SEGMENTD_" + key.uppercased() }

  /// The flag that sets it.
  var flag: String { "--" + String(key.map { $0 == "_" ? "-" : $0 }) }

  /// Whether the flag may stand without a value.
  var isSwitch: Bool {
    if case .flag = access { true } else { false }
  }

  /// Sets it from a text; the reason when the text is not a value.
  func set(_ text: String, in settings: inout Settings) -> String? {
    switch access {
    case .text(let path):
      settings[keyPath: path] = text
      return nil
    case .checked(let path, let check), .secret(let path, let check):
      if let reason = check(text) { return reason }
      settings[keyPath: path] = text
      return nil
    case .integer(let path, let range):
      let isDecimal = !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
      guard isDecimal, let value = Int(text), range.contains(value) else {
        return "takes a whole number from \(range.lowerBound) to \(range.upperBound)"
      }
      settings[keyPath: path] = value
      return nil
    case .flag(let path):
      switch text {
      case "true", "1": settings[keyPath: path] = true
      case "false", "0": settings[keyPath: path] = false
      default: return "takes true or false"
      }
      return nil
    case .format(let path): return Setting.choose(text, path, in: &settings)
    case .level(let path): return Setting.choose(text, path, in: &settings)
    case .eviction(let path): return Setting.choose(text, path, in: &settings)
    }
  }

  private static func choose<Word: RawRepresentable & CaseIterable>(
    _ text: String, _ path: WritableKeyPath<Settings, Word>, in settings: inout Settings
  ) -> String? where Word.RawValue == String {
    guard let word = Word(rawValue: text) else {
      return "takes one of: \(Word.allCases.map(\.rawValue).joined(separator: ", "))"
    }
    settings[keyPath: path] = word
    return nil
  }

  /// Its value as it stands in the file.
  func json(in settings: Settings) -> String {
    switch access {
    case .text(let path), .checked(let path, _), .secret(let path, _):
      "\"\(settings[keyPath: path])\""
    case .integer(let path, _): String(settings[keyPath: path])
    case .flag(let path): String(settings[keyPath: path])
    case .format(let path): "\"\(settings[keyPath: path].rawValue)\""
    case .level(let path): "\"\(settings[keyPath: path].rawValue)\""
    case .eviction(let path): "\"\(settings[keyPath: path].rawValue)\""
    }
  }

  /// Whether it holds something that must not be shown.
  func hidesValue(in settings: Settings) -> Bool {
    guard case .secret(let path, _) = access else { return false }
    return !settings[keyPath: path].isEmpty
  }

  /// The whole file with every setting, as `Config/segmentd.json` has it; secrets that are set are
  /// left out.
  static func file(_ settings: Settings = Settings()) -> String {
    let lines = all.filter { !$0.hidesValue(in: settings) }.map {
      "  \"\($0.key)\": \($0.json(in: settings))"
    }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }
}
