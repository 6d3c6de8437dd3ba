//! The conditions of `.if` and `.elif`: integers, predicates, `!`, `&&`, `||`, parentheses. No predicate is known here.

use crate::args::{self, CallArg, Ending};
use crate::ast::Span;
use crate::error::{Error, ErrorKind};

/// How deep parentheses may nest: HAProxy accepts 340.
pub const DEPTH_MAX: usize = 340;

/// A condition. The words of the line are joined with one space before it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    text: Box<[u8]>,
    /// What it says.
    pub node: Node,
}

/// A condition or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// The empty condition: false.
    Empty,
    /// `a || b`, at least two.
    Or(Vec<Node>),
    /// `a && b`, at least two.
    And(Vec<Node>),
    /// `!a`
    Not(Box<Node>),
    /// Zero is false, anything else true. Integers past 64 bits stick to the limit.
    Integer(i64),
    /// `name(args)`, or a name alone.
    Predicate {
        /// The name.
        name: String,
        /// The arguments; none for `()`.
        args: Vec<CallArg>,
        /// From the first `!` before it, as HAProxy quotes it, to its end.
        span: Span,
    },
}

/// Answers a predicate from its name and arguments, or says what is wrong with it.
pub type Predicates<'a> = dyn FnMut(&str, &[Vec<u8>]) -> Result<bool, String> + 'a;

/// Reads a condition.
pub fn condition(text: &[u8]) -> Result<Condition, Error> {
    let reader = Reader { text };
    let node = if text.is_empty() { Node::Empty } else { reader.whole()? };
    Ok(Condition { text: text.into(), node })
}

impl Condition {
    /// Whether it holds. `predicates` is asked for **every** predicate, in order, whatever the others said: so an unknown
    /// one is always an error. Its `Err` is HAProxy's sentence; an empty one means that there is no such predicate.
    pub fn eval(&self, predicates: &mut Predicates<'_>) -> Result<bool, Error> {
        self.truth(&self.node, predicates)
    }

    /// The text it was read from.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    fn truth(&self, node: &Node, predicates: &mut Predicates<'_>) -> Result<bool, Error> {
        match node {
            Node::Empty => Ok(false),
            Node::Integer(number) => Ok(*number != 0),
            Node::Not(inner) => Ok(!self.truth(inner, predicates)?),
            Node::And(nodes) => nodes.iter().try_fold(true, |all, node| Ok(self.truth(node, predicates)? && all)),
            Node::Or(nodes) => nodes.iter().try_fold(false, |any, node| Ok(self.truth(node, predicates)? || any)),
            Node::Predicate { name, args, span } => {
                let args: Vec<Vec<u8>> = args.iter().map(|arg| arg.text.clone()).collect();
                predicates(name, &args).map_err(|sentence| {
                    let rest = self.text.get(span.start as usize..).unwrap_or_default();
                    let kind = match sentence.is_empty() {
                        true => ErrorKind::Unparsable { text: rest.to_vec() },
                        false => ErrorKind::Predicate { sentence },
                    };
                    Error::new(*span, kind)
                })
            }
        }
    }
}

/// Why a part could not be read.
enum Failure {
    /// Its text is missing; whoever wanted it says so. `first_or` is where the first `||` of its chain stands.
    Missing {
        first_or: Option<usize>,
    },
    Error(Error),
}

/// A part that was read, and where it ends.
type Part = Result<(Node, usize), Failure>;

struct Reader<'a> {
    text: &'a [u8],
}

impl Reader<'_> {
    fn whole(&self) -> Result<Node, Error> {
        let (node, end) = self.or(0, 0).map_err(|failure| match failure {
            Failure::Error(error) => error,
            Failure::Missing { first_or: Some(at) } => Error::new(self.span(at), self.unparsable(0)),
            Failure::Missing { first_or: None } => {
                Error::new(self.span(0), ErrorKind::UnparsableInner { text: self.text.to_vec() })
            }
        })?;
        let end = self.skip(end);
        match self.text.get(end) {
            None => Ok(node),
            Some(found) => {
                Err(Error::new(self.span(end), ErrorKind::ConditionEnd { found: *found, text: self.text.to_vec() }))
            }
        }
    }

    fn or(&self, start: usize, depth: usize) -> Part {
        let (first, mut at) = self.and(start, depth)?;
        let mut nodes = vec![first];
        let mut first_or = None;
        while self.follows(self.skip(at), b"||") {
            let operator = self.skip(at);
            let from = *first_or.get_or_insert(operator);
            let (node, end) = match self.and(self.skip(operator + 2), depth) {
                Err(Failure::Missing { .. }) => return Err(Failure::Missing { first_or: Some(from) }),
                read => read?,
            };
            nodes.push(node);
            at = end;
        }
        Ok((one_or(nodes, Node::Or), at))
    }

    fn and(&self, start: usize, depth: usize) -> Part {
        let (first, mut at) = self.term(start, depth)?;
        let mut nodes = vec![first];
        let mut first_and = None;
        while self.follows(self.skip(at), b"&&") {
            let operator = self.skip(at);
            let from = *first_and.get_or_insert(operator);
            let (node, end) = match self.term(self.skip(operator + 2), depth) {
                Err(Failure::Missing { .. }) => return self.fail(from, self.unparsable(from)),
                read => read?,
            };
            nodes.push(node);
            at = end;
        }
        Ok((one_or(nodes, Node::And), at))
    }

    fn term(&self, start: usize, depth: usize) -> Part {
        let mut at = self.skip(start);
        if at == self.text.len() {
            return Err(Failure::Missing { first_or: None });
        }
        let mut negated = false;
        while self.follows(at, b"!") {
            negated = !negated;
            at = self.skip(at + 1);
        }
        let (node, end) = match self.text.get(at) {
            None => return self.fail(start, self.unparsable(start)),
            Some(b'(') => self.parentheses(start, at, depth)?,
            Some(_) => match self.integer(at) {
                Some(read) => read,
                None => self.predicate(start, at)?,
            },
        };
        Ok((if negated { Node::Not(Box::new(node)) } else { node }, end))
    }

    /// A condition in parentheses; `start` is that of the term, `open` that of the parenthesis.
    fn parentheses(&self, start: usize, open: usize, depth: usize) -> Part {
        if depth == DEPTH_MAX {
            let rest = self.rest(open + 1);
            return self.fail(open + 1, ErrorKind::UnparsableInner { text: rest });
        }
        let (node, end) = match self.or(open + 1, depth + 1) {
            Err(Failure::Missing { .. }) => return self.fail(start, self.unparsable(start)),
            read => read?,
        };
        let end = self.skip(end);
        match self.follows(end, b")") {
            true => Ok((node, end + 1)),
            false => self.fail(start, ErrorKind::ParenthesisAfter { text: self.rest(start) }),
        }
    }

    /// An integer as C reads one: blanks, a sign, `0x`, `0b` or a leading zero for another base.
    fn integer(&self, at: usize) -> Option<(Node, usize)> {
        let text = self.text.get(at..)?;
        let blanks = text.iter().take_while(|byte| matches!(byte, b'\t'..=b'\r' | b' ')).count();
        let sign = usize::from(matches!(text.get(blanks), Some(b'+' | b'-')));
        let negative = text.get(blanks) == Some(&b'-');
        let from = blanks + sign;
        let digit = |offset: usize, radix: u32| char::from(*text.get(offset)?).to_digit(radix);
        let marked = |marks: [u8; 2], radix| {
            digit(from, 10) == Some(0)
                && text.get(from + 1).is_some_and(|mark| marks.contains(mark))
                && digit(from + 2, radix).is_some()
        };
        let (radix, skip) = match digit(from, 10)? {
            0 if marked(*b"xX", 16) => (16, 2),
            0 if marked(*b"bB", 2) => (2, 2),
            0 => (8, 0),
            _ => (10, 0),
        };
        let mut end = from + skip;
        let mut number: i64 = 0;
        while let Some(digit) = digit(end, radix) {
            number = number.saturating_mul(i64::from(radix)).saturating_add(i64::from(digit));
            end += 1;
        }
        Some((Node::Integer(if negative { -number } else { number }), at + end))
    }

    /// A predicate at `at`, of a term that begins at `start`: a name, then arguments, a space or the end.
    fn predicate(&self, start: usize, at: usize) -> Part {
        let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let end = at + self.text.iter().skip(at).take_while(is_name).count();
        let name = String::from_utf8_lossy(self.text.get(at..end).unwrap_or_default()).into_owned();
        let next = self.text.get(end).copied();
        if name.is_empty() || !matches!(next, None | Some(b' ' | b'(')) {
            return self.fail(start, self.unparsable(start));
        }
        if next != Some(b'(') {
            return Ok((Node::Predicate { name, args: Vec::new(), span: Span::new(start, end) }, end));
        }
        let arguments = args::read(self.text, end + 1);
        let span = Span::new(start, arguments.end);
        let kind = match arguments.ending {
            Ending::Closed => return Ok((Node::Predicate { name, args: arguments.list, span }, arguments.end)),
            Ending::Open => ErrorKind::PredicateUnclosed { name },
            Ending::Backslash => {
                let position = u32::try_from(arguments.list.len()).unwrap_or(u32::MAX);
                let before = arguments.list.last().map(|arg| arg.text.clone()).unwrap_or_default();
                ErrorKind::PredicateBackslash { name, before, position }
            }
        };
        self.fail(arguments.end, kind)
    }

    fn skip(&self, at: usize) -> usize {
        at + self.text.iter().skip(at).take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    }

    fn follows(&self, at: usize, token: &[u8]) -> bool {
        self.text.get(at..).is_some_and(|rest| rest.starts_with(token))
    }

    fn rest(&self, at: usize) -> Vec<u8> {
        self.text.get(at..).unwrap_or_default().to_vec()
    }

    fn span(&self, at: usize) -> Span {
        Span::new(at, self.text.len())
    }

    fn unparsable(&self, at: usize) -> ErrorKind {
        ErrorKind::Unparsable { text: self.rest(at) }
    }

    fn fail(&self, at: usize, kind: ErrorKind) -> Part {
        Err(Failure::Error(Error::new(self.span(at), kind)))
    }
}

fn one_or(mut nodes: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Node {
    match nodes.len() {
        1 => nodes.pop().unwrap_or(Node::Empty),
        _ => many(nodes),
    }
}
