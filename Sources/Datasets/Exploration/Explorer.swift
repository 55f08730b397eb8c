extension Exploration {
  /// How many rows ranks are correlated over.
  static let rankedRowLimit = 1 << 17
  /// How many texts are named.
  static let topLimit = 10
  /// Descriptive columns with more categories get no means.
  static let categoryLimit = 50

  /// Explores a dataset.
  ///
  /// - Parameters:
  ///   - binCount: how many bins histograms have, from 1.
  ///   - threads: how many may look at the columns; what is found does not depend on it.
  /// - Complexity: O(*rows* · *features*²) for the correlations, else O(*rows* · *columns*);
  ///   24 bytes a row beside the table where ranks are correlated over a sample.
  public init(_ dataset: Dataset, binCount: Int = 10, threads: Int = 1) {
    let table = dataset.table
    let (roles, rows) = (dataset.roles, dataset.rows)
    let numeric = table.columns.indices.filter {
      table.columns[$0].isNumeric && roles[$0] == .feature
    }
    let explored = ParallelMap.map(table.columns.count, threads: threads) {
      ExploredColumn(table.columns[$0], roles[$0], rows: rows, binCount: max(1, binCount))
    }
    columns = explored
    correlated = numeric
    let means = numeric.map { explored[$0].numbers?.mean ?? 0 }
    var pairs = PairSums(dataset, numeric, means: means)
    var groups = roles.indices.compactMap { index -> CategorySums? in
      guard roles[index] == .descriptive else { return nil }
      return CategorySums(table.columns[index], featureCount: numeric.count)
    }
    var sample = OrderFreeSample(rowCount: rows.count, limit: Exploration.rankedRowLimit)
    rows.forEachPiece { piece in
      let part = RowSelection(
        ranges: piece.kept.map {
          $0.lowerBound + piece.rows.lowerBound..<$0.upperBound + piece.rows.lowerBound
        })
      let numbers = numeric.map { table.columns[$0].numbers(in: part) }
      pairs.add(numbers)
      sample.add(numbers, count: piece.count)
      for index in groups.indices { groups[index].add(piece, numbers) }
    }
    pearson = pairs.correlations
    categoryMeans = groups.map { $0.means(of: numeric) }
    let samples = sample.positions(
      limits: [Exploration.rankedRowLimit, ClusterTendency.sampleLimit])
    let ranked = GatheredRows(samples[0].map { rows[$0] })
    spearman = Correlation.ofRanks(
      ParallelMap.map(numeric.count, threads: threads) {
        ranked.numbers(of: table.columns[numeric[$0]])
      }, threads: threads)
    spearmanRowCount = samples[0].count
    let probed = samples[1].map { rows[$0] }
    hopkinsRowCount = probed.count
    hopkins = ClusterTendency.hopkins(
      dataset.features.map { index in
        probed.map { dataset.number(ofRow: $0, column: index) ?? .nan }
      }, threads: threads)
  }
}

extension ExploredColumn {
  init(_ column: Column, _ role: ColumnRole, rows: RowSelection, binCount: Int) {
    key = column.key
    if column.isNumeric, ExploredColumn.isName(role) {
      // Numbers that only name rows have no shape.
      if WholeNumberTally(column)?.isStrictlyIncreasing == true {
        count = rows.count
        distinctCount = rows.count
      } else {
        let values = ValueCounts(column, rows: rows)
        count = values.count
        distinctCount = values.values.count
      }
      numbers = nil
      top = []
      dates = nil
    } else if column.isNumeric, role == .ignored(.date) {
      let values = ValueCounts(column, rows: rows)
      count = values.count
      distinctCount = values.values.count
      numbers = nil
      top = []
      dates = ExploredDates(compact: values)
    } else if column.isNumeric {
      let values = ValueCounts(column, rows: rows)
      count = values.count
      distinctCount = values.values.count
      numbers = ExploredNumbers(values, binCount: binCount)
      top = []
      dates = nil
    } else {
      let categories = column.categoryCounts(in: rows)
      count = categories.reduce(0) { $0 + $1.count }
      distinctCount = categories.count
      numbers = nil
      dates = role == .ignored(.date) ? ExploredDates(categories) : nil
      let common = categories.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
      top = Array(common.prefix(Exploration.topLimit))
    }
    missingCount = rows.count - count
  }

  private static func isName(_ role: ColumnRole) -> Bool {
    role == .id || role == .ignored(.idLike) || role == .ignored(.index)
      || role == .ignored(.code)
  }
}
