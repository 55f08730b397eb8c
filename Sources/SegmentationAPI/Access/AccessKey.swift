import Datasets

/// What a key lets its holder do.
public enum AccessScope: String, CaseIterable, Sendable {
  /// Read everything, and have rows assigned: nothing is stored or changed.
  case read
  /// Send files, fit, name segments, activate and restore runs.
  case write
  /// Everything, taking datasets and runs away and small segments among it.
  case admin
}

/// A key that clients are known by; of the key itself only its hash is kept.
public struct AccessKey: Sendable, Equatable {
  /// What the key is called in logs and limits.
  public let name: String
  let scopes: Set<AccessScope>
  let digest: [UInt8]

  /// Whether the key allows what needs a scope.
  func allows(_ scope: AccessScope) -> Bool {
    scopes.contains(scope) || scopes.contains(.admin)
  }
}

/// The keys that are known.
public struct KeyRing: Sendable, Equatable {
  /// What is wrong with a list of keys; never tells a key.
  public struct Fault: Error, Equatable {
    /// The line in the file; nil for a list in a setting.
    public let line: Int?
    /// What is wrong and what would be right.
    public let reason: String
  }

  /// The shortest key: shorter ones are found by trying.
  static let shortestKey = 16

  private(set) var keys: [AccessKey] = []

  /// No key.
  public init() {}

  /// Whether there is no key.
  public var isEmpty: Bool { keys.isEmpty }

  /// Reads `name:key:scope+scope,…`; in place of the key its hash may stand as `sha256=` and 64
  /// hexadecimal digits.
  public init(list: String) throws(Fault) {
    for (index, entry) in list.split(separator: ",").enumerated() {
      let place = "key \(index + 1)"
      // A key may have colons in it; name and scopes have none.
      guard let first = entry.firstIndex(of: ":"), let last = entry.lastIndex(of: ":"),
        first < last
      else {
        throw Fault(line: nil, reason: "\(place) is not name:key:scope+scope")
      }
      let secret = entry[entry.index(after: first)..<last]
      let scopes = entry[entry.index(after: last)...].split(
        separator: "+", omittingEmptySubsequences: false)
      let isHash = secret.hasPrefix("sha256=")
      try add(
        name: trimmed(entry[..<first]), key: isHash ? nil : String(secret),
        hash: isHash ? String(secret.dropFirst(7)) : nil, scopes: scopes.map { trimmed($0) },
        line: nil, place: place)
    }
  }

  /// Reads a file: `{"keys":[{"name":"till","sha256":"…","scopes":["read"]},…]}`, with `key` in place
  /// of `sha256` for a key as it is.
  public mutating func add(_ file: JSONValue) throws(Fault) {
    guard case .object(let object) = file, object.members.count == 1,
      let member = object.members.first, member.name == "keys", case .array(let list) = member.value
    else {
      throw Fault(line: 1, reason: #"takes {"keys":[{"name":…,"sha256":…,"scopes":[…]}]}"#)
    }
    for (index, value) in list.enumerated() {
      let place = "key \(index + 1)"
      guard case .object(let entry) = value else {
        throw Fault(line: member.line, reason: "\(place) is not an object")
      }
      var name: String?
      var key: String?
      var hash: String?
      var scopes: [String]?
      for member in entry.members {
        switch (member.name, member.value) {
        case ("name", .string(let text)): name = text
        case ("key", .string(let text)): key = text
        case ("sha256", .string(let text)): hash = text
        case ("scopes", .array(let words)):
          scopes = words.map { if case .string(let word) = $0 { word } else { "" } }
        case ("name", _), ("key", _), ("sha256", _), ("scopes", _):
          throw Fault(line: member.line, reason: "\(member.name) of \(place) has a wrong type")
        default:
          throw Fault(
            line: member.line,
            reason: "\(place) takes name, sha256 or key, and scopes, not \(member.name)")
        }
      }
      let line = entry.members.first?.line ?? member.line
      guard let name, let scopes else {
        throw Fault(line: line, reason: "\(place) needs a name and scopes")
      }
      try add(name: name, key: key, hash: hash, scopes: scopes, line: line, place: place)
    }
  }

  private mutating func add(
    name: String, key: String?, hash: String?, scopes: [String], line: Int?, place: String
  ) throws(Fault) {
    guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNameByte) else {
      throw Fault(
        line: line,
        reason: "the name of \(place) is not 1 to 64 letters, digits, dots, dashes or underscores")
    }
    guard !keys.contains(where: { $0.name == name }) else {
      throw Fault(line: line, reason: "two keys are called \(name)")
    }
    var known: Set<AccessScope> = []
    for scope in scopes {
      guard let scope = AccessScope(rawValue: scope) else {
        throw Fault(
          line: line, reason: "the scopes of \(name) are one or more of read, write and admin")
      }
      known.insert(scope)
    }
    guard !known.isEmpty else { throw Fault(line: line, reason: "\(name) has no scope") }
    let digest: [UInt8]
    switch (key, hash) {
    case (let key?, nil):
      guard key.utf8.count >= Self.shortestKey else {
        throw Fault(
          line: line,
          reason: "the key of \(name) is shorter than \(Self.shortestKey) characters")
      }
      digest = SHA256.digest(key.utf8)
    case (nil, let hash?):
      guard let bytes = Hexadecimal.bytes(hash), bytes.count == SHA256.digestCount else {
        throw Fault(line: line, reason: "the sha256 of \(name) is not 64 hexadecimal digits")
      }
      digest = bytes
    case (nil, nil), (_?, _?):
      throw Fault(line: line, reason: "\(name) takes either a sha256 or a key")
    }
    guard !keys.contains(where: { $0.digest == digest }) else {
      throw Fault(line: line, reason: "\(name) has the same key as another")
    }
    keys.append(AccessKey(name: name, scopes: known, digest: digest))
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// The key that a client shows; nil for one that is not known.
  ///
  /// Looks at every byte of every hash, whatever they are: how long it takes tells nothing.
  func key(matching presented: [UInt8]) -> AccessKey? {
    let digest = SHA256.digest(presented)
    var found: AccessKey?
    for key in keys {
      var difference: UInt8 = 0
      for index in 0..<SHA256.digestCount { difference |= digest[index] ^ key.digest[index] }
      if difference == 0 { found = key }
    }
    return found
  }

  /// An entry of a key file.
  public static func entry(name: String, key: [UInt8], scopes: [AccessScope]) -> String {
    let words = scopes.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    let hash = Hexadecimal.text(SHA256.digest(key))
    return #"{"name": "\#(name)", "sha256": "\#(hash)", "scopes": [\#(words)]}"#
  }

  /// What is wrong with a new key; nil when it is well.
  public static func fault(name: String, key: [UInt8], scopes: [String]) -> String? {
    var ring = KeyRing()
    do {
      try ring.add(
        name: name, key: String(decoding: key, as: UTF8.self), hash: nil, scopes: scopes, line: nil,
        place: "the key")
      return nil
    } catch {
      return error.reason
    }
  }
}

private func trimmed(_ text: Substring) -> String {
  var text = text
  while text.first == " " { text.removeFirst() }
  while text.last == " " { text.removeLast() }
  return String(text)
}
