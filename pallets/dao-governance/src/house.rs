//! The provider house: changes that holders passed wait for a while, in which providers can stop them together.
//!
//! It is no second set of referenda, because it answers another question. A referendum that nobody votes on is rejected; a change that no
//! provider objects to comes into force. So there is nothing to submit, to deposit, to prepare, to confirm or to queue here: only a window,
//! and voices against.

use crate::{BalanceOf, Change, ChangeOf, Changes, Config, Error, Event, KeyValueOf, NextChange, Objections, Pallet, CLEAR_LIMIT};
use alloc::vec::Vec;
use frame_support::{
    dispatch::{DispatchResult, DispatchResultWithPostInfo, Pays},
    ensure,
    storage::{with_storage_layer, with_transaction},
    traits::Get,
    BoundedVec,
};
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::governance::{ChangeId, ProviderHouse};
use sp_runtime::{
    traits::{Saturating, Zero},
    DispatchError, TransactionOutcome,
};

impl<T: Config> Pallet<T> {
    /// Opens the window for a change that the rails allow as things are.
    pub(crate) fn open_change(key_value: KeyValueOf<T>) -> DispatchResult {
        with_transaction(|| TransactionOutcome::Rollback(Self::apply(key_value.clone())))?;
        let id = NextChange::<T>::get();
        NextChange::<T>::put(id.checked_add(1).ok_or(Error::<T>::NoIdLeft)?);
        let until = frame_system::Pallet::<T>::block_number().saturating_add(T::HouseWindow::get());
        let change = Change { key_value: key_value.clone(), until, total: T::House::total(), against: Zero::zero() };
        Changes::<T>::try_mutate(|changes| changes.try_push((id, change))).map_err(|_| Error::<T>::TooManyChanges)?;
        Self::deposit_event(Event::ChangeOpened { change: id, key_value, until });
        Ok(())
    }

    pub(crate) fn do_object(owner: T::AccountId, id: ChangeId, objects: bool) -> DispatchResult {
        let (provider, voice) = T::House::member(&owner).ok_or(Error::<T>::NoMember)?;
        Changes::<T>::try_mutate(|changes| {
            let change = changes.iter_mut().find(|(open, _)| *open == id).map(|(_, change)| change).ok_or(Error::<T>::UnknownChange)?;
            let before = Objections::<T>::take(id, provider);
            ensure!(before.is_some() != objects, Error::<T>::NothingNew);
            let others = change.against.saturating_sub(before.unwrap_or_default());
            if objects {
                ensure!(!voice.is_zero(), Error::<T>::NoVoice);
                Objections::<T>::insert(id, provider, voice);
                change.against = others.saturating_add(voice);
            } else {
                change.against = others;
            }
            Self::deposit_event(Event::Objected { change: id, provider, objects, against: change.against });
            Ok(())
        })
    }

    /// Brings changes into force whose window ends by `now`, unless the house stops them; returns how many windows ended.
    pub(crate) fn settle_changes(now: BlockNumberFor<T>) -> u32 {
        if Changes::<T>::get().iter().all(|(_, change)| change.until > now) {
            return 0;
        }
        let ended = Changes::<T>::mutate(|changes| {
            let all = core::mem::take(changes).into_iter();
            let (ended, open): (Vec<_>, Vec<_>) = all.partition(|(_, change)| change.until <= now);
            *changes = BoundedVec::truncate_from(open);
            ended
        });
        let (count, total) = (ended.len() as u32, T::House::total());
        for (id, change) in ended {
            Self::settle_change(id, change, total);
        }
        count
    }

    /// Ends the window of a change; the house has a `total` of voices now.
    fn settle_change(id: ChangeId, change: ChangeOf<T>, total: BalanceOf<T>) {
        let house = change.house(total, T::HouseMinimum::get());
        if change.is_stopped(T::HouseThreshold::get(), house) {
            Self::deposit_event(Event::ChangeStopped { change: id, against: change.against, total: house });
        } else {
            // What was sound when the window began may not be any more.
            match with_storage_layer::<_, DispatchError, _>(|| Self::apply(change.key_value)) {
                Ok(()) => Self::deposit_event(Event::ChangeEnacted { change: id }),
                Err(error) => Self::deposit_event(Event::ChangeFailed { change: id, error }),
            }
        }
        Self::clear(id);
    }

    /// Removes a bounded part of the objections to a change; returns how many.
    fn clear(id: ChangeId) -> usize {
        Objections::<T>::drain_prefix(id).take(CLEAR_LIMIT as usize).count()
    }

    pub(crate) fn do_clear_objections(id: ChangeId) -> DispatchResultWithPostInfo {
        ensure!(Changes::<T>::get().iter().all(|(open, _)| *open != id), Error::<T>::ChangeOpen);
        ensure!(Self::clear(id) > 0, Error::<T>::NothingToClear);
        Ok(Pays::No.into())
    }
}
