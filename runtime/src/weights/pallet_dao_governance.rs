//! Weights of `pallet_dao_governance`, estimated and not measured yet.
//!
//! `scripts/benchmark.sh pallet_dao_governance` writes this file; changes by hand are lost.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_dao_governance`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_dao_governance::WeightInfo for WeightInfo<T> {
    fn set_parameter() -> Weight {
        Weight::from_parts(220_000_000, 8_000).saturating_add(T::DbWeight::get().reads_writes(34, 1))
    }
    fn open_change(p: u32) -> Weight {
        Weight::from_parts(280_000_000, 8_000)
            .saturating_add(T::DbWeight::get().reads_writes(40, 2))
            .saturating_add(Weight::from_parts(6_000_000, 2_600).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(2).saturating_mul(p.into()))
    }
    fn set_bound() -> Weight {
        Weight::from_parts(30_000_000, 4_000).saturating_add(T::DbWeight::get().reads_writes(2, 1))
    }
    fn object() -> Weight {
        Weight::from_parts(60_000_000, 6_000).saturating_add(T::DbWeight::get().reads_writes(5, 2))
    }
    fn clear_objections() -> Weight {
        Weight::from_parts(90_000_000, 170_000).saturating_add(T::DbWeight::get().reads_writes(66, 64))
    }
    fn cancel_slash() -> Weight {
        Weight::from_parts(30_000_000_000, 2_800_000).saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }
    fn begin_block() -> Weight {
        Weight::from_parts(8_000_000, 5_000).saturating_add(T::DbWeight::get().reads(2))
    }
    fn settle_change() -> Weight {
        Weight::from_parts(320_000_000, 180_000).saturating_add(T::DbWeight::get().reads_writes(104, 66))
    }
    fn count_house(p: u32) -> Weight {
        Weight::from_parts(20_000_000, 3_000)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(Weight::from_parts(6_000_000, 2_600).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(2).saturating_mul(p.into()))
    }
    fn create_budget() -> Weight {
        Weight::from_parts(60_000_000, 4_000).saturating_add(T::DbWeight::get().reads_writes(4, 3))
    }
    fn reach_milestone() -> Weight {
        Weight::from_parts(60_000_000, 4_000).saturating_add(T::DbWeight::get().reads_writes(3, 1))
    }
    fn claim_budget() -> Weight {
        Weight::from_parts(130_000_000, 9_000).saturating_add(T::DbWeight::get().reads_writes(5, 5))
    }
    fn stop_budget() -> Weight {
        Weight::from_parts(60_000_000, 4_000).saturating_add(T::DbWeight::get().reads_writes(3, 2))
    }
    fn pull_brake() -> Weight {
        Weight::from_parts(45_000_000, 3_000).saturating_add(T::DbWeight::get().reads_writes(2, 1))
    }
    fn release_brake() -> Weight {
        Weight::from_parts(40_000_000, 3_000).saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }
    fn end_pause() -> Weight {
        Weight::from_parts(30_000_000, 2_000).saturating_add(T::DbWeight::get().reads_writes(0, 1))
    }
}
