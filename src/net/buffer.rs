//! Read buffers: taken from the worker's pool when bytes come, given back when they are gone.

use std::cell::RefCell;
use std::io;
use std::task::{Context, Poll, ready};

use super::stream::Stream;
use crate::base::limits::{BUFFER_BYTES, BULK_BUFFER_BYTES, POOLED_BUFFERS_MAX, POOLED_BULK_BUFFERS_MAX};

thread_local! {
    static POOL: RefCell<Vec<Box<[u8]>>> = const { RefCell::new(Vec::new()) };
    static BULK_POOL: RefCell<Vec<Box<[u8]>>> = const { RefCell::new(Vec::new()) };
}

/// The bytes of one direction that were read and not used yet. Empty, it holds no memory.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Option<Box<[u8]>>,
    start: u32,
    end: u32,
}

impl Buffer {
    /// The bytes there are.
    #[inline]
    pub fn data(&self) -> &[u8] {
        let bytes = self.bytes.as_deref().unwrap_or_default();
        bytes.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// The bytes there are, to be changed in place.
    pub fn data_mut(&mut self) -> &mut [u8] {
        let (start, end) = (self.start as usize, self.end as usize);
        self.bytes.as_deref_mut().and_then(|bytes| bytes.get_mut(start..end)).unwrap_or_default()
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Whether no further byte fits in.
    pub fn is_full(&self) -> bool {
        self.len() >= BUFFER_BYTES
    }

    /// Drops the first `count` bytes; the memory goes back to the pool when none is left.
    #[inline]
    pub fn consume(&mut self, count: usize) {
        self.start = self.end.min(self.start + count as u32);
        if self.is_empty() {
            self.release();
        }
    }

    /// Drops everything.
    pub fn clear(&mut self) {
        self.release();
    }

    /// Puts bytes behind those that are there, as many as fit: how many did.
    pub fn append(&mut self, more: &[u8]) -> usize {
        let (bytes, end) = self.room();
        let room = bytes.get_mut(end..).unwrap_or_default();
        let count = more.len().min(room.len());
        if let (Some(to), Some(from)) = (room.get_mut(..count), more.get(..count)) {
            to.copy_from_slice(from);
        }
        self.end += count as u32;
        count
    }

    /// Reads once from `stream`: the number of bytes, 0 at its end. The buffer must not be full.
    #[inline]
    pub fn poll_fill(&mut self, cx: &mut Context<'_>, stream: &mut Stream) -> Poll<io::Result<usize>> {
        self.poll_fill_as(false, cx, stream)
    }

    /// [`Buffer::poll_fill`]; with `bulk`, memory that has to be taken is of the larger kind.
    #[inline]
    pub fn poll_fill_as(&mut self, bulk: bool, cx: &mut Context<'_>, stream: &mut Stream) -> Poll<io::Result<usize>> {
        if self.bytes.is_none() {
            ready!(stream.poll_readable(cx))?;
            self.bytes = Some(if bulk { take_bulk() } else { take() });
        }
        let (bytes, end) = self.room();
        let room = bytes.get_mut(end..).unwrap_or_default();
        let polled = stream.poll_read(cx, room);
        if let Poll::Ready(Ok(count)) = polled {
            self.end += count as u32;
        }
        if self.is_empty() {
            self.release();
        }
        polled
    }

    /// The memory, with the bytes moved to its start when its end is near.
    fn room(&mut self) -> (&mut [u8], usize) {
        let bytes = self.bytes.get_or_insert_with(take);
        if self.start > 0 && self.end as usize == bytes.len() {
            bytes.copy_within(self.start as usize..self.end as usize, 0);
            self.end -= self.start;
            self.start = 0;
        }
        (bytes, self.end as usize)
    }

    fn release(&mut self) {
        self.start = 0;
        self.end = 0;
        if let Some(bytes) = self.bytes.take() {
            give(bytes);
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.release();
    }
}

fn take() -> Box<[u8]> {
    POOL.with(|pool| pool.borrow_mut().pop()).unwrap_or_else(|| vec![0; BUFFER_BYTES].into_boxed_slice())
}

fn take_bulk() -> Box<[u8]> {
    BULK_POOL.with(|pool| pool.borrow_mut().pop()).unwrap_or_else(|| vec![0; BULK_BUFFER_BYTES].into_boxed_slice())
}

fn give(bytes: Box<[u8]>) {
    let (pool, most) = match bytes.len() {
        BUFFER_BYTES => (&POOL, POOLED_BUFFERS_MAX),
        _ => (&BULK_POOL, POOLED_BULK_BUFFERS_MAX),
    };
    // A thread that ends has no pool any more: the memory is then simply freed.
    let _ = pool.try_with(|pool| {
        let mut pool = pool.borrow_mut();
        if pool.len() < most {
            pool.push(bytes);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_and_gives_memory_back() {
        let mut buffer = Buffer::default();
        assert_eq!(buffer.append(b"hello world"), 11);
        buffer.consume(6);
        assert_eq!(buffer.data(), b"world");
        assert_eq!(buffer.append(&vec![b'x'; BUFFER_BYTES]), BUFFER_BYTES - 11);
        buffer.append(b"y");
        assert_eq!(buffer.len(), BUFFER_BYTES - 5);
        buffer.consume(usize::from(u16::MAX));
        assert!(buffer.is_empty() && buffer.bytes.is_none());
    }

    #[tokio::test]
    async fn bulk_memory_is_taken_once_and_given_back_to_its_own_pool() {
        let (mut near, mut far) = Stream::memory(BULK_BUFFER_BYTES);
        let mut buffer = Buffer::default();
        for _ in 0..3 {
            far.write_all(&vec![b'x'; BULK_BUFFER_BYTES]).await.unwrap();
            let count = std::future::poll_fn(|cx| buffer.poll_fill_as(true, cx, &mut near)).await.unwrap();
            assert_eq!((count, buffer.len()), (BULK_BUFFER_BYTES, BULK_BUFFER_BYTES));
            buffer.consume(count);
            assert_eq!(BULK_POOL.with_borrow(Vec::len), 1);
        }
        assert_eq!(take().len(), BUFFER_BYTES);
    }
}
