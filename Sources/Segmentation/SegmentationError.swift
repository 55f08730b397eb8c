import Clustering
import Datasets

/// Why a use case could not be carried out; prose is made at the edge.
public enum SegmentationError: Error, Equatable, Sendable {
  /// The content could not be read or cleaned.
  case dataset(DatasetError)
  /// The fit could not be made.
  case clustering(ClusteringError)
  /// More clusters were asked for than there are different customers.
  case tooManyClusters(requested: Int, distinct: Int)
  /// Fewer than two different customers are left in the chosen features.
  case allCustomersAlike(features: [String])
  /// A logarithm was asked of a column with negative values.
  case negativeUnderLogarithm(column: String, minimum: Double)
  /// The rows to assign lack columns that the model needs.
  case missingFeatures(names: [String], available: [String])
  /// No run is current in the series.
  case noCurrentRun(series: String)
  /// The series has no run before the one that is asked about.
  case noEarlierRun(series: String)
  /// The run is not in the store.
  case unknownRun(id: String)
  /// The dataset is not in the store.
  case unknownDataset(id: String)
  /// No run of the series has the segment.
  case unknownSegment(id: String, series: String)
  /// The series changed while something was decided about it.
  case seriesChanged(series: String)
  /// The store's budget does not take the dataset and its run.
  case storeFull(neededBytes: Int, freeBytes: Int, budgetBytes: Int)
  /// What was stored under this id was damaged and has been set aside.
  case damaged(id: String, reason: String)
  /// The disk takes no more; nothing was changed.
  case diskFull(reason: String)
  /// The disk cannot be read or written; nothing was changed.
  case storeUnavailable(reason: String)
  /// The work was given up because nobody waits for it any more.
  case cancelled
}

extension SegmentationError {
  init(_ error: StoreError) {
    switch error {
    case .full(let needed, let free, let budget):
      self = .storeFull(neededBytes: needed, freeBytes: free, budgetBytes: budget)
    case .unknownRun(let id): self = .unknownRun(id: id)
    case .unknownDataset(let id): self = .unknownDataset(id: id)
    case .unknownSegment(let id, let series): self = .unknownSegment(id: id, series: series)
    case .seriesChanged(let series): self = .seriesChanged(series: series)
    case .damaged(let id, let reason): self = .damaged(id: id, reason: reason)
    case .diskFull(let reason): self = .diskFull(reason: reason)
    case .unavailable(let reason): self = .storeUnavailable(reason: reason)
    }
  }
}
