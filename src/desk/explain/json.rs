//! Answers as JSON. The names are stable; docs/explain.md lists them.

use serde_json::{Value, json};

use super::Answer;
use super::cause::Cause;
use super::line::{Content, Reading};
use super::meaning;
use super::place::Cited;
use super::state::{self, State};
use super::word::Page;

/// An answer as JSON.
pub fn value(answer: &Answer<'_>) -> Value {
    match answer {
        Answer::Words(words, _) | Answer::Family(_, words) => json!({ "kind": "word", "words": pages(words) }),
        Answer::Finding(lint) => json!({
            "kind": "finding", "code": lint.code, "name": lint.name, "level": lint.level.word(), "page": super::word::plain(lint.page),
        }),
        Answer::State(state, words) => {
            let mut value = one_state(state);
            if let Some(map) = value.as_object_mut().filter(|_| !words.is_empty()) {
                map.insert("words".to_owned(), json!(pages(words)));
            }
            value
        }
        Answer::Line { reading, cause, cited } => line(reading, cause, cited.as_deref()),
        Answer::Lines(summary) => {
            let groups: Vec<Value> = summary
                .groups
                .iter()
                .map(|group| {
                    json!({
                        "who": group.who, "how": group.how, "status_class": group.class, "count": group.count,
                        "first_line": group.first, "cause": of_cause(&group.cause),
                        "configuration": group.cited.iter().map(place_of).collect::<Vec<Value>>(),
                    })
                })
                .collect();
            json!({
                "kind": "lines", "lines": summary.lines, "not_understood": summary.unknown.0,
                "first_not_understood": summary.unknown.1, "beyond": summary.beyond, "groups": groups,
            })
        }
    }
}

fn pages(words: &[Page]) -> Vec<Value> {
    let page = |word: &Page| json!({ "kind": word.kind, "name": word.name, "usage": word.usage, "place": word.place, "page": word.text, "time": word.time });
    words.iter().map(page).collect()
}

fn one_state(state: &State<'_>) -> Value {
    let letters: Vec<Value> = state::letters(state.code)
        .map(|(letter, says)| json!({ "letter": letter.to_string(), "says": says }))
        .collect();
    json!({
        "kind": "state", "code": state.code, "letters": letters, "what": state.pair.map(|pair| pair.what),
        "tcp": state.pair.map(|pair| pair.tcp), "cookie": state.cookie,
        "causes": state.pair.map(|pair| pair.causes), "next": state.pair.map(|pair| pair.next),
    })
}

fn of_cause(cause: &Cause) -> Value {
    json!({ "sentence": cause.sentence, "remarks": cause.remarks, "causes": cause.causes, "next": cause.next })
}

/// A line of the configuration.
fn place_of(cited: &Cited) -> Value {
    let (file, line) = cited.place.as_ref().map(|(file, line)| (file, *line)).unzip();
    json!({ "file": file, "line": line, "text": cited.text, "notes": cited.notes })
}

fn line(reading: &Reading, cause: &Cause, cited: Option<&[Cited]>) -> Value {
    let prefix = &reading.prefix;
    let syslog = json!({
        "priority": prefix.priority, "level": prefix.level(), "date": prefix.date, "host": prefix.host,
        "program": prefix.program, "pid": prefix.pid,
    });
    let (content, fields, format, headless, cut) = match &reading.content {
        Content::Traffic(traffic) => {
            let fields: Vec<Value> = traffic
                .fields
                .iter()
                .map(|field| {
                    let names: Vec<String> = field.names.iter().map(|name| meaning::key(name)).collect();
                    let tags: Vec<String> = field.names.iter().map(|name| super::show::tag(name)).collect();
                    let about = field.names.first().filter(|_| field.names.len() == 1);
                    json!({
                        "name": names.join("+"), "tag": tags.join(""), "value": field.value,
                        "meaning": about.map(|name| meaning::meaning(name, &field.value)), "certain": !field.unsure && about.is_some(),
                    })
                })
                .collect();
            ("traffic", fields, Some(traffic.format.as_str()), traffic.headless, traffic.cut)
        }
        Content::Event(event) => {
            let fields = event.fields.iter();
            let field = |(name, value, about): &(&str, String, &str)| json!({ "name": name, "value": value, "meaning": about, "certain": true });
            ("event", fields.map(field).collect(), None, false, false)
        }
    };
    let cited = cited.map(|cited| cited.iter().map(place_of).collect::<Vec<_>>());
    json!({
        "kind": "line", "content": content, "format": format, "beginning_missing": headless, "end_missing": cut,
        "syslog": syslog, "fields": fields, "cause": of_cause(cause), "configuration": cited,
    })
}
