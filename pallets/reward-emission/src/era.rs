//! The end of an era: how much is minted, and for whom.

use crate::{Age, BalanceOf, Config, CurrentEra, EraPool, EraPools, EraRecord, Eras, Event, Open, Pallet};
use frame_support::traits::{
    fungible::{Inspect, Mutate},
    tokens::{Fortitude, Preservation},
    Defensive, Get,
};
use sp_runtime::{
    traits::{Saturating, Zero},
    SaturatedConversion,
};
use sp_staking::EraPayout;

impl<T: Config> EraPayout<BalanceOf<T>> for Pallet<T> {
    /// Ends the era. Everything is minted when this returns: nothing is left for Staking to issue, and it pays its part by
    /// [`crate::FromStakingPot`].
    fn era_payout(_staked: BalanceOf<T>, issuance: BalanceOf<T>, duration: u64) -> (BalanceOf<T>, BalanceOf<T>) {
        (Self::end_era(issuance, duration), Zero::zero())
    }
}

impl<T: Config> Pallet<T> {
    /// Mints for an era of `duration` and starts the next; returns what came into the staking pot.
    fn end_era(issuance: BalanceOf<T>, duration: u64) -> BalanceOf<T> {
        let (era, totals, due) = (CurrentEra::<T>::get(), Open::<T>::take(), Self::mint_due(issuance, duration));
        let split = T::Split::get();
        let staking_due = split.staking.mul_floor(due);
        let pool = EraPool::share_out(split.providers.mul_floor(due), T::JobShare::get(), totals.points, totals.burned);
        let treasury_due = due.saturating_sub(staking_due).saturating_sub(pool.left());

        let staking = Self::mint(&Self::staking_pot(), staking_due);
        let providers = Self::mint(&Self::provider_pot(), pool.left());
        let treasury = Self::mint(&T::Treasury::get(), treasury_due);
        let minted = staking.saturating_add(providers).saturating_add(treasury);

        // Were the pool's money missing, its shares would have to be worth nothing.
        let pool = if providers == pool.left() {
            pool
        } else {
            EraPool::share_out(Zero::zero(), T::JobShare::get(), totals.points, totals.burned)
        };
        if !pool.is_spent() {
            EraPools::<T>::insert(era, pool);
        }
        let record = EraRecord {
            duration,
            minted,
            staking,
            proven: pool.proven.left,
            jobs: pool.jobs.left,
            treasury: treasury.saturating_add(totals.swept),
            burned: totals.burned,
            points: totals.points,
        };
        Self::deposit_event(Event::EraMinted { era, minted, staking, providers, treasury: record.treasury });
        Eras::<T>::insert(era, record);
        if let Some(old) = era.checked_sub(T::HistoryDepth::get()) {
            Eras::<T>::remove(old);
        }
        CurrentEra::<T>::put(era.saturating_add(1));
        staking
    }

    /// Lets the chain grow older by `duration`; returns what is to be minted for it. After a long standstill the time that was missed first
    /// is not minted for.
    fn mint_due(issuance: BalanceOf<T>, duration: u64) -> BalanceOf<T> {
        let minted_for = duration.min(T::MaxCatchUp::get());
        if minted_for < duration {
            Self::deposit_event(Event::CatchUpCapped { duration, minted_for });
        }
        let age = Age::<T>::get().saturating_add(duration);
        Age::<T>::put(age);
        let amount = T::Schedule::get().issuance(issuance.saturated_into(), age.saturating_sub(minted_for), age);
        BalanceOf::<T>::saturated_from(amount)
    }

    /// Returns what was minted: all or, where the currency refuses, nothing.
    fn mint(to: &T::AccountId, amount: BalanceOf<T>) -> BalanceOf<T> {
        if amount.is_zero() {
            return amount;
        }
        T::Currency::mint_into(to, amount).defensive_unwrap_or_default()
    }

    /// Moves up to `amount` from the staking pot to the treasury: rewards that nobody can claim any more.
    pub fn sweep_staking(amount: BalanceOf<T>) {
        let pot = Self::staking_pot();
        let able = T::Currency::reducible_balance(&pot, Preservation::Preserve, Fortitude::Polite);
        let swept = Self::to_treasury(&pot, amount.min(able));
        Open::<T>::mutate(|open| open.swept = open.swept.saturating_add(swept));
    }

    /// Returns what was moved: all or, where the currency refuses, nothing.
    pub(crate) fn to_treasury(pot: &T::AccountId, amount: BalanceOf<T>) -> BalanceOf<T> {
        if amount.is_zero() {
            return amount;
        }
        T::Currency::transfer(pot, &T::Treasury::get(), amount, Preservation::Preserve).defensive_unwrap_or_default()
    }
}
