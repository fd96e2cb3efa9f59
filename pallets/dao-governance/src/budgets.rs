//! Budgets: what spenders promise out of the treasury, and beneficiaries claim as it becomes due. Nothing is set aside: a claim that the
//! treasury cannot pay waits until it can.

use crate::{Authority, BalanceOf, Budget, BudgetOf, Budgets, Config, Error, Event, NextBudget, Origin, Pallet, PlanOf, MAX_BUDGETS};
use alloc::collections::btree_map::BTreeMap;
use frame_support::{
    dispatch::DispatchResult,
    dispatch_context::with_context,
    ensure,
    traits::{fungible::Mutate, tokens::Preservation, Get},
};
use hearth_primitives::governance::{BudgetId, Maker};
use sp_runtime::{
    traits::{Bounded, Saturating, Zero},
    DispatchError,
};

/// What makers have promised within one dispatch: a batch of budgets does not go further than one.
struct Promised<Balance>(BTreeMap<Maker, Balance>);

impl<Balance> Default for Promised<Balance> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

/// In whose name `authority` makes budgets, if it may.
fn maker(authority: Authority) -> Result<Maker, DispatchError> {
    match authority {
        Authority::Root => Ok(Maker::Root),
        Authority::Holders(Origin::SmallSpender) => Ok(Maker::SmallSpender),
        Authority::Holders(Origin::BigSpender) => Ok(Maker::BigSpender),
        Authority::Holders(_) => Err(DispatchError::BadOrigin),
    }
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_create_budget(authority: Authority, beneficiary: T::AccountId, plan: PlanOf<T>) -> DispatchResult {
        let maker = maker(authority)?;
        let promised = plan.promised().ok_or(Error::<T>::EmptyBudget)?;
        // There are only so many budgets: none for a trifle.
        ensure!(promised >= T::Unit::get(), Error::<T>::BudgetTooSmall);
        Self::count_promise(maker, promised)?;
        ensure!(Budgets::<T>::count() < MAX_BUDGETS, Error::<T>::TooManyBudgets);
        let id = NextBudget::<T>::get();
        NextBudget::<T>::put(id.checked_add(1).ok_or(Error::<T>::NoIdLeft)?);
        let plan = plan.not_before(frame_system::Pallet::<T>::block_number());
        Self::deposit_event(Event::BudgetCreated { budget: id, maker, beneficiary: beneficiary.clone(), promised });
        Budgets::<T>::insert(id, Budget { maker, beneficiary, plan, paid: Zero::zero(), stopped: None });
        Ok(())
    }

    pub(crate) fn do_reach_milestone(authority: Authority, id: BudgetId) -> DispatchResult {
        Self::mutate_made(authority, id, |budget| {
            ensure!(budget.plan.reach(), Error::<T>::NoMilestone);
            Self::deposit_event(Event::MilestoneReached { budget: id });
            Ok(())
        })
    }

    pub(crate) fn do_stop_budget(authority: Authority, id: BudgetId) -> DispatchResult {
        let now = frame_system::Pallet::<T>::block_number();
        Self::mutate_made(authority, id, |budget| {
            budget.stopped = Some(now);
            Self::deposit_event(Event::BudgetStopped { budget: id, due: budget.due(now) });
            Ok(())
        })
    }

    pub(crate) fn do_claim_budget(id: BudgetId) -> DispatchResult {
        let now = frame_system::Pallet::<T>::block_number();
        let mut budget = Budgets::<T>::get(id).ok_or(Error::<T>::UnknownBudget)?;
        let amount = budget.due(now);
        ensure!(!amount.is_zero(), Error::<T>::NothingDue);
        T::Currency::transfer(&T::Treasury::get(), &budget.beneficiary, amount, Preservation::Preserve)
            .map_err(|_| Error::<T>::CannotPay)?;
        budget.paid = budget.paid.saturating_add(amount);
        Self::deposit_event(Event::BudgetPaid { budget: id, beneficiary: budget.beneficiary.clone(), amount });
        Self::keep(id, budget);
        Ok(())
    }

    /// Changes a budget that is not stopped, in the name of its maker or of Root.
    fn mutate_made(authority: Authority, id: BudgetId, change: impl FnOnce(&mut BudgetOf<T>) -> DispatchResult) -> DispatchResult {
        let maker = maker(authority)?;
        let mut budget = Budgets::<T>::get(id).ok_or(Error::<T>::UnknownBudget)?;
        ensure!(maker == Maker::Root || maker == budget.maker, DispatchError::BadOrigin);
        ensure!(budget.stopped.is_none(), Error::<T>::Stopped);
        change(&mut budget)?;
        Self::keep(id, budget);
        Ok(())
    }

    /// Stores a budget, or removes it if nothing can be claimed any more.
    fn keep(id: BudgetId, budget: BudgetOf<T>) {
        if budget.is_done(frame_system::Pallet::<T>::block_number()) {
            Budgets::<T>::remove(id);
            Self::deposit_event(Event::BudgetEnded { budget: id });
        } else {
            Budgets::<T>::insert(id, budget);
        }
    }

    /// Counts what a maker promises in this dispatch, unless that is more than it may.
    fn count_promise(maker: Maker, amount: BalanceOf<T>) -> DispatchResult {
        let limit = match maker {
            Maker::Root => BalanceOf::<T>::max_value(),
            Maker::SmallSpender => T::SmallSpendLimit::get(),
            Maker::BigSpender => T::BigSpendLimit::get(),
        };
        let before = with_context::<Promised<BalanceOf<T>>, _>(|context| {
            let sum = context.or_default().0.entry(maker).or_default();
            let before = *sum;
            *sum = before.saturating_add(amount);
            before
        });
        ensure!(before.unwrap_or_default().saturating_add(amount) <= limit, Error::<T>::OverLimit);
        Ok(())
    }
}
