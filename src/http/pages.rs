//! The pages HAProxy answers with when it speaks for itself.

/// One page: its code, the reason in its status line and title, and its sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The status code.
    pub status: u16,
    /// The reason phrase in the status line.
    pub reason: &'static str,
    /// The heading of the page.
    pub title: &'static str,
    /// The sentence below it.
    pub sentence: &'static str,
    /// Whether the page ends the connection.
    pub closes: bool,
}

const fn page(status: u16, title: &'static str, sentence: &'static str) -> Page {
    Page { status, reason: title, title, sentence, closes: false }
}

const fn closing(status: u16, title: &'static str, sentence: &'static str) -> Page {
    Page { status, reason: title, title, sentence, closes: true }
}

static PAGES: &[Page] = &[
    page(200, "OK", "Service ready."),
    closing(400, "Bad request", "Your browser sent an invalid request."),
    page(401, "Unauthorized", "You need a valid user and password to access this content."),
    page(403, "Forbidden", "Request forbidden by administrative rules."),
    page(404, "Not Found", "The resource could not be found."),
    page(
        405,
        "Method Not Allowed",
        "A request was made of a resource using a request method not supported by that resource.",
    ),
    Page {
        status: 407,
        reason: "Unauthorized",
        title: "Unauthorized",
        sentence: "You need a valid user and password to access this content.",
        closes: false,
    },
    closing(408, "Request Time-out", "Your browser didn't send a complete request in time."),
    page(410, "Gone", "The resource is no longer available and will not be available again."),
    page(413, "Payload Too Large", "The request entity exceeds the maximum allowed."),
    page(414, "URI Too Long", "The URI provided was too long for the server to process."),
    page(421, "Misdirected Request", "Request sent to a non-authoritative server."),
    page(422, "Unprocessable Content", "The server cannot process the contained instructions."),
    page(425, "Too Early", "Your browser sent early data."),
    page(429, "Too Many Requests", "You have sent too many requests in a given amount of time."),
    page(431, "Request Header Fields Too Large", "Request Header Fields Too Large."),
    page(500, "Internal Server Error", "An internal server error occurred."),
    page(501, "Not Implemented", "The server does not support the functionality required to fulfill the request."),
    page(502, "Bad Gateway", "The server returned an invalid or incomplete response."),
    page(503, "Service Unavailable", "No server is available to handle this request."),
    page(504, "Gateway Time-out", "The server didn't respond in time."),
];

/// The page for this code; the one for 500 where there is none.
pub fn page_of(status: u16) -> Page {
    let found = PAGES.iter().find(|page| page.status == status);
    found.copied().unwrap_or(page(500, "Internal Server Error", "An internal server error occurred."))
}

/// Whether there is a page for this code.
pub fn exists(status: u16) -> bool {
    PAGES.iter().any(|page| page.status == status)
}

impl Page {
    /// The page's body.
    pub fn body(&self) -> String {
        format!("<html><body><h1>{} {}</h1>\n{}\n</body></html>\n", self.status, self.title, self.sentence)
    }

    /// The whole response as HAProxy sends it before a request was understood, header names in their historical case.
    pub fn raw(&self) -> Vec<u8> {
        let body = self.body();
        let close = if self.closes { "Connection: close\r\n" } else { "" };
        format!(
            "HTTP/1.1 {} {}\r\nContent-length: {}\r\nCache-Control: no-cache\r\n{close}Content-Type: text/html\r\n\r\n{body}",
            self.status,
            self.reason,
            body.len()
        )
        .into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_haproxy() {
        for (status, length) in [(400, 90), (408, 110), (502, 107), (503, 107), (504, 92), (407, 112)] {
            assert_eq!(page_of(status).body().len(), length, "{status}");
        }
    }
}
