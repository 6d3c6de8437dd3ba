//! ACLs and conditions as written: the fetch, its converters, how it is matched and against what.

use std::collections::HashMap;

use pointsman_parser::expr::Expr;
use pointsman_parser::{Arg, cond, expr};

use crate::model::script::{Statement, text};

/// What an ACL tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// The fetch or the ACL keyword, such as `path_beg` or `hdr`.
    pub fetch: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its converters by name.
    pub converters: Vec<String>,
    /// `-m`
    pub matcher: Option<String>,
    /// `-i`
    pub ignore_case: bool,
    /// `-f`: files with more patterns.
    pub files: Vec<String>,
    /// The patterns.
    pub patterns: Vec<String>,
    /// How many words come before the patterns.
    pub patterns_at: usize,
    /// The text of fetch and converters.
    pub text: String,
    fetch_end: usize,
}

/// One `acl` line.
#[derive(Clone, Debug)]
pub struct AclLine<'a> {
    /// The line.
    pub line: &'a Statement,
    /// The ACL's name.
    pub name: &'a str,
    /// What it tests.
    pub criterion: Criterion,
}

/// The `acl` lines of a section, by name.
#[derive(Debug, Default)]
pub struct Acls<'a> {
    /// In order.
    pub list: Vec<AclLine<'a>>,
    by_name: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Acls<'a> {
    /// Reads the lines of a section that are `acl` lines.
    pub fn new(lines: &'a [Statement]) -> Acls<'a> {
        let list: Vec<AclLine<'a>> =
            lines.iter().filter(|line| line.word(0) == "acl").filter_map(AclLine::new).collect();
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, acl) in list.iter().enumerate() {
            by_name.entry(acl.name).or_default().push(at);
        }
        Acls { list, by_name }
    }

    /// The lines of this name.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &AclLine<'a>> {
        self.by_name.get(name).into_iter().flatten().filter_map(|at| self.list.get(*at))
    }
}

/// A term of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The ACL's name; none for `{ … }`.
    pub name: Option<String>,
    /// It must not hold.
    pub negated: bool,
    /// What is tested: one of these must hold.
    pub any: Vec<Criterion>,
}

impl Criterion {
    /// Reads `path_beg -i /api /v2`.
    pub fn new(words: &[Arg]) -> Option<Criterion> {
        let first = words.first()?;
        let tree: Expr = expr::parse(&first.text).ok()?;
        let mut criterion = Criterion {
            fetch: tree.fetch.name.clone(),
            args: tree.fetch.args.iter().map(|arg| String::from_utf8_lossy(&arg.text).into_owned()).collect(),
            converters: tree.converters.iter().map(|call| call.name.clone()).collect(),
            matcher: None,
            ignore_case: false,
            files: Vec::new(),
            patterns: Vec::new(),
            patterns_at: 1,
            text: text(first).to_owned(),
            fetch_end: tree.fetch.span.end as usize,
        };
        let mut at = 1;
        while let Some(flag) = words.get(at).map(text).filter(|word| word.starts_with('-')) {
            at += 1;
            match flag {
                "-i" => criterion.ignore_case = true,
                "-m" => {
                    criterion.matcher = words.get(at).map(|word| text(word).to_owned());
                    at += 1;
                }
                "-f" => {
                    criterion.files.extend(words.get(at).map(|word| text(word).to_owned()));
                    at += 1;
                }
                "-u" => at += 1,
                "-M" | "-n" => {}
                "--" => break,
                _ => {
                    at -= 1;
                    break;
                }
            }
        }
        criterion.patterns_at = at;
        criterion.patterns = words.iter().skip(at).map(|word| text(word).to_owned()).collect();
        Some(criterion)
    }

    /// The converters with their arguments, as written.
    pub fn converted(&self) -> &str {
        self.text.get(self.fetch_end..).unwrap_or_default()
    }

    /// The first argument; empty when there is none.
    pub fn arg(&self) -> &str {
        self.args.first().map_or("", String::as_str)
    }
}

impl<'a> AclLine<'a> {
    /// Reads an `acl` line.
    pub fn new(line: &'a Statement) -> Option<AclLine<'a>> {
        let criterion = Criterion::new(line.words.get(2..)?)?;
        Some(AclLine { line, name: line.word(1), criterion })
    }
}

/// What the braces of a line's condition test, each with the number of its first word.
pub fn inline(line: &Statement, at: usize) -> Vec<(usize, Criterion)> {
    let words = |literal: cond::Literal| match literal.term {
        cond::Term::Anonymous { words, .. } => Some(words),
        cond::Term::Acl { .. } => None,
    };
    let read = |words: Vec<Arg>| {
        let first = line.words.iter().position(|word| Some(word.span) == words.first().map(|word| word.span))?;
        Some((first, Criterion::new(&words)?))
    };
    literals(line, at).into_iter().filter_map(words).filter_map(read).collect()
}

/// Everything that a line's condition tests, in its braces or by name.
pub fn tested(acls: &Acls<'_>, line: &Statement, at: usize) -> Vec<Criterion> {
    let terms = literals(line, at);
    terms.iter().filter_map(|literal| term(acls, literal)).flat_map(|term| term.any).collect()
}

fn literals(line: &Statement, at: usize) -> Vec<cond::Literal> {
    let tree = line.words.get(at + 1..).and_then(|words| cond::parse(words).ok());
    tree.map(|tree| tree.any.into_iter().flatten().collect()).unwrap_or_default()
}

/// The condition of a line as alternatives of terms that must all hold. `unless` turns it round, which is only told
/// for a condition of one alternative or of one term each.
pub fn terms(acls: &Acls<'_>, line: &Statement, at: usize) -> Option<Vec<Vec<Term>>> {
    let tree = cond::parse(line.words.get(at + 1..)?).ok()?;
    let mut any = Vec::with_capacity(tree.any.len());
    for all in &tree.any {
        any.push(all.iter().map(|literal| term(acls, literal)).collect::<Option<Vec<Term>>>()?);
    }
    if line.word(at) == "if" { Some(any) } else { negate(any) }
}

fn term(acls: &Acls<'_>, literal: &cond::Literal) -> Option<Term> {
    let negated = literal.negated;
    match &literal.term {
        cond::Term::Acl { name, .. } => {
            let any = acls.named(name).map(|acl| acl.criterion.clone()).collect();
            Some(Term { name: Some(name.clone()), negated, any })
        }
        cond::Term::Anonymous { words, .. } => Some(Term { name: None, negated, any: vec![Criterion::new(words)?] }),
    }
}

/// Not (a and b) is (not a) or (not b); not (a or b) is (not a) and (not b).
fn negate(any: Vec<Vec<Term>>) -> Option<Vec<Vec<Term>>> {
    let turned = |term: Term| Term { negated: !term.negated, ..term };
    if any.len() == 1 {
        return Some(any.into_iter().flatten().map(|term| vec![turned(term)]).collect());
    }
    let all: Option<Vec<Term>> = any.into_iter().map(|mut all| all.pop().filter(|_| all.is_empty())).collect();
    Some(vec![all?.into_iter().map(turned).collect()])
}
