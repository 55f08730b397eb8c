import FoundationEssentials
import Testing

@testable import segmentd

@Suite struct InvocationTests {
  private func invoke(
    _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
  ) throws(Invocation.Refusal) -> Invocation {
    try Invocation(arguments: arguments, environment: environment) { path in
      guard let file, path == "c.json" else { throw CocoaError(.fileReadNoSuchFile) }
      return Array(file.utf8)
    }
  }

  private func faults(
    _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
  ) -> [String] {
    do throws(Invocation.Refusal) {
      _ = try invoke(arguments, environment: environment, file: file)
      return []
    } catch {
      return error.faults
    }
  }

  @Test("flag wins over environment, environment over file, file over default")
  func precedence() throws {
    let file = #"{"port": 1, "threads": 3, "host": "0.0.0.0", "max_queue": 7}"#
    let environment = ["SEGMENTD_PORT": "2", "SEGMENTD_THREADS": "4", "PATH": "/bin"]
    let settings = try invoke(
      ["--config", "c.json", "--port=3"], environment: environment, file: file
    ).settings
    #expect(settings.port == 3)
    #expect(settings.threads == 4)
    #expect(settings.host == "0.0.0.0")
    #expect(settings.maxQueue == 7)
    #expect(settings.idleTimeout == Settings().idleTimeout)
  }

  @Test("every setting can be set by flag, environment and file")
  func everySetting() throws {
    for setting in Setting.all {
      var changed = Settings()
      let candidates = [
        "true", "17", "json", "debug", "http://a", "oldest_unpinned", "10.0.0.0/8", "20/s",
        "till:0123456789abcdef:read", "x",
      ]
      let value = try #require(
        candidates.first { setting.set($0, in: &changed) == nil && changed != Settings() })
      #expect(try invoke(["\(setting.flag)=\(value)"]).settings == changed, "\(setting.key)")
      #expect(
        try invoke(environment: [setting.variable: value]).settings == changed, "\(setting.key)")
      let isBare = ["true", "17"].contains(value) && setting.set("17", in: &changed) == nil
      let json = isBare || value == "true" && setting.isSwitch ? value : "\"\(value)\""
      #expect(
        try invoke(["--config", "c.json"], file: "{\"\(setting.key)\": \(json)}").settings
          == invoke(["\(setting.flag)=\(value)"]).settings, "\(setting.key)")
    }
  }

  @Test("what is wrong is told with its place, all of it at once")
  func refusals() {
    let file = """
      {
        "port": 70000,
        "prot": 1,
        "sample": "maybe",
        "host": ["a"]
      }
      """
    let found = faults(
      ["--config=c.json", "--theads", "3", "--port", "x", "fly"],
      environment: ["SEGMENTD_PRT": "1", "SEGMENTD_LOG_LEVEL": "loud"], file: file)
    #expect(found.contains("c.json:2: port: takes a whole number from 0 to 65535"))
    #expect(found.contains("c.json:3: prot: no such setting; did you mean port?"))
    #expect(found.contains("c.json:4: sample: takes true or false"))
    #expect(found.contains("c.json:5: host: takes a single value"))
    #expect(found.contains("--theads: no such setting; did you mean --threads?"))
    #expect(found.contains("--port: takes a whole number from 0 to 65535"))
    #expect(found.contains("SEGMENTD_PRT: no such setting; did you mean SEGMENTD_PORT?"))
    #expect(found.contains("SEGMENTD_LOG_LEVEL: takes one of: debug, info, warning, off"))
    #expect(found.contains { $0.hasPrefix("fly: not a command") })
  }

  @Test("a file that is no JSON is refused with its line")
  func malformedFile() {
    #expect(
      faults(["--config", "c.json"], file: "{\n \"port\": }").first?.hasPrefix("c.json:2:") == true)
    #expect(
      faults(["--config", "gone.json"]).first?.hasPrefix("gone.json: cannot be read") == true)
    #expect(faults(["--port"]) == ["--port: a value is missing"])
  }

  @Test("commands come first")
  func commands() throws {
    #expect(try invoke().command == .serve)
    #expect(try invoke(["healthcheck", "--port", "9"]).command == .healthcheck)
    #expect(try invoke(["--help"]).command == .help)
    #expect(try invoke(["--version"]).command == .version)
    #expect(try invoke(["--sample"]).settings.sample)
  }

  @Test("Config/segmentd.json holds every setting with its default")
  func configFile() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: root.appending(path: "Config/segmentd.json"))
    #expect(String(decoding: data, as: UTF8.self) == Setting.file())
  }

  @Test("the help names every setting")
  func help() {
    for setting in Setting.all { #expect(Invocation.help.contains("  \(setting.flag) ")) }
  }
}
