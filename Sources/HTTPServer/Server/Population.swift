import Synchronization

/// Counts the connections of a whole server.
final class Population: Sendable {
  private let total = Atomic<Int>(0)
  private let byAddress = Guarded<[PeerAddress: Int]>([:])
  private let perAddress: Int?
  private let unlimited: [AddressRange]

  /// - Parameters:
  ///   - perAddress: how many connections one address may have.
  ///   - unlimited: addresses that may have more.
  init(perAddress: Int?, unlimited: [AddressRange] = []) {
    self.perAddress = perAddress
    self.unlimited = unlimited
  }

  private func isCounted(_ peer: PeerAddress) -> Bool {
    perAddress != nil && peer != .unix && !unlimited.contains { $0.contains(peer) }
  }

  var count: Int { total.load(ordering: .relaxed) }

  /// Counts a connection in; false, and nothing done, when its address has enough.
  func enter(_ peer: PeerAddress) -> Bool {
    if let perAddress, isCounted(peer) {
      let isRoom = byAddress.withLock { counts in
        let count = counts[peer.countedAs, default: 0]
        guard count < perAddress else { return false }
        counts[peer.countedAs] = count + 1
        return true
      }
      guard isRoom else { return false }
    }
    total.add(1, ordering: .relaxed)
    return true
  }

  /// Counts a connection out.
  func leave(_ peer: PeerAddress) {
    if isCounted(peer) {
      byAddress.withLock { counts in
        guard let count = counts[peer.countedAs] else { return }
        counts[peer.countedAs] = count > 1 ? count - 1 : nil
      }
    }
    total.subtract(1, ordering: .relaxed)
  }
}
