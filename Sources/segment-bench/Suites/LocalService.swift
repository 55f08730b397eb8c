import Datasets
import HTTPServer
import Segmentation
import SegmentationAPI

/// The whole service in this process, on a port of its own.
struct LocalService {
  let port: UInt16
  private let server: Server

  /// Starts with an empty store.
  init(threads: Int) throws {
    let service = SegmentationService(
      configuration: .init(threads: threads), store: InMemoryDatasetStore<Run>(budgetBytes: 4 << 30)
    )
    var limits = UploadLimits()
    limits.threads = threads
    let application = Application(
      service: service, configuration: .init(limits: limits, version: "bench"))
    var serverLimits = Limits()
    serverLimits.contentBytes = limits.contentBytes
    server = Server(
      configuration: ServerConfiguration(
        endpoints: [.tcp(host: "127.0.0.1", port: 0)], limits: serverLimits,
        loopCount: threads, computeWidth: threads), handler: application)
    guard case .tcp(_, let port) = try server.start().first else {
      throw BenchFailure("the server has no port")
    }
    self.port = port
  }

  /// Stops; connections that are open are cut off.
  func stop() {
    server.shutDown(grace: .zero) {}
  }

  /// Sends customers to `POST /segments` and reads the answer.
  ///
  /// - Returns: the content of the answer.
  func segment(_ corpus: Corpus, query: String) throws -> JSONObject {
    let client = try LoopbackClient(port: port)
    let head =
      "POST /segments?\(query) HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
      + "Content-Length: \(corpus.byteCount)\r\n\r\n"
    try client.send(Array(head.utf8).span)
    try corpus.forEachPiece { try client.send($0) }
    let answer = try client.receive()
    guard answer.status == 201,
      case .object(let run) = try JSONValue.parse(answer.content.span)
    else {
      throw BenchFailure(
        "POST /segments answered \(answer.status): \(String(decoding: answer.content, as: UTF8.self))"
      )
    }
    return run
  }

  /// Takes a dataset away, and the runs over it.
  func remove(datasetOf run: JSONObject) throws {
    guard case .object(let dataset) = run["dataset"], case .string(let id) = dataset["id"] else {
      throw BenchFailure("the answer names no dataset")
    }
    let client = try LoopbackClient(port: port)
    try client.send(Array("DELETE /datasets/\(id) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8).span)
    let answer = try client.receive()
    guard answer.status / 100 == 2 else {
      throw BenchFailure("DELETE /datasets/\(id) answered \(answer.status)")
    }
  }
}
