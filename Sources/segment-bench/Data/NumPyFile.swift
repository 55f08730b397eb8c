/// Matrices in NumPy's file format, which the peers read and write.
///
/// - SeeAlso: NumPy Enhancement Proposal 1, version 1.0 of the format.
enum NumPyFile {
  /// The bytes of a matrix of Floats or of single bytes, row after row.
  static func bytes(columns: [[Double]], type: Element) -> [UInt8] {
    let count = columns.first?.count ?? 0
    var header =
      "{'descr': '\(type.rawValue)', 'fortran_order': False, 'shape': (\(count), \(columns.count)), }"
    // Magic, version and length take 10 bytes; the whole is a multiple of 64.
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    bytes.append(UInt8(header.utf8.count & 255))
    bytes.append(UInt8(header.utf8.count >> 8))
    bytes.append(contentsOf: header.utf8)
    for row in 0..<count {
      for column in columns {
        switch type {
        case .uint8: bytes.append(UInt8(column[row]))
        case .float32:
          let bits = Float(column[row]).bitPattern
          for shift in [0, 8, 16, 24] as [UInt32] {
            bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
          }
        }
      }
    }
    return bytes
  }

  /// How a number is stored.
  enum Element: String {
    case uint8 = "|u1"
    case float32 = "<f4"
  }

  /// Reads a matrix of Floats or of single bytes, one array a column.
  static func columns(_ path: String) throws -> [[Double]] {
    var bytes: [UInt8] = []
    try FilePieces.forEach(of: path) { piece in
      for index in piece.indices { bytes.append(piece[index]) }
    }
    guard bytes.count > 10, bytes[1...5].elementsEqual("NUMPY".utf8), bytes[6] == 1 else {
      throw BenchFailure("\(path): no file of NumPy's format 1.0")
    }
    let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    let header = String(decoding: bytes[10..<min(start, bytes.count)], as: UTF8.self)
    let shape = header.split(separator: "(").last?.split(separator: ")").first ?? ""
    let sizes = shape.split { $0 == "," || $0 == " " }.compactMap { Int($0) }
    let type: Element? =
      header.contains("'|u1'") ? .uint8 : header.contains("'<f4'") ? .float32 : nil
    guard sizes.count == 2, let type, header.contains("'fortran_order': False") else {
      throw BenchFailure("\(path): not a matrix of bytes or Floats, row after row: \(header)")
    }
    let width = type == .uint8 ? 1 : 4
    guard bytes.count == start + sizes[0] * sizes[1] * width else {
      throw BenchFailure("\(path): the file is cut off")
    }
    return (0..<sizes[1]).map { column in
      (0..<sizes[0]).map { row in
        let place = start + (row * sizes[1] + column) * width
        guard type == .float32 else { return Double(bytes[place]) }
        var bits: UInt32 = 0
        for offset in 0..<4 { bits |= UInt32(bytes[place + offset]) << UInt32(8 * offset) }
        return Double(Float(bitPattern: bits))
      }
    }
  }
}
