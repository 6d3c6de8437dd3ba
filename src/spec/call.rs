//! The arguments of a fetch or converter while it is compiled.

use pointsman_parser::expr::CallArg;

use crate::base::ids::VarId;
use crate::model::draft::ReferenceKind;
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
}

impl<'a> CallArgs<'a> {
    /// A cursor before the first argument.
    pub fn new(name: &'a str, args: &'a [CallArg], proxy: &'a str) -> CallArgs<'a> {
        CallArgs { name, args, at: 0, references: Vec::new(), needs: 0, proxy }
    }

    /// How many arguments were written.
    pub fn count(&self) -> usize {
        self.args.len()
    }

    /// The next argument, if it was written and is not empty.
    pub fn maybe(&mut self) -> Option<&'a [u8]> {
        let arg = self.args.get(self.at)?;
        self.at += 1;
        (!arg.text.is_empty()).then_some(arg.text.as_slice())
    }

    /// The next argument.
    pub fn bytes(&mut self) -> Result<&'a [u8], String> {
        let at = self.at + 1;
        self.maybe().ok_or_else(|| format!("missing argument {at}"))
    }

    /// The next argument as text.
    pub fn text(&mut self) -> Result<&'a str, String> {
        std::str::from_utf8(self.bytes()?).map_err(|_| "invalid characters".to_owned())
    }

    /// The next argument as text, if it was written.
    pub fn maybe_text(&mut self) -> Option<&'a str> {
        self.maybe().and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// The next argument as a number.
    pub fn int(&mut self) -> Result<i64, String> {
        let text = self.text()?;
        text.parse().map_err(|_| format!("failed to parse '{text}' as a number"))
    }

    /// The next argument as a number, if it was written.
    pub fn maybe_int(&mut self) -> Result<Option<i64>, String> {
        match self.maybe_text() {
            None => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| format!("failed to parse '{text}' as a number")),
        }
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
        vars::intern(name).ok_or_else(|| format!("invalid variable name '{name}'"))
    }

    /// Refuses arguments that nobody asked for.
    pub fn finish(&self) -> Result<(), String> {
        let used =
            self.at.max(usize::from(self.args.len() == 1 && self.args.first().is_some_and(|a| a.text.is_empty())));
        if used < self.args.len() { Err(format!("end of arguments expected at position {}", used + 1)) } else { Ok(()) }
    }
}
