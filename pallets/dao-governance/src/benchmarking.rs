//! The worst case of each call.

use super::*;
use alloc::vec;
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{dynamic_params::AggregatedKeyValue, fungible::Mutate, ConstU32, Get, Hooks},
    BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, Pallet as System, RawOrigin};
use hearth_primitives::{
    governance::{Bound, BudgetId, ChangeId, Pause, ProviderHouse},
    H256,
};
use sp_runtime::traits::{Saturating, Zero};

/// Opens a change before the house; returns its number and the block in which its window ends.
fn opened<T: Config>() -> (ChangeId, BlockNumberFor<T>) {
    let (key, _) = T::Parameters::benchmark_key_value().into_parts();
    Bounds::<T>::insert(&key, Bound { least: 0, most: u128::MAX });
    assert!(Pallet::<T>::open_change(T::Parameters::benchmark_key_value()).is_ok());
    Changes::<T>::get().last().map(|(id, change)| (*id, change.until)).expect("a change was opened")
}

/// Objects in the name of so many providers.
fn objected<T: Config>(id: ChangeId, count: u32) {
    for provider in 0..count {
        Objections::<T>::insert(id, provider, BalanceOf::<T>::from(1u32));
    }
}

/// What a budget can promise, and every account can hold.
fn amount<T: Config>() -> BalanceOf<T> {
    T::Unit::get()
}

/// Makes a budget of the most milestones; the first is reached.
fn budget<T: Config>() -> BudgetId {
    T::Currency::set_balance(&T::Treasury::get(), amount::<T>().saturating_mul(1_000u32.into()));
    let id = NextBudget::<T>::get();
    let amounts = BoundedVec::truncate_from(vec![amount::<T>(); MAX_MILESTONES as usize]);
    let beneficiary = account("beneficiary", 0, 0);
    let plan = Plan::Milestones { amounts, reached: 0 };
    assert!(Pallet::<T>::do_create_budget(Authority::Root, beneficiary, plan).is_ok());
    assert!(Pallet::<T>::do_reach_milestone(Authority::Root, id).is_ok());
    id
}

/// Pauses as many models as can be paused, for some blocks; returns the first.
fn paused<T: Config>() -> Pause {
    let until = System::<T>::block_number().saturating_add(10u32.into());
    let pauses = (0..MAX_PAUSES).map(|model| (Pause::Model(H256::repeat_byte(model as u8)), until)).collect();
    Pauses::<T>::put(BoundedVec::<_, ConstU32<MAX_PAUSES>>::truncate_from(pauses));
    Pause::Model(H256::zero())
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn set_parameter() {
        let key_value = T::Parameters::benchmark_key_value();
        let (key, _) = key_value.clone().into_parts();
        Bounds::<T>::insert(&key, Bound { least: 0, most: u128::MAX });

        #[extrinsic_call]
        _(RawOrigin::Root, key_value);

        assert!(T::Parameters::check().is_ok());
    }

    #[benchmark]
    fn open_change(p: Linear<1, 100>) {
        T::BenchmarkHelper::providers(p);
        let (key, _) = T::Parameters::benchmark_key_value().into_parts();
        Bounds::<T>::insert(&key, Bound { least: 0, most: u128::MAX });
        for _ in 1..MAX_CHANGES {
            opened::<T>();
        }

        #[block]
        {
            opened::<T>();
        }

        assert_eq!(Changes::<T>::get().len(), MAX_CHANGES as usize);
    }

    #[benchmark]
    fn set_bound() {
        let (key, _) = T::Parameters::benchmark_key_value().into_parts();
        let bound = Bound { least: 0, most: u128::MAX };

        #[extrinsic_call]
        _(RawOrigin::Root, key.clone(), bound);

        assert_eq!(Bounds::<T>::get(&key), Some(bound));
    }

    #[benchmark]
    fn object() {
        let owner = T::BenchmarkHelper::providers(1);
        for _ in 1..MAX_CHANGES {
            opened::<T>();
        }
        let (id, _) = opened::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), id, true);

        assert_eq!(Objections::<T>::iter_key_prefix(id).count(), 1);
    }

    #[benchmark]
    fn clear_objections() {
        objected::<T>(0, CLEAR_LIMIT);
        NextChange::<T>::put(1);
        let caller: T::AccountId = whitelisted_caller();

        #[extrinsic_call]
        _(RawOrigin::Signed(caller), 0);

        assert_eq!(Objections::<T>::iter_key_prefix(0).count(), 0);
    }

    #[benchmark]
    fn cancel_slash() {
        let slash = T::Slashes::benchmark_slash();

        #[extrinsic_call]
        _(RawOrigin::Root, slash);

        assert!(T::Slashes::list().iter().all(|view| view.id != slash));
    }

    #[benchmark]
    fn create_budget() {
        let amounts = BoundedVec::truncate_from(vec![amount::<T>(); MAX_MILESTONES as usize]);
        let plan = Plan::Milestones { amounts, reached: 0 };
        let beneficiary: T::AccountId = account("beneficiary", 0, 0);

        #[extrinsic_call]
        _(RawOrigin::Root, beneficiary, plan);

        assert_eq!(Budgets::<T>::count(), 1);
    }

    #[benchmark]
    fn reach_milestone() {
        let id = budget::<T>();

        #[extrinsic_call]
        _(RawOrigin::Root, id);

        assert_eq!(Budgets::<T>::get(id).map(|budget| budget.due(Zero::zero())), Some(amount::<T>().saturating_mul(2u32.into())));
    }

    #[benchmark]
    fn claim_budget() {
        let id = budget::<T>();
        // Nothing is due after it, so it ends.
        Budgets::<T>::mutate(id, |budget| {
            if let Some(budget) = budget {
                budget.stopped = Some(Zero::zero());
            }
        });
        let caller: T::AccountId = whitelisted_caller();

        #[extrinsic_call]
        _(RawOrigin::Signed(caller), id);

        assert!(!Budgets::<T>::contains_key(id));
    }

    #[benchmark]
    fn stop_budget() {
        let id = budget::<T>();

        #[extrinsic_call]
        _(RawOrigin::Root, id);

        assert!(Budgets::<T>::get(id).is_some_and(|budget| budget.stopped.is_some()));
    }

    #[benchmark]
    fn pull_brake() {
        let pause = paused::<T>();

        #[extrinsic_call]
        _(RawOrigin::Root, pause, 1u32.into());

        assert_eq!(Pauses::<T>::get().last().map(|(last, _)| *last), Some(pause));
    }

    #[benchmark]
    fn release_brake() {
        let pause = paused::<T>();

        #[extrinsic_call]
        _(RawOrigin::Root, pause);

        assert_eq!(Pauses::<T>::get().iter().filter(|(_, until)| *until <= System::<T>::block_number()).count(), 1);
    }

    #[benchmark]
    fn end_pause() {
        // One ends, another has rested.
        let rested = System::<T>::block_number();
        let until = rested.saturating_add(T::MaxPause::get());
        Pauses::<T>::put(BoundedVec::<_, ConstU32<MAX_PAUSES>>::truncate_from(vec![(Pause::NewJobs, rested), (Pause::Slashing, until)]));

        #[block]
        {
            Pallet::<T>::on_initialize(until);
        }

        assert_eq!(Pauses::<T>::get().len(), 1);
    }

    #[benchmark]
    fn begin_block() {
        for _ in 0..MAX_CHANGES {
            opened::<T>();
        }
        paused::<T>();
        let now = System::<T>::block_number();

        #[block]
        {
            Pallet::<T>::on_initialize(now);
        }

        assert_eq!(Changes::<T>::get().len(), MAX_CHANGES as usize);
    }

    #[benchmark]
    fn count_house(p: Linear<1, 100>) {
        T::BenchmarkHelper::providers(p);
        let total;

        #[block]
        {
            total = T::House::total();
        }

        assert!(!total.is_zero());
    }

    #[benchmark]
    fn settle_change() {
        T::BenchmarkHelper::providers(1);
        let (id, until) = opened::<T>();
        // They are not counted against it, so it comes into force.
        objected::<T>(id, CLEAR_LIMIT);

        #[block]
        {
            Pallet::<T>::on_initialize(until);
        }

        assert!(Changes::<T>::get().is_empty() && Objections::<T>::iter_key_prefix(id).count() == 0);
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::TestExt.build(), crate::mock::Test);
}
