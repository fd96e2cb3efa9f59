//! The limits that keep one model or input from taking a provider's machine. All of them are checked before memory is taken.

use crate::error::{Error, OpError, OpResult};

/// The longest ONNX file, in bytes.
pub const MAX_MODEL_LEN: u64 = 1024 * 1024 * 1024;

/// The longest input file, in bytes.
pub const MAX_INPUT_LEN: u64 = 256 * 1024 * 1024;

/// Most nodes of a graph.
pub const MAX_NODES: usize = 50_000;

/// Most protobuf messages and scalar fields in a file: what decoding may multiply.
pub const MAX_WIRE_FIELDS: usize = 2_000_000;

/// Deepest nesting of protobuf messages.
pub const MAX_WIRE_DEPTH: usize = 32;

/// Most dimensions of a tensor: what burn's kernels take.
pub const MAX_RANK: usize = 8;

/// Most elements of one tensor: 1 GiB of `f32`.
pub const MAX_ELEMENTS: usize = 1 << 28;

/// Most elements of all tensors alive at one time: 8 GiB of `f32`.
pub const MAX_LIVE_ELEMENTS: usize = 1 << 31;

/// The number of elements of a tensor with these dimensions, if the engine may hold it.
pub fn elements(dims: &[usize]) -> OpResult<usize> {
    if dims.len() > MAX_RANK {
        return Err(OpError::Limit(format!("a tensor of {} dimensions; the most is {MAX_RANK}", dims.len())));
    }
    // A zero anywhere makes the product zero; the other dimensions must be sane all the same.
    dims.iter()
        .try_fold(1usize, |count, dim| count.checked_mul((*dim).max(1)))
        .filter(|count| *count <= MAX_ELEMENTS)
        .map(|count| if dims.contains(&0) { 0 } else { count })
        .ok_or_else(|| OpError::Limit(format!("a tensor of shape {dims:?}; the most is {MAX_ELEMENTS} elements")))
}

/// A clock that steps ask whether they may go on.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Option<std::time::Instant>);

impl Deadline {
    /// No limit.
    pub const NONE: Self = Self(None);

    /// So long from now.
    pub fn after(time: std::time::Duration) -> Self {
        Self(std::time::Instant::now().checked_add(time))
    }

    /// An error once the time is over.
    pub fn check(&self) -> Result<(), Error> {
        match self.0 {
            Some(at) if std::time::Instant::now() >= at => Err(Error::LimitExceeded("the time given for the run is over".into())),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn elements_counts_and_refuses() {
        assert_eq!(elements(&[]).unwrap(), 1);
        assert_eq!(elements(&[2, 3]).unwrap(), 6);
        assert_eq!(elements(&[2, 0, 3]).unwrap(), 0);
        assert!(elements(&[usize::MAX, 2]).is_err());
        assert!(elements(&[usize::MAX, 0]).is_err());
        assert!(elements(&[MAX_ELEMENTS + 1]).is_err());
        assert!(elements(&[1; MAX_RANK + 1]).is_err());
    }

    #[test]
    fn deadline_passes() {
        assert!(Deadline::NONE.check().is_ok());
        assert!(Deadline::after(std::time::Duration::from_secs(60)).check().is_ok());
        assert!(Deadline::after(std::time::Duration::ZERO).check().is_err());
    }

    proptest! {
        #[test]
        fn elements_never_overflows(dims in proptest::collection::vec(any::<usize>(), 0..12)) {
            if let Ok(count) = elements(&dims) {
                prop_assert!(count <= MAX_ELEMENTS);
            }
        }
    }
}
