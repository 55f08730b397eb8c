import HTTPServer

/// A kind of problem: its slug is stable, and `/problems/{slug}` says what to do about it.
struct ProblemType: Sendable, Equatable {
  let slug: String
  let title: String
  let status: Status
  /// What it means and how to mend it, for the page at `/problems/{slug}`.
  let advice: String

  init(_ slug: String, _ status: Status, _ title: String, _ advice: String) {
    self.slug = slug
    self.title = title
    self.status = status
    self.advice = advice
  }

  static func == (left: ProblemType, right: ProblemType) -> Bool { left.slug == right.slug }
}

// The catalogue, by what the client was doing.
extension ProblemType {
  // Reading the content
  static let emptyContent = ProblemType(
    "empty-content", .badRequest, "There is nothing in the request",
    "Send the customer file as the content: curl --data-binary @customers.csv localhost:8080/segments"
  )
  static let headerOnly = ProblemType(
    "header-only", .unprocessableContent, "The file has a header and no rows",
    "Send the rows as well. If the file has no header, put one in: the first record names the columns."
  )
  static let tooFewRows = ProblemType(
    "too-few-rows", .unprocessableContent, "There are too few usable rows",
    "Segments need at least two different customers with a value in every feature. See what was set aside with POST /segments?dry_run=true, fill gaps with missing=median, or choose features= that are filled in."
  )
  static let binaryContent = ProblemType(
    "binary-content", .unprocessableContent, "The content is not text",
    "Export the sheet as CSV (UTF-8) first; a spreadsheet or archive file itself cannot be read.")
  static let nulByte = ProblemType(
    "nul-byte", .unprocessableContent, "The text holds a NUL byte",
    "NUL never stands in a text file. Export the file anew as UTF-8 or as UTF-16 with a byte order mark."
  )
  static let unclosedQuote = ProblemType(
    "unclosed-quote", .unprocessableContent, "A quoted field is never closed",
    "Close the quote on the line named, and write a quote inside a quoted field twice (RFC 4180).")
  static let malformedCSV = ProblemType(
    "csv-malformed", .unprocessableContent, "The CSV could not be read",
    "Mend the places listed, or leave strict=true out: rows that cannot be read are then set aside and reported."
  )
  static let malformedJSON = ProblemType(
    "json-malformed", .badRequest, "The JSON could not be read",
    "Mend the text at the line and column named (RFC 8259).")
  static let notRows = ProblemType(
    "not-rows", .unprocessableContent, "The JSON is not rows",
    #"Send an array of objects, [{"age":32,"income":86},…], or {"columns":["age","income"],"rows":[[32,86],…]}; one object a line as application/x-ndjson."#
  )
  static let tooManyRows = ProblemType(
    "too-many-rows", .contentTooLarge, "The file has too many rows",
    "Raise max_rows, or send distinct rows with a count and weight= (see /problems and the README)."
  )
  static let tooManyColumns = ProblemType(
    "too-many-columns", .unprocessableContent, "The file has too many columns",
    "Send the columns that describe customers only, or raise max_columns.")
  static let fieldTooLong = ProblemType(
    "field-too-long", .unprocessableContent, "A field is too long",
    "A field this long is usually a missing quote or line break. Mend the line named, or raise max_field_bytes."
  )
  static let contentTooLarge = ProblemType(
    "content-too-large", .contentTooLarge, "The content is too large",
    "Send a smaller file or raise max_body_bytes. Distinct rows with weight= say the same in less.")
  static let unsupportedMediaType = ProblemType(
    "unsupported-media-type", .unsupportedMediaType, "This media type is not taken",
    "Send text/csv, application/json, application/x-ndjson or multipart/form-data.")
  static let malformedMultipart = ProblemType(
    "multipart-malformed", .badRequest, "The multipart content could not be read",
    "Send the file as a part with a name: curl -F file=@customers.csv localhost:8080/segments")

  // Choosing and cleaning
  static let noNumericColumn = ProblemType(
    "no-numeric-column", .unprocessableContent, "No column holds numbers to cluster by",
    "Clusters are found in numbers such as age, income or spending. Send at least one column of them, or name one with features=."
  )
  static let constantColumns = ProblemType(
    "constant-columns", .unprocessableContent, "All customers are alike",
    "Every usable column holds one value only, so there is nothing to tell customers apart by.")
  static let unknownColumn = ProblemType(
    "unknown-column", .unprocessableContent, "A column is not in the file",
    "Name a column by its header or its key; the detail lists those that are there.")
  static let unsuitableColumn = ProblemType(
    "unsuitable-column", .unprocessableContent, "A column cannot be used that way",
    "Features and weights must be numeric columns. Choose another column.")
  static let badWeight = ProblemType(
    "bad-weight", .unprocessableContent, "A weight is not a positive number",
    "A weight says how many customers a row stands for: a positive number in every row.")
  static let missingValues = ProblemType(
    "missing-values", .unprocessableContent, "Values are missing",
    "With missing=error every row needs a value in every feature. Mend the rows listed, or choose missing=drop or missing=median."
  )
  static let setAsideRows = ProblemType(
    "set-aside-rows", .unprocessableContent, "Rows would be set aside",
    "With strict=true no row may be set aside. Mend the rows listed, or leave strict out.")
  static let tooManyClusters = ProblemType(
    "too-many-clusters", .unprocessableContent, "There are fewer different customers than clusters",
    "Choose a smaller k, or k=auto.")
  static let clusterCountOutOfRange = ProblemType(
    "cluster-count-out-of-range", .badRequest, "k is out of range",
    "k is a whole number from 1 to 1000, or auto.")
  static let clusterCountNotWhole = ProblemType(
    "cluster-count-not-a-number", .badRequest, "k is not a whole number",
    "k is a whole number such as 5, or auto.")

  // Asking
  static let unknownParameter = ProblemType(
    "unknown-parameter", .badRequest, "A query parameter is unknown",
    "The detail lists the parameters of this route; nothing was done.")
  static let invalidParameter = ProblemType(
    "invalid-parameter", .badRequest, "A query parameter has an unusable value",
    "The detail says what the parameter takes.")
  static let notFound = ProblemType(
    "not-found", .notFound, "There is nothing at this address",
    "GET / lists the entry points.")
  static let noRun = ProblemType(
    "no-run", .notFound, "There are no segments yet",
    "Post a customer file first: curl --data-binary @customers.csv localhost:8080/segments")
  static let gone = ProblemType(
    "gone", .gone, "What the cursor points to is gone",
    "Start the list again without cursor=.")
  static let preconditionFailed = ProblemType(
    "precondition-failed", .preconditionFailed, "The segment is not as If-Match names it",
    "Somebody has changed it, or a new run is current. Get it again, look, and repeat the change with the ETag of that answer."
  )
  static let nameTaken = ProblemType(
    "name-taken", .conflict, "Another segment has this name",
    "Choose a name that no other segment of the series has.")
  static let malformedPatch = ProblemType(
    "patch-malformed", .unprocessableContent, "The change cannot be read",
    ##"Send a JSON object such as {"name":"Regulars","description":"…","colour":"#0072b2","pinned":true}; null takes a choice back (RFC 7396)."##
  )
  static let methodNotAllowed = ProblemType(
    "method-not-allowed", .methodNotAllowed, "This method is not for this address",
    "The Allow field names the methods that are.")
  static let notAcceptable = ProblemType(
    "not-acceptable", .notAcceptable, "No representation fits the Accept field",
    "The detail lists what this route can answer; a suffix such as .csv chooses one as well.")

  static let malformedModel = ProblemType(
    "model-malformed", .unprocessableContent, "The content is not a model",
    "Send what GET /runs/{id}/model.json gave: curl --data-binary @model.json localhost:8080/runs")
  static let restoredRun = ProblemType(
    "restored-run", .conflict, "The run holds no customers",
    "It was restored from its model and only assigns. Post the customer file to have its customers too."
  )

  // Access
  static let unauthorized = ProblemType(
    "unauthorized", .unauthorized, "A key is needed",
    "Send the key you were given: curl -H 'Authorization: Bearer KEY', or X-API-Key: KEY. Excel and browsers ask for a name and a password: any name, and the key as the password."
  )
  static let forbidden = ProblemType(
    "forbidden", .forbidden, "The key does not allow this",
    "Use a key with the scope that the answer names. read is for looking and assigning, write for sending files and changing segments, admin for taking things away."
  )
  static let segmentsWithheld = ProblemType(
    "segments-withheld", .forbidden, "Small segments are kept from this key",
    "The service tells of segments with at least min_segment_public customers. Ask with a key of the scope admin, or fit with min_size= so that small segments join their neighbours. /segments, /clusters, /clusters/summary, /clusters/profiles and /customers leave small segments out; what cannot is refused."
  )
  static let tooManyRequests = ProblemType(
    "too-many-requests", .tooManyRequests, "Too many requests",
    "Wait as long as Retry-After says. RateLimit-Policy tells what is allowed and RateLimit what is left; the setting is rate_limit."
  )

  // The protocol
  static let badRequest = ProblemType(
    "bad-request", .badRequest, "The request is not well-formed HTTP",
    "The request breaks RFC 9110 or 9112 at the place named.")
  static let requestTimeout = ProblemType(
    "request-timeout", .requestTimeout, "The request did not arrive in time",
    "Send the request again, on a faster line or in smaller pieces.")
  static let lengthRequired = ProblemType(
    "length-required", .lengthRequired, "The request does not say how long it is",
    "Send Content-Length or Transfer-Encoding: chunked.")
  static let uriTooLong = ProblemType(
    "uri-too-long", .uriTooLong, "The request target is too long",
    "Shorten the query.")
  static let fieldsTooLarge = ProblemType(
    "header-fields-too-large", .requestHeaderFieldsTooLarge, "The header section is too large",
    "Send fewer or shorter header fields.")
  static let expectationFailed = ProblemType(
    "expectation-failed", .expectationFailed, "This expectation cannot be met",
    "Only Expect: 100-continue is known.")
  static let notImplemented = ProblemType(
    "not-implemented", .notImplemented, "This is not implemented",
    "The method or transfer coding is not known here.")
  static let versionNotSupported = ProblemType(
    "http-version-not-supported", .httpVersionNotSupported, "This HTTP version is not spoken here",
    "Speak HTTP/1.1 or HTTP/1.0.")

  // The service
  static let storeFull = ProblemType(
    "store-full", .insufficientStorage, "The store is full",
    "Nothing was lost and nothing was stored. DELETE /datasets/{id} makes room, or raise max_store_bytes."
  )
  static let diskFull = ProblemType(
    "disk-full", .insufficientStorage, "The disk of the store is full",
    "Nothing was lost and nothing was stored. DELETE /datasets/{id} makes room, or give the file system of data_dir more."
  )
  static let storeUnavailable = ProblemType(
    "store-unavailable", .serviceUnavailable, "The store cannot be written",
    "Nothing was lost and nothing was stored. See that the folder named by data_dir is there and that the service may write to it, then send the request again."
  )
  static let storedDataDamaged = ProblemType(
    "stored-data-damaged", .internalServerError, "Stored data are damaged",
    "The file was torn or changed after it was written. It was set aside under a name that ends in .damaged, and /readyz lists it; post the customers again, or put the file back from a backup and start anew."
  )
  static let overloaded = ProblemType(
    "overloaded", .serviceUnavailable, "The service has all the work it can take",
    "Send the request again after the time in Retry-After.")
  static let cancelled = ProblemType(
    "cancelled", .conflict, "The work was taken back",
    "It was cancelled before it was done and nothing was stored; send the request again to start anew."
  )
  static let stopping = ProblemType(
    "stopping", .serviceUnavailable, "The request was given up",
    "The service is stopping or the client went away; send the request again.")
  static let internalError = ProblemType(
    "internal-error", .internalServerError, "Something is wrong on our side",
    "Report the request id in X-Request-Id.")

  /// Every type there is, in the order of the list at `/problems`.
  static let all: [ProblemType] = [
    emptyContent, headerOnly, tooFewRows, binaryContent, nulByte, unclosedQuote, malformedCSV,
    malformedJSON, notRows, tooManyRows, tooManyColumns, fieldTooLong, contentTooLarge,
    unsupportedMediaType, malformedMultipart,
    noNumericColumn, constantColumns, unknownColumn, unsuitableColumn, badWeight, missingValues,
    setAsideRows, tooManyClusters, clusterCountOutOfRange, clusterCountNotWhole,
    unknownParameter, invalidParameter, notFound, noRun, gone, preconditionFailed, nameTaken,
    malformedPatch, malformedModel, restoredRun, methodNotAllowed, notAcceptable,
    unauthorized, forbidden, segmentsWithheld, tooManyRequests,
    badRequest, requestTimeout, lengthRequired, uriTooLong, fieldsTooLarge, expectationFailed,
    notImplemented, versionNotSupported,
    storeFull, diskFull, storeUnavailable, storedDataDamaged, overloaded, cancelled, stopping,
    internalError,
  ]
}

extension ProblemType {
  private static let members: Schema.Members = [
    "status": .integer(in: 400...599), "title": .string, "advice": .string,
  ]
  static let rowSchema = Schema.object(["slug": .string] + members).named("ProblemTypeRow")
  static let schema = Schema.object(["type": .link] + members).named("ProblemType")
}

// What routes that do the same can go wrong by.
extension [ProblemType] {
  /// Telling of a run that may be a restored one.
  static let aboutModel: [ProblemType] = [.noRun, .notFound, .segmentsWithheld]
  /// Telling of the customers of a run.
  static let aboutRun: [ProblemType] = aboutModel + [.restoredRun]
  /// Reading rows.
  static let readingRows: [ProblemType] = [
    .emptyContent, .headerOnly, .binaryContent, .nulByte, .unclosedQuote, .malformedCSV,
    .malformedJSON, .notRows, .tooManyRows, .tooManyColumns, .fieldTooLong, .contentTooLarge,
    .unsupportedMediaType, .malformedMultipart,
  ]
  /// Cleaning them.
  static let cleaning: [ProblemType] = [
    .tooFewRows, .noNumericColumn, .constantColumns, .unknownColumn, .unsuitableColumn, .badWeight,
    .missingValues, .setAsideRows,
  ]
  /// Fitting and storing them.
  static let fitting: [ProblemType] = [
    .tooManyClusters, .clusterCountOutOfRange, .clusterCountNotWhole, .notFound, .storeFull,
    .stopping, .cancelled,
  ]
}
