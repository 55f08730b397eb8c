import CCurl

/// One request on one libcurl handle, from its options to its answer.
///
/// Safety: libcurl holds a pointer to this object while it performs; the owner keeps both alive until
/// then, and calls libcurl from one thread at a time.
final class Transfer {
  private let owner: EasyHandle
  private let request: CurlRequest
  private var headerLines: UnsafeMutablePointer<curl_slist>?
  private var form: OpaquePointer?
  /// What the request's stream gave and libcurl had no room for yet.
  private var unsent: ArraySlice<UInt8> = []
  private var response = CurlResponse()
  /// Whether the final answer's headers have ended, so that further lines are trailers.
  private var headIsComplete = false
  private var wasAborted = false

  /// Takes `handle` over for one transfer; connections that it holds stay open.
  init(_ request: CurlRequest, url: String, on owner: EasyHandle) throws(CurlFailure) {
    self.owner = owner
    self.request = request
    curl_easy_reset(handle)
    try configureConnection(url: url)
    try configureHeaders()
    try configureBody()
    try configureCallbacks()
  }

  deinit {
    // Options still point at these; without that they would be read on the handle's next use.
    curl_easy_reset(handle)
    curl_slist_free_all(headerLines)
    curl_mime_free(form)
  }

  /// The answer, once libcurl has reported `code` for the handle.
  func finish(_ code: CURLcode) throws(CurlFailure) -> CurlResponse {
    response.connectCount = Int(getLong(CURLINFO_NUM_CONNECTS))
    response.localPort = Int(getLong(CURLINFO_LOCAL_PORT))
    response.uploadedByteCount = getSize(CURLINFO_SIZE_UPLOAD_T)
    response.duration = .microseconds(getSize(CURLINFO_TOTAL_TIME_T))
    response.timeToFirstByte = .microseconds(getSize(CURLINFO_STARTTRANSFER_TIME_T))
    guard code == CURLE_OK else { throw failure(code) }
    return response
  }

  private var handle: UnsafeMutableRawPointer { owner.pointer }

  // MARK: Options

  private func configureConnection(url: String) throws(CurlFailure) {
    try set(CURLOPT_URL, url)
    try set(CURLOPT_PROTOCOLS_STR, "http,https")
    // A proxy in the environment would stand between the test and the server.
    try set(CURLOPT_NOPROXY, "*")
    try set(CURLOPT_NOSIGNAL, 1)
    try set(CURLOPT_PATH_AS_IS, 1)
    try set(CURLOPT_TIMEOUT_MS, Int(request.timeout.milliseconds))
    try set(CURLOPT_EXPECT_100_TIMEOUT_MS, Int(request.continueTimeout.milliseconds))
    try set(CURLOPT_FORBID_REUSE, request.forbidsReuse ? 1 : 0)
    switch request.version {
    case .http1_0: try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_0)
    case .http1_1: try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
    case .http2PriorKnowledge:
      try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE)
    }
    if let path = request.unixSocketPath { try set(CURLOPT_UNIX_SOCKET_PATH, path) }
    if let address = request.localAddress { try set(CURLOPT_INTERFACE, address) }
    if let file = request.certificateFile { try set(CURLOPT_CAINFO, file) }
    if let target = request.requestTarget { try set(CURLOPT_REQUEST_TARGET, target) }
    if let codings = request.acceptedEncodings { try set(CURLOPT_ACCEPT_ENCODING, codings) }
  }

  private func configureHeaders() throws(CurlFailure) {
    // `Name:` takes a header of libcurl's own out, `Name;` sends one without a value.
    let lines =
      request.withoutHeaders.map { "\($0):" }
      + request.headers.lines.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    for line in lines {
      guard let longer = curl_slist_append(headerLines, line) else {
        throw failure(CURLE_OUT_OF_MEMORY)
      }
      headerLines = longer
    }
    try check(segmentd_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headerLines))
  }

  private func configureBody() throws(CurlFailure) {
    switch request.body {
    case .none:
      if request.method == "HEAD" { try set(CURLOPT_NOBODY, 1) }
    case .bytes(let bytes):
      try set(size: CURLOPT_POSTFIELDSIZE_LARGE, bytes.count)
      // No address would mean that the body comes by callback; an empty array may have none.
      let content = bytes.isEmpty ? [0] : bytes
      try check(segmentd_curl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, content))
    case .stream(let byteCount, _):
      try set(CURLOPT_UPLOAD, 1)
      if let byteCount { try set(size: CURLOPT_INFILESIZE_LARGE, byteCount) }
    case .multipart(let parts):
      form = curl_mime_init(handle)
      for part in parts { try add(part) }
      try check(segmentd_curl_set_pointer(handle, CURLOPT_MIMEPOST, UnsafeRawPointer(form)))
    }
    // HEAD has its own option above: by name alone libcurl would wait for a body.
    if request.method != "HEAD" { try set(CURLOPT_CUSTOMREQUEST, request.method) }
  }

  private func add(_ part: CurlRequest.Part) throws(CurlFailure) {
    guard let slot = curl_mime_addpart(form) else { throw failure(CURLE_OUT_OF_MEMORY) }
    try check(curl_mime_name(slot, part.name))
    // Ends in a NUL that is not counted, so that an empty part has an address too.
    let content = part.content.map { CChar(bitPattern: $0) } + [0]
    try check(curl_mime_data(slot, content, part.content.count))
    if let filename = part.filename { try check(curl_mime_filename(slot, filename)) }
    if let contentType = part.contentType { try check(curl_mime_type(slot, contentType)) }
  }

  private func configureCallbacks() throws(CurlFailure) {
    let context = UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
    for option in [CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_READDATA] {
      try check(segmentd_curl_set_pointer(handle, option, context))
    }
    try check(
      segmentd_curl_set_data(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
        Transfer.from(context).receive(
          headerLine: UnsafeRawBufferPointer(start: bytes, count: size * count))
        return size * count
      })
    try check(
      segmentd_curl_set_data(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
        let received = UnsafeRawBufferPointer(start: bytes, count: size * count)
        // libcurl takes any other count than it gave as a wish to stop.
        return Transfer.from(context).receive(body: received) ? received.count : received.count + 1
      })
    try check(
      segmentd_curl_set_data(handle, CURLOPT_READFUNCTION) { bytes, size, count, context in
        Transfer.from(context).fill(
          UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
      })
  }

  // MARK: Callbacks

  private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer {
    guard let context else { preconditionFailure("libcurl lost the transfer it was given") }
    return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  }

  private func receive(headerLine bytes: UnsafeRawBufferPointer) {
    let line = String(decoding: bytes, as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      // Every answer before the last is an interim one; libcurl follows no redirect here.
      if response.status != 0 { response.interimStatuses.append(response.status) }
      let words = line.split(whereSeparator: \.isWhitespace)
      response.version = words.first.map(String.init) ?? ""
      response.status = words.dropFirst().first.flatMap { Int($0) } ?? 0
      response.headers = HeaderList()
      headIsComplete = false
    } else if line.allSatisfy(\.isNewline) {
      headIsComplete = true
    } else if headIsComplete {
      _ = response.trailers.add(line: line)
    } else {
      _ = response.headers.add(line: line)
    }
  }

  private func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
    let start = response.body.count
    response.body.append(contentsOf: bytes)
    if let onReceive = request.onReceive, !onReceive(response.body[start...]) {
      wasAborted = true
      return false
    }
    return true
  }

  /// Puts the next bytes of the request's stream into `room`; 0 is the end.
  private func fill(_ room: UnsafeMutableRawBufferPointer) -> Int {
    guard case .stream(_, let next) = request.body else { return 0 }
    if unsent.isEmpty {
      do {
        unsent = try next(room.count)?[...] ?? []
      } catch {
        wasAborted = true
        return Int(CURL_READFUNC_ABORT)
      }
    }
    let count = min(unsent.count, room.count)
    room.copyBytes(from: unsent.prefix(count))
    unsent = unsent.dropFirst(count)
    return count
  }

  // MARK: libcurl's setters and getters

  private func set(_ option: CURLoption, _ value: String) throws(CurlFailure) {
    // libcurl copies strings.
    try check(segmentd_curl_set_pointer(handle, option, value))
  }

  private func set(_ option: CURLoption, _ value: Int) throws(CurlFailure) {
    try check(segmentd_curl_set_long(handle, option, value))
  }

  private func set(size option: CURLoption, _ value: Int) throws(CurlFailure) {
    try check(segmentd_curl_set_size(handle, option, curl_off_t(value)))
  }

  private func getLong(_ info: CURLINFO) -> Int {
    var value = 0
    segmentd_curl_get_long(handle, info, &value)
    return value
  }

  private func getSize(_ info: CURLINFO) -> Int {
    var value: curl_off_t = 0
    segmentd_curl_get_size(handle, info, &value)
    return Int(value)
  }

  private func check(_ code: CURLcode) throws(CurlFailure) {
    if code != CURLE_OK { throw failure(code) }
  }

  private func failure(_ code: CURLcode) -> CurlFailure {
    let kind: CurlFailure.Kind =
      switch code {
      case _ where wasAborted: .aborted
      case CURLE_COULDNT_CONNECT: .couldNotConnect
      case CURLE_OPERATION_TIMEDOUT: .timedOut
      case CURLE_GOT_NOTHING: .emptyReply
      case CURLE_PARTIAL_FILE: .partialBody
      case CURLE_SEND_ERROR: .sendFailed
      case CURLE_RECV_ERROR: .receiveFailed
      default: .other(Int(code.rawValue))
      }
    return CurlFailure(
      kind: kind, message: String(cString: curl_easy_strerror(code)), partial: response)
  }
}
