/// A feature as charts show it.
public struct ChartFeature: Sendable, Equatable {
  /// The column's key.
  public let key: String
  /// What it is called on pictures; any text is safe.
  public let name: String
  /// The unit of its values.
  public let unit: String?

  /// A feature with a name, and maybe a unit.
  public init(key: String, name: String, unit: String? = nil) {
    self.key = key
    self.name = name
    self.unit = unit
  }

  /// Name and unit, for an axis.
  var label: String {
    guard let unit, !unit.isEmpty else { return Label.isolated(name) }
    return "\(Label.isolated(name)) (\(Label.isolated(unit)))"
  }

  /// A value with its unit, for a sentence.
  func text(_ value: Double) -> String {
    guard let unit, !unit.isEmpty, unit.count <= 8 else { return NumberText.short(value) }
    return "\(NumberText.short(value)) \(Label.isolated(unit))"
  }
}
