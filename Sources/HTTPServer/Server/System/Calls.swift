#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// close(2), under a name that methods called `close` do not hide.
func closeDescriptor(_ descriptor: Int32) {
  _ = close(descriptor)
}

/// The system's words for an error number.
func systemReason(_ code: Int32) -> String {
  // Safety: strerror gives a string that ends with NUL and lives at least until the next call.
  strerror(code).map { String(cString: $0) } ?? "error \(code)"
}
