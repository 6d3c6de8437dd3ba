//! The agent that tells a server's state, and the state a server starts in.

use crate::model::draft::Draft;
use crate::model::server::{InitState, Server};
use crate::spec;
use crate::spec::{Args, Done, Fault, ServerOption, Since};

use super::place::delay;

spec! {
    /// Agents.
    pub static AGENT: [ServerOption] = [
        /// Asks an agent on the server for its state: `up`, `down`, `drain`, `ready`, `maint` or a weight.
        { name: "agent-check", usage: "", parse: |_, server, _| { enable(server, true); Ok(()) } },
        /// Undoes `agent-check`.
        { name: "no-agent-check", usage: "", parse: |_, server, _| { enable(server, false); Ok(()) } },
        /// Where the agent is: at the server's own address unless said otherwise.
        { name: "agent-addr", usage: "<address>", parse: address },
        /// How often it is asked: every `inter` unless said otherwise.
        { name: "agent-inter", usage: "<time>", parse: |args, server, _| { server.options.check.agent.inter = Some(delay(args, server)?); Ok(()) } },
        /// The agent's port.
        { name: "agent-port", usage: "<port>", parse: port },
        /// What the agent is sent first.
        { name: "agent-send", usage: "<text>", parse: |args, server, _| { server.options.check.agent.send = Some(args.need("'agent-send' expects a string as argument.")?.to_owned()); Ok(()) } },
        /// The state a checked server starts in: `up` unless said otherwise, one bad check from being down.
        { name: "init-state", since: Since::V3_1, usage: "none|fully-up|up|down|fully-down", parse: init_state },
    ];
}

fn enable(server: &mut Server, on: bool) {
    server.options.facts.agent = on;
    server.options.check.agent.enabled = on;
}

fn address(args: &mut Args<'_>, server: &mut Server, draft: &mut Draft) -> Done {
    let word = args.need("'agent-addr' expects an address as argument.")?;
    server.options.check.agent.addr = word.parse().ok();
    let known = server.options.check.agent.addr.is_some() || word.bytes().all(|byte| byte.is_ascii_digit());
    if known {
        return Ok(());
    }
    if (draft.noted.world.host)(word).is_none() {
        return Err(Fault::new(format!("parsing agent-addr failed. Check if '{word}' is correct address.")));
    }
    args.not_yet("server ... agent-addr with a host name");
    Ok(())
}

fn port(args: &mut Args<'_>, server: &mut Server, _: &mut Draft) -> Done {
    let word = args.need("'agent-port' expects a port number as argument.")?;
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let number: u32 = word.get(..digits).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    server.options.check.agent.port = number as u16;
    server.options.facts.agent_port = true;
    Ok(())
}

fn init_state(args: &mut Args<'_>, server: &mut Server, _: &mut Draft) -> Done {
    let expected = "'init-state' expects one of 'none', 'fully-up', 'up', 'down', or 'fully-down'";
    server.options.check.init_state = match args.next() {
        Some("none" | "up") => InitState::Up,
        Some("fully-up") => InitState::FullyUp,
        Some("down") => InitState::Down,
        Some("fully-down") => InitState::FullyDown,
        other => return Err(Fault::new(format!("{expected} but got '{}'", other.unwrap_or_default()))),
    };
    Ok(())
}
