//! Work spread over threads as they become free.

use crate::watch::{EVERY, Watch};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many threads to use: what was asked for, or one for each core this process may use.
pub fn count(asked: usize) -> usize {
    match asked {
        0 => thread::available_parallelism().map_or(1, usize::from),
        _ => asked,
    }
}

/// Gives each of `threads` workers the same queue, and returns what each of them made of it.
///
/// The calling thread is one of them; once it has nothing left to do, the watch goes on asking.
fn team<T: Send>(threads: usize, watch: &Watch, worker: impl Fn() -> T + Sync) -> Vec<T> {
    if threads <= 1 {
        return vec![worker()];
    }
    let (caller, working) = (thread::current(), AtomicUsize::new(threads - 1));
    let other = || {
        // Counted down also where the worker panics.
        let _done = OnDrop(|| {
            working.fetch_sub(1, Ordering::Release);
            caller.unpark();
        });
        worker()
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(other)).collect();
        let mine = worker();
        while working.load(Ordering::Acquire) > 0 {
            thread::park_timeout(EVERY);
            watch.step(0);
        }
        let joined = others.into_iter().map(|other| match other.join() {
            Ok(value) => value,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        std::iter::once(mine).chain(joined).collect()
    })
}

/// Does something when it goes.
struct OnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Calls `work` with a worker's state and each number below `jobs`, rising within a worker.
///
/// Returns the states of all workers.
pub fn fold<T: Send>(
    threads: usize,
    watch: &Watch,
    jobs: usize,
    state: impl Fn() -> T + Sync,
    work: impl Fn(&mut T, usize) + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    team(threads.min(jobs).max(1), watch, || {
        let mut mine = state();
        loop {
            let job = next.fetch_add(1, Ordering::Relaxed);
            if job >= jobs {
                return mine;
            }
            work(&mut mine, job);
        }
    })
}

/// Calls `work` with every job; a job is owned, so it may hold its part of the output.
pub fn each<J: Send>(threads: usize, watch: &Watch, jobs: Vec<J>, work: impl Fn(J) + Sync) {
    let workers = threads.min(jobs.len()).max(1);
    let queue = Mutex::new(jobs.into_iter());
    let take = || queue.lock().map_or(None, |mut jobs| jobs.next());
    team(workers, watch, || {
        while let Some(job) = take() {
            work(job);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_is_done_once() {
        for threads in [1, 2, 5] {
            let states = fold(threads, &Watch::idle(), 100, Vec::new, |done, job| {
                done.push(job)
            });
            let mut all: Vec<usize> = states.concat();
            all.sort_unstable();
            assert_eq!(all, (0..100).collect::<Vec<_>>());
        }
    }

    #[test]
    fn jobs_own_their_part_of_the_output() {
        let mut output = vec![0; 10];
        let jobs: Vec<_> = output.chunks_mut(3).enumerate().collect();
        each(2, &Watch::idle(), jobs, |(number, part)| {
            part.fill(number + 1)
        });
        assert_eq!(output, [1, 1, 1, 2, 2, 2, 3, 3, 3, 4]);
    }

    #[test]
    fn no_jobs_is_no_work() {
        each(4, &Watch::idle(), Vec::<usize>::new(), |_| unreachable!());
        assert_eq!(fold(4, &Watch::idle(), 0, || 7, |_, _| unreachable!()), [7]);
    }
}
