import Datasets
import Dispatch
import HTTPServer
import Segmentation
import SegmentationAPI
import Synchronization

/// The running service: store, application and server, put together from the settings.
final class Service: Sendable {
  static let version = "0.1.0"

  /// What can change while the service runs.
  struct Fresh: Sendable {
    var keys: KeyRing
    var aliases: ColumnAliases
    var playbook: Playbook
    var level: LogLevel
  }

  private let settings: Settings
  private let reread: @Sendable () throws(Invocation.Refusal) -> Fresh
  private let log: EventLog
  private let readiness = Readiness(.starting)
  private let segmentation: SegmentationService
  private let access: AccessControl
  private let application: Application
  private let server: Server
  private let isStopping = Atomic<Bool>(false)

  init(
    settings: Settings, aliases: ColumnAliases, playbook: Playbook = .standard,
    keys: KeyRing = KeyRing(),
    reread: @escaping @Sendable () throws(Invocation.Refusal) -> Fresh = {
      () throws(Invocation.Refusal) in throw Invocation.Refusal(faults: ["nothing to read"])
    }
  ) {
    self.reread = reread
    self.settings = settings
    log = EventLog(level: settings.logLevel, format: settings.logFormat)
    let threads = settings.threads > 0 ? settings.threads : Process.coreCount
    segmentation = SegmentationService(
      configuration: .init(
        threads: threads, aliases: aliases, playbook: playbook,
        idHashing: settings.idHashKey.isEmpty
          ? nil : IDHashing(key: Array(settings.idHashKey.utf8))),
      store: Service.store(settings, log: log))
    access = AccessControl(
      keys: keys, allowsQueryKey: settings.takesQueryKey, rateLimit: RateLimit(settings.rateLimit),
      smallestSegment: settings.minSegmentPublic,
      proxies: ProxyTrust(proxies: settings.trustedProxies, baseURL: settings.baseURL) ?? .none)
    let load = LoadSource()
    let memory = MemoryReturn()
    application = Application(
      service: segmentation,
      configuration: .init(
        limits: Service.uploadLimits(settings, threads: threads), version: Service.version,
        // The setting was checked when it was read.
        crossOrigin: CrossOriginPolicy(settings.corsOrigins) ?? .none,
        waitingJobs: settings.maxJobs, access: access, gauges: { load.gauges },
        hasChanged: { memory.note() }),
      readiness: readiness)
    server = Server(
      configuration: Service.serverConfiguration(
        settings, threads: threads, proxies: access.proxies),
      handler: application,
      events: { [log, application] event in
        application.record(event)
        log.record(event)
        // Also work that stored nothing: rows that were refused, or whose client has gone.
        switch event {
        case .requestCompleted(let completion) where !completion.method.isSafe: memory.note()
        case .requestAborted(_, let method, _, _, _) where !method.isSafe: memory.note()
        default: break
        }
      })
    load.read.withLock { [server] in $0 = { server.load } }
  }

  /// The method and pattern of every route.
  var routes: [(method: Method, pattern: String)] { application.routes }

  /// The store: in memory, or in the folder that the settings name.
  private static func store(_ settings: Settings, log: EventLog) -> any DatasetStore<Run> {
    guard !settings.dataDir.isEmpty else {
      return InMemoryDatasetStore<Run>(
        budgetBytes: settings.maxStoreBytes, eviction: settings.eviction)
    }
    do {
      return try DurableDatasetStore<Run>(
        folder: settings.dataDir, budgetBytes: settings.maxStoreBytes, eviction: settings.eviction
      ) { file in
        log.write(
          .warning, "stored file set aside",
          [("file", .text(file.name)), ("reason", .text(file.reason))])
      }
    } catch {
      Process.printError("segmentd cannot start: \(sentence(error))")
      Process.end(.failure)
    }
  }

  private static func sentence(_ error: StoreOpeningError) -> String {
    switch error {
    case .inUse(let folder):
      "data_dir \(folder) is in use by another segmentd; stop it, or choose another folder"
    case .unusable(let folder, let reason): "data_dir \(folder) cannot be used: \(reason)"
    }
  }

  private static func uploadLimits(_ settings: Settings, threads: Int) -> UploadLimits {
    var limits = UploadLimits()
    limits.contentBytes = settings.maxBodyBytes
    limits.decoding.maxContentBytes = settings.maxBodyBytes
    limits.decoding.maxRows = settings.maxRows
    limits.decoding.maxColumns = settings.maxColumns
    limits.decoding.maxFieldBytes = settings.maxFieldBytes
    limits.threads = threads
    return limits
  }

  private static func serverConfiguration(
    _ settings: Settings, threads: Int, proxies: ProxyTrust
  ) -> ServerConfiguration {
    var limits = Limits()
    limits.contentBytes = settings.maxBodyBytes
    limits.connectionCount = settings.maxConnections
    limits.connectionsPerAddress = settings.maxConnectionsPerAddress
    limits.answerTime = .seconds(settings.requestTimeout)
    limits.idleTime = .seconds(settings.idleTimeout)
    var endpoints: [ServerConfiguration.Endpoint] = [
      .tcp(host: settings.host, port: UInt16(settings.port))
    ]
    let inherited = ServiceManager.inheritedSockets()
    if !inherited.isEmpty { endpoints = inherited.map { .inherited(descriptor: $0) } }
    if !settings.unixSocket.isEmpty { endpoints.append(.unix(path: settings.unixSocket)) }
    var configuration = ServerConfiguration(
      endpoints: endpoints, limits: limits, computeWidth: threads,
      computeQueueCount: settings.maxQueue)
    configuration.unlimitedAddresses = proxies.proxies
    return configuration
  }

  /// Starts, prints where it listens, and serves until a signal stops it.
  func run() -> Never {
    begin()
    dispatchMain()
  }

  private func begin() {
    Process.ignoreBrokenPipes()
    if settings.sample { segmentSample() }
    let endpoints: [BoundEndpoint]
    do {
      endpoints = try server.start()
    } catch {
      Process.printError("segmentd cannot start: \(Service.sentence(error))")
      Process.end(.failure)
    }
    refuseOpenAddresses(endpoints)
    readiness.state = .ready
    // Before anybody is told that the service is there: who knows of it may stop it at once.
    Process.onSignals(Process.stopSignals) { [self] in stop() }
    Process.onSignals([Process.hangUp]) { [self] in readAgain() }
    ServiceManager.tell(.ready)
    for endpoint in endpoints {
      switch endpoint {
      case .tcp:
        Process.printLine("segmentd listening on http://\(endpoint)")
      case .unix(let path):
        Process.printLine("segmentd listening on unix:\(path)")
      }
    }
    if settings.sample, case .tcp = endpoints.first, let endpoint = endpoints.first {
      Process.printLine("The sample is segmented: open http://\(endpoint)/")
    }
    log.write(.info, "started", [("version", .text(Service.version))])
  }

  /// Takes over what can change while the service runs: keys, playbook and log level.
  ///
  /// Anything wrong with them leaves everything as it is.
  private func readAgain() {
    ServiceManager.tell(.reloading)
    defer { ServiceManager.tell(.ready) }
    do throws(Invocation.Refusal) {
      let fresh = try reread()
      access.replaceKeys(fresh.keys)
      segmentation.replaceWords(aliases: fresh.aliases, playbook: fresh.playbook)
      log.level = fresh.level
      log.write(.info, "settings read again")
    } catch {
      for fault in error.faults {
        log.write(.warning, "settings kept", [("reason", .text(fault))])
      }
    }
  }

  /// Sockets that were opened by the service manager are where it says, not where the settings say.
  private func refuseOpenAddresses(_ endpoints: [BoundEndpoint]) {
    guard !access.asksForKeys, !settings.openAccess else { return }
    for case .tcp(let host, _) in endpoints where !Invocation.isLoopback(host) {
      Process.printError(
        "segmentd: \(host) lets other machines in, and there are no keys; set api_keys or api_keys_file, or say open_access=true"
      )
      Process.end(.usage)
    }
  }

  /// The first signal finishes what is under way, a second one ends at once.
  private func stop() {
    guard !isStopping.exchange(true, ordering: .sequentiallyConsistent) else {
      Process.end(.failure)
    }
    readiness.state = .draining
    ServiceManager.tell(.stopping)
    log.write(.info, "stopping")
    DispatchQueue.main.asyncAfter(deadline: .now() + .seconds(settings.drainDelay)) { [self] in
      application.releaseWaiting()
      server.shutDown(grace: .seconds(settings.shutdownGrace)) { [self] in
        log.write(.info, "stopped")
        log.flush()
        Process.end(.success)
      }
    }
  }

  private func segmentSample() {
    do {
      var decoder = TableDecoder()
      try decoder.consume(SampleCustomers.csv().span)
      let table = try decoder.finish().table
      _ = try segmentation.segment(table, options: SegmentationOptions())
    } catch {
      Process.printError("segmentd cannot segment its sample: \(error)")
      Process.end(.failure)
    }
  }

  private static func sentence(_ error: ServerError) -> String {
    switch error {
    case .noEndpoint: "there is no address to listen on"
    case .alreadyStarted: "it runs already"
    case .hostUnknown(let host, let reason): "the host \(host) is not known (\(reason))"
    case .pathTooLong(let path, let limit): "the path \(path) is longer than \(limit) bytes"
    case .system(let call, _, let reason, let endpoint): "\(call) of \(endpoint): \(reason)"
    }
  }
}

/// Reads the load of a server that is made later than those who want to know it.
private final class LoadSource: Sendable {
  let read = Mutex<(@Sendable () -> ServerLoad)?>(nil)

  var gauges: ProcessGauges {
    var gauges = ProcessGauges()
    if let load = read.withLock({ $0 })?() {
      gauges.runningWork = load.runningCount
      gauges.waitingWork = load.waitingCount
      gauges.waitingLimit = load.waitingLimit
    }
    gauges.residentBytes = Process.residentBytes
    gauges.processorSeconds = Process.processorSeconds
    return gauges
  }
}
