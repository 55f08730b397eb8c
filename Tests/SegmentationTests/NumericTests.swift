import Clustering
import FoundationEssentials
import Testing

@testable import Segmentation

@Suite struct ScalingTests {
  private let values = [1.0, 2, 3, 4, 10]
  private let weights = [1.0, 1, 1, 1, 1]

  @Test("z-scores have mean 0 and population deviation 1")
  func zscore() {
    let scaling = FeatureScaling(.zscore, fitting: values, weights: weights)
    let scaled = values.map(scaling.scaled)
    #expect(abs(scaled.reduce(0, +)) < 1e-12)
    #expect(abs(scaled.reduce(0) { $0 + $1 * $1 } / 5 - 1) < 1e-12)
  }

  @Test("minmax, robust and none are what they say")
  func others() {
    let minmax = FeatureScaling(.minmax, fitting: values, weights: weights)
    let ninths: [Double] = [0, 1, 2, 3, 9]
    #expect(values.map(minmax.scaled) == ninths.map { $0 / 9 })
    let robust = FeatureScaling(.robust, fitting: values, weights: weights)
    #expect(robust == FeatureScaling(center: 3, spread: 2))
    let none = FeatureScaling(.none, fitting: values, weights: weights)
    #expect(values.map(none.scaled) == values)
  }

  @Test("a constant feature scales to 0 and not to NaN")
  func constant() {
    for scale in Scale.allCases {
      let scaling = FeatureScaling(scale, fitting: [5, 5], weights: [1, 1])
      #expect(scaling.scaled(5).isFinite)
    }
  }

  @Test("what is scaled comes back", arguments: Scale.allCases)
  func roundTrip(scale: Scale) {
    let scaling = FeatureScaling(scale, fitting: values, weights: weights)
    for value in [0, 0.5, 3, 1000] {
      #expect(abs(scaling.original(scaling.scaled(value)) - value) < 1e-9 * max(1, value))
    }
  }

  @Test("a weight of 2 is a value given twice")
  func weights2() {
    for scale in Scale.allCases {
      let twice = FeatureScaling(scale, fitting: [1, 2, 2, 7], weights: [1, 1, 1, 1])
      let weighted = FeatureScaling(scale, fitting: [1, 2, 7], weights: [1, 2, 1])
      #expect(abs(twice.center - weighted.center) < 1e-15)
      #expect(abs(twice.spread - weighted.spread) < 1e-15)
    }
  }

  @Test("the logarithm is right to the last places")
  func logarithm() {
    // Figures of Python's math.log1p.
    let figures: [(Double, Double)] = [
      (0, 0), (1e-10, 9.9999999995e-11), (0.5, 0.4054651081081644), (1, 0.6931471805599453),
      (9, 2.302585092994046), (1234.5, 7.119231025428665), (1e9, 20.72326583794641),
    ]
    for (x, y) in figures {
      #expect(abs(logarithmOfOnePlus(x) - y) <= 4e-16 * max(1, y), "\(x)")
      #expect(abs(exponentialLessOne(y) - x) <= 1e-14 * max(1e-10, x), "\(x)")
    }
  }

  @Test("quantiles are numpy's")
  func quantiles() {
    let quantiles = WeightedQuantiles([3, 1, 4, 1, 5], weights: [1, 1, 1, 1, 1])
    #expect(quantiles.value(at: 0) == 1)
    #expect(abs(quantiles.value(at: 0.1) - 1) < 1e-15)
    #expect(abs(quantiles.value(at: 0.35) - 1.8) < 1e-12)
    #expect(quantiles.value(at: 0.5) == 3)
    #expect(quantiles.value(at: 1) == 5)
    let weighted = WeightedQuantiles([10, 20], weights: [3, 1])
    #expect(weighted.value(at: 0.5) == 10)
    #expect(abs(weighted.value(at: 0.9) - 17) < 1e-12)
  }
}
