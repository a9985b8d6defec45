//! The nearest neighbour of every window, by tiles of columns that stay in registers.
//!
//! A tile is as many neighbouring columns as fit into vectors. It walks down a band of rows: one
//! row further, all covariances move one lane on, the last one leaves to the tile on the right and
//! the last one of the tile on the left comes in. So columns are read where they are aligned, what
//! is kept of them never leaves its registers, and keeping the nearer neighbour needs no branch.

use super::best::Side;
use super::search::Options;
use super::shapes::Shapes;
use super::tile::{Row, Tile, VECTORS, Walk};
use crate::dots::{Dot, Dots, Scaled};
use crate::simd::{PADDING, Simd};

use crate::stats::Kind;
use crate::threads;
use crate::watch::Watch;
use std::ops::Range;

/// Bands are so many rows high, or a share of all rows, or the next times m.
const BAND: Range<usize> = 512..4096;
const BANDS: usize = 16;
const BAND_WINDOWS: usize = 4;

/// Two series joined: all rows with all columns, or of one series with itself those pairs whose
/// column is more than an exclusion zone beyond the row.
pub struct Tiles<'a> {
    pub rows: &'a Shapes,
    pub columns: &'a Shapes,
    pub zone: Option<usize>,
    pub options: Options<'a>,
}

impl Tiles<'_> {
    /// Whether tiles do what is asked for, and faster than blocks of diagonals do.
    pub fn suit<S: Simd>(options: Options<'_>) -> bool {
        S::TILES && options.k == 1 && options.skip <= 0.0 && options.share >= 1.0
    }

    /// The nearest neighbour of each row, and of each column; the earliest of equally near ones.
    pub fn run<S: Simd>(&self, simd: S) -> [Side; 2] {
        let (bands, watch) = (self.bands(), self.options.watch);
        let start = || Worker {
            of_rows: side(self.rows, watch),
            of_columns: side(self.columns, watch),
            seeds: vec![0.0; self.columns.windows.len() + PADDING + 1],
            boundary: Vec::new(),
            rows: Vec::new(),
        };
        let found = threads::fold(
            self.options.threads,
            watch,
            bands.len(),
            start,
            |worker, number| {
                if !watch.stopped() {
                    self.walk(simd, worker, bands[number].clone());
                }
            },
        );
        let sides = found
            .into_iter()
            .map(|worker| [worker.of_rows, worker.of_columns]);
        let merged = sides.reduce(|mut all, others| {
            for (side, other) in all.iter_mut().zip(&others) {
                side.merge_earliest(other, watch);
            }
            all
        });
        merged.unwrap_or_else(|| [side(self.rows, watch), side(self.columns, watch)])
    }

    /// Rows that are walked in one go; each band begins with covariances computed afresh.
    fn bands(&self) -> Vec<Range<usize>> {
        let windows = &self.rows.windows;
        let (count, m) = (self.last_row(), windows.m);
        let height = (count / BANDS)
            .clamp(BAND.start, BAND.end)
            .max(BAND_WINDOWS * m);
        let drops = self.rows.drops.iter().copied();
        let mut starts: Vec<_> = (0..count).step_by(height).chain(drops).collect();
        starts.retain(|start| *start < count);
        starts.sort_unstable();
        starts.dedup();
        let ends = starts.iter().skip(1).copied().chain([count]);
        starts
            .iter()
            .zip(ends)
            .map(|(start, end)| *start..end)
            .collect()
    }

    /// The first row that has no column any more.
    fn last_row(&self) -> usize {
        let columns = self.columns.windows.len();
        match self.zone {
            None => self.rows.windows.len(),
            Some(zone) => columns.saturating_sub(zone + 1),
        }
    }

    fn walk<S: Simd>(&self, simd: S, worker: &mut Worker, band: Range<usize>) {
        let columns = self.columns.windows.len();
        let first = self.zone.map_or(0, |zone| band.start + zone + 1);
        self.seed_row(simd, band.start, first, &mut worker.seeds);
        worker.enter(self.rows, band.clone(), self.options.watch);
        let mut drops = self
            .columns
            .drops
            .iter()
            .copied()
            .filter(|drop| *drop > first)
            .peekable();
        let of_columns = self.columns.of_tiles(self.options.watch);
        let mut seeded = self.zone.is_none();
        let mut start = first;
        while start < columns {
            let full = columns.min(start + VECTORS * S::LANES);
            let end = drops.peek().map_or(full, |drop| full.min(*drop));
            let last = self
                .zone
                .map_or(band.end, |zone| band.end.min(end - 1 - zone));
            let rows = last - band.start;
            if seeded {
                self.seed_column(simd, start, band.start..last, &mut worker.boundary);
            }
            worker.boundary[0] = worker.seeds[start];
            let mut tile = Tile::new(of_columns, start..end, &worker.of_columns);
            simd.vectorize(worker.walk::<S>(&mut tile, rows, band.start));
            tile.keep(start..end, &mut worker.of_columns);
            worker.boundary[rows + 1..].fill(f64::NAN);
            seeded = drops.next_if_eq(&end).is_some();
            if !self.options.watch.step(rows * (end - start)) {
                break;
            }
            start = end;
        }
        worker.leave(band);
    }

    /// The covariances of a row with the columns from `first` on.
    fn seed_row<S: Simd>(&self, simd: S, row: usize, first: usize, seeds: &mut [f64]) {
        let windows = &self.rows.windows;
        let mean = windows.mean[row];
        let pattern: Vec<f64> = windows.window(row).iter().map(|x| x - mean).collect();
        let count = self.columns.windows.len().saturating_sub(first);
        let blocks = count.div_ceil(S::BLOCK);
        for block in self.options.watch.paced(blocks, windows.m).flatten() {
            let column = first + block * S::BLOCK;
            simd.vectorize(Dots {
                pattern: &pattern,
                windows: &self.columns.windows,
                first: column,
                out: &mut seeds[column..column + S::BLOCK],
            });
        }
    }

    /// The covariances of a column with rows, but the first, where they come in at the boundary.
    fn seed_column<S: Simd>(
        &self,
        simd: S,
        column: usize,
        rows: Range<usize>,
        boundary: &mut [f64],
    ) {
        let of_column = Scaled::centred(&self.columns.windows, column);
        for (at, row) in rows.skip(1).enumerate() {
            let free = self.zone.is_none_or(|zone| row + zone < column);
            boundary[at + 1] = if free {
                let of_row = Scaled::centred(&self.rows.windows, row);
                simd.vectorize(Dot(of_row, of_column))
            } else {
                f64::NAN
            };
        }
    }
}

fn side(shapes: &Shapes, watch: &Watch) -> Side {
    let kinds = shapes.windows.kind.iter();
    Side::new(1, kinds.map(|kind| *kind == Kind::Ordinary), watch)
}

/// What one thread keeps.
struct Worker {
    of_rows: Side,
    of_columns: Side,
    /// The covariances of a band's first row.
    seeds: Vec<f64>,
    /// For each row of the band, the covariance that leaves a tile for the next one on its right.
    boundary: Vec<f64>,
    /// The band's.
    rows: Vec<Row>,
}

impl Worker {
    /// Takes what is known of a band's rows.
    fn enter(&mut self, shapes: &Shapes, band: Range<usize>, watch: &Watch) {
        self.boundary.clear();
        self.boundary.resize(band.len() + 1, f64::NAN);
        self.rows.clear();
        let of = shapes.of_tiles(watch);
        self.rows.extend(band.map(|i| Row {
            f: of.before_f[i],
            g: of.before_g[i],
            inverse: of.divisor[i],
            nearness: self.of_rows.nearness[i],
        }));
        // Its covariances are seeds.
        (self.rows[0].f, self.rows[0].g) = (0.0, 0.0);
    }

    /// Keeps what was found for a band's rows.
    fn leave(&mut self, band: Range<usize>) {
        for (i, row) in band.zip(&self.rows) {
            self.of_rows.nearness[i] = row.nearness;
        }
    }

    /// What a tile walks through: so many rows from the first of the band on.
    fn walk<'a, S: Simd>(&'a mut self, tile: &'a mut Tile, rows: usize, first: usize) -> Walk<'a> {
        let start = tile.start + 1;
        Walk {
            seeds: &self.seeds[start..start + VECTORS * S::LANES],
            tile,
            rows: &mut self.rows[..rows],
            index: &mut self.of_rows.index[first..first + rows],
            first,
            boundary: &mut self.boundary,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Kernel, Level};

    struct Joined<'a> {
        series: [&'a Shapes; 2],
        zone: Option<usize>,
        threads: usize,
    }

    impl Kernel for Joined<'_> {
        type Output = [Side; 2];

        fn run<S: Simd>(self, simd: S) -> [Side; 2] {
            let [rows, columns] = self.series;
            let options = Options {
                k: 1,
                threads: self.threads,
                skip: 0.0,
                share: 1.0,
                watch: &Watch::new(&|_| true),
            };
            Tiles {
                rows,
                columns,
                zone: self.zone,
                options,
            }
            .run(simd)
        }
    }

    fn noise(n: usize, mut state: u32) -> Vec<f64> {
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / f64::from(1 << 24)
        };
        (0..n).map(next).collect()
    }

    /// The greatest correlation of each row, and of each column, pair by pair.
    fn greatest(series: [&Shapes; 2], zone: Option<usize>) -> [Vec<f64>; 2] {
        let [rows, columns] = series.map(|each| &each.windows);
        let mut found = [rows, columns].map(|each| vec![f64::NEG_INFINITY; each.len()]);
        for i in 0..rows.len() {
            for j in zone.map_or(0, |zone| i + zone + 1)..columns.len() {
                if rows.kind[i] == Kind::Ordinary && columns.kind[j] == Kind::Ordinary {
                    let unit = |of: &crate::stats::Windows, at: usize| -> Vec<f64> {
                        let centred = of.window(at).iter().map(|x| x - of.mean[at]);
                        centred.map(|x| x * of.inverse[at]).collect()
                    };
                    let (a, b) = (unit(rows, i), unit(columns, j));
                    let correlation = a.iter().zip(&b).map(|(x, y)| x * y).sum();
                    found[0][i] = found[0][i].max(correlation);
                    found[1][j] = found[1][j].max(correlation);
                }
            }
        }
        found
    }

    fn check(values: [&[f64]; 2], m: usize, zone: Option<usize>) {
        let [a, b] = values.map(|values| Shapes::new(values, m, &Watch::idle()));
        let series = [&a, &b];
        let expected = greatest(series, zone);
        for level in Level::available() {
            for threads in [1, 3] {
                let found = level.visit(Joined {
                    series,
                    zone,
                    threads,
                });
                for (side, (found, expected)) in found.iter().zip(&expected).enumerate() {
                    for (i, expected) in expected.iter().enumerate() {
                        let of = &series[side].windows;
                        let told = format!("{} {threads} {side} {i} m {m}", level.name());
                        match found.neighbour(i, 0) {
                            None => assert_eq!(*expected, f64::NEG_INFINITY, "{told}"),
                            Some((j, nearness)) => {
                                let near = nearness * of.inverse[i];
                                assert!(
                                    (near - expected).abs() < 1e-9,
                                    "{told}: {near} {expected}"
                                );
                                assert!(j < series[1 - side].windows.len(), "{told}");
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn tiles_find_the_nearest_in_the_series_itself() {
        for n in [20, 21, 76, 77, 140, 700, 1300] {
            let mut values = noise(n, n as u32);
            check([&values, &values], 20, Some(5));
            values[n / 2] = f64::NAN;
            values[n / 3] = 1e6;
            values[n / 4..n / 4 + 3].fill(7.0);
            check([&values, &values], 3, Some(1));
        }
    }

    #[test]
    fn tiles_find_the_nearest_in_another_series() {
        for (of_a, of_b) in [(10, 10), (10, 300), (700, 11), (66, 65), (1100, 130)] {
            let (mut a, mut b) = (noise(of_a, 1), noise(of_b, 2));
            check([&a, &b], 10, None);
            a[of_a / 2] = f64::INFINITY;
            b[of_b / 2] = -1e5;
            check([&a, &b], 4, None);
        }
    }
}
