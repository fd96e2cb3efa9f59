//! What the runtime API shows of the registry.

use crate::{BalanceOf, Config, OfferedBy, Offers, OperatorOf, OwnerOf, Pallet, ProviderOf, Providers};
use alloc::vec::Vec;
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::{
    provider::{OfferView, ProviderView},
    ProviderId,
};

/// A provider's view in this runtime.
pub type ProviderViewOf<T> = ProviderView<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
    /// One provider.
    pub fn provider_view(id: ProviderId) -> Option<ProviderViewOf<T>> {
        Providers::<T>::get(id).map(|provider| Self::view(id, provider))
    }

    /// Every provider, in order of id.
    pub fn provider_views() -> Vec<ProviderViewOf<T>> {
        let mut views: Vec<_> = Providers::<T>::iter().map(|(id, provider)| Self::view(id, provider)).collect();
        views.sort_unstable_by_key(|view| view.id);
        views
    }

    /// The provider that `account` owns, else the one that it operates: an owner may be another's operator.
    pub fn provider_of_account(account: &T::AccountId) -> Option<ProviderId> {
        OwnerOf::<T>::get(account).or_else(|| OperatorOf::<T>::get(account))
    }

    fn view(id: ProviderId, provider: ProviderOf<T>) -> ProviderViewOf<T> {
        let offers = OfferedBy::<T>::get(id)
            .into_iter()
            .filter_map(|model| {
                let offers = Offers::<T>::get(model);
                let at = offers.binary_search_by_key(&id, |offer| offer.provider).ok()?;
                offers.get(at).map(|offer| OfferView { model, ask: offer.ask })
            })
            .collect();
        ProviderView {
            id,
            owner: provider.owner,
            operator: provider.operator,
            backend: provider.backend,
            slots: provider.slots,
            slots_in_use: provider.slots_in_use,
            bonded: provider.bonded,
            locked: provider.locked,
            status: provider.status,
            standing: provider.standing,
            offers,
        }
    }
}
