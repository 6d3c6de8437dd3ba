//! What a scripted client or origin does: one step per line, blocks by indentation. It performs nothing.

use super::text::unescape;

#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// `> text` (CRLF is added) and `send text` (it is not); neighbours are one write.
    Send(Vec<u8>),
    /// `read head`: until an empty line.
    ReadHead,
    /// `read message`: a head and the body that it announces; interim 1xx answers are passed over.
    ReadMessage,
    /// `read N`: exactly N bytes.
    ReadBytes(usize),
    /// `read until TEXT`.
    ReadUntil(Vec<u8>),
    /// `read eof`: until the end, however it comes.
    ReadEnd,
    /// `wait N`: N milliseconds.
    Wait(u64),
    /// `shut`: no more bytes from this side.
    Shut,
    Close,
    /// `reset`: close with RST.
    Reset,
    /// `signal NAME` and `await NAME` order steps of different scripts.
    Signal(String),
    Await(String),
    /// `hold`: keep the connection and keep recording; the script counts as done.
    Hold,
    /// `serve BODY`: answer every request on this connection with 200 and this body.
    Serve(Vec<u8>),
    /// `repeat N` and an indented block.
    Repeat(usize, Vec<Step>),
}

/// Reads the steps of one script; placeholders are already replaced.
pub(crate) fn parse(lines: &[&str]) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        at += 1;
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(count) = line.strip_prefix("repeat ") {
            let block: Vec<&str> = lines[at..].iter().map_while(|line| line.strip_prefix("    ")).collect();
            at += block.len();
            steps.push(Step::Repeat(number(count)?, parse(&block)?));
            continue;
        }
        match (one(line)?, steps.last_mut()) {
            (Step::Send(more), Some(Step::Send(bytes))) => bytes.extend(more),
            (step, _) => steps.push(step),
        }
    }
    Ok(steps)
}

fn one(line: &str) -> Result<Step, String> {
    if let Some(text) = line.strip_prefix('>') {
        let mut bytes = unescape(text.strip_prefix(' ').unwrap_or(text))?;
        bytes.extend(b"\r\n");
        return Ok(Step::Send(bytes));
    }
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    Ok(match (verb, rest) {
        ("send", text) => Step::Send(unescape(text)?),
        ("read", "head") => Step::ReadHead,
        ("read", "message") => Step::ReadMessage,
        ("read", "eof") => Step::ReadEnd,
        ("read", count) if count.parse::<usize>().is_ok() => Step::ReadBytes(number(count)?),
        ("read", text) if text.starts_with("until ") => Step::ReadUntil(unescape(&text[6..])?),
        ("wait", count) => Step::Wait(number(count)? as u64),
        ("serve", body) => Step::Serve(unescape(body)?),
        ("signal", name) => Step::Signal(name.into()),
        ("await", name) => Step::Await(name.into()),
        ("shut", "") => Step::Shut,
        ("close", "") => Step::Close,
        ("reset", "") => Step::Reset,
        ("hold", "") => Step::Hold,
        _ => return Err(format!("unknown step {line:?}")),
    })
}

fn number(text: &str) -> Result<usize, String> {
    text.trim().parse().map_err(|_| format!("not a number: {text:?}"))
}
