import Clustering

extension SegmentationService {
  /// The table of k of a run: its own, or one made now for a run whose k was given.
  ///
  /// - Complexity: O(1), or a fit of every k from 2 to 10 with the run's other options.
  public func choice(
    of run: Run, cancellation: @escaping @Sendable () -> Bool = { false }
  ) throws(SegmentationError) -> ChoiceOfClusterCount {
    if let choice = run.choice { return choice }
    var options = run.options
    options.clusterCount = SegmentationOptions().clusterCount
    var clock = PhaseClock()
    let fit = try SegmentationFit(
      dataset: run.dataset, options: options, threads: configuration.threads,
      aliases: configuration.aliases, playbook: configuration.playbook, cancellation: cancellation,
      clock: &clock)
    guard let choice = fit.choice else { throw .cancelled }
    return choice
  }
}
