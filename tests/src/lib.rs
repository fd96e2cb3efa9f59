//! The harness of the end-to-end tests: real `hearth-node` and `hearth-inference-worker` processes, driven as users drive them.
//!
//! | module | holds |
//! |---|---|
//! | [`binaries`] | where the programs and the models are found, and what to do when they are not |
//! | [`node`] | one node process: start, kill, restart, its log |
//! | [`network`] | a network of validators and providers on this machine |
//! | [`client`] | JSON-RPC, runtime API and signed extrinsics |
//! | [`wait`] | waiting for a condition, with what was seen last when it never comes |
//! | [`governance`] | what holders do: propose, vote, delegate; what comes of a proposal |
//! | [`market`] | what customers and providers do: upload, register, offer, submit, wait, account for every unit |
//! | [`snapshot`] | a block's whole state in this process, for `try_state` and the conservation of money |
//! | [`command`] | the command line `hearth`, run as a user runs it |
//! | [`standin`] | workers that misbehave |
//! | [`puppet`] | providers without a node, for which a test reports |
//! | [`economy`] | the economy of the chain, simulated; it starts nothing |
//! | [`cheats`] | an adversary's kit, tried out on the chain's state transition; it starts nothing |
//! | [`onnx`], [`tensors`] | ONNX and safetensors files made by hand |
//!
//! The harness panics with a sentence where a test would: nothing here is part of the product. The tests in `tests/` start few networks
//! and are meant to run one at a time (`--test-threads=1`).

pub mod binaries;
pub mod cheats;
pub mod client;
pub mod command;
pub mod economy;
pub mod governance;
pub mod market;
pub mod network;
pub mod node;
pub mod onnx;
pub mod puppet;
pub mod snapshot;
pub mod standin;
pub mod tensors;
pub mod wait;

/// A client error with where it happened, as tests print it.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
