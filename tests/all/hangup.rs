//! SIGHUP to a program without a master: it says the state of its proxies and servers, and goes on.

use std::env;
use std::fs;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a program may take to listen, or to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a socket is silent once all was said.
const SILENCE: Duration = Duration::from_millis(500);

/// What a program sent to its log and wrote to its standard error, without date and process number.
fn said(program: &Path, name: &str) -> (Vec<String>, Vec<String>) {
    let log = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = format!(
        "global\n log 127.0.0.1:{} local0\ndefaults\n mode http\n log global\n timeout connect 1s\n timeout client 1s\n \
         timeout server 1s\nfrontend f\n bind 127.0.0.1:{port}\n default_backend b\nbackend b\n server s1 127.0.0.1:1\n \
         server s2 127.0.0.1:2 backup\n server s3 127.0.0.1:3 disabled\nbackend none\nbackend spare\n server s1 \
         127.0.0.1:1 disabled\n server s2 127.0.0.1:2 backup\nbackend gone\n server s1 127.0.0.1:1 disabled\nbackend \
         silent\n no log\n server s1 127.0.0.1:1 weight 0\n",
        log.local_addr().unwrap().port()
    );
    let file = env::temp_dir().join(format!("pointsman-hangup-{}-{name}.cfg", std::process::id()));
    fs::write(&file, text).unwrap();
    let child = Command::new(program).args(["-db", "-f"]).arg(&file).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < PATIENCE, "{} does not listen", program.display());
        sleep(Duration::from_millis(20));
    }
    // The connection that asked is over before the count, and the signals are listened to.
    sleep(SILENCE);
    let signal =
        |name: &str| assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
    signal("-HUP");
    log.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut lines = Vec::new();
    let mut buffer = [0; 2048];
    while let Ok(length) = log.recv(&mut buffer) {
        let line = String::from_utf8_lossy(&buffer[..length]).into_owned();
        if let Some((_, text)) = line.split_once("]: SIGHUP") {
            lines.push(format!("{}>{text}", line.split('>').next().unwrap()));
            log.set_read_timeout(Some(SILENCE)).unwrap();
        }
    }
    signal("-TERM");
    let output = child.wait_with_output().unwrap();
    let _ = fs::remove_file(&file);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let errors = errors.lines().filter_map(|line| line.split_once(") : SIGHUP").map(|(_, text)| text.to_owned()));
    // Proxies that HAProxy makes for itself.
    let own = |text: &String| !text.contains('<') || !text.contains("CLIENT>") && !text.contains("UPDATE>");
    // The connections that waited for the program count too.
    let mask = |text: String| text.split(" tot(FE").next().unwrap().to_owned();
    (lines.into_iter().filter(own).map(mask).collect(), errors.filter(own).map(mask).collect())
}

#[test]
fn states_are_said_at_sighup() {
    let (log, errors) = said(Path::new(env!("CARGO_BIN_EXE_pointsman")), "ours");
    let text = errors.join("\n");
    for expected in [
        " received, dumping servers states.",
        ": Proxy f has no servers. Conn: act(FE+BE): 0+0, 0 pend (0 unass),",
        ": Server b/s1 is UP. Conn: 0 act, 0 pend, 0 tot.",
        ": Server b/s3 is DOWN. Conn: 0 act, 0 pend, 0 tot.",
        ": Proxy b has 1 active servers and 1 backup servers available. Conn: act(FE+BE): 0+0, 0 pend (0 unass),",
        ": Proxy spare is running on backup servers ! Conn:",
        ": Proxy gone has no server available ! Conn:",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    // Two frontends and four backends are logged with a headline each, one backend is not.
    assert_eq!(log.len(), 5 + errors.len() - 3, "{log:#?}");
    let Some(haproxy) = env::var_os("HAPROXY") else {
        return println!("hangup: not compared, HAPROXY=path is not set");
    };
    let real = said(Path::new(&haproxy), "real");
    assert_eq!((log, errors), real);
}
