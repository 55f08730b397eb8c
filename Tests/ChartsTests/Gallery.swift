import Charts

/// One chart of every kind over made-up customers, for every test to look at.
struct Gallery {
  /// What the names and numbers are like.
  enum Kind: String, CaseIterable {
    /// Ordinary names, six segments, three features.
    case plain
    /// Names that try to break out, run over and turn around.
    case hostile
    /// More segments, features and customers than a picture has room for.
    case large
    /// One segment, one feature, values that are all the same.
    case degenerate
    /// Numbers at the ends of what a Double holds.
    case extreme
    /// Segments without customers, and nobody who is in both runs.
    case nobody
    /// Customers of weights whose sum is beyond what a Double holds.
    case enormous
  }

  let kind: Kind
  let segments: [ChartSegment]
  let features: [ChartFeature]
  let points: CustomerPoints
  let centroids: [[Double]]
  let sizes: [Double]

  static let hostileNames = [
    "<script>alert(1)</script>", "\"><img src=x onerror='alert(2)'>", "👩‍👩‍👧‍👦 families 🎉🎉",
    "שלום עולם \u{202E}drow", "مرحبا بالعالم", String(repeating: "W", count: 300), "]]>&amp;&#60;",
    "a\u{0}\u{1B}[31m\nb\tc", "Z\u{0301}\u{0302}\u{0303}\u{0304}\u{0305}\u{0306}\u{0307}algo",
    "日本語の長い名前がここに入りますので切り詰められます", "﷽", "' or 1=1 --", "${7*7} {{x}}", "",
  ]

  /// The gallery of a kind, made once.
  static func of(_ kind: Kind) -> Gallery { made[kind] ?? Gallery(kind) }

  private static let made = Dictionary(
    uniqueKeysWithValues: Kind.allCases.map { ($0, Gallery($0)) })

  private init(_ kind: Kind) {
    self.kind = kind
    let counts =
      switch kind {
      case .plain: (segments: 6, features: 3, customers: 200)
      case .hostile: (segments: 14, features: 6, customers: 300)
      case .large: (segments: 30, features: 26, customers: 4500)
      case .degenerate: (segments: 1, features: 1, customers: 5)
      case .extreme, .enormous: (segments: 3, features: 2, customers: 30)
      case .nobody: (segments: 3, features: 2, customers: 0)
      }
    let plainSegments = [
      "Middle age, middle income", "High income, high spending", "Young, low spending",
      "High income, low spending", "Low income, low spending", "Low income, high spending",
    ]
    let plainFeatures = [("Age", nil), ("Annual Income", "k$"), ("Spending Score", "1-100")]
    segments = (0..<counts.segments).map { index in
      switch kind {
      case .plain: ChartSegment(id: "segment-\(index)", name: plainSegments[index])
      case .hostile:
        ChartSegment(
          id: Gallery.hostileNames[index], name: Gallery.hostileNames[index],
          colour: index == 1 ? "#123456" : "red;} *{}")
      case .large: ChartSegment(id: "s\(index)", name: "Segment number \(index + 1)")
      case .degenerate, .extreme, .nobody, .enormous:
        ChartSegment(id: "s\(index)", name: "Everybody \(index)")
      }
    }
    features = (0..<counts.features).map { index in
      switch kind {
      case .plain:
        ChartFeature(
          key: "feature_\(index)", name: plainFeatures[index].0, unit: plainFeatures[index].1)
      case .hostile:
        ChartFeature(
          key: Gallery.hostileNames[index], name: Gallery.hostileNames[index],
          unit: Gallery.hostileNames[(index + 5) % 14])
      case .large: ChartFeature(key: "f\(index)", name: "Feature number \(index + 1)")
      case .degenerate, .extreme, .nobody, .enormous:
        ChartFeature(key: "f\(index)", name: "Value \(index)")
      }
    }
    // A fixed sequence (Park and Miller), so that pictures are the same each time.
    var state = 20_261
    func unit() -> Double {
      state = state * 16_807 % 2_147_483_647
      return Double(state) / 2_147_483_647
    }
    let labels = (0..<counts.customers).map { row in
      row < counts.segments ? row : Int(unit() * unit() * Double(counts.segments))
    }
    let k = counts.segments
    let centres = (0..<k).map { segment in
      (0..<counts.features).map { feature in
        15 + 70 * Double((segment * (feature + 2) * 7 + feature * 3) % (k + 1)) / Double(k)
      }
    }
    let values = (0..<counts.features).map { feature in
      labels.enumerated().map { row, label -> Double in
        switch kind {
        case .plain, .hostile, .large, .nobody, .enormous:
          (centres[label][feature] + 12 * (unit() + unit() - 1)).rounded()
        case .degenerate: 7
        case .extreme:
          row == 0
            ? .nan : row == 1 ? .infinity : (unit() - 0.5) * (feature == 0 ? 1.5e308 : 1e-300)
        }
      }
    }
    points = CustomerPoints(
      features: features, values: values, labels: labels, segments: segments)
    sizes = (0..<k).map { segment in
      Double(labels.count { $0 == segment }) * (kind == .enormous ? 1e307 : 1)
    }
    centroids = (0..<k).map { segment in
      values.map { column in
        let own = zip(column, labels).filter { $0.1 == segment && $0.0.isFinite }.map(\.0)
        return own.reduce(0) { $0 + $1 / Double(max(own.count, 1)) }
      }
    }
  }

  var silhouettes: [[Double]] {
    segments.indices.map { segment in
      let count = points.labels.count { $0 == segment }
      return (0..<count).map { 0.9 - 1.1 * Double($0) / Double(count) }
    }
  }

  var candidates: [(k: Int, inertia: Double)] {
    (2...10).map { ($0, 600 / Double($0) + 0.123_456_789) }
  }

  var scatter: ScatterChart {
    let last = features.count - 1
    return ScatterChart(
      points: points, x: 0, y: last, centroids: centroids.map { ($0[0], $0[last]) })
  }

  var categories: CategoriesChart {
    let names =
      switch kind {
      case .hostile: Gallery.hostileNames
      case .large: (0..<30).map { "Category \($0)" }
      case .plain, .degenerate, .extreme, .nobody, .enormous: ["Female", "Male"]
      }
    return CategoriesChart(
      segments: segments,
      columns: features.prefix(2).map { feature in
        CategoriesChart.Column(
          feature: feature, categories: names,
          cells: segments.indices.map { segment in
            names.indices.map { category in
              CategoriesChart.Cell(
                customers: Double(segment * category), share: 1 / Double(segment + 2),
                lift: category == 1 && segment == 2
                  ? nil : 0.4 + Double((segment + category) % 5) / 2.3)
            }
          })
      })
  }

  var movement: MovementChart {
    let before = segments.dropLast(segments.count > 2 ? 1 : 0)
    guard kind != .nobody else {
      return MovementChart(before: Array(before), after: segments, flows: [])
    }
    return MovementChart(
      before: Array(before), after: segments,
      flows: before.indices.flatMap { from in
        segments.indices.compactMap { to in
          let customers = from == to ? sizes[from] * 0.8 : (to == (from + 2) % 5 ? 3 : 0)
          return customers > 0 ? .init(from: from, to: to, customers: customers) : nil
        }
      })
  }

  var counts: ClusterCountChart {
    let counts = Array(2...10)
    return ClusterCountChart(
      counts: counts,
      indices: [
        .init(
          key: "silhouette", name: "silhouette", prefersLarge: true,
          values: counts.map { k -> Double? in 0.42 - 0.01 * Double(abs(k - 6)) }),
        .init(
          key: "davies_bouldin", name: "Davies–Bouldin", prefersLarge: false,
          values: counts.map { k -> Double? in k == 3 ? nil : Gallery.daviesBouldin(k) }),
        .init(
          key: "calinski_harabasz", name: "Calinski–Harabasz", prefersLarge: true,
          values: counts.map { k -> Double? in 120 + Double(k) }),
      ], chosen: 6)
  }

  static func daviesBouldin(_ k: Int) -> Double { 0.8 + 0.02 * Double(abs(k - 9)) }

  /// One of every kind, in the order of their names.
  var charts: [any Chart] {
    ChartName.allCases.map { chart($0) }
  }

  func chart(_ name: ChartName) -> any Chart {
    switch name {
    case .scatter: scatter
    case .pairs: PairsChart(points: points)
    case .elbow: ElbowChart(candidates: candidates, chosen: 6)
    case .k: counts
    case .silhouette:
      SilhouetteChart(
        segments: segments, values: silhouettes, mean: 0.35, means: segments.map { _ in 0.35 })
    case .sizes: SizesChart(segments: segments, sizes: sizes)
    case .profiles:
      ProfilesChart(
        segments: segments, features: features,
        z: centroids.map { $0.map { ($0 - 50) / 22 } }, means: centroids)
    case .histograms:
      HistogramsChart(
        histograms: features.map { feature in
          .init(
            feature: feature, edges: (0...10).map { Double($0) * 8.5 },
            counts: (0..<10).map { Double(($0 * 7) % 11 * 4) }, skewness: 0.32)
        })
    case .boxplots:
      BoxplotsChart(
        segments: segments, features: features,
        quantiles: centroids.map { row in
          row.map {
            .init(q10: $0 - 9, q25: $0 - 5.5, median: $0, q75: $0 + 4.25, q90: $0 + 10)
          }
        })
    case .correlation:
      CorrelationChart(
        features: features,
        coefficients: features.indices.map { row in
          features.indices.map { column in
            row == column ? 1 : row + column == 2 ? nil : 0.9 / Double(row + column) - 0.5
          }
        })
    case .categories: categories
    case .centroids:
      CentroidsChart(
        segments: segments,
        places: centroids.map { ($0[0], $0[$0.count - 1]) }, sizes: sizes,
        distances: segments.indices.map { a in segments.indices.map { Double(abs($0 - a)) } },
        shown: 0.87)
    case .movement: movement
    }
  }
}
