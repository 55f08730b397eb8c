import Datasets

/// How the service runs: every setting with its default.
struct Settings: Sendable, Equatable {
  /// The address to listen on.
  var host = "127.0.0.1"
  /// The TCP port to listen on; 0 takes any free one.
  var port = 8080
  /// The path of a Unix-domain socket to listen on as well; empty for none.
  var unixSocket = ""
  /// Threads for reading and fitting; 0 takes as many as there are cores.
  var threads = 0
  /// The largest content of a request, in bytes.
  var maxBodyBytes = 4 << 30
  /// The most rows of a dataset.
  var maxRows = 50_000_000
  /// The most columns of a dataset.
  var maxColumns = 10_000
  /// The largest field, in bytes.
  var maxFieldBytes = 1 << 20
  /// The most memory that stored datasets and runs may hold, in bytes.
  var maxStoreBytes = 4 << 30
  /// The folder in which datasets and runs outlive the process; empty to keep them in memory.
  var dataDir = ""
  /// What is done when the store does not take what is to be stored.
  var eviction = EvictionPolicy.refuse
  /// The most connections at once.
  var maxConnections = 16_384
  /// The most connections at once from one address.
  var maxConnectionsPerAddress = 16_384
  /// The most requests that wait for a thread.
  var maxQueue = 64
  /// The most fits that wait for their turn after their requests were answered.
  var maxJobs = 8
  /// How long the work on one answer may take, in seconds.
  var requestTimeout = 600
  /// How long a connection may rest between requests, in seconds.
  var idleTimeout = 75
  /// How long requests may go on after a stop was asked for, in seconds.
  var shutdownGrace = 30
  /// How long to wait between refusing readiness and refusing connections at a stop, in seconds.
  var drainDelay = 0
  /// How log lines are written.
  var logFormat = LogFormat.auto
  /// The least important events that are logged.
  var logLevel = LogLevel.info
  /// Origins whose pages may read answers in a browser, separated by commas, or `*` for all.
  var corsOrigins = ""
  /// Scheme, host and port that clients know the service by; empty to go by the request.
  var baseURL = ""
  /// The proxies that are believed, separated by commas; empty for none.
  var trustedProxies = ""
  /// Keys and what they allow; empty for none.
  var apiKeys = ""
  /// The file with further keys; empty for none.
  var apiKeysFile = ""
  /// Whether keys are taken from `?api_key=`.
  var takesQueryKey = false
  /// Whether other machines are served without keys.
  var openAccess = false
  /// How much a client may ask; empty for no limit.
  var rateLimit = ""
  /// The secret by which customer ids are replaced with codes; empty to keep them.
  var idHashKey = ""
  /// The fewest customers of a segment that keys without the scope admin are told of.
  var minSegmentPublic = 0
  /// The file with the words by which columns are recognised and the advice for segments; empty for
  /// the service's own.
  var playbook = ""
  /// Whether to start with the generated sample segmented.
  var sample = false
}

/// How log lines are written.
enum LogFormat: String, CaseIterable, Sendable {
  /// Text on a terminal, JSON elsewhere.
  case auto
  case json
  case text
}

/// How much is logged.
enum LogLevel: String, CaseIterable, Sendable {
  /// Every request.
  case debug
  /// Starts, stops and requests that changed something or failed.
  case info
  /// What needs attention.
  case warning
  /// Nothing.
  case off
}
