//! A client that asks at a fixed rate, whatever the answers do, and prints the latencies. It speaks just enough HTTP.
//!
//! Latency counts from the moment a request was due, so that a stall is charged to every request it held up.
//! Usage: steady ADDRESS PATH REQUESTS-PER-SECOND SECONDS CONNECTIONS

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let [_, address, path, rate, seconds, connections] = args.as_slice() else {
        eprintln!("usage: steady ADDRESS PATH REQUESTS-PER-SECOND SECONDS CONNECTIONS");
        std::process::exit(2);
    };
    let number = |text: &str| text.parse::<u64>().expect("a number");
    let (rate, seconds, connections) = (number(rate), number(seconds), number(connections));
    let total = rate * seconds;
    let start = Instant::now() + Duration::from_millis(200);
    let mut latencies: Vec<u64> = Vec::new();
    let mut failed = 0;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|first| scope.spawn(move || ask(address, path, rate, start, (first..total).step_by(connections as usize))))
            .collect();
        for thread in threads {
            let (mut some, bad) = thread.join().expect("a thread that ends");
            latencies.append(&mut some);
            failed += bad;
        }
    });
    latencies.sort_unstable();
    let at = |per_mille: usize| latencies.get((latencies.len() * per_mille / 1000).min(latencies.len().saturating_sub(1)));
    let micros = |per_mille| at(per_mille).copied().unwrap_or(0);
    println!("{} {} {} {} {}", latencies.len(), failed, micros(500), micros(990), micros(999));
}

/// Asks at its turns on one connection: the latencies in microseconds, and how many requests failed.
fn ask(address: &str, path: &str, rate: u64, start: Instant, turns: impl Iterator<Item = u64>) -> (Vec<u64>, u64) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut latencies = Vec::new();
    let mut failed = 0;
    let mut stream: Option<TcpStream> = None;
    for turn in turns {
        let due = start + Duration::from_nanos(turn * 1_000_000_000 / rate);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let asked = match stream.take() {
            Some(stream) => Ok(stream),
            None => TcpStream::connect(address).inspect(|stream| drop(stream.set_nodelay(true))),
        };
        match asked.and_then(|mut open| exchange(&mut open, &request).map(|()| open)) {
            Ok(open) => {
                latencies.push(due.elapsed().as_micros() as u64);
                stream = Some(open);
            }
            Err(_) => failed += 1,
        }
    }
    (latencies, failed)
}

/// One request and its answer, which has to say its length.
fn exchange(stream: &mut TcpStream, request: &str) -> std::io::Result<()> {
    stream.write_all(request.as_bytes())?;
    let mut data = Vec::with_capacity(32_768);
    let mut piece = [0; 32_768];
    loop {
        let count = stream.read(&mut piece)?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        data.extend_from_slice(&piece[..count]);
        let Some(end) = data.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&data[..end]).to_ascii_lowercase();
        if !head.starts_with("http/1.1 200") {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        if data.len() >= end + 4 + length.ok_or(std::io::ErrorKind::InvalidData)? {
            return Ok(());
        }
    }
}
