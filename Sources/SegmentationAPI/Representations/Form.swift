import HTTPServer

/// A representation that a route can answer with.
enum Form: String, Sendable, CaseIterable {
  case json, csv, ndjson, txt, html, md
  case sql, pmml, onnx
  case svg
  case vegaLite = "vl.json"
  case css, js
  case events = "sse"

  /// The media type sent in `Content-Type`.
  var contentType: String {
    switch self {
    case .json: "application/json"
    case .csv: "text/csv; charset=utf-8; header=present"
    case .ndjson: "application/x-ndjson"
    case .txt: "text/plain; charset=utf-8"
    case .html: "text/html; charset=utf-8"
    case .md: "text/markdown; charset=utf-8"
    case .sql: "application/sql; charset=utf-8"
    case .pmml: "application/xml"
    case .onnx: "application/octet-stream"
    case .svg: "image/svg+xml"
    case .vegaLite: "application/vnd.vegalite.v5+json"
    case .css: "text/css; charset=utf-8"
    case .js: "text/javascript; charset=utf-8"
    case .events: "text/event-stream"
    }
  }

  /// The media types as negotiation compares them.
  var offers: [MediaType] {
    switch self {
    case .json: Form.jsonOffers
    case .csv: Form.csvOffers
    case .ndjson: Form.ndjsonOffers
    case .txt: Form.textOffers
    case .html: Form.htmlOffers
    case .md: Form.markdownOffers
    case .sql: Form.sqlOffers
    case .pmml: Form.pmmlOffers
    case .onnx: Form.onnxOffers
    case .svg: Form.svgOffers
    case .vegaLite: Form.vegaLiteOffers
    case .css: Form.cssOffers
    case .js: Form.jsOffers
    case .events: Form.eventOffers
    }
  }

  private static let jsonOffers = [MediaType("application", "json")]
  private static let csvOffers = [MediaType("text", "csv"), MediaType("application", "csv")]
  private static let ndjsonOffers = [
    MediaType("application", "x-ndjson"), MediaType("application", "ndjson"),
    MediaType("application", "jsonl"),
  ]
  private static let textOffers = [MediaType("text", "plain")]
  private static let htmlOffers = [MediaType("text", "html")]
  private static let markdownOffers = [MediaType("text", "markdown")]
  private static let sqlOffers = [MediaType("application", "sql")]
  private static let pmmlOffers = [MediaType("application", "xml"), MediaType("text", "xml")]
  private static let svgOffers = [MediaType("image", "svg+xml")]
  private static let vegaLiteOffers = [
    MediaType("application", "vnd.vegalite.v5+json"), MediaType("application", "json"),
  ]
  private static let cssOffers = [MediaType("text", "css")]
  private static let eventOffers = [MediaType("text", "event-stream")]
  private static let jsOffers = [MediaType("text", "javascript")]
  private static let onnxOffers = [MediaType("application", "octet-stream")]

  /// The suffix of a path that names this form.
  var suffix: String { rawValue }
}
