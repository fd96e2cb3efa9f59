//! The audit pool: an account of the pallet's that has no key. Premiums, penalties, lost bonds and its part of slashes fill it; jurors are
//! paid from it. It never fails: where it is short, jurors share what there is.

use crate::{BalanceOf, Config, Dispute, Event, HoldReason, Pallet};
use frame_support::traits::{
    fungible::{Inspect, Mutate, MutateHold},
    tokens::{Fortitude, Precision, Preservation, Restriction},
    Defensive, Get,
};
use hearth_primitives::{governance::OnEscrowChange, reason::Reason, JobId};
use sp_runtime::traits::{AccountIdConversion, Saturating, Zero};

/// A bond that somebody put up, in this runtime.
pub type DisputeOf<T> = Dispute<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

impl<T: Config> Pallet<T> {
    /// The audit pool's account.
    pub fn pool_account() -> T::AccountId {
        T::PalletId::get().into_sub_account_truncating(*b"audit")
    }

    /// What jurors can be paid from.
    pub fn pool_balance() -> BalanceOf<T> {
        T::Currency::reducible_balance(&Self::pool_account(), Preservation::Preserve, Fortitude::Polite)
    }

    /// Pays a juror; returns what it was paid.
    pub(crate) fn pay_juror(job: JobId, to: &T::AccountId, amount: BalanceOf<T>) -> BalanceOf<T> {
        if amount.is_zero() {
            return amount;
        }
        T::Currency::transfer(&Self::pool_account(), to, amount, Preservation::Preserve).unwrap_or_else(|error| {
            log::warn!(target: "runtime::job-market", "job {job}: a juror could not be paid: {error:?}");
            Self::deposit_event(Event::PaymentFailed { job, to: to.clone(), amount });
            Zero::zero()
        })
    }

    /// Gives the bond of a challenge or an appeal back, or takes it for the pool. Once.
    pub(crate) fn settle_dispute(job: JobId, dispute: Option<&mut DisputeOf<T>>, returns: bool) {
        let Some(dispute) = dispute.filter(|dispute| dispute.returned.is_none()) else { return };
        let (reason, who, bond) = (HoldReason::Dispute.into(), &dispute.who, dispute.bond);
        let pool = Self::pool_account();
        let (exact, free, force) = (Precision::Exact, Restriction::Free, Fortitude::Force);
        // What the pool cannot take goes back.
        let lost = !returns && T::Currency::transfer_on_hold(&reason, who, &pool, bond, exact, free, force).is_ok();
        if !lost {
            let _ = T::Currency::release(&reason, who, bond, Precision::BestEffort).defensive();
        }
        T::OnEscrowChange::on_escrow_change(who);
        dispute.returned = Some(!lost);
        let reason = if lost { Reason::BondLost } else { Reason::BondReturned };
        Self::deposit_event(Event::DisputeSettled { job, who: dispute.who.clone(), bond, reason });
    }

    /// What the pool has got of a bond.
    pub(crate) fn lost_bond(dispute: Option<&DisputeOf<T>>) -> BalanceOf<T> {
        dispute.filter(|dispute| dispute.returned == Some(false)).map(|dispute| dispute.bond).unwrap_or_default()
    }

    /// So many prices.
    pub(crate) fn prices(price: BalanceOf<T>, count: u32) -> BalanceOf<T> {
        price.saturating_mul(count.into())
    }
}
