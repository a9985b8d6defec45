//! What kernels are tested against: the formulas, and series of awkward sizes and kinds.

use crate::simd::Level;

/// Numbers of windows around the borders of vectors, of blocks of them, and of a single window.
///
/// Miri, which interprets, is given a few of them.
const WINDOWS: &[usize] = if cfg!(miri) {
    &[1, 9, 34]
} else {
    &[1, 2, 3, 7, 8, 9, 16, 17, 32, 33, 64, 65, 130]
};

/// Window lengths around the borders of vectors.
const LENGTHS: &[usize] = if cfg!(miri) { &[5] } else { &[3, 9] };

/// Of that many values: noise, ties, equal values, gaps at both ends, a large offset.
pub fn kinds(n: usize) -> [Vec<f64>; 5] {
    let noise = || (0..n as u64).map(noise);
    let mut gaps: Vec<f64> = noise().collect();
    gaps[0] = f64::NAN;
    gaps[n - 1] = f64::INFINITY;
    [
        noise().collect(),
        noise().map(|value| (value * 3.0).floor()).collect(),
        vec![7.3; n],
        gaps,
        noise().map(|value| 1e8 + value).collect(),
    ]
}

/// A number from 0 to 1 that looks random (SplitMix64, Steele and others 2014).
fn noise(number: u64) -> f64 {
    let mut z = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z >> 11) as f64 / (1u64 << 53) as f64
}

/// Calls the test for all instruction sets, kinds, numbers of windows and window lengths.
pub fn each_case(test: impl Fn(Level, &[f64], usize)) {
    for level in Level::available() {
        for &m in LENGTHS {
            for &windows in WINDOWS {
                for values in kinds(windows + m - 1) {
                    test(level, &values, m);
                }
            }
        }
    }
}

/// The distance of two windows.
pub fn distance(a: &[f64], b: &[f64], normalize: bool) -> f64 {
    let m = a.len() as f64;
    let equal = |window: &[f64]| window.iter().all(|value| *value == window[0]);
    if !a.iter().chain(b).all(|value| value.is_finite()) {
        f64::INFINITY
    } else if !normalize {
        euclidean(a, b)
    } else if equal(a) || equal(b) {
        if equal(a) && equal(b) { 0.0 } else { m.sqrt() }
    } else {
        euclidean(&normalised(a), &normalised(b))
    }
}

/// All distances between windows of the one series and those of the other.
pub fn matrix(a: &[f64], b: &[f64], m: usize, normalize: bool) -> Vec<Vec<f64>> {
    let row = |one| b.windows(m).map(move |two| distance(one, two, normalize));
    a.windows(m).map(|one| row(one).collect()).collect()
}

/// What is found must be the least of what is allowed, and the index that of a window so near.
pub fn check(found: (f64, i64), allowed: &[(usize, f64)], what: &str) {
    let least = allowed
        .iter()
        .map(|(_, d)| *d)
        .fold(f64::INFINITY, f64::min);
    let (distance, index) = found;
    if least == f64::INFINITY {
        assert_eq!(found, (f64::INFINITY, -1), "{what}");
        return;
    }
    assert!(
        (distance - least).abs() <= 1e-6,
        "{what}: {distance} {least}"
    );
    let named = allowed.iter().find(|(j, _)| *j as i64 == index);
    assert!(
        named.is_some_and(|(_, d)| (d - least).abs() <= 1e-6),
        "{what}: {index}"
    );
}

fn euclidean(a: &[f64], b: &[f64]) -> f64 {
    let squares = a.iter().zip(b).map(|(x, y)| (x - y) * (x - y));
    squares.sum::<f64>().sqrt()
}

/// With mean 0 and standard deviation 1.
fn normalised(window: &[f64]) -> Vec<f64> {
    let m = window.len() as f64;
    let shifted: Vec<f64> = window.iter().map(|value| value - window[0]).collect();
    let mean = shifted.iter().sum::<f64>() / m;
    let variance = shifted.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / m;
    shifted
        .iter()
        .map(|v| (v - mean) / variance.sqrt())
        .collect()
}
