//! Money of others behind providers: what the backers' calls do, and what the rewards' side may know of it.
//!
//! Whatever changes a backing has it credited first with what it has earned, so that nobody shares in what was earned before. The records
//! of backers, and their total, outlive the provider: its backers find their money when they come for it.

use crate::{
    terms::CommissionRefusal, BackedBy, BackingOf, BackingTotals, Backings, BalanceOf, Config, Error, Event, HoldReason, Pallet, Providers,
};
use frame_support::{
    ensure,
    traits::{fungible::MutateHold, tokens::Precision, Get},
};
use hearth_primitives::{
    reward::{ProviderStakes, RewardAccounts, Stake},
    ProviderId,
};
use sp_runtime::{
    traits::{CheckedAdd, Saturating, Zero},
    ArithmeticError, DispatchError, DispatchResult, Perbill,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_back(backer: T::AccountId, provider: ProviderId, amount: BalanceOf<T>) -> DispatchResult {
        let record = Providers::<T>::get(provider).ok_or(Error::<T>::UnknownProvider)?;
        ensure!(!record.is_leaving(), Error::<T>::Leaving);
        ensure!(record.owner != backer, Error::<T>::OwnProvider);
        // A slash is shared by what is there when it is executed: a convicted owner must not halve its loss with whoever comes after.
        ensure!(record.slashes == 0, Error::<T>::SlashPending);
        let total = BackingTotals::<T>::get(provider).active.checked_add(&amount).ok_or(ArithmeticError::Overflow)?;
        ensure!(total <= record.terms.limit, Error::<T>::BackingFull);
        let active = Self::mutate_backing(provider, &backer, |backing| {
            // A part of the total, so it fits.
            backing.active = backing.active.saturating_add(amount);
            ensure!(backing.active >= T::MinBacking::get(), Error::<T>::BackingTooSmall);
            T::Currency::hold(&HoldReason::Backing.into(), &backer, amount)?;
            Ok(backing.active)
        })?;
        Self::deposit_event(Event::Backed { provider, backer, amount, active });
        Ok(())
    }

    pub(crate) fn do_unback(backer: T::AccountId, provider: ProviderId, amount: BalanceOf<T>) -> DispatchResult {
        ensure!(Backings::<T>::contains_key(provider, &backer), Error::<T>::NotBacker);
        ensure!(!amount.is_zero(), Error::<T>::NothingToUnback);
        let until = frame_system::Pallet::<T>::block_number().saturating_add(T::UnbondingPeriod::get());
        let amount = Self::mutate_backing(provider, &backer, |backing| {
            ensure!(!backing.active.is_zero(), Error::<T>::NothingToUnback);
            let amount = backing.unbond(amount, until).map_err(|_| Error::<T>::TooManyUnbonding)?;
            ensure!(backing.active.is_zero() || backing.active >= T::MinBacking::get(), Error::<T>::BackingTooSmall);
            Ok(amount)
        })?;
        Self::deposit_event(Event::Unbacked { provider, backer, amount, until });
        Ok(())
    }

    pub(crate) fn do_withdraw_backing(backer: T::AccountId, provider: ProviderId) -> DispatchResult {
        ensure!(Backings::<T>::contains_key(provider, &backer), Error::<T>::NotBacker);
        let now = frame_system::Pallet::<T>::block_number();
        let released = Self::mutate_backing(provider, &backer, |backing| {
            let free = if Providers::<T>::contains_key(provider) { backing.take_due(now) } else { backing.take_all() };
            // Of a backing that lost everything nothing is due, and its record goes.
            ensure!(!free.is_zero() || backing.is_empty(), Error::<T>::NothingDue);
            if free.is_zero() {
                return Ok(free);
            }
            T::Currency::release(&HoldReason::Backing.into(), &backer, free, Precision::Exact)
        })?;
        if let Some(record) = Providers::<T>::get(provider) {
            let stake = record.bonded.saturating_add(BackingTotals::<T>::get(provider).value());
            ensure!(record.locked <= stake, Error::<T>::BackingLocked);
        }
        Self::deposit_event(Event::BackingWithdrawn { provider, backer, released });
        Ok(())
    }

    /// Takes out what a backing has lost, for anybody. What it lost earns no more then, and a backing that lost everything is forgotten.
    pub(crate) fn do_collect(provider: ProviderId, backer: T::AccountId) -> DispatchResult {
        ensure!(Backings::<T>::contains_key(provider, &backer), Error::<T>::NotBacker);
        Self::mutate_backing(provider, &backer, |_| Ok(()))
    }

    pub(crate) fn do_set_commission(owner: T::AccountId, rate: Perbill) -> DispatchResult {
        Self::mutate(&owner, |provider, record| {
            T::Rewards::settle(provider);
            let (era, step, max) = (T::Rewards::current_era(), T::MaxCommissionStep::get(), T::MaxCommission::get());
            record.terms.set_commission(rate, era, step, max).map_err(Error::<T>::from)?;
            Self::deposit_event(Event::CommissionSet { provider, rate });
            Ok(())
        })
    }

    pub(crate) fn do_accept_backing(owner: T::AccountId, limit: BalanceOf<T>) -> DispatchResult {
        Self::mutate(&owner, |provider, record| {
            record.terms.limit = limit;
            Self::deposit_event(Event::BackingAccepted { provider, limit });
            Ok(())
        })
    }

    /// Changes what `backer` has bonded behind `provider`, after what it has earned was credited and what it has lost was taken, and
    /// everything that counts backings with it. Of a backing that ends nothing is kept, and its rewards are paid.
    fn mutate_backing<R>(
        provider: ProviderId,
        backer: &T::AccountId,
        change: impl FnOnce(&mut BackingOf<T>) -> Result<R, DispatchError>,
    ) -> Result<R, DispatchError> {
        T::Rewards::settle_backer(provider, backer);
        let (before, mut total) = (Backings::<T>::get(provider, backer), BackingTotals::<T>::get(provider));
        let mut after = before.clone().unwrap_or_default();
        let lost = after.collect(&total.losses);
        Self::collect_loss(provider, backer, lost);
        let result = change(&mut after)?;

        let (begins, ends) = (before.is_none(), after.is_empty());
        if begins {
            Self::add_to_index(provider, backer)?;
        }
        let was = before.unwrap_or_default();
        total.active = total.active.saturating_sub(was.active).saturating_add(after.active);
        total.unbonding = total.unbonding.saturating_sub(was.unbonding()).saturating_add(after.unbonding());
        // Backings round down, so they may have lost a little more than was counted.
        total.lost = total.lost.saturating_sub(lost);
        total.backers = total.backers.saturating_add(begins.into()).saturating_sub(ends.into());
        match total.backers {
            0 => BackingTotals::<T>::remove(provider),
            _ => BackingTotals::<T>::insert(provider, total),
        }
        if ends {
            Backings::<T>::remove(provider, backer);
            Self::remove_from_index(provider, backer);
            T::Rewards::close_backer(provider, backer);
        } else {
            Backings::<T>::insert(provider, backer, after);
        }
        Ok(result)
    }

    fn add_to_index(provider: ProviderId, backer: &T::AccountId) -> DispatchResult {
        BackedBy::<T>::try_mutate(backer, |providers| {
            let at = providers.binary_search(&provider).unwrap_or_else(|at| at);
            providers.try_insert(at, provider).map_err(|_| Error::<T>::TooManyBacked.into())
        })
    }

    fn remove_from_index(provider: ProviderId, backer: &T::AccountId) {
        BackedBy::<T>::mutate_exists(backer, |slot| {
            let mut providers = slot.take().unwrap_or_default();
            providers.retain(|backed| *backed != provider);
            *slot = (!providers.is_empty()).then_some(providers);
        });
    }
}

impl<T: Config> From<CommissionRefusal> for Error<T> {
    fn from(refusal: CommissionRefusal) -> Self {
        match refusal {
            CommissionRefusal::Raised => Self::CommissionRaised,
            CommissionRefusal::StepTooLarge => Self::CommissionStepTooLarge,
            CommissionRefusal::TooHigh => Self::CommissionTooHigh,
        }
    }
}

impl<T: Config> ProviderStakes<T::AccountId, BalanceOf<T>> for Pallet<T> {
    fn owner_of(provider: ProviderId) -> Option<T::AccountId> {
        Providers::<T>::get(provider).map(|provider| provider.owner)
    }

    fn stake_of(provider: ProviderId) -> Stake<BalanceOf<T>> {
        let total = BackingTotals::<T>::get(provider);
        let (backed, worth) = (total.active, total.active_worth());
        match Providers::<T>::get(provider) {
            Some(record) => Stake { bonded: record.bonded, backed, worth, commission: record.terms.commission.deconstruct() },
            None => Stake { bonded: Zero::zero(), backed, worth, commission: 0 },
        }
    }

    fn backing_of(provider: ProviderId, backer: &T::AccountId) -> BalanceOf<T> {
        Backings::<T>::get(provider, backer).map(|backing| backing.active).unwrap_or_default()
    }
}
