import Datasets
import FoundationEssentials
import Segmentation
import SegmentationAPI

func readFile(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(filePath: path)))
}

/// Prints the line of a key file for the key on standard input.
func hashKey(_ operands: [String]) -> Process.Status {
  guard operands.count == 2 else {
    Process.printError("segmentd: usage: segmentd hash-key NAME SCOPE[+SCOPE] < key")
    return .usage
  }
  let key: [UInt8]
  do {
    key = Array(try readFile("/dev/stdin").prefix { $0 != 0x0A && $0 != 0x0D })
  } catch {
    Process.printError("segmentd: standard input: \(error)")
    return .failure
  }
  let scopes = operands[1].split(separator: "+", omittingEmptySubsequences: false).map(String.init)
  if let reason = KeyRing.fault(name: operands[0], key: key, scopes: scopes) {
    Process.printError("segmentd: \(reason)")
    return .usage
  }
  Process.printLine(
    KeyRing.entry(
      name: operands[0], key: key, scopes: scopes.compactMap { AccessScope(rawValue: $0) }))
  return .success
}

let invocation: Invocation
let keys: KeyRing
let playbook: (aliases: ColumnAliases, advice: Playbook)
do {
  invocation = try Invocation(
    arguments: Array(CommandLine.arguments.dropFirst()),
    environment: ProcessInfo.processInfo.environment, readFile: readFile)
  playbook = try invocation.playbook(readFile: readFile)
  let needsKeys = [.serve, .checkConfig].contains(invocation.command)
  keys = needsKeys ? try invocation.keys(readFile: readFile) : KeyRing()
} catch {
  for fault in error.faults { Process.printError("segmentd: \(fault)") }
  Process.end(.usage)
}

switch invocation.command {
case .serve:
  Process.useOneHeap()
  Service(
    settings: invocation.settings, aliases: playbook.aliases, playbook: playbook.advice, keys: keys,
    reread: { () throws(Invocation.Refusal) in
      let again = try Invocation(
        arguments: Array(CommandLine.arguments.dropFirst()),
        environment: ProcessInfo.processInfo.environment, readFile: readFile)
      let words = try again.playbook(readFile: readFile)
      return Service.Fresh(
        keys: try again.keys(readFile: readFile), aliases: words.aliases, playbook: words.advice,
        level: again.settings.logLevel)
    }
  ).run()
case .healthcheck:
  let settings = invocation.settings
  // A service that listens everywhere is asked on the loopback interface.
  let host = ["0.0.0.0", "::", ""].contains(settings.host) ? "localhost" : settings.host
  Process.end(
    Process.healthcheck(host: host, port: settings.port, seconds: 5) ? .success : .failure)
case .checkConfig:
  Process.printLine("The settings are well.")
case .hashKey:
  Process.end(hashKey(invocation.operands))
case .config:
  Process.writeOutput(Array(Setting.file(invocation.settings).utf8))
case .sample:
  Process.writeOutput(SampleCustomers.csv())
case .help:
  Process.printLine(Invocation.help)
case .version:
  Process.printLine("segmentd \(Service.version)")
}
