/// What a person chose for a segment of a series; nil where nothing was chosen.
public struct SegmentDetails: Sendable, Equatable {
  /// The name that stands in place of the one made from the data.
  public var name: String?
  /// What the segment is, in the person's own words.
  public var description: String?
  /// The colour to draw it in, as `#rrggbb`.
  public var colour: String?
  /// Whether it stands first in lists.
  public var isPinned: Bool

  /// Details; by default nothing is chosen.
  public init(
    name: String? = nil, description: String? = nil, colour: String? = nil, isPinned: Bool = false
  ) {
    self.name = name
    self.description = description
    self.colour = colour
    self.isPinned = isPinned
  }

  /// Whether nothing is chosen.
  public var isEmpty: Bool { self == SegmentDetails() }

  /// An estimate of the memory it holds, in bytes.
  var byteCount: Int {
    128 + (name?.utf8.count ?? 0) + (description?.utf8.count ?? 0) + (colour?.utf8.count ?? 0)
  }
}

/// A line of runs that share segment identity, as of one moment.
public struct SeriesState: Sendable, Equatable {
  /// The version of the store at the last change of this series; 0 for a series without runs.
  public internal(set) var revision: UInt64 = 0
  /// The ids of its runs in the order they entered it.
  public internal(set) var runIDs: [String] = []
  /// The ids of the runs that were activated, in that order; the last one is current.
  public internal(set) var activations: [String] = []
  /// What a person chose, by segment id; kept as long as a stored run has the segment.
  public internal(set) var details: [String: SegmentDetails] = [:]

  /// The state of a series without runs.
  public init() {}

  /// An estimate of the memory that the details hold, in bytes.
  var byteCount: Int { details.values.reduce(0) { $0 + $1.byteCount } }
}
