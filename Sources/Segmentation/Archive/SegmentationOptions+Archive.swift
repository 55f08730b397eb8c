import Datasets

/// What was asked for, as it stands in a file.
extension SegmentationOptions: Archivable {
  /// Writes all of it.
  public func write(to writer: inout ArchiveWriter) {
    switch clusterCount {
    case .automatic(let range):
      writer.put(true)
      writer.put(range.lowerBound)
      writer.put(range.upperBound)
    case .fixed(let count):
      writer.put(false)
      writer.put(count)
    }
    writer.put(cleaning)
    writer.put(scale)
    writer.put(categorical)
    writer.put(seed)
    writer.put(restarts)
    switch minimumSize {
    case .customers(let count):
      writer.put(true)
      writer.put(count)
    case .share(let share):
      writer.put(false)
      writer.put(share)
    }
    writer.put(bootstraps)
    writer.put(series)
    writer.put(activates)
  }

  /// Reads options.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init()
    let isAutomatic: Bool = try reader.get()
    let first = try reader.integer(in: 1...(1 << 30))
    clusterCount =
      isAutomatic ? .automatic(first...(try reader.integer(in: first...(1 << 30)))) : .fixed(first)
    cleaning = try reader.get()
    scale = try reader.get()
    categorical = try reader.get()
    seed = try reader.get()
    restarts = try reader.get()
    let countsCustomers: Bool = try reader.get()
    minimumSize =
      countsCustomers ? .customers(try reader.get()) : .share(try reader.get())
    bootstraps = try reader.get()
    series = try reader.get()
    activates = try reader.get()
  }
}

extension Scale: Archivable {}
extension Categorical: Archivable {}

extension ChoiceOfClusterCount: Archivable {
  /// Writes all of it.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(candidates)
    writer.put(chosen)
    writer.put(best)
    writer.put(votes)
    writer.put(singleGap)
    writer.put(singleGapError)
  }

  /// Reads a table of k.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      candidates: try reader.get(), chosen: try reader.get(), best: try reader.get(),
      votes: try reader.get(), singleGap: try reader.get(), singleGapError: try reader.get())
  }
}

extension ChoiceOfClusterCount.Candidate: Archivable {
  /// Writes all of it.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(clusterCount)
    writer.put(inertia)
    for number in [
      silhouette, simplifiedSilhouette, calinskiHarabasz, daviesBouldin, gap, gapError,
    ] { writer.put(number) }
    writer.put(stability)
    writer.put(smallestSize)
    writer.put(isFeasible)
  }

  /// Reads a row of the table.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      clusterCount: try reader.get(), inertia: try reader.get(), silhouette: try reader.get(),
      simplifiedSilhouette: try reader.get(), calinskiHarabasz: try reader.get(),
      daviesBouldin: try reader.get(), gap: try reader.get(), gapError: try reader.get(),
      stability: try reader.get(), smallestSize: try reader.get(), isFeasible: try reader.get())
  }
}

extension ClusterCountVotes: Archivable {
  /// Writes all of it.
  public func write(to writer: inout ArchiveWriter) {
    for vote in [silhouette, calinskiHarabasz, daviesBouldin, gap, stability] { writer.put(vote) }
  }

  /// Reads votes.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    silhouette = try reader.get()
    calinskiHarabasz = try reader.get()
    daviesBouldin = try reader.get()
    gap = try reader.get()
    stability = try reader.get()
  }
}
