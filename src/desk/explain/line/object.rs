//! A log line in JSON of a format that is not known: its fields are told by what they are called.

use serde_json::Value;

use super::{Field, Traffic};
use crate::desk::explain::state;

/// What such a line is called.
const TITLE: &str = "log-format (JSON)";

/// Tags, and what people call them; case, dashes and underscores do not count.
const NAMES: [(&str, &[&str]); 24] = [
    ("ci", &["ci", "clientip", "client", "src", "srcip", "remoteaddr", "remoteip", "clientaddress"]),
    ("cp", &["cp", "clientport", "srcport", "remoteport"]),
    ("tr", &["tr0", "date", "acceptdate", "requestdate", "timestamp", "time", "datetime"]),
    ("ft", &["ft", "f", "frontend", "frontendname", "fe"]),
    ("b", &["b", "backend", "backendname", "be"]),
    ("s", &["s", "server", "servername", "srv", "upstream"]),
    ("TR", &["tr", "timerequest", "reqtime", "timetoreceivereq"]),
    ("Tw", &["tw", "timequeue", "queuetime", "timewait"]),
    ("Tc", &["tc", "timeconnect", "connecttime", "timebackendconnect"]),
    ("Tr", &["timeresponse", "responsetime", "serverresponsetime", "timebackendresponse"]),
    ("Ta", &["ta", "timeactive", "activetime", "requesttime", "timetotal", "totaltime", "duration"]),
    ("Tt", &["tt", "sessionduration"]),
    ("ST", &["st", "status", "statuscode", "httpstatus", "httpstatuscode", "responsecode", "code"]),
    ("B", &["bytes", "bytesread", "bytessent", "size"]),
    ("U", &["bytesuploaded", "bytesreceived"]),
    ("rc", &["rc", "retries", "connretries"]),
    ("ac", &["ac", "actconn"]),
    ("fc", &["fc", "feconn"]),
    ("bc", &["bc", "beconn"]),
    ("sc", &["sc", "srvconn"]),
    ("sq", &["sq", "srvqueue", "serverqueue"]),
    ("bq", &["bq", "backendqueue"]),
    ("r", &["r", "request", "httprequest", "requestline"]),
    ("HM", &["hm", "method", "httpmethod", "requestmethod"]),
];

/// Reads a line; none when no member of it is a termination state.
pub fn read(text: &str) -> Option<Traffic> {
    let value: Value = serde_json::from_str(text.get(text.find('{')?..)?).ok()?;
    let members = value.as_object()?;
    let ends = |value: &Value| value.as_str().is_some_and(is_state);
    let state = members.iter().find(|(_, value)| ends(value))?.0;
    let mut fields: Vec<Field> = Vec::new();
    for (member, value) in members {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) => value.to_string(),
            _ => continue,
        };
        let tag = if member == state { Some(tag_of_state(&value)) } else { tag(member) };
        let Some(tag) = tag.filter(|tag| !fields.iter().any(|field| field.names.iter().any(|name| name == tag))) else {
            continue;
        };
        fields.push(Field { names: vec![tag.to_owned()], value, unsure: false });
    }
    Some(Traffic { format: TITLE.to_owned(), owner: None, fields, headless: false, cut: false })
}

/// Whether a word is a termination state and nothing else: two or four letters, with a dash among them if it is four.
pub fn is_state(word: &str) -> bool {
    let dashes = word.bytes().filter(|byte| *byte == b'-').count();
    state::read(word).is_some() && (word.len() == 4 && dashes > 0 || word == "--")
}

fn tag_of_state(state: &str) -> &'static str {
    if state.len() == 4 { "tsc" } else { "ts" }
}

/// The tag that a member is called after. `Tr` and `TR` are told apart by their case.
fn tag(member: &str) -> Option<&'static str> {
    if let Some((tag, _)) = NAMES.iter().find(|(tag, _)| *tag == member && tag.len() > 1) {
        return Some(tag);
    }
    let plain: String = member.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_ascii_lowercase();
    NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(tag, _)| *tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_told_by_their_names() {
        let text = r#"{"client":"10.1.1.1","status_code":503,"ts":"sQ--","Tw":10000,"Tr":-1,"TR":0,"nested":{}}"#;
        let traffic = read(text).unwrap();
        let found: Vec<(&str, &str)> =
            traffic.fields.iter().map(|field| (field.names[0].as_str(), field.value.as_str())).collect();
        for pair in [("ci", "10.1.1.1"), ("ST", "503"), ("tsc", "sQ--"), ("Tw", "10000"), ("Tr", "-1"), ("TR", "0")] {
            assert!(found.contains(&pair), "{pair:?} in {found:?}");
        }
    }

    #[test]
    fn what_has_no_state_is_not_one() {
        for text in [r#"{"status":200}"#, "{}", "[]", "{", r#"{"a":"CD"}"#] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
