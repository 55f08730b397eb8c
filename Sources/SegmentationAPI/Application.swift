import HTTPServer
import Segmentation

/// The service as HTTP sees it: one list of endpoints over the segmentation service.
public struct Application: RequestHandler {
  /// What the application is allowed and told by its configuration.
  public struct Configuration: Sendable {
    /// How much content is read as rows.
    public var limits: UploadLimits
    /// The version that `/version` tells.
    public var version: String
    /// Whose pages may read answers.
    public var crossOrigin: CrossOriginPolicy
    /// Who may do what, and how often.
    public var access: AccessControl
    /// What process and server are busy with.
    public var gauges: @Sendable () -> ProcessGauges
    /// Called when something was stored or removed; must be quick.
    public var hasChanged: @Sendable () -> Void

    /// How many fits may wait for their turn after their requests were answered.
    public var waitingJobs: Int

    /// A configuration with the service's own limits.
    public init(
      limits: UploadLimits = UploadLimits(), version: String,
      crossOrigin: CrossOriginPolicy = .none, waitingJobs: Int = 8,
      access: AccessControl = AccessControl(),
      gauges: @escaping @Sendable () -> ProcessGauges = { ProcessGauges() },
      hasChanged: @escaping @Sendable () -> Void = {}
    ) {
      self.limits = limits
      self.version = version
      self.crossOrigin = crossOrigin
      self.waitingJobs = waitingJobs
      self.access = access
      self.gauges = gauges
      self.hasChanged = hasChanged
    }
  }

  let configuration: Configuration
  private let cache = AnswerCache()
  private let changes: Changes
  private let jobs: JobBoard
  private let router: Router
  private let metrics: ServiceMetrics

  /// Takes note of what happened in the server, for `/metrics`.
  public func record(_ event: ServerEvent) {
    metrics.requests.record(event)
  }

  /// An application over a service.
  public init(
    service: SegmentationService, configuration: Configuration, readiness: Readiness = Readiness()
  ) {
    self.configuration = configuration
    changes = Changes(hasChanged: configuration.hasChanged)
    jobs = JobBoard(waitingLimit: configuration.waitingJobs)
    var context = Context(
      service: service, configuration: configuration, readiness: readiness, cache: cache,
      changes: changes, jobs: jobs)
    let metrics = ServiceMetrics(
      requests: RequestMetrics(
        routes: Application.endpoints(context).map { ($0.method, $0.pattern) }),
      gauges: configuration.gauges)
    self.metrics = metrics
    context.metrics = metrics
    let complete = context
    router = Router(
      Application.endpoints(complete).map { endpoint in
        Route(
          endpoint.method, endpoint.pattern,
          suffixes: endpoint.suffixes
        ) { match in
          complete.configuration.access.admit(match.request, needing: endpoint.scope) {
            complete.reply(to: match.with($0), with: endpoint, for: $1)
          }
        }
      })
  }

  /// The one list of routes.
  static func endpoints(_ context: Context) -> [Endpoint] {
    SegmentRoutes(context: context).endpoints
      + IdentityRoutes(context: context).endpoints
      + AssignmentRoutes(context: context).endpoints
      + ClusterRoutes(context: context).endpoints
      + CustomerRoutes(context: context).endpoints
      + DatasetRoutes(context: context).endpoints
      + RunRoutes(context: context).endpoints
      + ModelRoutes(context: context).endpoints
      + JobRoutes(context: context).endpoints
      + ChartRoutes(context: context).endpoints
      + ReportRoutes(context: context).endpoints
      + ODataRoutes().endpoints
      + OperationRoutes(context: context).endpoints
      + HomeRoutes(context: context).endpoints
      + DashboardRoutes(context: context).endpoints
  }

  /// Answers those who wait for a change at once and takes long work back, since the service is
  /// about to stop.
  public func releaseWaiting() {
    jobs.close()
    changes.announce()
  }

  /// The method and pattern of every route, in the order of the list.
  public var routes: [(method: Method, pattern: String)] {
    router.routes.map { ($0.method, $0.pattern) }
  }

  /// Decides how to answer a request, on the event loop.
  public func reply(to request: Request) -> Reply {
    let fields = configuration.crossOrigin.fields(for: request)
    var reply = route(request)
    if let trace = request.trace {
      // W3C Trace Context: the caller learns which span of its trace this was.
      reply = reply.adding(["traceresponse": trace.value(span: request.id)]).once()
    }
    return fields.isEmpty ? reply : reply.adding(fields)
  }

  private func route(_ request: Request) -> Reply {
    router.reply(
      to: request,
      notFound: { request in
        refuse(
          request,
          ProblemDetails(
            .notFound, "There is nothing at this address; GET / lists the entry points."))
      },
      methodNotAllowed: { request, allow in
        refuse(
          request,
          ProblemDetails(
            .methodNotAllowed, "This address takes \(allow).", fields: [("Allow", allow)]))
      })
  }

  /// Tells of what is not there to those who may know; guesses count like other requests.
  private func refuse(_ request: Request, _ problem: ProblemDetails) -> Reply {
    configuration.access.admit(request, needing: .read) { request, _ in
      .now(problem.response(requestID: request.id))
    }
  }

  /// Tells a fault of the protocol as a problem.
  public func response(to fault: HTTPFault, requestID: String) -> Response {
    ProblemDetails(fault).response(requestID: requestID)
  }
}
