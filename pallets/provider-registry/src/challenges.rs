//! The market's side of capability challenges: the places from which they draw, and what becomes of a provider's claim. The market weighs
//! these calls in its own.

use crate::{standing, Config, Event, Pallet, PlaceCount, Places, ProviderOf, Providers};
use frame_support::traits::{Defensive, DefensiveSaturating};
use hearth_primitives::{
    market::MemberOutcome,
    provider::{Candidate, Capability, ChallengePool, ProviderStatus},
    ProviderId,
};

impl<T: Config> ChallengePool<T::AccountId> for Pallet<T> {
    fn challengeable() -> u32 {
        PlaceCount::<T>::get()
    }

    fn at_place(place: u32) -> Option<Candidate<T::AccountId>> {
        let id = Places::<T>::get(place)?;
        let free = |provider: &ProviderOf<T>| provider.capability.pending == 0 && provider.free_slots() > 0 && !provider.is_jailed();
        Some(Self::candidate(id, Providers::<T>::get(id).filter(free)?))
    }

    fn juror_at(place: u32) -> Option<Candidate<T::AccountId>> {
        let id = Places::<T>::get(place)?;
        let provider = Providers::<T>::get(id).filter(|provider| provider.is_active())?;
        Some(Self::juror(id, provider)).filter(|juror| juror.trusted)
    }

    fn fail_challenge(id: ProviderId) {
        Providers::<T>::mutate_extant(id, |provider| {
            provider.standing = standing::after(provider.standing, MemberOutcome::Deviant, true);
            if provider.is_jailed() {
                provider.jail.offline = true;
            }
            if provider.is_active() {
                provider.status = ProviderStatus::Offline;
                Self::deposit_event(Event::WentOffline { provider: id });
            }
        })
    }

    fn pass_challenge(provider: ProviderId) {
        Providers::<T>::mutate_extant(provider, |provider| {
            if !core::mem::replace(&mut provider.proven, true) {
                provider.standing = standing::after(provider.standing, MemberOutcome::Valid, true);
            }
        })
    }

    fn begin_challenge(provider: ProviderId, seats: u32) {
        let now = frame_system::Pallet::<T>::block_number();
        Self::mutate_bound(provider, |provider| {
            provider.capability = Capability { pending: seats, filled: 0, missed: 0, challenged_at: Some(now) };
            provider.proven = false;
        })
    }

    fn settle_seat(id: ProviderId, filled: bool) {
        Self::mutate_bound(id, |provider| {
            let capability = &mut provider.capability;
            capability.pending = capability.pending.defensive_saturating_sub(1);
            let count = if filled { &mut capability.filled } else { &mut capability.missed };
            *count = count.saturating_add(1);
            if capability.pending == 0 {
                Self::conclude(id, provider);
            }
        })
    }
}

impl<T: Config> Pallet<T> {
    /// The last seat of a challenge was settled.
    fn conclude(id: ProviderId, provider: &mut ProviderOf<T>) {
        let Capability { filled, missed, .. } = provider.capability;
        match provider.status {
            // Who works on a customer's job may have had no slot left for the challenge.
            ProviderStatus::Active if filled == 0 && provider.slots_in_use == 0 => {
                provider.status = ProviderStatus::Offline;
                Self::deposit_event(Event::WentOffline { provider: id });
            }
            ProviderStatus::Offline if filled > 0 => {
                provider.status = ProviderStatus::Active;
                Self::deposit_event(Event::CameOnline { provider: id });
            }
            _ => {}
        }
        if filled > 0 && missed > 0 {
            // Slots that jobs have taken since are not taken away from under them.
            let slots = provider.slots.saturating_sub(missed).max(provider.slots_in_use).max(1);
            if slots < provider.slots {
                provider.slots = slots;
                provider.changed_at = frame_system::Pallet::<T>::block_number();
                Self::deposit_event(Event::ClaimReduced { provider: id, slots });
            }
        }
    }

    /// Gives a new provider a place; returns it.
    pub(crate) fn take_place(provider: ProviderId) -> u32 {
        let place = PlaceCount::<T>::get();
        Places::<T>::insert(place, provider);
        PlaceCount::<T>::put(place.saturating_add(1));
        place
    }

    /// Frees a place: the last provider moves there.
    pub(crate) fn leave_place(place: u32) {
        let Some(last) = PlaceCount::<T>::get().checked_sub(1).defensive() else { return };
        PlaceCount::<T>::put(last);
        let moved = Places::<T>::take(last);
        if place == last {
            return;
        }
        if let Some(moved) = moved.defensive() {
            Places::<T>::insert(place, moved);
            Self::mutate_bound(moved, |provider| provider.place = Some(place));
        }
    }
}
