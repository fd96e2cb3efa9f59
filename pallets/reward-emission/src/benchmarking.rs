//! The worst case of the calls, and of what other pallets make this one do.

use super::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::traits::{
    fungible::{Balanced, Inspect, Mutate},
    Get,
};
use frame_system::RawOrigin;
use hearth_primitives::{
    market::MAX_REPLICAS,
    reward::{FeeSink, ProvenWork},
    ProviderId,
};
use sp_runtime::traits::{Saturating, Zero};
use sp_staking::EraPayout;

/// The backers of a provider with many. The calls do not know how many there are.
const MANY: u32 = 10_000;

/// Much more than the existential deposit.
fn much<T: Config>() -> BalanceOf<T> {
    T::Currency::minimum_balance().saturating_mul(1_000_000u32.into())
}

/// Endows the pots, where the genesis has not.
fn endow_pots<T: Config>() {
    for pot in [Pallet::<T>::staking_pot(), Pallet::<T>::provider_pot()] {
        if T::Currency::balance(&pot).is_zero() {
            T::Currency::set_balance(&pot, T::Currency::minimum_balance());
        }
    }
}

/// Ends an era that was too long.
fn end_long_era<T: Config>() {
    let issuance = much::<T>().saturating_mul(1_000_000u32.into());
    let _ = Pallet::<T>::era_payout(Zero::zero(), issuance, T::MaxCatchUp::get().saturating_add(1));
}

/// Lets `providers`, and another who stays away, earn on both sides of an era that ends: each can be settled, and the pool is not spent.
pub(crate) fn work_before<T: Config>(providers: &[ProviderId]) {
    endow_pots::<T>();
    for provider in providers.iter().chain(&[ProviderId::MAX]) {
        Pallet::<T>::count_work(*provider, 1_000, much::<T>());
    }
    end_long_era::<T>();
}

/// A provider with so many backers and work of an ended era. Each backer but the first has a record of its earnings.
fn backed<T: Config>(backers: u32) -> ProviderId {
    let provider = T::BenchmarkHelper::provider(0, backers);
    for index in 1..backers {
        let earning: BackerEarningOf<T> = BackerEarning { claimable: 1u32.into(), ..Default::default() };
        BackerEarnings::<T>::insert(provider, T::BenchmarkHelper::backer(index), earning);
    }
    work_before::<T>(&[provider]);
    provider
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn claim() {
        let provider = backed::<T>(MANY);
        let caller: T::AccountId = whitelisted_caller();

        #[extrinsic_call]
        _(RawOrigin::Signed(caller), provider);

        assert!(!Earnings::<T>::contains_key(provider) && BackerPools::<T>::contains_key(provider));
    }

    #[benchmark]
    fn claim_with_one_backer() {
        let provider = backed::<T>(1);
        let caller: T::AccountId = whitelisted_caller();

        #[extrinsic_call]
        claim(RawOrigin::Signed(caller), provider);

        assert!(!Earnings::<T>::contains_key(provider) && BackerPools::<T>::contains_key(provider));
    }

    #[benchmark]
    fn claim_backing() {
        let (provider, backer) = (backed::<T>(MANY), T::BenchmarkHelper::backer(0));
        let (caller, before): (T::AccountId, _) = (whitelisted_caller(), T::Currency::balance(&backer));

        #[extrinsic_call]
        _(RawOrigin::Signed(caller), provider, backer.clone());

        assert!(T::Currency::balance(&backer) > before);
    }

    #[benchmark]
    fn claim_backing_with_one_backer() {
        let (provider, backer) = (backed::<T>(1), T::BenchmarkHelper::backer(0));
        let (caller, before): (T::AccountId, _) = (whitelisted_caller(), T::Currency::balance(&backer));

        #[extrinsic_call]
        claim_backing(RawOrigin::Signed(caller), provider, backer.clone());

        assert!(T::Currency::balance(&backer) > before);
    }

    #[benchmark]
    fn era_payout() {
        endow_pots::<T>();
        // So old that the rate has fallen through every year to the tail, and with a record to drop.
        Age::<T>::put(30 * YEAR);
        let era = T::HistoryDepth::get();
        CurrentEra::<T>::put(era);
        Eras::<T>::insert(0, EraRecord::default());
        Pallet::<T>::count_work(0, 1_000, much::<T>());

        #[block]
        {
            end_long_era::<T>();
        }

        assert!(EraPools::<T>::contains_key(era) && !Eras::<T>::contains_key(0));
    }

    #[benchmark]
    fn take_fee(e: Linear<1, MAX_REPLICAS>) {
        let earners: Vec<ProviderId> = (0..e).map(|index| T::BenchmarkHelper::provider(index, 1)).collect();
        work_before::<T>(&earners);
        let fee = T::Currency::issue(much::<T>());

        #[block]
        {
            <Pallet<T> as FeeSink<CreditOf<T>>>::take(fee, &earners);
        }

        assert!(!Open::<T>::get().burned.is_zero());
    }

    #[benchmark]
    fn proven() {
        let provider = backed::<T>(1);

        #[block]
        {
            <Pallet<T> as ProvenWork>::proven(provider, 1_000);
        }

        assert_eq!(Open::<T>::get().points, 1_000);
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::TestExt::default().build(), crate::mock::Test);
}
