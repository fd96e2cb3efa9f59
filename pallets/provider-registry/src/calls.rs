//! What the dispatchables do. Each either changes everything that it says or, by the storage layer around it, nothing.

use crate::{
    BackingTerms, BalanceOf, Config, Error, Event, GenesisProvider, HoldReason, NextProviderId, Offer, OfferedBy, Offers, OperatorOf,
    OwnerOf, Pallet, Provider, ProviderOf, Providers, WeightInfo,
};
use alloc::vec::Vec;
use frame_support::{
    defensive,
    dispatch::DispatchResultWithPostInfo,
    ensure,
    traits::{
        fungible::{Inspect, Mutate, MutateHold},
        tokens::{Precision, Preservation},
        Get,
    },
};
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::{
    provider::{operator_consent, BackendClass, ModelDirectory, ProviderStatus, Standing},
    reward::RewardAccounts,
    ModelId, ProviderId,
};
use sp_runtime::{
    traits::{CheckedAdd, Saturating, Verify, Zero},
    ArithmeticError, DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_register(
        owner: T::AccountId,
        operator: T::AccountId,
        consent: Option<T::OperatorSignature>,
        backend: BackendClass,
        slots: u32,
        bond: BalanceOf<T>,
    ) -> DispatchResult {
        Self::ensure_consent(&owner, &operator, consent)?;
        Self::insert(GenesisProvider { owner, operator, backend, slots, bond, trusted: false })
    }

    /// Registers a provider of the genesis, whose standing may be a gift. Who made the genesis answers for the operator's consent.
    pub(crate) fn register_at_genesis(provider: GenesisProvider<T::AccountId, BalanceOf<T>>) -> DispatchResult {
        Self::insert(provider)
    }

    fn insert(new: GenesisProvider<T::AccountId, BalanceOf<T>>) -> DispatchResult {
        let GenesisProvider { owner, operator, backend, slots, bond, trusted } = new;
        ensure!(!OwnerOf::<T>::contains_key(&owner), Error::<T>::AlreadyOwner);
        ensure!(!OperatorOf::<T>::contains_key(&operator), Error::<T>::OperatorTaken);
        Self::ensure_slots(slots)?;
        ensure!(bond >= Self::bond_for(slots), Error::<T>::BondTooSmall);

        let provider = NextProviderId::<T>::get();
        NextProviderId::<T>::put(provider.checked_add(1).ok_or(Error::<T>::NoIdLeft)?);
        T::Currency::hold(&HoldReason::Bond.into(), &owner, bond)?;
        Self::fill_float(&owner, &operator)?;

        OwnerOf::<T>::insert(&owner, provider);
        OperatorOf::<T>::insert(&operator, provider);
        let valid = if trusted { T::TrustedAfter::get() } else { 0 };
        Providers::<T>::insert(
            provider,
            Provider {
                owner: owner.clone(),
                operator: operator.clone(),
                backend,
                slots,
                slots_in_use: 0,
                bonded: bond,
                locked: Zero::zero(),
                slashes: 0,
                terms: BackingTerms::new(T::DefaultCommission::get()),
                status: ProviderStatus::Active,
                standing: Standing { valid_in_a_row: valid, valid, missed: 0 },
                capability: Default::default(),
                place: Some(Self::take_place(provider)),
                changed_at: frame_system::Pallet::<T>::block_number(),
                proven: false,
                jail: Default::default(),
            },
        );
        Self::deposit_event(Event::Registered { provider, owner, operator, backend, slots, bond });
        Ok(())
    }

    pub(crate) fn do_bond_extra(owner: T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
        Self::mutate_staying(&owner, |id, provider| {
            let bonded = provider.bonded.checked_add(&amount).ok_or(ArithmeticError::Overflow)?;
            T::Rewards::settle(id);
            T::Currency::hold(&HoldReason::Bond.into(), &owner, amount)?;
            provider.bonded = bonded;
            Self::deposit_event(Event::BondAdded { provider: id, amount, bonded });
            Ok(())
        })
    }

    pub(crate) fn do_set_operator(owner: T::AccountId, operator: T::AccountId, consent: Option<T::OperatorSignature>) -> DispatchResult {
        Self::ensure_consent(&owner, &operator, consent)?;
        ensure!(!OperatorOf::<T>::contains_key(&operator), Error::<T>::OperatorTaken);
        Self::mutate(&owner, |id, provider| {
            Self::fill_float(&owner, &operator)?;
            let old = core::mem::replace(&mut provider.operator, operator.clone());
            provider.changed_at = frame_system::Pallet::<T>::block_number();
            OperatorOf::<T>::remove(&old);
            OperatorOf::<T>::insert(&operator, id);
            Self::deposit_event(Event::OperatorSet { provider: id, old, new: operator.clone() });
            Ok(())
        })
    }

    pub(crate) fn do_update(owner: T::AccountId, backend: BackendClass, slots: u32) -> DispatchResult {
        Self::ensure_slots(slots)?;
        Self::mutate_staying(&owner, |id, provider| {
            ensure!(slots >= provider.slots_in_use, Error::<T>::SlotsInUse);
            ensure!(slots <= provider.slots || !provider.was_reduced(), Error::<T>::SlotsNotProven);
            // What a slot costs may have risen since. Who asks for no more need not bond more.
            ensure!(slots <= provider.slots || provider.bonded >= Self::bond_for(slots), Error::<T>::BondTooSmall);
            // The same again changes nothing, so that repeating a call does not keep the provider out of draws.
            if (backend, slots) != (provider.backend, provider.slots) {
                provider.changed_at = frame_system::Pallet::<T>::block_number();
            }
            provider.backend = backend;
            provider.slots = slots;
            Self::deposit_event(Event::Updated { provider: id, backend, slots });
            Ok(())
        })
    }

    pub(crate) fn do_offer(owner: T::AccountId, model: ModelId, ask: BalanceOf<T>) -> DispatchResult {
        let (provider, record) = Self::owned(&owner)?;
        ensure!(!record.is_leaving(), Error::<T>::Leaving);
        ensure!(T::Models::accepts_offers(model), Error::<T>::ModelNotOpen);
        let since = frame_system::Pallet::<T>::block_number();
        Offers::<T>::try_mutate(model, |offers| match offers.binary_search_by_key(&provider, |offer| offer.provider) {
            Ok(at) => {
                let offer = offers.get_mut(at).ok_or(Error::<T>::NotOffered)?;
                // The same ask again changes nothing, so that repeating a call does not keep the provider out of draws.
                if offer.ask != ask {
                    *offer = Offer { provider, ask, since };
                }
                Ok(())
            }
            Err(at) => {
                offers.try_insert(at, Offer { provider, ask, since }).map_err(|_| Error::<T>::TooManyProviders)?;
                OfferedBy::<T>::try_mutate(provider, |models| {
                    let at = models.binary_search(&model).unwrap_or_else(|at| at);
                    models.try_insert(at, model).map_err(|_| Error::<T>::TooManyOffers)
                })
            }
        })?;
        Self::deposit_event(Event::Offered { provider, model, ask });
        Ok(())
    }

    pub(crate) fn do_withdraw_offer(owner: T::AccountId, model: ModelId) -> DispatchResult {
        let (provider, _) = Self::owned(&owner)?;
        OfferedBy::<T>::try_mutate_exists(provider, |slot| {
            let mut models = slot.take().ok_or(Error::<T>::NotOffered)?;
            let at = models.binary_search(&model).map_err(|_| Error::<T>::NotOffered)?;
            models.remove(at);
            *slot = (!models.is_empty()).then_some(models);
            Ok::<_, DispatchError>(())
        })?;
        Self::remove_from_model(provider, model);
        Ok(())
    }

    pub(crate) fn do_leave(owner: T::AccountId) -> DispatchResultWithPostInfo {
        let mut ended = 0u32;
        Self::mutate_staying(&owner, |id, provider| {
            for model in OfferedBy::<T>::take(id) {
                Self::remove_from_model(id, model);
                ended = ended.saturating_add(1);
            }
            if let Some(place) = provider.place.take() {
                Self::leave_place(place);
            }
            let until = frame_system::Pallet::<T>::block_number().saturating_add(T::UnbondingPeriod::get());
            provider.status = ProviderStatus::Leaving(until);
            provider.jail = Default::default();
            Self::deposit_event(Event::Left { provider: id, until });
            Ok(())
        })?;
        Ok(Some(T::WeightInfo::leave(ended)).into())
    }

    pub(crate) fn do_withdraw(owner: T::AccountId) -> DispatchResult {
        let (id, provider) = Self::owned(&owner)?;
        let ProviderStatus::Leaving(until) = provider.status else {
            return Err(Error::<T>::NotLeaving.into());
        };
        ensure!(frame_system::Pallet::<T>::block_number() >= until, Error::<T>::Unbonding);
        ensure!(provider.is_idle(), Error::<T>::SlotsInUse);
        T::Rewards::close(id, &owner);
        let released = T::Currency::release(&HoldReason::Bond.into(), &owner, provider.bonded, Precision::Exact)?;
        Providers::<T>::remove(id);
        OwnerOf::<T>::remove(&owner);
        OperatorOf::<T>::remove(&provider.operator);
        Self::deposit_event(Event::Withdrawn { provider: id, owner, released });
        Ok(())
    }

    /// What an operator signs to let `owner` bind its key: see [`operator_consent`].
    pub fn consent_message(owner: &T::AccountId) -> Vec<u8> {
        operator_consent(frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()), owner)
    }

    /// The smallest bond for so many slots.
    pub fn bond_for(slots: u32) -> BalanceOf<T> {
        T::BondPerSlot::get().saturating_mul(slots.into()).saturating_add(T::MinBond::get())
    }

    /// Takes `provider` out of the list of `model`; its own list is the caller's business.
    pub(crate) fn remove_from_model(provider: ProviderId, model: ModelId) {
        Offers::<T>::mutate_exists(model, |slot| {
            let Some(offers) = slot else {
                defensive!("an offered model has a list");
                return;
            };
            match offers.binary_search_by_key(&provider, |offer| offer.provider) {
                Ok(at) => drop(offers.remove(at)),
                Err(_) => {
                    defensive!("an offer stands in its model's list");
                }
            }
            if offers.is_empty() {
                *slot = None;
            }
        });
        Self::deposit_event(Event::OfferWithdrawn { provider, model });
    }

    fn owned(owner: &T::AccountId) -> Result<(ProviderId, ProviderOf<T>), Error<T>> {
        let id = OwnerOf::<T>::get(owner).ok_or(Error::<T>::NotOwner)?;
        Ok((id, Providers::<T>::get(id).ok_or(Error::<T>::NotOwner)?))
    }

    pub(crate) fn mutate(owner: &T::AccountId, change: impl FnOnce(ProviderId, &mut ProviderOf<T>) -> DispatchResult) -> DispatchResult {
        let (id, mut provider) = Self::owned(owner)?;
        change(id, &mut provider)?;
        Providers::<T>::insert(id, provider);
        Ok(())
    }

    fn mutate_staying(owner: &T::AccountId, change: impl FnOnce(ProviderId, &mut ProviderOf<T>) -> DispatchResult) -> DispatchResult {
        Self::mutate(owner, |id, provider| {
            ensure!(!provider.is_leaving(), Error::<T>::Leaving);
            change(id, provider)
        })
    }

    /// A node reports with every operator's key that it holds, for whatever provider has it: without this anybody could have others compute
    /// for him.
    fn ensure_consent(owner: &T::AccountId, operator: &T::AccountId, consent: Option<T::OperatorSignature>) -> Result<(), Error<T>> {
        let signed = |consent: T::OperatorSignature| consent.verify(&Self::consent_message(owner)[..], operator);
        ensure!(owner == operator || consent.is_some_and(signed), Error::<T>::NoConsent);
        Ok(())
    }

    fn ensure_slots(slots: u32) -> Result<(), Error<T>> {
        ensure!(slots > 0, Error::<T>::NoSlots);
        ensure!(slots <= T::MaxSlots::get(), Error::<T>::TooManySlots);
        Ok(())
    }

    /// Fills the operator's free balance up to the float. Without it a fresh operator could not even enter the pool: an account that does not
    /// exist pays no fee.
    fn fill_float(owner: &T::AccountId, operator: &T::AccountId) -> DispatchResult {
        let missing = T::OperatorFloat::get().saturating_sub(T::Currency::balance(operator));
        if owner != operator && !missing.is_zero() {
            T::Currency::transfer(owner, operator, missing, Preservation::Preserve)?;
        }
        Ok(())
    }
}
