//! What an account has, by the pallets that keep something of it.

use super::payouts;
use crate::{
    chain_parameters::{ChainEpochSlots, ChainSessionsPerEra},
    AccountId, Babe, Balance, Balances, BlockNumber, ProviderRegistry, RewardEmission, Runtime, RuntimeHoldReason, Session, Staking,
    System,
};
use alloc::vec::Vec;
use frame_support::traits::{
    fungible::Inspect,
    tokens::{Fortitude, Preservation},
    Get,
};
use hearth_primitives::{
    account::{AccountView, Claimable, ClaimableFrom, Held, HoldFor, Release, StakingEra, Unbonding, UnbondingFrom},
    provider::{BackingView, ProviderStatus},
};
use pallet_provider_registry::{OwnerOf, Providers};
use pallet_staking::{CurrentEra, ErasStartSessionIndex};
use sp_runtime::SaturatedConversion;
use sp_staking::StakingAccount;

/// The account's money at this block.
pub fn account(who: &AccountId) -> AccountView<AccountId, Balance, BlockNumber> {
    let backings = ProviderRegistry::backing_views(who);
    AccountView {
        block: System::block_number(),
        total: Balances::total_balance(who),
        available: Balances::reducible_balance(who, Preservation::Preserve, Fortitude::Polite),
        held: held(who),
        unbonding: unbonding(who, &backings),
        claimable: claimable(who, &backings),
    }
}

/// The holds, and what the older pallets reserve without saying why.
fn held(who: &AccountId) -> Vec<Held<Balance>> {
    let holds = pallet_balances::Holds::<Runtime>::get(who).into_iter();
    let mut held: Vec<_> = holds.map(|hold| Held { amount: hold.amount, reason: hold_for(hold.id) }).collect();
    let named = pallet_balances::Reserves::<Runtime>::get(who).into_iter().map(|reserve| reserve.amount);
    let named = named.fold(0, Balance::saturating_add);
    let told = held.iter().map(|held| held.amount).fold(named, Balance::saturating_add);
    let unnamed = Balances::reserved_balance(who).saturating_sub(told);
    let reserves = [(unnamed, HoldFor::Deposit), (named, HoldFor::Other)].into_iter();
    held.extend(reserves.filter(|(amount, _)| *amount > 0).map(|(amount, reason)| Held { amount, reason }));
    held
}

/// A hold's reason as its code. Whoever adds a reason to a pallet gives it a code here.
fn hold_for(reason: RuntimeHoldReason) -> HoldFor {
    match reason {
        RuntimeHoldReason::JobMarket(pallet_job_market::HoldReason::Escrow) => HoldFor::JobEscrow,
        RuntimeHoldReason::JobMarket(pallet_job_market::HoldReason::ModelDeposit) => HoldFor::ModelDeposit,
        RuntimeHoldReason::JobMarket(pallet_job_market::HoldReason::Dispute) => HoldFor::Dispute,
        RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage) => HoldFor::Preimage,
        RuntimeHoldReason::ProviderRegistry(pallet_provider_registry::HoldReason::Bond) => HoldFor::ProviderBond,
        RuntimeHoldReason::ProviderRegistry(pallet_provider_registry::HoldReason::Backing) => HoldFor::Backing,
        RuntimeHoldReason::ProviderRegistry(pallet_provider_registry::HoldReason::SlashAppeal) => HoldFor::SlashAppeal,
        RuntimeHoldReason::Session(pallet_session::HoldReason::Keys) => HoldFor::SessionKeys,
        RuntimeHoldReason::Staking(pallet_staking::HoldReason::Staking) => HoldFor::Staking,
    }
}

fn unbonding(who: &AccountId, backings: &[BackingView<Balance, BlockNumber>]) -> Vec<Unbonding<Balance, BlockNumber>> {
    let chunks = Staking::ledger(StakingAccount::Stash(who.clone())).map(|ledger| ledger.unlocking).unwrap_or_default().into_iter();
    let stake = chunks.map(|chunk| Unbonding { amount: chunk.value, from: UnbondingFrom::Staking, until: release_in(chunk.era) });
    stake.chain(leaving(who)).chain(unbacking(backings)).collect()
}

/// When stake is free that unbonds until `era`.
fn release_in(era: StakingEra) -> Release<BlockNumber> {
    match CurrentEra::<Runtime>::get() {
        Some(planned) if planned < era => Release::Era { era, block: planning_block(era, planned) },
        _ => Release::Due,
    }
}

/// About the block in which Staking plans `era`, the last planned one being `planned`. It plans an era at the start of the session before
/// the one in which the era begins.
fn planning_block(era: StakingEra, planned: StakingEra) -> BlockNumber {
    let eras = era.saturating_sub(planned);
    let began = ErasStartSessionIndex::<Runtime>::get(planned).unwrap_or_default();
    let begins = began.saturating_add(eras.saturating_mul(ChainSessionsPerEra::get()));
    // The next session is the first that can bring it.
    let sessions = begins.saturating_sub(1).saturating_sub(Session::current_index()).max(1);
    let now = System::block_number();
    let next = Babe::next_expected_epoch_change(now).unwrap_or(now.saturating_add(1));
    let slots = u64::from(sessions.saturating_sub(1)).saturating_mul(ChainEpochSlots::get());
    next.saturating_add(slots.saturated_into())
}

/// The bond of the account's provider, if it is leaving.
fn leaving(who: &AccountId) -> Option<Unbonding<Balance, BlockNumber>> {
    let provider = Providers::<Runtime>::get(OwnerOf::<Runtime>::get(who)?)?;
    let ProviderStatus::Leaving(until) = provider.status else { return None };
    let now = System::block_number();
    // Jobs that are under way keep the bond longer.
    let until = if until <= now && provider.is_idle() { Release::Due } else { Release::Block(until.max(now.saturating_add(1))) };
    Some(Unbonding { amount: provider.bonded, from: UnbondingFrom::ProviderBond, until })
}

/// What the account has taken back from behind providers.
fn unbacking(backings: &[BackingView<Balance, BlockNumber>]) -> Vec<Unbonding<Balance, BlockNumber>> {
    let (now, mut unbonding) = (System::block_number(), Vec::new());
    for backing in backings {
        let from = UnbondingFrom::Backing(backing.provider);
        if backing.withdrawable > 0 {
            unbonding.push(Unbonding { amount: backing.withdrawable, from, until: Release::Due });
        }
        // Of a provider that is gone everything is due.
        let there = Providers::<Runtime>::contains_key(backing.provider);
        let later = backing.unbonding.iter().filter(|chunk| there && chunk.until > now);
        unbonding.extend(later.map(|chunk| Unbonding { amount: chunk.amount, from, until: Release::Block(chunk.until) }));
    }
    unbonding
}

fn claimable(who: &AccountId, backings: &[BackingView<Balance, BlockNumber>]) -> Vec<Claimable<AccountId, Balance>> {
    let provider = OwnerOf::<Runtime>::get(who)
        .map(|id| Claimable { amount: RewardEmission::rewards_of(id).claimable, source: ClaimableFrom::Provider(id) });
    let backings = backings.iter().map(|it| Claimable { amount: it.claimable, source: ClaimableFrom::Backing(it.provider) });
    provider.into_iter().chain(backings).filter(|claim| claim.amount > 0).chain(payouts::owed_to(who)).collect()
}
