/// A model as an ONNX graph: input `X`, one row a customer and one column a feature; outputs
/// `cluster`, `distance` and `far`.
///
/// Everything is Float64, feature by feature in the order in which ``Run/score(_:)`` adds, so that
/// labels are the same; a reduction over features could add in any order. A row that holds NaN, or
/// a value too large to have a distance, has cluster −1 and distance NaN.
///
/// - SeeAlso: <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>, whose field numbers these
///   are.
public struct ONNXModel: Sendable {
  private let model: ScoringModel
  private let names: ScoringModel.ColumnNames

  /// - Parameter names: whether the metadata tells columns by keys or by the headers of the file.
  public init(_ model: ScoringModel, names: ScoringModel.ColumnNames = .key) {
    self.model = model
    self.names = names
  }

  /// The ModelProto.
  public var bytes: [UInt8] {
    var file = ProtobufWriter()
    file.integer(1, 7)  // ir_version
    file.text(2, "segmentd")  // producer_name
    file.message(7) { graph in write(to: &graph) }
    file.message(8) { operators in  // opset_import
      operators.text(1, "")
      operators.integer(2, 13)
    }
    for (name, value) in metadata {
      file.message(14) { entry in
        entry.text(1, name)
        entry.text(2, value)
      }
    }
    return file.bytes
  }

  /// What the numbers mean: `feature.0`, `segment_id.0`, `segment_name.0` and so on.
  private var metadata: [(String, String)] {
    model.features.enumerated().map { ("feature.\($0)", model.name(of: $1, names)) }
      + model.segments.enumerated().map { ("segment_id.\($0)", $1.id) }
      + model.segments.enumerated().map { ("segment_name.\($0)", $1.name) }
  }

  private func write(to file: inout ProtobufWriter) {
    var graph = ONNXGraph()
    let limit = graph.constant([FeatureScaling.scaledLimit], shape: [])
    var valid = ""
    var sum = ""
    for (index, feature) in model.features.enumerated() {
      let column = graph.constant([index], shape: [1])
      var value = graph.node("Gather", ["X", column], integers: [("axis", 1)])
      if feature.scaling.isLogarithmic {
        let sum = graph.node("Add", [value, graph.constant([1.0], shape: [])])
        value = graph.node("Log", [sum])
      }
      value = graph.node("Sub", [value, graph.constant([feature.scaling.center], shape: [])])
      value = graph.node("Div", [value, graph.constant([feature.scaling.spread], shape: [])])
      let isNear = graph.node("LessOrEqual", [graph.node("Abs", [value]), limit])
      valid = valid.isEmpty ? isNear : graph.node("And", [valid, isNear])
      let coordinates = graph.constant(
        model.segments.map { $0.centroid[index] }, shape: [1, model.segments.count])
      let difference = graph.node("Sub", [value, coordinates])
      let square = graph.node("Mul", [difference, difference])
      sum = sum.isEmpty ? square : graph.node("Add", [sum, square])
    }
    let isValid = graph.node("Squeeze", [valid, graph.constant([1], shape: [1])])
    let nearest = graph.node("ArgMin", [sum], integers: [("axis", 1), ("keepdims", 0)])
    let smallest = graph.node(
      "ReduceMin", [sum], integers: [("keepdims", 0)], lists: [("axes", [1])])
    let distance = graph.node("Sqrt", [smallest])
    let limits = graph.constant(model.segments.map(\.farDistance), shape: [model.segments.count])
    let isFar = graph.node("Greater", [distance, graph.node("Gather", [limits, nearest])])
    graph.node("Where", [isValid, nearest, graph.constant([-1], shape: [])], output: "cluster")
    graph.node(
      "Where", [isValid, distance, graph.constant([Double.nan], shape: [])], output: "distance")
    graph.node("And", [isValid, isFar], output: "far")
    graph.write(
      to: &file, name: "segments",
      inputs: [("X", .double, [nil, model.features.count])],
      outputs: [("cluster", .int64, [nil]), ("distance", .double, [nil]), ("far", .bool, [nil])])
  }
}

/// The nodes and constants of an ONNX graph.
private struct ONNXGraph {
  /// The element types of TensorProto.
  enum Element: Int {
    case int64 = 7
    case bool = 9
    case double = 11
  }

  private var nodes: [[UInt8]] = []
  private var constants: [[UInt8]] = []
  private var valueCount = 0

  private mutating func newName() -> String {
    valueCount += 1
    return "v\(valueCount)"
  }

  /// Adds a tensor of doubles and gives its name.
  mutating func constant(_ values: [Double], shape: [Int]) -> String {
    constant(values.map(\.bitPattern), .double, shape)
  }

  /// Adds a tensor of whole numbers and gives its name.
  mutating func constant(_ values: [Int], shape: [Int]) -> String {
    constant(values.map { UInt64(bitPattern: Int64($0)) }, .int64, shape)
  }

  private mutating func constant(_ words: [UInt64], _ element: Element, _ shape: [Int]) -> String {
    let name = newName()
    var tensor = ProtobufWriter()
    for length in shape { tensor.integer(1, length) }
    tensor.integer(2, element.rawValue)
    tensor.text(8, name)
    var raw: [UInt8] = []
    for word in words {
      for shift in stride(from: 0, to: 64, by: 8) {
        raw.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    tensor.data(9, raw)
    constants.append(tensor.bytes)
    return name
  }

  /// Adds a node with one output and gives the output's name.
  @discardableResult
  mutating func node(
    _ type: String, _ inputs: [String], integers: [(String, Int)] = [],
    lists: [(String, [Int])] = [], output: String? = nil
  ) -> String {
    let output = output ?? newName()
    var node = ProtobufWriter()
    for input in inputs { node.text(1, input) }
    node.text(2, output)
    node.text(4, type)
    for (name, value) in integers {
      node.message(5) { attribute in
        attribute.text(1, name)
        attribute.integer(3, value)
        attribute.integer(20, 2)  // INT
      }
    }
    for (name, values) in lists {
      node.message(5) { attribute in
        attribute.text(1, name)
        for value in values { attribute.integer(8, value) }
        attribute.integer(20, 7)  // INTS
      }
    }
    nodes.append(node.bytes)
    return output
  }

  /// Writes the GraphProto; a dimension that is nil is the number of rows.
  func write(
    to graph: inout ProtobufWriter, name: String, inputs: [(String, Element, [Int?])],
    outputs: [(String, Element, [Int?])]
  ) {
    for node in nodes { graph.data(1, node) }
    graph.text(2, name)
    for constant in constants { graph.data(5, constant) }
    for input in inputs { graph.message(11) { ONNXGraph.write(input, to: &$0) } }
    for output in outputs { graph.message(12) { ONNXGraph.write(output, to: &$0) } }
  }

  private static func write(
    _ value: (name: String, element: Element, shape: [Int?]), to info: inout ProtobufWriter
  ) {
    info.text(1, value.name)
    info.message(2) { type in
      type.message(1) { tensor in
        tensor.integer(1, value.element.rawValue)
        tensor.message(2) { shape in
          for length in value.shape {
            shape.message(1) { dimension in
              if let length {
                dimension.integer(1, length)
              } else {
                dimension.text(2, "rows")
              }
            }
          }
        }
      }
    }
  }
}
