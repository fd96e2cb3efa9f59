//! The parts of a running node, wired together.
//!
//! [`partial`] opens the database and builds what every subcommand needs; [`full`] adds network, authoring, finality, offchain workers,
//! RPC, and what makes the node Hearth's: the blob store and its protocol, and the inference supervisor.

mod equivocations;
mod full;
mod partial;
mod worker;

pub use full::full;
pub use partial::{partial, AuthoritySet, Backend, Client, Partial, Pool, SelectChain};
