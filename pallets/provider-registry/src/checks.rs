//! What always holds of the registry's state, checked after every test and by try-runtime.

use crate::{
    BalanceOf, Config, HoldReason, NextProviderId, OfferedBy, Offers, OperatorOf, OwnerOf, Pallet, PlaceCount, Places, ProviderOf,
    Providers,
};
use frame_support::{
    ensure,
    traits::{fungible::InspectHold, Get},
};
use hearth_primitives::ProviderId;
use sp_runtime::TryRuntimeError;

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
        Self::check_backings()
    }

    fn check_provider(id: ProviderId, provider: &ProviderOf<T>) -> Result<(), TryRuntimeError> {
        ensure!(id < NextProviderId::<T>::get(), "a provider has an id that was not given");
        ensure!(OwnerOf::<T>::get(&provider.owner) == Some(id), "a provider is not its owner's");
        ensure!(OperatorOf::<T>::get(&provider.operator) == Some(id), "a provider is not its operator's");
        let held: BalanceOf<T> = T::Currency::balance_on_hold(&HoldReason::Bond.into(), &provider.owner);
        ensure!(held == provider.bonded, "a bond is not what is held");
        ensure!(provider.locked <= provider.bonded, "more is locked than bonded");
        ensure!(provider.slots > 0, "a provider has no slots");
        ensure!(provider.slots_in_use <= provider.slots, "more slots are in use than there are");
        ensure!(provider.place.is_none() == provider.is_leaving(), "who has left has no place, and all others have one");
        ensure!(provider.place.is_none_or(|place| Places::<T>::get(place) == Some(id)), "a provider's place is another's");
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
