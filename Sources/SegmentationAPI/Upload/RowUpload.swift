import Datasets
import HTTPServer

/// Content that holds rows, and what is done with them when they are all there.
struct RowUpload: Sendable {
  /// What the fields of a form may be, beside the file.
  let parameters: [Parameter]
  /// Whether the text of every record is kept, to hand the file back.
  let keepsText: Bool
  let finish: @Sendable (Call, ReceivedRows) throws(ProblemDetails) -> Answer
  /// For a route whose work may go on after the answer: the work; nil when it is to be waited for.
  var background: (@Sendable (Call, ReceivedRows) throws(ProblemDetails) -> JobBoard.Work?)? = nil
  /// For a route that can answer rows as they arrive: what does so, for content that is no form
  /// and is not declared to be JSON.
  var stream: (@Sendable (DecodingOptions) -> any ContentTransformer)? = nil
}

/// Rows that have arrived whole.
struct ReceivedRows: Sendable {
  /// nil when the request had no content.
  let decoded: DecodedTable?
  /// The time spent on decoding, without the waits for the client.
  let duration: Duration
}

/// What the content of a request is, as its fields say.
enum ContentKind: Sendable {
  /// Rows in a format, or in one that is found from the first bytes when nil.
  case rows(DatasetFormat?, charset: String?)
  /// A form with the file as one part.
  case multipart(MediaType)

  /// Reads `Content-Type` and `Content-Encoding`.
  ///
  /// No type, and the one that curl gives to `--data-binary`, mean: look at the bytes.
  init(_ request: Request) throws(ProblemDetails) {
    if let coding = request.fields["Content-Encoding"], coding.lowercased() != "identity" {
      throw ProblemDetails(
        .unsupportedMediaType,
        "The content coding \(coding) is not taken; send the content as it is.",
        fields: [("Accept-Encoding", "identity")])
    }
    guard let field = request.fields["Content-Type"] else {
      self = .rows(nil, charset: nil)
      return
    }
    guard let type = request.contentType else {
      throw ProblemDetails(
        .unsupportedMediaType, "The Content-Type \(field) is not a media type (RFC 9110 §8.3).")
    }
    let charset = type["charset"]
    switch type.essence {
    case "application/x-www-form-urlencoded", "application/octet-stream", "text/plain":
      self = .rows(nil, charset: charset)
    case "text/csv", "application/csv", "text/x-csv", "text/comma-separated-values",
      "text/tab-separated-values", "application/vnd.ms-excel":
      self = .rows(.csv, charset: charset)
    case "application/json", "text/json":
      self = .rows(.jsonRows, charset: charset)
    case "application/x-ndjson", "application/ndjson", "application/jsonl",
      "application/x-jsonlines", "application/jsonlines":
      self = .rows(.ndjson, charset: charset)
    case "multipart/form-data":
      self = .multipart(type)
    default:
      throw ProblemDetails(
        .unsupportedMediaType,
        "\(type.essence) is not taken. Send text/csv, application/json, application/x-ndjson or multipart/form-data.",
        fields: [
          ("Accept-Post", "text/csv, application/json, application/x-ndjson, multipart/form-data")
        ])
    }
  }
}
