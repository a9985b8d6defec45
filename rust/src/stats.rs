//! What is known of every window of a series: its mean, its norm, and whether it can be compared.

use crate::simd::PADDING;
use crate::watch::Watch;

/// How many values, evenly spread, the centre of a series is taken from.
const CENTRE_SAMPLE: usize = 129;

/// What a window can be compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It varies: its distance to another such window is the z-normalised one.
    Ordinary,
    /// All its values are equal: at distance 0 from its like, √m from an ordinary window.
    Constant,
    /// A value is missing (NaN) or infinite: it is infinitely far from everything.
    Missing,
}

/// The windows of one series, prepared for the kernels. All but `kind` are padded with zeros.
#[derive(Debug)]
pub struct Windows {
    pub m: usize,
    /// The series, shifted and scaled (neither changes a z-normalised distance), 0 where missing.
    pub x: Vec<f64>,
    pub mean: Vec<f64>,
    /// ‖window − mean‖
    pub norm: Vec<f64>,
    /// 1 / norm for ordinary windows, 0 for all others.
    pub inverse: Vec<f64>,
    pub kind: Vec<Kind>,
}

impl Windows {
    /// Prepares a series of at least `m` values; `m` is at least 1.
    pub fn new(values: &[f64], m: usize, watch: &Watch) -> Self {
        Windows::framed(values, m, Frame::of(&[values], watch), watch)
    }

    /// As `new`, shifted and scaled as given.
    pub fn framed(values: &[f64], m: usize, frame: Frame, watch: &Watch) -> Self {
        let x = framed(values, frame, watch);
        let (mean, norm) = moments(&x, values.len(), m, watch);
        Windows::whole(values, x, m, (mean, norm), watch)
    }

    /// Of windows whose means and norms are known, as many as there are windows.
    pub fn known(
        values: &[f64],
        m: usize,
        frame: Frame,
        (mean, norm): (&[f64], &[f64]),
        watch: &Watch,
    ) -> Self {
        let x = framed(values, frame, watch);
        let padded = |of: &[f64]| [of, &[0.0; PADDING]].concat();
        Windows::whole(values, x, m, (padded(mean), padded(norm)), watch)
    }

    fn whole(
        values: &[f64],
        x: Vec<f64>,
        m: usize,
        (mean, norm): (Vec<f64>, Vec<f64>),
        watch: &Watch,
    ) -> Self {
        let kind = kinds(values, &norm, m, watch);
        let inverse = inverses(&norm, &kind, watch);
        Windows {
            m,
            x,
            mean,
            norm,
            inverse,
            kind,
        }
    }

    pub fn len(&self) -> usize {
        self.kind.len()
    }

    /// The values of window `i`, shifted and scaled as all are.
    pub fn window(&self, i: usize) -> &[f64] {
        &self.x[i..i + self.m]
    }
}

/// The values, shifted and scaled, padded.
fn framed(values: &[f64], frame: Frame, watch: &Watch) -> Vec<f64> {
    let mut x = vec![0.0; values.len() + PADDING];
    for piece in watch.pieces(values.len()) {
        for (x, value) in x[piece.clone()].iter_mut().zip(&values[piece]) {
            *x = frame.apply(*value);
        }
    }
    x
}

/// How series are shifted to their middle and scaled, by a power of two so that no square
/// overflows.
///
/// The centre is a value of the series: for values near one another the difference is exact.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    pub scale: f64,
    /// Of the scaled values.
    pub centre: f64,
}

impl Frame {
    /// One frame for all of the series.
    pub fn of(series: &[&[f64]], watch: &Watch) -> Self {
        let all = || series.iter().flat_map(|values| values.iter());
        let parts = series.iter().flat_map(|values| {
            let pieces = watch.pieces(values.len());
            pieces.map(|piece| &values[piece])
        });
        let finite = parts.flatten().filter(|v| v.is_finite());
        let largest = finite.fold(0.0, |a: f64, v| a.max(v.abs()));
        let exponent = (largest.to_bits() >> 52) as i32 - 1023;
        let scale = 2f64.powi((-exponent).clamp(-1000, 1000));
        let count: usize = series.iter().map(|values| values.len()).sum();
        let step = (count / CENTRE_SAMPLE).max(1);
        let sampled = all().step_by(step).copied().filter(|v| v.is_finite());
        let centre = middle(sampled.collect()) * scale;
        Frame { scale, centre }
    }

    /// The frame that was saved as these two numbers; `None` where they are none.
    pub fn restored(saved: &[f64]) -> Option<Self> {
        let [scale, centre] = *saved else {
            return None;
        };
        let fits = scale.is_normal() && scale > 0.0 && centre.is_finite();
        fits.then_some(Frame { scale, centre })
    }

    /// A value, scaled; the centre where it is missing.
    pub fn scaled(self, value: f64) -> f64 {
        if value.is_finite() {
            value * self.scale
        } else {
            self.centre
        }
    }

    /// A value, shifted and scaled; 0 where it is missing.
    pub fn apply(self, value: f64) -> f64 {
        self.scaled(value) - self.centre
    }

    /// A distance of scaled values as one of the values themselves.
    pub fn unscaled(self, distance: f64) -> f64 {
        distance / self.scale
    }
}

fn middle(mut sample: Vec<f64>) -> f64 {
    if sample.is_empty() {
        return 0.0;
    }
    let half = sample.len() / 2;
    *sample.select_nth_unstable_by(half, f64::total_cmp).1
}

/// A running count, mean and sum of squared deviations (Welford 1962).
#[derive(Clone, Copy, Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn push(self, value: f64, reciprocals: &[f64]) -> Self {
        let delta = value - self.mean;
        let mean = self.mean + delta * reciprocals[self.count as usize];
        let squares = self.squares + delta * (value - mean);
        Moments {
            count: self.count + 1.0,
            mean,
            squares,
        }
    }

    /// The moments of two parts together (Chan, Golub and LeVeque 1979); `share` is 1 / m.
    fn join(self, other: Self, share: f64) -> Self {
        let delta = other.mean - self.mean;
        let weight = other.count * share;
        Moments {
            count: self.count + other.count,
            mean: self.mean + delta * weight,
            squares: self.squares + other.squares + delta * delta * self.count * weight,
        }
    }
}

/// The mean and the norm of every window, in O(n) and without a subtraction of large sums.
///
/// The series is cut into blocks of m. A window is the tail of one block and the head of the
/// next: joined from moments that are only ever grown, it carries no rounding from elsewhere.
fn moments(x: &[f64], n: usize, m: usize, watch: &Watch) -> (Vec<f64>, Vec<f64>) {
    let count = n + 1 - m;
    let reciprocals: Vec<f64> = (1..=m).map(|k| 1.0 / k as f64).collect();
    let (mut mean, mut norm) = (vec![0.0; count + PADDING], vec![0.0; count + PADDING]);
    let mut tails = vec![Moments::default(); m + 1];
    let blocks = watch.paced(count.div_ceil(m), m).flatten();
    for start in blocks.map(|block| block * m) {
        for k in (0..m).rev() {
            tails[k] = tails[k + 1].push(x[start + k], &reciprocals);
        }
        let mut head = Moments::default();
        for (k, tail) in tails.iter().enumerate().take(m.min(count - start)) {
            let whole = tail.join(head, reciprocals[m - 1]);
            mean[start + k] = whole.mean;
            norm[start + k] = whole.squares.max(0.0).sqrt();
            head = head.push(x[start + m + k], &reciprocals);
        }
    }
    (mean, norm)
}

/// 1 / norm for ordinary windows, 0 for all others.
fn inverses(norm: &[f64], kind: &[Kind], watch: &Watch) -> Vec<f64> {
    let mut inverse = vec![0.0; norm.len()];
    for piece in watch.pieces(kind.len()) {
        for i in piece {
            if kind[i] == Kind::Ordinary {
                inverse[i] = 1.0 / norm[i];
            }
        }
    }
    inverse
}

/// Constant means exactly that: all values are equal, and a difference too small to be squared
/// beside the largest value of the series counts as none.
fn kinds(values: &[f64], norm: &[f64], m: usize, watch: &Watch) -> Vec<Kind> {
    let count = values.len() + 1 - m;
    let mut kinds = vec![Kind::Ordinary; count];
    let (mut finite, mut equal) = (0, 0);
    for (end, value) in watch.along(values.iter().enumerate()) {
        finite = if value.is_finite() { finite + 1 } else { 0 };
        equal = if end > 0 && values[end - 1] == *value {
            equal + 1
        } else {
            1
        };
        if end + 1 >= m {
            let i = end + 1 - m;
            if finite < m {
                kinds[i] = Kind::Missing;
            } else if equal >= m || norm[i] == 0.0 {
                kinds[i] = Kind::Constant;
            }
        }
    }
    kinds
}

/// Of each window, whether one of its values is NaN or infinite.
pub fn missing(values: &[f64], m: usize) -> impl Iterator<Item = bool> {
    let mut since = 0;
    let gaps = values.iter().map(move |value| {
        since = if value.is_finite() { since + 1 } else { 0 };
        since < m
    });
    gaps.skip(m - 1)
}

/// Of each window, whether more than half of its values, one after another, are equal.
pub fn idle(values: &[f64], m: usize) -> impl Iterator<Item = bool> {
    let (half, mut equal, mut last) = (m / 2 + 1, 0, None);
    let runs = values.iter().enumerate().map(move |(at, value)| {
        let goes_on = at > 0 && values[at - 1] == *value;
        equal = if goes_on { equal + 1 } else { 1 };
        if equal >= half {
            last = Some(at);
        }
        // The run must have begun within the window that ends here.
        last.is_some_and(|last| last + m >= at + half)
    });
    runs.skip(m - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_each_window() {
        let values: Vec<f64> = (0..57).map(|i| 1e8 + f64::from(i * i % 13)).collect();
        for m in [1, 2, 3, 10, 56, 57] {
            let windows = Windows::new(&values, m, &Watch::idle());
            for i in 0..windows.len() {
                let window = windows.window(i);
                let mean = window.iter().sum::<f64>() / m as f64;
                let norm = window
                    .iter()
                    .map(|v| (v - mean) * (v - mean))
                    .sum::<f64>()
                    .sqrt();
                assert!((windows.mean[i] - mean).abs() <= 1e-15, "mean {i}");
                assert!((windows.norm[i] - norm).abs() <= 1e-14 * norm, "norm {i}");
            }
        }
    }

    #[test]
    fn idle_windows_hold_one_value_for_more_than_half() {
        let values = [1.0, 5.0, 5.0, 5.0, 5.0, 2.0, 3.0, 2.0, 2.0, 2.0];
        for m in [3, 4, 5, 6, 10] {
            let expected = values.windows(m).map(|window| {
                let runs = window.chunk_by(|a, b| a == b);
                runs.map(<[f64]>::len).max().unwrap() > m / 2
            });
            assert!(idle(&values, m).eq(expected), "{m}");
        }
    }

    #[test]
    fn kinds_are_exact() {
        let mut values = vec![5.0; 12];
        values[6] = 5.0 + 1e-15;
        values[11] = f64::INFINITY;
        let kinds = Windows::new(&values, 3, &Watch::idle()).kind;
        let mut expected = vec![Kind::Constant; 10];
        expected[4..7].fill(Kind::Ordinary);
        expected[9] = Kind::Missing;
        assert_eq!(kinds, expected);
    }

    #[test]
    fn extreme_values_stay_finite() {
        for size in [f64::MAX, 1e300, 5e-324, 1e-310] {
            let values = [0.0, size, -size, size, 0.0, f64::NAN, size, 0.0, 0.0];
            let windows = Windows::new(&values, 3, &Watch::idle());
            let all = windows
                .norm
                .iter()
                .chain(&windows.inverse)
                .chain(&windows.x);
            assert!(all.clone().all(|v| v.is_finite()), "{size}");
            assert_eq!(windows.kind[0], Kind::Ordinary);
        }
    }
}
