//! What the runtime API shows.

use crate::{BalanceOf, BudgetOf, Budgets, ChangeOf, Changes, Config, DeferredSlashes, GovernedParameters, KeyOf, Pallet, Pauses};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::traits::{dynamic_params::AggregatedKeyValue, Get};
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::governance::{BudgetId, BudgetView, ChangeView, ParameterInfo, ParameterView, PauseView, ProviderHouse, SlashView};

impl<T: Config> Pallet<T> {
    /// What every governed parameter is, with the bounds that stand in code.
    pub(crate) fn parameter_infos() -> Vec<ParameterInfo> {
        let info = |key: KeyOf<T>| {
            let description = T::Parameters::describe(&key);
            description.info(description.bound)
        };
        T::Parameters::keys().into_iter().map(info).collect()
    }

    /// Every governed parameter, with its value and the bound in force.
    pub fn parameter_views() -> Vec<ParameterView> {
        let view = |key: KeyOf<T>| ParameterView {
            key: key.encode(),
            info: T::Parameters::describe(&key).info(Self::bound(&key)),
            value: T::Parameters::number(&T::Parameters::value(&key)),
        };
        T::Parameters::keys().into_iter().map(view).collect()
    }

    /// The changes that wait for the house, oldest first.
    pub fn change_views() -> Vec<ChangeView<BalanceOf<T>, BlockNumberFor<T>>> {
        let (threshold, least, total) = (T::HouseThreshold::get(), T::HouseMinimum::get(), T::House::total());
        let views = Changes::<T>::get().into_iter().map(|(id, change)| {
            let needed = ChangeOf::<T>::needed(threshold, change.house(total, least));
            let (key, value) = change.key_value.into_parts();
            let info = T::Parameters::describe(&key).info(Self::bound(&key));
            ChangeView {
                id,
                group: info.group,
                name: info.name,
                from: T::Parameters::number(&T::Parameters::value(&key)),
                to: value.map(|value| T::Parameters::number(&value)),
                until: change.until,
                against: change.against,
                needed,
                total: change.total,
            }
        });
        views.collect()
    }

    /// The slashes that can be cancelled, those that are due first before others.
    pub fn slash_views() -> Vec<SlashView<T::AccountId, BalanceOf<T>>> {
        T::Slashes::list()
    }

    /// The budgets from which something can be claimed, now or later, oldest first.
    pub fn budget_views() -> Vec<BudgetView<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>> {
        let now = frame_system::Pallet::<T>::block_number();
        let view = |(id, budget): (BudgetId, BudgetOf<T>)| BudgetView {
            id,
            maker: budget.maker,
            promised: budget.plan.total().unwrap_or_default(),
            due: budget.due(now),
            next: budget.plan.next(now).filter(|_| budget.stopped.is_none()),
            beneficiary: budget.beneficiary,
            paid: budget.paid,
            stopped: budget.stopped,
        };
        let mut views: Vec<_> = Budgets::<T>::iter().map(view).collect();
        views.sort_by_key(|view| view.id);
        views
    }

    /// What is paused.
    pub fn pause_views() -> Vec<PauseView<BlockNumberFor<T>>> {
        let now = frame_system::Pallet::<T>::block_number();
        let lasting = Pauses::<T>::get().into_iter().filter(|(_, until)| *until > now);
        lasting.map(|(pause, until)| PauseView { pause, until }).collect()
    }
}
