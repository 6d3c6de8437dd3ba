//! One direction of a body: read, follow the framing, write. Written once for every pair of versions.

mod splice;

use std::cell::RefCell;
use std::io::{self, IoSlice};
use std::task::{Context, Poll};

use crate::base::limits::BUFFER_BYTES;
use crate::net::buffer::Buffer;
use crate::net::pipes;
use crate::net::stream::Stream;
use crate::proto::h1::{Bad, Body, encode};

/// Payload up to this size is copied behind what waits to be written, so that one piece goes out.
const COPY_BYTES_MAX: usize = 2_048;

/// Bytes that may wait to be written before more is read.
const PENDING_BYTES_MAX: usize = 65_536;

/// Memory of encoded heads that a worker keeps for reuse: so many pieces, none larger than this.
const SPARES_MAX: usize = 256;
const SPARE_BYTES_MAX: usize = 4_096;

/// What a piece begins with: most heads fit.
const SPARE_BYTES: usize = 1_024;

thread_local! {
    static SPARES: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// How the body is framed on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// As it is.
    Plain,
    /// In chunks.
    Chunked,
}

/// Why a direction stopped before its end.
#[derive(Debug)]
pub enum Fault {
    /// The side it comes from closed too early.
    ReadClosed,
    /// The side it comes from failed.
    ReadFailed(io::Error),
    /// The side it goes to failed.
    WriteFailed(io::Error),
    /// The framing is broken.
    Bad(Bad),
}

/// What the direction waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// Bytes from the source.
    Read,
    /// Room at the destination.
    Write,
}

/// One direction.
#[derive(Debug)]
pub struct Pump {
    /// Where the body stands.
    pub body: Body,
    framing: Framing,
    /// Encoded bytes that wait to be written: a head, chunks.
    pub pending: Vec<u8>,
    written: usize,
    /// Payload bytes at the start of the source's buffer that wait to be written.
    ready: usize,
    /// Bytes of framing behind them, to be dropped with the last of them.
    skipped: usize,
    /// What is written behind them: the end of a chunk.
    tail: Vec<u8>,
    /// Much is to come, or reads fill what they are given: the next one is given more.
    bulk: bool,
    /// What the kernel moves bytes through, as long as it does.
    pipe: Option<pipes::Lent>,
    /// The end of the body was passed on.
    finished: bool,
    /// Nothing is written any more: the destination is gone, or wants no body.
    pub discards: bool,
    /// Bytes of payload and trailers passed on, as counted for the log.
    pub counted: u64,
    /// Whether anything moved since it was last asked.
    pub moved: bool,
    /// Trailers are not passed on.
    pub drops_trailers: bool,
}

impl Pump {
    /// A direction that starts with the bytes in `pending`.
    pub fn new(body: Body, framing: Framing, pending: Vec<u8>) -> Pump {
        Pump {
            body,
            framing,
            pending,
            written: 0,
            ready: 0,
            skipped: 0,
            tail: Vec::new(),
            bulk: matches!(body, Body::Length(left) if left > BUFFER_BYTES as u64),
            pipe: None,
            finished: body.is_done(),
            discards: false,
            counted: 0,
            moved: false,
            drops_trailers: false,
        }
    }

    /// Whether everything was read and written.
    pub fn is_done(&self) -> bool {
        self.finished && self.has_nothing_to_write()
    }

    fn has_nothing_to_write(&self) -> bool {
        self.discards
            || (!self.is_piped() && self.written >= self.pending.len() && self.ready == 0 && self.tail.is_empty())
    }

    /// Takes what the buffer holds already, before anything is read.
    fn take_buffered(&mut self, input: &mut Buffer) -> Result<(), Bad> {
        let waits = self.ready > 0 || !self.tail.is_empty() || self.pending.len() > PENDING_BYTES_MAX;
        if self.finished || waits || input.is_empty() {
            return Ok(());
        }
        let step = self.body.step(input.data_mut())?;
        self.counted += step.payload as u64;
        match self.framing {
            Framing::Plain if step.payload <= COPY_BYTES_MAX => {
                self.pending.extend_from_slice(input.data().get(..step.payload).unwrap_or_default());
                input.consume(step.consumed);
            }
            Framing::Plain => self.ready = step.payload,
            Framing::Chunked => {
                // A large chunk is written from where it is, a small one goes out with its frame in one piece.
                let copied = step.payload <= COPY_BYTES_MAX;
                if step.payload > 0 {
                    encode::chunk_start(step.payload, &mut self.pending);
                }
                if copied {
                    self.pending.extend_from_slice(input.data().get(..step.payload).unwrap_or_default());
                }
                let end = if copied { &mut self.pending } else { &mut self.tail };
                if step.payload > 0 {
                    end.extend_from_slice(b"\r\n");
                }
                if step.done {
                    let trailers = input.data().get(step.trailers.0..step.trailers.1).unwrap_or_default();
                    let trailers = if self.drops_trailers { b"" } else { trailers };
                    encode::last_chunk(trailers, end);
                    self.counted += 1 + encode::trailers_counted(trailers);
                }
                if copied {
                    input.consume(step.consumed);
                } else {
                    self.ready = step.payload;
                    self.skipped = step.consumed - step.payload;
                }
            }
        }
        self.finished |= step.done;
        Ok(())
    }

    /// Moves what can be moved. `Ready(Ok)` once all is done.
    pub fn poll(
        &mut self,
        cx: &mut Context<'_>,
        from: &mut Stream,
        input: &mut Buffer,
        to: &mut Stream,
    ) -> Result<Option<Waits>, Fault> {
        loop {
            self.take_buffered(input).map_err(Fault::Bad)?;
            if !self.write(cx, input, to)? {
                return Ok(Some(Waits::Write));
            }
            if self.may_splice(input, from, to)
                && let Some(waits) = self.splice(cx, from, to)?
            {
                return Ok(Some(waits));
            }
            if self.finished {
                return Ok(None);
            }
            if !input.is_empty() && !input.is_full() && self.framing == Framing::Plain {
                continue;
            }
            if input.is_full() {
                return Err(Fault::Bad(Bad::Syntax));
            }
            let empty = input.is_empty();
            match input.poll_fill_as(self.bulk, cx, from) {
                Poll::Pending => return Ok(Some(Waits::Read)),
                Poll::Ready(Ok(0)) => {
                    self.source_ended()?;
                    return Ok(None);
                }
                Poll::Ready(Ok(count)) => {
                    self.moved = true;
                    if empty {
                        self.bulk = count >= BUFFER_BYTES;
                    }
                }
                Poll::Ready(Err(error)) => return Err(Fault::ReadFailed(error)),
            }
        }
    }

    /// Notes that the source has no more to give: the end of a body that has no other.
    fn source_ended(&mut self) -> Result<(), Fault> {
        self.moved = true;
        if self.body != Body::UntilClose {
            return Err(Fault::ReadClosed);
        }
        self.body = Body::Done;
        self.finished = true;
        Ok(())
    }

    /// Writes what waits; true when nothing is left.
    fn write(&mut self, cx: &mut Context<'_>, input: &mut Buffer, to: &mut Stream) -> Result<bool, Fault> {
        if self.discards {
            input.consume(self.ready + self.skipped);
            self.ready = 0;
            self.pipe = None;
            self.written();
            return Ok(true);
        }
        loop {
            let head = self.pending.get(self.written..).unwrap_or_default();
            let payload = input.data().get(..self.ready).unwrap_or_default();
            let polled = match (head.is_empty(), payload.is_empty(), self.tail.is_empty()) {
                (true, true, true) => break,
                (false, true, true) => to.poll_write(cx, head),
                (true, false, true) => to.poll_write(cx, payload),
                (true, true, false) => to.poll_write(cx, &self.tail),
                (false, false, true) => to.poll_write_vectored(cx, &[IoSlice::new(head), IoSlice::new(payload)]),
                (_, _, false) => {
                    let pieces = [head, payload, &self.tail].map(IoSlice::new);
                    let first = pieces.iter().take_while(|piece| piece.is_empty()).count();
                    to.poll_write_vectored(cx, pieces.get(first..).unwrap_or_default())
                }
            };
            match polled {
                Poll::Pending => return Ok(false),
                Poll::Ready(Ok(0)) => return Err(Fault::WriteFailed(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(count)) => {
                    self.moved = true;
                    let of_head = count.min(head.len());
                    self.written += of_head;
                    let of_payload = (count - of_head).min(self.ready);
                    self.tail.drain(..count - of_head - of_payload);
                    if of_payload > 0 {
                        self.ready -= of_payload;
                        let behind = if self.ready == 0 { std::mem::take(&mut self.skipped) } else { 0 };
                        input.consume(of_payload + behind);
                    }
                }
                Poll::Ready(Err(error)) => return Err(Fault::WriteFailed(error)),
            }
        }
        self.written();
        match to.poll_flush(cx) {
            Poll::Ready(Ok(())) => Ok(true),
            Poll::Pending => Ok(false),
            Poll::Ready(Err(error)) => Err(Fault::WriteFailed(error)),
        }
    }

    /// Nothing waits any more.
    fn written(&mut self) {
        self.pending.clear();
        self.written = 0;
        self.skipped = 0;
        self.tail.clear();
        if self.finished {
            // The other direction may take long yet.
            self.give_back();
        }
    }

    /// Keeps the memory of what was to be written for another direction.
    fn give_back(&mut self) {
        let mut memory = std::mem::take(&mut self.pending);
        if memory.capacity() == 0 || memory.capacity() > SPARE_BYTES_MAX {
            return;
        }
        memory.clear();
        // A thread that ends has no spares any more.
        let _ = SPARES.try_with(|spares| {
            let mut spares = spares.borrow_mut();
            if spares.len() < SPARES_MAX {
                spares.push(memory);
            }
        });
    }
}

impl Drop for Pump {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// Memory for what a direction starts with, from an earlier one if there is any left.
pub fn spare() -> Vec<u8> {
    SPARES.with(|spares| spares.borrow_mut().pop()).unwrap_or_else(|| Vec::with_capacity(SPARE_BYTES))
}
