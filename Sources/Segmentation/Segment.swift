import Datasets

/// A cluster with a name that a shop can use.
public struct Segment: Sendable, Equatable {
  /// A slug, unique within the series: `high-income-high-spending`.
  public internal(set) var id: String
  /// What sets the customers apart, from the centroid (`High income, high spending`), or the name a
  /// person chose.
  public internal(set) var name: String
  /// The cluster it stands for.
  public let cluster: Int
  /// What a person chose.
  public private(set) var details = SegmentDetails()
  /// The name from the data where a person chose another.
  private var namedByData: String?

  /// A segment as the data have it.
  init(id: String, name: String, cluster: Int) {
    self.id = id
    self.name = name
    self.cluster = cluster
  }

  /// The name from the data.
  var dataName: String { namedByData ?? name }

  /// The segment as a person described it.
  func described(by details: SegmentDetails) -> Segment {
    var segment = self
    segment.details = details
    segment.name = details.name ?? dataName
    segment.namedByData = details.name == nil ? nil : dataName
    return segment
  }
}
