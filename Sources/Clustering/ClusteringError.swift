/// What can be wrong with the input of a clustering, or stop it.
///
/// Cases carry data; sentences for people are made at the edge of the service.
public enum ClusteringError: Error, Equatable, Sendable {
  /// More clusters were asked for than there are distinct points, or fewer than one.
  case clusterCountOutOfRange(requested: Int, distinctPoints: Int)
  /// A coordinate is NaN or infinite, or so large that squared distances are not finite.
  case notFinite(sample: Int, feature: Int)
  /// A sample weight is not a finite number above zero.
  case weightNotPositive(sample: Int)
  /// Two parts that belong together differ in length, or there is no feature.
  case shapeMismatch(expected: Int, found: Int)
  /// There is nothing to cluster.
  case noSamples
  /// More samples than a label index (`Int32`) can tell apart.
  case tooManySamples(found: Int)
  /// An option lies outside its range.
  case optionOutOfRange(option: Option, value: Int)
  /// The caller's cancellation closure answered true.
  case cancelled

  /// An option of a fit or search that has a smallest value.
  public enum Option: Equatable, Sendable {
    /// Independent tries of one fit.
    case restarts
    /// Lloyd iterations of one try.
    case iterationLimit
    /// Worker threads.
    case threads
    /// Bootstraps of a stability.
    case bootstraps
    /// Reference sets of a gap statistic.
    case references
  }
}
