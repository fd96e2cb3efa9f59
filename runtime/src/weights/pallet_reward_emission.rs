//! Weights of `pallet_reward_emission`: estimates from the storage that each call touches, until they are measured.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_reward_emission`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo<T> {
    fn estimate(reads: u64, writes: u64) -> Weight {
        Weight::from_parts(100_000_000, 20_000).saturating_add(T::DbWeight::get().reads_writes(reads, writes))
    }
}

impl<T: frame_system::Config> pallet_reward_emission::WeightInfo for WeightInfo<T> {
    fn claim() -> Weight {
        Self::estimate(8, 6)
    }
    fn era_payout() -> Weight {
        Self::estimate(9, 9)
    }
    fn take_fee(earners: u32) -> Weight {
        Self::estimate(6, 6).saturating_add(Self::estimate(3, 3).saturating_mul(earners.into()))
    }
    fn proven() -> Weight {
        Self::estimate(4, 4)
    }
}
