import HTTPServer

/// A representation that a route can answer with.
enum Form: String, Sendable, CaseIterable {
  case json, csv, ndjson, txt, html

  /// The media type sent in `Content-Type`.
  var contentType: String {
    switch self {
    case .json: "application/json"
    case .csv: "text/csv; charset=utf-8; header=present"
    case .ndjson: "application/x-ndjson"
    case .txt: "text/plain; charset=utf-8"
    case .html: "text/html; charset=utf-8"
    }
  }

  /// The media types that a client may name in `Accept` for this form.
  var mediaTypes: [String] {
    switch self {
    case .json: ["application/json"]
    case .csv: ["text/csv", "application/csv"]
    case .ndjson: ["application/x-ndjson", "application/ndjson", "application/jsonl"]
    case .txt: ["text/plain"]
    case .html: ["text/html"]
    }
  }

  /// The suffix of a path that names this form.
  var suffix: String { rawValue }
}
