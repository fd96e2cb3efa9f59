//! Weights of `pallet_job_market`, measured on 2026-11-24 in 20 steps of 10 repeats (AMD EPYC).
//!
//! `scripts/benchmark.sh pallet_job_market` writes this file; changes by hand are lost.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_job_market`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_job_market::WeightInfo for WeightInfo<T> {
    // Storage: `Parameters::Parameters` (r:4 w:0)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Models` (r:1 w:1)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::BlobRefs` (r:1 w:1)
    // Proof: `JobMarket::BlobRefs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // At least 115_135_000 picoseconds.
    fn register_model() -> Weight {
        Weight::from_parts(206_695_000, 11_034).saturating_add(T::DbWeight::get().reads_writes(8, 4))
    }
    // Storage: `JobMarket::Models` (r:1 w:1)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::CapabilityBenchmark` (r:1 w:0)
    // Proof: `JobMarket::CapabilityBenchmark` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Offers` (r:1 w:1)
    // Proof: `ProviderRegistry::Offers` (`max_values`: None, `max_size`: Some(6194), added: 8669, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::OfferedBy` (r:32 w:32)
    // Proof: `ProviderRegistry::OfferedBy` (`max_values`: None, `max_size`: Some(2062), added: 4537, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::BlobRefs` (r:1 w:1)
    // Proof: `JobMarket::BlobRefs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // `d` from 0 to 32.
    // At least 120_694_000 picoseconds.
    fn retire_model(d: u32) -> Weight {
        Weight::from_parts(176_197_743, 9_659)
            .saturating_add(T::DbWeight::get().reads_writes(6, 5))
            .saturating_add(Weight::from_parts(15_176_354, 0).saturating_mul(d.into()))
            .saturating_add(Weight::from_parts(0, 4_537).saturating_mul(d.into()))
            .saturating_add(T::DbWeight::get().reads(1).saturating_mul(d.into()))
            .saturating_add(T::DbWeight::get().writes(1).saturating_mul(d.into()))
    }
    // Storage: `JobMarket::Models` (r:1 w:1)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::Pauses` (r:1 w:0)
    // Proof: `DaoGovernance::Pauses` (`max_values`: Some(1), `max_size`: Some(1185), added: 1680, mode: `MaxEncodedLen`)
    // Storage: `Parameters::Parameters` (r:6 w:0)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::CustomerJobCount` (r:1 w:1)
    // Proof: `JobMarket::CustomerJobCount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::NextJobId` (r:1 w:1)
    // Proof: `JobMarket::NextJobId` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
    // Storage: `ConvictionVoting::ClassLocksFor` (r:1 w:0)
    // Proof: `ConvictionVoting::ClassLocksFor` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::BlobRefs` (r:1 w:1)
    // Proof: `JobMarket::BlobRefs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Offers` (r:1 w:0)
    // Proof: `ProviderRegistry::Offers` (`max_values`: None, `max_size`: Some(6194), added: 8669, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Agenda` (r:0 w:1)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Jobs` (r:0 w:1)
    // Proof: `JobMarket::Jobs` (`max_values`: None, `max_size`: Some(256), added: 2731, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::CustomerJobs` (r:0 w:1)
    // Proof: `JobMarket::CustomerJobs` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // At least 171_730_000 picoseconds.
    fn submit_job() -> Weight {
        Weight::from_parts(264_824_000, 16_056).saturating_add(T::DbWeight::get().reads_writes(15, 9))
    }
    // Storage: `JobMarket::Jobs` (r:32 w:32)
    // Proof: `JobMarket::Jobs` (`max_values`: None, `max_size`: Some(256), added: 2731, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Rounds` (r:32 w:32)
    // Proof: `JobMarket::Rounds` (`max_values`: None, `max_size`: Some(4119), added: 6594, mode: `MaxEncodedLen`)
    // Storage: `System::BlockHash` (r:1 w:0)
    // Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Models` (r:1 w:0)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:1)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::BlobRefs` (r:1 w:1)
    // Proof: `JobMarket::BlobRefs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::OperatorJobs` (r:0 w:32)
    // Proof: `JobMarket::OperatorJobs` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // `n` from 1 to 32.
    // At least 98_874_000 picoseconds.
    fn report(n: u32) -> Weight {
        Weight::from_parts(184_214_208, 3_704)
            .saturating_add(T::DbWeight::get().reads_writes(4, 2))
            // A juror's line reads and writes the replicas' round as well, which is not measured yet.
            .saturating_add(Weight::from_parts(85_000_000, 0).saturating_mul(n.into()))
            .saturating_add(Weight::from_parts(0, 13_188).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(3).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().writes(4).saturating_mul(n.into()))
    }
    // Storage: `JobMarket::Jobs` (r:1 w:1)
    // Proof: `JobMarket::Jobs` (`max_values`: None, `max_size`: Some(256), added: 2731, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Rounds` (r:1 w:0)
    // Proof: `JobMarket::Rounds` (`max_values`: None, `max_size`: Some(4119), added: 6594, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Ring` (r:1 w:0)
    // Proof: `JobMarket::Ring` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Offers` (r:1 w:0)
    // Proof: `ProviderRegistry::Offers` (`max_values`: None, `max_size`: Some(6194), added: 8669, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
    // Storage: `ConvictionVoting::ClassLocksFor` (r:1 w:0)
    // Proof: `ConvictionVoting::ClassLocksFor` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Models` (r:1 w:1)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::BlobRefs` (r:1 w:1)
    // Proof: `JobMarket::BlobRefs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Parameters::Parameters` (r:1 w:0)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Agenda` (r:0 w:2)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // At least 154_328_000 picoseconds.
    fn poke() -> Weight {
        Weight::from_parts(171_389_000, 9_659).saturating_add(T::DbWeight::get().reads_writes(10, 7))
    }
    // Storage: `JobMarket::Models` (r:1 w:1)
    // Not measured yet.
    fn set_pay_only() -> Weight {
        Weight::from_parts(40_000_000, 3_704).saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }
    // Storage: `JobMarket::Jobs` (r:1 w:1)
    // Storage: `JobMarket::Rounds` (r:1 w:1)
    // Storage: `JobMarket::Agenda` (r:0 w:2)
    // Storage: `System::Account` (r:1 w:1)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Storage: `ConvictionVoting::ClassLocksFor` (r:1 w:0)
    // Storage: `Balances::Locks` (r:1 w:1)
    // Storage: `Balances::Freezes` (r:1 w:0)
    // Not measured yet: of somebody who votes.
    fn dispute() -> Weight {
        Weight::from_parts(220_000_000, 14_178).saturating_add(T::DbWeight::get().reads_writes(8, 8))
    }
    // Storage: `JobMarket::Jobs` (r:1 w:1)
    // Storage: `JobMarket::Rounds` (r:2 w:2)
    // Storage: `JobMarket::Models` (r:1 w:0)
    // Storage: `ProviderRegistry::Providers` (r:7 w:7)
    // Storage: `JobMarket::OperatorJobs` (r:0 w:7)
    // Storage: `RewardEmission::Open` (r:1 w:1)
    // Storage: `RewardEmission::Earnings` (r:7 w:7)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Storage: `RewardEmission::EraPools` (r:7 w:7)
    // Not measured yet: all jurors with work.
    fn conclude_jury() -> Weight {
        // The jurors are not paid here any more, but at the end of the job.
        Weight::from_parts(450_000_000, 24_417).saturating_add(T::DbWeight::get().reads_writes(28, 32))
    }
    // Storage: `JobMarket::Jobs` (r:1 w:1)
    // Proof: `JobMarket::Jobs` (`max_values`: None, `max_size`: Some(256), added: 2731, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Rounds` (r:1 w:1)
    // Proof: `JobMarket::Rounds` (`max_values`: None, `max_size`: Some(4119), added: 6594, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Ring` (r:1 w:0)
    // Proof: `JobMarket::Ring` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Offers` (r:1 w:0)
    // Proof: `ProviderRegistry::Offers` (`max_values`: None, `max_size`: Some(6194), added: 8669, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:256 w:7)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `Parameters::Parameters` (r:1 w:0)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Models` (r:1 w:0)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Agenda` (r:0 w:2)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::OperatorJobs` (r:0 w:7)
    // Proof: `JobMarket::OperatorJobs` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // `c` from 7 to 256.
    // At least 205_954_000 picoseconds.
    fn draw(c: u32) -> Weight {
        // With juries since: two rounds more are read, and what backs a provider whose bond is not enough.
        Weight::from_parts(234_000_000, 22_847)
            .saturating_add(T::DbWeight::get().reads_writes(9, 19))
            .saturating_add(Weight::from_parts(16_600_000, 0).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(0, 5_163).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(2).saturating_mul(c.into()))
    }
    // Storage: `JobMarket::Models` (r:1 w:0)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::CapabilityBenchmark` (r:1 w:1)
    // Proof: `JobMarket::CapabilityBenchmark` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // At least 189_844_000 picoseconds.
    fn set_benchmark() -> Weight {
        Weight::from_parts(260_085_000, 3_704).saturating_add(T::DbWeight::get().reads_writes(2, 1))
    }
    // Storage: `JobMarket::Jobs` (r:1 w:1)
    // Proof: `JobMarket::Jobs` (`max_values`: None, `max_size`: Some(256), added: 2731, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Rounds` (r:1 w:1)
    // Proof: `JobMarket::Rounds` (`max_values`: None, `max_size`: Some(4119), added: 6594, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:7 w:7)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `Parameters::Parameters` (r:1 w:0)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Agenda` (r:0 w:2)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::OperatorJobs` (r:0 w:7)
    // Proof: `JobMarket::OperatorJobs` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // At least 165_398_000 picoseconds.
    fn close_computing() -> Weight {
        // With penalties since: the rewards of each are settled, and its owner and the pool are paid from and to.
        Weight::from_parts(1_006_000_000, 24_417).saturating_add(T::DbWeight::get().reads_writes(49, 56))
    }
    // Storage: `JobMarket::Jobs` (r:1 w:1)
    // Proof: `JobMarket::Jobs` (`max_values`: None, `max_size`: Some(256), added: 2731, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Rounds` (r:1 w:1)
    // Proof: `JobMarket::Rounds` (`max_values`: None, `max_size`: Some(4119), added: 6594, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:9 w:9)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:7 w:7)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `Parameters::Parameters` (r:3 w:0)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Open` (r:1 w:1)
    // Proof: `RewardEmission::Open` (`max_values`: Some(1), `max_size`: Some(48), added: 543, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Earnings` (r:7 w:7)
    // Proof: `RewardEmission::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Proof: `RewardEmission::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::EraPools` (r:7 w:7)
    // Proof: `RewardEmission::EraPools` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::BackingTotals` (r:7 w:0)
    // Proof: `ProviderRegistry::BackingTotals` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::TotalClaimable` (r:1 w:1)
    // Proof: `RewardEmission::TotalClaimable` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `ConvictionVoting::ClassLocksFor` (r:1 w:0)
    // Proof: `ConvictionVoting::ClassLocksFor` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Models` (r:1 w:1)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::BlobRefs` (r:1 w:1)
    // Proof: `JobMarket::BlobRefs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Agenda` (r:0 w:2)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // At least 832_893_000 picoseconds.
    fn settle() -> Weight {
        // With convictions and bonds since, of a challenger and an appellant who vote; and the ten jurors of both juries, who were paid at the
        // verdict: an account each, and the first jury's round.
        Weight::from_parts(2_620_000_000, 60_000).saturating_add(T::DbWeight::get().reads_writes(77, 71))
    }
    // Storage: `JobMarket::Jobs` (r:1 w:1)
    // Proof: `JobMarket::Jobs` (`max_values`: None, `max_size`: Some(256), added: 2731, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Rounds` (r:1 w:1)
    // Proof: `JobMarket::Rounds` (`max_values`: None, `max_size`: Some(4119), added: 6594, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:7 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Open` (r:1 w:1)
    // Proof: `RewardEmission::Open` (`max_values`: Some(1), `max_size`: Some(48), added: 543, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Earnings` (r:7 w:7)
    // Proof: `RewardEmission::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Proof: `RewardEmission::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::EraPools` (r:7 w:7)
    // Proof: `RewardEmission::EraPools` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::BackingTotals` (r:7 w:0)
    // Proof: `ProviderRegistry::BackingTotals` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::TotalClaimable` (r:1 w:1)
    // Proof: `RewardEmission::TotalClaimable` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Models` (r:1 w:1)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::BlobRefs` (r:1 w:1)
    // Proof: `JobMarket::BlobRefs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Parameters::Parameters` (r:1 w:0)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Agenda` (r:0 w:2)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // At least 296_854_000 picoseconds.
    fn settle_challenge() -> Weight {
        // With convictions in challenges since.
        Weight::from_parts(473_202_000, 19_582).saturating_add(T::DbWeight::get().reads_writes(38, 30))
    }
    // Storage: `JobMarket::Ring` (r:1 w:0)
    // Proof: `JobMarket::Ring` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::CapabilityBenchmark` (r:1 w:0)
    // Proof: `JobMarket::CapabilityBenchmark` (`max_values`: Some(1), `max_size`: Some(44), added: 539, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::Pauses` (r:1 w:0)
    // Proof: `DaoGovernance::Pauses` (`max_values`: Some(1), `max_size`: Some(1185), added: 1680, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::CurrentChallenge` (r:1 w:1)
    // Proof: `JobMarket::CurrentChallenge` (`max_values`: Some(1), `max_size`: Some(40), added: 535, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Places` (r:8 w:0)
    // Proof: `ProviderRegistry::Places` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:8 w:7)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `Parameters::Parameters` (r:1 w:0)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Models` (r:1 w:1)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::NextJobId` (r:1 w:1)
    // Proof: `JobMarket::NextJobId` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::BlobRefs` (r:64 w:64)
    // Proof: `JobMarket::BlobRefs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Agenda` (r:0 w:64)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Jobs` (r:0 w:64)
    // Proof: `JobMarket::Jobs` (`max_values`: None, `max_size`: Some(256), added: 2731, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::OperatorJobs` (r:0 w:448)
    // Proof: `JobMarket::OperatorJobs` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Rounds` (r:0 w:64)
    // Proof: `JobMarket::Rounds` (`max_values`: None, `max_size`: Some(4119), added: 6594, mode: `MaxEncodedLen`)
    // `g` from 0 to 64.
    // At least 54_172_000 picoseconds.
    fn challenge(g: u32) -> Weight {
        Weight::from_parts(31_841_039, 18_853)
            .saturating_add(T::DbWeight::get().reads_writes(20, 8))
            .saturating_add(Weight::from_parts(419_089_403, 0).saturating_mul(g.into()))
            .saturating_add(Weight::from_parts(0, 2_527).saturating_mul(g.into()))
            .saturating_add(T::DbWeight::get().reads(1).saturating_mul(g.into()))
            .saturating_add(T::DbWeight::get().writes(11).saturating_mul(g.into()))
    }
    // Storage: `JobMarket::Jobs` (r:1 w:1)
    // Proof: `JobMarket::Jobs` (`max_values`: None, `max_size`: Some(256), added: 2731, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Rounds` (r:2 w:1)
    // Proof: `JobMarket::Rounds` (`max_values`: None, `max_size`: Some(4119), added: 6594, mode: `MaxEncodedLen`)
    // Storage: `Parameters::Parameters` (r:1 w:0)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::BlobRefs` (r:1 w:1)
    // Proof: `JobMarket::BlobRefs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::CustomerJobCount` (r:1 w:1)
    // Proof: `JobMarket::CustomerJobCount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Agenda` (r:0 w:1)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::CustomerJobs` (r:0 w:1)
    // Proof: `JobMarket::CustomerJobs` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // At least 94_256_000 picoseconds.
    fn prune() -> Weight {
        // With the rounds of two juries since.
        Weight::from_parts(326_500_000, 27_366).saturating_add(T::DbWeight::get().reads_writes(22, 24))
    }
    // Storage: `JobMarket::Ring` (r:1 w:1)
    // Proof: `JobMarket::Ring` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    // Storage: `Babe::AuthorVrfRandomness` (r:1 w:0)
    // Proof: `Babe::AuthorVrfRandomness` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
    // Storage: `Babe::Randomness` (r:1 w:0)
    // Proof: `Babe::Randomness` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    // At least 22_412_000 picoseconds.
    fn extend_ring() -> Weight {
        Weight::from_parts(37_189_000, 3_545).saturating_add(T::DbWeight::get().reads_writes(3, 1))
    }
    // Storage: `JobMarket::AgendaCursor` (r:1 w:1)
    // Proof: `JobMarket::AgendaCursor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Agenda` (r:1 w:0)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // At least 14_497_000 picoseconds.
    fn serve_block() -> Weight {
        Weight::from_parts(22_722_000, 3_493).saturating_add(T::DbWeight::get().reads_writes(2, 1))
    }
    // Storage: `JobMarket::Agenda` (r:1 w:0)
    // Proof: `JobMarket::Agenda` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // At least 9_558_000 picoseconds.
    fn serve_job() -> Weight {
        Weight::from_parts(16_260_000, 3_493).saturating_add(T::DbWeight::get().reads_writes(1, 0))
    }
}
