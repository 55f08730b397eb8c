import Dispatch
import Foundation
import Synchronization

/// How a process ended.
public enum ExitStatus: Sendable, Equatable {
  case exited(Int32)
  case signalled(Int32)

  init(waitStatus: Int32) {
    let signal = waitStatus & 0x7f
    self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signalled(signal)
  }
}

/// A started program: what it wrote so far, and how it ended.
///
/// Its output is read as it comes, so the program never waits for a test to look. It is reaped by
/// this object alone, and killed when nobody holds this object any more.
final class ChildProcess: Sendable {
  /// A program that could not be started.
  struct StartFailure: Error, CustomStringConvertible {
    var description: String
  }

  /// What is known of the program by now.
  struct State {
    var output: [UInt8] = []
    var errorOutput: [UInt8] = []
    /// Nil while it runs.
    var exit: ExitStatus?
    /// Whether everything it wrote has been read.
    var outputHasEnded = false

    fileprivate var waiters: [Int: Waiter] = [:]
    fileprivate var lastWaiter = 0
  }

  fileprivate struct Waiter {
    var isMet: @Sendable (borrowing State) -> Bool
    var continuation: CheckedContinuation<Bool, Never>
  }

  let pid: pid_t
  private let watched: Watched

  /// The state, apart from this object so that the threads that watch do not keep it alive.
  private final class Watched: Sendable {
    let state = Mutex(State())
  }

  /// Starts the program at `path` with every signal as it is by default, and no input.
  init(path: String, arguments: [String], environment: [String: String]) throws {
    // Sockets, since Swift sees no call that makes a pipe which other starts do not inherit.
    let output = try Self.makeSocketPair()
    let errors = try Self.makeSocketPair()
    defer {
      close(output.child)
      close(errors.child)
    }
    do {
      pid = try Self.spawn(
        [path] + arguments, environment: environment, output: output.child, errors: errors.child)
    } catch {
      close(output.parent)
      close(errors.parent)
      throw error
    }
    watched = Watched()
    let (pid, watched) = (pid, watched)
    DispatchQueue(label: "output of \(pid)").async {
      Self.read(output: output.parent, errors: errors.parent, into: watched)
    }
    DispatchQueue(label: "end of \(pid)").async { Self.reap(pid, into: watched) }
  }

  deinit { signal(SIGKILL) }

  /// A copy of what is known now.
  func current<R: Sendable>(_ body: (borrowing State) -> R) -> R {
    watched.state.withLock { body($0) }
  }

  /// Sends a signal, unless the program has ended: its number may be another's by then.
  func signal(_ number: Int32) {
    watched.state.withLock { if $0.exit == nil { _ = kill(pid, number) } }
  }

  /// Whether `isMet` becomes true within `duration`; asked after every change.
  func wait(
    within duration: Duration, until isMet: @escaping @Sendable (borrowing State) -> Bool
  ) async -> Bool {
    let watched = watched
    return await withCheckedContinuation { continuation in
      let waiter: Int? = watched.state.withLock { state in
        if isMet(state) { return nil }
        state.lastWaiter += 1
        state.waiters[state.lastWaiter] = Waiter(isMet: isMet, continuation: continuation)
        return state.lastWaiter
      }
      guard let waiter else { return continuation.resume(returning: true) }
      let milliseconds = Int(duration.milliseconds)
      DispatchQueue(label: "deadline").asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
        let late = watched.state.withLock { $0.waiters.removeValue(forKey: waiter) }
        late?.continuation.resume(returning: false)
      }
    }
  }

  // MARK: Starting

  private static func makeSocketPair() throws -> (parent: Int32, child: Int32) {
    var ends: [Int32] = [0, 0]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    if socketpair(AF_UNIX, type, 0, &ends) != 0 { throw Socket.failure("socketpair") }
    return (ends[0], ends[1])
  }

  private static func spawn(
    _ arguments: [String], environment: [String: String], output: Int32, errors: Int32
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    for descriptor in try inheritableDescriptors() {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }

    // Dispatch's threads block signals and a script's background jobs ignore some; a child inherits
    // both, and would never see SIGTERM.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var mask = sigset_t()
    sigemptyset(&mask)
    posix_spawnattr_setsigmask(&attributes, &mask)
    var defaults = sigset_t()
    sigfillset(&defaults)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    let argumentPointers = arguments.map { strdup($0) }
    let environmentPointers = environment.map { strdup("\($0.key)=\($0.value)") }
    defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }

    var pid: pid_t = 0
    let code = posix_spawn(
      &pid, arguments[0], &actions, &attributes, argumentPointers + [nil],
      environmentPointers + [nil])
    if code != 0 {
      throw StartFailure(description: "\(arguments[0]): \(String(cString: strerror(code)))")
    }
    return pid
  }

  /// Numbers of files that the child shall not find open.
  ///
  /// This process was handed some by whatever started it, and not every library marks its own as
  /// private. Other tests open more while this one starts a child, so the range goes beyond what is
  /// open now; a number that turns out to be free does no harm.
  private static func inheritableDescriptors() throws -> Range<Int32> {
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
      throw Socket.failure("getrlimit")
    }
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    let highest = open.compactMap { Int32($0) }.max() ?? STDERR_FILENO
    return (STDERR_FILENO + 1)..<min(highest + 256, Int32(clamping: limit.rlim_cur))
  }

  // MARK: Watching

  private static func read(output: Int32, errors: Int32, into watched: Watched) {
    var open = [output, errors]
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while !open.isEmpty {
      var entries = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      // No deadline: the program's end, which is certain, ends its output.
      if poll(&entries, nfds_t(entries.count), -1) < 0 { continue }
      for entry in entries where entry.revents != 0 {
        let count = Glibc.read(entry.fd, &buffer, buffer.count)
        if count > 0 {
          change(watched) {
            if entry.fd == output {
              $0.output += buffer[..<count]
            } else {
              $0.errorOutput += buffer[..<count]
            }
          }
        } else if count == 0 || errno != EINTR {
          close(entry.fd)
          open.removeAll { $0 == entry.fd }
        }
      }
    }
    change(watched) { $0.outputHasEnded = true }
  }

  private static func reap(_ pid: pid_t, into watched: Watched) {
    // First only look: the number stays the program's until it is reaped, under the lock that
    // `signal` takes too.
    var info = siginfo_t()
    while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    change(watched) {
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0, errno == EINTR {}
      $0.exit = ExitStatus(waitStatus: status)
    }
  }

  /// Changes the state and wakes those who waited for what it is now.
  private static func change(_ watched: Watched, _ body: (inout State) -> Void) {
    let woken = watched.state.withLock { state in
      body(&state)
      let met = state.waiters.filter { $0.value.isMet(state) }
      for key in met.keys { state.waiters[key] = nil }
      return met.values.map(\.continuation)
    }
    for continuation in woken { continuation.resume(returning: true) }
  }
}
