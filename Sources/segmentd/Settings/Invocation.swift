import Datasets
import HTTPServer
import Segmentation
import SegmentationAPI

/// What a start was asked for: flags over environment over file over defaults.
struct Invocation: Equatable {
  /// What to do.
  enum Command: String, CaseIterable {
    case serve
    case healthcheck
    case checkConfig = "check-config"
    case hashKey = "hash-key"
    case config
    case sample
    case help
    case version
  }

  var command = Command.serve
  /// What stands behind the command: a name and scopes for `hash-key`.
  var operands: [String] = []
  var settings = Settings()

  /// Everything that is wrong, each with its place.
  struct Refusal: Error, Equatable {
    let faults: [String]
  }

  /// Reads arguments, environment and the file that they name.
  ///
  /// - Parameters:
  ///   - arguments: without the name of the program.
  ///   - readFile: gives the bytes of a file.
  init(
    arguments: [String], environment: [String: String],
    readFile: (String) throws -> [UInt8]
  ) throws(Refusal) {
    var faults: [String] = []
    var flags: [(setting: Setting, value: String)] = []
    var file = environment["SEGMENTD_CONFIG"]
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      index += 1
      guard argument.hasPrefix("--") else {
        if let command = Command(rawValue: argument), index == 1 {
          self.command = command
        } else if command == .hashKey {
          operands.append(argument)
        } else {
          faults.append(
            "\(argument): not a command; the commands are \(Command.allCases.map(\.rawValue).joined(separator: ", "))"
          )
        }
        continue
      }
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      var value = parts.count > 1 ? String(parts[1]) : nil
      if name == "--help" || name == "--version" {
        command = name == "--help" ? .help : .version
        continue
      }
      let setting = Setting.all.first { $0.flag == name }
      if value == nil, setting?.isSwitch != true, index < arguments.count {
        value = arguments[index]
        index += 1
      } else if value == nil, setting?.isSwitch == true {
        value = "true"
      }
      guard let value else {
        faults.append("\(name): a value is missing")
        continue
      }
      if name == "--config" {
        file = value
      } else if let setting {
        flags.append((setting, value))
      } else {
        faults.append(Invocation.unknown(name, among: Setting.all.map(\.flag) + ["--config"]))
      }
    }
    if let file {
      faults += Invocation.read(file, into: &settings, readFile: readFile)
    }
    for (name, value) in environment.sorted(by: { $0.key < $1.key })
    where name.hasPrefix("SEGMENTD_") && name != "SEGMENTD_CONFIG" {
      guard let setting = Setting.all.first(where: { $0.variable == name }) else {
        faults.append(Invocation.unknown(name, among: Setting.all.map(\.variable)))
        continue
      }
      if let reason = setting.set(value, in: &settings) { faults.append("\(name): \(reason)") }
    }
    for flag in flags {
      if let reason = flag.setting.set(flag.value, in: &settings) {
        faults.append("\(flag.setting.flag): \(reason)")
      }
    }
    if !faults.isEmpty { throw Refusal(faults: faults) }
  }

  private static func unknown(_ name: String, among names: [String]) -> String {
    guard let near = Spelling.nearest(to: name, in: names) else {
      return "\(name): no such setting; segmentd --help lists them"
    }
    return "\(name): no such setting; did you mean \(near)?"
  }

  /// Reads a settings file; each fault names the file and the line.
  private static func read(
    _ path: String, into settings: inout Settings, readFile: (String) throws -> [UInt8]
  ) -> [String] {
    let value: JSONValue
    switch json(path, readFile: readFile) {
    case .failure(let refusal): return refusal.faults
    case .success(let parsed): value = parsed
    }
    guard case .object(let object) = value else { return ["\(path):1: not a JSON object"] }
    var faults: [String] = []
    for member in object.members {
      let place = "\(path):\(member.line): \(member.name)"
      guard let setting = Setting.all.first(where: { $0.key == member.name }) else {
        let near = Spelling.nearest(to: member.name, in: Setting.all.map(\.key))
        faults.append("\(place): no such setting" + (near.map { "; did you mean \($0)?" } ?? ""))
        continue
      }
      let text: String
      switch member.value {
      case .string(let string): text = string
      case .number(let number): text = number.text
      case .bool(let flag): text = flag ? "true" : "false"
      case .null, .array, .object:
        faults.append("\(place): takes a single value")
        continue
      }
      if let reason = setting.set(text, in: &settings) { faults.append("\(place): \(reason)") }
    }
    return faults
  }

  /// The words and advice of the file that the setting `playbook` names, or the service's own.
  func playbook(readFile: (String) throws -> [UInt8]) throws(Refusal) -> (
    aliases: ColumnAliases, advice: Playbook
  ) {
    guard !settings.playbook.isEmpty else { return (.standard, .standard) }
    switch Invocation.json(settings.playbook, readFile: readFile) {
    case .failure(let refusal): throw refusal
    case .success(let value):
      let advice: Playbook
      do {
        advice = try Playbook(value)
      } catch {
        throw Refusal(faults: ["\(settings.playbook):\(error.line): \(error.reason)"])
      }
      do {
        return (try ColumnAliases(value, besides: Playbook.memberNames), advice)
      } catch {
        throw Refusal(faults: ["\(settings.playbook):\(error.line): \(error.reason)"])
      }
    }
  }

  /// The keys of the settings `api_keys` and `api_keys_file`.
  ///
  /// - Throws: also when there are none, and other machines could reach the service.
  func keys(readFile: (String) throws -> [UInt8]) throws(Refusal) -> KeyRing {
    var ring = KeyRing()
    do throws(KeyRing.Fault) {
      ring = try KeyRing(list: settings.apiKeys)
    } catch {
      throw Refusal(faults: ["api_keys: \(error.reason)"])
    }
    if !settings.apiKeysFile.isEmpty {
      switch Invocation.json(settings.apiKeysFile, readFile: readFile) {
      case .failure(let refusal): throw refusal
      case .success(let value):
        do throws(KeyRing.Fault) {
          try ring.add(value)
        } catch {
          throw Refusal(faults: ["\(settings.apiKeysFile):\(error.line ?? 1): \(error.reason)"])
        }
      }
    }
    guard !ring.isEmpty || settings.openAccess || Invocation.isLoopback(settings.host) else {
      throw Refusal(faults: [
        "host: \(settings.host) lets other machines in, and there are no keys; set api_keys or api_keys_file, or say open_access=true"
      ])
    }
    return ring
  }

  /// Whether only this machine can reach a host.
  static func isLoopback(_ host: String) -> Bool {
    host == "localhost"
      || ["127.0.0.0/8", "::1"].contains {
        guard let range = AddressRange($0), let address = PeerAddress(host) else { return false }
        return range.contains(address)
      }
  }

  /// A file of JSON, or the place where it is none.
  private static func json(_ path: String, readFile: (String) throws -> [UInt8])
    -> Result<JSONValue, Refusal>
  {
    let bytes: [UInt8]
    do {
      bytes = try readFile(path)
    } catch {
      return .failure(Refusal(faults: ["\(path): cannot be read (\(error))"]))
    }
    do {
      return .success(try JSONValue.parse(bytes.span))
    } catch {
      return .failure(
        Refusal(faults: ["\(path):\(error.line):\(error.column): not JSON (\(error.problem))"]))
    }
  }

  /// What `--help` prints.
  static var help: String {
    let width = Setting.all.map(\.flag.count).max() ?? 0
    let settings = Settings()
    let lines = Setting.all.map { setting in
      let padding = String(repeating: " ", count: width - setting.flag.count + 2)
      return "  \(setting.flag)\(padding)\(setting.help) [\(setting.json(in: settings))]"
    }
    return """
      segmentd turns a customer CSV into segments a shop can act on, over HTTP.

      usage: segmentd [serve] [--config FILE] [--SETTING VALUE ...]
             segmentd healthcheck    asks the running service whether it is well; exit 0 if so
             segmentd check-config   reads the settings and says what is wrong with them
             segmentd hash-key NAME SCOPE[+SCOPE]
                                     reads a key and prints its line for api_keys_file
             segmentd config         prints the settings in force as a settings file
             segmentd sample         prints the generated sample customers as CSV
             segmentd help | version

      Settings come from flags, then the environment (SEGMENTD_PORT for --port), then the file
      (--config or SEGMENTD_CONFIG), then the defaults in brackets:

      \(lines.joined(separator: "\n"))
      """
  }
}
