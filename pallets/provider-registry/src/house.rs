//! Governance's side of the registry: what providers have to say in the provider house. Governance weighs these calls in its own.

use crate::{standing, BalanceOf, Config, OwnerOf, Pallet, PlaceCount, Places, ProviderOf, Providers};
use frame_support::traits::Get;
use hearth_primitives::{governance::ProviderHouse, ProviderId};
use sp_runtime::{
    traits::{Saturating, Zero},
    SaturatedConversion,
};

/// The most providers whose voices are counted. Of more, which have their places in no order, the first stand for all.
pub const MAX_COUNTED: u32 = 4_096;

impl<T: Config> ProviderHouse<T::AccountId, BalanceOf<T>> for Pallet<T> {
    fn member(owner: &T::AccountId) -> Option<(ProviderId, BalanceOf<T>)> {
        let id = OwnerOf::<T>::get(owner)?;
        let provider = Providers::<T>::get(id).filter(|provider| !provider.is_leaving())?;
        Some((id, Self::voice(&provider)))
    }

    fn total() -> BalanceOf<T> {
        let (all, counted) = (PlaceCount::<T>::get(), Self::counted());
        let voices = (0..counted).filter_map(Places::<T>::get).filter_map(Providers::<T>::get).map(|provider| Self::voice(&provider));
        let sum = voices.fold(BalanceOf::<T>::zero(), |sum, voice| sum.saturating_add(voice));
        // A u128 holds all money that there is, times as many providers as there can be.
        let scaled = sum.saturated_into::<u128>().saturating_mul(all.into()) / u128::from(counted.max(1));
        BalanceOf::<T>::saturated_from(scaled)
    }

    fn counted() -> u32 {
        PlaceCount::<T>::get().min(MAX_COUNTED)
    }
}

impl<T: Config> Pallet<T> {
    fn voice(provider: &ProviderOf<T>) -> BalanceOf<T> {
        standing::voice(provider.bonded, provider.standing, T::TrustedAfter::get())
    }
}
