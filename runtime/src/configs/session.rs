//! Session and Historical: who validates, and with which keys.
//!
//! The validators are those of genesis until staking elects them; each may change its session keys at any time. Historical keeps the
//! root of every session's keys, so that an equivocation can be proved later.

use crate::{constants::HRT, AccountId, Babe, Balances, Runtime, RuntimeEvent, Session, SessionKeys};
use alloc::vec::Vec;
use frame_support::traits::ConstU128;
use pallet_session::historical;
use sp_runtime::traits::{Convert, ConvertInto, OpaqueKeys};
use sp_staking::SessionIndex;

/// The validators of genesis, for ever.
pub struct GenesisValidators;

impl GenesisValidators {
    /// Whether a validator has set other keys than those queued: the next session's root must then be made anew.
    fn keys_changed() -> bool {
        Session::queued_keys().into_iter().any(|(who, keys)| pallet_session::NextKeys::<Runtime>::get(who) != Some(keys))
    }
}

impl pallet_session::SessionManager<AccountId> for GenesisValidators {
    fn new_session(_: SessionIndex) -> Option<Vec<AccountId>> {
        Self::keys_changed().then(Session::validators)
    }

    fn new_session_genesis(_: SessionIndex) -> Option<Vec<AccountId>> {
        Some(pallet_session::NextKeys::<Runtime>::iter_keys().collect())
    }

    fn start_session(_: SessionIndex) {}

    fn end_session(_: SessionIndex) {}
}

impl historical::SessionManager<AccountId, ()> for GenesisValidators {
    fn new_session(index: SessionIndex) -> Option<Vec<(AccountId, ())>> {
        <Self as pallet_session::SessionManager<_>>::new_session(index).map(identified)
    }

    fn new_session_genesis(index: SessionIndex) -> Option<Vec<(AccountId, ())>> {
        <Self as pallet_session::SessionManager<_>>::new_session_genesis(index).map(identified)
    }

    fn start_session(_: SessionIndex) {}

    fn end_session(_: SessionIndex) {}
}

/// A validator is identified by its account alone: there is no stake behind it yet.
pub struct ByAccount;

impl Convert<AccountId, Option<()>> for ByAccount {
    fn convert(_: AccountId) -> Option<()> {
        Some(())
    }
}

fn identified(validators: Vec<AccountId>) -> Vec<(AccountId, ())> {
    validators.into_iter().map(|who| (who, ())).collect()
}

impl pallet_session::Config for Runtime {
    type Currency = Balances;
    type DisablingStrategy = ();
    type KeyDeposit = ConstU128<HRT>;
    type Keys = SessionKeys;
    type NextSessionRotation = Babe;
    type RuntimeEvent = RuntimeEvent;
    type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
    type SessionManager = historical::NoteHistoricalRoot<Self, GenesisValidators>;
    type ShouldEndSession = Babe;
    type ValidatorId = AccountId;
    type ValidatorIdOf = ConvertInto;
    type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
}

impl historical::Config for Runtime {
    type FullIdentification = ();
    type FullIdentificationOf = ByAccount;
    type RuntimeEvent = RuntimeEvent;
}
