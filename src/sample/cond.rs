//! Compiled conditions: alternatives of conjunctions of named or anonymous ACLs.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::cx::Cx;
use super::expr::Expr;
use super::pattern::Match;

/// One `acl` line: an expression and the patterns it is compared with.
pub struct AclTest {
    /// What is looked at.
    pub expr: Expr,
    /// What it is compared with.
    pub patterns: Box<dyn Match>,
}

/// What a condition says when the bytes it looks at may still be on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It does not hold.
    No,
    /// It cannot be told before more has come.
    Unknown,
    /// It holds.
    Yes,
}

impl Answer {
    fn of(holds: bool) -> Answer {
        if holds { Answer::Yes } else { Answer::No }
    }

    fn negated_if(self, negated: bool) -> Answer {
        match (self, negated) {
            (Answer::Yes, true) => Answer::No,
            (Answer::No, true) => Answer::Yes,
            (answer, _) => answer,
        }
    }
}

impl AclTest {
    #[inline]
    fn holds(&self, cx: &Cx<'_>) -> bool {
        let mut seen = false;
        let found = self.expr.any(cx, &mut |value| {
            seen = true;
            self.patterns.matches(value)
        });
        found || (!seen && self.patterns.on_missing())
    }

    fn ask(&self, cx: &Cx<'_>) -> Answer {
        cx.txn.payload.forget_misses();
        match self.holds(cx) {
            true => Answer::Yes,
            false if cx.txn.payload.missed() => Answer::Unknown,
            false => Answer::No,
        }
    }
}

/// A named ACL: all its lines, any of which may hold. Lines may be added until it is frozen.
pub struct Acl {
    /// Its name; empty for an anonymous one.
    pub name: String,
    pending: Mutex<Vec<AclTest>>,
    tests: OnceLock<Box<[AclTest]>>,
    needs: std::sync::atomic::AtomicU32,
}

impl std::fmt::Debug for Acl {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "acl {}", self.name)
    }
}

impl Acl {
    /// An ACL without a line yet: it never holds.
    pub fn new(name: &str) -> Arc<Acl> {
        let needs = std::sync::atomic::AtomicU32::new(0);
        Arc::new(Acl { name: name.to_owned(), pending: Mutex::default(), tests: OnceLock::new(), needs })
    }

    /// Adds a line.
    pub fn add(&self, test: AclTest) {
        self.needs.fetch_or(test.expr.needs, std::sync::atomic::Ordering::Relaxed);
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).push(test);
    }

    /// What must be there for it: a set of [`crate::spec::Needs`] bits.
    pub fn needs(&self) -> u32 {
        self.needs.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Whether one of its lines holds.
    #[inline]
    pub fn holds(&self, cx: &Cx<'_>) -> bool {
        self.tests().iter().any(|test| test.holds(cx))
    }

    /// The same, where the bytes it looks at may still be on their way.
    pub fn ask(&self, cx: &Cx<'_>) -> Answer {
        let mut answer = Answer::No;
        for test in self.tests() {
            answer = answer.max(test.ask(cx));
            if answer == Answer::Yes {
                break;
            }
        }
        answer
    }

    /// Its lines; no line can be added after the first call.
    #[inline]
    fn tests(&self) -> &[AclTest] {
        self.tests.get_or_init(|| {
            std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner)).into_boxed_slice()
        })
    }
}

/// An ACL or its negation.
#[derive(Clone, Debug)]
pub struct Literal {
    /// Written with `!`.
    pub negated: bool,
    /// The ACL.
    pub acl: Arc<Acl>,
}

/// A condition behind `if` or `unless`.
#[derive(Clone, Debug, Default)]
pub struct Cond {
    /// Alternatives, each a list of literals that must all hold.
    pub any: Vec<Vec<Literal>>,
    /// Written with `unless`.
    pub negated: bool,
}

impl Cond {
    /// Whether it holds.
    #[inline]
    pub fn holds(&self, cx: &Cx<'_>) -> bool {
        let any = self.any.iter().any(|all| all.iter().all(|literal| literal.acl.holds(cx) != literal.negated));
        any != self.negated
    }

    /// The same, where the bytes it looks at may still be on their way: `Unknown` asks the caller to wait for more and
    /// to ask again. Only a transaction whose payload is open gives that answer.
    pub fn ask(&self, cx: &Cx<'_>) -> Answer {
        if !cx.txn.payload.is_open() {
            return Answer::of(self.holds(cx));
        }
        let mut any = Answer::No;
        for all in &self.any {
            let mut each = Answer::Yes;
            for literal in all {
                each = each.min(literal.acl.ask(cx).negated_if(literal.negated));
                if each == Answer::No {
                    break;
                }
            }
            any = any.max(each);
            if any == Answer::Yes {
                break;
            }
        }
        any.negated_if(self.negated)
    }

    /// What must be there for it.
    pub fn needs(&self) -> u32 {
        self.any.iter().flatten().fold(0, |needs, literal| needs | literal.acl.needs())
    }
}
