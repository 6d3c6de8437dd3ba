//! The rule language against HAProxy's own answers, which the files in `tests/answers` hold.
//!
//! A line is a case and what HAProxy answered: `expression => value`, `? condition => yes`, `! rules => the request
//! after them`, `% format => text`, `> rules => the whole response`. `NONE` is no value, `ERROR` a refusal with its sentence. A block from `@request` to
//! `@end` is the request for the cases behind it. A case behind `~` differs on purpose; the line above it says why.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;

use pointsman::base::diag::Severity;
use pointsman::base::ids::{ProxyId, ServerId};
use pointsman::config::machine::MACHINE;
use pointsman::config::{gather, lower};
use pointsman::live::{self, Live};
use pointsman::model::draft::{Draft, User};
use pointsman::model::world::World;
use pointsman::proto::h1::head::Strictness;
use pointsman::proto::h1::{encode, parse_request};
use pointsman::sample::{Direction, RuleCx};
use pointsman::txn::{Reply, Session, Txn, Verdict};

const REQUEST: &str = "GET /Path/To/x.html?a=1&b=two%20words&c HTTP/1.1\nHost: Www.Example.COM:8080\n\
                       Cookie: SID=abc123; lang=fr; SID=second\nX-List: one, two,three\nX-List: four\nX-Ip: 10.1.2.3\n\
                       X-Num: 42\nAccept-Language: fr;q=0.8, en;q=0.9, de\nAuthorization: Basic dXNlcjpwYXNz\n\n";

const BEFORE: &str = "global\n  expose-experimental-directives\nuserlist ul\nbackend other\n  mode http\n  server s1 127.0.0.1:1\n  server s2 127.0.0.1:2 disabled\n\
    frontend fe\n  mode http\n  declare capture request len 20\n  bind :1\n\
    acl named path_beg /Path\n  http-request set-var(txn.str) str(hello)\n  http-request set-var(txn.int) int(42)\n\
    http-request set-var(txn.bin) str(00ff41),hex2i,htonl\n  http-request set-var(sess.s) str(x)\n";

#[test]
fn answers_are_those_of_haproxy() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    let only = std::env::var("ANSWERS").unwrap_or_default();
    let (mut wrong, mut cases) = (Vec::new(), 0);
    for file in files.iter().filter(|file| file.to_string_lossy().contains(&only)) {
        let text = std::fs::read_to_string(file).unwrap();
        let mut request = REQUEST.to_owned();
        let mut lines = text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            if line == "@request" {
                let block: Vec<&str> =
                    lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "@end").collect();
                request = block.join("\n");
                if !request.contains("\n\n") {
                    request.push('\n');
                }
                continue;
            }
            let Some((case, expected)) = line.split_once(" => ").filter(|_| !line.starts_with(['#', '~'])) else {
                continue;
            };
            cases += 1;
            let answer = ask(case, &request);
            let same = match expected.strip_prefix("ERROR ") {
                Some(sentence) => answer.strip_prefix("ERROR ").is_some_and(|ours| same_refusal(sentence, ours)),
                None => answer == expected,
            };
            if !same {
                let file = file.file_name().unwrap().to_string_lossy();
                wrong.push(format!("{file}:{}: {case}\n    HAProxy: {expected}\n    we:      {answer}", number + 1));
            }
        }
    }
    assert!(cases > 0, "no case found");
    assert!(wrong.is_empty(), "{} of {cases} answers differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether two refusals give the same reason: what stands before it says where, which is tested elsewhere.
fn same_refusal(expected: &str, ours: &str) -> bool {
    let reason = |text: &str| {
        let start =
            [" rule : ", " condition : "].iter().filter_map(|mark| text.find(mark).map(|at| at + mark.len())).min();
        let text = text.get(start.unwrap_or(0)..).unwrap_or_default().trim_start_matches([' ', ':']);
        text.replace(" in http-request expression in proxy 'fe'", "").trim_end_matches('.').to_owned()
    };
    let (expected, ours) = (reason(expected), reason(ours));
    !ours.is_empty() && (expected.contains(&ours) || ours.contains(&expected))
}

/// A word in double quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$"))
}

/// Our answer, in the words of the files.
fn ask(case: &str, request: &str) -> String {
    let none = "http-request return status 204";
    let rules = if let Some(condition) = case.strip_prefix("? ") {
        let rule = "http-request return status 200 content-type text/plain hdr found 1 string yes if";
        format!("  {rule} {condition}\n  {none}\n")
    } else if let Some(format) = case.strip_prefix("% ") {
        format!("  http-request return status 200 content-type text/plain hdr found 1 lf-string {format}\n")
    } else if let Some(rules) = case.strip_prefix("> ") {
        rules.split(";;").map(|rule| format!("  {} if {{ dst_port 21033 }}\n", rule.trim())).collect()
    } else if let Some(rules) = case.strip_prefix("! ") {
        let print = r#"http-request return status 200 content-type text/plain hdr found 1 lf-string "%[method] %[url] %[req.hdrs]""#;
        let only = "if { dst_port 21033 }";
        let guarded = |rule: &str| if rule.contains(" if {") { rule.to_owned() } else { format!("{rule} {only}") };
        let rules: Vec<String> = rules.split(";;").map(|rule| format!("  {}\n", guarded(rule.trim()))).collect();
        format!("{}  {print}\n", rules.concat())
    } else {
        let rule = "http-request return status 200 content-type text/plain hdr found 1 lf-string";
        format!("  {rule} {} if {{ {} -m found }}\n  {none}\n", quoted(&format!("%[{case}]")), quoted(case))
    };
    let text = format!("{BEFORE}{rules}");
    let variables: HashMap<String, Vec<u8>> =
        std::env::vars().map(|(name, value)| (name, value.into_bytes())).collect();
    let mut draft = lower::lower(&[("a.cfg".to_owned(), text.into_bytes())], &variables, World::default());
    // Lists and maps are read from this folder.
    draft.noted.world.read = MACHINE.read;
    if let Some(list) = draft.userlists.first_mut() {
        let (name, password) = ("user".to_owned(), Some("pass".to_owned()));
        list.users.push(User { name, password, clear: true, groups: Vec::new() });
        list.groups.push(("g1".to_owned(), vec!["user".to_owned()]));
    }
    gather::gather(&mut draft, false);
    if let Some(fatal) = draft.diagnostics.iter().find(|said| said.severity == Severity::Fatal) {
        return format!("ERROR {}", fatal.message);
    }
    if let Some(word) = draft.unsupported.first() {
        return format!("UNSUPPORTED {}", word.word);
    }
    run(&draft, request, case.starts_with("> "))
}

fn run(draft: &Draft, request: &str, whole: bool) -> String {
    let live = world();
    let address = |text: &str| text.parse::<SocketAddr>().ok();
    let mut sess = Session {
        frontend: ProxyId(1),
        src: address("127.0.0.1:40000"),
        dst: address("127.0.0.1:21033"),
        bind_name: "132".into(),
        bind_uid: 132,
        requests: 1,
        ..Session::default()
    };
    let mut txn = Txn::default();
    txn.reset(ProxyId(1), pointsman::base::clock::now());
    let (head, body) = request.split_once("\n\n").unwrap();
    let raw = format!("{}\r\n\r\n", head.replace('\n', "\r\n"));
    parse_request(raw.as_bytes(), &mut txn.request, Strictness::default()).unwrap().unwrap();
    txn.request_body.extend_from_slice(body.as_bytes());
    txn.keep_line();
    txn.request_captures.resize(1, None);
    for rule in &draft.proxies[1].rules.request {
        let mut cx = RuleCx { sess: &mut sess, txn: &mut txn, live: &live, direction: Direction::Request };
        if !rule.applies(&cx.cx()) {
            continue;
        }
        match rule.action.run(&mut cx) {
            Verdict::Continue | Verdict::Wait(_) => {}
            Verdict::Reply(reply) | Verdict::DenyWith(reply) if whole => return sent(&reply),
            Verdict::Deny(status) if whole => return sent(&Reply::own_page(status)),
            Verdict::Reply(reply) if reply.head.status == 204 => return "NONE".to_owned(),
            Verdict::Reply(reply) => return shown(&reply.body),
            verdict => return format!("{verdict:?}"),
        }
    }
    "no answer".to_owned()
}

/// A response as the client gets it.
fn sent(reply: &Reply) -> String {
    let mut out = Vec::new();
    encode::response(&reply.head, reply.closes.then_some(&b"close"[..]), &mut out);
    out.extend_from_slice(&reply.body);
    shown(&out)
}

/// A backend with two servers and a frontend.
fn world() -> Live {
    let mut backend = live::Proxy::default();
    backend.name = "other".to_owned();
    backend.is_backend = true;
    backend.servers = vec![ServerId(0), ServerId(1)];
    let mut frontend = live::Proxy::default();
    frontend.name = "fe".to_owned();
    frontend.uid = 2;
    (frontend.is_frontend, frontend.is_http) = (true, true);
    frontend.fe_connections = 1.into();
    let server = |name: &str, state: live::State| live::Server {
        name: name.to_owned(),
        initial_weight: 1,
        weight: 1.into(),
        state: (state as u8).into(),
        ..live::Server::default()
    };
    let servers = vec![server("s1", live::State::Up), server("s2", live::State::Maintenance)];
    let mut live = Live { proxies: vec![backend, frontend], servers, ..Live::default() };
    live.process.connections = 1.into();
    live
}

fn shown(bytes: &[u8]) -> String {
    let show = |byte: &u8| match byte {
        b'\\' => "\\x5c".to_owned(),
        b' '..=b'~' => char::from(*byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    };
    bytes.iter().map(show).collect()
}
