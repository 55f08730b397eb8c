import Datasets

/// What a run knows of each row: its dataset, and the cluster of each of the dataset's rows.
public final class RunRows: Sendable {
  /// The rows the run was fitted on.
  let dataset: Dataset
  /// The cluster of each row of the dataset's table.
  let labels: RowLabels

  init(dataset: Dataset, labels: RowLabels) {
    self.dataset = dataset
    self.labels = labels
  }
}

extension Run {
  /// Whether the run came back as its model: it assigns customers and holds none.
  public var isRestored: Bool { outline.rowCount == 0 }

  /// Reads the rows of the run, if they are not in memory yet; whoever hands a run out does it.
  public func load() throws(StoreError) { _ = try rows.load() }

  /// What is known of the rows without them.
  struct Outline: Sendable {
    let datasetID: String
    let rowCount: Int
    /// The memory that labels and profile take once they are there.
    let byteCount: Int
    /// The names of the columns.
    let columns: [Dataset.EmptyColumn]

    init(datasetID: String, rowCount: Int, byteCount: Int, columns: [Dataset.EmptyColumn]) {
      self.datasetID = datasetID
      self.rowCount = rowCount
      self.byteCount = byteCount
      self.columns = columns
    }

    init(_ dataset: Dataset, byteCount: Int) {
      datasetID = dataset.id
      rowCount = dataset.table.rowCount
      self.byteCount = byteCount
      columns = dataset.report.columns.map {
        .init(key: $0.key, header: $0.header, unit: $0.unit, isFeature: $0.isFeature)
      }
    }

    /// Columns without rows: what is left when the rows cannot be read.
    var withoutRows: RunRows {
      RunRows(
        dataset: .empty(columns: columns), labels: RowLabels(rowCount: 0, clusterCount: 1))
    }
  }
}
