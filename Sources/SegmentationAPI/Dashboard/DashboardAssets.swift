import Datasets

/// What the page loads beside itself: its style, its script and its icon, as the program holds them.
///
/// Their addresses carry a fingerprint of the content, so a browser may keep them for good and still
/// gets the new ones with a new program.
enum DashboardAssets {
  /// The bytes of the style, the script, or else the icon.
  static func bytes(_ form: Form) -> [UInt8] {
    switch form {
    case .css: style
    case .js: script
    case .svg, .json, .csv, .ndjson, .txt, .html, .md, .sql, .pmml, .onnx, .vegaLite, .events: icon
    }
  }

  private static let style = Array(DashboardStyle.text.utf8)
  private static let script = Array(DashboardScript.text.utf8)
  /// What the script loads when it is needed.
  static let details = Array(DashboardDetailsScript.text.utf8)
  private static let icon = Array(
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5c94"/>\
    <circle cx="11" cy="11" r="5" fill="#fff"/><path d="M21 6.5l5.5 9h-11z" fill="#ffd166"/>\
    <rect x="6" y="19" width="9" height="8" fill="#7fd8be"/><path d="M22 18l5.5 5-5.5 5-5.5-5z" fill="#f4a6c8"/></svg>
    """.utf8)

  /// The text without indentation, empty lines and lines that are a comment: it is read in the source,
  /// not in a browser.
  ///
  /// Holds for texts without strings that go over several lines.
  static func compact(_ source: String) -> String {
    source.split(separator: "\n").map { $0.drop { $0 == " " } }
      .filter { !$0.isEmpty && !$0.hasPrefix("//") }.joined(separator: "\n")
  }

  /// The fingerprint of everything here.
  static let version: String = {
    var fingerprint = Fingerprint()
    fingerprint.add(style)
    fingerprint.add(script)
    fingerprint.add(details)
    fingerprint.add(icon)
    return String(fingerprint.hex.prefix(12))
  }()

  /// Where a form is found.
  static func address(_ form: Form) -> String { "/assets/dashboard.\(form.suffix)?v=\(version)" }
}
