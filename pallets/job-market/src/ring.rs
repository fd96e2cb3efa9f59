//! The ring of randomness: what the chain knew at the end of each of the last 256 blocks.
//!
//! acc[b] = blake2-256(domain ‖ acc[b−1] ‖ VRF output of block b). BABE publishes a block's VRF output in `on_finalize`, so in
//! `on_initialize` of a block it is still the parent's. Hence the entry for block b is written at the start of block b + 1. This is the
//! only place that knows it.
//!
//! A draw that is due in block D takes the entry of D − 1: it is fixed when the draw is scheduled, nobody can know it then, and it is there
//! when D begins.

use crate::{BlockRandomness, Config, Pallet, Ring, RingEntry, RING_LEN};
use alloc::vec::Vec;
use codec::Encode;
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::{blake2_256, H256};
use sp_runtime::{
    traits::{One, UniqueSaturatedInto, Zero},
    Saturating,
};

/// Separates the accumulator from every other use of the hash.
const DOMAIN: &[u8] = b"hearth/accumulate";

/// The next link of the chain of VRF outputs. A block without one (a secondary slot that is not VRF) still moves it.
pub fn accumulate(previous: H256, vrf: Option<[u8; 32]>) -> H256 {
    let mut preimage: Vec<u8> = DOMAIN.to_vec();
    (previous, vrf).encode_to(&mut preimage);
    blake2_256(&preimage)
}

fn slot<T: Config>(block: BlockNumberFor<T>) -> u32 {
    UniqueSaturatedInto::<u32>::unique_saturated_into(block % RING_LEN.into())
}

impl<T: Config> Pallet<T> {
    /// At the start of block `now`: writes the entry of its parent.
    pub(crate) fn extend_ring(now: BlockNumberFor<T>) {
        if now.is_zero() {
            return;
        }
        let block = now.saturating_sub(One::one());
        let previous = if block.is_zero() { None } else { Self::ring_entry(block.saturating_sub(One::one())) };
        let accumulated = accumulate(previous.map(|entry| entry.accumulated).unwrap_or_default(), T::Randomness::parent_vrf());
        Ring::<T>::insert(slot::<T>(block), RingEntry { block, accumulated, epoch: H256(T::Randomness::epoch()) });
    }

    /// The entry of `block`, while the ring holds it.
    pub fn ring_entry(block: BlockNumberFor<T>) -> Option<RingEntry<BlockNumberFor<T>>> {
        Ring::<T>::get(slot::<T>(block)).filter(|entry| entry.block == block)
    }

    /// The entry that a draw due at `due` takes.
    pub(crate) fn entry_for_draw(due: BlockNumberFor<T>) -> Option<RingEntry<BlockNumberFor<T>>> {
        Self::ring_entry(due.saturating_sub(One::one()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accumulate_moves_without_a_vrf_and_depends_on_both() {
        let zero = accumulate(H256::zero(), None);
        assert_ne!(zero, H256::zero());
        assert_ne!(zero, accumulate(H256::zero(), Some([0; 32])));
        assert_ne!(accumulate(zero, None), zero);
        assert_ne!(accumulate(zero, Some([1; 32])), accumulate(H256::zero(), Some([1; 32])));
    }
}
