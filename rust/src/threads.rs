//! Work spread over threads as they become free.

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
fn team<T: Send>(threads: usize, worker: impl Fn() -> T + Sync) -> Vec<T> {
    if threads <= 1 {
        return vec![worker()];
    }
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(&worker)).collect();
        let mine = worker();
        let joined = others.into_iter().map(|other| match other.join() {
            Ok(value) => value,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        std::iter::once(mine).chain(joined).collect()
    })
}

/// Calls `work` with a worker's state and each number below `jobs`, rising within a worker.
///
/// Returns the states of all workers.
pub fn fold<T: Send>(
    threads: usize,
    jobs: usize,
    state: impl Fn() -> T + Sync,
    work: impl Fn(&mut T, usize) + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    team(threads.min(jobs).max(1), || {
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
pub fn each<J: Send>(threads: usize, jobs: Vec<J>, work: impl Fn(J) + Sync) {
    let workers = threads.min(jobs.len()).max(1);
    let queue = Mutex::new(jobs.into_iter());
    let take = || queue.lock().map_or(None, |mut jobs| jobs.next());
    team(workers, || {
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
            let states = fold(threads, 100, Vec::new, |done, job| done.push(job));
            let mut all: Vec<usize> = states.concat();
            all.sort_unstable();
            assert_eq!(all, (0..100).collect::<Vec<_>>());
        }
    }

    #[test]
    fn jobs_own_their_part_of_the_output() {
        let mut output = vec![0; 10];
        let jobs: Vec<_> = output.chunks_mut(3).enumerate().collect();
        each(2, jobs, |(number, part)| part.fill(number + 1));
        assert_eq!(output, [1, 1, 1, 2, 2, 2, 3, 3, 3, 4]);
    }

    #[test]
    fn no_jobs_is_no_work() {
        each(4, Vec::<usize>::new(), |_| unreachable!());
        assert_eq!(fold(4, 0, || 7, |_, _| unreachable!()), [7]);
    }
}
