//! Progress and cancellation of long work.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// How often the caller is asked whether to go on.
const EVERY: Duration = Duration::from_millis(25);

/// Counts what is done, and asks now and then whether to go on.
///
/// Only the thread that made it asks: it is the one whose signals the interpreter handles, and
/// it works along with the others.
pub struct Watch<'a> {
    caller: ThreadId,
    start: Instant,
    /// When to ask next, in nanoseconds from the start; only the caller's thread uses it.
    next: AtomicU64,
    done: AtomicU64,
    stopped: AtomicBool,
    go_on: &'a (dyn Fn(u64) -> bool + Sync),
}

impl<'a> Watch<'a> {
    /// `go_on` is told what is done, and tells whether to go on.
    pub fn new(go_on: &'a (dyn Fn(u64) -> bool + Sync)) -> Self {
        Watch {
            caller: thread::current().id(),
            start: Instant::now(),
            next: AtomicU64::new(EVERY.as_nanos() as u64),
            done: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
            go_on,
        }
    }

    pub fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Notes that some work was done; whether to go on with the rest.
    pub fn step(&self, pairs: usize) -> bool {
        let done = self.done.fetch_add(pairs as u64, Ordering::Relaxed) + pairs as u64;
        if thread::current().id() == self.caller {
            let now = self.start.elapsed();
            if now.as_nanos() as u64 >= self.next.load(Ordering::Relaxed) {
                let next = (now + EVERY).as_nanos() as u64;
                self.next.store(next, Ordering::Relaxed);
                if !(self.go_on)(done) {
                    self.stopped.store(true, Ordering::Relaxed);
                }
            }
        }
        !self.stopped()
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
}
