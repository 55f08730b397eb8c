/// What the name of a column can say about it.
public enum ColumnMeaning: String, CaseIterable, Hashable, Sendable {
  /// Names the customer.
  case id
  case gender, age, income, score
  /// How often a row counts.
  case weight
  /// A revenue-like measure.
  case value
  /// The label of an earlier clustering.
  case label
  /// Numbers that are names, such as a postal code.
  case code
  /// Counts the rows.
  case index
}

/// The words by which columns are recognised.
///
/// Names are compared by their keys without underscores, so `CustID`, `cust_id` and `Cust ID`
/// are one name.
public struct ColumnAliases: Sendable {
  /// The position of a name in its meaning's list tells which column wins: earlier is better.
  private var ranks: [String: (meaning: ColumnMeaning, rank: Int)] = [:]

  /// The words the service knows by itself.
  public static let standard = ColumnAliases()

  /// The standard words and others that go before them.
  ///
  /// - Parameter additions: for each meaning, names of columns as they stand in headers.
  public init(adding additions: [ColumnMeaning: [String]] = [:]) {
    for (meaning, names) in ColumnAliases.words {
      for (rank, name) in names.enumerated() {
        ranks[name] = (meaning, rank)
      }
    }
    for meaning in ColumnMeaning.allCases {
      for (position, name) in (additions[meaning] ?? []).enumerated() {
        let key = ColumnName.names(for: [name])[0].key
        ranks[ColumnAliases.folded(key)] = (meaning, position - 1_000_000)
      }
    }
  }

  /// What a column of this key is taken to mean, if anything.
  public func meaning(ofKey key: String) -> ColumnMeaning? {
    ranks[ColumnAliases.folded(key)]?.meaning
  }

  /// How good a name is for its meaning; lower is better.
  func rank(ofKey key: String) -> Int {
    ranks[ColumnAliases.folded(key)]?.rank ?? .max
  }

  static func folded(_ key: String) -> String {
    key.filter { $0 != "_" }
  }

  /// The words the service knows by itself, by meaning, the better ones first.
  public static let words: [ColumnMeaning: [String]] = [
    .id: [
      "customerid", "custid", "custno", "custnumber", "customerno", "customernumber", "customernr",
      "clientid",
      "clientnumber", "userid", "memberid", "subscriberid", "shopperid", "buyerid", "accountid",
      "accountnumber", "contactid", "personid", "kundenid", "kundennummer", "kundennr",
      "idcliente", "clienteid", "idclient", "id", "uuid", "guid", "customer", "client",
    ],
    .gender: ["gender", "sex", "genre", "geschlecht", "sexe", "sexo", "genero"],
    .age: ["age", "alter", "edad", "customerage", "ageyears"],
    .income: [
      "income", "annualincome", "yearlyincome", "salary", "annualsalary", "householdincome",
      "monthlyincome", "einkommen",
    ],
    .score: ["score", "spendingscore", "spendscore", "loyaltyscore"],
    .weight: [
      "weight", "sampleweight", "weights", "customers", "count", "n", "cnt", "freq", "frequency",
    ],
    .value: [
      "revenue", "totalrevenue", "turnover", "sales", "totalsales", "totalspend", "totalspent",
      "totalamount", "monetary", "lifetimevalue", "customervalue", "clv", "ltv", "umsatz",
      "totalcharges", "amount", "amt",
    ],
    .label: [
      "cluster", "clusters", "clusterid", "clusterlabel", "clusterno", "kmeans", "kmeanscluster",
      "kmeanslabel", "label", "labels", "segment", "segments", "segmentid", "segmentname",
      "segmentlabel", "customersegment", "predictedcluster", "predictedsegment",
    ],
    .code: [
      "zip", "zipcode", "postcode", "postalcode", "plz", "postleitzahl", "areacode",
      "countrycode", "regioncode", "storecode", "branchcode", "codepostal", "fips",
    ],
    .index: [
      "index", "unnamed0", "rownumber", "rownum", "rowid", "row", "rowno", "lineno", "seq", "sno",
      "slno", "srno", "serialno", "lfdnr",
    ],
  ]
}
