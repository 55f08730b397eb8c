/// Writing of RFC 4180 fields.
public enum CSVWriter {
  /// Appends one field, quoted if it holds a comma, a quote or a line end.
  public static func appendField(_ field: Span<UInt8>, to output: inout [UInt8]) {
    var mustQuote = false
    for index in field.indices {
      let byte = field[index]
      mustQuote =
        mustQuote || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"")
        || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }
    guard mustQuote else {
      for index in field.indices { output.append(field[index]) }
      return
    }
    output.append(UInt8(ascii: "\""))
    for index in field.indices {
      if field[index] == UInt8(ascii: "\"") { output.append(UInt8(ascii: "\"")) }
      output.append(field[index])
    }
    output.append(UInt8(ascii: "\""))
  }

  /// Appends one field, quoted if it holds a comma, a quote or a line end.
  public static func appendField(_ field: String, to output: inout [UInt8]) {
    appendField(Array(field.utf8).span, to: &output)
  }
}
