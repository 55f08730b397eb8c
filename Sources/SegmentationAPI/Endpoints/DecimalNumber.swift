/// Decimal numbers as they stand in a query: a sign, digits, a fraction, an exponent.
///
/// A grammar of its own, since `Double(_:)` also takes `nan`, `inf` and hexadecimal.
enum DecimalNumber {
  /// The number, nil when the text is none or is beyond the range of a Double.
  static func parse(_ text: String) -> Double? {
    var rest = text.utf8[...]
    func digits() -> Bool {
      let before = rest.count
      rest = rest.drop { (48...57).contains($0) }
      return rest.count < before
    }
    func sign() {
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
        rest = rest.dropFirst()
      }
    }
    sign()
    var hasDigits = digits()
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      hasDigits = digits() || hasDigits
    }
    guard hasDigits else { return nil }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      sign()
      guard digits() else { return nil }
    }
    guard rest.isEmpty, let value = Double(text), value.isFinite else { return nil }
    return value
  }
}
