/// A model as PMML 4.4: a centre-based clustering model over scaled fields.
///
/// - SeeAlso: Data Mining Group, PMML 4.4, <https://dmg.org/pmml/v4-4/ClusteringModel.html>
public struct PMMLModel: Sendable {
  private let model: ScoringModel
  private let names: ScoringModel.ColumnNames

  /// - Parameter names: whether fields are called by keys or by the headers of the file.
  public init(_ model: ScoringModel, names: ScoringModel.ColumnNames = .key) {
    self.model = model
    self.names = names
  }

  /// The XML document.
  public var text: String {
    var xml = XMLWriter()
    xml.open(
      "PMML",
      [
        ("xmlns", "http://www.dmg.org/PMML-4_4"), ("version", "4.4"),
      ])
    xml.open("Header", [("description", "Customer segments")])
    xml.empty("Application", [("name", "segmentd")])
    xml.close("Header")
    writeDictionaries(&xml)
    writeModel(&xml)
    xml.close("PMML")
    return xml.text
  }

  private var fieldNames: [String] { model.features.map { model.name(of: $0, names) } }

  /// The columns that are read, each once, and whether they hold categories.
  private var columns: [(name: String, isCategory: Bool)] {
    var columns: [(name: String, isCategory: Bool)] = []
    for feature in model.features {
      let name = model.columnName(of: feature, names)
      if columns.last?.name != name { columns.append((name, feature.level != nil)) }
    }
    return columns
  }

  /// A name for the scaled form of each field that no field has.
  private var scaledNames: [String] { names(after: "scaled ") }

  /// A name for what tells whether a category is there.
  private var categoryNames: [String] { names(after: "category ") }

  private func names(after prefix: String) -> [String] {
    let taken = Set(fieldNames + columns.map(\.name))
    var prefix = prefix
    while fieldNames.contains(where: { taken.contains(prefix + $0) }) { prefix += "_" }
    return fieldNames.map { prefix + $0 }
  }

  private func writeDictionaries(_ xml: inout XMLWriter) {
    xml.open("DataDictionary", [("numberOfFields", String(columns.count))])
    for column in columns {
      xml.empty(
        "DataField",
        [
          ("name", column.name), ("optype", column.isCategory ? "categorical" : "continuous"),
          ("dataType", column.isCategory ? "string" : "double"),
        ])
    }
    xml.close("DataDictionary")
    xml.open("TransformationDictionary", [])
    for (index, feature) in model.features.enumerated() {
      if let level = feature.level {
        writeCategory(level, feature, at: index, &xml)
        continue
      }
      xml.open(
        "DerivedField",
        [("name", scaledNames[index]), ("optype", "continuous"), ("dataType", "double")])
      xml.open("Apply", [("function", "/")])
      xml.open("Apply", [("function", "-")])
      if feature.scaling.isLogarithmic { xml.open("Apply", [("function", "ln1p")]) }
      xml.empty("FieldRef", [("field", fieldNames[index])])
      if feature.scaling.isLogarithmic { xml.close("Apply") }
      xml.element("Constant", [("dataType", "double")], feature.scaling.center.description)
      xml.close("Apply")
      xml.element("Constant", [("dataType", "double")], feature.scaling.spread.description)
      xml.close("Apply")
      xml.close("DerivedField")
    }
    xml.close("TransformationDictionary")
  }

  /// 1 for the category, 0 for others and for none; then over the spread.
  ///
  /// The category stands in an attribute: PMML4S 1.5 reads the text of a constant only up to the
  /// first character that XML escapes.
  private func writeCategory(
    _ level: CategoryLevel, _ feature: ScoringModel.Feature, at index: Int, _ xml: inout XMLWriter
  ) {
    xml.open(
      "DerivedField",
      [("name", categoryNames[index]), ("optype", "continuous"), ("dataType", "double")])
    xml.empty(
      "NormDiscrete",
      [
        ("field", model.columnName(of: feature, names)), ("value", level.name),
        ("mapMissingTo", "0"),
      ])
    xml.close("DerivedField")
    xml.open(
      "DerivedField",
      [("name", scaledNames[index]), ("optype", "continuous"), ("dataType", "double")])
    xml.open("Apply", [("function", "/")])
    xml.empty("FieldRef", [("field", categoryNames[index])])
    xml.element("Constant", [("dataType", "double")], feature.scaling.spread.description)
    xml.close("Apply")
    xml.close("DerivedField")
  }

  private func writeModel(_ xml: inout XMLWriter) {
    xml.open(
      "ClusteringModel",
      [
        ("modelName", "segments"), ("functionName", "clustering"), ("modelClass", "centerBased"),
        ("numberOfClusters", String(model.segments.count)),
      ])
    xml.open("MiningSchema", [])
    for column in columns {
      // Without a number there is no segment; by default the rest would decide. No category is none
      // of them.
      let treatments =
        column.isCategory
        ? [("invalidValueTreatment", "asIs")]
        : [
          ("missingValueTreatment", "returnInvalid"), ("invalidValueTreatment", "returnInvalid"),
        ]
      xml.empty("MiningField", [("name", column.name)] + treatments)
    }
    xml.close("MiningSchema")
    xml.open("Output", [])
    xml.empty(
      "OutputField",
      [
        ("name", "segment_id"), ("optype", "categorical"), ("dataType", "string"),
        ("feature", "predictedValue"),
      ])
    xml.empty(
      "OutputField",
      [
        ("name", "segment_name"), ("optype", "categorical"), ("dataType", "string"),
        ("feature", "predictedDisplayValue"),
      ])
    xml.empty(
      "OutputField",
      [
        ("name", "squared_distance"), ("optype", "continuous"), ("dataType", "double"),
        ("feature", "affinity"),
      ])
    xml.close("Output")
    xml.open("ComparisonMeasure", [("kind", "distance")])
    xml.empty("squaredEuclidean", [])
    xml.close("ComparisonMeasure")
    for name in scaledNames {
      xml.empty("ClusteringField", [("field", name), ("compareFunction", "absDiff")])
    }
    for segment in model.segments {
      xml.open(
        "Cluster",
        [
          ("id", segment.id), ("name", segment.name),
          ("size", String(Int(min(segment.size.rounded(), 9e15)))),
        ])
      xml.element(
        "Array", [("n", String(segment.centroid.count)), ("type", "real")],
        segment.centroid.map(\.description).joined(separator: " "))
      xml.close("Cluster")
    }
    xml.close("ClusteringModel")
  }
}

/// Writes XML, indented.
private struct XMLWriter {
  private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
  private var depth = 0

  mutating func open(_ name: String, _ attributes: [(String, String)]) {
    line("<\(name)\(XMLWriter.text(attributes))>")
    depth += 1
  }

  mutating func close(_ name: String) {
    depth -= 1
    line("</\(name)>")
  }

  mutating func empty(_ name: String, _ attributes: [(String, String)]) {
    line("<\(name)\(XMLWriter.text(attributes))/>")
  }

  mutating func element(_ name: String, _ attributes: [(String, String)], _ content: String) {
    line("<\(name)\(XMLWriter.text(attributes))>\(XMLWriter.escaped(content))</\(name)>")
  }

  private mutating func line(_ content: String) {
    text += String(repeating: "  ", count: depth) + content + "\n"
  }

  private static func text(_ attributes: [(String, String)]) -> String {
    attributes.map { " \($0)=\"\(escaped($1))\"" }.joined()
  }

  /// Text and attribute values (XML 1.0 §2.4, §3.3.3); what XML cannot hold becomes U+FFFD.
  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "\t", "\n", "\r": out += "&#\(scalar.value);"
      case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
