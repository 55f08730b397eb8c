import CCurl

/// Transfers that run at the same time on one thread, on libcurl's multi interface.
final class TransferGroup {
  /// Something that libcurl's multi interface refused.
  struct Failure: Error, CustomStringConvertible {
    var description: String

    fileprivate init(_ code: CURLMcode) {
      description = "libcurl: \(String(cString: curl_multi_strerror(code)))"
    }
  }

  private let multi: UnsafeMutableRawPointer
  private var handles: [EasyHandle] = []
  private var transfers: [Transfer] = []
  private var indices: [UnsafeMutableRawPointer: Int] = [:]

  init(connectionLimit: Int) throws {
    guard let multi = curl_multi_init() else { throw Failure(CURLM_OUT_OF_MEMORY) }
    self.multi = multi
    try check(
      segmentd_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connectionLimit))
  }

  deinit {
    for handle in handles { curl_multi_remove_handle(multi, handle.pointer) }
    curl_multi_cleanup(multi)
  }

  func add(_ request: CurlRequest, url: String) throws {
    let handle = EasyHandle()
    let transfer = try Transfer(request, url: url, on: handle)
    indices[handle.pointer] = transfers.count
    handles.append(handle)
    transfers.append(transfer)
    try check(curl_multi_add_handle(multi, handle.pointer))
  }

  /// Runs all transfers to their end; every one of them has a timeout.
  func perform() throws -> [Result<CurlResponse, CurlFailure>] {
    var results = [Result<CurlResponse, CurlFailure>?](repeating: nil, count: transfers.count)
    var runningCount: Int32 = 0
    repeat {
      try check(curl_multi_perform(multi, &runningCount))
      collect(into: &results)
      if runningCount > 0 { try check(curl_multi_poll(multi, nil, 0, 1000, nil)) }
    } while runningCount > 0
    return results.compactMap { $0 }
  }

  private func collect(into results: inout [Result<CurlResponse, CurlFailure>?]) {
    var waitingCount: Int32 = 0
    while let message = curl_multi_info_read(multi, &waitingCount)?.pointee {
      guard message.msg == CURLMSG_DONE, let handle = message.easy_handle,
        let index = indices[handle]
      else { continue }
      let code = message.data.result
      results[index] = Result { () throws(CurlFailure) in
        try transfers[index].finish(code)
      }
    }
  }

  private func check(_ code: CURLMcode) throws {
    if code != CURLM_OK { throw Failure(code) }
  }
}
