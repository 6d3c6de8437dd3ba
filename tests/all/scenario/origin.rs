//! Scripted origins: a listener and what it does with each connection, in order of arrival.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixListener;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

use super::file::Section;
use super::script::{self, Step};
use super::stage::Stage;
use super::talk::{Shared, Talk};
use super::tls;
use super::wire::{Sock, Wire};

pub(crate) struct Origin {
    pub(crate) section: Section,
    /// The scripts of `conn` blocks, in order; `each` is for every later connection.
    conns: Vec<Vec<Step>>,
    each: Option<Vec<Step>>,
    /// One transcript per connection.
    pub(crate) seen: Mutex<Vec<Shared>>,
}

enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Origin {
    pub(crate) fn new(section: &Section, lines: &[String]) -> Result<Origin, String> {
        let mut origin = Origin { section: section.clone(), conns: Vec::new(), each: None, seen: Mutex::default() };
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let mut blocks = lines.iter().enumerate().filter(|(_, line)| matches!(**line, "conn" | "each")).peekable();
        if blocks.peek().is_none() {
            origin.each = Some(script::parse(&lines)?);
        }
        while let Some((at, kind)) = blocks.next() {
            let end = blocks.peek().map_or(lines.len(), |(next, _)| *next);
            let body: Vec<&str> =
                lines[at + 1..end].iter().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
            let steps = script::parse(&body)?;
            if *kind == "conn" { origin.conns.push(steps) } else { origin.each = Some(steps) }
        }
        Ok(origin)
    }

    /// Listens at once, or on the cue `when=NAME`; stops listening on the cue `until=NAME`.
    pub(crate) fn start(self: &Arc<Self>, stage: &Arc<Stage>) -> io::Result<thread::JoinHandle<()>> {
        let late = self.section.value("when").map(String::from);
        let early = if late.is_none() { Some(self.listen(stage)?) } else { None };
        let (origin, stage) = (self.clone(), stage.clone());
        Ok(thread::spawn(move || {
            let listener = early.or_else(|| {
                stage
                    .cues
                    .wait(&late.unwrap_or_default(), Duration::from_secs(30))
                    .then(|| origin.listen(&stage).unwrap())
            });
            if let Some(listener) = listener {
                origin.accept_all(listener, &stage);
            }
        }))
    }

    fn listen(&self, stage: &Stage) -> io::Result<Listener> {
        if self.section.has("unix") {
            return Ok(Listener::Unix(UnixListener::bind(stage.address(&self.section.name))?).polled());
        }
        let host = self.section.value("host").unwrap_or("127.0.0.1");
        let address = std::net::SocketAddr::new(host.parse().unwrap(), stage.port(&self.section.name));
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        socket.listen(if self.section.has("deaf") { 0 } else { 128 })?;
        Ok(Listener::Tcp(socket.into()).polled())
    }

    fn accept_all(self: &Arc<Self>, listener: Listener, stage: &Arc<Stage>) {
        if self.section.has("deaf") {
            return self.stay_deaf(stage);
        }
        let mut threads = Vec::new();
        let until = self.section.value("until");
        while !stage.cues.over() && !until.is_some_and(|cue| stage.cues.given(cue)) {
            let Some(sock) = listener.accept() else { continue };
            stage.cues.stir();
            let seen = Shared::default();
            let index = {
                let mut all = self.seen.lock().unwrap();
                all.push(seen.clone());
                all.len() - 1
            };
            let (origin, stage) = (self.clone(), stage.clone());
            threads.push(thread::spawn(move || origin.serve(index, sock, seen, &stage)));
        }
        drop(listener);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }

    fn serve(&self, index: usize, sock: Sock, seen: Shared, stage: &Arc<Stage>) {
        let Some(steps) = self.conns.get(index).or(self.each.as_ref()) else {
            seen.lock().unwrap().note("not expected");
            return;
        };
        let secure = self.section.value("tls").is_some();
        let wire = if secure { tls::server(sock, &self.section, &stage.dir) } else { Wire::Plain(sock) };
        let mut talk = Talk::new(Some(wire), seen, stage.clone());
        talk.perform(steps, &|| {});
        talk.drain();
    }

    /// A full accept queue makes the kernel drop every further SYN: connections hang.
    fn stay_deaf(&self, stage: &Stage) {
        let address = stage.address(&self.section.name).parse().unwrap();
        let fillers: Vec<_> = (0..3).map(|_| TcpStream::connect_timeout(&address, Duration::from_millis(20))).collect();
        stage.cues.give(&format!("{} deaf", self.section.name));
        while !stage.cues.over() {
            thread::sleep(Duration::from_millis(20));
        }
        drop(fillers);
    }
}

impl Listener {
    /// Accept comes back from time to time, so that the thread notices the end of the run.
    fn polled(self) -> Listener {
        let limit = Some(Duration::from_millis(30));
        match &self {
            Listener::Tcp(tcp) => SockRef::from(tcp).set_read_timeout(limit).unwrap(),
            Listener::Unix(unix) => SockRef::from(unix).set_read_timeout(limit).unwrap(),
        }
        self
    }

    fn accept(&self) -> Option<Sock> {
        let sock = match self {
            Listener::Tcp(tcp) => Sock::Tcp(tcp.accept().ok()?.0),
            Listener::Unix(unix) => Sock::Unix(unix.accept().ok()?.0),
        };
        sock.prepared().ok()
    }
}
