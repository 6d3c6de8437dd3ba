//! Every bound of the program, named, with its reason. HAProxy's own defaults where it has one.

/// Bytes of a connection's read buffer: HAProxy's `tune.bufsize`.
pub const BUFFER_BYTES: usize = 16_384;

/// Bytes kept free for header edits: HAProxy's `tune.maxrewrite`. A head must fit into the buffer less this.
pub const REWRITE_BYTES: usize = 1_024;

/// Header fields in one message: HAProxy's `tune.http.maxhdr`.
pub const HEADER_FIELDS_MAX: usize = 101;

/// Bytes of a logged request line: HAProxy's `tune.http.logurilen`.
pub const LOG_URI_BYTES: usize = 1_024;

/// Bytes of one chunk-size line with its extensions before it is taken for an attack.
pub const CHUNK_LINE_BYTES: usize = 4_096;

/// A body longer than this is refused, as HAProxy refuses a chunk size with more digits.
pub const BODY_BYTES_MAX: u64 = (1 << 60) - 1;

/// Read buffers a worker keeps for reuse: 1,024 buffers are 16 MiB.
pub const POOLED_BUFFERS_MAX: usize = 1_024;

/// Bytes of the read buffer of a direction that is known to bring much: a body, a tunnel. HAProxy has no such thing.
pub const BULK_BUFFER_BYTES: usize = 65_536;

/// Such buffers a worker keeps for reuse: 2 MiB.
pub const POOLED_BULK_BUFFERS_MAX: usize = 32;

/// Bytes of a pipe that the kernel moves bytes through: what a user may have in most systems without asking.
pub const PIPE_BYTES: usize = 262_144;

/// Idle pipes that a worker keeps.
pub const PIPES_IDLE_MAX: usize = 64;

/// Pipes in use at once, where neither `maxpipes` nor `maxconn` says: two descriptors each.
pub const PIPES_MAX: usize = 256;

/// What is left of a body for which a pipe is worth its while.
pub const SPLICE_BYTES_MIN: u64 = 262_144;

/// Idle connections to one server that one worker keeps.
pub const IDLE_PER_SERVER_MAX: usize = 4_096;

/// Captured headers in one message.
pub const CAPTURES_MAX: usize = 64;

/// Variables one scope of one transaction may hold.
pub const VARS_MAX: usize = 1_024;

/// Times a session may go round its keep-alive loop before it yields to the others.
pub const REQUESTS_PER_TURN_MAX: u32 = 32;

/// Entries of one list of patterns or of one map: what rules add stops here.
pub const LIST_ENTRIES_MAX: usize = 10_000_000;

/// The longest `pause` of a rule: HAProxy's timers end here.
pub const PAUSE_MAX: std::time::Duration = std::time::Duration::from_millis(2_147_483_647);

/// Nested `.if` blocks in a configuration.
pub const CONDITION_DEPTH_MAX: usize = 1_024;

/// Fatal errors printed before a configuration is given up, as HAProxy does.
pub const FATAL_ERRORS_MAX: usize = 50;
