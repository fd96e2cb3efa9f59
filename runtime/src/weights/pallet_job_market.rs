//! Weights of `pallet_job_market`, measured on 2026-11-24 in 20 steps of 10 repeats (AMD EPYC).
//!
//! `scripts/benchmark.sh pallet_job_market` writes this file; changes by hand are lost.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_job_market`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_job_market::WeightInfo for WeightInfo<T> {
    // Storage: `JobMarket::Models` (r:1 w:1)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::BlobRefs` (r:1 w:1)
    // Proof: `JobMarket::BlobRefs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // At least 94_977_000 picoseconds.
    fn register_model() -> Weight {
        Weight::from_parts(113_701_000, 3_704).saturating_add(T::DbWeight::get().reads_writes(4, 4))
    }
    // Storage: `JobMarket::Models` (r:1 w:1)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Offers` (r:1 w:1)
    // Proof: `ProviderRegistry::Offers` (`max_values`: None, `max_size`: Some(6194), added: 8669, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::OfferedBy` (r:32 w:32)
    // Proof: `ProviderRegistry::OfferedBy` (`max_values`: None, `max_size`: Some(2062), added: 4537, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::BlobRefs` (r:1 w:1)
    // Proof: `JobMarket::BlobRefs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // `d` from 0 to 32.
    // At least 113_462_000 picoseconds.
    fn retire_model(d: u32) -> Weight {
        Weight::from_parts(162_849_519, 9_659)
            .saturating_add(T::DbWeight::get().reads_writes(5, 5))
            .saturating_add(Weight::from_parts(24_550_846, 0).saturating_mul(d.into()))
            .saturating_add(Weight::from_parts(0, 4_537).saturating_mul(d.into()))
            .saturating_add(T::DbWeight::get().reads(1).saturating_mul(d.into()))
            .saturating_add(T::DbWeight::get().writes(1).saturating_mul(d.into()))
    }
    // Storage: `JobMarket::Models` (r:1 w:1)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::CustomerJobCount` (r:1 w:1)
    // Proof: `JobMarket::CustomerJobCount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::NextJobId` (r:1 w:1)
    // Proof: `JobMarket::NextJobId` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::BlobRefs` (r:1 w:1)
    // Proof: `JobMarket::BlobRefs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Offers` (r:1 w:0)
    // Proof: `ProviderRegistry::Offers` (`max_values`: None, `max_size`: Some(6194), added: 8669, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Agenda` (r:0 w:1)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Jobs` (r:0 w:1)
    // Proof: `JobMarket::Jobs` (`max_values`: None, `max_size`: Some(243), added: 2718, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::CustomerJobs` (r:0 w:1)
    // Proof: `JobMarket::CustomerJobs` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // At least 129_361_000 picoseconds.
    fn submit_job() -> Weight {
        Weight::from_parts(208_219_000, 9_659).saturating_add(T::DbWeight::get().reads_writes(7, 9))
    }
    // Storage: `JobMarket::Jobs` (r:32 w:32)
    // Proof: `JobMarket::Jobs` (`max_values`: None, `max_size`: Some(243), added: 2718, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Rounds` (r:32 w:32)
    // Proof: `JobMarket::Rounds` (`max_values`: None, `max_size`: Some(4119), added: 6594, mode: `MaxEncodedLen`)
    // Storage: `System::BlockHash` (r:1 w:0)
    // Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Models` (r:1 w:0)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::BlobRefs` (r:1 w:1)
    // Proof: `JobMarket::BlobRefs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // `n` from 1 to 32.
    // At least 75_661_000 picoseconds.
    fn report(n: u32) -> Weight {
        Weight::from_parts(74_474_018, 3_704)
            .saturating_add(T::DbWeight::get().reads_writes(3, 1))
            .saturating_add(Weight::from_parts(50_433_885, 0).saturating_mul(n.into()))
            .saturating_add(Weight::from_parts(0, 6_594).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(2).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().writes(2).saturating_mul(n.into()))
    }
    // Storage: `JobMarket::Jobs` (r:1 w:1)
    // Proof: `JobMarket::Jobs` (`max_values`: None, `max_size`: Some(243), added: 2718, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Rounds` (r:1 w:0)
    // Proof: `JobMarket::Rounds` (`max_values`: None, `max_size`: Some(4119), added: 6594, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Ring` (r:1 w:0)
    // Proof: `JobMarket::Ring` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Offers` (r:1 w:0)
    // Proof: `ProviderRegistry::Offers` (`max_values`: None, `max_size`: Some(6194), added: 8669, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Models` (r:1 w:1)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::BlobRefs` (r:1 w:1)
    // Proof: `JobMarket::BlobRefs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Agenda` (r:0 w:2)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // At least 137_596_000 picoseconds.
    fn poke() -> Weight {
        Weight::from_parts(187_440_000, 9_659).saturating_add(T::DbWeight::get().reads_writes(8, 7))
    }
    // Storage: `JobMarket::Jobs` (r:1 w:1)
    // Proof: `JobMarket::Jobs` (`max_values`: None, `max_size`: Some(243), added: 2718, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Rounds` (r:1 w:1)
    // Proof: `JobMarket::Rounds` (`max_values`: None, `max_size`: Some(4119), added: 6594, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Ring` (r:1 w:0)
    // Proof: `JobMarket::Ring` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Offers` (r:1 w:0)
    // Proof: `ProviderRegistry::Offers` (`max_values`: None, `max_size`: Some(6194), added: 8669, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:256 w:7)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Models` (r:1 w:0)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Agenda` (r:0 w:2)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::OperatorJobs` (r:0 w:7)
    // Proof: `JobMarket::OperatorJobs` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // `c` from 7 to 256.
    // At least 182_601_000 picoseconds.
    fn draw(c: u32) -> Weight {
        Weight::from_parts(392_334_943, 9_659)
            .saturating_add(T::DbWeight::get().reads_writes(5, 18))
            .saturating_add(Weight::from_parts(6_345_237, 0).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(0, 2_609).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(1).saturating_mul(c.into()))
    }
    // Storage: `JobMarket::Jobs` (r:1 w:1)
    // Proof: `JobMarket::Jobs` (`max_values`: None, `max_size`: Some(243), added: 2718, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Rounds` (r:1 w:1)
    // Proof: `JobMarket::Rounds` (`max_values`: None, `max_size`: Some(4119), added: 6594, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:7 w:7)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Agenda` (r:0 w:2)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::OperatorJobs` (r:0 w:7)
    // Proof: `JobMarket::OperatorJobs` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // At least 128_329_000 picoseconds.
    fn close_computing() -> Weight {
        Weight::from_parts(145_451_000, 19_253).saturating_add(T::DbWeight::get().reads_writes(9, 18))
    }
    // Storage: `JobMarket::Jobs` (r:1 w:1)
    // Proof: `JobMarket::Jobs` (`max_values`: None, `max_size`: Some(243), added: 2718, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Rounds` (r:1 w:1)
    // Proof: `JobMarket::Rounds` (`max_values`: None, `max_size`: Some(4119), added: 6594, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:9 w:9)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:7 w:7)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Open` (r:1 w:1)
    // Proof: `RewardEmission::Open` (`max_values`: Some(1), `max_size`: Some(48), added: 543, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Earnings` (r:7 w:7)
    // Proof: `RewardEmission::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Proof: `RewardEmission::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Models` (r:1 w:1)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::BlobRefs` (r:1 w:1)
    // Proof: `JobMarket::BlobRefs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Agenda` (r:0 w:2)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::OperatorJobs` (r:0 w:7)
    // Proof: `JobMarket::OperatorJobs` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // At least 697_361_000 picoseconds.
    fn settle() -> Weight {
        Weight::from_parts(785_454_000, 24_417).saturating_add(T::DbWeight::get().reads_writes(30, 38))
    }
    // Storage: `JobMarket::Jobs` (r:1 w:1)
    // Proof: `JobMarket::Jobs` (`max_values`: None, `max_size`: Some(243), added: 2718, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Rounds` (r:2 w:1)
    // Proof: `JobMarket::Rounds` (`max_values`: None, `max_size`: Some(4119), added: 6594, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::BlobRefs` (r:1 w:1)
    // Proof: `JobMarket::BlobRefs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::CustomerJobCount` (r:1 w:1)
    // Proof: `JobMarket::CustomerJobCount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Agenda` (r:0 w:1)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::CustomerJobs` (r:0 w:1)
    // Proof: `JobMarket::CustomerJobs` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // At least 84_628_000 picoseconds.
    fn settle_challenge() -> Weight {
        Weight::from_parts(400_000_000, 25_000).saturating_add(T::DbWeight::get().reads(34)).saturating_add(T::DbWeight::get().writes(40))
    }
    fn challenge(g: u32) -> Weight {
        Weight::from_parts(60_000_000, 40_000)
            .saturating_add(Weight::from_parts(150_000_000, 0).saturating_mul(g.into()))
            .saturating_add(T::DbWeight::get().reads(40))
            .saturating_add(T::DbWeight::get().writes(20))
            .saturating_add(T::DbWeight::get().writes((12_u64).saturating_mul(g.into())))
    }
    fn prune() -> Weight {
        Weight::from_parts(140_142_000, 14_178).saturating_add(T::DbWeight::get().reads_writes(5, 6))
    }
    // Storage: `JobMarket::Ring` (r:1 w:1)
    // Proof: `JobMarket::Ring` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    // Storage: `Babe::AuthorVrfRandomness` (r:1 w:0)
    // Proof: `Babe::AuthorVrfRandomness` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
    // Storage: `Babe::Randomness` (r:1 w:0)
    // Proof: `Babe::Randomness` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    // At least 20_859_000 picoseconds.
    fn extend_ring() -> Weight {
        Weight::from_parts(34_945_000, 3_545).saturating_add(T::DbWeight::get().reads_writes(3, 1))
    }
    // Storage: `JobMarket::AgendaCursor` (r:1 w:1)
    // Proof: `JobMarket::AgendaCursor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Agenda` (r:1 w:0)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // At least 12_283_000 picoseconds.
    fn serve_block() -> Weight {
        Weight::from_parts(22_162_000, 3_493).saturating_add(T::DbWeight::get().reads_writes(2, 1))
    }
    // Storage: `JobMarket::Agenda` (r:1 w:0)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // At least 8_977_000 picoseconds.
    fn serve_job() -> Weight {
        Weight::from_parts(12_473_000, 3_493).saturating_add(T::DbWeight::get().reads_writes(1, 0))
    }
}
