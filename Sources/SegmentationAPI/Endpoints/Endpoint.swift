import HTTPServer

/// One route: what it is asked for, what it takes, what it can answer, and what it does.
///
/// The list of all endpoints is ``Application/endpoints``; the router is made from it.
struct Endpoint: Sendable {
  /// What happens when the route is asked for.
  enum Handling: Sendable {
    /// Answered on the event loop: nothing that takes time.
    case immediate(@Sendable (Call) throws(ProblemDetails) -> Answer)
    /// Read-only, made on the compute pool and kept until something is stored or removed.
    case cached(@Sendable (Call) throws(ProblemDetails) -> Answer)
    /// Made on the compute pool each time.
    case computed(@Sendable (Call) throws(ProblemDetails) -> Answer)
    /// The content is read as it arrives.
    case upload(@Sendable (Call) throws(ProblemDetails) -> RowUpload)
    /// The content is small and read whole.
    case document(@Sendable (Call, [UInt8]) throws(ProblemDetails) -> Answer)
  }

  let method: Method
  let pattern: String
  /// What it can answer, the default first.
  let forms: [Form]
  let parameters: [Parameter]
  /// What becomes of parameters that are not in the list.
  enum OtherParameters: Sendable {
    /// They are refused, with what was probably meant.
    case refused
    /// They are for the handler to check: the features of a run.
    case kept
    /// They mean nothing, as on the routes of load balancers, which add what they like.
    case ignored
  }

  let others: OtherParameters
  /// Whether the client chooses among the forms, by suffix or `Accept`; otherwise the handler says
  /// what it answers.
  var negotiates = true
  /// What a client's key has to allow; nil when no key is asked for.
  var scope: AccessScope?
  /// Whether its errors have the form of OData.
  var isOData = false
  /// Whether it leaves out small segments by itself; other routes refuse runs that have some.
  var leavesOutSegments = false
  /// What it does, in one sentence.
  let summary: String
  /// The parts of the path that are no literals, in their order.
  let path: [Parameter]
  /// What the request may or must hold; nil for none.
  let content: RequestContent?
  /// The JSON of its answers; nil for a route without that form.
  let answers: Schema?
  /// The statuses of success.
  let statuses: [Status]
  /// What it can go wrong by, beside what every route can.
  let problems: [ProblemType]
  let handling: Handling

  init(
    _ method: Method, _ pattern: String, forms: [Form] = [.json], parameters: [Parameter] = [],
    others: OtherParameters = .refused, summary: String, path: [Parameter] = [],
    content: RequestContent? = nil, answers: Schema?, statuses: [Status] = [.ok],
    problems: [ProblemType] = [], _ handling: Handling
  ) {
    self.method = method
    self.pattern = pattern
    self.forms = forms
    self.parameters = forms.count > 1 ? parameters + [.format(forms)] : parameters
    self.others = others
    self.summary = summary
    self.path = path
    self.content = content
    self.answers = answers
    self.statuses = statuses
    self.problems = problems
    self.handling = handling
    scope = method.isSafe ? .read : method == .delete ? .admin : .write
  }

  /// The same endpoint for keys with another scope; nil for everybody.
  func needing(_ scope: AccessScope?) -> Endpoint {
    var endpoint = self
    endpoint.scope = scope
    return endpoint
  }

  /// The same endpoint, which leaves out segments that its caller may not see.
  func leavingOutSegments() -> Endpoint {
    var endpoint = self
    endpoint.leavesOutSegments = true
    return endpoint
  }

  /// What the last segment of the path may end with.
  ///
  /// A literal segment takes every suffix, so that one the route cannot answer in is told as such; of
  /// a parameter it may be a part.
  var suffixes: [String] {
    guard negotiates else { return [] }
    return (pattern.hasSuffix("}") || pattern == "/" ? forms : Form.allCases).map(\.suffix)
  }
}

/// What the content of a request is.
enum RequestContent: Sendable {
  /// Rows of customers in any of the formats that are read; in a form, with these options.
  case rows(options: [Parameter])
  /// A JSON text.
  case json(Schema, example: JSON)
}
