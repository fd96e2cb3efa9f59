//! Session and Historical: who validates, and with which keys.
//!
//! Staking elects the validators, once an era; each may change its session keys at any time. Historical keeps the root of every session's
//! keys, so that an equivocation can be proved as long as the stake behind it is bonded.

use crate::{
    chain_parameters::ChainSessionsPerEra,
    configs::{slashes::StakingSlashes, staking::unclaimed_rewards},
    constants::{CLAIM_ERAS, HRT},
    AccountId, Babe, Balance, Balances, RewardEmission, Runtime, RuntimeEvent, Session, SessionKeys, Staking,
};
use alloc::vec::Vec;
use frame_support::traits::{ConstU128, Get};
use pallet_session::{disabling::UpToLimitWithReEnablingDisablingStrategy, historical};
use sp_runtime::traits::{ConvertInto, OpaqueKeys};
use sp_staking::{EraIndex, SessionIndex};

/// Those whom Staking elected, and what happens around an election.
///
/// When Staking plans an era, it forgets an old one; what nobody claimed of that era's rewards goes to the treasury. In the sessions between two elections, in which Staking names nobody, the set is named again when keys have
/// changed: otherwise Historical would go on with the old keys' root, and an equivocation with the new ones could not be proved.
pub struct ElectedValidators;

impl ElectedValidators {
    /// The era that Staking forgets if it plans the next one in session `index`, and the rewards that can then no longer be claimed.
    fn expiring(index: SessionIndex) -> Option<(EraIndex, Balance)> {
        let planned = pallet_staking::CurrentEra::<Runtime>::get()?;
        let began = pallet_staking::ErasStartSessionIndex::<Runtime>::get(planned)?;
        let forced = pallet_staking::ForceEra::<Runtime>::get() != pallet_staking::Forcing::NotForcing;
        let due = forced || index.saturating_sub(began) >= ChainSessionsPerEra::get();
        let old = planned.checked_sub(CLAIM_ERAS).filter(|_| due)?;
        Some((old, unclaimed_rewards(old)))
    }

    fn keys_changed() -> bool {
        Session::queued_keys().into_iter().any(|(who, keys)| pallet_session::NextKeys::<Runtime>::get(who) != Some(keys))
    }
}

impl pallet_session::SessionManager<AccountId> for ElectedValidators {
    fn new_session(index: SessionIndex) -> Option<Vec<AccountId>> {
        let expiring = Self::expiring(index);
        let elected = <Staking as pallet_session::SessionManager<_>>::new_session(index);
        if let Some((era, unclaimed)) = expiring {
            if !pallet_staking::ErasValidatorReward::<Runtime>::contains_key(era) {
                RewardEmission::sweep_staking(unclaimed);
            }
        }
        elected.or_else(|| Self::keys_changed().then(Session::validators))
    }

    fn new_session_genesis(index: SessionIndex) -> Option<Vec<AccountId>> {
        <Staking as pallet_session::SessionManager<_>>::new_session_genesis(index)
    }

    fn start_session(index: SessionIndex) {
        StakingSlashes::put_off(index, || <Staking as pallet_session::SessionManager<_>>::start_session(index));
    }

    fn end_session(index: SessionIndex) {
        <Staking as pallet_session::SessionManager<_>>::end_session(index);
    }
}

impl historical::SessionManager<AccountId, ()> for ElectedValidators {
    fn new_session(index: SessionIndex) -> Option<Vec<(AccountId, ())>> {
        <Self as pallet_session::SessionManager<_>>::new_session(index).map(identified)
    }

    fn new_session_genesis(index: SessionIndex) -> Option<Vec<(AccountId, ())>> {
        <Self as pallet_session::SessionManager<_>>::new_session_genesis(index).map(identified)
    }

    fn start_session(index: SessionIndex) {
        <Self as pallet_session::SessionManager<_>>::start_session(index);
    }

    fn end_session(index: SessionIndex) {
        <Self as pallet_session::SessionManager<_>>::end_session(index);
    }
}

/// A validator is identified by its account alone: Staking knows its stake.
fn identified(validators: Vec<AccountId>) -> Vec<(AccountId, ())> {
    validators.into_iter().map(|who| (who, ())).collect()
}

impl pallet_session::Config for Runtime {
    type Currency = Balances;
    type DisablingStrategy = UpToLimitWithReEnablingDisablingStrategy;
    type KeyDeposit = ConstU128<HRT>;
    type Keys = SessionKeys;
    type NextSessionRotation = Babe;
    type RuntimeEvent = RuntimeEvent;
    type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
    type SessionManager = historical::NoteHistoricalRoot<Self, ElectedValidators>;
    type ShouldEndSession = Babe;
    type ValidatorId = AccountId;
    type ValidatorIdOf = ConvertInto;
    type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
}

impl historical::Config for Runtime {
    type FullIdentification = ();
    type FullIdentificationOf = pallet_staking::UnitIdentificationOf<Self>;
    type RuntimeEvent = RuntimeEvent;
}
