// OData's `$filter`: every text is an expression or refused, an expression has a value for every
// row, and parentheses and `not` mean what they say.

@testable import SegmentationAPI

private let set = EntitySet(
  name: "Things", typeName: "Thing", key: [0],
  properties: [
    .init("Id", .string, isNullable: false), .init("Age", .int64), .init("Income", .double),
    .init("IsMember", .boolean), .init("Since", .dateTimeOffset), .init("City", .string),
  ],
  rows: StoredRows(values: [
    [
      .text("1"), .integer(31), .number(15.5), .bool(true), .time(1_700_000_000_000),
      .text("O'Fallon"),
    ],
    [.text("2"), .integer(.min), .number(.infinity), .bool(false), .null, .text("  Ålesund ")],
    [.text("3"), .null, .null, .null, .null, .null],
    [.text("4"), .integer(.max), .number(-0.25), .bool(true), .time(.min), .text("🛍")],
    [.text(""), .integer(0), .number(.nan), .bool(true), .time(.max), .text("")],
  ]))

/// NaN is no value like others, but it is one and the same.
private func isSame(_ left: ODataValue, _ right: ODataValue) -> Bool {
  if case .number(let left) = left, case .number(let right) = right {
    return left.bitPattern == right.bitPattern || (left.isNaN && right.isNaN)
  }
  return left == right
}

private func values(_ text: String, _ aliases: [String: String]) throws(ODataFault) -> [ODataValue]
{
  let filter = try FilterParser.parse(text, of: set, aliases: aliases)
  return (0..<set.rows.count).map { filter.value($0, of: set.rows) }
}

/// Called by libFuzzer with each input: a filter, and behind line feeds the values of `@a` and `@b`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  // Safety: libFuzzer gives `count` bytes from `start`.
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  let parts = input.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
    .map { String(decoding: $0, as: UTF8.self) }
  let text = parts[0]
  var aliases: [String: String] = [:]
  if parts.count > 1 { aliases["@a"] = parts[1] }
  if parts.count > 2 { aliases["@b"] = parts[2] }
  do throws(ODataFault) { _ = try FilterParser.literal(text, of: set) } catch {
    check(!error.message.isEmpty)
  }
  let plain: [ODataValue]
  do throws(ODataFault) {
    plain = try values(text, aliases)
  } catch {
    check(!error.message.isEmpty && error.status.code >= 400)
    return 0
  }
  check(
    plain.allSatisfy { value in
      if case .bool = value { true } else { value == .null }
    }, "a condition that is neither true nor false nor null: \(plain)")
  do throws(ODataFault) {
    let enclosed = try values("( \(text) )", aliases)
    check(
      zip(plain, enclosed).allSatisfy(isSame), "\(plain), in parentheses \(enclosed)")
    let negated = try values("not (\(text)) ", aliases)
    for (value, other) in zip(plain, negated) {
      switch value {
      case .bool(let flag): check(other == .bool(!flag), "not \(value) is \(other)")
      default: check(other == .null, "not \(value) is \(other)")
      }
    }
  } catch {
    // One level more may be one too many.
    check(error.message.contains("deep"), "\(error.message)")
  }
  return 0
}
