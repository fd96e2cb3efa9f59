//! The worst case of the call, and of what other pallets make this one do.

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
fn work_before<T: Config>(providers: &[ProviderId]) {
    endow_pots::<T>();
    for provider in providers.iter().chain(&[ProviderId::MAX]) {
        Pallet::<T>::count_work(*provider, 1_000, much::<T>());
    }
    end_long_era::<T>();
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn claim() {
        let provider = T::BenchmarkHelper::provider();
        work_before::<T>(&[provider]);
        let caller: T::AccountId = whitelisted_caller();

        #[extrinsic_call]
        _(RawOrigin::Signed(caller), provider);

        assert!(!Earnings::<T>::contains_key(provider));
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
        let earners: Vec<ProviderId> = (0..e).collect();
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
        work_before::<T>(&[0]);

        #[block]
        {
            <Pallet<T> as ProvenWork>::proven(0, 1_000);
        }

        assert_eq!(Open::<T>::get().points, 1_000);
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::TestExt::default().build(), crate::mock::Test);
}
