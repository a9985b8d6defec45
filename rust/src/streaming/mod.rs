//! Series that grow at one end while they are watched.
//!
//! Every new window is compared with all earlier ones in memory: the covariances of the latest
//! window with them are kept by lag and stepped in place (STAMPI and STOMPI; Yeh and others 2016).
//! From time to time the memory is laid out anew and the covariances are computed afresh, so that
//! what rounding does never depends on how long a stream has lived.

mod covariances;
mod devices;
mod edge;
mod edge_devices;
#[cfg(test)]
mod edge_sizes;
mod levels;
mod measure;
mod memory;
mod saved;
mod shapes;
mod spread;
mod stream;
mod tape;
mod together;

pub use edge::{MultidimensionalStream, Stream};
pub use edge_devices::DeviceStreams;

/// More values than any stream will see; indices stay far from overflow.
const LONGEST: u64 = 1 << 62;

/// The caller has stopped the work.
#[derive(Debug)]
pub struct Stopped;
