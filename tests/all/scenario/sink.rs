//! Syslog sinks: UDP or UNIX datagram sockets that keep every message. They parse nothing.

use std::io;
use std::net::UdpSocket;
use std::os::unix::net::UnixDatagram;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::stage::Stage;

#[derive(Clone)]
pub(crate) struct Sink {
    pub(crate) name: String,
    pub(crate) messages: Arc<Mutex<Vec<Vec<u8>>>>,
}

/// Fills the buffer with one message; nothing when none came for a while.
type Receive = Box<dyn FnMut(&mut [u8]) -> Option<usize> + Send>;

/// Opens the sink `${NAME}` and keeps listening until the run is over.
pub(crate) fn open(name: &str, unix: bool, stage: &Arc<Stage>) -> io::Result<(Sink, thread::JoinHandle<()>)> {
    let sink = Sink { name: name.into(), messages: Arc::default() };
    let limit = Some(Duration::from_millis(20));
    let address = stage.address(name);
    let mut receive: Receive = if unix {
        let socket = UnixDatagram::bind(address)?;
        socket.set_read_timeout(limit).unwrap();
        Box::new(move |buf| socket.recv(buf).ok())
    } else {
        let socket = UdpSocket::bind(address)?;
        socket.set_read_timeout(limit).unwrap();
        Box::new(move |buf| socket.recv(buf).ok())
    };
    let (kept, stage) = (sink.messages.clone(), stage.clone());
    let thread = thread::spawn(move || {
        let mut buf = vec![0; 65536];
        while !stage.cues.over() {
            if let Some(count) = receive(&mut buf) {
                stage.cues.stir();
                kept.lock().unwrap().push(buf[..count].to_vec());
            }
        }
    });
    Ok((sink, thread))
}
