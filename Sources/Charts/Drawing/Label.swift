/// Text from outside, made fit to be drawn: one line, no control over what stands beside it.
public enum Label {
  /// The text without control characters, with spaces for line breaks, and without what would turn
  /// around or pile up on the text beside it.
  public static func clean(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    var marks = 0
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .spaceSeparator, .lineSeparator, .paragraphSeparator:
        marks = 0
        if let last = out.last, last != " " { out.append(" ") }
        continue
      case .nonspacingMark, .enclosingMark:
        // Three marks are as many as any script stacks; more would reach into the lines around.
        marks += 1
        if marks > 3 { continue }
      case .unassigned, .surrogate, .privateUse:
        marks = 0
        out.append("\u{FFFD}")
        continue
      default:
        marks = 0
        if isDirectional(scalar) { continue }
      }
      out.append(scalar)
    }
    if out.last == " " { out.removeLast() }
    return String(out)
  }

  /// The text kept apart from the direction of the text around it, where it matters.
  static func isolated(_ text: String) -> String {
    let cleaned = clean(text)
    return cleaned.unicodeScalars.contains(where: isRightToLeft)
      ? "\u{2068}\(cleaned)\u{2069}" : cleaned
  }

  /// A name inside a sentence: in quotation marks, of a length that leaves room for the sentence.
  static func quoted(_ name: String) -> String {
    let cleaned = clean(name)
    let cut = cleaned.count > 40 ? cleaned.prefix(39) + "…" : cleaned[...]
    return "“\(isolated(String(cut)))”"
  }

  /// Names in a sentence: “a”, “b” and “c”.
  static func list(_ items: [String]) -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return "\(items.dropLast().joined(separator: ", ")) and \(last)"
  }

  /// Marks, embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX #9).
  private static func isDirectional(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x061C, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFF9...0xFFFB,
      0xE0000...0xE0FFF:
      true
    default: false
    }
  }

  private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF:
      true
    default: false
    }
  }
}
