//! The conditions of `.if` and `.elif`: integers, predicates, `!`, `&&`, `||`, parentheses. No predicate is known here.

use crate::args::{self, Arguments, CallArg, Ending};
use crate::ast::Span;
use crate::error::{Error, ErrorKind};
use std::cell::RefCell;

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

/// Reads a condition; an error of its syntax comes before any of its predicates. See [`evaluate`].
pub fn condition(text: &[u8]) -> Result<Condition, Error> {
    let node = if text.is_empty() { Node::Empty } else { Reader::new(text).whole()? };
    Ok(Condition { text: text.into(), node })
}

/// What is known of predicates.
pub trait Vocabulary {
    /// How many arguments `name` takes; nothing if there is no such predicate.
    fn arity(&self, name: &str) -> Option<usize>;
    /// Whether `name(args)` holds, or HAProxy's sentence about what is wrong with it.
    fn holds(&mut self, name: &str, args: &[Vec<u8>]) -> Result<bool, String>;
}

/// Reads and evaluates a condition: its first error is exactly the one HAProxy tells, be it of syntax, of a name, or of
/// the number of arguments. [`Error::in_directive`] makes the message.
pub fn evaluate(text: &[u8], vocabulary: &mut dyn Vocabulary) -> Result<bool, Error> {
    let reader = Reader::new(text);
    let node = if text.is_empty() { Ok(Node::Empty) } else { reader.whole() };
    for seen in reader.seen.borrow().iter() {
        reader.check(seen, vocabulary.arity(&seen.name))?;
    }
    let condition = Condition { text: text.into(), node: node? };
    condition.eval(&mut |name, args| vocabulary.holds(name, args))
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
                predicates(name, &args).map_err(|sentence| self.refused(*span, sentence))
            }
        }
    }

    fn refused(&self, span: Span, sentence: String) -> Error {
        if sentence.is_empty() {
            let rest = self.text.get(span.start as usize..).unwrap_or_default();
            return Error::new(span, ErrorKind::Unparsable { text: rest.to_vec() });
        }
        // HAProxy points at the parenthesis that closes the arguments.
        let closed = self.text.get((span.end as usize).wrapping_sub(1)) == Some(&b')');
        let start = if closed { span.end - 1 } else { span.end };
        Error::new(Span { start, end: span.end }, ErrorKind::Predicate { sentence })
    }
}

/// What is open while a condition is read: the whole of it, or a parenthesis. A list rather than calls, so that depth
/// costs no stack.
#[derive(Default)]
struct Level {
    /// Where the term of the parenthesis begins, its `!` included.
    start: usize,
    negated: bool,
    /// The alternatives that are complete.
    any: Vec<Node>,
    /// The terms of the alternative being read.
    all: Vec<Node>,
    /// Where the first `||` stands, and the first `&&` of the alternative.
    first_or: Option<usize>,
    first_and: Option<usize>,
}

impl Level {
    fn end_alternative(&mut self) {
        let all = std::mem::take(&mut self.all);
        self.any.push(one_or(all, Node::And));
        self.first_and = None;
    }

    fn finish(mut self) -> Node {
        self.end_alternative();
        negate(self.negated, one_or(self.any, Node::Or))
    }
}

/// The beginning of a term.
enum Term {
    /// A node, and where it ends.
    Node(Node, usize),
    /// A parenthesis, and where its inside begins.
    Open(Level, usize),
}

/// What follows a term.
enum After {
    /// Another term of this level, and where it begins.
    Term(Level, usize),
    /// Nothing: the condition is complete.
    End(Node),
}

/// A predicate as it was met: even in a condition that cannot be read, HAProxy looks at those before the error.
struct Seen {
    name: String,
    /// Where its term begins.
    start: usize,
    /// Where its name ends.
    name_end: usize,
    arguments: Option<Arguments>,
}

struct Reader<'a> {
    text: &'a [u8],
    seen: RefCell<Vec<Seen>>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a [u8]) -> Reader<'a> {
        Reader { text, seen: RefCell::default() }
    }

    /// What HAProxy says of a predicate before it looks further, given how many arguments it takes.
    fn check(&self, seen: &Seen, arity: Option<usize>) -> Result<(), Error> {
        let refuse = |at: usize, kind| Err(Error::new(self.span(at), kind));
        let name = seen.name.clone();
        let Some(wanted) = arity else {
            return refuse(seen.start, self.unparsable(seen.start));
        };
        let (list, ending, end) = match &seen.arguments {
            Some(arguments) => (arguments.list.as_slice(), arguments.ending, arguments.end),
            None => (&[][..], Ending::Closed, seen.name_end),
        };
        let closed = seen.arguments.is_some() && ending == Ending::Closed;
        if let Some(last) = list.get(wanted.wrapping_sub(1)).filter(|_| list.len() > wanted) {
            let comma = last.span.end as usize;
            return refuse(comma, ErrorKind::PredicateExcess { name, rest: self.rest(comma) });
        }
        if ending == Ending::Backslash {
            return refuse(end - 1, backslash(name, list));
        }
        let got = list.len().max(1);
        if got < wanted {
            return refuse(end - usize::from(closed), ErrorKind::PredicateMissing { name, got, wanted });
        }
        if ending == Ending::Open { refuse(end, ErrorKind::PredicateUnclosed { name }) } else { Ok(()) }
    }

    fn whole(&self) -> Result<Node, Error> {
        let mut outer: Vec<Level> = Vec::new();
        let mut level = Level::default();
        let mut at = 0;
        loop {
            let (node, end) = match self.term(at, &level, &outer)? {
                Term::Node(node, end) => (node, end),
                Term::Open(inner, inside) => {
                    outer.push(std::mem::replace(&mut level, inner));
                    at = inside;
                    continue;
                }
            };
            level.all.push(node);
            match self.after(end, level, &mut outer)? {
                After::Term(next, from) => {
                    level = next;
                    at = from;
                }
                After::End(node) => return Ok(node),
            }
        }
    }

    /// What follows a term that ends at `end`: an operator, or as many closing parentheses as there are.
    fn after(&self, mut end: usize, mut level: Level, outer: &mut Vec<Level>) -> Result<After, Error> {
        loop {
            let at = self.skip(end);
            if self.follows(at, b"&&") {
                level.first_and.get_or_insert(at);
                return Ok(After::Term(level, self.skip(at + 2)));
            }
            if self.follows(at, b"||") {
                level.end_alternative();
                level.first_or.get_or_insert(at);
                return Ok(After::Term(level, self.skip(at + 2)));
            }
            let Some(enclosing) = outer.pop() else {
                return match self.text.get(at) {
                    None => Ok(After::End(level.finish())),
                    Some(found) => self.fail(at, ErrorKind::ConditionEnd { found: *found, text: self.text.to_vec() }),
                };
            };
            if !self.follows(at, b")") {
                return self.fail(level.start, ErrorKind::ParenthesisAfter { text: self.rest(level.start) });
            }
            let node = std::mem::replace(&mut level, enclosing).finish();
            level.all.push(node);
            end = at + 1;
        }
    }

    /// The term at `start`, inside `level`, itself inside `outer`.
    fn term(&self, start: usize, level: &Level, outer: &[Level]) -> Result<Term, Error> {
        let mut at = self.skip(start);
        if at == self.text.len() {
            return self.missing(level, outer);
        }
        let mut negated = false;
        while self.follows(at, b"!") {
            negated = !negated;
            at = self.skip(at + 1);
        }
        match self.text.get(at) {
            None => self.fail(start, self.unparsable(start)),
            Some(b'(') if outer.len() == DEPTH_MAX => {
                self.fail(at + 1, ErrorKind::UnparsableInner { text: self.rest(at + 1) })
            }
            Some(b'(') => Ok(Term::Open(Level { start, negated, ..Level::default() }, self.skip(at + 1))),
            Some(_) => {
                let (node, end) = match self.integer(at) {
                    Some(read) => read,
                    None => self.predicate(start, at)?,
                };
                Ok(Term::Node(negate(negated, node), end))
            }
        }
    }

    /// The text ends where a term should be: HAProxy points at the operator, or at the parenthesis around it.
    fn missing(&self, level: &Level, outer: &[Level]) -> Result<Term, Error> {
        match (level.first_and, level.first_or) {
            (Some(at), _) => self.fail(at, self.unparsable(at)),
            (None, _) if !outer.is_empty() => self.fail(level.start, self.unparsable(level.start)),
            (None, Some(at)) => self.fail(at, self.unparsable(0)),
            (None, None) => self.fail(0, ErrorKind::UnparsableInner { text: self.text.to_vec() }),
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
    fn predicate(&self, start: usize, at: usize) -> Result<(Node, usize), Error> {
        let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let end = at + self.text.iter().skip(at).take_while(is_name).count();
        let name = String::from_utf8_lossy(self.text.get(at..end).unwrap_or_default()).into_owned();
        let next = self.text.get(end).copied();
        if name.is_empty() || !matches!(next, None | Some(b' ' | b'(')) {
            return self.fail(start, self.unparsable(start));
        }
        let arguments = (next == Some(b'(')).then(|| args::read(self.text, end + 1));
        let seen = Seen { name: name.clone(), start, name_end: end, arguments: arguments.clone() };
        self.seen.borrow_mut().push(seen);
        let Some(Arguments { list, end, ending }) = arguments else {
            return Ok((Node::Predicate { name, args: Vec::new(), span: Span::new(start, end) }, end));
        };
        match ending {
            Ending::Closed => Ok((Node::Predicate { name, args: list, span: Span::new(start, end) }, end)),
            Ending::Open => self.fail(end, ErrorKind::PredicateUnclosed { name }),
            Ending::Backslash => self.fail(end - 1, backslash(name, &list)),
        }
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

    fn fail<T>(&self, at: usize, kind: ErrorKind) -> Result<T, Error> {
        Err(Error::new(self.span(at), kind))
    }
}

fn backslash(name: String, list: &[CallArg]) -> ErrorKind {
    let position = u32::try_from(list.len().max(1)).unwrap_or(u32::MAX);
    ErrorKind::PredicateBackslash {
        name,
        before: list.last().map(|arg| arg.text.clone()).unwrap_or_default(),
        position,
    }
}

fn negate(negated: bool, node: Node) -> Node {
    if negated { Node::Not(Box::new(node)) } else { node }
}

fn one_or(mut nodes: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Node {
    match nodes.len() {
        1 => nodes.pop().unwrap_or(Node::Empty),
        _ => many(nodes),
    }
}
