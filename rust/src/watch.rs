//! Progress and cancellation of long work.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// How often the caller is asked whether to go on.
pub const EVERY: Duration = Duration::from_millis(25);

/// Values that are worked on before the caller may be asked: a millisecond of preparation.
const PIECE: usize = 1 << 16;

/// Counts what is done, and asks now and then whether to go on.
///
/// Only the thread that made it asks: it is the one whose signals the interpreter handles, and
/// it works along with the others. All that may take long goes through its input in
/// [`pieces`](Watch::pieces), also what is only laid out or copied: after a stop, results have
/// their size and are worth nothing.
pub struct Watch<'a> {
    asks: Option<Asks<'a>>,
    done: AtomicU64,
    stopped: AtomicBool,
}

struct Asks<'a> {
    caller: ThreadId,
    start: Instant,
    /// When to ask next, in nanoseconds from the start; only the caller's thread uses it.
    next: AtomicU64,
    go_on: &'a (dyn Fn(u64) -> bool + Sync),
}

impl<'a> Watch<'a> {
    /// `go_on` is told what is done, and tells whether to go on.
    pub fn new(go_on: &'a (dyn Fn(u64) -> bool + Sync)) -> Self {
        Watch {
            asks: Some(Asks {
                caller: thread::current().id(),
                start: Instant::now(),
                next: AtomicU64::new(EVERY.as_nanos() as u64),
                go_on,
            }),
            ..Watch::idle()
        }
    }

    /// One that asks nobody, for work that is known to be short.
    pub const fn idle() -> Self {
        Watch {
            asks: None,
            done: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
        }
    }

    pub fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Notes that some work was done; whether to go on with the rest.
    pub fn step(&self, pairs: usize) -> bool {
        let done = self.done.fetch_add(pairs as u64, Ordering::Relaxed) + pairs as u64;
        if self.asks.as_ref().is_some_and(|asks| !asks.go_on(done)) {
            self.stopped.store(true, Ordering::Relaxed);
        }
        !self.stopped()
    }

    /// So many values, a piece at a time, for as long as the work goes on.
    pub fn pieces(&self, count: usize) -> impl Iterator<Item = Range<usize>> {
        self.paced(count, 1)
    }

    /// As `pieces`, where each item is as much work as so many values.
    pub fn paced(&self, count: usize, each: usize) -> impl Iterator<Item = Range<usize>> {
        let size = (PIECE / each.max(1)).max(1);
        let starts = (0..count).step_by(size);
        let pieces = starts.map(move |start| start..count.min(start + size));
        pieces.take_while(|_| self.step(0))
    }

    /// What comes one by one, each as quick as a value, for as long as the work goes on.
    pub fn along<I: Iterator>(&self, items: I) -> impl Iterator<Item = I::Item> {
        let numbered = items.enumerate();
        let asked = |at: usize| !at.is_multiple_of(PIECE) || self.step(0);
        numbered.map_while(move |(at, item)| asked(at).then_some(item))
    }

    /// An array of one value; of zeros, which cost nothing until they are written to, from where
    /// the work was stopped on.
    pub fn filled(&self, value: f64, count: usize) -> Vec<f64> {
        self.fill(vec![0.0; count], value)
    }

    /// The array with one value everywhere.
    pub fn fill<T: Copy>(&self, mut all: Vec<T>, value: T) -> Vec<T> {
        for piece in self.pieces(all.len()) {
            all[piece].fill(value);
        }
        all
    }

    /// Gives large arrays back to the system one at a time, which takes a while for each.
    pub fn free<T>(&self, all: impl IntoIterator<Item = T>) {
        for each in all {
            drop(each);
            self.step(0);
        }
    }

    /// A copy of the values.
    pub fn copied<T: Copy>(&self, values: &[T]) -> Vec<T> {
        let mut all = Vec::with_capacity(values.len());
        for piece in self.pieces(values.len()) {
            all.extend_from_slice(&values[piece]);
        }
        all
    }
}

impl Asks<'_> {
    /// Whether to go on, as far as this thread may ask, and it is time to.
    fn go_on(&self, done: u64) -> bool {
        if thread::current().id() != self.caller {
            return true;
        }
        let now = self.start.elapsed();
        if (now.as_nanos() as u64) < self.next.load(Ordering::Relaxed) {
            return true;
        }
        let next = (now + EVERY).as_nanos() as u64;
        self.next.store(next, Ordering::Relaxed);
        (self.go_on)(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_is_asked_and_obeyed() {
        let watch = Watch::new(&|done| done < 3);
        assert!(watch.step(1), "not asked yet");
        thread::sleep(EVERY);
        thread::scope(|scope| {
            let other = scope.spawn(|| watch.step(1));
            assert!(
                other.join().is_ok_and(|go_on| go_on),
                "only the caller asks"
            );
        });
        assert!(!watch.step(1));
        assert!(watch.stopped());
    }

    #[test]
    fn pieces_are_all_there_is_until_it_is_stopped() {
        let watch = Watch::idle();
        for (count, each) in [(0, 1), (5, 1), (PIECE, 1), (3 * PIECE + 1, 1), (7, PIECE)] {
            let pieces: Vec<_> = watch.paced(count, each).collect();
            assert!(pieces.iter().all(|piece| piece.len() * each <= PIECE));
            assert!(pieces.into_iter().flatten().eq(0..count));
        }
        let stopping = Watch::new(&|_| false);
        thread::sleep(EVERY);
        assert_eq!(stopping.pieces(3 * PIECE).count(), 0);
        assert_eq!(stopping.along(0..3).count(), 0);
        assert!(stopping.stopped());
        assert_eq!(watch.filled(2.0, 3 * PIECE), [2.0; 3 * PIECE]);
    }
}
