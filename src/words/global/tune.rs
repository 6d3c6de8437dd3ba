//! Settings of HAProxy's machinery. They are checked as HAProxy checks them, and have no meaning here: this program sizes
//! its buffers, shares its work and limits its memory by its own rules (`base::limits`).

use pointsman_parser::units::{self, TimeUnit};

use super::knob;
use crate::model::draft::{Draft, Sections};
use crate::spec;
use crate::spec::{Args, Done, End, Fault, Keyword, Release, Since};
use crate::words::proxy::side::lax;

fn drop<T>(_: T) {}

spec! {
    /// Machinery.
    pub static TUNE: [Keyword] = [
        /// Passes the bytes of internal services without copies. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.applet.zero-copy-forwarding", since: Since::V3_0, sections: Sections::GLOBAL, usage: "on|off", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects 'on' or 'off'.").map(drop) },
        /// Buffers the process may use. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.buffers.limit", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "", "'{k}' expects a non-negative number but got '{a}'.").map(drop) },
        /// Buffers kept back for closing exchanges. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.buffers.reserve", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "", "'{k}' expects a non-negative number but got '{a}'.").map(drop) },
        /// The size of a buffer, and so of the largest head. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.bufsize", sections: Sections::GLOBAL, usage: "<size>", parse: buffer_size },
        /// The size of a large buffer. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.bufsize.large", since: Since::V3_4, sections: Sections::GLOBAL, usage: "<size>", parse: |args, _| knob::size(args, 0, knob::NUMBER, "").map(drop) },
        /// The size of a small buffer. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.bufsize.small", since: Since::V3_1, sections: Sections::GLOBAL, usage: "<size>", parse: |args, _| knob::size(args, 1, "'{k}' expects an integer argument.", "'{k}' expects a positive integer argument.").map(drop) },
        /// Not known any more.
        { name: "tune.chksize", end: Some(End::removed(Release(2, 4), "'tune.bufsize'")), sections: Sections::GLOBAL, usage: "<value>", parse: |_, _| Err(Fault::new("option 'tune.chksize' is not supported any more (tune.bufsize is used instead).")) },
        /// A limit of HAProxy's machinery. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.cli.max-payload-size", since: Since::V3_4, sections: Sections::GLOBAL, usage: "<size>", parse: |args, _| knob::size(args, 0, knob::NUMBER, "").map(drop) },
        /// How hard compression works. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.comp.maxlevel", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 1, 9, "", "'{k}' expects a numeric value between 1 and 9").map(drop) },
        /// A limit of HAProxy's machinery. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.defaults.purge", since: Since::BY_3_4, sections: Sections::GLOBAL, usage: "(no argument)", parse: |args, _| knob::switch(args) },
        /// Looks at all bytes that pass. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.disable-fast-forward", since: Since::V2_8, sections: Sections::GLOBAL, usage: "<value>", parse: fast_forward },
        /// Copies bytes that could pass without. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.disable-zero-copy-forwarding", since: Since::V2_9, sections: Sections::GLOBAL, usage: "", parse: |args, _| knob::switch(args) },
        /// Events of epoll that are not looked at. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.epoll.mask-events", since: Since::BY_3_0, sections: Sections::GLOBAL, usage: "<value>", parse: mask_events },
        /// Events handled before others get a turn. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.events.max-events-at-once", since: Since::BY_3_0, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 1, 10000, "", "'{k}' expects an integer argument between 1 and 10000.").map(drop) },
        /// How often memory is refused, to test. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.fail-alloc", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, 100, "", "'{k}' expects a numeric value between 0 and 100.").map(drop) },
        /// How the system announces events. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.fd.edge-triggered", sections: Sections::GLOBAL, usage: "<value>", parse: edge_triggered },
        /// The load from which clients with glitches are cut. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.glitches.kill.cpu-usage", since: Since::V3_2, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, 100, "'{k}' expects a numeric value between 0 and 100", "'{k}' expects a numeric value between 0 and 100").map(drop) },
        /// A limit of HAProxy's machinery. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.h1.be.glitches-threshold", since: Since::V3_4, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of HAProxy's machinery. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.h1.fe.glitches-threshold", since: Since::V3_4, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of HAProxy's machinery. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.h1.zero-copy-fwd-recv", since: Since::V2_9, sections: Sections::GLOBAL, usage: "on|off", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects 'on' or 'off'.").map(drop) },
        /// A limit of HAProxy's machinery. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.h1.zero-copy-fwd-send", since: Since::V2_9, sections: Sections::GLOBAL, usage: "on|off", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects 'on' or 'off'.").map(drop) },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.be.glitches-threshold", since: Since::V3_0, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "", "'{k}' expects a positive numeric value.").map(drop) },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.be.initial-window-size", since: Since::BY_3_0, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "", "'{k}' expects a positive numeric value.").map(drop) },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.be.max-concurrent-streams", since: Since::V2_8, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "", "'{k}' expects a positive numeric value.").map(drop) },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.be.max-frames-at-once", since: Since::BY_3_2, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| { args.next(); args.finish() } },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.be.rxbuf", since: Since::V3_1, sections: Sections::GLOBAL, usage: "<value>", parse: receive_buffer },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.fe.glitches-threshold", since: Since::V3_0, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "", "'{k}' expects a positive numeric value.").map(drop) },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.fe.initial-window-size", since: Since::BY_3_0, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "", "'{k}' expects a positive numeric value.").map(drop) },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.fe.max-concurrent-streams", since: Since::V2_8, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "", "'{k}' expects a positive numeric value.").map(drop) },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.fe.max-frames-at-once", since: Since::BY_3_2, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| { args.next(); args.finish() } },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.fe.max-rst-at-once", since: Since::BY_3_2, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| { args.next(); args.finish() } },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.fe.max-total-streams", since: Since::V3_0, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "", "'{k}' expects a positive numeric value.").map(drop) },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.fe.rxbuf", since: Since::V3_1, sections: Sections::GLOBAL, usage: "<value>", parse: receive_buffer },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.header-table-size", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 4096, 65536, "", "'{k}' expects a numeric value between 4096 and 65536.").map(drop) },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.initial-window-size", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "", "'{k}' expects a positive numeric value.").map(drop) },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.log-errors", since: Since::BY_3_2, sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| knob::choice(args, &["none", "connection", "stream"], "'{k}' expects 'none', 'connection', or 'stream'").map(drop) },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.max-concurrent-streams", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "", "'{k}' expects a positive numeric value.").map(drop) },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.max-frame-size", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 16384, 16777215, "", "'{k}' expects a numeric value between 16384 and 16777215.").map(drop) },
        /// A limit of HTTP/2. It has no meaning here: the limits of HTTP/2 are fixed.
        { name: "tune.h2.zero-copy-fwd-send", since: Since::V2_9, sections: Sections::GLOBAL, usage: "on|off", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects 'on' or 'off'.").map(drop) },
        /// Bytes of a captured cookie. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.http.cookielen", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::number_or(args, "'{k}' expects an integer argument.").map(drop) },
        /// Bytes of a logged URI. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.http.logurilen", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::number_or(args, "'{k}' expects an integer argument.").map(drop) },
        /// Header fields a message may have. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.http.maxhdr", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 1, 32767, "'{k}' expects an integer argument.", "'{k}' expects a numeric value between 1 and 32767").map(drop) },
        /// Shares idle server connections between threads. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.idle-pool.shared", sections: Sections::GLOBAL, usage: "on|off", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects either 'on' or 'off' but got '{a}'.").map(drop) },
        /// When a stream counts as idle. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.idletimer", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| idle_timer(args) },
        /// How threads share listening sockets. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.listener.default-shards", since: Since::V2_8, sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| knob::choice(args, &["by-process", "by-group", "by-thread"], "'{k}' expects either 'by-process', 'by-group', or 'by-thread' but got '{a}'.").map(drop) },
        /// How connections are spread over threads. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.listener.multi-queue", sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| knob::choice(args, &["on", "fair", "off"], "'{k}' expects either 'on', 'fair', or 'off' but got '{a}'.").map(drop) },
        /// A limit of Lua. It has no meaning here: no script is run.
        { name: "tune.lua.bool-sample-conversion", since: Since::V3_2, sections: Sections::GLOBAL, usage: "<value>", parse: lua_conversion },
        /// A limit of Lua. It has no meaning here: no script is run.
        { name: "tune.lua.burst-timeout", since: Since::V2_8, sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| knob::time(args, TimeUnit::Millisecond, "{k}: invalid timeout", "{k}: invalid timeout").map(drop) },
        /// A limit of Lua. It has no meaning here: no script is run.
        { name: "tune.lua.forced-yield", sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| strict(args, "{k}: invalid number") },
        /// A limit of Lua. It has no meaning here: no script is run.
        { name: "tune.lua.log.loggers", since: Since::V2_9, sections: Sections::GLOBAL, usage: "on|off", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects either 'on' or 'off' but got '{a}'.").map(drop) },
        /// A limit of Lua. It has no meaning here: no script is run.
        { name: "tune.lua.log.stderr", since: Since::V2_9, sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| knob::choice(args, &["on", "auto", "off"], "'{k}' expects either 'on', 'auto', or 'off' but got '{a}'.").map(drop) },
        /// A limit of Lua. It has no meaning here: no script is run.
        { name: "tune.lua.maxmem", sections: Sections::GLOBAL, usage: "<value>", parse: lua_memory },
        /// A limit of Lua. It has no meaning here: no script is run.
        { name: "tune.lua.openlibs", since: Since::V3_4, sections: Sections::GLOBAL, usage: "[all|none|<lib>[,...]]", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of Lua. It has no meaning here: no script is run.
        { name: "tune.lua.service-timeout", sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| knob::time(args, TimeUnit::Millisecond, "{k}: invalid timeout", "{k}: invalid timeout").map(drop) },
        /// A limit of Lua. It has no meaning here: no script is run.
        { name: "tune.lua.session-timeout", sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| knob::time(args, TimeUnit::Millisecond, "{k}: invalid timeout", "{k}: invalid timeout").map(drop) },
        /// A limit of Lua. It has no meaning here: no script is run.
        { name: "tune.lua.task-timeout", sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| knob::time(args, TimeUnit::Millisecond, "{k}: invalid timeout", "{k}: invalid timeout").map(drop) },
        /// Checks a thread runs at once. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.max-checks-per-thread", since: Since::BY_3_0, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| { args.next(); args.finish() } },
        /// Rules run before others get a turn. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.max-rules-at-once", since: Since::BY_3_2, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "'{k}' expects a positive numeric value", "'{k}' expects a positive numeric value").map(drop) },
        /// Connections accepted in a row. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.maxaccept", sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| knob::within(args, i64::MIN, knob::INT_MAX, "'{k}' expects an integer argument", "'{k}' expects -1 or an integer from 0 to INT_MAX.").map(drop) },
        /// Events taken from the system at once. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.maxpollevents", sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| knob::within(args, i64::MIN, 1_000_000, knob::NUMBER, "'{k}' expects an integer value lower than or equal to 1000000.").map(drop) },
        /// Room in a buffer for what rules add. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.maxrewrite", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "'{k}' expects an integer argument.", "'{k}' expects a positive integer argument.").map(drop) },
        /// Memory a thread keeps to itself. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.memory.hot-size", since: Since::V2_8, sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| knob::within(args, 1, i64::MAX, "", "'{k}' expects a strictly positive value.").map(drop) },
        /// The size of the system's buffers for a socket. It has no meaning here: the system sizes them.
        { name: "tune.notsent-lowat.client", since: Since::V3_2, sections: Sections::GLOBAL, usage: "<size>", parse: |args, _| knob::size(args, 0, "'{k}' expects an integer argument.", "").map(drop) },
        /// The size of the system's buffers for a socket. It has no meaning here: the system sizes them.
        { name: "tune.notsent-lowat.server", since: Since::V3_2, sections: Sections::GLOBAL, usage: "<size>", parse: |args, _| knob::size(args, 0, "'{k}' expects an integer argument.", "").map(drop) },
        /// Remembered look-ups of patterns. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.pattern.cache-size", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "'{k}' expects a positive numeric value", "'{k}' expects a positive numeric value").map(drop) },
        /// Updates sent to a peer in a row. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.peers.max-updates-at-once", since: Since::BY_2_6, sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| knob::within(args, 1, knob::INT_MAX, "", "'{k}' expects an integer argument greater than 0.").map(drop) },
        /// The size of pipes. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.pipesize", sections: Sections::GLOBAL, usage: "<size>", parse: |args, _| knob::size(args, 0, "'{k}' expects an integer argument.", "").map(drop) },
        /// Descriptors from which idle connections are closed. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.pool-high-fd-ratio", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, 100, "'{k}' expects an integer argument between 0 and 100.", "'{k}' expects an integer argument between 0 and 100.").map(drop) },
        /// Descriptors below which idle connections are kept. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.pool-low-fd-ratio", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, 100, "'{k}' expects an integer argument between 0 and 100.", "'{k}' expects an integer argument between 0 and 100.").map(drop) },
        /// Passes the bytes of TCP without copies. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.pt.zero-copy-forwarding", since: Since::V2_9, sections: Sections::GLOBAL, usage: "on|off", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects 'on' or 'off'.").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.be.cc.cubic-min-losses", since: Since::V3_3, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.be.cc.hystart", since: Since::V3_3, sections: Sections::GLOBAL, usage: "{on|off}", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects 'on' or 'off'.").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.be.cc.max-frame-loss", since: Since::V3_3, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.be.cc.max-win-size", since: Since::V3_3, sections: Sections::GLOBAL, usage: "<size 10k..4g>", parse: |args, _| knob::size(args, 0, knob::NUMBER, "").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.be.cc.reorder-ratio", since: Since::V3_3, sections: Sections::GLOBAL, usage: "<0..100>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.be.max-idle-timeout", since: Since::BY_3_4, sections: Sections::GLOBAL, usage: "<time>", parse: |args, _| knob::time(args, TimeUnit::Millisecond, "'{k}' expects a delay as argument.", "{e} in '{k}'").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.be.sec.glitches-threshold", since: Since::V3_3, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.be.stream.data-ratio", since: Since::BY_3_4, sections: Sections::GLOBAL, usage: "<0..100>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.be.stream.max-concurrent", since: Since::BY_3_4, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.be.stream.rxbuf", since: Since::BY_3_4, sections: Sections::GLOBAL, usage: "<size>", parse: |args, _| knob::size(args, 0, knob::NUMBER, "").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.be.tx.pacing", since: Since::V3_3, sections: Sections::GLOBAL, usage: "{on|off}", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects 'on' or 'off'.").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.be.tx.udp-gso", since: Since::V3_3, sections: Sections::GLOBAL, usage: "{on|off}", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects 'on' or 'off'.").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.cc-hystart", since: Since::V3_0, end: Some(End::deprecated(Release(3, 3), "'tune.quic.fe.cc.hystart'")), sections: Sections::GLOBAL, usage: "on|off", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects 'on' or 'off'.").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.cc.cubic.min-losses", since: Since::BY_3_2, end: Some(End::deprecated(Release(3, 3), "'tune.quic.fe.cc.cubic-min-losses'")), sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| not_zero(args) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.disable-tx-pacing", since: Since::V3_2, end: Some(End::deprecated(Release(3, 3), "'tune.quic.fe.tx.pacing'")), sections: Sections::GLOBAL, usage: "", parse: |args, _| knob::switch(args) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.disable-udp-gso", since: Since::BY_3_2, end: Some(End::deprecated(Release(3, 3), "'tune.quic.fe.tx.udp-gso'")), sections: Sections::GLOBAL, usage: "", parse: |args, _| knob::switch(args) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.fe.cc.cubic-min-losses", since: Since::V3_3, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.fe.cc.hystart", since: Since::V3_3, sections: Sections::GLOBAL, usage: "{on|off}", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects 'on' or 'off'.").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.fe.cc.max-frame-loss", since: Since::V3_3, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.fe.cc.max-win-size", since: Since::V3_3, sections: Sections::GLOBAL, usage: "<size 10k..4g>", parse: |args, _| knob::size(args, 0, knob::NUMBER, "").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.fe.cc.reorder-ratio", since: Since::V3_3, sections: Sections::GLOBAL, usage: "<0..100>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.fe.max-idle-timeout", since: Since::BY_3_4, sections: Sections::GLOBAL, usage: "<time>", parse: |args, _| knob::time(args, TimeUnit::Millisecond, "'{k}' expects a delay as argument.", "{e} in '{k}'").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.fe.sec.glitches-threshold", since: Since::V3_3, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.fe.sec.retry-threshold", since: Since::V3_3, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.fe.sock-per-conn", since: Since::V3_3, sections: Sections::GLOBAL, usage: "{default-on|force-off}", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.fe.stream.data-ratio", since: Since::BY_3_4, sections: Sections::GLOBAL, usage: "<0..100>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.fe.stream.max-concurrent", since: Since::BY_3_4, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.fe.stream.max-total", since: Since::V3_4, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.fe.stream.rxbuf", since: Since::BY_3_4, sections: Sections::GLOBAL, usage: "<size>", parse: |args, _| knob::size(args, 0, knob::NUMBER, "").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.fe.tx.pacing", since: Since::V3_3, sections: Sections::GLOBAL, usage: "{on|off}", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects 'on' or 'off'.").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.fe.tx.udp-gso", since: Since::V3_3, sections: Sections::GLOBAL, usage: "{on|off}", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects 'on' or 'off'.").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.frontend.conn-tx-buffers.limit", since: Since::V2_6, end: Some(End::removed(Release(3, 3), "")), sections: Sections::GLOBAL, usage: "<value>", parse: obsolete_buffers },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.frontend.default-max-window-size", since: Since::V3_1, end: Some(End::deprecated(Release(3, 3), "'tune.quic.fe.cc.max-win-size'")), sections: Sections::GLOBAL, usage: "<value>", parse: window },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.frontend.glitches-threshold", since: Since::BY_3_0, end: Some(End::deprecated(Release(3, 3), "'tune.quic.fe.sec.glitches-threshold'")), sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| not_zero(args) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.frontend.max-data-size", since: Since::BY_3_2, end: Some(End::deprecated(Release(3, 3), "'tune.quic.fe.stream.rxbuf'")), sections: Sections::GLOBAL, usage: "<value>", parse: positive_size },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.frontend.max-idle-timeout", since: Since::V2_6, end: Some(End::deprecated(Release(3, 3), "'tune.quic.fe.max-idle-timeout'")), sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| { args.at_most(1)?; knob::time(args, TimeUnit::Millisecond, "unexpected character '\n' in '{k}'", "{e} in '{k}'").map(drop) } },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.frontend.max-streams-bidi", since: Since::V2_6, end: Some(End::deprecated(Release(3, 3), "'tune.quic.fe.stream.max-concurrent'")), sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| not_zero(args) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.frontend.max-tx-mem", since: Since::BY_3_2, end: Some(End::deprecated(Release(3, 3), "'tune.quic.mem.tx-max'")), sections: Sections::GLOBAL, usage: "<value>", parse: positive_size },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.frontend.stream-data-ratio", since: Since::V3_2, end: Some(End::deprecated(Release(3, 3), "'tune.quic.fe.stream.data-ratio'")), sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| ratio(args, 1) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.listen", since: Since::V3_3, sections: Sections::GLOBAL, usage: "{on|off}", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects 'on' or 'off'.").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.max-frame-loss", since: Since::BY_3_0, end: Some(End::deprecated(Release(3, 3), "'tune.quic.fe.cc.max-frame-loss'")), sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| not_zero(args) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.mem.tx-max", since: Since::V3_3, sections: Sections::GLOBAL, usage: "<size>", parse: |args, _| knob::size(args, 0, knob::NUMBER, "").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.reorder-ratio", since: Since::V3_0, end: Some(End::deprecated(Release(3, 3), "'tune.quic.fe.cc.reorder-ratio'")), sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| ratio(args, 0) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.retry-threshold", since: Since::V2_6, end: Some(End::deprecated(Release(3, 3), "'tune.quic.fe.sec.retry-threshold'")), sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| not_zero(args) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.socket-owner", since: Since::V2_8, end: Some(End::deprecated(Release(3, 3), "'tune.quic.fe.sock-per-conn'")), sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| knob::choice(args, &["listener", "connection"], "'{k}' expects either 'listener' or 'connection' but got '{a}'.").map(drop) },
        /// A limit of QUIC. It has no meaning here: QUIC is not spoken.
        { name: "tune.quic.zero-copy-fwd-send", since: Since::V2_9, sections: Sections::GLOBAL, usage: "on|off", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects 'on' or 'off'.").map(drop) },
        /// The size of the system's buffers for a socket. It has no meaning here: the system sizes them.
        { name: "tune.rcvbuf.backend", since: Since::V2_9, sections: Sections::GLOBAL, usage: "<value>", parse: socket_buffer },
        /// The size of the system's buffers for a socket. It has no meaning here: the system sizes them.
        { name: "tune.rcvbuf.client", sections: Sections::GLOBAL, usage: "<size>", parse: |args, _| knob::size(args, 0, "'{k}' expects an integer argument.", "").map(drop) },
        /// The size of the system's buffers for a socket. It has no meaning here: the system sizes them.
        { name: "tune.rcvbuf.frontend", since: Since::V2_9, sections: Sections::GLOBAL, usage: "<value>", parse: socket_buffer },
        /// The size of the system's buffers for a socket. It has no meaning here: the system sizes them.
        { name: "tune.rcvbuf.server", sections: Sections::GLOBAL, usage: "<size>", parse: |args, _| knob::size(args, 0, "'{k}' expects an integer argument.", "").map(drop) },
        /// Bytes after which reading pauses. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.recv_enough", sections: Sections::GLOBAL, usage: "<size>", parse: |args, _| knob::size(args, 0, "'{k}' expects an integer argument.", "").map(drop) },
        /// The priority of the process. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.renice.runtime", since: Since::V3_1, sections: Sections::GLOBAL, usage: "<number>", parse: niceness },
        /// The priority of the process while it starts. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.renice.startup", since: Since::V3_1, sections: Sections::GLOBAL, usage: "<number>", parse: niceness },
        /// Queues before a ring. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.ring.queues", since: Since::V3_0, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, 16, "", "'{k}' expects a number between 0 and 16 but got '{a}'.").map(drop) },
        /// Tasks run in a row. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.runqueue-depth", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::number_or(args, "'{k}' expects an integer argument.").map(drop) },
        /// Prefers short answers to throughput. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.sched.low-latency", sections: Sections::GLOBAL, usage: "on|off", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects either 'on' or 'off' but got '{a}'.").map(drop) },
        /// The size of the system's buffers for a socket. It has no meaning here: the system sizes them.
        { name: "tune.sndbuf.backend", since: Since::V2_9, sections: Sections::GLOBAL, usage: "<value>", parse: socket_buffer },
        /// The size of the system's buffers for a socket. It has no meaning here: the system sizes them.
        { name: "tune.sndbuf.client", sections: Sections::GLOBAL, usage: "<size>", parse: |args, _| knob::size(args, 0, "'{k}' expects an integer argument.", "").map(drop) },
        /// The size of the system's buffers for a socket. It has no meaning here: the system sizes them.
        { name: "tune.sndbuf.frontend", since: Since::V2_9, sections: Sections::GLOBAL, usage: "<value>", parse: socket_buffer },
        /// The size of the system's buffers for a socket. It has no meaning here: the system sizes them.
        { name: "tune.sndbuf.server", sections: Sections::GLOBAL, usage: "<size>", parse: |args, _| knob::size(args, 0, "'{k}' expects an integer argument.", "").map(drop) },
        /// A limit of TLS. It has no meaning here: the TLS library sees to it.
        { name: "tune.ssl.cachesize", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "'{k}' expects an integer argument.", "'{k}' expects a positive numeric value.").map(drop) },
        /// A limit of TLS. It has no meaning here: the TLS library sees to it.
        { name: "tune.ssl.capture-buffer-size", since: Since::V2_5, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "'{k}' expects an integer argument.", "'{k}' expects a positive numeric value.").map(drop) },
        /// A limit of TLS. It has no meaning here: the TLS library sees to it.
        { name: "tune.ssl.capture-cipherlist-size", end: Some(End::deprecated(Release(2, 5), "'tune.ssl.capture-buffer-size'")), sections: Sections::GLOBAL, usage: "<number>", parse: capture_size },
        /// A limit of TLS. It has no meaning here: the TLS library sees to it.
        { name: "tune.ssl.certificate-compression", since: Since::BY_3_2, sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| knob::choice(args, &["auto", "off"], "'{k}' expects either 'auto' or 'off' but got '{a}'.").map(drop) },
        /// A limit of TLS. It has no meaning here: the TLS library sees to it.
        { name: "tune.ssl.default-dh-param", sections: Sections::GLOBAL, usage: "<value>", parse: dh_bits },
        /// A limit of TLS. It has no meaning here: the TLS library sees to it.
        { name: "tune.ssl.force-private-cache", sections: Sections::GLOBAL, usage: "", parse: |args, _| knob::switch(args) },
        /// A limit of TLS. It has no meaning here: the TLS library sees to it.
        { name: "tune.ssl.hard-maxrecord", since: Since::V2_6, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "'{k}' expects an integer argument.", "'{k}' expects a positive numeric value.").map(drop) },
        /// Renewals of keys that a connection may ask for in a second. It has no meaning here: the TLS library sees to it.
        { name: "tune.ssl.keyupdate-rate-limit", since: Since::V3_4, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "'{k}' expects a number (KeyUpdates/s, 0 to disable).", "'{k}' expects a positive number.").map(drop) },
        /// A limit of TLS. It has no meaning here: the TLS library sees to it.
        { name: "tune.ssl.keylog", sections: Sections::GLOBAL, usage: "on|off", parse: |args, _| knob::choice(args, &["on", "off"], "'{k}' expects either 'on' or 'off' but got '{a}'.").map(drop) },
        /// A limit of TLS. It has no meaning here: the TLS library sees to it.
        { name: "tune.ssl.lifetime", sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| { args.at_most(1)?; knob::time(args, TimeUnit::Second, "'{k}' expects ssl sessions <lifetime> in seconds as argument.", "{e} in argument to <{k}>.").map(drop) } },
        /// A limit of TLS. It has no meaning here: the TLS library sees to it.
        { name: "tune.ssl.maxrecord", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "'{k}' expects an integer argument.", "'{k}' expects a positive numeric value.").map(drop) },
        /// A limit of TLS. It has no meaning here: the TLS library sees to it.
        { name: "tune.ssl.ocsp-update.maxdelay", since: Since::V2_8, end: Some(End::deprecated(Release(3, 0), "'ocsp-update.maxdelay'")), sections: Sections::GLOBAL, usage: "<value>", parse: super::other::update_max },
        /// A limit of TLS. It has no meaning here: the TLS library sees to it.
        { name: "tune.ssl.ocsp-update.mindelay", since: Since::V2_8, end: Some(End::deprecated(Release(3, 0), "'ocsp-update.mindelay'")), sections: Sections::GLOBAL, usage: "<value>", parse: super::other::update_min },
        /// A limit of TLS. It has no meaning here: the TLS library sees to it.
        { name: "tune.ssl.ssl-ctx-cache-size", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, "'{k}' expects an integer argument.", "'{k}' expects a positive numeric value.").map(drop) },
        /// Counters a stream may track. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.stick-counters", since: Since::V2_8, sections: Sections::GLOBAL, usage: "<value>", parse: stick_counters },
        /// A limit of HAProxy's machinery. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.streams-elasticity", since: Since::V3_4, sections: Sections::GLOBAL, usage: "<percent: 0 or >=100>", parse: |args, _| knob::text(args, knob::NUMBER).map(drop) },
        /// Takes idle connections from other groups of threads. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.takeover-other-tg-connections", since: Since::BY_3_2, sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| knob::choice(args, &["none", "restricted", "full"], "'{k}' expects 'none', 'restricted', or 'full', got '{a}'").map(drop) },
        /// A limit of variables. It has no meaning here: what variables may hold is limited per request.
        { name: "tune.vars.check-max-size", sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| strict(args, "{k}: '{a}' is an invalid size") },
        /// A limit of variables. It has no meaning here: what variables may hold is limited per request.
        { name: "tune.vars.global-max-size", sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| strict(args, "{k}: '{a}' is an invalid size") },
        /// A limit of variables. It has no meaning here: what variables may hold is limited per request.
        { name: "tune.vars.proc-max-size", sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| strict(args, "{k}: '{a}' is an invalid size") },
        /// A limit of variables. It has no meaning here: what variables may hold is limited per request.
        { name: "tune.vars.reqres-max-size", sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| strict(args, "{k}: '{a}' is an invalid size") },
        /// A limit of variables. It has no meaning here: what variables may hold is limited per request.
        { name: "tune.vars.sess-max-size", sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| strict(args, "{k}: '{a}' is an invalid size") },
        /// A limit of variables. It has no meaning here: what variables may hold is limited per request.
        { name: "tune.vars.txn-max-size", sections: Sections::GLOBAL, usage: "<value>", parse: |args, _| strict(args, "{k}: '{a}' is an invalid size") },
        /// A limit of HAProxy's machinery. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.zlib.memlevel", sections: Sections::GLOBAL, usage: "<1..9>", parse: |_, _| Err(Fault::new("unknown keyword 'tune.zlib.memlevel' in 'global' section; did you mean 'tune.comp.maxlevel' maybe ?")) },
        /// A limit of HAProxy's machinery. It has no meaning here: this program sizes and shares such things itself.
        { name: "tune.zlib.windowsize", sections: Sections::GLOBAL, usage: "<8..15>", parse: |_, _| Err(Fault::new("unknown keyword 'tune.zlib.windowsize' in 'global' section; did you mean 'tune.bufsize' maybe ?")) },
    ];
}

/// A number with nothing behind it; a missing one counts as zero.
fn strict(args: &mut Args<'_>, refusal: &str) -> Done {
    let text = args.next().unwrap_or("0");
    match text.parse::<i64>() {
        Ok(_) => Ok(()),
        Err(_) => Err(Fault::new(refusal.replace("{k}", args.keyword()).replace("{a}", text))),
    }
}

fn not_zero(args: &mut Args<'_>) -> Done {
    args.at_most(1)?;
    match args.next().map_or(0, lax) {
        0 => Err(Fault::new(format!("'{}' expects a positive integer.", args.keyword()))),
        _ => Ok(()),
    }
}

fn obsolete_buffers(args: &mut Args<'_>, _: &mut Draft) -> Done {
    not_zero(args)?;
    args.warn(format!(
        "'{}' keyword is now obsolete and has no effect. Use 'tune.quic.frontend.default-max-window-size' to limit Tx \
         buffer allocation per connection.",
        args.keyword()
    ));
    Ok(())
}

fn sized(args: &mut Args<'_>, text: &str) -> Result<u32, Fault> {
    units::size(text.as_bytes())
        .map_err(|error| Fault::new(format!("'{}': {error} in size argument '{text}'.", args.keyword())))
}

fn positive_size(args: &mut Args<'_>, _: &mut Draft) -> Done {
    args.at_most(1)?;
    let text = args.next().unwrap_or_default();
    if lax(text) == 0 {
        return Err(Fault::new(format!("'{}' expects a positive integer.", args.keyword())));
    }
    sized(args, text).map(drop)
}

fn window(args: &mut Args<'_>, _: &mut Draft) -> Done {
    args.at_most(1)?;
    let text = args.next().unwrap_or_default();
    if lax(text) == 0 {
        return Err(Fault::new(format!("'{}' expects a positive integer.", args.keyword())));
    }
    match units::size(text.as_bytes()) {
        Ok(bytes) if bytes >= 10_240 => Ok(()),
        _ => Err(Fault::new(format!("'{}' : should be between 10k and 4g", args.keyword()))),
    }
}

fn niceness(args: &mut Args<'_>, _: &mut Draft) -> Done {
    args.at_most(1)?;
    let text = args.next().unwrap_or_default();
    let number = if text.is_empty() { Some(0) } else { text.parse::<i64>().ok() };
    if number.is_some_and(|number| (-20..=19).contains(&number)) {
        return Ok(());
    }
    let keyword = args.keyword();
    Err(Fault::new(format!("'{keyword}' only supports values between -20 and 19 inclusive (was given {text})")))
}

fn idle_timer(args: &mut Args<'_>) -> Done {
    let refusal = "'{k}' expects a timer value between 0 and 65535 ms.";
    args.at_most(1)?;
    let time = knob::time(args, TimeUnit::Millisecond, refusal, "{e} in argument to <{k}>.")?;
    if time > 65535 { Err(Fault::new(refusal.replace("{k}", args.keyword()))) } else { Ok(()) }
}

fn ratio(args: &mut Args<'_>, least: i64) -> Done {
    args.at_most(1)?;
    let text = args.next().unwrap_or_default();
    let keyword = args.keyword();
    if !text.starts_with(|first: char| first.is_ascii_digit() || first == '-' || first == '+') {
        return Err(Fault::new(format!("'{keyword}' expects a positive integer.")));
    }
    if (least..=100).contains(&lax(text)) {
        return Ok(());
    }
    Err(Fault::new(format!("'{keyword}' expects an integer argument between {least} and 100.")))
}

fn socket_buffer(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let text = args.word(1).map(crate::spec::args::text_of).unwrap_or_default().to_owned();
    let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
    let own = format!("parsing [{file}:{}]: ", args.place.line);
    if text.is_empty() {
        return Err(Fault::new(format!("{own}unexpected '' after size passed to '{}'", args.keyword())));
    }
    let read = knob::size(args, 1, "", "'{k}' expects a strictly positive integer argument.").map(drop);
    read.map_err(|fault| {
        let prefix = if fault.message.starts_with("unexpected") { own.as_str() } else { "" };
        Fault { message: format!("{prefix}{}", fault.message), ..fault }
    })
}

fn capture_size(args: &mut Args<'_>, _: &mut Draft) -> Done {
    args.warn_tight(
        "'tune.ssl.capture-cipherlist-size' is deprecated and will be removed in version 2.7. Please use \
         'tune.ssl.capture-buffer-size' instead.",
    );
    knob::within(args, 0, knob::INT_MAX, knob::NUMBER, "").map(drop)
}

fn receive_buffer(args: &mut Args<'_>, _: &mut Draft) -> Done {
    args.at_most(1)?;
    let text = args.next().unwrap_or_default();
    if text.is_empty() {
        // The character it speaks of is the end of the text.
        return Err(Fault::new(format!("'{}': unexpected character '", args.keyword())));
    }
    sized(args, text).map(drop)
}

fn lua_conversion(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let refusal = "'{k}' expects either 'normal' or 'pre-3.1-bug' but got '{a}'.";
    knob::choice(args, &["normal", "pre-3.1-bug"], refusal)?;
    draft.noted.said_once.borrow_mut().push("lua conversion");
    Ok(())
}

fn lua_memory(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    let text = args.need(&format!("'{keyword}' expects an integer argument (Lua memory size in MB)."))?;
    let rest = text.trim_start_matches('-').trim_start_matches(|letter: char| letter.is_ascii_digit());
    match rest.chars().next() {
        Some(bad) => Err(Fault::new(format!("{keyword}: invalid number {text} (error at '{bad}')"))),
        None => Ok(()),
    }
}

fn dh_bits(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    match knob::number(args)? {
        0..=1023 => Err(Fault::new(format!("'{}' expects a value >= 1024.", args.keyword()))),
        bits => {
            draft.global.dh_bits = Some(bits.unsigned_abs());
            Ok(())
        }
    }
}

fn stick_counters(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    let text = args.next().unwrap_or("0");
    let Ok(number) = text.parse::<i64>() else {
        return Err(Fault::new(format!("{keyword}: '{text}' is an invalid number")));
    };
    if !(0..=knob::INT_MAX).contains(&number) {
        return Err(Fault::new(format!("{keyword}: the number of stick-counters may not be negative (was {number})")));
    }
    draft.noted.stick_counters.set(u32::try_from(number).ok());
    Ok(())
}

fn mask_events(args: &mut Args<'_>, _: &mut Draft) -> Done {
    args.at_most(1)?;
    let text = args.next().unwrap_or_default();
    match text.split(',').find(|event| !matches!(*event, "err" | "hup" | "rdhup" | "")) {
        Some(_) => Err(Fault::new(format!(
            "'{}' expects a comma-delimited list of 'err', 'hup' and 'rdhup' but got '{text}'.",
            args.keyword()
        ))),
        None => Ok(()),
    }
}

/// Refuses what must be allowed first.
pub(super) fn experimental(args: &Args<'_>, draft: &Draft) -> Done {
    if draft.noted.experimental.get() {
        return Ok(());
    }
    Err(Fault::new(format!(
        "'{}' directive is experimental, must be allowed via a global 'expose-experimental-directives'",
        args.keyword()
    )))
}

fn edge_triggered(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    experimental(args, draft)?;
    knob::choice(args, &["on", "off"], "'{k}' expects 'on' or 'off'.").map(drop)
}

fn fast_forward(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    knob::switch(args)?;
    experimental(args, draft)
}

fn buffer_size(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let refusal = "'{k}' expects a positive integer argument.";
    let size = knob::size(args, 1, "'{k}' expects an integer argument", refusal)?;
    draft.global.numbers.insert("tune.bufsize", i64::try_from(size).unwrap_or(i64::MAX));
    Ok(())
}
