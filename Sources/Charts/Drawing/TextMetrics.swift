/// How wide text is, without a font at hand.
///
/// The widths are the greater of Liberation Sans (as wide as Arial and Helvetica) and DejaVu Sans,
/// among the widest fonts that `sans-serif` stands for: what is measured here is never narrower than
/// what is drawn.
enum TextMetrics {
  /// The width of one line, in pixels.
  static func width(_ text: String, size: Double, isBold: Bool = false) -> Double {
    var sum = 0
    for scalar in text.unicodeScalars { sum += width(scalar, isBold: isBold) }
    return Double(sum) / 1000 * size
  }

  /// As much of a line as fits, with an ellipsis where it was cut.
  static func fitted(_ text: String, size: Double, isBold: Bool = false, into width: Double)
    -> (text: String, isCut: Bool)
  {
    if self.width(text, size: size, isBold: isBold) <= width { return (text, false) }
    let room = width - self.width("…", size: size, isBold: isBold)
    var kept = ""
    var used = 0.0
    for character in text {
      used += self.width(String(character), size: size, isBold: isBold)
      if used > room { break }
      kept.append(character)
    }
    while kept.hasSuffix(" ") { kept.removeLast() }
    return (kept + "…", true)
  }

  /// The text broken at spaces into lines that fit; what is beyond the last line is cut.
  static func lines(
    _ text: String, size: Double, isBold: Bool = false, into width: Double, atMost count: Int
  ) -> (lines: [String], isCut: Bool) {
    var lines: [String] = []
    var line = ""
    let words = text.split(separator: " ").map(String.init)
    for (index, word) in words.enumerated() {
      let longer = line.isEmpty ? word : "\(line) \(word)"
      if line.isEmpty || self.width(longer, size: size, isBold: isBold) <= width {
        line = longer
      } else if lines.count + 1 == count {
        // The last line takes all the rest, so that its cut is seen.
        line = "\(line) \(words[index...].joined(separator: " "))"
        break
      } else {
        lines.append(line)
        line = word
      }
    }
    if !line.isEmpty { lines.append(line) }
    var isCut = false
    let fittedLines = lines.map { line in
      let (text, wasCut) = fitted(line, size: size, isBold: isBold, into: width)
      isCut = isCut || wasCut
      return text
    }
    return (fittedLines, isCut)
  }

  /// In thousandths of the font size.
  private static func width(_ scalar: Unicode.Scalar, isBold: Bool) -> Int {
    let value = Int(scalar.value)
    if (32..<127).contains(value) {
      return Int(isBold ? bold[value - 32] : regular[value - 32])
    }
    switch value {
    case 0x2026, 0x2014: return 1000
    case 0x2013, 0x2018...0x201F: return 560
    case 0x2212, 0x00D7, 0x2248, 0x2264, 0x2265: return 838
    case 0x00B7, 0x202F, 0x00A0: return 400
    case 0x00B2, 0x00B3: return 460
    // One ligature that is as wide as a sentence, and scripts of signs wider than high.
    case 0xFDFD: return 12_000
    case 0x12000...0x1254F, 0x13000...0x143FA: return 4000
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0x20000...0x3FFFD:
      return 1050
    case 0x1F000...0x1FBFF: return 1400
    default: break
    }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    case .uppercaseLetter, .titlecaseLetter: return 1200
    case .lowercaseLetter: return 950
    case .otherLetter where (0x0590...0x08FF).contains(value): return 1000
    default: return 1400
    }
  }

  // ASCII from the space on.
  private static let regular: [UInt16] = [
    318, 401, 460, 838, 637, 951, 780, 275, 391, 391, 500, 838, 318, 361, 318, 337,
    637, 637, 637, 637, 637, 637, 637, 637, 637, 637, 337, 337, 838, 838, 838, 557,
    1016, 685, 687, 723, 771, 667, 611, 778, 752, 295, 500, 667, 558, 863, 749, 788,
    667, 788, 723, 667, 611, 732, 685, 989, 686, 667, 686, 391, 337, 391, 838, 557,
    500, 613, 635, 550, 635, 616, 353, 635, 634, 278, 278, 580, 278, 975, 634, 612,
    635, 635, 412, 521, 393, 634, 592, 818, 592, 592, 525, 637, 337, 637, 838,
  ]
  private static let bold: [UInt16] = [
    349, 457, 521, 838, 696, 1002, 873, 307, 458, 458, 523, 838, 380, 416, 380, 366,
    696, 696, 696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 611,
    1000, 774, 763, 734, 831, 684, 684, 821, 837, 373, 557, 775, 638, 996, 837, 851,
    733, 851, 771, 721, 683, 813, 774, 1104, 771, 725, 726, 458, 366, 458, 838, 557,
    500, 675, 716, 593, 716, 679, 436, 716, 712, 343, 343, 666, 343, 1042, 712, 688,
    716, 716, 494, 596, 479, 712, 652, 924, 646, 652, 583, 712, 366, 712, 838,
  ]
}
