/// Where a page begins: opaque to clients, bound to what it was made from so that pages of two
/// states never mix.
struct Cursor: Sendable, Equatable {
  let offset: Int
  /// The run or version that the list was made from.
  let anchor: String

  init(offset: Int, anchor: String) {
    self.offset = offset
    self.anchor = anchor
  }

  /// Reads a cursor as it was given out; nil when it was not.
  init?(_ text: String) {
    guard let dot = text.firstIndex(of: "."), let offset = WholeNumber.parse(String(text[..<dot])),
      offset >= 0
    else { return nil }
    self.init(offset: offset, anchor: String(text[text.index(after: dot)...]))
  }

  var text: String { "\(offset).\(anchor)" }
}

/// Which part of a list is asked for.
struct Page: Sendable {
  static let standardLimit = 100
  static let largestLimit = 10_000

  let cursor: Cursor?
  /// How many items, nil when the client named no limit.
  let limit: Int?

  /// Reads `limit` and `cursor`.
  init(_ query: Query) throws(ProblemDetails) {
    var reader = QueryReader(query)
    limit = reader.integer("limit", in: 1...Page.largestLimit)
    let text = query["cursor"]
    cursor = text.flatMap(Cursor.init)
    if text != nil, cursor == nil { reader.refuse("cursor", "is not one that was given out here") }
    try reader.finish()
  }

  /// The items of the page and the cursor of the next.
  func bounds(of count: Int, anchor: String) throws(ProblemDetails) -> (
    items: Range<Int>, next: String?
  ) {
    if let cursor, cursor.anchor != anchor {
      throw ProblemDetails(
        .gone, "The list has changed since this cursor was given out. Start again without cursor=.")
    }
    let start = min(cursor?.offset ?? 0, count)
    let end = min(count, start + (limit ?? Page.standardLimit))
    return (start..<end, end < count ? Cursor(offset: end, anchor: anchor).text : nil)
  }
}
