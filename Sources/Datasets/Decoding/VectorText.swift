// Safety: each call names bounds and room that were made before: 64 bytes a chunk are readable,
// there is room for 64 bounds a chunk and for all cells of a batch, and for `room` more of each.

#if arch(x86_64)
  import CVector
#endif

/// Loops over text that processors with AVX-512 run several times as fast, chosen at run time.
///
/// What they give is the same, bit for bit, as that of the plain loops that stand in for them
/// elsewhere: ``SeparatorScanner`` and ``ColumnWriter`` have those.
enum VectorText {
  #if arch(x86_64)
    /// Whether this processor and system can run them.
    static let isAvailable = cvector_available() != 0
  #else
    static let isAvailable = false
  #endif

  /// How much they may write behind the last result.
  static let room = 16

  /// Finds the bounds of fields, as ``SeparatorScanner/scan(_:_:into:)``.
  static func scan(
    _ text: UnsafeRawPointer, from offset: Int, chunks: Int, delimiter: UInt8,
    looksAtReturns: Bool, into bounds: inout FieldBounds
  ) {
    #if arch(x86_64)
      var found = cvector_found()
      bounds.fields.withUnsafeMutableBytes { fields in
        bounds.quoted.withUnsafeMutableBufferPointer { quoted in
          bounds.escaped.withUnsafeMutableBufferPointer { escaped in
            cvector_scan(
              text.assumingMemoryBound(to: UInt8.self), UInt32(truncatingIfNeeded: offset), chunks,
              delimiter, looksAtReturns ? 1 : 0,
              fields.baseAddress?.assumingMemoryBound(to: cvector_bound.self),
              quoted.baseAddress, escaped.baseAddress, &found)
          }
        }
      }
      bounds.count = found.fields
      bounds.quotedCount = found.quoted
      bounds.escapedCount = found.escaped
      bounds.lineFeedCount = found.line_feeds
      bounds.hasNUL = found.has_nul != 0
      bounds.hasReturns = found.has_returns != 0
      bounds.isIrregular = found.is_irregular != 0
    #endif
  }

  /// Reads cells of 1 to 8 digits, as ``ColumnWriter/readIntegers(_:_:)``.
  static func readIntegers(_ batch: CellBatch, _ results: inout BatchRoom) -> Int {
    #if arch(x86_64)
      let text = batch.text.assumingMemoryBound(to: UInt8.self)
      let bounds = UnsafeRawPointer(batch.bounds).assumingMemoryBound(to: cvector_bound.self)
      return results.values.withUnsafeMutableBufferPointer { values in
        results.failures.withUnsafeMutableBufferPointer { failures in
          cvector_integers(
            text, bounds, batch.stride, batch.count, values.baseAddress, failures.baseAddress)
        }
      }
    #else
      return batch.count
    #endif
  }

  /// Reads cells of up to 8 bytes that are digits with at most one point among them, as
  /// ``ColumnWriter/readDecimals(_:_:)``.
  static func readDecimals(_ batch: CellBatch, _ results: inout BatchRoom) -> Int {
    #if arch(x86_64)
      let text = batch.text.assumingMemoryBound(to: UInt8.self)
      let bounds = UnsafeRawPointer(batch.bounds).assumingMemoryBound(to: cvector_bound.self)
      return results.values.withUnsafeMutableBufferPointer { values in
        results.places.withUnsafeMutableBufferPointer { places in
          results.failures.withUnsafeMutableBufferPointer { failures in
            cvector_decimals(
              text, bounds, batch.stride, batch.count, values.baseAddress, places.baseAddress,
              failures.baseAddress)
          }
        }
      }
    #else
      return batch.count
    #endif
  }
}
