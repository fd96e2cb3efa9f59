//! How chains start: `development`, `local` and `testnet`.
//!
//! Every preset issues 1,000,000,000 HRT, a fifth of it to the treasury. Every key in them is derived from the well-known development
//! phrase: whoever runs a chain for others replaces them in the exported specification, as `chain-specs/README.md` says.

use crate::{
    configs::{consensus::EPOCH_CONFIG, money::TreasuryAccount},
    constants::{GENESIS_ISSUANCE, HRT},
    AccountId, BabeConfig, Balance, BalancesConfig, BlockNumber, MarketParametersConfig, ProviderRegistryConfig, RuntimeGenesisConfig,
    SessionConfig, SessionKeys, Signature, SudoConfig,
};
use alloc::{string::ToString, vec, vec::Vec};
use frame_support::build_struct_json_patch;
use hearth_primitives::provider::BackendClass;
use pallet_provider_registry::GenesisProvider;
use serde_json::Value;
use sp_authority_discovery::AuthorityId as AuthorityDiscoveryId;
use sp_consensus_babe::AuthorityId as BabeId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_core::crypto::get_public_from_string_or_panic;
use sp_genesis_builder::PresetId;
use sp_runtime::traits::{IdentifyAccount, Verify};

/// One validator that is also a provider, a sudo key, and results paid after half a minute.
pub const DEVELOPMENT: &str = sp_genesis_builder::DEV_RUNTIME_PRESET;

/// Four validators, and results paid after half a minute.
pub const LOCAL: &str = "local";

/// Four validators, with the windows of a public chain. A template: its keys are known to all.
pub const TESTNET: &str = "testnet";

/// Who owns money in `development` and `local`, as derivations of the development phrase.
pub const DEV_SEEDS: [&str; 8] = ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie", "One", "Two"];

/// The validators of `testnet`.
pub const TESTNET_VALIDATORS: [&str; 4] = ["Hearth//testnet//1", "Hearth//testnet//2", "Hearth//testnet//3", "Hearth//testnet//4"];

/// Who hands out the money of `testnet`.
pub const TESTNET_FAUCET: &str = "Hearth//testnet//faucet";

/// The treasury's part of what is issued.
const TREASURY_ENDOWMENT: Balance = GENESIS_ISSUANCE / 5;

/// What each validator of `testnet` starts with.
const VALIDATOR_ENDOWMENT: Balance = 1_000_000 * HRT;

/// Blocks between a result and its payment where people wait for tests.
const SHORT_ACCEPTED_WINDOW: BlockNumber = 10;

/// The names of all presets.
pub fn names() -> Vec<PresetId> {
    [DEVELOPMENT, LOCAL, TESTNET].map(PresetId::from).to_vec()
}

/// A preset as JSON, to be laid over the default configuration.
pub fn get(id: &PresetId) -> Option<Vec<u8>> {
    let patch = match id.as_str() {
        DEVELOPMENT => development(),
        LOCAL => local(),
        TESTNET => testnet(),
        _ => return None,
    };
    Some(patch.to_string().into_bytes())
}

/// The account of a derivation of the development phrase.
pub fn account(seed: &str) -> AccountId {
    <Signature as Verify>::Signer::from(get_public_from_string_or_panic::<sp_core::sr25519::Public>(seed)).into_account()
}

/// The validator's keys of a derivation of the development phrase.
pub fn session_keys(seed: &str) -> SessionKeys {
    SessionKeys {
        babe: get_public_from_string_or_panic::<BabeId>(seed),
        grandpa: get_public_from_string_or_panic::<GrandpaId>(seed),
        authority_discovery: get_public_from_string_or_panic::<AuthorityDiscoveryId>(seed),
    }
}

fn development() -> Value {
    let providers = vec![GenesisProvider {
        owner: account("Alice"),
        operator: account("Alice//operator"),
        backend: BackendClass::Cpu,
        slots: 4,
        bond: 100_000 * HRT,
        trusted: true,
    }];
    patch(&DEV_SEEDS[..1], dev_endowments(), Some(SHORT_ACCEPTED_WINDOW), Some(account("Alice")), providers)
}

fn local() -> Value {
    patch(&DEV_SEEDS[..4], dev_endowments(), Some(SHORT_ACCEPTED_WINDOW), None, Vec::new())
}

fn testnet() -> Value {
    let mut endowments: Vec<_> = TESTNET_VALIDATORS.map(|seed| (account(seed), VALIDATOR_ENDOWMENT)).to_vec();
    let given = VALIDATOR_ENDOWMENT * TESTNET_VALIDATORS.len() as Balance;
    endowments.push((account(TESTNET_FAUCET), GENESIS_ISSUANCE - TREASURY_ENDOWMENT - given));
    patch(&TESTNET_VALIDATORS, endowments, None, None, Vec::new())
}

/// What the treasury leaves, in equal parts.
fn dev_endowments() -> Vec<(AccountId, Balance)> {
    let each = (GENESIS_ISSUANCE - TREASURY_ENDOWMENT) / DEV_SEEDS.len() as Balance;
    DEV_SEEDS.map(|seed| (account(seed), each)).to_vec()
}

fn patch(
    validators: &[&str],
    mut balances: Vec<(AccountId, Balance)>,
    accepted_window: Option<BlockNumber>,
    sudo: Option<AccountId>,
    providers: Vec<GenesisProvider<AccountId, Balance>>,
) -> Value {
    balances.push((TreasuryAccount::get(), TREASURY_ENDOWMENT));
    let keys = validators.iter().map(|seed| (account(seed), account(seed), session_keys(seed))).collect();
    build_struct_json_patch!(RuntimeGenesisConfig {
        babe: BabeConfig { epoch_config: EPOCH_CONFIG },
        balances: BalancesConfig { balances },
        session: SessionConfig { keys },
        sudo: SudoConfig { key: sudo },
        provider_registry: ProviderRegistryConfig { providers },
        market_parameters: MarketParametersConfig { accepted_window },
    })
}
