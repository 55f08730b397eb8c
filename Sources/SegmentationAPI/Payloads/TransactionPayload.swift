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
