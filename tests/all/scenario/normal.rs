//! Takes out of a record what must vary from run to run: ports, pids, dates, durations.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::file::Scenario;
use super::stage::Stage;

static DATES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d",
        r"|\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?",
        r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:\d\d|Z)?",
        r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT",
    ))
    .unwrap()
});
static EPHEMERAL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(127\.0\.0\.\d+|::1\]?):(3[2-9]\d{3}|[456]\d{4})\b").unwrap());
static TIMERS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r" ([-+]?\d+(?:/[-+]?\d+){2,4}) ").unwrap());
static CHECK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"check duration: \d+ms").unwrap());

/// The rules of one run.
pub(crate) struct Normal {
    ports: Vec<(String, u16)>,
    pid: String,
    dir: String,
    host: String,
    masks: Vec<(Regex, String)>,
    /// `timer: LINE.FIELD LOW..HIGH`, both counted from 1.
    ranges: Vec<(usize, usize, std::ops::RangeInclusive<i64>)>,
}

impl Normal {
    pub(crate) fn new(scenario: &Scenario, stage: &Stage, pid: u32) -> Normal {
        let masks = scenario.values("mask").map(|mask| {
            let (from, to) = mask.split_once(" => ").expect("mask: REGEX => TEXT");
            (Regex::new(from).unwrap(), to.to_string())
        });
        Normal {
            ports: stage.ports(),
            pid: pid.to_string(),
            dir: stage.dir.display().to_string(),
            host: std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().into(),
            masks: masks.collect(),
            ranges: scenario.values("timer").map(|text| range(text).expect("timer: LINE.FIELD LOW..HIGH")).collect(),
        }
    }

    /// One line of a transcript.
    pub(crate) fn line(&self, line: &str) -> String {
        let mut out = DATES.replace_all(line, "DATE").replace(&self.dir, "${dir}");
        for (name, port) in &self.ports {
            out = out.replace(&format!("127.0.0.1:{port}"), &format!("${{{name}}}"));
            out = replace_word(&out, &port.to_string(), &format!("${{port:{name}}}"));
        }
        out = EPHEMERAL.replace_all(&out, "$1:*").into_owned();
        for (from, to) in &self.masks {
            out = from.replace_all(&out, to.as_str()).into_owned();
        }
        out
    }

    /// One log message, the `number`th (from 1) of its sink.
    pub(crate) fn log(&self, number: usize, line: &str) -> String {
        let out = line.replace(&format!("[{}]", self.pid), "[PID]").replace(&format!(" {} ", self.pid), " PID ");
        let out = if self.host.is_empty() { out } else { replace_word(&out, &self.host, "HOST") };
        let out = self.line(&CHECK.replace(&out, "check duration: #ms"));
        TIMERS.replace(&out, |found: &Captures<'_>| format!(" {} ", self.timers(number, &found[1]))).into_owned()
    }

    fn timers(&self, line: usize, text: &str) -> String {
        let field = |(at, value): (usize, &str)| {
            let plus = if value.starts_with('+') { "+" } else { "" };
            let number: i64 = value.parse().unwrap_or(0);
            let range = self.ranges.iter().find(|(l, f, _)| *l == line && *f == at + 1);
            match range {
                Some((_, _, range)) if range.contains(&number) => format!("{}..{}", range.start(), range.end()),
                Some(_) => format!("{number}!"),
                None if number < 0 => value.to_string(),
                None => format!("{plus}#"),
            }
        };
        text.split('/').enumerate().map(field).collect::<Vec<_>>().join("/")
    }
}

fn range(text: &str) -> Option<(usize, usize, std::ops::RangeInclusive<i64>)> {
    let (place, range) = text.split_once(' ')?;
    let (line, field) = place.split_once('.')?;
    let (low, high) = range.split_once("..")?;
    Some((line.parse().ok()?, field.parse().ok()?, low.parse().ok()?..=high.parse().ok()?))
}

fn replace_word(text: &str, word: &str, with: &str) -> String {
    let pattern = format!(r"\b{}\b", regex::escape(word));
    Regex::new(&pattern).unwrap().replace_all(text, regex::NoExpand(with)).into_owned()
}
