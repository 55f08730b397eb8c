import Datasets
import HTTPServer

/// A change of what a person chose for a segment, as `PATCH /segments/{sid}` takes it (RFC 7396):
/// members that are not there leave what is chosen, null takes it back.
struct SegmentPatch: Sendable {
  static let members = ["name", "description", "colour", "pinned"]
  /// The longest name, in bytes.
  static let nameLimit = 200
  /// The longest description, in bytes.
  static let descriptionLimit = 4000

  /// The largest content that is looked at, in bytes.
  static let contentLimit = 64 << 10

  private var values: [String: JSONValue] = [:]

  /// Reads the content; all that is wrong with it is told at once.
  init(_ content: [UInt8]) throws(ProblemDetails) {
    guard content.count <= SegmentPatch.contentLimit else {
      throw ProblemDetails(
        .contentTooLarge,
        "The change is longer than \(SegmentPatch.contentLimit) bytes; a name and a description take less."
      )
    }
    let value: JSONValue
    do {
      value = try JSONValue.parse(content.span)
    } catch {
      throw ProblemDetails(DatasetError.malformedJSON(error))
    }
    guard case .object(let object) = value, !object.members.isEmpty else {
      throw ProblemDetails(
        .malformedPatch,
        "The content is no JSON object with one of \(SegmentPatch.members.joined(separator: ", "))."
      )
    }
    var faults: [ProblemDetails.Fault] = []
    for member in object.members {
      guard SegmentPatch.members.contains(member.name) else {
        let near = Spelling.nearest(to: member.name, in: SegmentPatch.members)
        faults.append(
          .init(
            pointer: "/\(member.name)", line: member.line,
            reason: "cannot be changed\(near.map { "; did you mean \($0)?" } ?? "")"))
        continue
      }
      values[member.name] = member.value
      if let reason = SegmentPatch.fault(of: member.name, member.value) {
        faults.append(.init(pointer: "/\(member.name)", line: member.line, reason: reason))
      }
    }
    guard let first = faults.first else { return }
    throw ProblemDetails(
      .malformedPatch, "\(first.pointer ?? "") \(first.reason).", faults: faults)
  }

  /// What was chosen before, with the change made.
  func applied(to details: SegmentDetails) -> SegmentDetails {
    var details = details
    if let value = values["name"] { details.name = text(value) }
    if let value = values["description"] { details.description = text(value) }
    if let value = values["colour"] { details.colour = text(value)?.lowercased() }
    if let value = values["pinned"] { details.isPinned = value == .bool(true) }
    return details
  }

  private func text(_ value: JSONValue) -> String? {
    guard case .string(let text) = value else { return nil }
    return SegmentPatch.trimmed(text)
  }

  /// Why a member cannot have a value; nil when it can.
  private static func fault(of name: String, _ value: JSONValue) -> String? {
    if value == .null { return nil }
    if name == "pinned" {
      if case .bool = value { return nil }
      return "takes true or false"
    }
    guard case .string(let text) = value else { return "takes a text, or null" }
    switch name {
    case "colour":
      let isColour =
        text.utf8.count == 7 && text.hasPrefix("#") && text.dropFirst().allSatisfy(\.isHexDigit)
      return isColour ? nil : "takes a colour such as #0072b2"
    case "name":
      if trimmed(text).isEmpty { return "is empty; null takes the name from the data again" }
      if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
        return "holds a control character"
      }
      if trimmed(text).first.map({ "=+-@".contains($0) }) == true {
        // A file is handed back with its cells as they are, the name among them.
        return "begins with a character that spreadsheets take for a formula"
      }
      return text.utf8.count > nameLimit ? "is longer than \(nameLimit) bytes" : nil
    default:
      return text.utf8.count > descriptionLimit ? "is longer than \(descriptionLimit) bytes" : nil
    }
  }

  private static func trimmed(_ text: String) -> String {
    let start = text.drop(while: \.isWhitespace)
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
  }
}

extension SegmentPatch {
  static let schema = Schema.object(
    .optional([
      "name": .string(
        pattern: "^[^\\s\\u0000-\\u001f\\u007f-\\u009f=+@-][^\\u0000-\\u001f\\u007f-\\u009f]*$",
        length: 1...200
      ).orNull, "description": .string.orNull,
      "colour": .string(pattern: "^#[0-9A-Fa-f]{6}$").orNull, "pinned": .boolean.orNull,
    ])
  ).closed.named("SegmentPatch")

  static let example: JSON = [
    "name": "Regulars", "description": "Come every week.", "colour": "#0072b2", "pinned": true,
  ]
}
