/// Writes messages of Protocol Buffers, as much as ONNX needs of it.
///
/// - SeeAlso: <https://protobuf.dev/programming-guides/encoding/>
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  /// Appends a field that holds a whole number.
  mutating func integer(_ field: Int, _ value: Int) {
    varint(UInt64(field << 3))
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// Appends a field that holds text.
  mutating func text(_ field: Int, _ value: String) {
    data(field, Array(value.utf8))
  }

  /// Appends a field that holds bytes.
  mutating func data(_ field: Int, _ value: [UInt8]) {
    varint(UInt64(field << 3 | 2))
    varint(UInt64(value.count))
    bytes += value
  }

  /// Appends a field that holds a message.
  mutating func message(_ field: Int, _ write: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    write(&inner)
    data(field, inner.bytes)
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 127 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
