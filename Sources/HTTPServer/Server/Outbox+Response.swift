extension Outbox {
  /// Appends an answer's head, and its content if that is there.
  mutating func append(
    _ response: Response, date: [UInt8], id: RequestID, isHead: Bool, version: Version,
    persistence: ResponseSerializer.Persistence
  ) {
    switch response.form {
    case .prepared(let prepared):
      write {
        $0.append(copying: prepared.head)
        ResponseSerializer.appendVariable(
          date: date, id: id, persistence: persistence, to: &$0)
      }
      if !isHead { append(prepared.content) }
    case .notModified(let prepared):
      write {
        $0.append(copying: prepared.notModifiedHead)
        ResponseSerializer.appendVariable(
          date: date, id: id, persistence: persistence, to: &$0)
      }
    case .composed(let fields, let content):
      let framing: ResponseSerializer.Framing
      if response.status.forbidsContent {
        framing = .none
      } else if let length = content.length {
        framing = .length(length)
      } else {
        framing = version == .http11 ? .chunked : .close
      }
      write {
        ResponseSerializer.appendFixed(response.status, fields: fields, to: &$0)
        ResponseSerializer.appendFraming(framing, to: &$0)
        ResponseSerializer.appendVariable(
          date: date, id: id, persistence: persistence, to: &$0)
      }
      if !isHead, !response.status.forbidsContent, case .bytes(let bytes) = content {
        append(bytes)
      }
    }
  }
}
