//! The backers' part of what providers earn: how it comes into their pools, and how it is credited to them and paid.
//!
//! A backer is credited whenever its backing is about to change and when it claims, with what came in since the last time. Nothing walks
//! through backers.

use crate::{backers_part, BackerEarningOf, BackerEarnings, BackerPools, BalanceOf, Config, Error, Event, Pallet};
use frame_support::ensure;
use hearth_primitives::{reward::ProviderStakes, ProviderId};
use sp_runtime::{traits::Zero, DispatchResult};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_claim_backing(provider: ProviderId, backer: T::AccountId) -> DispatchResult {
        let amount = Self::mutate_credited(provider, &backer, |earning| core::mem::take(&mut earning.claimable));
        ensure!(!amount.is_zero(), Error::<T>::NothingToClaim);
        let event = Event::BackingClaimed { provider, backer: backer.clone(), amount };
        Self::pay(&backer, amount, event)
    }

    /// Puts the backers' part of what `provider` earned into their pool; returns the owner's.
    pub(crate) fn share_with_backers(provider: ProviderId, earned: BalanceOf<T>) -> BalanceOf<T> {
        let stake = T::Stakes::stake_of(provider);
        let part = backers_part(earned, &stake);
        if !part.is_zero() {
            BackerPools::<T>::mutate(provider, |pool| pool.add(part, stake.backed));
        }
        // Not less than the part.
        earned - part
    }

    /// Changes what `backer` has earned after it was credited. A record that becomes empty is removed.
    pub(crate) fn mutate_credited<R>(provider: ProviderId, backer: &T::AccountId, change: impl FnOnce(&mut BackerEarningOf<T>) -> R) -> R {
        Self::mutate_settled(provider, |_| ());
        let (active, backed) = (T::Stakes::backing_of(provider, backer), T::Stakes::stake_of(provider).backed);
        BackerEarnings::<T>::mutate_exists(provider, backer, |slot| {
            let mut earning = slot.take().unwrap_or_default();
            BackerPools::<T>::mutate_exists(provider, |slot| {
                let mut pool = slot.take().unwrap_or_default();
                earning.credit(&mut pool, active, backed);
                *slot = (!pool.is_empty()).then_some(pool);
            });
            let result = change(&mut earning);
            *slot = (!earning.is_empty()).then_some(earning);
            result
        })
    }
}
