import Datasets

extension Playbook {
  /// The service's own playbook, the one of `Config/playbook.json`.
  public static let standard: Playbook = {
    do {
      return try Playbook(
        JSONValue.parse(Array(standardText.utf8).span),
        over: Playbook(roles: [], personas: [], actionsOfGoal: [:]))
    } catch {
      // A test holds the text to the file and reads it: only a broken build comes here.
      preconditionFailure("the service's own playbook cannot be read: \(error)")
    }
  }()
}
