//! From the grammar's trees to compiled expressions, conditions and formats.

use std::sync::Arc;

use pointsman_parser::{Arg, cond as cond_grammar, expr as expr_grammar, format as format_grammar};

use super::args::text_of;
use super::call::CallArgs;
use super::fault::Fault;
use super::kinds::{Action, Conv, Fetch, LogTag, Matcher, Patterns, RuleSet};
use super::since::Since;
use crate::base::diag::Place;
use crate::model::draft::{Draft, Reference, ReferenceKind};
use crate::model::noted::{AclPlaces, DatedKind, GroupTest};
use crate::sample::expr::Step;
use crate::sample::format::{Escape, Flags, Node};
use crate::sample::{Acl, AclTest, Cast, Columns, Cond, Encoding, Expr, Format, Label, Literal, Tag, Type};

/// The words of the language, as far as compiling needs them. The registry implements it.
pub trait Vocabulary {
    /// The fetch of this name.
    fn fetch(&self, name: &str) -> Option<&'static Fetch>;
    /// The converter of this name.
    fn conv(&self, name: &str) -> Option<&'static Conv>;
    /// Whether a converter has this name.
    fn is_converter(&self, name: &str, _: &Draft) -> bool {
        self.conv(name).is_some()
    }
    /// The match method of this name.
    fn matcher(&self, name: &str) -> Option<&'static Matcher>;
    /// The log tag of this name.
    fn tag(&self, name: &str) -> Option<&'static LogTag>;
    /// What an ACL keyword such as `path_beg` stands for: a fetch and a match method.
    fn acl_keyword(&self, name: &str) -> Option<(&'static Fetch, &'static Matcher)>;
    /// The definition of a predefined ACL such as `METH_GET`, as the words of an `acl` line.
    fn predefined_acl(&self, name: &str) -> Option<&'static [&'static str]>;
    /// HAProxy's opinion of an expression, found in `text`: where it has a value, or what is wrong with it.
    fn known_expr(&self, _: &expr_grammar::Expr, _text: &[u8], _: &Draft) -> Result<Option<Places>, String> {
        Ok(None)
    }
    /// Whether the text names a variable.
    fn known_variable(&self, _name: &str) -> Result<(), String> {
        Ok(())
    }
    /// Where the fetch behind an ACL keyword has a value.
    fn acl_places(&self, _name: &str) -> Option<u32> {
        None
    }
    /// Where a fetch of this name has a value.
    fn places(&self, _name: &str) -> Option<u32> {
        None
    }
    /// What a fetch of this name needs, in HAProxy's words.
    fn needs(&self, _name: &str) -> Option<&'static str> {
        None
    }
    /// HAProxy's opinion of the words of an `acl` line behind its name.
    fn known_acl(&self, _: &[Arg], _: &Draft) -> Result<Option<Places>, String> {
        Ok(None)
    }
    /// The stand-in for an action that has no run-time part.
    fn known_action(&self, _: RuleSet, _word: &str, _: &Draft) -> Option<&'static Action> {
        None
    }
    /// The actions of a rule set, as HAProxy lists them.
    fn known_actions(&self, _: RuleSet) -> String {
        String::new()
    }
}

/// Where an expression has a value, and what it needs elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// Bits, as in [`crate::model::noted::Context`].
    pub bits: u32,
    /// HAProxy's words for what is missing elsewhere.
    pub needs: &'static str,
}

type Compiled<T> = Result<(T, Vec<Reference>), String>;

/// Compiles an expression that fills the whole text; it is `called` so, not by its text, where it has no value here.
pub fn expr_in(text: &[u8], called: Option<&str>, vocabulary: &dyn Vocabulary, draft: &Draft) -> Compiled<Expr> {
    let tree = expr_grammar::parse(text).map_err(|error| unknown_first(&error, vocabulary, draft))?;
    if let Some(places) = vocabulary.known_expr(&tree, text, draft)? {
        let here = draft.noted.context.get();
        if here.places != 0
            && places.bits & here.places == 0
            && ["http", "tcp-re", "server"].iter().any(|start| here.word.starts_with(start))
        {
            let name = called.map_or_else(|| String::from_utf8_lossy(text), Into::into);
            return Err(format!(
                "fetch method '{name}' extracts information from '{}', none of which is available here",
                places.needs
            ));
        }
    }
    expr(&tree, text, vocabulary, draft)
}

/// What is wrong with an expression: a fetch that is none is told before what stands behind it.
fn unknown_first(error: &pointsman_parser::Error, vocabulary: &dyn Vocabulary, draft: &Draft) -> String {
    let unknown = |name: &str| vocabulary.fetch(name).is_none() && !draft.noted.lua.defines(name);
    match error.calls.first() {
        Some(call) if !call.name.is_empty() && unknown(&call.name) => format!("unknown fetch method '{}'", call.name),
        _ => error.to_string(),
    }
}

/// Compiles an expression.
pub fn expr(tree: &expr_grammar::Expr, source: &[u8], vocabulary: &dyn Vocabulary, draft: &Draft) -> Compiled<Expr> {
    let Some(spec) = vocabulary.fetch(&tree.fetch.name) else {
        return Err(format!("unknown fetch method '{}'", tree.fetch.name));
    };
    expr_from(spec, tree, source, source, false, vocabulary, draft)
}

/// `whole` is the text the tree's spans point into, `source` the part of it that is the expression.
fn expr_from(
    spec: &'static Fetch,
    tree: &expr_grammar::Expr,
    source: &[u8],
    whole: &[u8],
    by_acl_keyword: bool,
    vocabulary: &dyn Vocabulary,
    draft: &Draft,
) -> Compiled<Expr> {
    let what = if by_acl_keyword { "ACL keyword" } else { "fetch method" };
    let mut args = CallArgs::new(&tree.fetch.name, &tree.fetch.args, draft, vocabulary);
    let fetch = (spec.build)(&mut args);
    let excess = |args: &CallArgs<'_>, call: &expr_grammar::Call| call.excess(whole, args.taken());
    let fetch = match (fetch, excess(&args, &tree.fetch)) {
        (Ok(fetch), None) => fetch,
        (Err(said), _) if !args.malformed => {
            return Err(format!("invalid args in {what} '{}' : {said}", tree.fetch.name));
        }
        (Err(said), _) | (Ok(_), Some(said)) => return Err(format!("{what} '{}' : {said}", tree.fetch.name)),
    };
    let mut needs = spec.needs | args.needs;
    if spec.page.is_empty() {
        draft.noted.not_yet(&tree.fetch.name);
    }
    let mut references = late(&args);
    let mut steps = Vec::with_capacity(tree.converters.len());
    let mut output = spec.out;
    for call in &tree.converters {
        let conv = vocabulary.conv(&call.name).ok_or_else(|| format!("unknown converter '{}'", call.name))?;
        if !output.casts_to(conv.input) {
            return Err(format!("converter '{}' cannot be applied", call.name));
        }
        let mut args = CallArgs::new(&call.name, &call.args, draft, vocabulary);
        let built = (conv.build)(&mut args);
        let convert = match (built, excess(&args, call)) {
            (Ok(convert), None) => convert,
            (Err(said), _) if !args.malformed => {
                return Err(format!("invalid args in converter '{}' : {said}", call.name));
            }
            (Ok(_), Some(said)) => {
                let at = args.taken() + 1;
                return Err(format!("invalid arg {at} in converter '{}' : {said}", call.name));
            }
            (Err(said), _) => {
                let at = args.taken().max(1);
                return Err(format!("invalid arg {at} in converter '{}' : {said}", call.name));
            }
        };
        if conv.page.is_empty() {
            draft.noted.not_yet(&call.name);
        }
        references.extend(late(&args));
        needs |= args.needs;
        steps.push(Step { input: conv.input, convert });
        if conv.out != Type::Same {
            output = conv.out;
        }
    }
    let source = String::from_utf8_lossy(source);
    Ok((Expr::new(fetch, steps, output, needs, &source), references))
}

fn late(args: &CallArgs<'_>) -> Vec<Reference> {
    let reference = |(kind, name): &(_, String)| Reference {
        kind: *kind,
        name: name.clone(),
        message: format!("unable to find backend '{name}' referenced in arg 1 of sample fetch keyword '{}'", args.name),
        place: Place::default(),
    };
    // Names of proxies, servers, tables and userlists were noted when the expression was checked.
    let own =
        |kind: &ReferenceKind| !matches!(kind, ReferenceKind::Backend | ReferenceKind::Table | ReferenceKind::Userlist);
    args.references.iter().filter(|(kind, _)| own(kind)).map(reference).collect()
}

/// Compiles a condition: the words behind `if` or `unless`.
pub fn cond(words: &[Arg], vocabulary: &dyn Vocabulary, draft: &Draft) -> Result<(Cond, Vec<Reference>), Fault> {
    let tree = cond_grammar::parse(words).map_err(|error| Fault::at(error.span, error.to_string()))?;
    let mut references = Vec::new();
    let mut seen = Vec::new();
    let mut any = Vec::with_capacity(tree.any.len());
    for all in &tree.any {
        let mut literals = Vec::with_capacity(all.len());
        for literal in all {
            let acl = match &literal.term {
                cond_grammar::Term::Acl { name, span } => {
                    let acl = named_acl(name, vocabulary, draft).map_err(|text| Fault::at(*span, text))?;
                    let places = draft.noted.acls.borrow().get(&(draft.current, name.clone())).cloned();
                    seen.extend(places.map(|places| (name.clone(), places)));
                    acl
                }
                cond_grammar::Term::Anonymous { words, .. } => {
                    let (test, late) = acl_test(words, vocabulary, draft)?;
                    references.extend(late);
                    seen.extend(places_of(words, vocabulary, draft).map(|places| (String::new(), places)));
                    let acl = Acl::new("");
                    acl.add(test);
                    acl
                }
            };
            literals.push(Literal { negated: literal.negated, acl });
        }
        any.push(literals);
    }
    out_of_place(&seen, draft);
    Ok((Cond { any, negated: false }, references))
}

/// Warns of a condition that has no value where it stands.
fn out_of_place(seen: &[(String, AclPlaces)], draft: &Draft) {
    let here = draft.noted.context.get();
    let all = seen.iter().fold(u32::MAX, |bits, (_, places)| bits & places.all);
    if here.places == 0 || all & here.places != 0 {
        return;
    }
    let Some((name, places)) = seen.iter().find(|(_, places)| places.all & here.places == 0) else { return };
    let never = places.any & here.places == 0;
    let bit = here.places.trailing_zeros() as usize;
    let there = PLACE_NAMES.get(bit).copied().unwrap_or_default();
    let inside = if here.word.starts_with("tcp") { format!(" in '{}'", here.word) } else { String::new() };
    draft.noted.warn(if !never {
        let keywords = if inside.is_empty() { "keywords" } else { "keyword" };
        format!("acl '{name}' involves {keywords} '{}' which is incompatible with '{there}'", places.criterion)
    } else if name.is_empty() {
        format!(
            "anonymous acl will never match{inside} because it uses keyword '{}' which is incompatible with '{there}'",
            places.criterion
        )
    } else {
        format!(
            "acl '{name}' will never match{inside} because it only involves keywords that are incompatible with '{there}'"
        )
    });
}

/// Where the test of an `acl` line has a value.
pub fn places_of(words: &[Arg], vocabulary: &dyn Vocabulary, draft: &Draft) -> Option<AclPlaces> {
    let criterion = text_of(words.first()?);
    let end = criterion.find(['(', ',']).unwrap_or(criterion.len());
    let name = criterion.get(..end)?;
    let bits = vocabulary.acl_places(name)?;
    let _ = draft;
    Some(AclPlaces { any: bits, all: bits, criterion: name.to_owned(), raw: super::terms::is_raw(name) })
}

pub(super) fn named_acl(name: &str, vocabulary: &dyn Vocabulary, draft: &Draft) -> Result<Arc<Acl>, String> {
    if let Some(acl) = draft.proxy_ref().and_then(|proxy| proxy.acls.get(name)) {
        return Ok(acl.clone());
    }
    let Some(definition) = vocabulary.predefined_acl(name) else { return Err(format!("no such ACL : '{name}'")) };
    let words: Vec<Arg> = definition
        .iter()
        .map(|word| Arg { text: word.as_bytes().to_vec(), span: pointsman_parser::Span { start: 0, end: 0 } })
        .collect();
    let (test, _) = acl_test(&words, vocabulary, draft).map_err(|fault| fault.message)?;
    let acl = Acl::new(name);
    acl.add(test);
    Ok(acl)
}

/// Compiles the words of an `acl` line behind its name: criterion, flags, patterns.
pub fn acl_test(words: &[Arg], vocabulary: &dyn Vocabulary, draft: &Draft) -> Result<(AclTest, Vec<Reference>), Fault> {
    let Some(criterion) = words.first() else { return Err(Fault::new("missing fetch method in ACL expression ''")) };
    vocabulary.known_acl(words, draft).map_err(|text| Fault::at(criterion.span, text))?;
    let at_criterion = |text: String| Fault::at(criterion.span, text);
    // A keyword of ACLs is one word; any other expression goes on in the words that name
    // converters, and HAProxy takes those for patterns too.
    let opening = super::terms::opening(text_of(criterion));
    let criterion_text = match vocabulary.acl_keyword(opening) {
        Some(_) => criterion.text.clone(),
        None => super::terms::spread(words, |name| vocabulary.is_converter(name, draft)).0,
    };
    let tree = expr_grammar::parse(&criterion_text).map_err(|error| at_criterion(error.to_string()));
    let name = match &tree {
        Ok(tree) => tree.fetch.name.clone(),
        Err(_) => super::terms::opening(text_of(criterion)).to_owned(),
    };
    let (spec, implied) = match vocabulary.acl_keyword(&name) {
        Some((fetch, matcher)) => (fetch, Some(matcher)),
        None => match vocabulary.fetch(&name) {
            Some(fetch) => (fetch, None),
            None => {
                let text = text_of(criterion);
                return Err(at_criterion(format!("unknown fetch method '{name}' in ACL expression '{text}'")));
            }
        },
    };
    let tree = tree?;
    let text = &criterion_text;
    let (expr, references) =
        expr_from(spec, &tree, text, text, implied.is_some(), vocabulary, draft).map_err(at_criterion)?;
    let implied = implied.filter(|_| tree.converters.is_empty());
    let flags = flags(words.get(1..).unwrap_or_default(), vocabulary)?;
    if name == "http_auth_group" {
        let list = tree.fetch.args.first().map(|arg| String::from_utf8_lossy(&arg.text).into_owned());
        let groups = flags.patterns.iter().map(|group| String::from_utf8_lossy(group).into_owned()).collect();
        let (section, place) = (draft.current, draft.noted.place.get());
        let test = GroupTest { section, acl: String::new(), list: list.unwrap_or_default(), groups, place };
        draft.noted.groups.borrow_mut().push(test);
    }
    let matcher = flags.matcher.or(implied).or_else(|| default_matcher(expr.output, vocabulary));
    let Some(matcher) = matcher else {
        return Err(at_criterion(format!(
            "matching method must be specified first (using '-m') when using a sample fetch of this type ('{name}')"
        )));
    };
    let list = if matches!(matcher.name, "int" | "len") {
        with_operators(&flags.patterns).map_err(at_criterion)?
    } else {
        flags.patterns.iter().map(|pattern| pattern.to_vec()).collect()
    };
    if matcher.page.is_empty() {
        draft.noted.not_yet(format!("-m {}", matcher.name));
    }
    // Methods are compared as they are.
    let ignore_case = flags.ignore_case && expr.output != Type::Method;
    let borrowed = list.iter().map(Vec::as_slice).collect();
    let now = Patterns { list: borrowed, ignore_case, no_resolution: flags.no_resolution };
    let built = (matcher.build)(&now).map_err(at_criterion)?;
    let patterns = match flags.files.is_empty() {
        true => built,
        false => Box::new(super::call::late_patterns(matcher, list, flags.files, flags.columns, ignore_case, draft)),
    };
    Ok((AclTest { expr, patterns }, references))
}

struct AclFlags<'a> {
    matcher: Option<&'static Matcher>,
    ignore_case: bool,
    no_resolution: bool,
    files: Vec<String>,
    columns: Columns,
    patterns: Vec<&'a [u8]>,
}

fn flags<'a>(words: &'a [Arg], vocabulary: &dyn Vocabulary) -> Result<AclFlags<'a>, Fault> {
    let mut found = AclFlags {
        matcher: None,
        ignore_case: false,
        no_resolution: false,
        files: Vec::new(),
        columns: Columns::One,
        patterns: Vec::new(),
    };
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match text_of(word) {
            "-i" => found.ignore_case = true,
            "-n" => found.no_resolution = true,
            "-M" => found.columns = Columns::Two,
            "-u" => {
                rest.next();
            }
            "-m" => {
                let name = rest.next().map_or("", text_of);
                found.matcher = vocabulary.matcher(name);
                if found.matcher.is_none() {
                    let message = format!("unknown matching method '{name}' when parsing ACL expression");
                    return Err(Fault::at(word.span, message));
                }
            }
            "-f" => found.files.push(rest.next().map_or("", text_of).to_owned()),
            "--" => {
                found.patterns.extend(rest.by_ref().map(|word| word.text.as_slice()));
            }
            text if text.starts_with('-') => {
                let message = format!(
                    "'{text}' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'"
                );
                return Err(Fault::at(word.span, message));
            }
            _ => {
                found.patterns.push(&word.text);
                found.patterns.extend(rest.by_ref().map(|word| word.text.as_slice()));
            }
        }
    }
    Ok(found)
}

/// Folds `eq`, `ge`, `gt`, `le` and `lt` before numbers into ranges.
fn with_operators(patterns: &[&[u8]]) -> Result<Vec<Vec<u8>>, String> {
    let mut operator: &[u8] = b"eq";
    let mut out = Vec::new();
    for &pattern in patterns {
        if matches!(pattern, b"eq" | b"ge" | b"gt" | b"le" | b"lt") {
            operator = pattern;
            continue;
        }
        let number = || {
            let text = String::from_utf8_lossy(pattern);
            text.parse::<i64>().map_err(|_| format!("'{text}' is not a number"))
        };
        out.push(match operator {
            b"ge" => format!("{}:", number()?).into_bytes(),
            b"gt" => format!("{}:", number()?.saturating_add(1)).into_bytes(),
            b"le" => format!(":{}", number()?).into_bytes(),
            b"lt" => format!(":{}", number()?.saturating_sub(1)).into_bytes(),
            _ => pattern.to_vec(),
        });
    }
    Ok(out)
}

fn default_matcher(output: Type, vocabulary: &dyn Vocabulary) -> Option<&'static Matcher> {
    let name = match output {
        Type::Bool => "bool",
        Type::Int => "int",
        Type::Addr | Type::Ip4 | Type::Ip6 => "ip",
        Type::Str | Type::Method => "str",
        Type::Bin | Type::Any | Type::Same => return None,
    };
    vocabulary.matcher(name)
}

/// Compiles a log-format.
pub fn format(text: &[u8], vocabulary: &dyn Vocabulary, draft: &Draft, escape: Escape) -> Compiled<Format> {
    let (items, errors) = format_grammar::parse(text);
    if let Some(error) = errors.first() {
        return Err(error.to_string());
    }
    let mut nodes = Vec::with_capacity(items.len());
    let mut references = Vec::new();
    let mut standing = Flags::default();
    let mut labels = Vec::new();
    let mut encoding = Encoding::Plain;
    for item in items {
        labels.push(label_of(&item));
        match item {
            format_grammar::Item::Text(bytes) => nodes.push(Node::Text(bytes.into())),
            format_grammar::Item::Alias { flags, name, .. } => {
                if name == "o" {
                    standing = apply(standing, &flags);
                    encoding = encoding_of(encoding, &flags);
                    labels.pop();
                    continue;
                }
                let Some(tag) = vocabulary.tag(&name) else {
                    return Err(format!(
                        "no such format alias '{name}'. If you wanted to emit the '%' character verbatim, you need to use '%%'"
                    ));
                };
                if tag.since != Since::BEFORE_2_2 {
                    draft.noted.date(DatedKind::Tag, tag.name);
                }
                if tag.page.is_empty() {
                    draft.noted.not_yet(format!("%{name}"));
                }
                nodes.push(Node::Tag(
                    Tag { name: tag.name, needs: tag.needs, write: tag.write },
                    apply(standing, &flags),
                ));
            }
            format_grammar::Item::Expr { flags, expr: tree, .. } => {
                let rest = text.get(tree.span.start as usize..).unwrap_or_default();
                let refusal = |error: String| {
                    format!("failed to parse sample expression <{}> : {error}", String::from_utf8_lossy(rest))
                };
                let source = source_of(&tree, text);
                let places = vocabulary.known_expr(&tree, text, draft).map_err(refusal)?;
                let (compiled, late) = match vocabulary.fetch(&tree.fetch.name) {
                    Some(spec) => expr_from(spec, &tree, source, text, false, vocabulary, draft),
                    None => Err(format!("unknown fetch method '{}'", tree.fetch.name)),
                }
                .map_err(refusal)?;
                available(&tree, places, draft)?;
                references.extend(late);
                nodes.push(Node::Expr(compiled, apply(standing, &flags)));
            }
        }
    }
    Ok((Format::new(nodes, escape, text).encoded(encoding, labels), references))
}

fn label_of(item: &format_grammar::Item) -> Label {
    match item {
        format_grammar::Item::Text(_) => Label::default(),
        format_grammar::Item::Alias { label, cast, .. } | format_grammar::Item::Expr { label, cast, .. } => {
            Label { name: label.as_deref().map(Into::into), cast: cast.as_deref().and_then(Cast::parse) }
        }
    }
}

fn encoding_of(before: Encoding, flags: &format_grammar::Flags) -> Encoding {
    match (flags.state("json"), flags.state("cbor"), flags.state("bin")) {
        (Some(true), _, _) => Encoding::Json,
        (_, Some(true), Some(true)) => Encoding::CborBytes,
        (_, Some(true), _) => Encoding::CborHex,
        (Some(false), _, _) | (_, Some(false), _) => Encoding::Plain,
        _ => before,
    }
}

/// Refuses what has no value where the format stands.
fn available(tree: &expr_grammar::Expr, places: Option<Places>, draft: &Draft) -> Result<(), String> {
    let here = draft.noted.context.get();
    match places {
        Some(places) if here.places != 0 && places.bits & here.places == 0 => Err(format!(
            "sample fetch <{}> may not be reliably used here because it needs '{}' which is not available here",
            tree.fetch.name, places.needs
        )),
        _ => Ok(()),
    }
}

/// HAProxy's names of the places, by bit.
pub const PLACE_NAMES: [&str; 22] = [
    "frontend tcp-request connection rule",
    "frontend tcp-request session rule",
    "frontend tcp-request content rule",
    "frontend http-request header rule",
    "frontend http-request body rule",
    "frontend use-backend rule",
    "backend tcp-request content rule",
    "backend http-request header rule",
    "backend http-request body rule",
    "backend use-server, balance or stick-match rule",
    "server source selection",
    "backend tcp-response content rule",
    "backend http-response header rule",
    "backend http-response body rule",
    "backend stick-store rule",
    "frontend tcp-response content rule",
    "frontend http-response header rule",
    "frontend http-response body rule",
    "logs",
    "backend tcp-check rule",
    "configuration parser",
    "CLI parser",
];

fn source_of<'a>(tree: &expr_grammar::Expr, text: &'a [u8]) -> &'a [u8] {
    text.get(tree.span.start as usize..tree.span.end as usize).unwrap_or_default()
}

fn apply(mut flags: Flags, said: &format_grammar::Flags) -> Flags {
    let pick = |said: Option<bool>, known: bool| said.unwrap_or(known);
    flags.quote = pick(said.state("Q"), flags.quote);
    flags.hex = pick(said.state("X"), flags.hex);
    flags.escape = pick(said.state("E"), flags.escape);
    flags
}
