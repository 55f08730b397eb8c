import Datasets

extension TransactionSummary {
  /// What customers were gathered from, as answers show it.
  var json: JSON {
    [
      "id": .string(id), "date": .string(date), "amount": .string(amount),
      "category": .string(category), "recognised": .bool(isRecognized),
      "as_of": .string("\(asOf)"), "first_date": .string("\(firstDay)"),
      "last_date": .string("\(lastDay)"), "date_order": .string(dateOrder),
      "transactions_read": .integer(transactionsRead),
      "transactions_used": .integer(transactionsUsed),
      "transactions_set_aside": .integer(transactionsSetAside),
      "transactions_after_as_of": .integer(transactionsAfter),
      "returns": .integer(returns), "customers": .integer(customers),
    ]
  }
}

extension TransactionSummary {
  static let schema = Schema.object([
    "id": .string, "date": .string, "amount": .string, "category": .string.orNull,
    "recognised": .boolean, "as_of": .string, "first_date": .string, "last_date": .string,
    "date_order": .string.orNull, "transactions_read": .count, "transactions_used": .count,
    "transactions_set_aside": .count, "transactions_after_as_of": .count, "returns": .count,
    "customers": .count,
  ]).named("Transactions")
}
