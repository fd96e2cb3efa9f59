//! The market's side of the registry: who can be drawn, and the binding of slot and bond to a job. The market weighs these calls in its own.

use crate::{standing, BalanceOf, Config, Event, OfferedBy, Offers, OperatorOf, Pallet, ProviderOf, Providers};
use alloc::vec::Vec;
use frame_support::{
    defensive,
    traits::{DefensiveSaturating, Get, Imbalance},
};
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::{
    market::MemberOutcome,
    provider::{Candidate, PoolError, ProviderPool, Slash},
    ModelId, ProviderId,
};
use sp_runtime::{
    traits::{Saturating, Zero},
    Perbill,
};

/// The part of what stands behind a provider that replicas leave for juries: who fills a network with jobs must not be able to take the
/// judges away from another one.
pub(crate) const JURY_RESERVE: Perbill = Perbill::from_percent(20);

impl<T: Config> ProviderPool<T::AccountId, BalanceOf<T>, BlockNumberFor<T>> for Pallet<T> {
    fn candidates(
        model: ModelId,
        price: BalanceOf<T>,
        lock: BalanceOf<T>,
        joined_before: BlockNumberFor<T>,
    ) -> Vec<Candidate<T::AccountId>> {
        Self::offering(model, price, joined_before)
            .filter(|(id, provider)| provider.free_slots() > 0 && Self::can_lock_beside_juries(*id, provider, lock))
            .map(|(id, provider)| Self::candidate(id, provider))
            .collect()
    }

    fn jurors(
        model: ModelId,
        price: BalanceOf<T>,
        lock: BalanceOf<T>,
        joined_before: BlockNumberFor<T>,
    ) -> Vec<(Candidate<T::AccountId>, bool)> {
        Self::offering(model, price, joined_before)
            .map(|(id, provider)| {
                let able = Self::can_lock(id, &provider, lock);
                (Self::juror(id, provider), able)
            })
            .collect()
    }

    fn max_candidates() -> u32 {
        T::MaxProvidersPerModel::get()
    }

    fn offer_count(model: ModelId) -> u32 {
        Offers::<T>::decode_len(model).unwrap_or_default() as u32
    }

    fn bind(id: ProviderId, lock: BalanceOf<T>) -> Result<(), PoolError> {
        Self::bind_with(id, lock, 1)
    }

    fn bind_juror(id: ProviderId, lock: BalanceOf<T>) -> Result<(), PoolError> {
        Self::bind_with(id, lock, 0)
    }

    fn free_slot(provider: ProviderId) {
        Self::mutate_bound(provider, |provider| provider.slots_in_use = provider.slots_in_use.defensive_saturating_sub(1))
    }

    fn unbind(provider: ProviderId, lock: BalanceOf<T>, outcome: MemberOutcome, counts: bool) {
        Self::mutate_bound(provider, |provider| {
            provider.locked = provider.locked.defensive_saturating_sub(lock);
            provider.standing = standing::after(provider.standing, outcome, counts);
        })
    }

    fn penalise(provider: ProviderId, amount: BalanceOf<T>, to: &T::AccountId) -> BalanceOf<T> {
        if amount.is_zero() {
            return amount;
        }
        // The owner answers for its machine with its bond first: what backers lose comes when they do, and `to` is to be paid now.
        let (credit, others) = Self::take_stake(provider, amount, amount);
        let own = credit.peek();
        let paid = Self::pay_out(to, credit);
        Self::deposit_event(Event::Penalised { provider, own, others });
        paid
    }

    fn defer_slash(provider: ProviderId, slash: Slash<T::AccountId, BalanceOf<T>>) {
        Self::do_defer_slash(provider, slash)
    }

    fn provider_of(operator: &T::AccountId) -> Option<ProviderId> {
        OperatorOf::<T>::get(operator)
    }

    fn drop_offers(model: ModelId, limit: u32) -> u32 {
        let ids: Vec<ProviderId> = Offers::<T>::get(model).into_iter().rev().take(limit as usize).map(|offer| offer.provider).collect();
        for provider in &ids {
            OfferedBy::<T>::mutate_exists(provider, |slot| {
                let Some(models) = slot else {
                    defensive!("an offer stands in its provider's list");
                    return;
                };
                models.retain(|offered| *offered != model);
                if models.is_empty() {
                    *slot = None;
                }
            });
            Self::remove_from_model(*provider, model);
        }
        ids.len() as u32
    }
}

impl<T: Config> Pallet<T> {
    /// Active providers that offer `model` at or below `price` and are as they were when a job was submitted in block `joined_before`.
    fn offering(
        model: ModelId,
        price: BalanceOf<T>,
        joined_before: BlockNumberFor<T>,
    ) -> impl Iterator<Item = (ProviderId, ProviderOf<T>)> {
        let offers = Offers::<T>::get(model).into_iter().filter(move |offer| offer.ask <= price && offer.since < joined_before);
        offers
            .filter_map(|offer| Some((offer.provider, Providers::<T>::get(offer.provider)?)))
            .filter(move |(_, provider)| provider.is_active() && provider.changed_at <= joined_before)
    }

    /// Locks `lock` of what stands behind a provider, and takes so many of its slots.
    fn bind_with(id: ProviderId, lock: BalanceOf<T>, slots: u32) -> Result<(), PoolError> {
        Providers::<T>::try_mutate(id, |slot| {
            let provider = slot.as_mut().filter(|provider| provider.is_active()).ok_or(PoolError::NotActive)?;
            if provider.free_slots() < slots {
                return Err(PoolError::NoFreeSlot);
            }
            if !Self::can_lock(id, provider, lock) {
                return Err(PoolError::BondTooSmall);
            }
            provider.slots_in_use = provider.slots_in_use.saturating_add(slots);
            provider.locked = provider.locked.saturating_add(lock);
            Ok(())
        })
    }

    /// A provider as a draw of jurors sees it, whose seats take no slot.
    pub(crate) fn juror(id: ProviderId, provider: ProviderOf<T>) -> Candidate<T::AccountId> {
        let weight = provider.slots;
        Candidate { weight, ..Self::candidate(id, provider) }
    }

    /// Whether replicas may still lock `lock`: what is locked with it leaves [`JURY_RESERVE`]. What backs is looked at only where the bond is
    /// not enough.
    fn can_lock_beside_juries(id: ProviderId, provider: &ProviderOf<T>, lock: BalanceOf<T>) -> bool {
        let locked = provider.locked.saturating_add(lock);
        let within = |stake: BalanceOf<T>| locked <= stake.saturating_sub(JURY_RESERVE.mul_ceil(stake));
        within(provider.bonded) || within(provider.locked.saturating_add(Self::lockable(id, provider)))
    }

    /// A provider as draws see it.
    pub(crate) fn candidate(id: ProviderId, provider: ProviderOf<T>) -> Candidate<T::AccountId> {
        Candidate {
            provider: id,
            weight: provider.free_slots(),
            owner: provider.owner,
            operator: provider.operator,
            backend: provider.backend,
            trusted: provider.standing.valid_in_a_row >= T::TrustedAfter::get(),
        }
    }

    /// Changes a provider that is bound to something, which therefore exists.
    pub(crate) fn mutate_bound(provider: ProviderId, change: impl FnOnce(&mut ProviderOf<T>)) {
        Providers::<T>::mutate(provider, |slot| match slot {
            Some(provider) => change(provider),
            None => {
                defensive!("a bound provider cannot withdraw");
            }
        })
    }
}
