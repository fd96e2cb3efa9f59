//! Every preset builds a sound chain.

use super::*;
use crate::{
    chain_parameters::{AcceptedWindow, EpochSlots, SessionsPerEra, SlashDeferral, SudoAllowed},
    configs::{market::ACCEPTED_WINDOW, money::TreasuryAccount},
    constants::{EPOCH_SLOTS, EXISTENTIAL_DEPOSIT, GENESIS_ISSUANCE, SESSIONS_PER_ERA, SLASH_DEFERRAL_ERAS},
    Babe, Balances, Grandpa, Historical, JobMarket, ProviderRegistry, Session,
};
use frame_support::traits::{BuildGenesisConfig, KeyOwnerProofSystem};

#[test]
fn presets_have_sound_state_and_one_billion_tokens() {
    for preset in genesis_presets::names() {
        genesis(&preset).execute_with(|| {
            check_state();
            assert_eq!(Balances::total_issuance(), GENESIS_ISSUANCE, "{preset}");
            let (pots, pool) = (2 * EXISTENTIAL_DEPOSIT, genesis_presets::AUDIT_POOL_ENDOWMENT);
            assert_eq!(Balances::free_balance(TreasuryAccount::get()), GENESIS_ISSUANCE / 5 - pots - pool, "{preset}");
            assert_eq!(JobMarket::pool_balance(), pool - EXISTENTIAL_DEPOSIT, "{preset}");
        });
    }
    assert_eq!(genesis_presets::get(&"unknown".into()), None);
}

#[test]
fn presets_start_their_validators_in_every_part_of_consensus() {
    for (preset, validators) in [("development", 1), ("local", 4), ("testnet", 4)] {
        genesis(preset).execute_with(|| {
            assert_eq!(Session::validators().len(), validators, "{preset}");
            assert_eq!(Babe::authorities().len(), validators, "{preset}");
            assert_eq!(Grandpa::grandpa_authorities().len(), validators, "{preset}");
            assert_eq!(crate::AuthorityDiscovery::current_authorities().len(), validators, "{preset}");
            // An equivocation in the first session can be proved.
            for (authority, _) in Babe::authorities() {
                let key = (sp_consensus_babe::KEY_TYPE, authority);
                let proof = Historical::prove(key.clone()).expect("a validator's key has a proof");
                assert!(Historical::check_proof(key, proof).is_some(), "{preset}");
            }
        });
    }
}

#[test]
fn only_development_has_a_sudo_key_and_lets_it_through() {
    for preset in genesis_presets::names() {
        genesis(&preset).execute_with(|| {
            let key = pallet_sudo::Key::<Runtime>::get();
            assert_eq!(key, (preset == genesis_presets::DEVELOPMENT).then(|| genesis_presets::account("Alice")), "{preset}");
            assert_eq!(SudoAllowed::<Runtime>::get(), preset == genesis_presets::DEVELOPMENT, "{preset}");
        });
    }
}

#[test]
fn development_has_a_provider_that_may_work_alone() {
    genesis("development").execute_with(|| {
        let providers = ProviderRegistry::provider_views();
        assert_eq!(providers.len(), 1);
        assert_eq!(providers[0].owner, genesis_presets::account("Alice"));
        assert_eq!(providers[0].operator, genesis_presets::account("Alice//operator"));
        assert_eq!(providers[0].slots, 4);
        assert!(providers[0].standing.valid_in_a_row >= 20);
        // The operator exists, so its reports need no other money.
        assert!(Balances::free_balance(&providers[0].operator) > 0);
    });
}

#[test]
fn windows_are_short_where_people_wait_for_tests() {
    let public = (ACCEPTED_WINDOW, EPOCH_SLOTS, SESSIONS_PER_ERA, SLASH_DEFERRAL_ERAS);
    for (preset, pace) in [("development", (10, 10, 2, 1)), ("local", (10, 10, 2, 1)), ("testnet", public)] {
        genesis(preset).execute_with(|| {
            let (window, epoch) = (AcceptedWindow::<Runtime>::get(), EpochSlots::<Runtime>::get());
            assert_eq!((window, epoch, SessionsPerEra::<Runtime>::get(), SlashDeferral::<Runtime>::get()), pace, "{preset}");
        });
    }
}

#[test]
#[should_panic(expected = "a slash needs an era in which it can be cancelled")]
fn slashes_that_nobody_can_cancel_make_no_genesis() {
    let genesis = crate::ChainParametersConfig { slash_deferral: Some(0), ..Default::default() };
    TestExternalities::default().execute_with(|| genesis.build());
}
