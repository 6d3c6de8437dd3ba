//! The kernel's way for a long body: from socket to socket through a pipe, without a look at it.

use std::io;
use std::task::{Context, Poll};

use super::{Fault, Framing, Pump, Waits};
use crate::base::limits::{BUFFER_BYTES, PIPE_BYTES, SPLICE_BYTES_MIN};
use crate::net::buffer::Buffer;
use crate::net::pipes;
use crate::net::stream::Stream;
use crate::proto::h1::Body;

impl Pump {
    /// Whether the kernel may move what comes next by itself, or has some of it in its hands.
    pub(super) fn may_splice(&self, input: &Buffer, from: &Stream, to: &Stream) -> bool {
        if self.is_piped() {
            return true;
        }
        let long = match self.body {
            Body::Length(left) => left >= SPLICE_BYTES_MIN,
            Body::UntilClose => true,
            Body::Done | Body::Chunked(_) => false,
        };
        let plain = self.framing == Framing::Plain && input.is_empty() && !self.discards;
        self.bulk && long && plain && from.can_splice() && to.can_splice()
    }

    /// Whether bytes are under way in a pipe.
    pub(super) fn is_piped(&self) -> bool {
        self.pipe.as_ref().is_some_and(|pipe| pipe.held() > 0)
    }

    /// Lets the kernel move bytes as long as many come at once; none when it is over, or not worth its while.
    #[inline(never)] // Short bodies, which are many, do not come here.
    pub(super) fn splice(
        &mut self,
        cx: &mut Context<'_>,
        from: &mut Stream,
        to: &mut Stream,
    ) -> Result<Option<Waits>, Fault> {
        if self.pipe.is_none() {
            self.pipe = pipes::take();
        }
        while let Some(pipe) = self.pipe.as_mut().and_then(pipes::Lent::pipe) {
            if pipe.held() > 0 {
                match to.poll_splice_to(cx, pipe) {
                    Poll::Pending => return Ok(Some(Waits::Write)),
                    Poll::Ready(Ok(0)) => return Err(Fault::WriteFailed(io::ErrorKind::WriteZero.into())),
                    Poll::Ready(Ok(_)) => self.moved = true,
                    Poll::Ready(Err(error)) => return Err(Fault::WriteFailed(error)),
                }
                continue;
            }
            if self.finished || !self.bulk {
                break;
            }
            let most = match self.body {
                Body::Length(left) => usize::try_from(left).map_or(PIPE_BYTES, |left| left.min(PIPE_BYTES)),
                _ => PIPE_BYTES,
            };
            match from.poll_splice_from(cx, pipe, most) {
                Poll::Pending => {
                    // Who waits for bytes needs no pipe.
                    self.pipe = None;
                    return Ok(Some(Waits::Read));
                }
                Poll::Ready(Ok(0)) => {
                    self.source_ended()?;
                    break;
                }
                Poll::Ready(Ok(count)) => self.took(count),
                Poll::Ready(Err(error)) => return Err(Fault::ReadFailed(error)),
            }
        }
        self.pipe = None;
        Ok(None)
    }

    /// Counts bytes that went into the pipe. Few of them are moved at less cost by copying, and so is what follows.
    fn took(&mut self, count: usize) {
        self.moved = true;
        self.counted += count as u64;
        self.bulk = count >= BUFFER_BYTES;
        if let Body::Length(left) = &mut self.body {
            *left = left.saturating_sub(count as u64);
            if *left == 0 {
                self.body = Body::Done;
                self.finished = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    async fn pair() -> (Stream, Stream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (near.into(), listener.accept().await.unwrap().0.into())
    }

    /// Bytes that come in pieces of many sizes, to a reader that takes its time: `(counted, pipes that were made)`.
    async fn carried(body: Body, most_pipes: usize) -> (u64, usize) {
        pipes::allow(most_pipes);
        let ((mut source, mut from), (mut to, mut sink)) = (pair().await, pair().await);
        let sent: Vec<u8> = (0..3_000_000u32).map(|at| (at % 251) as u8).collect();
        let mut pump = Pump::new(body, Framing::Plain, b"head".to_vec());
        let mut input = Buffer::default();
        let write = async {
            let mut rest = &sent[..];
            for size in [1, 20_000, 70_000, 300, 900_000, 5, 16_384, 65_536, 1_000_000].into_iter().cycle() {
                let (piece, others) = rest.split_at(size.min(rest.len()));
                source.write_all(piece).await.unwrap();
                if size < 1_000 {
                    tokio::time::sleep(std::time::Duration::from_millis(3)).await;
                }
                rest = others;
                if rest.is_empty() {
                    break;
                }
            }
            source.shutdown().await.unwrap();
        };
        let pumped = async {
            poll_fn(|cx| {
                let state = pump.poll(cx, &mut from, &mut input, &mut to);
                match state.unwrap() {
                    Some(_) => Poll::Pending,
                    None => Poll::Ready(()),
                }
            })
            .await;
            to.shutdown().await.unwrap();
        };
        let read = async {
            let (mut got, mut buf) = (Vec::new(), vec![0; 50_000]);
            loop {
                match sink.read(&mut buf).await.unwrap() {
                    0 => return got,
                    count => got.extend_from_slice(&buf[..count]),
                }
                if got.len() < 1_000_000 {
                    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                }
            }
        };
        let (_, _, got) = tokio::join!(write, pumped, read);
        assert!(got.starts_with(b"head") && got[4..] == sent, "{} bytes", got.len());
        assert!(pump.is_done() && input.is_empty());
        (pump.counted, pipes::idle())
    }

    #[tokio::test]
    async fn all_bytes_pass_in_order_whichever_way_they_take() {
        assert_eq!(carried(Body::Length(3_000_000), 0).await, (3_000_000, 0));
        assert_eq!(carried(Body::Length(3_000_000), 1).await, (3_000_000, 1));
    }

    #[tokio::test]
    async fn a_tunnel_too() {
        assert_eq!(carried(Body::UntilClose, 1).await, (3_000_000, 1));
    }

    #[tokio::test]
    async fn what_nobody_wants_is_let_go_of() {
        pipes::allow(1);
        let ((mut source, mut from), (mut to, _sink)) = (pair().await, pair().await);
        let mut pump = Pump::new(Body::UntilClose, Framing::Plain, Vec::new());
        pump.bulk = true;
        let mut input = Buffer::default();
        let whole = vec![b'x'; 16 << 20];
        tokio::select! {
            _ = source.write_all(&whole) => panic!("nobody reads"),
            () = poll_fn(|cx| {
                let _ = pump.poll(cx, &mut from, &mut input, &mut to).unwrap();
                if pump.is_piped() && pipes::take().is_none() { Poll::Ready(()) } else { Poll::Pending }
            }) => {}
        }
        pump.discards = true;
        poll_fn(|cx| {
            let _ = pump.poll(cx, &mut from, &mut input, &mut to).unwrap();
            Poll::Ready(())
        })
        .await;
        assert!(!pump.is_piped());
        assert!(pipes::take().is_some());
    }
}
