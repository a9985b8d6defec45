//! Streams of awkward sizes, in blocks of awkward sizes.

use super::covariances::Covariances;
use super::devices::Devices;
use super::memory::Memory;
use super::stream::{Kept, Profile, Series};
use crate::reference;
use crate::self_join::exclusion_zone;
use crate::simd::Level;
use crate::watch::Watch;

/// The neighbours that window `i` may have in a memory of so many values.
fn allowed(
    values: &[f64],
    m: usize,
    i: usize,
    memory: usize,
    others: impl Iterator<Item = usize>,
) -> Vec<(usize, f64)> {
    let near = exclusion_zone(m) + 1..=memory - m;
    let known = others.filter(|j| near.contains(&i.abs_diff(*j)));
    let distance = |j: usize| reference::distance(&values[i..i + m], &values[j..j + m], true);
    known.map(|j| (j, distance(j))).collect()
}

fn check_stream(level: Level, values: &[f64], m: usize, history: Option<usize>, width: usize) {
    let watch = Watch::idle();
    let memory = Memory::<Covariances>::new(m, m, history, 0, &[&[]], &watch);
    let mut stream = Series::new(1, memory, Profile::default(), &watch);
    let (mut distance, mut index) = (vec![0.0; values.len()], vec![0; values.len()]);
    let outputs = distance.chunks_mut(width).zip(index.chunks_mut(width));
    for (block, (distance, index)) in values.chunks(width).zip(outputs) {
        stream.append(level, block, (distance, index), &watch);
    }
    let (windows, memory) = (values.len() + 1 - m, history.unwrap_or(values.len()));
    let what = format!("{} {m} {history:?} {width}", level.name());
    for i in 0..windows {
        let left = allowed(values, m, i, memory, 0..i);
        reference::check((distance[i + m - 1], index[i + m - 1]), &left, &what);
    }
    let profile = stream.profile();
    let first = values.len().saturating_sub(memory);
    for (at, i) in (first..windows).enumerate() {
        let any = allowed(values, m, i, memory, 0..windows);
        reference::check((profile.distance[at], profile.index[at]), &any, &what);
    }
}

fn check_devices(level: Level, values: &[f64], m: usize, history: usize, width: usize) {
    let mut devices = Devices {
        m,
        history,
        p: None,
        memory: vec![0.0; 2 * history],
        totals: vec![0; 2],
    };
    let what = format!("{} {m} {history} {width}", level.name());
    for (number, block) in values.chunks(width).enumerate() {
        let (mut distance, mut index) = (vec![0.0; 2 * block.len()], vec![0; 2 * block.len()]);
        let both = [block, block].concat();
        let how = (1, level, &Watch::new(&|_| true));
        devices.append(&[1, 0], &both, how, &mut distance, &mut index);
        for (at, found) in distance.into_iter().zip(index).enumerate() {
            let end = number * width + at % block.len() + 1;
            if let Some(i) = end.checked_sub(m) {
                reference::check(found, &allowed(values, m, i, history, 0..i), &what);
            }
        }
    }
}

#[test]
fn every_size_is_that_of_the_definition() {
    reference::each_case(|level, values, m| {
        let shortest = m + exclusion_zone(m) + 1;
        for (history, width) in [(None, 1), (Some(shortest), 3), (Some(shortest + 40), 50)] {
            check_stream(level, values, m, history, width);
            if let Some(history) = history {
                check_devices(level, values, m, history, width);
            }
        }
    });
}
