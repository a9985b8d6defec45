//! Sorting networks: the same comparisons whatever the values, so lanes need no branch.

use crate::simd::Simd;

/// The most channels that are sorted in registers.
pub const IN_REGISTERS: usize = 8;

type Comparator = (usize, usize);

/// The shortest networks for up to eight values (Knuth, "Sorting and Searching", 5.3.4).
const SHORTEST: [&[Comparator]; IN_REGISTERS + 1] = [
    &[],
    &[],
    &[(0, 1)],
    &[(0, 2), (0, 1), (1, 2)],
    &[(0, 2), (1, 3), (0, 1), (2, 3), (1, 2)],
    &[
        (0, 3),
        (1, 4),
        (0, 2),
        (1, 3),
        (0, 1),
        (2, 4),
        (1, 2),
        (3, 4),
        (2, 3),
    ],
    &[
        (0, 5),
        (1, 3),
        (2, 4),
        (1, 2),
        (3, 4),
        (0, 3),
        (2, 5),
        (0, 1),
        (2, 3),
        (4, 5),
        (1, 2),
        (3, 4),
    ],
    &[
        (0, 6),
        (2, 3),
        (4, 5),
        (0, 2),
        (1, 4),
        (3, 6),
        (0, 1),
        (2, 5),
        (3, 4),
        (1, 2),
        (4, 6),
        (2, 3),
        (4, 5),
        (1, 2),
        (3, 4),
        (5, 6),
    ],
    &[
        (0, 2),
        (1, 3),
        (4, 6),
        (5, 7),
        (0, 4),
        (1, 5),
        (2, 6),
        (3, 7),
        (0, 1),
        (2, 3),
        (4, 5),
        (6, 7),
        (2, 4),
        (3, 5),
        (1, 4),
        (3, 6),
        (1, 2),
        (3, 4),
        (5, 6),
    ],
];

/// Sorts each lane, the least first, or the greatest.
#[inline(always)]
pub fn sort<S: Simd, const D: usize, const GREATEST: bool>(simd: S, values: &mut [S::Single; D]) {
    for &(low, high) in SHORTEST[D] {
        let (a, b) = (values[low], values[high]);
        let (least, greatest) = (simd.min_single(a, b), simd.max_single(a, b));
        values[low] = if GREATEST { greatest } else { least };
        values[high] = if GREATEST { least } else { greatest };
    }
}

/// A network for any number of values: Batcher's merge exchange (Knuth, 5.2.2, algorithm M).
pub fn merge_exchange(count: usize) -> Vec<Comparator> {
    let mut comparators = Vec::new();
    let top = count.next_power_of_two() / 2;
    let mut p = top;
    while p > 0 {
        let (mut q, mut r, mut d) = (top, 0, p);
        loop {
            let pairs = (0..count.saturating_sub(d)).filter(|i| i & p == r);
            comparators.extend(pairs.map(|i| (i, i + d)));
            if q == p {
                break;
            }
            (d, q, r) = (q - p, q / 2, p);
        }
        p /= 2;
    }
    comparators
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A network sorts everything if it sorts all zeros and ones.
    fn sorts(network: &[Comparator], count: usize) -> bool {
        (0..1u32 << count).all(|bits| {
            let mut values: Vec<u32> = (0..count).map(|i| bits >> i & 1).collect();
            for &(low, high) in network {
                if values[low] > values[high] {
                    values.swap(low, high);
                }
            }
            values.is_sorted()
        })
    }

    #[test]
    fn networks_sort() {
        for (count, network) in SHORTEST.iter().enumerate() {
            assert!(sorts(network, count), "{count}");
        }
        for count in 0..14 {
            assert!(sorts(&merge_exchange(count), count), "{count}");
        }
    }
}
