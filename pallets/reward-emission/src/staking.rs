//! Staking's payouts. Staking pays by creating money and hands on the imbalance; here it is evened out with what an ended era minted into
//! the staking pot.

use crate::{Config, CreditOf, DebtOf, Pallet};
use core::marker::PhantomData;
use frame_support::{
    defensive,
    traits::{
        fungible::{Balanced, Inspect},
        tokens::{Fortitude, Preservation},
        Imbalance, OnUnbalanced,
    },
};

/// Pays what Staking has paid out, from the staking pot: the issuance stays as it was.
///
/// The pot always has enough, because Staking pays no more for an era than it was told was minted. If it had not, what is missing would add
/// to the issuance, so that issuance and balances still agree, and be logged.
pub struct FromStakingPot<T>(PhantomData<T>);

impl<T: Config> OnUnbalanced<DebtOf<T>> for FromStakingPot<T> {
    fn on_nonzero_unbalanced(paid_out: DebtOf<T>) {
        let pot = Pallet::<T>::staking_pot();
        let able = T::Currency::reducible_balance(&pot, Preservation::Preserve, Fortitude::Polite);
        let (due, missing) = paid_out.split(able);
        let settled = T::Currency::settle(&pot, due, Preservation::Preserve).is_ok();
        // A debt that is dropped is issued.
        if missing.drop_zero().is_err() || !settled {
            defensive!("the staking pot lacks money for a payout");
        }
    }
}

/// Moves what Staking withholds from an era's payout, by its own cap, from the staking pot to the treasury.
///
/// Staking issues that money anew although it lies in the pot already: what it issued is burned.
pub struct RemainderFromPot<T>(PhantomData<T>);

impl<T: Config> OnUnbalanced<CreditOf<T>> for RemainderFromPot<T> {
    fn on_nonzero_unbalanced(issued: CreditOf<T>) {
        let amount = issued.peek();
        drop(issued);
        Pallet::<T>::sweep_staking(amount);
    }
}
