import HTTPServer

/// What a route answers, before it is framed.
struct Answer: Sendable {
  var status: Status
  var form: Form
  var fields: HeaderFields
  var content: Content
  /// Names this state of a streamed representation; that of bytes is made from the bytes.
  var tag: String?

  /// An answer that is all there.
  init(_ status: Status = .ok, form: Form, bytes: [UInt8], fields: HeaderFields = HeaderFields()) {
    self.status = status
    self.form = form
    self.fields = fields
    content = .bytes(bytes)
  }

  /// An answer made as the client reads it.
  init(
    _ status: Status = .ok, form: Form, producer: any ContentProducer, tag: String?,
    fields: HeaderFields = HeaderFields()
  ) {
    self.status = status
    self.form = form
    self.fields = fields
    content = .stream(length: nil, producer)
    self.tag = tag
  }

  /// An answer without content.
  init(_ status: Status) {
    self.status = status
    form = .json
    fields = HeaderFields()
    content = .empty
  }
}
