import Testing

/// Everything that starts a server and talks to it.
///
/// One test at a time: each waits for its server with the thread it runs on.
@Suite("Live servers", .serialized, .timeLimit(.minutes(2)))
enum LiveTests {}
