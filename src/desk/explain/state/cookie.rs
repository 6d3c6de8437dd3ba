//! The third and fourth letters: the persistence cookie the client sent, and what became of it in the response.

use super::Letter;

/// The third letter: the cookie of the request.
pub const COOKIE_SENT: &[Letter] = &[
    (b'N', "the client sent no persistence cookie"),
    (b'I', "the client's cookie names no server of this backend"),
    (b'D', "the client's cookie names a server that is down"),
    (b'V', "the client's cookie is valid and led to its server"),
    (b'E', "the client's cookie was not used for longer than `maxidle`"),
    (b'O', "the client's cookie is older than `maxlife`"),
    (b'U', "the client sent a cookie, and something else chose the server, such as `use-server`"),
    (b'-', "no persistence cookie is configured"),
];

/// The fourth letter: the cookie of the response.
pub const COOKIE_SET: &[Letter] = &[
    (b'N', "the server set none, and none was added"),
    (b'I', "the proxy inserted one"),
    (b'U', "the proxy renewed the date in it"),
    (b'P', "the server set it, and it was passed on as it was"),
    (b'R', "the server set it, and the proxy rewrote it"),
    (b'D', "the server set it, and the proxy took it out"),
    (b'-', "no persistence cookie is configured"),
];

/// Pairs that occur often, behind a session that ended well, each with a sentence.
pub const COOKIE_PAIRS: &[(&str, &str)] = &[
    ("----", "Persistence by cookie is off."),
    ("--NN", "No cookie came and none was set: `postonly` on a GET, `preserve`, or `indirect` without need."),
    ("--NI", "A first visit: no cookie came, one was inserted. Counting these counts new visitors."),
    ("--II", "The cookie names no server (one was removed or renamed), and a new one was inserted."),
    ("--VN", "A returning visitor on the server of the cookie; nothing needed changing."),
    ("--VU", "A returning visitor on the server of the cookie; its date was renewed."),
    ("--VI", "The server of the cookie could not be reached; another took over, and the cookie now names that one."),
    ("--DI", "The server of the cookie is down; another was chosen, and the cookie now names that one."),
    ("--EI", "The cookie lay unused for too long (`maxidle`); it was ignored, and a new one inserted."),
    ("--OI", "The cookie was too old (`maxlife`); it was ignored, and a new one inserted."),
    ("--DN", "The server of the cookie is down, and no new cookie was set: the visitor has lost his session."),
    ("--NP", "The server set its own cookie, and it was passed on."),
    ("--NR", "The server's cookie was rewritten to name it: `cookie … rewrite` or `prefix`."),
    ("--VR", "The visitor is on the server of the cookie, and that server set the cookie again."),
    ("--UN", "Another rule than the cookie chose the server; the cookie was left alone."),
];
