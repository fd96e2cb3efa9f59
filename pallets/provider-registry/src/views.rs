//! What the runtime API shows of the registry.

use crate::{
    BackedBy, BackingOf, BackingTotals, Backings, BalanceOf, Config, OfferedBy, Offers, OperatorOf, OwnerOf, Pallet, ProviderOf, Providers,
};
use alloc::vec::Vec;
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::{
    provider::{BackingView, OfferView, ProviderView, UnbondingView},
    reward::RewardAccounts,
    ProviderId,
};

/// A provider's view in this runtime.
pub type ProviderViewOf<T> = ProviderView<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// A backing's view in this runtime.
pub type BackingViewOf<T> = BackingView<BalanceOf<T>, BlockNumberFor<T>>;

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

    /// What `backer` has bonded behind a provider.
    pub fn backing_view(provider: ProviderId, backer: &T::AccountId) -> Option<BackingViewOf<T>> {
        let mut backing: BackingOf<T> = Backings::<T>::get(provider, backer)?;
        // What is lost is nobody's to withdraw, even if it is held still.
        backing.collect(&BackingTotals::<T>::get(provider).losses);
        let gone = !Providers::<T>::contains_key(provider);
        let withdrawable = if gone { backing.held() } else { backing.due(frame_system::Pallet::<T>::block_number()) };
        Some(BackingView {
            provider,
            active: backing.active,
            unbonding: backing.unbonding.iter().map(|chunk| UnbondingView { amount: chunk.amount, until: chunk.until }).collect(),
            withdrawable,
            claimable: T::Rewards::backer_claimable(provider, backer),
        })
    }

    /// All that `backer` has bonded, in order of the providers' ids.
    pub fn backing_views(backer: &T::AccountId) -> Vec<BackingViewOf<T>> {
        BackedBy::<T>::get(backer).into_iter().filter_map(|provider| Self::backing_view(provider, backer)).collect()
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
        let backing = BackingTotals::<T>::get(id);
        let lockable = Self::lockable(id, &provider);
        ProviderView {
            id,
            owner: provider.owner,
            operator: provider.operator,
            backend: provider.backend,
            slots: provider.slots,
            slots_in_use: provider.slots_in_use,
            bonded: provider.bonded,
            locked: provider.locked,
            lockable,
            slashes: provider.slashes,
            backed: backing.active,
            backing_limit: provider.terms.limit,
            backers: backing.backers,
            commission: provider.terms.commission.deconstruct(),
            status: provider.status,
            standing: provider.standing,
            capability: provider.capability,
            offers,
        }
    }
}
