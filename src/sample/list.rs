//! Lists of patterns, and of keys and values, that may change while the program runs.
//!
//! Whoever looks something up *follows* a list: what was compiled of it is used until the list says that it changed,
//! and is then compiled again. A list that nobody changes costs one comparison.

use std::sync::atomic::{AtomicU64, Ordering::Acquire, Ordering::Release};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;

use crate::base::limits::LIST_ENTRIES_MAX;

/// One entry: a pattern or a key, and its value, which is empty in a list of patterns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The pattern or the key.
    pub key: Vec<u8>,
    /// What a map gives for it.
    pub value: Vec<u8>,
    /// The line of the file it stands in, 0 for one that was added later.
    pub line: usize,
}

/// What the entries of a list are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Patterns.
    One,
    /// Keys and values.
    Two,
}

/// A list by its name: all who name the same file share it.
#[derive(Debug)]
pub struct List {
    /// The file's name as it is written.
    pub name: Box<str>,
    /// What its entries are.
    pub columns: Columns,
    entries: Mutex<Vec<Entry>>,
    generation: AtomicU64,
}

impl List {
    /// A list with the entries of its file.
    pub fn new(name: &str, columns: Columns, entries: Vec<Entry>) -> Arc<List> {
        Arc::new(List { name: name.into(), columns, entries: Mutex::new(entries), generation: AtomicU64::new(0) })
    }

    /// A copy of the entries, in order.
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().clone()
    }

    /// Adds a pattern unless it is there; false when the list is full.
    pub fn add(&self, key: &[u8]) -> bool {
        let mut entries = self.lock();
        if entries.iter().any(|entry| entry.key == key) {
            return true;
        }
        let fits = entries.len() < LIST_ENTRIES_MAX;
        if fits {
            entries.push(Entry { key: key.to_vec(), value: Vec::new(), line: 0 });
            self.generation.fetch_add(1, Release);
        }
        fits
    }

    /// Sets the value of a key, which is added if it is not there; false when the list is full.
    pub fn set(&self, key: &[u8], value: &[u8]) -> bool {
        let mut entries = self.lock();
        let mut found = false;
        for entry in entries.iter_mut().filter(|entry| entry.key == key) {
            found = true;
            if entry.value == value {
                continue;
            }
            entry.value = value.to_vec();
            self.generation.fetch_add(1, Release);
        }
        let fits = found || entries.len() < LIST_ENTRIES_MAX;
        if fits && !found {
            entries.push(Entry { key: key.to_vec(), value: value.to_vec(), line: 0 });
            self.generation.fetch_add(1, Release);
        }
        fits
    }

    /// Removes every entry with this pattern or key; whether there was one.
    pub fn remove(&self, key: &[u8]) -> bool {
        let mut entries = self.lock();
        let before = entries.len();
        entries.retain(|entry| entry.key != key);
        let removed = entries.len() < before;
        if removed {
            self.generation.fetch_add(1, Release);
        }
        removed
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Build<T> = Box<dyn Fn(&[Entry]) -> Result<T, String> + Send + Sync>;

/// What was compiled of some lists.
pub struct Followed<T> {
    lists: Vec<Arc<List>>,
    build: Build<T>,
    /// Of the lists as they were at the start.
    first: T,
    /// Of the lists as they were when they last changed, with the sum of their generations.
    later: ArcSwapOption<(u64, T)>,
}

impl<T> Followed<T> {
    /// Compiles the lists, all entries in one row.
    pub fn new(
        lists: Vec<Arc<List>>,
        build: impl Fn(&[Entry]) -> Result<T, String> + Send + Sync + 'static,
    ) -> Result<Followed<T>, String> {
        let first = build(&together(&lists))?;
        Ok(Followed { lists, build: Box::new(build), first, later: ArcSwapOption::empty() })
    }

    /// Shows what is compiled of the lists as they are: `first` may borrow from it as long as nothing has changed.
    #[inline]
    pub fn look<'a, R>(&'a self, first: impl FnOnce(&'a T) -> R, later: impl FnOnce(&T) -> R) -> R {
        let generation: u64 = self.lists.iter().map(|list| list.generation.load(Acquire)).sum();
        if generation == 0 {
            return first(&self.first);
        }
        let known = self.later.load();
        match known.as_deref().filter(|(at, _)| *at == generation) {
            Some((_, compiled)) => later(compiled),
            None => self.renew(generation, later),
        }
    }

    #[cold]
    fn renew<R>(&self, generation: u64, look: impl FnOnce(&T) -> R) -> R {
        // An entry that does not compile leaves everything as it was.
        match (self.build)(&together(&self.lists)) {
            Ok(compiled) => {
                let renewed = Arc::new((generation, compiled));
                self.later.store(Some(renewed.clone()));
                look(&renewed.1)
            }
            Err(_) => match self.later.load().as_deref() {
                Some((_, compiled)) => look(compiled),
                None => look(&self.first),
            },
        }
    }
}

fn together(lists: &[Arc<List>]) -> Vec<Entry> {
    lists.iter().flat_map(|list| list.entries()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compiled_follows_the_list() {
        let list = List::new("l", Columns::Two, vec![Entry { key: b"a".to_vec(), value: b"1".to_vec(), line: 1 }]);
        let followed = Followed::new(vec![list.clone()], |entries| Ok(entries.len())).unwrap();
        let look = || followed.look(|count| *count, |count| *count + 100);
        assert_eq!(look(), 1);
        assert!(list.set(b"b", b"2") && list.set(b"b", b"2") && list.add(b"a"));
        assert_eq!(look(), 102);
        assert!(list.remove(b"a") && !list.remove(b"zz"));
        assert_eq!(look(), 101);
    }

    #[test]
    fn an_entry_that_does_not_compile_changes_nothing() {
        let list = List::new("l", Columns::One, Vec::new());
        let build = |entries: &[Entry]| if entries.len() > 1 { Err("no".to_owned()) } else { Ok(entries.len()) };
        let followed = Followed::new(vec![list.clone()], build).unwrap();
        list.add(b"a");
        assert_eq!(followed.look(|count| *count, |count| *count), 1);
        list.add(b"b");
        assert_eq!(followed.look(|count| *count, |count| *count), 1);
    }
}
