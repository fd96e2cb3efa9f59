//! What always holds of the registry's state, checked after every test and by try-runtime.

use crate::{
    BackingTotals, BalanceOf, Config, Deferred, HoldReason, Jail, NextProviderId, OfferedBy, Offers, OperatorOf, OwnerOf, Pallet,
    PlaceCount, Places, ProviderOf, Providers, SlashCursor,
};
use alloc::collections::btree_map::BTreeMap;
use frame_support::{
    ensure,
    traits::{fungible::InspectHold, Get},
};
use hearth_primitives::ProviderId;
use sp_runtime::{traits::Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        let mut count = 0;
        for (id, provider) in Providers::<T>::iter() {
            Self::check_provider(id, &provider)?;
            count += 1;
        }
        let places = Places::<T>::iter().count();
        ensure!(places == PlaceCount::<T>::get() as usize, "the places are miscounted");
        ensure!(places == Providers::<T>::iter_values().filter(|p| p.place.is_some()).count(), "a place is nobody's");
        ensure!(OwnerOf::<T>::iter().count() == count, "an owner owns a provider that is not there");
        ensure!(OperatorOf::<T>::iter().count() == count, "an operator reports for a provider that is not there");
        Self::check_offers()?;
        Self::check_slashes()?;
        Self::check_backings()
    }

    /// What is deferred is locked, and counted; what is held for appeals is what was put up.
    fn check_slashes() -> Result<(), TryRuntimeError> {
        let (mut counts, mut bonds) = (BTreeMap::<ProviderId, (u32, BalanceOf<T>)>::new(), BTreeMap::<T::AccountId, BalanceOf<T>>::new());
        let cursor = SlashCursor::<T>::get();
        for (due, _, slash) in Deferred::<T>::iter() {
            ensure!(cursor.is_none_or(|cursor| due >= cursor), "the cursor has passed a slash");
            let (count, locked) = counts.entry(slash.provider).or_default();
            *count = count.saturating_add(1);
            *locked = locked.saturating_add(slash.amount);
            let bond = bonds.entry(slash.owner).or_default();
            *bond = bond.saturating_add(slash.appeal.unwrap_or_default());
        }
        for (id, provider) in Providers::<T>::iter() {
            let (count, locked) = counts.remove(&id).unwrap_or_default();
            ensure!(count == provider.slashes, "a provider's slashes are miscounted");
            ensure!(locked <= provider.locked, "a deferred slash is not locked");
            let held: BalanceOf<T> = T::Currency::balance_on_hold(&HoldReason::SlashAppeal.into(), &provider.owner);
            ensure!(held == bonds.remove(&provider.owner).unwrap_or_default(), "what is held for appeals is not their bonds");
        }
        ensure!(counts.is_empty() && bonds.is_empty(), "a slash waits of a provider that is gone");
        Ok(())
    }

    fn check_provider(id: ProviderId, provider: &ProviderOf<T>) -> Result<(), TryRuntimeError> {
        ensure!(id < NextProviderId::<T>::get(), "a provider has an id that was not given");
        ensure!(OwnerOf::<T>::get(&provider.owner) == Some(id), "a provider is not its owner's");
        ensure!(OperatorOf::<T>::get(&provider.operator) == Some(id), "a provider is not its operator's");
        let held: BalanceOf<T> = T::Currency::balance_on_hold(&HoldReason::Bond.into(), &provider.owner);
        ensure!(held == provider.bonded, "a bond is not what is held");
        let stake = provider.bonded.saturating_add(BackingTotals::<T>::get(id).value());
        ensure!(provider.locked <= stake, "more is locked than stands behind a provider");
        ensure!(provider.slots > 0, "a provider has no slots");
        ensure!(provider.slots_in_use <= provider.slots, "more slots are in use than there are");
        ensure!(provider.place.is_none() == provider.is_leaving(), "who has left has no place, and all others have one");
        ensure!(provider.place.is_none_or(|place| Places::<T>::get(place) == Some(id)), "a provider's place is another's");
        ensure!(provider.changed_at <= frame_system::Pallet::<T>::block_number(), "a provider changed in the future");
        ensure!(provider.is_jailed() || provider.jail == Jail::default(), "who is not jailed has a time in jail");
        ensure!(provider.standing.valid_in_a_row <= provider.standing.valid, "a streak is longer than its jobs");
        ensure!(!provider.is_leaving() || !OfferedBy::<T>::contains_key(id), "a leaving provider offers");
        Ok(())
    }

    fn check_offers() -> Result<(), TryRuntimeError> {
        let mut by_provider = 0usize;
        for (id, models) in OfferedBy::<T>::iter() {
            ensure!(Providers::<T>::contains_key(id), "a provider offers that is not there");
            ensure!(!models.is_empty(), "an empty list of models is stored");
            ensure!(models.len() <= T::MaxOffersPerProvider::get() as usize, "a provider has too many offers");
            ensure!(models.windows(2).all(|pair| pair[0] < pair[1]), "a provider's models are not in order");
            for model in &models {
                let listed = Offers::<T>::get(model).iter().any(|offer| offer.provider == id);
                ensure!(listed, "an offer is missing from its model's list");
            }
            by_provider += models.len();
        }
        let mut by_model = 0usize;
        let now = frame_system::Pallet::<T>::block_number();
        for (_, offers) in Offers::<T>::iter() {
            ensure!(!offers.is_empty(), "an empty list of offers is stored");
            ensure!(offers.len() <= T::MaxProvidersPerModel::get() as usize, "a model has too many offers");
            ensure!(offers.windows(2).all(|pair| pair[0].provider < pair[1].provider), "a model's offers are not in order");
            ensure!(offers.iter().all(|offer| offer.since <= now), "an offer stands since the future");
            by_model += offers.len();
        }
        // With every offer of a provider found in its model's list, equal counts make the two indices equal.
        ensure!(by_provider == by_model, "the two indices of the offers differ");
        Ok(())
    }
}
