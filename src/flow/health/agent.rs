//! `agent-check`: a program beside the server says in words how it is.

use std::net::SocketAddr;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::link::{Clock, Target};
use super::outcome::{Outcome, Status};
use super::verdict;
use crate::base::clock;
use crate::model::addr::Address;

/// Bytes of an agent's answer that are read.
const ANSWER_BYTES_MAX: usize = 1_024;

/// What an agent said.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// `ready`, `drain` or `maint`.
    pub admin: Option<Admin>,
    /// `up`, or `down`, `fail`, `stopped` with what follows.
    pub service: Option<(bool, String)>,
    /// Percent of the initial weight, or a weight.
    pub weight: Option<Weight>,
}

/// What an agent may order in the administrator's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admin {
    /// Back to service.
    Ready,
    /// Nothing new.
    Drain,
    /// Nothing at all.
    Maintenance,
}

/// A weight as an agent says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Of the initial one.
    Percent(u32),
    /// As it is.
    Fixed(u32),
}

/// Asks the agent of one server for ever.
pub async fn watch(target: Target, delay: Duration) {
    sleep(delay).await;
    let mut last = "";
    loop {
        let begun = Instant::now();
        let start = clock::now();
        let asked = ask(&target).await;
        clock::refresh();
        let took_ms = clock::now().since_ms(start);
        let (outcome, answer) = match asked {
            Err(outcome) => (outcome, None),
            Ok(text) => {
                let answer = parse(&text);
                (outcome_of(&answer), Some(answer))
            }
        };
        let outcome = Outcome { took_ms, ..outcome };
        let is_new = std::mem::replace(&mut last, outcome.status.words()) != last;
        verdict::apply_agent(&target.worker, target.server, &outcome, answer.as_ref(), is_new);
        sleep_until(begun + interval(&target)).await;
    }
}

fn interval(target: &Target) -> Duration {
    target.check().agent.inter.unwrap_or(target.check().inter)
}

/// The first line of the agent's answer.
async fn ask(target: &Target) -> Result<String, Outcome> {
    let agent = &target.check().agent;
    let timeouts = &target.backend().settings.timeouts;
    let mut clock = Clock::new(interval(target), timeouts.connect, timeouts.check);
    let server = target.worker.config.server(target.server).address.as_ref().and_then(Address::inet);
    let Some(ip) = agent.addr.or(server.map(|server| server.ip())) else { return Err(Outcome::of(Status::Socket)) };
    let mut link = target.open_plain(&Address::Inet(SocketAddr::new(ip, agent.port)), &mut clock).await?;
    let result = async {
        if let Some(text) = &agent.send {
            link.send(text.as_bytes(), &clock).await?;
        }
        while !link.input.contains(&b'\n') && !link.input.contains(&b'\r') && link.input.len() < ANSWER_BYTES_MAX {
            if !link.more(&clock).await? {
                break;
            }
        }
        Ok(())
    };
    let result = result.await;
    let line = link.input.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let line = String::from_utf8_lossy(line).into_owned();
    let empty = link.input.is_empty();
    link.close();
    match result {
        Err(broken) => Err(super::link::Broken::outcome(broken, Status::Layer7TimedOut, "")),
        Ok(()) if empty => Err(Outcome::new(Status::Layer7Invalid, 0, "TCPCHK got an empty response at step 2")),
        Ok(()) => Ok(line),
    }
}

/// What the words of a line mean; unknown ones mean nothing.
pub fn parse(line: &str) -> Answer {
    let mut answer = Answer::default();
    let (words, remark) = line.split_once('#').map_or((line, None), |(words, remark)| (words, Some(remark.trim())));
    let mut words = words.split([' ', '\t', ',']).filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        match word {
            "ready" => answer.admin = Some(Admin::Ready),
            "drain" => answer.admin = Some(Admin::Drain),
            "maint" => answer.admin = Some(Admin::Maintenance),
            "up" | "down" | "fail" | "stopped" => {
                let rest = if word == "up" { String::new() } else { words.by_ref().collect::<Vec<_>>().join(" ") };
                let said = remark.unwrap_or(&rest);
                let said = if said.is_empty() { String::new() } else { format!(" ({said})") };
                answer.service = Some((word == "up", format!("via agent : {word}{said}")));
            }
            other => answer.weight = weight(other.strip_prefix("weight:").unwrap_or(other)).or(answer.weight),
        }
    }
    answer
}

fn weight(word: &str) -> Option<Weight> {
    match word.strip_suffix('%') {
        Some(percent) => percent.parse().ok().map(Weight::Percent),
        None => word.parse().ok().map(Weight::Fixed),
    }
}

/// The result that the log tells. An agent that says nothing of the service says that it is there.
fn outcome_of(answer: &Answer) -> Outcome {
    match &answer.service {
        Some((true, words)) => Outcome::new(Status::Layer7Passed, 0, words.as_bytes()),
        Some((false, words)) => Outcome::new(Status::Layer7Wrong, 0, words.as_bytes()),
        None => Outcome::of(Status::Layer7Passed),
    }
}

/// Gives the server the weight its agent asks for.
pub fn reweigh(target: &crate::flow::worker::Worker, server: crate::base::ids::ServerId, weight: Weight) {
    let live = target.live.server(server);
    let weight = match weight {
        Weight::Percent(percent) => (u64::from(live.initial_weight) * u64::from(percent)).div_ceil(100) as u32,
        Weight::Fixed(weight) => weight,
    };
    if live.weight.load(Relaxed) != weight.min(256) {
        target.live.change_weight(server, weight, |all, backend| {
            if let Some(pick) = &target.config.proxy(live.proxy).pick {
                pick.refresh(all, backend);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_an_agent() {
        let service = |up, words: &str| Some((up, format!("via agent : {words}")));
        assert_eq!(parse("up").service, service(true, "up"));
        assert_eq!(parse("down # out of order").service, service(false, "down (out of order)"));
        assert_eq!(parse("stopped boo").service, service(false, "stopped (boo)"));
        let mixed = parse("ready,75% up maxconn:30");
        assert_eq!((mixed.admin, mixed.weight), (Some(Admin::Ready), Some(Weight::Percent(75))));
        assert_eq!(mixed.service, service(true, "up"));
        assert_eq!(parse("weight:12").weight, Some(Weight::Fixed(12)));
        assert_eq!(parse("garbage"), Answer::default());
    }
}
