import Datasets
import HTTPServer

/// Turns content into a table as it arrives, then answers.
struct UploadReceiver: ContentReceiver {
  private let upload: RowUpload
  private let call: Call
  private let context: Context
  private var form: FormContent?
  private var rows: RowContent
  private var duration = Duration.zero

  /// - Throws: a problem with the content's type, before any of it has arrived.
  init(upload: RowUpload, call: Call, context: Context) throws(ProblemDetails) {
    self.upload = upload
    self.call = call
    self.context = context
    let limits = context.configuration.limits
    switch try ContentKind(call.request) {
    case .rows(let format, let charset):
      rows = RowContent(
        format: format, charset: charset, limits: limits, keepsText: upload.keepsText)
    case .multipart(let type):
      rows = RowContent(format: nil, charset: nil, limits: limits, keepsText: upload.keepsText)
      do {
        form = try FormContent(type, rows: rows, optionBytes: limits.optionBytes)
      } catch {
        throw ProblemDetails(error)
      }
    }
  }

  mutating func receive(_ bytes: Span<UInt8>) -> Response? {
    let start = ContinuousClock.now
    defer { duration += ContinuousClock.now - start }
    do {
      if form != nil {
        try form?.read(bytes)
      } else {
        try rows.read(bytes)
      }
      return nil
    } catch {
      return error.response(to: call)
    }
  }

  mutating func finish() -> Response {
    do {
      let (call, rows) = try received()
      return answer(call, rows)
    } catch {
      return error.response(to: call)
    }
  }

  /// Answers at once with where to look, if the client would like that; else when all is done.
  mutating func finish(_ deliver: @escaping @Sendable (Response) -> Void) {
    guard let background = upload.background,
      let preference = Preferences(call.request).background
    else { return deliver(finish()) }
    do {
      let (call, rows) = try received()
      guard let work = try background(call, rows) else { return deliver(answer(call, rows)) }
      try BackgroundAnswer(call: call, context: context).start(
        work, wait: preference.wait, deliver)
    } catch {
      deliver(error.response(to: call))
    }
  }

  /// The rows, and the call with the options of the form.
  private mutating func received() throws(ProblemDetails) -> (Call, ReceivedRows) {
    let start = ContinuousClock.now
    var query = call.query
    if let form {
      try form.finish()
      rows = form.rows
      self.form = nil
      query = query.merging(try Query(form.options, allowing: upload.parameters))
    }
    let decoded = try rows.finish()
    duration += ContinuousClock.now - start
    var call = call
    call.query = query
    return (call, ReceivedRows(decoded: decoded, duration: duration))
  }

  private func answer(_ call: Call, _ rows: ReceivedRows) -> Response {
    context.announcingChange {
      context.response(to: call) { call throws(ProblemDetails) in
        context.respond(to: call, try upload.finish(call, rows))
      }
    }
  }
}

/// Rows on their way through the decoder.
struct RowContent: Sendable {
  private var decoder: TableDecoder
  private(set) var isEmpty = true

  init(format: DatasetFormat?, charset: String?, limits: UploadLimits, keepsText: Bool) {
    decoder = TableDecoder(
      DecodingOptions(
        format: format, charset: charset, limits: limits.decoding, keepsText: keepsText,
        threadCount: limits.threads))
  }

  mutating func read(_ bytes: Span<UInt8>) throws(ProblemDetails) {
    if bytes.isEmpty { return }
    isEmpty = false
    do {
      try decoder.consume(bytes)
    } catch {
      throw ProblemDetails(error)
    }
  }

  /// The table, nil when there was no content at all.
  mutating func finish() throws(ProblemDetails) -> DecodedTable? {
    guard !isEmpty else { return nil }
    do {
      return try decoder.finish()
    } catch {
      throw ProblemDetails(error)
    }
  }
}

/// A form on its way: the file goes to the decoder, every other field is an option.
struct FormContent: Sendable {
  private var reader: MultipartReader
  private var sink: Sink

  init(_ type: MediaType, rows: RowContent, optionBytes: Int) throws(MultipartFault) {
    reader = try MultipartReader(type)
    sink = Sink(rows: rows, optionBytes: optionBytes)
  }

  /// The fields beside the file, as a page's form sends them: one left empty was not filled in, and
  /// the boxes ticked for `features` are a list.
  var options: [(name: String, value: String)] {
    var options = sink.options.filter { !$0.value.isEmpty }
    let features = options.filter { $0.name == "features" }
    guard features.count > 1 else { return options }
    options.removeAll { $0.name == "features" }
    options.append(("features", features.map(\.value).joined(separator: ",")))
    return options
  }
  /// The file.
  var rows: RowContent { sink.rows }

  mutating func read(_ bytes: Span<UInt8>) throws(ProblemDetails) {
    do {
      try reader.read(bytes, into: &sink)
    } catch {
      throw ProblemDetails(error)
    }
    if let problem = sink.problem { throw problem }
  }

  func finish() throws(ProblemDetails) {
    do {
      try reader.finish()
    } catch {
      throw ProblemDetails(error)
    }
  }

  private struct Sink: MultipartSink, Sendable {
    enum Part: Sendable {
      case none
      case file
      case option(name: String, value: [UInt8])
    }

    var rows: RowContent
    let optionBytes: Int
    var options: [(name: String, value: String)] = []
    var problem: ProblemDetails?
    private var part = Part.none
    private var hasFile = false

    init(rows: RowContent, optionBytes: Int) {
      self.rows = rows
      self.optionBytes = optionBytes
    }

    mutating func partBegan(_ part: MultipartPart) {
      // A field named file is the rows even when the client gave it no file name.
      guard part.filename != nil || part.name == "file" else {
        self.part = .option(name: part.name ?? "", value: [])
        return
      }
      if hasFile {
        problem =
          problem
          ?? ProblemDetails(
            .malformedMultipart, "The form holds more than one file; send one file a request.")
      }
      hasFile = true
      self.part = .file
    }

    mutating func partContent(_ bytes: Span<UInt8>) {
      guard problem == nil else { return }
      switch part {
      case .none: break
      case .file:
        do {
          try rows.read(bytes)
        } catch {
          problem = error
        }
      case .option(let name, var value):
        part = .none
        for index in bytes.indices { value.append(bytes[index]) }
        if value.count > optionBytes {
          problem = ProblemDetails(
            .invalidParameter, "The field \(name) is longer than \(optionBytes) bytes.",
            faults: [.init(pointer: name, reason: "too long")])
        }
        part = .option(name: name, value: value)
      }
    }

    mutating func partEnded() {
      if case .option(let name, let value) = part {
        options.append((name, String(decoding: value, as: UTF8.self)))
      }
      part = .none
    }
  }
}
