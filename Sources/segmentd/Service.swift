import Datasets
import Dispatch
import HTTPServer
import Segmentation
import SegmentationAPI
import Synchronization

/// The running service: store, application and server, put together from the settings.
final class Service: Sendable {
  static let version = "0.1.0"

  private let settings: Settings
  private let log: EventLog
  private let readiness = Readiness(.starting)
  private let segmentation: SegmentationService
  private let application: Application
  private let server: Server
  private let isStopping = Atomic<Bool>(false)

  init(settings: Settings, aliases: ColumnAliases, playbook: Playbook = .standard) {
    self.settings = settings
    log = EventLog(level: settings.logLevel, format: settings.logFormat)
    let threads = settings.threads > 0 ? settings.threads : Process.coreCount
    segmentation = SegmentationService(
      configuration: .init(threads: threads, aliases: aliases, playbook: playbook),
      store: Service.store(settings, log: log))
    application = Application(
      service: segmentation,
      configuration: .init(
        limits: Service.uploadLimits(settings, threads: threads), version: Service.version,
        // The setting was checked when it was read.
        crossOrigin: CrossOriginPolicy(settings.corsOrigins) ?? .none,
        waitingJobs: settings.maxJobs),
      readiness: readiness)
    server = Server(
      configuration: Service.serverConfiguration(settings, threads: threads),
      handler: application, events: log.sink)
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

  private static func serverConfiguration(_ settings: Settings, threads: Int)
    -> ServerConfiguration
  {
    var limits = Limits()
    limits.contentBytes = settings.maxBodyBytes
    limits.connectionCount = settings.maxConnections
    limits.connectionsPerAddress = settings.maxConnectionsPerAddress
    limits.answerTime = .seconds(settings.requestTimeout)
    limits.idleTime = .seconds(settings.idleTimeout)
    var endpoints: [ServerConfiguration.Endpoint] = [
      .tcp(host: settings.host, port: UInt16(settings.port))
    ]
    if !settings.unixSocket.isEmpty { endpoints.append(.unix(path: settings.unixSocket)) }
    return ServerConfiguration(
      endpoints: endpoints, limits: limits, computeWidth: threads,
      computeQueueCount: settings.maxQueue)
  }

  /// Starts, prints where it listens, and serves until a signal stops it.
  func run() -> Never {
    Process.ignoreBrokenPipes()
    if settings.sample { segmentSample() }
    let endpoints: [BoundEndpoint]
    do {
      endpoints = try server.start()
    } catch {
      Process.printError("segmentd cannot start: \(Service.sentence(error))")
      Process.end(.failure)
    }
    readiness.state = .ready
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
    let signals = Process.onStopSignal { [self] in stop() }
    withExtendedLifetime(signals) { dispatchMain() }
  }

  /// The first signal finishes what is under way, a second one ends at once.
  private func stop() {
    guard !isStopping.exchange(true, ordering: .sequentiallyConsistent) else {
      Process.end(.failure)
    }
    readiness.state = .draining
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
