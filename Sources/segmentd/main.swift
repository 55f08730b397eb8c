import Datasets
import FoundationEssentials
import Segmentation

func readFile(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(filePath: path)))
}

let invocation: Invocation
let playbook: (aliases: ColumnAliases, advice: Playbook)
do {
  invocation = try Invocation(
    arguments: Array(CommandLine.arguments.dropFirst()),
    environment: ProcessInfo.processInfo.environment, readFile: readFile)
  playbook = try invocation.playbook(readFile: readFile)
} catch {
  for fault in error.faults { Process.printError("segmentd: \(fault)") }
  Process.end(.usage)
}

switch invocation.command {
case .serve:
  Service(
    settings: invocation.settings, aliases: playbook.aliases, playbook: playbook.advice
  ).run()
case .healthcheck:
  let settings = invocation.settings
  // A service that listens everywhere is asked on the loopback interface.
  let host = ["0.0.0.0", "::", ""].contains(settings.host) ? "localhost" : settings.host
  Process.end(
    Process.healthcheck(host: host, port: settings.port, seconds: 5) ? .success : .failure)
case .checkConfig:
  Process.printLine("The settings are well.")
case .config:
  Process.writeOutput(Array(Setting.file(invocation.settings).utf8))
case .sample:
  Process.writeOutput(SampleCustomers.csv())
case .help:
  Process.printLine(Invocation.help)
case .version:
  Process.printLine("segmentd \(Service.version)")
}
