//! For people: the line with a caret, the effect, what to write instead.

use std::io::IsTerminal;

use annotate_snippets::{AnnotationKind, Level as Title, Renderer, Snippet};

use super::{Position, line_of, position};
use crate::base::diag::Place;
use crate::desk::check::options::Options;
use crate::desk::check::{Report, count};
use crate::spec::Level;
use crate::spec::lint::Finding;

/// Columns of the answer.
const WIDTH: usize = 120;

/// Every finding, and a line that counts them. Nothing when there is nothing to say.
pub fn render(report: &Report, options: &Options) -> String {
    let color = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.term_width(WIDTH);
    let mut out = String::new();
    let mut hidden = 0;
    for finding in &report.findings {
        // What is absent on this machine is no mistake of the file.
        if finding.code.starts_with('X') && finding.level == Level::Note && !options.verbose {
            hidden += 1;
            continue;
        }
        out.push_str(&one(report, finding, &renderer));
        out.push_str("\n\n");
    }
    if out.is_empty() && !options.verbose {
        return out;
    }
    out.push_str(&summary(report, hidden));
    out
}

fn summary(report: &Report, hidden: usize) -> String {
    let counted = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        _ => Some(format!("{count} {word}s")),
    };
    let counts = [
        counted(count(report, Level::Error), "error"),
        counted(count(report, Level::Warning), "warning"),
        counted(count(report, Level::Note) - hidden, "note"),
    ];
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    let counts = if counts.is_empty() { "nothing found".to_owned() } else { counts.join(", ") };
    let files = match report.sources.len() {
        1 => "1 file".to_owned(),
        many => format!("{many} files"),
    };
    let verdict = if report.refused { "; HAProxy would not start with it" } else { "" };
    format!("{counts} in {files}{verdict}\n")
}

fn one(report: &Report, finding: &Finding, renderer: &Renderer) -> String {
    let level = match finding.level {
        Level::Error => Title::ERROR,
        Level::Warning => Title::WARNING,
        Level::Note => Title::NOTE,
    };
    let primary = Shown::new(report, finding.place);
    let related: Vec<(Shown, &str)> =
        finding.related.iter().map(|(place, text)| (Shown::new(report, *place), text.as_str())).collect();
    let mut group = level
        .primary_title(finding.message.as_str())
        .id(finding.code)
        .element(primary.snippet(AnnotationKind::Primary, None));
    for (shown, text) in &related {
        group = group.element(shown.snippet(AnnotationKind::Context, Some(text)));
    }
    if let Some(help) = &finding.help {
        group = group.element(Title::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}

/// One line of a file, with the part of it that is meant.
struct Shown {
    file: String,
    line: String,
    number: usize,
    from: usize,
    to: usize,
}

impl Shown {
    fn new(report: &Report, place: Place) -> Shown {
        let (file, line) = line_of(report, place);
        let Position { line: number, column, end_column, .. } = position(report, place);
        // Columns count characters; the renderer counts bytes.
        let byte = |column: usize| line.char_indices().nth(column - 1).map_or(line.len(), |(at, _)| at);
        let (from, to) = (byte(column), byte(end_column));
        Shown { file, number: number as usize, from, to: to.max(from), line }
    }

    fn snippet<'a>(
        &'a self,
        kind: AnnotationKind,
        label: Option<&'a str>,
    ) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let mut annotation = kind.span(self.from..self.to);
        if let Some(label) = label {
            annotation = annotation.label(label);
        }
        Snippet::source(self.line.as_str()).line_start(self.number).path(self.file.as_str()).annotation(annotation)
    }
}
