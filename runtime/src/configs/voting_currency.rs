//! The money that votes: all that an account has, free or held, but for what it has put up for jobs, challenges and appeals.
//!
//! Stake, backing and the bonds of providers vote, because they stay with their account: a slash takes of them, and costs their owner more than
//! it brings to anybody else. Escrow does not, nor does what is put up against a result or a verdict: it is paid to others by force. Were it
//! counted, tokens could vote, be paid to another account of the same holder, and vote again. So it is no part of the balance that may vote,
//! and it does not stand in for what has voted either: Balances lets anything that is held fill a lock, so a lock of votes is as much larger
//! as there is escrow, and follows it.

use crate::{AccountId, Balance, Balances, BlockNumber, JobMarket, Runtime};
use frame_support::{
    dispatch::DispatchResult,
    traits::{
        fungible,
        tokens::{BalanceStatus, DepositConsequence, ExistenceRequirement, Fortitude, Preservation, Provenance, WithdrawConsequence},
        Currency, LockIdentifier, LockableCurrency, ReservableCurrency, SignedImbalance, WithdrawReasons,
    },
};
use hearth_primitives::governance::OnEscrowChange;
use pallet_conviction_voting::ClassLocksFor;
use sp_runtime::DispatchError;

/// The name under which votes lock balances. The SDK keeps it to itself.
pub const VOTES_LOCK: LockIdentifier = *b"pyconvot";

type Positive = <Balances as Currency<AccountId>>::PositiveImbalance;
type Negative = <Balances as Currency<AccountId>>::NegativeImbalance;

/// [`Balances`] as ConvictionVoting sees it.
pub struct VotingCurrency;

impl VotingCurrency {
    /// What `who` has, escrow left out.
    fn own(who: &AccountId) -> Balance {
        <Balances as Currency<AccountId>>::total_balance(who).saturating_sub(JobMarket::escrow_of(who))
    }

    /// The lock that keeps `amount` beside the escrow; none for nothing.
    fn beside_escrow(who: &AccountId, amount: Balance) -> Balance {
        if amount == 0 {
            return 0;
        }
        amount.saturating_add(JobMarket::escrow_of(who))
    }
}

impl OnEscrowChange<AccountId> for VotingCurrency {
    fn on_escrow_change(who: &AccountId) {
        let locks = ClassLocksFor::<Runtime>::get(who);
        let needed = locks.iter().map(|(_, amount)| *amount).max().unwrap_or_default();
        if needed > 0 {
            // Against what ConvictionVoting locks them, too.
            Self::set_lock(VOTES_LOCK, who, needed, WithdrawReasons::except(WithdrawReasons::RESERVE));
        }
    }
}

impl LockableCurrency<AccountId> for VotingCurrency {
    type Moment = BlockNumber;
    type MaxLocks = <Balances as LockableCurrency<AccountId>>::MaxLocks;

    fn set_lock(id: LockIdentifier, who: &AccountId, amount: Balance, reasons: WithdrawReasons) {
        Balances::set_lock(id, who, Self::beside_escrow(who, amount), reasons)
    }

    /// The lock that is extended is as large as the escrow has it, too.
    fn extend_lock(id: LockIdentifier, who: &AccountId, amount: Balance, reasons: WithdrawReasons) {
        Balances::extend_lock(id, who, Self::beside_escrow(who, amount), reasons)
    }

    fn remove_lock(id: LockIdentifier, who: &AccountId) {
        Balances::remove_lock(id, who)
    }
}

impl fungible::Inspect<AccountId> for VotingCurrency {
    type Balance = Balance;

    fn total_issuance() -> Balance {
        <Balances as fungible::Inspect<AccountId>>::total_issuance()
    }

    fn active_issuance() -> Balance {
        <Balances as fungible::Inspect<AccountId>>::active_issuance()
    }

    fn minimum_balance() -> Balance {
        <Balances as fungible::Inspect<AccountId>>::minimum_balance()
    }

    fn total_balance(who: &AccountId) -> Balance {
        Self::own(who)
    }

    fn balance(who: &AccountId) -> Balance {
        <Balances as fungible::Inspect<AccountId>>::balance(who)
    }

    fn reducible_balance(who: &AccountId, preservation: Preservation, force: Fortitude) -> Balance {
        <Balances as fungible::Inspect<AccountId>>::reducible_balance(who, preservation, force)
    }

    fn can_deposit(who: &AccountId, amount: Balance, provenance: Provenance) -> DepositConsequence {
        <Balances as fungible::Inspect<AccountId>>::can_deposit(who, amount, provenance)
    }

    fn can_withdraw(who: &AccountId, amount: Balance) -> WithdrawConsequence<Balance> {
        <Balances as fungible::Inspect<AccountId>>::can_withdraw(who, amount)
    }
}

impl Currency<AccountId> for VotingCurrency {
    type Balance = Balance;
    type NegativeImbalance = Negative;
    type PositiveImbalance = Positive;

    fn total_balance(who: &AccountId) -> Balance {
        Self::own(who)
    }

    fn can_slash(who: &AccountId, value: Balance) -> bool {
        <Balances as Currency<AccountId>>::can_slash(who, value)
    }

    fn total_issuance() -> Balance {
        <Balances as Currency<AccountId>>::total_issuance()
    }

    fn active_issuance() -> Balance {
        <Balances as Currency<AccountId>>::active_issuance()
    }

    fn deactivate(amount: Balance) {
        <Balances as Currency<AccountId>>::deactivate(amount)
    }

    fn reactivate(amount: Balance) {
        <Balances as Currency<AccountId>>::reactivate(amount)
    }

    fn minimum_balance() -> Balance {
        <Balances as Currency<AccountId>>::minimum_balance()
    }

    fn burn(amount: Balance) -> Positive {
        <Balances as Currency<AccountId>>::burn(amount)
    }

    fn issue(amount: Balance) -> Negative {
        <Balances as Currency<AccountId>>::issue(amount)
    }

    fn free_balance(who: &AccountId) -> Balance {
        <Balances as Currency<AccountId>>::free_balance(who)
    }

    fn ensure_can_withdraw(who: &AccountId, amount: Balance, reasons: WithdrawReasons, new_balance: Balance) -> DispatchResult {
        <Balances as Currency<AccountId>>::ensure_can_withdraw(who, amount, reasons, new_balance)
    }

    fn transfer(source: &AccountId, dest: &AccountId, value: Balance, existence: ExistenceRequirement) -> DispatchResult {
        <Balances as Currency<AccountId>>::transfer(source, dest, value, existence)
    }

    fn slash(who: &AccountId, value: Balance) -> (Negative, Balance) {
        <Balances as Currency<AccountId>>::slash(who, value)
    }

    fn deposit_into_existing(who: &AccountId, value: Balance) -> Result<Positive, DispatchError> {
        <Balances as Currency<AccountId>>::deposit_into_existing(who, value)
    }

    fn deposit_creating(who: &AccountId, value: Balance) -> Positive {
        <Balances as Currency<AccountId>>::deposit_creating(who, value)
    }

    fn withdraw(
        who: &AccountId,
        value: Balance,
        reasons: WithdrawReasons,
        liveness: ExistenceRequirement,
    ) -> Result<Negative, DispatchError> {
        <Balances as Currency<AccountId>>::withdraw(who, value, reasons, liveness)
    }

    fn make_free_balance_be(who: &AccountId, balance: Balance) -> SignedImbalance<Balance, Positive> {
        <Balances as Currency<AccountId>>::make_free_balance_be(who, balance)
    }
}

impl ReservableCurrency<AccountId> for VotingCurrency {
    fn can_reserve(who: &AccountId, value: Balance) -> bool {
        Balances::can_reserve(who, value)
    }

    fn slash_reserved(who: &AccountId, value: Balance) -> (Negative, Balance) {
        Balances::slash_reserved(who, value)
    }

    fn reserved_balance(who: &AccountId) -> Balance {
        Balances::reserved_balance(who)
    }

    fn reserve(who: &AccountId, value: Balance) -> DispatchResult {
        Balances::reserve(who, value)
    }

    fn unreserve(who: &AccountId, value: Balance) -> Balance {
        Balances::unreserve(who, value)
    }

    fn repatriate_reserved(
        slashed: &AccountId,
        beneficiary: &AccountId,
        value: Balance,
        status: BalanceStatus,
    ) -> Result<Balance, DispatchError> {
        Balances::repatriate_reserved(slashed, beneficiary, value, status)
    }
}
