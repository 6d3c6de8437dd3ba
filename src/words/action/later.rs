//! Actions that are known and not run yet: a file that uses one is refused, with the place.

use crate::spec;
use crate::spec::{Action, Fault, RuleSet, SetOf};

const EARLY: u32 = RuleSet::Connection.bit() | RuleSet::Session.bit() | RuleSet::Content.bit() | SetOf::REQUEST;

macro_rules! later {
    () => {
        |args, _, _| Err(Fault::unsupported(args.keyword().to_owned()))
    };
}

spec! {
    /// Not run yet.
    pub static LATER: [Action] = [
        /// Adds an entry to a list of patterns. Not run yet.
        { name: "add-acl", usage: "(<file>) <key>", sets: SetOf::BOTH, parse: later!() },
        /// Removes an entry from a list of patterns. Not run yet.
        { name: "del-acl", usage: "(<file>) <key>", sets: SetOf::HTTP, parse: later!() },
        /// Sets an entry of a map. Not run yet.
        { name: "set-map", usage: "(<map>) <key> <value>", sets: SetOf::HTTP, parse: later!() },
        /// Removes an entry of a map. Not run yet.
        { name: "del-map", usage: "(<map>) <key>", sets: SetOf::HTTP, parse: later!() },
        /// Answers from a cache. Not run yet.
        { name: "cache-use", usage: "<cache>", sets: SetOf::REQUEST, parse: later!() },
        /// Keeps the response in a cache. Not run yet.
        { name: "cache-store", usage: "<cache>", sets: RuleSet::Response.bit(), parse: later!() },
        /// Writes a log line now. Not run yet.
        { name: "do-log", usage: "[profile <profile>]", sets: SetOf::ANY, parse: later!() },
        /// Resolves a name. Not run yet.
        { name: "do-resolve", usage: "(<var>,<resolvers>[,{ipv4|ipv6}]) <expr>", sets: RuleSet::Content.bit() | SetOf::REQUEST, parse: later!() },
        /// Expects a PROXY line. Not run yet.
        { name: "expect-proxy", usage: "layer4", sets: RuleSet::Connection.bit(), parse: later!() },
        /// Expects a NetScaler header. Not run yet.
        { name: "expect-netscaler-cip", usage: "layer4", sets: RuleSet::Connection.bit(), parse: later!() },
        /// Sends messages to an agent. Not run yet.
        { name: "send-spoe-group", usage: "<engine> <group>", sets: SetOf::BOTH | RuleSet::Content.bit() | RuleSet::ResponseContent.bit(), parse: later!() },
        /// Sets a bandwidth limit. Not run yet.
        { name: "set-bandwidth-limit", usage: "<filter> [limit <size>] [period <time>]", sets: SetOf::BOTH | RuleSet::Content.bit() | RuleSet::ResponseContent.bit(), parse: later!() },
        /// Sets the priority class in queues. Not run yet.
        { name: "set-priority-class", usage: "<expr>", sets: RuleSet::Content.bit() | SetOf::REQUEST, parse: later!() },
        /// Sets the priority offset in queues. Not run yet.
        { name: "set-priority-offset", usage: "<expr>", sets: RuleSet::Content.bit() | SetOf::REQUEST, parse: later!() },
        /// Sets the number of retries. Not run yet.
        { name: "set-retries", usage: "<number>|<expr>", sets: RuleSet::Content.bit() | SetOf::REQUEST, parse: later!() },
        /// Sets a timeout. Not run yet.
        { name: "set-timeout", usage: "<name> <time>|<expr>", sets: SetOf::BOTH, parse: later!() },
        /// Becomes HTTP. Not run yet.
        { name: "switch-mode", usage: "http [proto <name>]", sets: RuleSet::Content.bit(), parse: later!() },
        /// Adds to a counter of a tracked entry. Not run yet.
        { name: "sc-add-gpc", usage: "(<idx>,<sc>) <int>|<expr>", sets: SetOf::ANY, parse: later!() },
        /// Increments a counter of a tracked entry. Not run yet.
        { name: "sc-inc-gpc", usage: "(<idx>,<sc>)", sets: SetOf::ANY, parse: later!() },
        /// Increments the first counter of a tracked entry. Not run yet.
        { name: "sc-inc-gpc0", usage: "(<sc>)", sets: SetOf::ANY, parse: later!() },
        /// Increments the second counter of a tracked entry. Not run yet.
        { name: "sc-inc-gpc1", usage: "(<sc>)", sets: SetOf::ANY, parse: later!() },
        /// Sets a tag of a tracked entry. Not run yet.
        { name: "sc-set-gpt", usage: "(<idx>,<sc>) <int>|<expr>", sets: SetOf::ANY, parse: later!() },
        /// Sets the first tag of a tracked entry. Not run yet.
        { name: "sc-set-gpt0", usage: "(<sc>) <int>|<expr>", sets: SetOf::ANY, parse: later!() },
        /// Counts what comes under a key in a table. Not run yet.
        { name: "track-sc0", usage: "<key> [table <table>]", sets: EARLY | RuleSet::Response.bit(), parse: later!() },
        /// The same in the second place. Not run yet.
        { name: "track-sc1", usage: "<key> [table <table>]", sets: EARLY | RuleSet::Response.bit(), parse: later!() },
        /// The same in the third place. Not run yet.
        { name: "track-sc2", usage: "<key> [table <table>]", sets: EARLY | RuleSet::Response.bit(), parse: later!() },
        /// Hands the exchange to a service. Not run yet.
        { name: "use-service", usage: "<service>", sets: RuleSet::Content.bit() | SetOf::REQUEST, parse: later!() },
    ];
}
