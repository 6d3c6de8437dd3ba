//! What holds for any bytes: the text comes back, spans stay inside it, nothing panics; and it does not take long.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;

use pointsman_parser::addr::{self, Use};
use pointsman_parser::ast::{File, Span};
use pointsman_parser::units::{self, TimeUnit};
use pointsman_parser::{block, cond, expr, format, parse, print, word};
use std::time::Duration;

#[test]
fn any_bytes_come_back() {
    for seed in 0..4_000 {
        let text = common::Generator(seed).text();
        hold(&text);
    }
}

#[test]
fn the_samples_come_back() {
    for sample in common::samples("ok").into_iter().chain(common::samples("err")) {
        hold(&std::fs::read(sample).unwrap());
    }
}

#[test]
fn the_corpus_comes_back() {
    let Some(folder) = std::env::var_os("CORPUS") else {
        eprintln!("skipped: set CORPUS to a folder of configurations");
        return;
    };
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            hold(&std::fs::read(&path).unwrap());
            seen += 1;
        }
    }
    assert!(seen > 0, "CORPUS is empty");
}

#[test]
fn hostile_texts_take_linear_time() {
    let cases: [&[u8]; 8] = [b"\"", b"'", b"\\", b"\"${A-", b"$", b"a ", b"\x00", b"\r"];
    for case in cases {
        let (short, long) = (work(&case.repeat(20_000)), work(&case.repeat(200_000)));
        assert!(long < short * 60 + Duration::from_millis(200), "{case:?}: {short:?} then {long:?}");
    }
    let deep = b"(".repeat(100_000);
    assert!(block::condition(&deep).is_err());
    assert!(block::condition(&b"!".repeat(100_000)).is_err());
    assert!(block::condition(&[b"1||".repeat(100_000), b"1".to_vec()].concat()).is_ok());
}

/// The deepest condition HAProxy accepts needs little stack, whatever is done with it.
#[test]
fn deep_conditions_fit_a_small_stack() {
    let depth = block::DEPTH_MAX;
    let text = [b"!(".repeat(depth), b"1&&0||1".to_vec(), b")".repeat(depth)].concat();
    let work = move || {
        let condition = block::condition(&text).unwrap();
        let holds = condition.clone().eval(&mut |_, _| Ok(true)).unwrap();
        assert_eq!(holds, depth.is_multiple_of(2));
        assert_eq!(condition.node, condition.node.clone());
        assert!(block::condition(&[b"(".as_slice(), &text, b")"].concat()).is_err());
    };
    let stack = if cfg!(debug_assertions) { STACK } else { STACK / 2 };
    std::thread::Builder::new().stack_size(stack).spawn(work).unwrap().join().unwrap();
}

/// Half of what a thread of the standard library gets.
const STACK: usize = 1 << 20;

/// The processor's time that a text takes: what else the machine does is not in it.
fn work(text: &[u8]) -> Duration {
    let spent = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
    };
    let before = spent();
    let parsed = parse(text);
    let taken = spent() - before;
    drop(parsed);
    taken
}

/// Everything that must hold of one text.
fn hold(text: &[u8]) {
    let (file, errors) = parse(text);
    assert_eq!(print::print(&file), text);
    inside(&file);
    for error in &errors {
        assert!(error.span.end as usize <= text.len() && error.span.start <= error.span.end, "{error:?}");
        assert!(!error.message().is_empty());
        assert!(file.lines[error.line as usize - 1].broken || error.is_warning());
    }
    let env = common::Variables { file: "t".into(), line: 1, section: "s".into() };
    for line in &file.lines {
        let (args, errors) = word::expand_line(&file.text, line, &env);
        assert!(args.len() <= word::WORDS_MAX && args.iter().all(|arg| !arg.text.is_empty()));
        for error in errors {
            error.message();
        }
        let _ = cond::parse(&args);
        for arg in &args {
            small_languages(&arg.text, &env);
        }
    }
    small_languages(text, &env);
}

/// Lines follow each other without a gap, words stand in order in their line, pieces in their word.
fn inside(file: &File) {
    let mut at = 0;
    for line in &file.lines {
        assert_eq!(line.span.start, at);
        let mut from = at;
        let within =
            |span: Span, from: u32, to: u32| assert!(from <= span.start && span.start <= span.end && span.end <= to);
        for word in &line.words {
            within(word.span, from, line.tail.start);
            let mut piece_from = word.span.start;
            assert!(!word.pieces.is_empty());
            for piece in &word.pieces {
                within(piece.span(), piece_from, word.span.end);
                piece_from = piece.span().end;
            }
            from = word.span.end;
        }
        if let Some(comment) = line.comment {
            within(comment, from, line.tail.start);
        }
        within(line.tail, from, line.tail.end);
        at = line.tail.end;
    }
    assert_eq!(at as usize, file.text.len());
}

fn small_languages(text: &[u8], env: &common::Variables) {
    let within =
        |span: Span| assert!(span.start <= span.end && span.end as usize <= text.len(), "{span:?} in {text:?}");
    match expr::parse(text) {
        Ok(expr) => within(expr.span),
        Err(error) => within(error.span),
    }
    if let Ok((expr, end)) = expr::parse_prefix(text) {
        assert!(end <= text.len());
        for call in std::iter::once(&expr.fetch).chain(&expr.converters) {
            within(call.span);
            call.args.iter().for_each(|arg| within(arg.span));
        }
    }
    let (items, errors) = format::parse(text);
    for item in &items {
        match item {
            format::Item::Text(_) => {}
            format::Item::Alias { span, .. } | format::Item::Expr { span, .. } => within(*span),
        }
    }
    errors.iter().for_each(|error| within(error.span));
    match block::condition(text) {
        Ok(condition) => {
            let _ = condition.eval(&mut |_, _| Ok(true));
        }
        Err(error) => {
            within(error.span);
            error.in_directive(".if", text);
        }
    }
    for address in addr::list(text, env, Use::Log) {
        let _ = address.map_err(|error| error.to_string());
    }
    let _ = units::time(text, TimeUnit::Second).map(|time| (time.ms(), time.s()));
    let _ = units::size(text);
}
