import CCurl

/// A libcurl handle and the connections it holds; closed with its last owner.
final class EasyHandle {
  let pointer: UnsafeMutableRawPointer

  init() {
    precondition(Self.libraryIsReady, "libcurl could not be initialised")
    guard let pointer = curl_easy_init() else { preconditionFailure("libcurl gave no handle") }
    self.pointer = pointer
  }

  deinit { curl_easy_cleanup(pointer) }

  private static let libraryIsReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
