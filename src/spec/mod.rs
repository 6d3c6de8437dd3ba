//! What a word is: its name, where it may stand, its page, and how it is parsed. One static per word.

pub mod args;
pub mod call;
pub mod compile;
pub mod fault;
pub mod kinds;
pub mod lint;
pub mod since;
pub mod suggest;
pub mod terms;

pub use args::{Args, Form};
pub use call::CallArgs;
pub use compile::Vocabulary;
pub use fault::{Done, Fault};
pub use kinds::{
    Action, Balance, BindOption, Conv, Fetch, Keyword, LogTag, Matcher, Needs, RuleSet, ServerOption, SetOf,
};
pub use lint::{Findings, Level, Lint, View};
pub use since::{End, Release, Since};
pub use suggest::nearest;

/// Declares a family of words: each entry's doc comment is its reference page.
///
/// ```ignore
/// spec! {
///     /// What the family is.
///     pub static URI: [Fetch] = [
///         /// The path of the request.
///         { name: "path", out: Type::Str, needs: Needs::REQUEST, build: |_| plain(path) },
///     ];
/// }
/// ```
#[macro_export]
macro_rules! spec {
    ($(#[$meta:meta])* $visibility:vis static $list:ident: [$kind:ident] = [
        $( $(#[doc = $page:literal])+ { $($field:ident: $value:expr),+ $(,)? } ),* $(,)?
    ];) => {
        $(#[$meta])*
        #[allow(clippy::needless_update, reason = "some words say everything")]
        $visibility static $list: &[$kind] = &[
            $( $kind { page: concat!($($page, "\n"),+), $($field: $value,)+ ..$kind::BLANK } ),*
        ];
    };
}
