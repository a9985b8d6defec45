//! Where a join writes: borrowed arrays that can be cut apart for the threads.

/// Distances and indices of nearest neighbours; ∞ and −1 where there is none.
pub struct Neighbours<'a> {
    pub distance: &'a mut [f64],
    pub index: &'a mut [i64],
}

impl Neighbours<'_> {
    pub fn set(&mut self, at: usize, (distance, index): (f64, i64)) {
        self.distance[at] = distance;
        self.index[at] = index;
    }
}

/// The k nearest neighbours before and after each window, and the k nearest of all.
pub struct Profile<'a> {
    pub k: usize,
    pub overall: Neighbours<'a>,
    pub left: Neighbours<'a>,
    pub right: Neighbours<'a>,
}

impl<'a> Profile<'a> {
    /// How many windows there are.
    pub fn len(&self) -> usize {
        self.overall.index.len() / self.k
    }

    /// The first `windows` windows, and the rest.
    pub fn split(self, windows: usize) -> (Self, Self) {
        let (k, count) = (self.k, windows * self.k);
        let cut = |side: Neighbours<'a>| {
            let (distance, distance_rest) = side.distance.split_at_mut(count);
            let (index, index_rest) = side.index.split_at_mut(count);
            let rest = Neighbours {
                distance: distance_rest,
                index: index_rest,
            };
            (Neighbours { distance, index }, rest)
        };
        let (overall, overall_rest) = cut(self.overall);
        let (left, left_rest) = cut(self.left);
        let (right, right_rest) = cut(self.right);
        let rest = Profile {
            k,
            overall: overall_rest,
            left: left_rest,
            right: right_rest,
        };
        (
            Profile {
                k,
                overall,
                left,
                right,
            },
            rest,
        )
    }
}

/// The arrays of a profile.
pub struct Arrays {
    k: usize,
    pub distances: [Vec<f64>; 3],
    pub indices: [Vec<i64>; 3],
}

impl Arrays {
    /// For k neighbours of so many windows, to be written by a join.
    ///
    /// Zeros cost nothing until they are written to: a large fleet's arrays take seconds to fill,
    /// which the threads do along with the work, and Ctrl-C can stop.
    pub fn new(windows: usize, k: usize) -> Self {
        Arrays {
            k,
            distances: [(); 3].map(|()| vec![0.0; windows * k]),
            indices: [(); 3].map(|()| vec![0; windows * k]),
        }
    }

    /// The nearest neighbours overall, to the left and to the right.
    pub fn of_one([overall, left, right]: [(Vec<f64>, Vec<i64>); 3]) -> Self {
        Arrays {
            k: 1,
            distances: [overall.0, left.0, right.0],
            indices: [overall.1, left.1, right.1],
        }
    }

    pub fn borrow(&mut self) -> Profile<'_> {
        let [overall, left, right] = self.distances.each_mut();
        let [overall_index, left_index, right_index] = self.indices.each_mut();
        Profile {
            k: self.k,
            overall: Neighbours {
                distance: overall,
                index: overall_index,
            },
            left: Neighbours {
                distance: left,
                index: left_index,
            },
            right: Neighbours {
                distance: right,
                index: right_index,
            },
        }
    }
}
