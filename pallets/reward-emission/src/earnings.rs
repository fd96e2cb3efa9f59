//! What providers earn: work of the era that runs, shares of ended eras, and their payment.
//!
//! A provider has work in one era at most. Whatever touches its record in a later era settles the work first, so that nobody ever has to
//! walk through eras. What is settled is divided at once between the owner and the backers, by the stakes as they are.

use crate::{BackerEarnings, BalanceOf, Config, CurrentEra, EarningOf, Earnings, EraPools, Error, Event, Open, Pallet, TotalClaimable};
use frame_support::{
    defensive, ensure,
    traits::{fungible::Mutate, tokens::Preservation, Defensive, DefensiveSaturating},
};
use hearth_primitives::{
    reward::{EraIndex, ProvenWork, ProviderStakes, RewardAccounts},
    ProviderId,
};
use sp_runtime::{
    traits::{Saturating, Zero},
    DispatchResult,
};

impl<T: Config> ProvenWork for Pallet<T> {
    /// A provider that is gone has nobody to claim for it, and earns nothing.
    fn proven(provider: ProviderId, points: u128) {
        if T::Stakes::owner_of(provider).is_some() {
            Self::count_work(provider, points, Zero::zero());
        }
    }
}

impl<T: Config> RewardAccounts<T::AccountId, BalanceOf<T>> for Pallet<T> {
    fn current_era() -> EraIndex {
        CurrentEra::<T>::get()
    }

    fn settle(provider: ProviderId) {
        Self::mutate_settled(provider, |_| ());
    }

    fn settle_backer(provider: ProviderId, backer: &T::AccountId) {
        Self::mutate_credited(provider, backer, |_| ());
    }

    fn backer_claimable(provider: ProviderId, backer: &T::AccountId) -> BalanceOf<T> {
        Self::rewards_of_backer(provider, backer)
    }

    fn close(provider: ProviderId, owner: &T::AccountId) {
        let amount = Self::mutate_settled(provider, |earning| {
            let (points, burned) = earning.take_work();
            Open::<T>::mutate(|open| open.remove(points, burned));
            core::mem::take(&mut earning.claimable)
        });
        Self::pay_last(owner, amount, Event::Claimed { provider, owner: owner.clone(), amount });
    }

    fn close_backer(provider: ProviderId, backer: &T::AccountId) {
        let amount = BackerEarnings::<T>::take(provider, backer).claimable;
        Self::pay_last(backer, amount, Event::BackingClaimed { provider, backer: backer.clone(), amount });
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_earnings(provider: ProviderId) {
        crate::benchmarking::work_before::<T>(&[provider]);
    }
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_claim(provider: ProviderId) -> DispatchResult {
        let owner = T::Stakes::owner_of(provider).ok_or(Error::<T>::UnknownProvider)?;
        let amount = Self::mutate_settled(provider, |earning| core::mem::take(&mut earning.claimable));
        ensure!(!amount.is_zero(), Error::<T>::NothingToClaim);
        Self::pay(&owner, amount, Event::Claimed { provider, owner: owner.clone(), amount })
    }

    /// Counts work of `provider` in the era that runs.
    pub(crate) fn count_work(provider: ProviderId, points: u128, burned: BalanceOf<T>) {
        let (points, burned) = Open::<T>::mutate(|open| open.add(points, burned));
        Self::mutate_settled(provider, |earning| {
            // No more than the totals, which do not overflow.
            earning.points = earning.points.saturating_add(points);
            earning.burned = earning.burned.saturating_add(burned);
        });
    }

    /// Changes what `provider` has earned after work of an ended era was settled. A record that becomes empty is removed.
    pub(crate) fn mutate_settled<R>(provider: ProviderId, change: impl FnOnce(&mut EarningOf<T>) -> R) -> R {
        Earnings::<T>::mutate_exists(provider, |slot| {
            let mut earning = slot.take().unwrap_or_default();
            Self::settle_work(provider, &mut earning);
            let result = change(&mut earning);
            *slot = (!earning.is_empty()).then_some(earning);
            result
        })
    }

    /// Makes work of an ended era claimable, and the record one of the era that runs.
    fn settle_work(provider: ProviderId, earning: &mut EarningOf<T>) {
        let era = core::mem::replace(&mut earning.era, CurrentEra::<T>::get());
        if era == earning.era || !earning.has_work() {
            return;
        }
        let (points, burned) = earning.take_work();
        let share = EraPools::<T>::mutate_exists(era, |slot| {
            let Some(pool) = slot.as_mut() else {
                defensive!("an era in which somebody worked has a pool");
                return Zero::zero();
            };
            let share = pool.take(points, burned);
            if pool.is_spent() {
                *slot = None;
            }
            share
        });
        earning.claimable = earning.claimable.saturating_add(Self::share_with_backers(provider, share));
        TotalClaimable::<T>::mutate(|total| *total = total.saturating_add(share));
    }

    /// Pays `amount` of what was claimable, and says so.
    pub(crate) fn pay(to: &T::AccountId, amount: BalanceOf<T>, event: Event<T>) -> DispatchResult {
        TotalClaimable::<T>::mutate(|total| *total = total.defensive_saturating_sub(amount));
        T::Currency::transfer(&Self::provider_pot(), to, amount, Preservation::Preserve)?;
        Self::deposit_event(event);
        Ok(())
    }

    /// As [`Self::pay`], for what nobody can ask for any more: what cannot be paid is the treasury's.
    fn pay_last(to: &T::AccountId, amount: BalanceOf<T>, event: Event<T>) {
        if !amount.is_zero() && Self::pay(to, amount, event).defensive().is_err() {
            Self::to_treasury(&Self::provider_pot(), amount);
        }
    }
}
