// Safety: see each use; whoever calls a writer or a wide copy has room behind what is written, and
// bytes to read behind what is copied.

/// Copies of short texts, as wide as registers: a call for each would take longer than the copy.
enum WideCopy {
  /// How many bytes are copied at a time, and so how many behind the text may be read and written.
  static let width = 32

  /// Copies bytes and gives where they end.
  @inline(__always)
  static func copy(
    _ source: UnsafePointer<UInt8>, _ length: Int, to target: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8> {
    var offset = 0
    while offset < length {
      let bytes = UnsafeRawPointer(source + offset).loadUnaligned(as: SIMD32<UInt8>.self)
      UnsafeMutableRawPointer(target + offset).storeBytes(of: bytes, as: SIMD32<UInt8>.self)
      offset &+= width
    }
    return target + length
  }
}

/// Cell columns laid out to be written row by row.
struct FurtherCells {
  fileprivate struct Place {
    /// Where the column's numbers begin; −1 for one of texts.
    var numbers: Int
    /// Where the column's codes begin, and its texts, and their lengths.
    var codes: Int
    var texts: Int
    var lengths: Int
    /// How far the texts are apart.
    var stride: Int
    /// The code of the text that stands for negative ones.
    var last: Int
  }

  private var places: [Place] = []
  private var numbers: [Double] = []
  private var codes: [Int32] = []
  private var texts: [UInt8] = []
  private var lengths: [Int] = []
  /// The most bytes that the cells of a row take, their commas included.
  private(set) var maxLength = 0

  init(_ columns: [CellColumn]) {
    for column in columns {
      maxLength += 1 + column.maxLength
      var place = Place(
        numbers: -1, codes: codes.count, texts: texts.count, lengths: lengths.count, stride: 0,
        last: 0)
      switch column {
      case .numbers(let numbers):
        place.numbers = self.numbers.count
        self.numbers += numbers
      case .texts(let codes, let texts):
        precondition(codes.allSatisfy { Int($0) < texts.count } && !texts.isEmpty)
        place.stride = column.maxLength + WideCopy.width
        place.last = texts.count - 1
        self.codes += codes
        for text in texts {
          lengths.append(text.count)
          self.texts += text
          self.texts += repeatElement(0, count: place.stride - text.count)
        }
      }
      places.append(place)
    }
  }

  /// Calls `body` with what writes the cells of a row.
  func withWriter(_ body: (Writer) -> Void) {
    places.withUnsafeBufferPointer { places in
      numbers.withUnsafeBufferPointer { numbers in
        codes.withUnsafeBufferPointer { codes in
          texts.withUnsafeBufferPointer { texts in
            lengths.withUnsafeBufferPointer { lengths in
              body(
                Writer(
                  places: places, numbers: numbers, codes: codes, texts: texts, lengths: lengths))
            }
          }
        }
      }
    }
  }

  struct Writer {
    fileprivate let places: UnsafeBufferPointer<Place>
    fileprivate let numbers: UnsafeBufferPointer<Double>
    fileprivate let codes: UnsafeBufferPointer<Int32>
    fileprivate let texts: UnsafeBufferPointer<UInt8>
    fileprivate let lengths: UnsafeBufferPointer<Int>

    /// Writes a comma and a cell for each column, and gives where they end.
    @inline(__always)
    func write(_ row: Int, to output: UnsafeMutablePointer<UInt8>)
      -> UnsafeMutablePointer<UInt8>
    {
      var next = output
      for place in places {
        next.initialize(to: UInt8(ascii: ","))
        next += 1
        if place.numbers >= 0 {
          let number = numbers[place.numbers &+ row]
          if number.isFinite { next += ShortestDecimal.write(number, to: next) }
          continue
        }
        let given = Int(codes[place.codes &+ row])
        let code = given < 0 ? place.last : given
        // Safety: each text has `WideCopy.width` bytes behind it.
        if let texts = texts.baseAddress {
          next = WideCopy.copy(
            texts + (place.texts &+ code &* place.stride), lengths[place.lengths &+ code], to: next)
        }
      }
      return next
    }
  }
}
