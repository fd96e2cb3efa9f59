//! What must hold in every block.

use crate::{
    BalanceOf, Bounds, Budgets, Changes, Config, GovernedParameters, NextBudget, NextChange, Objections, Pallet, Pauses, MAX_BUDGETS,
};
use frame_support::ensure;
use sp_runtime::{
    traits::{Saturating, Zero},
    TryRuntimeError,
};

type Check = Result<(), TryRuntimeError>;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_try_state() -> Check {
        Self::check_parameters()?;
        Self::check_changes()?;
        Self::check_budgets()?;
        Self::check_pauses()
    }

    /// Budgets are few, have numbers that were given, and were not paid more than they promised; none is kept for nothing.
    fn check_budgets() -> Check {
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(Budgets::<T>::count() <= MAX_BUDGETS, "there are too many budgets");
        ensure!(Budgets::<T>::count() as usize == Budgets::<T>::iter_keys().count(), "the budgets are miscounted");
        for (id, budget) in Budgets::<T>::iter() {
            ensure!(id < NextBudget::<T>::get(), "a budget has a number that was not given");
            ensure!(budget.plan.total().is_some_and(|total| budget.paid <= total), "a budget was paid more than it promised");
            ensure!(!budget.is_done(now), "a budget is kept of which nothing can be claimed");
        }
        Ok(())
    }

    /// Nothing is paused twice.
    fn check_pauses() -> Check {
        let pauses = Pauses::<T>::get();
        for (place, (pause, _)) in pauses.iter().enumerate() {
            ensure!(pauses.iter().skip(place.saturating_add(1)).all(|(other, _)| other != pause), "something is paused twice");
        }
        Ok(())
    }

    /// Every change has a number of its own that was given, and exactly the voices against it that are stored.
    fn check_changes() -> Check {
        let next = NextChange::<T>::get();
        let changes = Changes::<T>::get();
        ensure!(changes.windows(2).all(|pair| pair[0].0 < pair[1].0), "changes are not in order");
        for (id, change) in changes {
            ensure!(id < next, "a change has a number that was not given");
            let against = Objections::<T>::iter_prefix_values(id).fold(BalanceOf::<T>::zero(), |sum, voice| sum.saturating_add(voice));
            ensure!(change.against == against, "the voices against a change are miscounted");
        }
        ensure!(Objections::<T>::iter_keys().all(|(id, _)| id < next), "somebody objects to what was not proposed");
        Ok(())
    }

    /// Every parameter that was set, or whose bound was moved, lies within its bound, all are sound together, and no bound is stored that
    /// stands in code or is of no parameter.
    fn check_parameters() -> Check {
        let keys = T::Parameters::keys();
        // What a genesis says, it may say beyond the bounds: of a chain for tests.
        for key in keys.iter().filter(|key| T::Parameters::is_set(key) || Bounds::<T>::contains_key(key)) {
            let value = T::Parameters::number(&T::Parameters::value(key));
            ensure!(Self::bound(key).contains(value), "a parameter lies outside of its bound");
        }
        for (key, bound) in Bounds::<T>::iter() {
            ensure!(keys.contains(&key), "a bound is of no parameter");
            ensure!(bound != T::Parameters::describe(&key).bound, "a bound is stored that stands in code");
        }
        ensure!(T::Parameters::check().is_ok(), "the parameters are not sound together");
        Ok(())
    }
}
