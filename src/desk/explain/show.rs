//! Answers as text.

use super::Answer;
use super::cause::Cause;
use super::facts::Facts;
use super::group::Summary;
use super::line::{Content, Event, Field, Reading, Traffic};
use super::meaning;
use super::page::Page;
use super::place::Cited;
use super::state::{self, State};
use super::word;

/// The widest value that stands in a column.
const VALUE_WIDTH: usize = 34;

/// An answer as text.
pub fn text(answer: &Answer<'_>) -> String {
    let mut page = Page::default();
    match answer {
        Answer::Words(words, longer) => {
            words.iter().for_each(|word| one_word(&mut page, word));
            if !longer.is_empty() {
                page.gap();
                page.hang(0, "See also: ", &longer.join(", "));
            }
        }
        Answer::Family(name, words) => family(&mut page, name, words),
        Answer::Finding(lint) => {
            page.line(&format!("{} {}", lint.code, lint.name));
            page.fold(2, &format!("finding: {}{}", lint.level.word(), if lint.on { "" } else { ", when selected" }));
            page.gap();
            body(&mut page, &word::plain(lint.page));
        }
        Answer::State(state, words) => {
            one_state(&mut page, state);
            words.iter().for_each(|word| one_word(&mut page, word));
        }
        Answer::Line { reading, cause, cited } => line(&mut page, reading, cause, cited.as_deref()),
        Answer::Lines(summary) => lines(&mut page, summary),
    }
    page.finish()
}

fn one_word(page: &mut Page, word: &word::Page) {
    page.gap();
    page.hang(0, &format!("{} ", word.name), word.usage);
    page.fold(2, &format!("{}: {}", word.kind, word.place));
    page.gap();
    body(page, &word.text);
    if let Some(time) = &word.time {
        page.gap();
        page.fold(2, time);
    }
}

/// A page in Markdown: paragraphs folded, headings at the margin, examples and tables as they are.
fn body(page: &mut Page, text: &str) {
    let mut code = false;
    let mut paragraph = String::new();
    for text in text.lines().chain([""]) {
        let fence = text.trim_start().starts_with("```");
        let heading = text.strip_prefix("## ").filter(|_| !code);
        if code || fence || heading.is_some() || text.is_empty() || text.starts_with(['|', '-', ' ']) {
            if !paragraph.is_empty() {
                page.fold(2, &std::mem::take(&mut paragraph));
            }
            code ^= fence;
            match (text, heading) {
                ("", _) => page.gap(),
                (_, Some(heading)) => page.heading(heading),
                _ if fence => {}
                (text, _) if code => page.line(&format!("      {text}")),
                (text, _) => page.line(&format!("  {text}")),
            }
        } else {
            paragraph.push_str(text);
            paragraph.push(' ');
        }
    }
}

fn family(page: &mut Page, name: &str, words: &[word::Page]) {
    page.line(&format!("{name} …"));
    page.gap();
    let rows: Vec<[String; 3]> = words
        .iter()
        .map(|word| [word.name.clone(), String::new(), word.text.lines().next().unwrap_or_default().to_owned()])
        .collect();
    page.table(2, VALUE_WIDTH, &rows);
}

fn one_state(page: &mut Page, state: &State<'_>) {
    page.line(state.code);
    page.gap();
    // Two dashes for the cookie say one thing, and it is said below.
    let shown = if state.code.get(2..) == Some("--") { 2 } else { 4 };
    for (letter, says) in state::letters(state.code).take(shown) {
        page.hang(2, &format!("{letter}  "), says);
    }
    page.gap();
    let Some(pair) = state.pair else {
        page.fold(0, "These letters are not known to occur together; each keeps its own meaning.");
        cookie(page, state);
        return;
    };
    page.fold(0, pair.what);
    if pair.tcp == "never" {
        page.fold(0, "It occurs in mode http only.");
    } else if !pair.tcp.is_empty() {
        page.fold(0, pair.tcp);
    }
    cookie(page, state);
    page.list("Causes, the likely ones first", true, &owned(pair.causes));
    page.list("What to look at next", false, &owned(pair.next));
}

fn cookie(page: &mut Page, state: &State<'_>) {
    if let Some(text) = state.cookie {
        page.fold(0, text);
    }
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn line(page: &mut Page, reading: &Reading, cause: &Cause, cited: Option<&[Cited]>) {
    page.line(&title(reading));
    page.gap();
    let mut rows = prefix(reading);
    match &reading.content {
        Content::Traffic(traffic) => rows.extend(traffic.fields.iter().map(field)),
        Content::Event(event) => rows.extend(fields_of(event)),
    }
    page.table(2, VALUE_WIDTH, &rows);
    if let Content::Traffic(traffic) = &reading.content {
        notes(page, traffic);
        letters(page, traffic);
    }
    page.heading("Cause");
    page.fold(2, &cause.sentence);
    cause.remarks.iter().for_each(|remark| page.fold(2, remark));
    page.list("Why that may be, the likely reasons first", true, &cause.causes);
    if let Some(cited) = cited {
        page.heading("In the configuration");
        cited.iter().for_each(|cited| citation(page, cited));
        if cited.is_empty() {
            page.fold(2, "Nothing in it bears on this.");
        }
    }
    page.list("What to look at next", false, &cause.next);
}

fn title(reading: &Reading) -> String {
    match &reading.content {
        Content::Traffic(traffic) => {
            let mode = if Facts::of(traffic).is_http() { "A request" } else { "A connection" };
            format!("{mode}, as `{}` writes it", traffic.format)
        }
        Content::Event(event) => match event.kind {
            super::line::Kind::Connect => "A connection, as it is logged without a format".to_owned(),
            super::line::Kind::Failed => "A connection that failed before its session began".to_owned(),
            super::line::Kind::Check => "The result of a check".to_owned(),
            super::line::Kind::Standing => "A server's standing changed".to_owned(),
            super::line::Kind::NoServer => "A backend without servers".to_owned(),
            super::line::Kind::Proxy => "A proxy began or ended".to_owned(),
            super::line::Kind::Address => "A server's address changed".to_owned(),
            super::line::Kind::Bind => "An address that could not be listened at".to_owned(),
            super::line::Kind::Refused => "What HAProxy said of a line of its configuration".to_owned(),
        },
    }
}

fn prefix(reading: &Reading) -> Vec<[String; 3]> {
    let prefix = &reading.prefix;
    let mut rows = Vec::new();
    let mut row = |name: &str, value: Option<String>, about: &str| {
        if let Some(value) = value {
            rows.push([name.to_owned(), value, about.to_owned()]);
        }
    };
    row("syslog", prefix.level(), "facility and level");
    row("written", prefix.date.clone(), "when the line was sent");
    row("machine", prefix.host.clone(), "machine that wrote it");
    let program = prefix.program.as_ref().map(|program| match &prefix.pid {
        Some(pid) => format!("{program}[{pid}]"),
        None => program.clone(),
    });
    row("program", program, "program, and its process");
    rows
}

/// The name of a field as it stands in a format.
pub fn tag(name: &str) -> String {
    format!("%{name}")
}

fn field(field: &Field) -> [String; 3] {
    let names: Vec<String> = field.names.iter().map(|name| tag(name)).collect();
    let value = if field.value.is_empty() { "(empty)".to_owned() } else { field.value.clone() };
    let about = match field.names.as_slice() {
        [name] => meaning::meaning(name, &field.value),
        _ => "these fields cannot be told apart: nothing stands between them".to_owned(),
    };
    let about = if field.unsure { format!("{about} (where it ends is not certain)") } else { about };
    [names.join(""), value, about]
}

fn fields_of(event: &Event) -> Vec<[String; 3]> {
    event.fields.iter().map(|(name, value, about)| [(*name).to_owned(), value.clone(), (*about).to_owned()]).collect()
}

fn notes(page: &mut Page, traffic: &Traffic) {
    let text = match (traffic.headless, traffic.cut) {
        (false, false) => return,
        (true, false) => "The beginning of the line is missing.",
        (false, true) => "The end of the line is missing.",
        (true, true) => "The beginning and the end of the line are missing.",
    };
    page.gap();
    page.fold(2, text);
}

fn letters(page: &mut Page, traffic: &Traffic) {
    let Some(code) = Facts::of(traffic).code() else { return };
    let shown: Vec<(char, &str)> = state::letters(code).filter(|(letter, _)| *letter != '-').collect();
    if shown.is_empty() {
        return;
    }
    page.heading(&format!("How it ended: {code}"));
    for (letter, says) in shown {
        page.hang(2, &format!("{letter}  "), says);
    }
}

fn citation(page: &mut Page, cited: &Cited) {
    match &cited.place {
        Some((file, line)) => page.hang(2, &format!("{file}:{line}  "), &cited.text),
        None => page.hang(2, "- ", &cited.text),
    }
    cited.notes.iter().for_each(|note| page.hang(6, "", note));
}

fn lines(page: &mut Page, summary: &Summary) {
    let count = |number: u64, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    let groups = summary.groups.len() as u64;
    let mut head = format!("{}, {}", count(summary.lines, "line", "lines"), count(groups, "kind", "kinds"));
    if summary.unknown.0 > 0 {
        let first = summary.unknown.1.unwrap_or_default();
        head.push_str(&format!("; {} not understood, line {first} first", summary.unknown.0));
    }
    if summary.beyond > 0 {
        head.push_str(&format!("; {} of more kinds than are kept apart", count(summary.beyond, "line", "lines")));
    }
    page.line(&head);
    let width = summary.groups.first().map_or(0, |group| group.count.to_string().len());
    for group in &summary.groups {
        page.gap();
        let mut title = format!("{:width$} × {}  {}", group.count, group.who, group.how);
        if !group.class.is_empty() {
            title.push_str(&format!("  {}", group.class));
        }
        title.push_str(&format!("  first: line {}", group.first));
        page.line(&title);
        let left = width + 3;
        page.fold(left, &group.cause.sentence);
        group.cause.remarks.iter().for_each(|remark| page.fold(left, remark));
        for cited in &group.cited {
            let place = cited.place.as_ref().map(|(file, line)| format!("{file}:{line}  ")).unwrap_or_default();
            page.fold(left, &format!("{place}{}", cited.text));
        }
        group.cause.next.iter().filter(|next| *next != "Nothing.").for_each(|next| page.hang(left, "- ", next));
    }
}
