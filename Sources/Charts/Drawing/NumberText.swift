/// Numbers as people read them on pictures, and as programs read them back.
public enum NumberText {
  /// About four significant digits, thousands separated by commas.
  public static func short(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let size = abs(value)
    if size == 0 { return "0" }
    if size >= 1e15 || size < 1e-6 { return scientific(value) }
    if size >= 1e7 {
      let (power, suffix) = size >= 1e12 ? (1e12, "T") : size >= 1e9 ? (1e9, "B") : (1e6, "M")
      return trimmed(fixed(value / power, decimals: 2)) + suffix
    }
    if value == value.rounded() || size >= 1000 { return fixed(value, decimals: 0) }
    if size >= 100 { return trimmed(fixed(value, decimals: 1)) }
    if size >= 1 { return trimmed(fixed(value, decimals: 2)) }
    var decimals = 3
    var lead = size
    while lead < 0.1 {
      lead *= 10
      decimals += 1
    }
    return trimmed(fixed(value, decimals: decimals))
  }

  /// A share of one as a percentage.
  static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "–" }
    let percent = share * 100
    return
      (abs(percent) >= 10 || percent == percent.rounded()
      ? fixed(percent, decimals: 0) : fixed(percent, decimals: 1)) + "%"
  }

  /// A fixed number of decimals, rounded half away from zero, with thousands separators.
  static func fixed(_ value: Double, decimals: Int) -> String {
    var power = 1.0
    for _ in 0..<decimals { power *= 10 }
    let scaled = (abs(value) * power).rounded()
    guard scaled < 9e15 else { return scientific(value) }
    let whole = Int(scaled)
    let text = decimal(whole, exponent: -decimals)
    return value < 0 && whole > 0 ? "−" + text : text
  }

  /// `digits · 10^exponent` exactly, with thousands separators.
  static func decimal(_ digits: Int, exponent: Int) -> String {
    var text = String(digits.magnitude)
    var fraction = ""
    if exponent >= 0 {
      if digits != 0 { text += String(repeating: "0", count: exponent) }
    } else {
      if text.count <= -exponent {
        text = String(repeating: "0", count: 1 - exponent - text.count) + text
      }
      fraction = "." + text.suffix(-exponent)
      text = String(text.dropLast(-exponent))
    }
    var grouped = ""
    for (index, digit) in text.enumerated() {
      if index > 0, (text.count - index) % 3 == 0 { grouped.append(",") }
      grouped.append(digit)
    }
    return (digits < 0 ? "−" : "") + grouped + fraction
  }

  /// Three significant digits and a power of ten.
  static func scientific(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "–" }
    var mantissa = abs(value)
    var exponent = 0
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    if mantissa >= 9.995 {
      mantissa = 1
      exponent += 1
    }
    let power = exponent < 0 ? "−\(-exponent)" : "\(exponent)"
    return "\(value < 0 ? "−" : "")\(trimmed(fixed(mantissa, decimals: 2)))e\(power)"
  }

  /// The shortest text that reads back as the same number; empty for none.
  static func exact(_ value: Double) -> String {
    guard value.isFinite else { return "" }
    if value == value.rounded(), abs(value) < 9_007_199_254_740_992 { return String(Int(value)) }
    return value.description
  }

  /// A coordinate: hundredths of a pixel.
  static func appendCoordinate(_ value: Double, to out: inout [UInt8]) {
    let bounded = min(max(value, -1e6), 1e6)
    let hundredths = bounded.isFinite ? Int((bounded * 100).rounded()) : 0
    if hundredths < 0 { out.append(UInt8(ascii: "-")) }
    let size = hundredths.magnitude
    out.append(contentsOf: String(size / 100).utf8)
    let rest = size % 100
    guard rest > 0 else { return }
    out.append(UInt8(ascii: "."))
    out.append(UInt8(48 + rest / 10))
    if rest % 10 > 0 { out.append(UInt8(48 + rest % 10)) }
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}
