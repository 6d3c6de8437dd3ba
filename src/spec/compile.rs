//! From the grammar's trees to compiled expressions, conditions and formats.

use std::sync::Arc;

use pointsman_parser::{Arg, cond as cond_grammar, expr as expr_grammar, format as format_grammar};

use super::args::text_of;
use super::call::CallArgs;
use super::fault::Fault;
use super::kinds::{Conv, Fetch, LogTag, Matcher, Patterns};
use crate::base::diag::Place;
use crate::model::draft::{Draft, Reference};
use crate::sample::expr::Step;
use crate::sample::format::{Escape, Flags, Node};
use crate::sample::{Acl, AclTest, Cond, Expr, Format, Literal, Tag, Type};

/// The words of the language, as far as compiling needs them. The registry implements it.
pub trait Vocabulary {
    /// The fetch of this name.
    fn fetch(&self, name: &str) -> Option<&'static Fetch>;
    /// The converter of this name.
    fn conv(&self, name: &str) -> Option<&'static Conv>;
    /// The match method of this name.
    fn matcher(&self, name: &str) -> Option<&'static Matcher>;
    /// The log tag of this name.
    fn tag(&self, name: &str) -> Option<&'static LogTag>;
    /// What an ACL keyword such as `path_beg` stands for: a fetch and a match method.
    fn acl_keyword(&self, name: &str) -> Option<(&'static Fetch, &'static Matcher)>;
    /// The definition of a predefined ACL such as `METH_GET`, as the words of an `acl` line.
    fn predefined_acl(&self, name: &str) -> Option<&'static [&'static str]>;
}

type Compiled<T> = Result<(T, Vec<Reference>), String>;

/// Compiles an expression that fills the whole text.
pub fn expr_in(text: &[u8], vocabulary: &dyn Vocabulary, draft: &Draft) -> Compiled<Expr> {
    let tree = expr_grammar::parse(text).map_err(|error| error.to_string())?;
    expr(&tree, text, vocabulary, draft)
}

/// Compiles an expression.
pub fn expr(tree: &expr_grammar::Expr, source: &[u8], vocabulary: &dyn Vocabulary, draft: &Draft) -> Compiled<Expr> {
    let Some(spec) = vocabulary.fetch(&tree.fetch.name) else {
        return Err(format!("unknown fetch method '{}'", tree.fetch.name));
    };
    expr_from(spec, tree, source, vocabulary, draft)
}

fn expr_from(
    spec: &'static Fetch,
    tree: &expr_grammar::Expr,
    source: &[u8],
    vocabulary: &dyn Vocabulary,
    draft: &Draft,
) -> Compiled<Expr> {
    let proxy = draft.proxy_ref().map_or("", |proxy| proxy.name.as_str());
    let mut args = CallArgs::new(&tree.fetch.name, &tree.fetch.args, proxy);
    let fetch = (spec.build)(&mut args).and_then(|fetch| args.finish().map(|()| fetch)).map_err(|text| {
        format!("failed to parse sample expression: invalid args in fetch method '{}' : {text}", tree.fetch.name)
    })?;
    let mut needs = spec.needs | args.needs;
    let mut references = late(&args);
    let mut steps = Vec::with_capacity(tree.converters.len());
    let mut output = spec.out;
    for call in &tree.converters {
        let conv = vocabulary.conv(&call.name).ok_or_else(|| format!("unknown converter '{}'", call.name))?;
        if !output.casts_to(conv.input) {
            return Err(format!("converter '{}' cannot be applied", call.name));
        }
        let mut args = CallArgs::new(&call.name, &call.args, proxy);
        let convert = (conv.build)(&mut args)
            .and_then(|convert| args.finish().map(|()| convert))
            .map_err(|text| format!("invalid args in converter '{}' : {text}", call.name))?;
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
    args.references.iter().map(reference).collect()
}

/// Compiles a condition: the words behind `if` or `unless`.
pub fn cond(words: &[Arg], vocabulary: &dyn Vocabulary, draft: &Draft) -> Result<(Cond, Vec<Reference>), Fault> {
    let tree = cond_grammar::parse(words).map_err(|error| Fault::at(error.span, error.to_string()))?;
    let mut references = Vec::new();
    let mut any = Vec::with_capacity(tree.any.len());
    for all in &tree.any {
        let mut literals = Vec::with_capacity(all.len());
        for literal in all {
            let acl = match &literal.term {
                cond_grammar::Term::Acl { name, span } => {
                    named_acl(name, vocabulary, draft).map_err(|text| Fault::at(*span, text))?
                }
                cond_grammar::Term::Anonymous { words, .. } => {
                    let (test, late) = acl_test(words, vocabulary, draft)?;
                    references.extend(late);
                    let acl = Acl::new("");
                    acl.add(test);
                    acl
                }
            };
            literals.push(Literal { negated: literal.negated, acl });
        }
        any.push(literals);
    }
    Ok((Cond { any, negated: false }, references))
}

fn named_acl(name: &str, vocabulary: &dyn Vocabulary, draft: &Draft) -> Result<Arc<Acl>, String> {
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
    let Some(criterion) = words.first() else { return Err(Fault::new("missing ACL keyword")) };
    let tree = expr_grammar::parse(&criterion.text).map_err(|error| Fault::at(criterion.span, error.to_string()))?;
    let name = tree.fetch.name.as_str();
    let (spec, implied) = match vocabulary.acl_keyword(name) {
        Some((fetch, matcher)) => (fetch, Some(matcher)),
        None => match vocabulary.fetch(name) {
            Some(fetch) => (fetch, None),
            None => {
                return Err(Fault::at(
                    criterion.span,
                    format!("unknown fetch method '{name}' in ACL expression '{name}'"),
                ));
            }
        },
    };
    let (expr, references) =
        expr_from(spec, &tree, &criterion.text, vocabulary, draft).map_err(|text| Fault::at(criterion.span, text))?;
    let implied = implied.filter(|_| tree.converters.is_empty());
    let flags = flags(words.get(1..).unwrap_or_default(), vocabulary)?;
    let matcher = flags.matcher.or(implied).or_else(|| default_matcher(expr.output, vocabulary));
    let Some(matcher) = matcher else {
        let message = format!("'{name}' requires a matching method to be specified via '-m'");
        return Err(Fault::at(criterion.span, message));
    };
    let operators;
    let list: Vec<&[u8]> = if matches!(matcher.name, "int" | "len") {
        operators = with_operators(&flags.patterns).map_err(|text| Fault::at(criterion.span, text))?;
        operators.iter().map(Vec::as_slice).collect()
    } else {
        flags.patterns.clone()
    };
    let patterns = Patterns { list, ignore_case: flags.ignore_case, no_resolution: flags.no_resolution };
    let built = (matcher.build)(&patterns).map_err(|text| Fault::at(criterion.span, text))?;
    Ok((AclTest { expr, patterns: built }, references))
}

struct AclFlags<'a> {
    matcher: Option<&'static Matcher>,
    ignore_case: bool,
    no_resolution: bool,
    patterns: Vec<&'a [u8]>,
}

fn flags<'a>(words: &'a [Arg], vocabulary: &dyn Vocabulary) -> Result<AclFlags<'a>, Fault> {
    let mut found = AclFlags { matcher: None, ignore_case: false, no_resolution: false, patterns: Vec::new() };
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match text_of(word) {
            "-i" => found.ignore_case = true,
            "-n" => found.no_resolution = true,
            "-M" => {}
            "-u" => {
                rest.next();
            }
            "-m" => {
                let Some(method) = rest.next() else { return Err(Fault::at(word.span, "missing argument for '-m'")) };
                let name = text_of(method);
                found.matcher = vocabulary.matcher(name);
                if found.matcher.is_none() {
                    return Err(Fault::at(method.span, format!("unknown matching method '{name}'")));
                }
            }
            "-f" => {
                let Some(file) = rest.next() else { return Err(Fault::at(word.span, "missing argument for '-f'")) };
                return Err(Fault::unsupported(format!("acl -f {}", text_of(file))).or_at(file.span));
            }
            "--" => {
                found.patterns.extend(rest.by_ref().map(|word| word.text.as_slice()));
            }
            text if text.starts_with('-') && text.len() == 2 && !text.as_bytes()[1].is_ascii_digit() => {
                let message = format!("'{text}' is not a known flag (use '--' to end flags)");
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
        Type::Str | Type::Method | Type::Any | Type::Same => "str",
        Type::Bin => return None,
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
    for item in items {
        match item {
            format_grammar::Item::Text(bytes) => nodes.push(Node::Text(bytes.into())),
            format_grammar::Item::Alias { flags, name, .. } => {
                if name == "o" {
                    standing = apply(standing, &flags);
                    continue;
                }
                let Some(tag) = vocabulary.tag(&name) else {
                    return Err(format!(
                        "no such format alias '{name}'. If you wanted to emit the '%' character verbatim, you need to use '%%'"
                    ));
                };
                nodes.push(Node::Tag(
                    Tag { name: tag.name, needs: tag.needs, write: tag.write },
                    apply(standing, &flags),
                ));
            }
            format_grammar::Item::Expr { flags, expr: tree, .. } => {
                let source = source_of(&tree, text);
                let (compiled, late) = expr(&tree, source, vocabulary, draft).map_err(|error| {
                    format!("failed to parse sample expression <{}]> : {error}", source.escape_ascii())
                })?;
                references.extend(late);
                nodes.push(Node::Expr(compiled, apply(standing, &flags)));
            }
        }
    }
    Ok((Format::new(nodes, escape, text), references))
}

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
