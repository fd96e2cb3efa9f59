//! The worst case of every call. What the market calls is measured by its own benchmarks, which run with the real registry.

use super::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{
        fungible::{Inspect, Mutate},
        Get,
    },
    BoundedVec,
};
use frame_system::RawOrigin;
use hearth_primitives::{
    governance::SlashId,
    provider::{BackendClass, ModelDirectory, ProviderPool, ProviderStatus, Slash, MAX_PAYEES},
    reward::RewardAccounts,
    ModelId, ProviderId,
};
use sp_runtime::{
    traits::{Bounded, One, Saturating, Zero},
    Perbill,
};

const SEED: u32 = 0;

/// What the benchmarks need of the runtime around the pallet.
pub trait BenchmarkHelper<AccountId, Signature> {
    /// The account of an operator and its signature of `message`. Each `index` is another operator.
    fn operator(index: u32, message: &[u8]) -> (AccountId, Signature);
}

fn funded<T: Config>() -> T::AccountId {
    let who = account("owner", 0, SEED);
    let amount = Pallet::<T>::bond_for(T::MaxSlots::get())
        .saturating_add(T::OperatorFloat::get())
        .saturating_add(T::Currency::minimum_balance())
        .saturating_mul(4u32.into());
    T::Currency::set_balance(&who, amount);
    who
}

/// An operator that consents to `owner`, with its consent.
fn operator<T: Config>(index: u32, owner: &T::AccountId) -> (T::AccountId, Option<T::OperatorSignature>) {
    let (operator, consent) = T::BenchmarkHelper::operator(index, &Pallet::<T>::consent_message(owner));
    (operator, Some(consent))
}

/// An owner with a provider of one slot, and the provider's id.
fn registered<T: Config>() -> Result<(T::AccountId, ProviderId), BenchmarkError> {
    let owner = funded::<T>();
    let (operator, consent) = operator::<T>(0, &owner);
    Pallet::<T>::do_register(owner.clone(), operator, consent, BackendClass::Cpu, 1, Pallet::<T>::bond_for(T::MaxSlots::get()))?;
    let id = OwnerOf::<T>::get(&owner).ok_or("the owner was registered")?;
    Ok((owner, id))
}

/// Lets the provider of `owner` leave, and goes to the block from which it can be withdrawn.
fn leave_and_wait<T: Config>(owner: &T::AccountId, provider: ProviderId) -> Result<(), BenchmarkError> {
    Pallet::<T>::do_leave(owner.clone()).map_err(|error| error.error)?;
    if let Some(ProviderStatus::Leaving(until)) = Providers::<T>::get(provider).map(|provider| provider.status) {
        frame_system::Pallet::<T>::set_block_number(until);
    }
    Ok(())
}

/// A backer with money, whose list has one place left.
fn backer<T: Config>(index: u32) -> T::AccountId {
    let who = account("backer", index, SEED);
    let most = T::MinBacking::get().saturating_mul(T::MaxUnbondingChunks::get().into());
    T::Currency::set_balance(&who, most.saturating_add(T::Currency::minimum_balance()).saturating_mul(4u32.into()));
    let places = T::MaxBackedProviders::get().saturating_sub(1);
    let others: Vec<_> = (0..places).map(|at| ProviderId::MAX - places + at).collect();
    BackedBy::<T>::insert(&who, BoundedVec::truncate_from(others));
    who
}

/// As [`registered`], with a backer who can unback once for each chunk, and another, so that none has everything.
fn backed<T: Config>() -> Result<(T::AccountId, ProviderId, T::AccountId), BenchmarkError> {
    let (owner, id) = registered::<T>()?;
    Pallet::<T>::do_accept_backing(owner.clone(), BalanceOf::<T>::max_value())?;
    Pallet::<T>::do_back(backer::<T>(1), id, T::MinBacking::get())?;
    let backer = backer::<T>(0);
    Pallet::<T>::do_back(backer.clone(), id, T::MinBacking::get().saturating_mul(T::MaxUnbondingChunks::get().into()))?;
    Ok((owner, id, backer))
}

/// Fills the chunks of a backer of [`backed`] but for one, each in a block of its own.
fn unback_in_parts<T: Config>(provider: ProviderId, backer: &T::AccountId) -> Result<(), BenchmarkError> {
    for _ in 1..T::MaxUnbondingChunks::get() {
        Pallet::<T>::do_unback(backer.clone(), provider, T::MinBacking::get())?;
        let next = frame_system::Pallet::<T>::block_number().saturating_add(One::one());
        frame_system::Pallet::<T>::set_block_number(next);
    }
    Ok(())
}

/// Slashes that are due in one block when an appeal looks for the last.
const SLASHES_OF_A_BLOCK: u32 = 64;

/// As [`backed`], with as many slashes as [`SLASHES_OF_A_BLOCK`] that pay all they can; returns the owner, the provider and the one that is
/// found last.
fn convicted<T: Config>(count: u32) -> Result<(T::AccountId, ProviderId, SlashId), BenchmarkError> {
    let (owner, id, _) = backed::<T>()?;
    let part = T::Currency::minimum_balance();
    let payees: Vec<(T::AccountId, BalanceOf<T>)> = (0..MAX_PAYEES).map(|index| (account("payee", index, SEED), part)).collect();
    for _ in 0..count {
        Pallet::<T>::defer_slash(id, Slash { job: 0, amount: part.saturating_mul(MAX_PAYEES.into()), payees: payees.clone() });
    }
    let (due, index, slash) = Deferred::<T>::iter().last().ok_or("a slash waits")?;
    Ok((owner, id, crate::slashes::name::<T>(due, index, &slash)))
}

/// Offers of others that leave one place in a model's list: the first, so that everything moves up.
fn crowd<T: Config>() -> Vec<OfferOf<T>> {
    let since = frame_system::Pallet::<T>::block_number();
    let places = T::MaxProvidersPerModel::get().saturating_sub(1);
    (0..places).map(|at| Offer { provider: ProviderId::MAX - places + at, ask: BalanceOf::<T>::max_value(), since }).collect()
}

fn fill_model<T: Config>(model: ModelId) {
    Offers::<T>::insert(model, BoundedVec::truncate_from(crowd::<T>()));
}

/// Lets `provider` offer `count` models that nobody registered, each in a full list.
fn fill_provider<T: Config>(provider: ProviderId, count: u32) {
    let since = frame_system::Pallet::<T>::block_number();
    let models: Vec<_> = (0..count).map(|at| ModelId::repeat_byte(at as u8)).collect();
    for model in &models {
        let mut offers = crowd::<T>();
        offers.insert(0, Offer { provider, ask: BalanceOf::<T>::max_value(), since });
        Offers::<T>::insert(model, BoundedVec::truncate_from(offers));
    }
    OfferedBy::<T>::insert(provider, BoundedVec::truncate_from(models));
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn register() {
        let owner = funded::<T>();
        let (operator, consent) = operator::<T>(0, &owner);
        let slots = T::MaxSlots::get();
        let bond = Pallet::<T>::bond_for(slots);
        #[extrinsic_call]
        register(RawOrigin::Signed(owner.clone()), operator.clone(), consent, BackendClass::Cpu, slots, bond);
        assert!(OwnerOf::<T>::contains_key(owner));
        assert!(OperatorOf::<T>::contains_key(operator));
    }

    #[benchmark]
    fn bond_extra() -> Result<(), BenchmarkError> {
        let (owner, id) = registered::<T>()?;
        let before = Providers::<T>::get(id).map(|provider| provider.bonded);
        let amount = T::Currency::minimum_balance();
        T::Rewards::benchmark_earnings(id);
        #[extrinsic_call]
        bond_extra(RawOrigin::Signed(owner), amount);
        let after = Providers::<T>::get(id).map(|provider| provider.bonded);
        assert_eq!(after, before.map(|before| before.saturating_add(amount)));
        Ok(())
    }

    #[benchmark]
    fn set_operator() -> Result<(), BenchmarkError> {
        let (owner, id) = registered::<T>()?;
        let (operator, consent) = operator::<T>(1, &owner);
        #[extrinsic_call]
        set_operator(RawOrigin::Signed(owner), operator.clone(), consent);
        assert_eq!(OperatorOf::<T>::get(operator), Some(id));
        Ok(())
    }

    #[benchmark]
    fn update() -> Result<(), BenchmarkError> {
        let (owner, id) = registered::<T>()?;
        let slots = T::MaxSlots::get();
        #[extrinsic_call]
        update(RawOrigin::Signed(owner), BackendClass::Nvidia, slots);
        assert_eq!(Providers::<T>::get(id).map(|provider| provider.slots), Some(slots));
        Ok(())
    }

    #[benchmark]
    fn offer() -> Result<(), BenchmarkError> {
        let (owner, id) = registered::<T>()?;
        fill_provider::<T>(id, T::MaxOffersPerProvider::get().saturating_sub(1));
        let model = T::Models::benchmark_model();
        fill_model::<T>(model);
        #[extrinsic_call]
        offer(RawOrigin::Signed(owner), model, BalanceOf::<T>::max_value());
        assert!(OfferedBy::<T>::get(id).contains(&model));
        Ok(())
    }

    #[benchmark]
    fn withdraw_offer() -> Result<(), BenchmarkError> {
        let (owner, id) = registered::<T>()?;
        fill_provider::<T>(id, T::MaxOffersPerProvider::get());
        let model = ModelId::zero();
        #[extrinsic_call]
        withdraw_offer(RawOrigin::Signed(owner), model);
        assert!(!OfferedBy::<T>::get(id).contains(&model));
        Ok(())
    }

    #[benchmark]
    fn leave(o: Linear<0, { T::MaxOffersPerProvider::get() }>) -> Result<(), BenchmarkError> {
        let (owner, id) = registered::<T>()?;
        // Another one, which moves to the place that becomes free.
        Providers::<T>::insert(ProviderId::MAX, Providers::<T>::get(id).ok_or("the provider is registered")?);
        Pallet::<T>::take_place(ProviderId::MAX);
        if o > 0 {
            fill_provider::<T>(id, o);
        }
        #[extrinsic_call]
        leave(RawOrigin::Signed(owner));
        assert!(!OfferedBy::<T>::contains_key(id));
        Ok(())
    }

    #[benchmark]
    fn withdraw() -> Result<(), BenchmarkError> {
        let (owner, id, _) = backed::<T>()?;
        leave_and_wait::<T>(&owner, id)?;
        T::Rewards::benchmark_earnings(id);
        #[extrinsic_call]
        withdraw(RawOrigin::Signed(owner.clone()));
        assert!(!Providers::<T>::contains_key(id));
        assert!(!OwnerOf::<T>::contains_key(owner));
        Ok(())
    }

    #[benchmark]
    fn back() -> Result<(), BenchmarkError> {
        let (_, id, _) = backed::<T>()?;
        let backer = backer::<T>(2);
        T::Rewards::benchmark_earnings(id);
        #[extrinsic_call]
        back(RawOrigin::Signed(backer.clone()), id, T::MinBacking::get());
        assert!(Backings::<T>::contains_key(id, backer));
        Ok(())
    }

    #[benchmark]
    fn unback() -> Result<(), BenchmarkError> {
        let (_, id, backer) = backed::<T>()?;
        unback_in_parts::<T>(id, &backer)?;
        T::Rewards::benchmark_earnings(id);
        #[extrinsic_call]
        unback(RawOrigin::Signed(backer.clone()), id, T::MinBacking::get());
        let chunks = Backings::<T>::get(id, backer).map(|backing| backing.unbonding.len() as u32);
        assert_eq!(chunks, Some(T::MaxUnbondingChunks::get()));
        Ok(())
    }

    #[benchmark]
    fn withdraw_backing() -> Result<(), BenchmarkError> {
        let (owner, id, backer) = backed::<T>()?;
        unback_in_parts::<T>(id, &backer)?;
        leave_and_wait::<T>(&owner, id)?;
        T::Rewards::benchmark_earnings(id);
        Pallet::<T>::do_withdraw(owner)?;
        #[extrinsic_call]
        withdraw_backing(RawOrigin::Signed(backer.clone()), id);
        assert!(!Backings::<T>::contains_key(id, backer));
        Ok(())
    }

    #[benchmark]
    fn set_commission() -> Result<(), BenchmarkError> {
        let (owner, id, _) = backed::<T>()?;
        T::Rewards::benchmark_earnings(id);
        #[extrinsic_call]
        set_commission(RawOrigin::Signed(owner), Perbill::zero());
        assert_eq!(Providers::<T>::get(id).map(|provider| provider.terms.commission), Some(Perbill::zero()));
        Ok(())
    }

    #[benchmark]
    fn accept_backing() -> Result<(), BenchmarkError> {
        let (owner, id) = registered::<T>()?;
        let limit = BalanceOf::<T>::max_value();
        #[extrinsic_call]
        accept_backing(RawOrigin::Signed(owner), limit);
        assert_eq!(Providers::<T>::get(id).map(|provider| provider.terms.limit), Some(limit));
        Ok(())
    }

    #[benchmark]
    fn unjail() -> Result<(), BenchmarkError> {
        let (owner, id, _) = convicted::<T>(1)?;
        let until = frame_system::Pallet::<T>::block_number().saturating_add(T::JailPeriod::get());
        frame_system::Pallet::<T>::set_block_number(until);
        #[extrinsic_call]
        unjail(RawOrigin::Signed(owner));
        assert!(Providers::<T>::get(id).is_some_and(|provider| provider.is_active()));
        Ok(())
    }

    #[benchmark]
    fn appeal_slash() -> Result<(), BenchmarkError> {
        let (owner, _, slash) = convicted::<T>(SLASHES_OF_A_BLOCK)?;
        T::Currency::set_balance(&owner, T::AppealBond::get().saturating_add(T::Currency::minimum_balance()).saturating_mul(2u32.into()));
        #[extrinsic_call]
        appeal_slash(RawOrigin::Signed(owner), slash);
        assert_eq!(Deferred::<T>::iter_values().filter(|slash| slash.appeal.is_some()).count(), 1);
        Ok(())
    }

    #[benchmark]
    fn collect() -> Result<(), BenchmarkError> {
        let late = backer::<T>(2);
        let (owner, id, backer) = backed::<T>()?;
        unback_in_parts::<T>(id, &backer)?;
        // All is lost, so that the backing is forgotten and its rewards are paid. Whoever came after has a part of what is to be settled.
        Pallet::<T>::to_treasury(Pallet::<T>::take_stake(id, BalanceOf::<T>::max_value(), Zero::zero()).0);
        Pallet::<T>::do_back(late, id, T::MinBacking::get())?;
        T::Rewards::benchmark_earnings(id);
        #[extrinsic_call]
        collect(RawOrigin::Signed(owner), id, backer.clone());
        assert!(!Backings::<T>::contains_key(id, backer));
        Ok(())
    }

    #[benchmark]
    fn execute_slash() -> Result<(), BenchmarkError> {
        let (owner, id, slash) = convicted::<T>(1)?;
        T::Currency::set_balance(&owner, T::AppealBond::get().saturating_add(T::Currency::minimum_balance()).saturating_mul(2u32.into()));
        Pallet::<T>::do_appeal_slash(owner, slash)?;
        T::Rewards::benchmark_earnings(id);
        let (due, index, record) = Deferred::<T>::iter().next().ok_or("a slash waits")?;
        #[block]
        {
            Deferred::<T>::remove(due, index);
            Pallet::<T>::execute_slash(slash, record);
        }
        assert_eq!(Providers::<T>::get(id).map(|provider| provider.slashes), Some(0));
        Ok(())
    }

    #[benchmark]
    fn serve_slashes() {
        let now: frame_system::pallet_prelude::BlockNumberFor<T> = 300u32.into();
        SlashCursor::<T>::put(now);
        #[block]
        {
            Pallet::<T>::serve_slashes(now);
        }
        assert_eq!(SlashCursor::<T>::get(), Some(now.saturating_add(One::one())));
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::TestExt::default().build(), crate::mock::Test);
}
