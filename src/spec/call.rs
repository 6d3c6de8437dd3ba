//! The arguments of a fetch or converter while it is compiled.

use std::sync::Arc;

use pointsman_parser::expr::CallArg;

use super::compile::{self, Vocabulary};
use crate::base::ids::VarId;
use crate::model::draft::{Draft, ReferenceKind};
use crate::model::late::Outside;
use crate::sample::{Acl, Columns, Entry, Followed, LateMatch, List};
use crate::spec::kinds::Patterns;
use crate::txn::vars;

/// A cursor over the arguments in the parentheses of a fetch or converter.
pub struct CallArgs<'a> {
    /// Name of the fetch or converter, for messages.
    pub name: &'a str,
    args: &'a [CallArg],
    at: usize,
    /// Names that must exist once everything was read.
    pub references: Vec<(ReferenceKind, String)>,
    /// Bits of [`super::Needs`] that the arguments add.
    pub needs: u32,
    /// Name of the proxy being read, for fetches that default to it.
    pub proxy: &'a str,
    /// Whether the last refusal was about an argument's form rather than its meaning.
    pub malformed: bool,
    draft: &'a Draft,
    vocabulary: &'a dyn Vocabulary,
}

impl<'a> CallArgs<'a> {
    /// A cursor before the first argument.
    pub fn new(name: &'a str, args: &'a [CallArg], draft: &'a Draft, vocabulary: &'a dyn Vocabulary) -> CallArgs<'a> {
        let proxy = draft.proxy_ref().map_or("", |proxy| proxy.name.as_str());
        CallArgs { name, args, at: 0, references: Vec::new(), needs: 0, proxy, malformed: false, draft, vocabulary }
    }

    /// How many arguments were written.
    pub fn count(&self) -> usize {
        self.args.len()
    }

    /// How many arguments were taken.
    pub fn taken(&self) -> usize {
        self.at
    }

    /// The next argument, if it was written and is not empty.
    pub fn maybe(&mut self) -> Option<&'a [u8]> {
        let arg = self.args.get(self.at);
        self.at += 1;
        arg.map(|arg| arg.text.as_slice()).filter(|text| !text.is_empty())
    }

    /// The next argument, which may be written and empty. HAProxy takes a first one that is missing for an empty one.
    pub fn bytes(&mut self) -> Result<&'a [u8], String> {
        let arg = self.args.get(self.at);
        self.at += 1;
        match arg {
            Some(arg) => Ok(&arg.text),
            None if self.at == 1 => Ok(b""),
            None => Err(self.missing("string")),
        }
    }

    /// The next argument as text.
    pub fn text(&mut self) -> Result<&'a str, String> {
        std::str::from_utf8(self.bytes()?).map_err(|_| "invalid characters".to_owned())
    }

    /// The next argument as text, if it was written and is not empty.
    pub fn maybe_text(&mut self) -> Option<&'a str> {
        self.maybe().and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// The next argument as a number.
    pub fn int(&mut self) -> Result<i64, String> {
        let text = self.written("integer")?;
        self.number(text)
    }

    /// The next argument as a number, if it was written.
    pub fn maybe_int(&mut self) -> Result<Option<i64>, String> {
        match self.maybe_text() {
            None => Ok(None),
            Some(text) => self.number(text).map(Some),
        }
    }

    /// The next argument as a value of the type HAProxy calls `kind`; `parse` says no with `None`.
    pub fn typed<T>(&mut self, kind: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, String> {
        let text = self.written(kind)?;
        parse(text).ok_or_else(|| self.malformed(text, kind))
    }

    /// The next argument as the name of a proxy with servers; the proxy being read when it was not written.
    pub fn backend(&mut self) -> String {
        match self.maybe_text() {
            Some(name) => {
                self.references.push((ReferenceKind::Backend, name.to_owned()));
                name.to_owned()
            }
            None => self.proxy.to_owned(),
        }
    }

    /// The next argument as a variable.
    pub fn variable(&mut self) -> Result<(vars::Scope, VarId), String> {
        let name = self.text()?;
        vars::intern(name)
    }

    /// The ACL of this name, as a condition at the same place would find it.
    pub fn acl(&self, name: &str) -> Option<Arc<Acl>> {
        compile::named_acl(name, self.vocabulary, self.draft).ok()
    }

    /// Leaves a step to be done once files and names are known.
    pub fn late(&self, step: impl FnOnce(&mut dyn Outside) -> Result<(), String> + Send + 'static) {
        self.draft.late.add(step);
    }

    /// The next argument, which must be written.
    fn written(&mut self, kind: &str) -> Result<&'a str, String> {
        match self.args.get(self.at) {
            Some(arg) if !arg.text.is_empty() => self.text(),
            Some(_) => Err(self.nothing(kind)),
            None if self.at == 0 => Err(self.nothing(kind)),
            None => {
                self.at += 1;
                Err(self.missing(kind))
            }
        }
    }

    fn number(&mut self, text: &str) -> Result<i64, String> {
        text.parse().map_err(|_| self.malformed(text, "integer"))
    }

    fn malformed(&mut self, text: &str, kind: &str) -> String {
        self.malformed = true;
        format!("failed to parse '{text}' as type '{kind}' at position {}", self.at)
    }

    fn nothing(&mut self, kind: &str) -> String {
        self.malformed = true;
        self.at += 1;
        format!("expected type '{kind}' at position {}, but got nothing", self.at)
    }

    fn missing(&mut self, kind: &str) -> String {
        self.malformed = true;
        let (got, wanted) = (self.args.len().max(1), self.at);
        format!("missing arguments (got {got}/{wanted}), type '{kind}' expected")
    }
}

/// Patterns of a line and of its files: compiled once the files were read, and whenever a list changes.
pub(super) fn late_patterns(
    matcher: &'static super::Matcher,
    own: Vec<Vec<u8>>,
    files: Vec<String>,
    columns: Columns,
    ignore_case: bool,
    draft: &Draft,
) -> LateMatch {
    let slot = LateMatch::default();
    let pending = slot.clone();
    draft.late.add(move |outside| {
        let lists = files.iter().map(|file| outside.list(file, columns)).collect::<Result<Vec<_>, _>>()?;
        let build = move |entries: &[Entry]| {
            let list = own.iter().chain(entries.iter().map(|entry| &entry.key)).map(Vec::as_slice).collect();
            (matcher.build)(&Patterns { list, ignore_case, no_resolution: true })
        };
        // Which entry is wrong is only looked for when one is.
        let culprit = |error: String| {
            let fails =
                |key: &[u8]| (matcher.build)(&Patterns { list: vec![key], ignore_case, no_resolution: true }).is_err();
            let found = |list: &Arc<List>| {
                let line = list.entries().into_iter().find(|entry| fails(&entry.key))?.line;
                Some(format!("{error} at line {line} of file '{}'.", list.name))
            };
            lists.iter().find_map(found).unwrap_or_else(|| error.clone())
        };
        pending.complete(Followed::new(lists.clone(), build).map_err(culprit)?);
        Ok(())
    });
    slot
}
