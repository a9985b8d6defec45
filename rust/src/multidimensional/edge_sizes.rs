//! Every number of channels around what fits in registers, in awkward sizes.

use super::Join;
use crate::join::search::Options;
use crate::reference;
use crate::self_join::exclusion_zone;
use crate::simd::Level;
use crate::watch::Watch;

const LENGTHS: &[usize] = if cfg!(miri) { &[3] } else { &[3, 9] };
const WINDOWS: &[usize] = if cfg!(miri) { &[9] } else { &[1, 2, 9, 33, 66] };

/// Channels of all kinds, from the given one on.
fn channels(count: usize, from: usize, n: usize) -> Vec<f64> {
    let kinds = reference::kinds(n);
    let chosen = (from..from + count).map(|kind| kinds[kind % kinds.len()].clone());
    chosen.collect::<Vec<_>>().concat()
}

/// The means over the first k + 1 channels in order, of a pair of windows.
fn means(pair: &[(&[f64], &[f64])], fixed: usize, farthest: bool) -> Vec<f64> {
    let mut apart: Vec<f64> = pair
        .iter()
        .map(|(a, b)| reference::distance(a, b, true))
        .collect();
    apart[fixed..].sort_by(f64::total_cmp);
    if farthest {
        apart[fixed..].reverse();
    }
    let mut sum = 0.0;
    let mean = |(k, distance): (usize, f64)| {
        sum += distance;
        sum / (k + 1) as f64
    };
    apart.into_iter().enumerate().map(mean).collect()
}

fn check_case(level: Level, series: &[Vec<f64>], m: usize, count: usize, order: (usize, bool)) {
    let (fixed, farthest) = order;
    let profiles = level.visit(Join {
        series: series.iter().map(Vec::as_slice).collect(),
        channels: count,
        m,
        fixed,
        farthest,
        powers: None,
        options: Options {
            k: 1,
            threads: 1,
            skip: 0.0,
            share: 1.0,
            watch: &Watch::new(&|_| true),
        },
    });
    for (side, profile) in profiles.iter().enumerate() {
        let (of, other) = (&series[side], &series[series.len() - 1 - side]);
        let [n, n_other] = [of, other].map(|values| values.len() / count);
        let windows = n + 1 - m;
        for i in 0..windows {
            let apart = |j: &usize| series.len() == 2 || i.abs_diff(*j) > exclusion_zone(m);
            let rows: Vec<_> = (0..n_other + 1 - m)
                .filter(apart)
                .map(|j| {
                    let window = |c| (&of[c * n + i..][..m], &other[c * n_other + j..][..m]);
                    let pair: Vec<_> = (0..count).map(window).collect();
                    (j, means(&pair, fixed, farthest))
                })
                .collect();
            for k in 0..count {
                let allowed: Vec<_> = rows.iter().map(|(j, means)| (*j, means[k])).collect();
                let at = k * windows + i;
                let what = format!("{} {m} {count} {order:?} {k} {i}", level.name());
                reference::check((profile.distance[at], profile.index[at]), &allowed, &what);
            }
        }
    }
}

#[test]
fn every_size_is_that_of_the_definition() {
    for level in Level::available() {
        for (count, order) in [
            (1, (0, false)),
            (2, (1, false)),
            (3, (0, true)),
            (8, (0, false)),
            (9, (0, true)),
            (10, (2, false)),
        ] {
            for &m in LENGTHS {
                for &windows in WINDOWS {
                    let one = channels(count, windows, windows + m - 1);
                    let two = channels(count, windows + 1, 9 + m);
                    check_case(level, std::slice::from_ref(&one), m, count, order);
                    check_case(level, &[one, two], m, count, order);
                }
            }
        }
    }
}
