/// Whether rows are transactions to be gathered into one row a customer, and which columns say what.
public struct TransactionOptions: Equatable, Sendable {
  /// When rows are taken for transactions.
  public enum Mode: String, CaseIterable, Sendable {
    /// When the columns say so: customers that stand in several rows, a date and an amount.
    case auto
    /// Always; columns that cannot be found are an error.
    case on = "true"
    /// Never.
    case off = "false"
  }

  /// When rows are taken for transactions.
  public var mode: Mode
  /// Key or header of the column of dates; nil to recognise it.
  public var date: String?
  /// Key or header of the column of amounts; nil to recognise it.
  public var amount: String?
  /// The day from which recency is counted; nil for the day after the last transaction.
  public var asOf: CalendarDay?

  /// Options; by default transactions are recognised.
  public init(
    mode: Mode = .auto, date: String? = nil, amount: String? = nil, asOf: CalendarDay? = nil
  ) {
    self.mode = mode
    self.date = date
    self.amount = amount
    self.asOf = asOf
  }
}

/// What transactions were gathered into customers, and how.
public struct TransactionSummary: Equatable, Sendable {
  /// The key of the column that names the customer, in the transactions.
  public let id: String
  /// The key of the column of dates.
  public let date: String
  /// The key of the column of amounts.
  public let amount: String
  /// The key of the column of categories, nil without one.
  public let category: String?
  /// Whether the columns were found without being asked for.
  public let isRecognized: Bool
  /// The day from which recency is counted.
  public let asOf: CalendarDay
  /// The day of the first transaction that counts.
  public let firstDay: CalendarDay
  /// The day of the last transaction that counts.
  public let lastDay: CalendarDay
  /// How dates with the year last were read; nil where the year comes first.
  public let dateOrder: String?
  /// All records below the header.
  public let transactionsRead: Int
  /// Transactions that count.
  public let transactionsUsed: Int
  /// Transactions without a customer, a date or an amount.
  public let transactionsSetAside: Int
  /// Transactions after ``asOf``, which do not count.
  public let transactionsAfter: Int
  /// The customers they were gathered into.
  public let customers: Int
  /// Transactions with a negative amount, which subtract.
  public let returns: Int

  /// All of it as one text, for fingerprints.
  var canonicalText: String {
    let words = [id, date, amount, category ?? "", dateOrder ?? "", "\(isRecognized)"]
    let days = [asOf, firstDay, lastDay].map { String($0.number) }
    let counts = [
      transactionsRead, transactionsUsed, transactionsSetAside, transactionsAfter, customers,
      returns,
    ].map(String.init)
    // Lengths keep two texts from looking like two others.
    return (words + days + counts).map { "\($0.utf8.count):\($0)" }.joined(separator: ";")
  }
}

/// How a table of customers was gathered from transactions; goes with the table.
struct TransactionOrigin: Sendable {
  let summary: TransactionSummary
  /// The first findings in the transactions, by line, and how often each reason was found.
  let findings: [CleaningFinding]
  let countsByReason: [FindingReason: Int]
  /// Whether day and month could be either way round.
  let isDateOrderGuessed: Bool
}
