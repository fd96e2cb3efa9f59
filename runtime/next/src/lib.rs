//! The next runtime: `hearth-runtime` with its feature `next`, which is a higher `spec_version` and a migration.
//!
//! It is a crate of its own because the feature must be on in this WASM alone: neither in the node's WASM nor natively.

#![cfg_attr(not(feature = "std"), no_std)]

// The WASM, as `WASM_BINARY` and, before compression, `WASM_BINARY_BLOATY`.
#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

#[cfg(not(feature = "std"))]
pub use hearth_runtime::*;
