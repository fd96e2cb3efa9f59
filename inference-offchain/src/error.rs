//! What can go wrong between a file and a digest, and the reason code that it becomes on chain.

use hearth_primitives::{market::DeclineReason, projection::ResultFault};

/// An error of the engine. The message is for people, with the next step where there is one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes are not a well-formed ONNX graph, or its nodes contradict each other.
    #[error("the model is not a valid ONNX graph: {0}")]
    ModelInvalid(String),
    /// The graph needs operators, or uses of them, that the engine lacks.
    #[error("the model needs what this engine lacks: {}. `hearth-inference-worker ops` lists what is supported", .0.join("; "))]
    Unsupported(Vec<String>),
    /// The inputs are not the model's.
    #[error("the input does not fit the model: {0}")]
    InputInvalid(String),
    /// A size, a count or the time would pass a limit.
    #[error("a limit would be passed: {0}")]
    LimitExceeded(String),
    /// The result has no digest.
    #[error("the result has no digest: {0}")]
    ResultFault(#[from] ResultFault),
    /// The device or its driver failed.
    #[error("the device failed: {0}")]
    Device(String),
    /// No device fits what was asked.
    #[error("no device: {0}")]
    NoDevice(String),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A blob's bytes are not those that its reference names.
    #[error("{path} is not the blob that was asked for: {what}. Fetch it again")]
    BlobMismatch {
        /// The file.
        path: String,
        /// Length or hash, expected and found.
        what: String,
        /// Whether the file is the model (else the input).
        model: bool,
    },
    /// Something in the engine panicked: a bug here or in a driver, not the caller's.
    #[error("the engine panicked: {0}. Please report it with the model's id")]
    Panicked(String),
}

impl Error {
    /// The reason that a provider gives on chain when it declines a job for this error.
    pub fn decline_reason(&self) -> DeclineReason {
        match self {
            Self::ModelInvalid(_) => DeclineReason::ModelInvalid,
            Self::Unsupported(_) => DeclineReason::UnsupportedOperator,
            Self::InputInvalid(_) => DeclineReason::InputInvalid,
            Self::LimitExceeded(_) => DeclineReason::LimitExceeded,
            Self::ResultFault(_) => DeclineReason::ResultFault,
            Self::BlobMismatch { model: true, .. } => DeclineReason::ModelUnavailable,
            Self::BlobMismatch { model: false, .. } => DeclineReason::InputUnavailable,
            Self::Device(_) | Self::NoDevice(_) | Self::Io { .. } | Self::Panicked(_) => DeclineReason::WorkerFailed,
        }
    }

    /// An [`Error::Io`] about `path`.
    pub fn io(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::Io { path: path.display().to_string(), source }
    }
}

/// An error of one operator, before it is known whether the model or the input is to blame.
#[derive(Debug, thiserror::Error)]
pub enum OpError {
    /// Shapes, dtypes or values of the operands do not fit the operator.
    #[error("{0}")]
    Operands(String),
    /// An attribute is missing or has a value that the standard does not allow.
    #[error("{0}")]
    Attribute(String),
    /// A use of the operator that the engine lacks.
    #[error("{0}")]
    Unsupported(String),
    /// A tensor would be too large.
    #[error("{0}")]
    Limit(String),
    /// The device failed.
    #[error("{0}")]
    Device(String),
}

/// The result of an operator.
pub type OpResult<T> = Result<T, OpError>;

/// An [`OpError::Operands`] from a format string.
macro_rules! operands {
    ($($arg:tt)*) => { $crate::error::OpError::Operands(format!($($arg)*)) };
}

/// An [`OpError::Unsupported`] from a format string.
macro_rules! unsupported {
    ($($arg:tt)*) => { $crate::error::OpError::Unsupported(format!($($arg)*)) };
}

/// An [`OpError::Attribute`] from a format string.
macro_rules! attribute {
    ($($arg:tt)*) => { $crate::error::OpError::Attribute(format!($($arg)*)) };
}

pub(crate) use {attribute, operands, unsupported};

/// The text, cut to at most `max` bytes between two characters; an ellipsis says that it was cut.
pub fn cut(mut text: String, max: usize) -> String {
    if text.len() > max {
        text.truncate(text.floor_char_boundary(max.saturating_sub('…'.len_utf8())));
        text.push('…');
    }
    text
}

/// Runs `f`, turning a panic into [`Error::Panicked`].
pub fn guarded<T>(f: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)) {
        Ok(result) => result,
        Err(payload) => Err(Error::Panicked(panic_text(payload.as_ref()))),
    }
}

/// What a panic said, if it said it in text.
fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|s| (*s).to_owned()).or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "without a message".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_keeps_characters_whole() {
        assert_eq!(cut("short".into(), 5), "short");
        assert_eq!(cut("longer".into(), 5), "lo…");
        assert_eq!(cut("éééé".into(), 7), "éé…");
        assert_eq!(cut("éééé".into(), 6), "é…");
    }

    #[test]
    fn guarded_turns_panics_into_errors() {
        assert_eq!(guarded(|| Ok(7)).unwrap(), 7);
        let error = guarded::<()>(|| panic!("at step {}", 3)).unwrap_err();
        assert!(matches!(&error, Error::Panicked(text) if text == "at step 3"), "{error}");
        assert_eq!(error.decline_reason(), DeclineReason::WorkerFailed);
    }
}
