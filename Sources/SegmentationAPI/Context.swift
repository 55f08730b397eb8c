import Datasets
import HTTPServer
import Segmentation

/// What every route works with, and the way from a matched route to a reply.
struct Context: Sendable {
  let service: SegmentationService
  let configuration: Application.Configuration
  let readiness: Readiness
  let cache: AnswerCache
  let changes: Changes
  let jobs: JobBoard
  /// Nil while the routes are only listed.
  var metrics: ServiceMetrics?

  /// Answers a request that matched an endpoint.
  func reply(
    to match: RouteMatch, with endpoint: Endpoint, for caller: AccessControl.Caller
  ) -> Reply {
    let request = match.request
    do {
      let form = try negotiate(match, endpoint)
      let waits =
        endpoint.parameters.contains(.wait)
        && request.target.rawQuery?.contains("wait=") == true
      let disclosure = configuration.access.disclosure(to: caller)
      if case .cached = endpoint.handling, !waits {
        let version = service.version
        let key = AnswerCache.Key(
          target: request.target.text, form: form, smallest: disclosure.smallest)
        if let kept = cache.answer(key, version: version) {
          let service = service
          return .now(kept.response(to: request)).repeatable { service.version == version }
        }
      }
      let items = request.target.queryItems.map { (name: $0.name, value: $0.value) }
      let query =
        switch endpoint.others {
        case .refused: try Query(items, allowing: endpoint.parameters)
        case .kept:
          // The representation was chosen above, unless a feature has this name.
          Query(keeping: items.filter { $0.name != "format" || Form(rawValue: $0.value) == nil })
        case .ignored: Query()
        }
      // Uploads tell them together with what else is wrong with their options.
      if case .upload = endpoint.handling {} else { try QueryReader(query).finish() }
      let call = Call(
        request: request, service: service, parameters: match.parameters, query: query, form: form,
        caller: caller, disclosure: disclosure, leavesOutSegments: endpoint.leavesOutSegments,
        proxies: configuration.access.proxies)
      return try reply(to: call, with: endpoint)
    } catch {
      return .now(error.response(requestID: request.id))
    }
  }

  private func reply(to call: Call, with endpoint: Endpoint) throws(ProblemDetails) -> Reply {
    switch endpoint.handling {
    case .immediate(let handler):
      return .now(respond(to: call, try handler(call)))
    case .cached(let handler):
      let answer: @Sendable () -> Response = {
        self.response(to: call) { call throws(ProblemDetails) in
          // The version is read first: what is made from later contents is then never kept as older.
          let version = self.service.version
          return self.keep(try handler(call), for: call, version: version)
        }
      }
      var reader = QueryReader(call.query)
      let wait = reader.integer("wait", in: 1...60)
      try reader.finish()
      guard let wait else {
        // What can be waited for is polled, and made from a handful of rows: behind fits that fill the
        // queue it would be late, or refused.
        return endpoint.parameters.contains(.wait) ? .now(answer()) : .compute(answer)
      }
      return awaitChange(for: wait, call, answer)
    case .computed(let handler):
      return .compute {
        self.announcingChange {
          self.response(to: call) { call throws(ProblemDetails) in
            self.respond(to: call, try handler(call))
          }
        }
      }
    case .upload(let handler):
      let upload = try handler(call)
      if let stream = upload.stream,
        case .rows(let format, let charset) = try ContentKind(call.request),
        format == nil || format == .csv
      {
        let limits = configuration.limits
        return .transform(
          stream(
            DecodingOptions(
              format: format, charset: charset, limits: limits.decoding, keepsText: true,
              threadCount: limits.threads)), limit: limits.contentBytes)
      }
      let receiver = try UploadReceiver(upload: upload, call: call, context: self)
      return .receive(receiver, limit: configuration.limits.contentBytes)
    case .document(let handler):
      return .receive(
        DocumentReceiver(call: call, context: self, handler: handler),
        limit: DocumentReceiver.limit)
    }
  }

  /// Answers at the next change, or when the time is over; at once to a client that names another
  /// state than the one there is.
  ///
  /// Routes that can be waited for make their answers from a handful of rows, so looking at what
  /// there is does not keep the event loop from others.
  private func awaitChange(
    for seconds: Int, _ call: Call, _ answer: @escaping @Sendable () -> Response
  ) -> Reply {
    if call.request.fields.contains("If-None-Match") {
      let now = answer()
      if now.status != .notModified { return .now(now) }
    }
    let deferred = DeferredResponse()
    changes.await(for: seconds) { deferred.fulfil(answer()) }
    return .deferred(deferred)
  }

  /// Does work that may store or remove something, and tells those who wait if it did.
  func announcingChange<Value>(_ work: () -> Value) -> Value {
    let version = service.version
    let value = work()
    if service.version != version { changes.announce() }
    return value
  }

  /// Runs a handler and turns its problem into an answer.
  func response(
    to call: Call, _ handler: (Call) throws(ProblemDetails) -> Response
  ) -> Response {
    do {
      return try handler(call)
    } catch {
      return error.response(to: call)
    }
  }

  /// Frames an answer; one to GET gets its tag and, where the client has it already, becomes a 304.
  func respond(to call: Call, _ answer: Answer) -> Response {
    guard call.request.method.isSafe, answer.status == .ok else {
      return Response(answer.status, fields: fields(of: answer), content: answer.content)
    }
    switch answer.content {
    case .empty:
      return Response(answer.status, fields: fields(of: answer))
    case .bytes(let bytes):
      return prepare(answer, bytes: bytes).response(to: call.request)
    case .stream, .feed:
      var fields = fields(of: answer)
      guard let tag = answer.tag else {
        return Response(answer.status, fields: fields, content: answer.content)
      }
      let etag = EntityTag("\(tag)-\(answer.form.suffix)")
      if call.request.ifNoneMatch(etag) {
        return PreparedResponse(fields: fields, content: [], etag: etag).response(to: call.request)
      }
      fields.append("ETag", etag.description)
      return Response(answer.status, fields: fields, content: answer.content)
    }
  }

  private func keep(_ answer: Answer, for call: Call, version: UInt64) -> Response {
    guard answer.status == .ok, case .bytes(let bytes) = answer.content else {
      return respond(to: call, answer)
    }
    let prepared = prepare(answer, bytes: bytes)
    cache.keep(
      prepared,
      for: .init(
        target: call.request.target.text, form: call.form, smallest: call.disclosure.smallest),
      version: version)
    return prepared.response(to: call.request)
  }

  /// The tag that GET gives with an answer that is all there; nil for others.
  func tag(of answer: Answer) -> EntityTag? {
    guard case .bytes(let bytes) = answer.content else { return nil }
    return tag(of: answer, bytes)
  }

  private func tag(of answer: Answer, _ bytes: [UInt8]) -> EntityTag {
    var fingerprint = Fingerprint()
    fingerprint.add(bytes)
    return EntityTag("\(fingerprint.hex)-\(answer.form.suffix)")
  }

  private func prepare(_ answer: Answer, bytes: [UInt8]) -> PreparedResponse {
    PreparedResponse(
      answer.status, fields: fields(of: answer), content: bytes, etag: tag(of: answer, bytes))
  }

  func fields(of answer: Answer) -> HeaderFields {
    var fields = answer.fields
    if case .empty = answer.content {
      // Without content there is no type to tell.
    } else if !fields.contains("Content-Type") {
      fields.append("Content-Type", answer.form.contentType)
    }
    fields.append("Vary", "Accept")
    if !fields.contains("Cache-Control") { fields.append("Cache-Control", "no-cache") }
    fields.append("X-Content-Type-Options", "nosniff")
    return fields
  }

  /// The form to answer in: the suffix, `format=`, or the best of `Accept`; the route's first form by
  /// default.
  private func negotiate(_ match: RouteMatch, _ endpoint: Endpoint) throws(ProblemDetails) -> Form {
    guard endpoint.negotiates else { return endpoint.forms[0] }
    let request = match.request
    if let name = match.suffix ?? format(in: request, endpoint) {
      guard let form = endpoint.forms.first(where: { $0.suffix == name }) else {
        throw notAcceptable(endpoint)
      }
      return form
    }
    guard request.fields.contains("Accept") else { return endpoint.forms[0] }
    let accept = request.accept
    if accept.isAnything { return endpoint.forms[0] }
    var best: (form: Form, quality: Double)?
    for form in endpoint.forms {
      let quality = form.offers.map { accept.quality(of: $0) }.max() ?? 0
      if quality > best?.quality ?? 0 { best = (form, quality) }
    }
    guard let best else { throw notAcceptable(endpoint) }
    return best.form
  }

  /// What `format=` asks for; nil when it is not there, or is a feature of a run.
  private func format(in request: Request, _ endpoint: Endpoint) -> String? {
    guard endpoint.parameters.contains(where: { $0.name == "format" }),
      request.target.rawQuery?.contains("format=") == true,
      let item = request.target.queryItems.first(where: { $0.name == "format" })
    else { return nil }
    return endpoint.others != .kept || Form(rawValue: item.value) != nil ? item.value : nil
  }

  private func notAcceptable(_ endpoint: Endpoint) -> ProblemDetails {
    let names = endpoint.forms.map { "\($0.offers[0]) (.\($0.suffix))" }
    return ProblemDetails(
      .notAcceptable, "This route answers \(names.joined(separator: ", ")).",
      extensions: [
        .init(
          name: "available",
          value: .array(
            endpoint.forms.map {
              ["media_type": .string("\($0.offers[0])"), "suffix": .string($0.suffix)]
            }))
      ])
  }
}
