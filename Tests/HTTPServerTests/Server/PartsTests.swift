import Dispatch
import Testing

@testable import HTTPServer

@Suite("Parts of the server")
struct PartsTests {
  /// What an outbox would send next, as one piece.
  private func waiting(in outbox: Outbox) -> [UInt8] {
    var bytes: [UInt8] = []
    var own = outbox.sentOwn
    for (index, shared) in outbox.shared.enumerated() where index >= outbox.sentSharedCount {
      bytes += outbox.own[own..<shared.position]
      own = shared.position
      bytes += shared.bytes[(index == outbox.sentSharedCount ? outbox.sentOfShared : 0)...]
    }
    return bytes + outbox.own[own...]
  }

  @Test("an outbox gives back what was put in, however it is sent")
  func outbox() {
    for seed in 0..<200 {
      var random = SplitMix(seed: UInt64(seed))
      var outbox = Outbox()
      var expected: [UInt8] = []
      for _ in 0..<60 {
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
          let bytes = (0..<Int.random(in: 0..<50, using: &random)).map { UInt8($0) }
          outbox.write { $0 += bytes }
          expected += bytes
        case 1:
          let size = Outbox.copiedBytes + Int.random(in: -1...400, using: &random)
          let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
          outbox.append(bytes)
          expected += bytes
        default:
          guard !expected.isEmpty else { continue }
          let sent = Int.random(in: 1...expected.count, using: &random)
          outbox.advance(by: sent)
          expected.removeFirst(sent)
        }
        #expect(outbox.count == expected.count, "seed \(seed)")
        #expect(waiting(in: outbox) == expected, "seed \(seed)")
      }
    }
  }

  @Test("idle connections are listed by age")
  func idleList() {
    for seed in 0..<200 {
      var random = SplitMix(seed: UInt64(seed))
      var list = IdleList()
      list.grow(to: 6)
      var expected: [Int] = []
      for time in 1...50 {
        let slot = Int.random(in: 0..<6, using: &random)
        expected.removeAll { $0 == slot }
        if Bool.random(using: &random) {
          list.append(slot, since: UInt64(time))
          expected.append(slot)
        } else {
          list.remove(slot)
        }
        #expect(list.oldest == expected.first, "seed \(seed)")
      }
    }
  }

  @Test("a queue is first in, first out")
  func queue() {
    var queue = HTTPServer.Queue<Int>()
    var expected: [Int] = []
    var random = SplitMix(seed: 7)
    for number in 0..<2000 {
      if Int.random(in: 0..<5, using: &random) < 3 {
        queue.append(number)
        expected.append(number)
      } else {
        #expect(queue.popFirst() == (expected.isEmpty ? nil : expected.removeFirst()))
      }
      #expect(queue.count == expected.count)
    }
  }

  @Test(
    "the pool runs so many jobs at once, lets so many wait, and refuses the next",
    .timeLimit(.minutes(1)))
  func pool() {
    let pool = ComputePool(width: 2, bound: 3)
    let started = DispatchSemaphore(value: 0)
    let gate = DispatchSemaphore(value: 0)
    let done = DispatchGroup()
    let running = Guarded((now: 0, most: 0, total: 0))
    let job: ComputePool.Job = {
      running.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      started.signal()
      gate.wait()
      running.withLock {
        $0.now -= 1
        $0.total += 1
      }
      done.leave()
    }
    for _ in 0..<5 {
      done.enter()
      #expect(pool.submit(job))
    }
    #expect(!pool.hasRoom)
    #expect(!pool.submit(job))
    // A step of a request that was let in is never refused.
    done.enter()
    pool.proceed(job)
    started.wait()
    started.wait()
    for _ in 0..<6 { gate.signal() }
    done.wait()
    #expect(running.withLock { $0.total } == 6)
    #expect(running.withLock { $0.most } == 2)
    #expect(pool.hasRoom)
  }
}
