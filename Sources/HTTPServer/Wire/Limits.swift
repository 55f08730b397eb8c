/// Every bound and deadline of the server, in one value.
///
/// Sizes are bytes, counts are counts, times are durations. Each default names its reason; an
/// application changes what it knows better, usually ``contentBytes``, ``connectionCount`` and
/// ``idleTime``.
public struct Limits: Sendable, Hashable {
  // MARK: The head

  /// Bytes of the request target.
  ///
  /// RFC 9112 §3 asks for request lines of at least 8000; links with long filters stay well below.
  /// Above: 414.
  public var targetBytes = 8192

  /// Bytes of one field line without its CRLF.
  ///
  /// Large cookies and tokens reach 8 KiB. Above: 431.
  public var fieldLineBytes = 16_384

  /// Bytes of all field lines together.
  ///
  /// Four of the largest; what Apache and nginx take by default is about half. Above: 431.
  public var fieldSectionBytes = 65_536

  /// Field lines of a request.
  ///
  /// Browsers behind several proxies send 30 to 40. Above: 431.
  public var fieldCount = 128

  /// Empty lines before a request line.
  ///
  /// RFC 9112 §2.2 asks to pass over at least one, which old clients send after content. Above:
  /// 400.
  public var emptyLineCount = 4

  // MARK: The content

  /// Bytes of content of one request, for receivers that give no limit of their own.
  ///
  /// Forty million rows of a small table. Above: 413.
  public var contentBytes = 1 << 30

  /// Bytes of one line with a chunk's size and its extensions.
  ///
  /// Signing clients add about 90 bytes. Above: 400.
  public var chunkLineBytes = 1024

  /// Bytes of chunk framing beyond what content justifies: each chunk is allowed 16 bytes and twice
  /// its size, the rest adds up against this.
  ///
  /// Keeps a client from sending megabytes that carry nothing. Above: 400.
  public var chunkOverheadBytes = 16_384

  /// Bytes of the trailer section.
  ///
  /// Trailers hold a checksum or a signature, and are passed over. Above: 431.
  public var trailerBytes = 8192

  /// Lines of the trailer section.
  ///
  /// Above: 431.
  public var trailerCount = 32

  /// Bytes of content that nobody wants that are read away to keep a connection; more closes it.
  ///
  /// Reading this much costs about what a new connection costs.
  public var discardedBytes = 65_536

  /// Bytes of content received for one request and not yet taken by its receiver.
  ///
  /// Above, the socket is not read. Four pieces of 256 KiB keep socket and receiver busy at once.
  public var unconsumedBytes = 1 << 20

  // MARK: Multipart content

  /// Parts of a multipart content.
  ///
  /// A form has a file and some options.
  public var partCount = 64

  /// Bytes of the field lines of one part: a disposition with a long file name, a media type.
  public var partHeadBytes = 8192

  /// Field lines of one part.
  ///
  /// RFC 7578 knows three.
  public var partFieldCount = 16

  // MARK: The connection

  /// Requests answered on one connection before it is closed, in good order.
  ///
  /// Bounds what can gather in a connection nobody looks at; a thousand times what spreads load
  /// over a new set of loops.
  public var requestsPerConnection = 1_000_000

  /// Bytes read ahead from one connection: pipelined requests that wait for the answers before
  /// them.
  ///
  /// Also the size of each loop's read buffer.
  public var pipelinedBytes = 65_536

  /// Bytes of answers gathered before they are written.
  ///
  /// Pipelined requests are answered in writes of about this size; no further request is looked at
  /// until the socket has taken it.
  public var gatheredBytes = 65_536

  /// Bytes of streamed content that wait for the client.
  ///
  /// Two pieces of 256 KiB: one being sent, one being made.
  public var unsentBytes = 1 << 19

  /// Connections in all.
  ///
  /// A connection costs about 1 KiB here and some KiB in the kernel. Above, the connection that has
  /// been idle for longest is closed to make room; when none is idle the new one is refused.
  public var connectionCount = 16_384

  /// Connections from one address (IPv6: one /64).
  ///
  /// Above, a new one is refused, but for ``ServerConfiguration/unlimitedAddresses``. Off by default,
  /// since behind a proxy all clients have its address.
  public var connectionsPerAddress: Int? = nil

  /// Connections that may wait to be accepted, as given to listen(2); the kernel caps it by
  /// `net.core.somaxconn`.
  public var backlog = 4096

  // MARK: Deadlines

  /// From the first byte of a head to its last.
  ///
  /// Heads fit in a few packets; slow phones need seconds. Afterwards: 408.
  public var headTime = Duration.seconds(15)

  /// How often the rate of content is looked at; a client may pause for this long.
  public var contentWindow = Duration.seconds(15)

  /// Bytes of content that must come per ``contentWindow``: 240 bytes a second, below the slowest
  /// mobile link.
  ///
  /// Afterwards: 408.
  public var contentBytesPerWindow = 3600

  /// How long a connection may be quiet between requests.
  ///
  /// Browsers keep connections for one to two minutes; pollers come back every few seconds.
  public var idleTime = Duration.seconds(60)

  /// How long a client may take no byte of an answer that waits for it.
  ///
  /// Afterwards the connection is closed.
  public var writeStallTime = Duration.seconds(30)

  /// How long work on one answer may take.
  ///
  /// Afterwards the request is cancelled and answered with 503.
  public var answerTime = Duration.seconds(600)

  /// How long after a client closed its sending side it is asked whether it still reads, if its
  /// answer is not ready by then: with an interim answer, to which a client that has gone
  /// altogether answers with a reset.
  ///
  /// Work of some milliseconds is not worth asking for.
  public var halfCloseTime = Duration.seconds(1)

  /// How long a closing connection is still read, so that the client can read its last answer
  /// before a reset takes it away (RFC 9112 §9.6).
  ///
  /// As long as a client needs to notice the answer while it sends.
  public var lingerTime = Duration.seconds(10)

  /// How long a closing connection that brings nothing more is kept.
  public var lingerQuietTime = Duration.seconds(2)

  /// How long an idle connection is kept after the server began to shut down: a request that is on
  /// its way is still answered.
  public var drainTime = Duration.milliseconds(500)

  /// What `Retry-After` says when the server is too busy.
  public var retryAfter = Duration.seconds(2)

  /// The defaults.
  public init() {}
}
