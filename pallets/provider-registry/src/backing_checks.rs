//! What always holds of the backings: everything counted in a backing is held from its backer, and totals and index are the records'.

use crate::{BackedBy, BackingTotal, BackingTotals, Backings, BalanceOf, Config, HoldReason, NextProviderId, Pallet, Providers};
use alloc::collections::btree_map::BTreeMap;
use frame_support::{
    ensure,
    traits::{fungible::InspectHold, Get},
};
use hearth_primitives::ProviderId;
use sp_runtime::{
    traits::{Saturating, Zero},
    TryRuntimeError,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn check_backings() -> Result<(), TryRuntimeError> {
        let mut totals = BTreeMap::<ProviderId, BackingTotal<BalanceOf<T>>>::new();
        let mut losses = BTreeMap::<ProviderId, BalanceOf<T>>::new();
        let mut backers = BTreeMap::<T::AccountId, (usize, BalanceOf<T>)>::new();
        for (provider, backer, backing) in Backings::<T>::iter() {
            ensure!(provider < NextProviderId::<T>::get(), "a provider is backed whose id was not given");
            let owner = Providers::<T>::get(provider).map(|record| record.owner);
            ensure!(owner.as_ref() != Some(&backer), "an owner backs itself");
            ensure!(!backing.is_empty(), "an empty backing is stored");
            ensure!(backing.unbonding.iter().all(|chunk| !chunk.amount.is_zero()), "nothing is unbonding");
            ensure!(backing.unbonding.len() <= T::MaxUnbondingChunks::get() as usize, "too many parts of a backing are unbonding");

            let total = totals.entry(provider).or_default();
            total.active = total.active.saturating_add(backing.active);
            total.unbonding = total.unbonding.saturating_add(backing.unbonding());
            let lost = backing.clone().collect(&BackingTotals::<T>::get(provider).losses);
            let sum = losses.entry(provider).or_default();
            *sum = sum.saturating_add(lost);
            total.backers = total.backers.saturating_add(1);
            ensure!(Self::is_in_index(provider, &backer), "an account's list misses what it backs");
            let (count, held) = backers.entry(backer).or_default();
            *count = count.saturating_add(1);
            *held = held.saturating_add(backing.held());
        }
        for (provider, total) in BackingTotals::<T>::iter() {
            let sum = totals.remove(&provider).unwrap_or_default();
            let same = (sum.active, sum.unbonding, sum.backers) == (total.active, total.unbonding, total.backers);
            ensure!(same && total.backers > 0, "what is backed in all is not the sum");
            ensure!(total.lost <= losses.remove(&provider).unwrap_or_default(), "more is lost than backings have lost");
        }
        ensure!(totals.is_empty(), "a provider that is backed has no total");
        Self::check_backers(backers)
    }

    /// Each account's list has exactly what it backs, and its hold is exactly what it has bonded.
    fn check_backers(mut backers: BTreeMap<T::AccountId, (usize, BalanceOf<T>)>) -> Result<(), TryRuntimeError> {
        for (backer, providers) in BackedBy::<T>::iter() {
            let (count, bonded) = backers.remove(&backer).unwrap_or_default();
            // Every provider that is backed was found in the list, so equal counts make them equal. An empty list is not stored.
            ensure!(!providers.is_empty() && providers.len() == count, "an account's list has what it does not back");
            ensure!(providers.windows(2).all(|pair| pair[0] < pair[1]), "what an account backs is not in order");
            let held: BalanceOf<T> = T::Currency::balance_on_hold(&HoldReason::Backing.into(), &backer);
            ensure!(held == bonded, "a backer's hold is not what it has bonded");
        }
        ensure!(backers.is_empty(), "a backer has no list");
        Ok(())
    }

    fn is_in_index(provider: ProviderId, backer: &T::AccountId) -> bool {
        BackedBy::<T>::get(backer).binary_search(&provider).is_ok()
    }
}
