import Testing

@testable import HTTPServer

/// A sequence of events, and what the last of them asks for.
struct Transition: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let events: [ConnectionState.Event]
  let actions: ConnectionState.Actions
  let phase: ConnectionState.Phase

  init(
    _ description: String, _ events: [ConnectionState.Event], _ actions: ConnectionState.Actions,
    _ phase: ConnectionState.Phase
  ) {
    testDescription = description
    self.events = events
    self.actions = actions
    self.phase = phase
  }
}

@Suite("The life of a connection")
struct ConnectionStateTests {
  static let get = ConnectionState.Event.headCompleted(.complete, persists: true)
  static let lastGet = ConnectionState.Event.headCompleted(.complete, persists: false)
  static let upload = ConnectionState.Event.headCompleted(.wanted, persists: true)
  static let ignored = ConnectionState.Event.headCompleted(.unwanted, persists: true)

  static let transitions = [
    Transition("a head begins", [.headBegan], [], .head),
    Transition(
      "a request is answered", [get, .answerBegan, .answerCompleted], .nextRequest, .idle),
    Transition(
      "a last request is answered", [lastGet, .answerBegan, .answerCompleted], [], .finishing),
    Transition(
      "the last answer is sent", [lastGet, .answerBegan, .answerCompleted, .flushed], .linger,
      .lingering),
    Transition(
      "the client closes while the connection lingers",
      [lastGet, .answerBegan, .answerCompleted, .flushed, .peerFinished(outputWaits: false)],
      .close, .closed),
    Transition(
      "the last answer is sent to a client that had closed its side",
      [lastGet, .peerFinished(outputWaits: false), .answerBegan, .answerCompleted, .flushed],
      .close, .closed),
    Transition("an idle client closes", [.peerFinished(outputWaits: false)], .close, .closed),
    Transition(
      "a client closes its side while answers wait",
      [get, .answerBegan, .answerCompleted, .peerFinished(outputWaits: true)], [], .finishing),
    Transition(
      "the last of them is sent",
      [get, .answerBegan, .answerCompleted, .peerFinished(outputWaits: true), .flushed], .close,
      .closed),
    Transition(
      "a head is cut off", [.headBegan, .peerFinished(outputWaits: false)], .close, .closed),
    Transition(
      "a client closes its side and waits for its answer",
      [get, .peerFinished(outputWaits: false)], [],
      .exchange(.complete, .pending)),
    Transition(
      "its answer is the last one",
      [get, .peerFinished(outputWaits: false), .answerBegan, .answerCompleted], [],
      .finishing),
    Transition(
      "content is cut off", [upload, .peerFinished(outputWaits: false)], [.close, .cancelWork],
      .closed),
    Transition(
      "content is cut off while its answer streams",
      [upload, .answerBegan, .peerFinished(outputWaits: false)],
      [.close, .cancelWork], .closed),
    Transition(
      "unwanted content is cut off before the answer",
      [ignored, .peerFinished(outputWaits: false)],
      [.close, .cancelWork], .closed),
    Transition(
      "unwanted content is cut off during the answer",
      [ignored, .answerBegan, .peerFinished(outputWaits: false)], [],
      .exchange(.abandoned, .begun)),
    Transition("content is complete", [upload, .contentEnded], [], .exchange(.complete, .pending)),
    Transition(
      "an answer is complete before unwanted content", [ignored, .answerBegan, .answerCompleted],
      [], .exchange(.unwanted, .complete)),
    Transition(
      "the content then ends", [ignored, .answerBegan, .answerCompleted, .contentEnded],
      .nextRequest, .idle),
    Transition(
      "the content turns out too long to read away",
      [ignored, .answerBegan, .answerCompleted, .contentRefused(isSmall: false)], [], .finishing),
    Transition(
      "a receiver wants no more of little content", [upload, .contentRefused(isSmall: true)], [],
      .exchange(.unwanted, .pending)),
    Transition(
      "a receiver wants no more of much content", [upload, .contentRefused(isSmall: false)], [],
      .exchange(.abandoned, .pending)),
    Transition(
      "its answer ends the connection",
      [upload, .contentRefused(isSmall: false), .answerBegan, .answerCompleted], [], .finishing),
    Transition("a fault", [.headBegan, .faulted], [], .exchange(.abandoned, .pending)),
    Transition(
      "a fault is answered", [.headBegan, .faulted, .answerBegan, .answerCompleted], [],
      .finishing),
    Transition("the connection breaks while idle", [.broke], .close, .closed),
    Transition(
      "the connection breaks during work", [get, .broke], [.close, .cancelWork], .closed),
    Transition(
      "the connection breaks behind the answer", [lastGet, .answerBegan, .answerCompleted, .broke],
      .close, .closed),
    Transition(
      "an answer during a shutdown is the last one", [get, .drain, .answerBegan, .answerCompleted],
      [], .finishing),
    Transition(
      "duplex: the answer is complete before the content",
      [upload, .answerBegan, .contentEnded, .answerCompleted], .nextRequest, .idle),
    Transition("events after the end change nothing", [.broke, .answerBegan], [], .closed),
  ]

  @Test("events lead to actions", arguments: transitions)
  func transition(_ transition: Transition) {
    var state = ConnectionState()
    var actions: ConnectionState.Actions = []
    for event in transition.events { actions = state.handle(event) }
    #expect(actions == transition.actions)
    #expect(state.phase == transition.phase)
  }

  @Test("nothing is read while an answer is pending, except content")
  func input() {
    var state = ConnectionState()
    #expect(state.wantsInput)
    _ = state.handle(Self.get)
    #expect(!state.wantsInput)
    _ = state.handle(.answerBegan)
    #expect(!state.wantsInput)
    _ = state.handle(.answerCompleted)
    #expect(state.wantsInput)
    _ = state.handle(Self.upload)
    #expect(state.wantsInput)
    _ = state.handle(.contentRefused(isSmall: false))
    #expect(!state.wantsInput)
  }

  @Test("no sequence of events leads out of the closed state, and none traps")
  func closedIsFinal() {
    let events: [ConnectionState.Event] = [
      .headBegan, Self.get, Self.lastGet, Self.upload, Self.ignored, .contentEnded,
      .contentRefused(isSmall: true), .contentRefused(isSmall: false), .faulted, .answerBegan,
      .answerCompleted, .flushed, .peerFinished(outputWaits: false), .drain,
    ]
    for seed in 0..<2000 {
      var random = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
      var state = ConnectionState()
      var hasClosed = false
      for _ in 0..<30 {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let event = events[Int(random >> 33) % events.count]
        // A closed connection gets no further requests: its shell has let it go.
        if hasClosed {
          switch event {
          case .headCompleted, .faulted: continue
          default: break
          }
        }
        let actions = state.handle(event)
        if hasClosed { #expect(state.phase == .closed, "seed \(seed)") }
        if actions.contains(.close) { hasClosed = true }
      }
    }
  }
}
