import Clustering
import Datasets

/// From scaled points to the clusters of a run: fit, choice of k, minimum size, stability.
struct SegmentSearch {
  let points: FeatureMatrix
  let weights: [Double]
  let options: SegmentationOptions
  let threads: Int
  let cancellation: @Sendable () -> Bool
  /// Makes the rules of a model's clusters.
  let rules: @Sendable (KMeansModel) -> SegmentRules

  /// What was found.
  struct Outcome {
    let model: KMeansModel
    let quality: ClusterQuality
    let rules: SegmentRules
    let stability: BootstrapStability?
    let structure: StructureStrength?
    let choice: ChoiceOfClusterCount?
  }

  /// Fits a given number of clusters.
  func fit(
    clusterCount: Int, clock: inout PhaseClock
  ) throws(ClusteringError) -> Outcome {
    let fitter = try kMeans(clusterCount)
    let model = try fitter.merging(
      fitter.fit(points, weights: weights), below: minimum, of: points, weights: weights)
    clock.mark(.fit)
    return try judged(model, choice: nil, clock: &clock)
  }

  /// Fits every number of clusters of a range and chooses one.
  func choose(
    from range: ClosedRange<Int>, clock: inout PhaseClock
  ) throws(ClusteringError) -> Outcome {
    let found = try ClusterCountSearch(
      range: range, seed: options.seed, restarts: options.restarts, threads: threads,
      cancellation: cancellation
    ).run(points, weights: weights)
    clock.mark(.fit)
    let evidence = try evidence(found.candidates.map(\.model))
    clock.mark(.stability)
    let candidates = zip(found.candidates.indices, found.candidates).map { index, candidate in
      let smallest = candidate.model.weightOfCluster.min() ?? 0
      return ChoiceOfClusterCount.Candidate(
        clusterCount: candidate.clusterCount, inertia: candidate.model.inertia,
        silhouette: candidate.quality.silhouette,
        simplifiedSilhouette: candidate.quality.simplifiedSilhouette,
        calinskiHarabasz: candidate.quality.calinskiHarabasz,
        daviesBouldin: candidate.quality.daviesBouldin, gap: evidence.gaps[index]?.value,
        gapError: evidence.gaps[index]?.standardError,
        stability: evidence.stability[index]?.meanOfCluster ?? [], smallestSize: smallest,
        isFeasible: smallest >= minimum)
    }
    let chosen = ClusterCountDecision.choose(candidates)
    let best = found.candidates[chosen]
    let votes = ClusterCountVotes(candidates, gap: evidence.gapChoice)
    func choice(leaving clusterCount: Int) -> ChoiceOfClusterCount {
      ChoiceOfClusterCount(
        candidates: candidates, chosen: clusterCount, best: best.clusterCount, votes: votes,
        singleGap: evidence.singleGap?.value, singleGapError: evidence.singleGap?.standardError)
    }
    if candidates[chosen].isFeasible {
      return Outcome(
        model: best.model, quality: best.quality, rules: rules(best.model),
        stability: evidence.stability[chosen],
        structure: evidence.structure(ofModel: chosen, silhouette: best.quality.silhouette),
        choice: choice(leaving: best.clusterCount))
    }
    let merged = try kMeans(best.clusterCount).merging(
      best.model, below: minimum, of: points, weights: weights)
    return try judged(merged, choice: choice(leaving: merged.clusterCount), clock: &clock)
  }

  /// The quality of a model, with its rules, most of which take one thread, and its stability.
  private func judged(
    _ model: KMeansModel, choice: ChoiceOfClusterCount?, clock: inout PhaseClock
  ) throws(ClusteringError) -> Outcome {
    let (measured, found) = ParallelMap.both(of: points.sampleCount, threads: threads) {
      evaluated(model)
    } _: {
      rules(model)
    }
    let quality = try measured.get()
    clock.mark(.quality)
    let evidence = try evidence([model])
    clock.mark(.stability)
    return Outcome(
      model: model, quality: quality, rules: found, stability: evidence.stability[0],
      structure: evidence.structure(ofModel: 0, silhouette: quality.silhouette), choice: choice)
  }

  private func evaluated(_ model: KMeansModel) -> Result<ClusterQuality, ClusteringError> {
    do throws(ClusteringError) {
      return .success(
        try ClusterQuality.evaluate(
          points, weights: weights, model: model, seed: options.seed, threads: threads,
          cancellation: cancellation))
    } catch {
      return .failure(error)
    }
  }

  private func evidence(
    _ models: [KMeansModel]
  ) throws(ClusteringError) -> ResamplingEvidence {
    try ResamplingEvidence(
      points, weights: weights, models: models, options: options, threads: threads,
      cancellation: cancellation)
  }

  private func kMeans(_ clusterCount: Int) throws(ClusteringError) -> KMeans {
    try KMeans(
      clusterCount: clusterCount, seed: options.seed, restarts: options.restarts,
      threads: threads, cancellation: cancellation)
  }

  private var minimum: Double {
    options.minimumSize.customers(of: weights.reduce(0, +))
  }
}
