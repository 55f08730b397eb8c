import CCurl

/// One libcurl handle: requests go out one after another and use its connections again.
public actor Curl {
  /// Goes in front of the paths of requests: `http://127.0.0.1:8080`.
  public let base: String

  private let handle = EasyHandle()
  private let executor = BlockingExecutor(label: "curl")

  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  public init(base: String = "") { self.base = base }

  /// Sends `request` and waits for its answer.
  public func send(_ request: CurlRequest) throws(CurlFailure) -> CurlResponse {
    let transfer = try Transfer(request, url: url(of: request), on: handle)
    return try transfer.finish(curl_easy_perform(handle.pointer))
  }

  public func get(_ url: String, headers: HeaderList = [:]) throws(CurlFailure) -> CurlResponse {
    try send(CurlRequest("GET", url, headers: headers))
  }

  public func post(
    _ url: String, _ body: CurlRequest.Body, headers: HeaderList = [:]
  ) throws(CurlFailure) -> CurlResponse {
    try send(CurlRequest("POST", url, headers: headers, body: body))
  }

  /// Sends all of `requests` at the same time, each over a connection of its own unless
  /// `connectionLimit` says how many there may be; the results are in the order of the requests.
  ///
  /// Each request's own timeout bounds the wait; those that queue for a connection spend it there too.
  public func sendAll(
    _ requests: [CurlRequest], connectionLimit: Int = 0
  ) throws -> [Result<CurlResponse, CurlFailure>] {
    OpenFileLimit.raise()
    let group = try TransferGroup(connectionLimit: connectionLimit)
    for request in requests { try group.add(request, url: url(of: request)) }
    return try group.perform()
  }

  private func url(of request: CurlRequest) -> String {
    request.url.hasPrefix("/") ? base + request.url : request.url
  }
}
