import Foundation
import TestSupport
import Testing

/// A stand-in for systemd: hears what it would be told, and hands over a socket as it would.
@Suite("the service manager", .timeLimit(.minutes(2)))
struct ManagerTests {
  private static let manager = """
    import os, signal, socket, subprocess, sys, urllib.request
    program, folder = sys.argv[1:3]
    notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notify.bind(folder + "/notify")
    notify.settimeout(20)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.listen()
    pid = os.fork()
    if pid == 0:
        os.dup2(listener.fileno(), 3)
        os.set_inheritable(3, True)
        environment = dict(os.environ, NOTIFY_SOCKET=folder + "/notify", LISTEN_FDS="1",
                           LISTEN_PID=str(os.getpid()))
        os.execve(program, [program, "--log-level=info"], environment)
    listener.close()
    def told():
        return notify.recv(4096).decode().split("\\n")[0]
    assert told() == "READY=1"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
        assert answer.status == 200
    os.kill(pid, signal.SIGHUP)
    assert told() == "RELOADING=1"
    assert told() == "READY=1"
    os.kill(pid, signal.SIGTERM)
    assert told() == "STOPPING=1"
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    print("as it should be")
    """

  @Test("it is told of readiness, reload and stop, and its socket is listened on")
  func systemd() async throws {
    let folder = try TemporaryFolder()
    let script = try folder.write(Self.manager, to: "manager.py")
    let end = try await Program.run(
      Launch([script, try Launch.builtService(), folder.path], program: "python3"),
      within: .seconds(60))
    #expect(end.status == .exited(0), "\(end.errorOutput)")
    #expect(end.output.contains("as it should be"))
  }
}
