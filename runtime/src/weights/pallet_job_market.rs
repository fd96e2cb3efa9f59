//! Weights of `pallet_job_market`: estimates from the storage that each call touches, until they are measured.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_job_market`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo<T> {
    fn estimate(micros: u64, reads: u64, writes: u64) -> Weight {
        Weight::from_parts(micros * 1_000_000, 4_000).saturating_add(T::DbWeight::get().reads_writes(reads, writes))
    }
}

impl<T: frame_system::Config> pallet_job_market::WeightInfo for WeightInfo<T> {
    fn register_model() -> Weight {
        Self::estimate(60, 3, 4)
    }
    fn retire_model(d: u32) -> Weight {
        Self::estimate(60, 3, 4).saturating_add(Self::estimate(15, 1, 2).saturating_mul(d.into()))
    }
    fn submit_job() -> Weight {
        Self::estimate(90, 6, 9)
    }
    fn report(n: u32) -> Weight {
        Self::estimate(10, 1, 0).saturating_add(Self::estimate(40, 5, 4).saturating_mul(n.into()))
    }
    fn poke() -> Weight {
        Self::estimate(10, 2, 2)
    }
    fn draw(c: u32) -> Weight {
        Self::estimate(120, 20, 20).saturating_add(Self::estimate(8, 1, 0).saturating_mul(c.into()))
    }
    fn close_computing() -> Weight {
        Self::estimate(150, 12, 20)
    }
    fn settle() -> Weight {
        Self::estimate(450, 32, 44)
    }
    fn prune() -> Weight {
        Self::estimate(70, 14, 16)
    }
    fn extend_ring() -> Weight {
        Self::estimate(12, 4, 1)
    }
    fn serve_block() -> Weight {
        Self::estimate(6, 2, 1)
    }
    fn serve_job() -> Weight {
        Self::estimate(6, 2, 0)
    }
}
