//! What stands behind a provider, the owner's bond and what backs it, and how it is taken: at once for a penalty, after a deferral for a slash.
//!
//! The bond's part is taken at once. The backing's part is only counted, and collected from each backer when it comes: nobody walks through
//! backers. So those whom a slash pays are paid from the bond, and what is collected later is the treasury's.

use crate::{losses::shares, BackingTotals, BalanceOf, Config, CreditOf, Event, HoldReason, Pallet, ProviderOf, Providers};
use frame_support::{
    defensive,
    traits::{
        fungible::{Balanced, BalancedHold},
        Defensive, Get, Imbalance,
    },
};
use hearth_primitives::{reward::RewardAccounts, ProviderId};
use sp_runtime::traits::{Saturating, Zero};

impl<T: Config> Pallet<T> {
    /// What jobs may still lock of what stands behind `provider`.
    pub(crate) fn lockable(id: ProviderId, provider: &ProviderOf<T>) -> BalanceOf<T> {
        provider.bonded.saturating_add(BackingTotals::<T>::get(id).lockable()).saturating_sub(provider.locked)
    }

    /// Whether jobs may still lock `lock`. What backs is looked at only where the bond is not enough.
    pub(crate) fn can_lock(id: ProviderId, provider: &ProviderOf<T>, lock: BalanceOf<T>) -> bool {
        provider.bonded.saturating_sub(provider.locked) >= lock || Self::lockable(id, provider) >= lock
    }

    /// Takes `amount` of what stands behind a provider, `least` of it from the bond if that has as much. Returns what came of the bond, and
    /// what backers lose.
    pub(crate) fn take_stake(id: ProviderId, amount: BalanceOf<T>, least: BalanceOf<T>) -> (CreditOf<T>, BalanceOf<T>) {
        // Ended eras are shared out by what was at stake then.
        T::Rewards::settle(id);
        let Some(mut provider) = Providers::<T>::get(id).defensive() else {
            return (CreditOf::<T>::default(), Zero::zero());
        };
        let mut total = BackingTotals::<T>::get(id);
        let (own, others) = shares(amount, provider.bonded, total.value(), least);
        let (credit, _) = T::Currency::slash(&HoldReason::Bond.into(), &provider.owner, own);
        provider.bonded = provider.bonded.saturating_sub(credit.peek());
        Providers::<T>::insert(id, provider);
        let lost = if others.is_zero() { others } else { total.lose(others) };
        if !lost.is_zero() {
            BackingTotals::<T>::insert(id, total);
        }
        (credit, lost)
    }

    /// Pays `credit` to `to`; returns how much that was. What cannot be paid is the treasury's.
    pub(crate) fn pay_out(to: &T::AccountId, credit: CreditOf<T>) -> BalanceOf<T> {
        let amount = credit.peek();
        if amount.is_zero() {
            return amount;
        }
        match T::Currency::resolve(to, credit) {
            Ok(()) => amount,
            Err(credit) => {
                Self::to_treasury(credit);
                Zero::zero()
            }
        }
    }

    /// What is nobody else's.
    pub(crate) fn to_treasury(credit: CreditOf<T>) {
        if !credit.peek().is_zero() && T::Currency::resolve(&T::Treasury::get(), credit).is_err() {
            defensive!("the treasury cannot take what was slashed, which is burned");
        }
    }

    /// Takes from a backer what its backing has lost, for the treasury.
    pub(crate) fn collect_loss(provider: ProviderId, backer: &T::AccountId, amount: BalanceOf<T>) {
        if amount.is_zero() {
            return;
        }
        let (credit, _) = T::Currency::slash(&HoldReason::Backing.into(), backer, amount);
        Self::to_treasury(credit);
        Self::deposit_event(Event::LossCollected { provider, backer: backer.clone(), amount });
    }
}
