//! Hearth's inference engine: ONNX graphs, run on a GPU or the processor by burn, with the digest that the chain compares.
//!
//! | module | holds |
//! |---|---|
//! | [`graph`] | from the bytes of an ONNX file to checked nodes: limits first, then decoding, then the plan |
//! | [`ops`] | one file per family of operators, and the registry that says what is supported |
//! | [`tensor`] | the one value type, over burn's run-time choice of devices |
//! | [`device`] | which devices there are, which pass the self-test, which is chosen |
//! | [`engine`] | loading, running, limits, freeing, hidden tensors and digests |
//! | [`io`] | safetensors in and out |
//! | [`calibrate`] | how far a model's honest results stand apart, how far cheats stand from them, and the tolerance that follows |
//! | [`serve`] | the node's protocol over standard input and output |
//! | [`error`] | everything that can go wrong, and the reason that goes on chain |
//!
//! The graph, the input and the caller are not trusted: whatever they hold ends in an [`error::Error`], never in a panic that leaves the
//! process. Arithmetic in floats runs in `f32` whatever width the graph declares; integers are exact `i64` on the host.

pub mod calibrate;
pub mod device;
pub mod engine;
pub mod error;
pub mod graph;
pub mod io;
pub mod limits;
pub mod ops;
pub mod serve;
pub mod tensor;
#[cfg(test)]
mod testing;
