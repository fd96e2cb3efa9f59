//! What is said when something fails: a sentence that names the next step.

use std::fmt::Display;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command was not understood or lacks something: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// It was understood and failed: exit code 1.
    #[error("{0}")]
    Failed(String),
}

/// A result of this program.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A wrong use.
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self::Usage(sentence.into())
    }

    /// A failure.
    pub fn failed(sentence: impl Into<String>) -> Self {
        Self::Failed(sentence.into())
    }

    /// The process's exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(_) => 1,
        }
    }
}

/// Says what was attempted when a step fails.
pub trait Context<T> {
    /// "`attempt`: the reason".
    fn context(self, attempt: impl Display) -> Result<T>;
}

impl<T, E: Display> Context<T> for std::result::Result<T, E> {
    fn context(self, attempt: impl Display) -> Result<T> {
        self.map_err(|reason| Error::Failed(format!("{attempt}: {reason}")))
    }
}

/// The last of the causes that a chain of errors puts one behind the other: "RPC error: client error: refused" is "refused".
pub fn cause(reason: &str) -> &str {
    reason.rsplit("error: ").next().unwrap_or(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cause_is_the_last() {
        assert_eq!(cause("Backend error: RPC error: User error: Invalid Transaction (1010)"), "Invalid Transaction (1010)");
        assert_eq!(cause("refused"), "refused");
    }

    #[test]
    fn exit_codes_tell_wrong_use_from_failure() {
        assert_eq!((Error::usage("").exit_code(), Error::failed("").exit_code()), (2, 1));
    }
}
