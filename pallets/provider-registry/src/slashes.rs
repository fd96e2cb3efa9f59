//! Slashes that are deferred: what a conviction locks, and what becomes of it. In the time between governance can cancel it; what was
//! cancelled, or executed, is not there any more, so neither happens twice.
//!
//! They are executed in the block in which they are due, as far as a budget goes, the earliest first. While the brake pauses slashing they
//! wait, and answer to the same name.

use crate::{
    types::{DeferredSlash, SlashIndex},
    BackingTotals, BalanceOf, Config, Deferred, Error, Event, HoldReason, NextSlashIndex, OwnerOf, Pallet, ProviderOf, Providers,
    SlashCursor, WeightInfo,
};
use alloc::vec::Vec;
use frame_support::{
    ensure,
    traits::{
        fungible::{BalancedHold, MutateHold},
        tokens::Precision,
        Defensive, DefensiveSaturating, Get, Imbalance,
    },
    weights::{Weight, WeightMeter},
    BoundedVec,
};
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::{
    governance::{Brake, SlashId, SlashView},
    provider::{ProviderStatus, Slash},
    ProviderId,
};
use sp_runtime::{
    traits::{Saturating, UniqueSaturatedInto},
    DispatchResult,
};

/// A deferred slash in this runtime.
pub type DeferredSlashOf<T> = DeferredSlash<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// How governance and owners name a slash.
pub(crate) fn name<T: Config>(due: BlockNumberFor<T>, index: SlashIndex, slash: &DeferredSlashOf<T>) -> SlashId {
    SlashId::of_provider(due.unique_saturated_into(), index, slash.provider, slash.job)
}

impl<T: Config> Pallet<T> {
    /// Jails a provider, and locks what it is to lose.
    pub(crate) fn do_defer_slash(provider: ProviderId, slash: Slash<T::AccountId, BalanceOf<T>>) {
        let now = frame_system::Pallet::<T>::block_number();
        let (due, until) = (now.saturating_add(T::SlashDeferral::get()), now.saturating_add(T::JailPeriod::get()));
        let Some(mut record) = Providers::<T>::get(provider).defensive() else { return };
        let Slash { job, amount, payees } = slash;
        let deferred = DeferredSlash {
            provider,
            owner: record.owner.clone(),
            job,
            amount,
            payees: BoundedVec::truncate_from(payees),
            until,
            streak: record.standing.valid_in_a_row,
            // The market has yet to say that this job was missed.
            missed: record.standing.missed.saturating_add(1),
            appeal: None,
        };
        record.locked = record.locked.saturating_add(amount);
        record.slashes = record.slashes.saturating_add(1);
        if !record.is_leaving() {
            record.jail.offline |= record.status == ProviderStatus::Offline;
            record.status = ProviderStatus::Jailed(until);
        }
        Providers::<T>::insert(provider, record);
        let index = NextSlashIndex::<T>::mutate(|next| core::mem::replace(next, next.wrapping_add(1)));
        let slash = name::<T>(due, index, &deferred);
        Deferred::<T>::insert(due, index, deferred);
        Self::deposit_event(Event::SlashDeferred { slash, provider, job, amount, due });
    }

    /// The start of block `now`: executes what is due, as far as the budget goes.
    pub(crate) fn serve_slashes(now: BlockNumberFor<T>) -> Weight {
        let mut cursor = SlashCursor::<T>::get().unwrap_or(now);
        if T::Brake::pauses_slashing() {
            SlashCursor::<T>::put(cursor);
            return T::WeightInfo::serve_slashes();
        }
        let mut meter = WeightMeter::with_limit(T::MaxSlashWeight::get());
        'blocks: while cursor <= now && meter.try_consume(T::WeightInfo::serve_slashes()).is_ok() {
            while let Some((index, slash)) = Deferred::<T>::iter_prefix(cursor).next() {
                if meter.try_consume(T::WeightInfo::execute_slash()).is_err() {
                    break 'blocks;
                }
                Deferred::<T>::remove(cursor, index);
                Self::execute_slash(name::<T>(cursor, index, &slash), slash);
            }
            cursor.saturating_inc();
        }
        SlashCursor::<T>::put(cursor);
        meter.consumed()
    }

    /// Takes what a conviction locked, and pays those to whom it is due. An appeal is lost.
    pub(crate) fn execute_slash(id: SlashId, slash: DeferredSlashOf<T>) {
        let at_once = slash.at_once();
        let DeferredSlash { provider, owner, amount, payees, until, appeal, .. } = slash;
        let (mut credit, others) = Self::take_stake(provider, amount, at_once);
        let own = credit.peek();
        Self::free_slash(provider, amount, |record| {
            if record.is_jailed() {
                record.jail.convicted_until = record.jail.convicted_until.max(Some(until));
            }
        });
        for (payee, part) in payees {
            let (part, rest) = credit.split(part);
            Self::pay_out(&payee, part);
            credit = rest;
        }
        Self::to_treasury(credit);
        if let Some(bond) = appeal {
            let (credit, _) = T::Currency::slash(&HoldReason::SlashAppeal.into(), &owner, bond);
            Self::to_treasury(credit);
        }
        Self::deposit_event(Event::SlashExecuted { slash: id, provider, own, others });
    }

    /// A slash waits no more: frees what it locked, and has `change` say what it leaves behind. With the last one it is known how long the
    /// provider stays jailed: as long as those say that were executed. It is free if none was and its bond covers its slots, as it would
    /// have to be to come back.
    fn free_slash(provider: ProviderId, amount: BalanceOf<T>, change: impl FnOnce(&mut ProviderOf<T>)) {
        Self::mutate_bound(provider, |record| {
            record.locked = record.locked.defensive_saturating_sub(amount);
            record.slashes = record.slashes.defensive_saturating_sub(1);
            change(record);
            if record.slashes > 0 || !record.is_jailed() {
                return;
            }
            match record.jail.convicted_until {
                None if record.bonded >= Self::bond_for(record.slots) => record.set_free(),
                until => record.status = ProviderStatus::Jailed(until.unwrap_or_else(frame_system::Pallet::<T>::block_number)),
            }
        })
    }

    /// An owner's word against a slash of its provider, with a bond: it comes back if governance cancels the slash.
    pub(crate) fn do_appeal_slash(owner: T::AccountId, id: SlashId) -> DispatchResult {
        let provider = OwnerOf::<T>::get(&owner).ok_or(Error::<T>::NotOwner)?;
        let (due, index, mut slash) = Self::find_slash(id).filter(|found| found.2.provider == provider).ok_or(Error::<T>::UnknownSlash)?;
        ensure!(slash.appeal.is_none(), Error::<T>::SlashAppealed);
        let bond = T::AppealBond::get();
        T::Currency::hold(&HoldReason::SlashAppeal.into(), &owner, bond)?;
        slash.appeal = Some(bond);
        Deferred::<T>::insert(due, index, slash);
        Self::deposit_event(Event::SlashAppealed { slash: id, provider, bond });
        Ok(())
    }

    /// Takes a slash away, so that it can never be executed; returns whether there was one. Unless another jails it the provider is free, and
    /// what it had shown counts again unless it has missed more since.
    pub fn cancel_slash(id: SlashId) -> bool {
        let Some((due, index, slash)) = Self::find_slash(id) else { return false };
        Deferred::<T>::remove(due, index);
        Self::free_slash(slash.provider, slash.amount, |record| {
            let standing = &mut record.standing;
            if standing.missed == slash.missed {
                standing.valid_in_a_row = standing.valid_in_a_row.saturating_add(slash.streak).min(standing.valid);
            }
        });
        if let Some(bond) = slash.appeal {
            let reason = HoldReason::SlashAppeal.into();
            let _ = T::Currency::release(&reason, &slash.owner, bond, Precision::BestEffort).defensive();
        }
        Self::deposit_event(Event::SlashCancelled { slash: id, provider: slash.provider });
        true
    }

    fn find_slash(id: SlashId) -> Option<(BlockNumberFor<T>, SlashIndex, DeferredSlashOf<T>)> {
        let due = BlockNumberFor::<T>::from(id.due);
        let (index, slash) = Deferred::<T>::iter_prefix(due).find(|(index, slash)| name::<T>(due, *index, slash) == id)?;
        Some((due, index, slash))
    }

    /// All that can still be cancelled, the earliest first, with who would lose how much by what is at stake now.
    pub fn slash_views() -> Vec<SlashView<T::AccountId, BalanceOf<T>>> {
        let view = |(due, index, slash): (BlockNumberFor<T>, SlashIndex, DeferredSlashOf<T>)| {
            let bonded = Providers::<T>::get(slash.provider).map(|record| record.bonded).unwrap_or_default();
            let (own, others) =
                crate::losses::shares(slash.amount, bonded, BackingTotals::<T>::get(slash.provider).value(), slash.at_once());
            SlashView { id: name::<T>(due, index, &slash), offender: slash.owner, own, others, appealed: slash.appeal.is_some() }
        };
        let mut views: Vec<_> = Deferred::<T>::iter().map(view).collect();
        views.sort_by_key(|view| (view.id.due, view.id.hash));
        views
    }

    /// Lets a jailed provider be drawn again, once its time is over and its bond covers its slots.
    pub(crate) fn do_unjail(owner: T::AccountId) -> DispatchResult {
        Self::mutate(&owner, |id, record| {
            let ProviderStatus::Jailed(until) = record.status else { return Err(Error::<T>::NotJailed.into()) };
            ensure!(frame_system::Pallet::<T>::block_number() >= until, Error::<T>::Jailed);
            ensure!(record.bonded >= Self::bond_for(record.slots), Error::<T>::BondTooSmall);
            record.set_free();
            Self::deposit_event(Event::Unjailed { provider: id });
            Ok(())
        })
    }
}
