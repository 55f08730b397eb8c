/// A JSON value as it was written: members in order, numbers with their text.
public enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// Reads one JSON document (RFC 8259), strictly.
  ///
  /// - Parameters:
  ///   - bytes: UTF-8, with nothing but blanks around the value.
  ///   - maxDepth: how deep arrays and objects may be nested.
  public static func parse(_ bytes: Span<UInt8>, maxDepth: Int = 64) throws(JSONError)
    -> JSONValue
  {
    // Safety: the array is a copy made before the closure returns; the pointer stays inside it.
    let array = bytes.withUnsafeBufferPointer { Array($0) }
    var reader = JSONReader(array, range: 0..<array.count)
    let value = try reader.readValue(depth: 0, maxDepth: maxDepth)
    reader.skipBlanks()
    guard reader.isAtEnd else { throw reader.error(.trailingContent) }
    return value
  }
}

/// A number and the text it was written with.
public struct JSONNumber: Equatable, Sendable {
  /// The number as it was written: `1e3` stays `1e3`.
  public let text: String
  /// The nearest Double; infinite when the text is beyond its range.
  public let value: Double
}

/// An object: members in the order they were written, names all different.
public struct JSONObject: Equatable, Sendable {
  /// One name and its value.
  public struct Member: Equatable, Sendable {
    /// The name, its escapes resolved.
    public let name: String
    /// The value after the colon.
    public let value: JSONValue
    /// Where the name stands.
    public let line: Int
  }
  /// The members in the order they were written.
  public let members: [Member]

  /// The value of a member, or `nil` if there is none of this name.
  public subscript(name: String) -> JSONValue? {
    members.first { $0.name == name }?.value
  }
}

/// Where and how some text is not JSON.
///
/// Line and column count from 1, the offset from 0 in bytes.
public struct JSONError: Error, Equatable, Sendable {
  /// In what way the text is not JSON.
  public enum Problem: Equatable, Sendable {
    case unexpectedEnd
    case unexpectedByte(UInt8)
    case badNumber
    case badEscape
    case controlCharacterInString
    case notUTF8
    case tooDeep(limit: Int)
    case repeatedName(String)
    case trailingContent
  }
  /// What is wrong there.
  public let problem: Problem
  /// The line, from 1.
  public let line: Int
  /// The column in bytes, from 1.
  public let column: Int
  /// The distance from the beginning of the content, in bytes.
  public let offset: Int
}
