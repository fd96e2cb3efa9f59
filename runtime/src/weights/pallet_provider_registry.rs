//! Weights of `pallet_provider_registry`: estimates from the storage that each call touches, until they are measured.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What the check of an operator's signature takes.
const CONSENT: Weight = Weight::from_parts(60_000_000, 0);

/// Weights of `pallet_provider_registry`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo<T> {
    fn estimate(reads: u64, writes: u64) -> Weight {
        Weight::from_parts(100_000_000, 20_000).saturating_add(T::DbWeight::get().reads_writes(reads, writes))
    }
}

impl<T: frame_system::Config> pallet_provider_registry::WeightInfo for WeightInfo<T> {
    fn register() -> Weight {
        Self::estimate(9, 8).saturating_add(CONSENT)
    }
    fn bond_extra() -> Weight {
        Self::estimate(4, 3)
    }
    fn set_operator() -> Weight {
        Self::estimate(7, 6).saturating_add(CONSENT)
    }
    fn update() -> Weight {
        Self::estimate(2, 1)
    }
    fn offer() -> Weight {
        Self::estimate(5, 2)
    }
    fn withdraw_offer() -> Weight {
        Self::estimate(4, 2)
    }
    fn leave(offers: u32) -> Weight {
        Self::estimate(3, 2).saturating_add(Self::estimate(1, 1).saturating_mul(offers.into()))
    }
    fn withdraw() -> Weight {
        Self::estimate(5, 6)
    }
}
