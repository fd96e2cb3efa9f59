//! How chains start: `development`, `local` and `testnet`.
//!
//! Every preset issues 1,000,000,000 HRT, a fifth of it to the treasury. Every key in them is derived from the well-known development
//! phrase: whoever runs a chain for others replaces them in the exported specification, as `chain-specs/README.md` says.

use crate::{
    configs::{consensus::EPOCH_CONFIG, money::TreasuryAccount, staking::MAX_ELECTABLE_TARGETS},
    constants::{EXISTENTIAL_DEPOSIT, GENESIS_ISSUANCE, HRT},
    AccountId, BabeConfig, Balance, BalancesConfig, ChainParametersConfig, JobMarket, JobMarketConfig, ProviderRegistryConfig,
    RewardEmission, RuntimeGenesisConfig, SessionConfig, SessionKeys, Signature, StakingConfig, SudoConfig,
};
use alloc::{string::ToString, vec, vec::Vec};
use frame_support::build_struct_json_patch;
use hearth_primitives::{
    capability::{GENESIS_BENCHMARK, GENESIS_MODEL},
    digest::Tolerance,
    provider::BackendClass,
};
use pallet_job_market::GenesisBenchmark;
use pallet_provider_registry::GenesisProvider;
use pallet_staking::StakerStatus;
use serde_json::Value;
use sp_authority_discovery::AuthorityId as AuthorityDiscoveryId;
use sp_consensus_babe::AuthorityId as BabeId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_core::crypto::get_public_from_string_or_panic;
use sp_genesis_builder::PresetId;
use sp_runtime::{
    traits::{IdentifyAccount, Verify},
    Perbill,
};

/// One validator that is also a provider, a sudo key, and the pace of [`LOCAL`].
pub const DEVELOPMENT: &str = sp_genesis_builder::DEV_RUNTIME_PRESET;

/// Four validators, results paid after half a minute, and eras of a minute.
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

/// What the audit pool begins with, from the treasury's part, so that the first juries are paid.
pub const AUDIT_POOL_ENDOWMENT: Balance = 1_000 * HRT;

/// What each validator of `testnet` starts with.
const VALIDATOR_ENDOWMENT: Balance = 1_000_000 * HRT;

/// What each validator bonds at genesis.
const VALIDATOR_BOND: Balance = 500_000 * HRT;

/// The least that a validator bonds.
const MIN_VALIDATOR_BOND: Balance = 10_000 * HRT;

/// The least that a nominator bonds.
const MIN_NOMINATOR_BOND: Balance = 100 * HRT;

/// Most validators at once. Governance moves it.
const VALIDATOR_COUNT: u32 = 50;

/// Most nominators whom the election and its weight are laid out for.
const MAX_NOMINATORS: u32 = 4_500;

/// How fast a chain goes: what stands nowhere here is as on a public chain.
fn pace(preset: &str) -> ChainParametersConfig {
    match preset {
        // Where people wait for tests. A slash has to wait for an era all the same, or it could not be cancelled.
        DEVELOPMENT | LOCAL => ChainParametersConfig {
            accepted_window: Some(10),
            epoch_slots: Some(10),
            sessions_per_era: Some(2),
            slash_deferral: Some(1),
            challenge_period: Some(100),
            governance_day: Some(6),
            sudo_allowed: Some(preset == DEVELOPMENT),
        },
        _ => ChainParametersConfig::default(),
    }
}

/// What capability challenges ask for: a minute and a half is plenty for any device, also for a worker that has to start.
fn benchmark() -> GenesisBenchmark {
    GenesisBenchmark {
        name: "capability".into(),
        blob: GENESIS_MODEL,
        max_output_len: 4_096,
        max_exec: 30,
        tolerance: Tolerance::default(),
        output_scale: 1 << 16,
        benchmark: GENESIS_BENCHMARK,
    }
}

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
    patch(DEVELOPMENT, &DEV_SEEDS[..1], dev_endowments(), Some(account("Alice")), providers)
}

fn local() -> Value {
    patch(LOCAL, &DEV_SEEDS[..4], dev_endowments(), None, Vec::new())
}

fn testnet() -> Value {
    let mut endowments: Vec<_> = TESTNET_VALIDATORS.map(|seed| (account(seed), VALIDATOR_ENDOWMENT)).to_vec();
    let given = VALIDATOR_ENDOWMENT * TESTNET_VALIDATORS.len() as Balance;
    endowments.push((account(TESTNET_FAUCET), GENESIS_ISSUANCE - TREASURY_ENDOWMENT - given));
    patch(TESTNET, &TESTNET_VALIDATORS, endowments, None, Vec::new())
}

/// What the treasury leaves, in equal parts.
fn dev_endowments() -> Vec<(AccountId, Balance)> {
    let each = (GENESIS_ISSUANCE - TREASURY_ENDOWMENT) / DEV_SEEDS.len() as Balance;
    DEV_SEEDS.map(|seed| (account(seed), each)).to_vec()
}

fn patch(
    preset: &str,
    validators: &[&str],
    mut balances: Vec<(AccountId, Balance)>,
    sudo: Option<AccountId>,
    providers: Vec<GenesisProvider<AccountId, Balance>>,
) -> Value {
    // The emission's pots begin with the least that an account may hold, so that they can be paid out to the last unit.
    let pots = [RewardEmission::staking_pot(), RewardEmission::provider_pot()];
    let given = AUDIT_POOL_ENDOWMENT + EXISTENTIAL_DEPOSIT * pots.len() as Balance;
    balances.push((TreasuryAccount::get(), TREASURY_ENDOWMENT - given));
    balances.push((JobMarket::pool_account(), AUDIT_POOL_ENDOWMENT));
    balances.extend(pots.map(|pot| (pot, EXISTENTIAL_DEPOSIT)));
    let stakers: Vec<_> =
        validators.iter().map(|seed| (account(seed), account(seed), VALIDATOR_BOND, StakerStatus::<AccountId>::Validator)).collect();
    let keys = validators.iter().map(|seed| (account(seed), account(seed), session_keys(seed))).collect();
    build_struct_json_patch!(RuntimeGenesisConfig {
        babe: BabeConfig { epoch_config: EPOCH_CONFIG },
        balances: BalancesConfig { balances },
        staking: StakingConfig {
            validator_count: VALIDATOR_COUNT,
            minimum_validator_count: 1,
            // Nodes report by themselves and for nothing; a reward would go to a block's author, who can be the offender.
            slash_reward_fraction: Perbill::zero(),
            stakers,
            min_nominator_bond: MIN_NOMINATOR_BOND,
            min_validator_bond: MIN_VALIDATOR_BOND,
            max_validator_count: Some(MAX_ELECTABLE_TARGETS),
            max_nominator_count: Some(MAX_NOMINATORS),
        },
        session: SessionConfig { keys },
        sudo: SudoConfig { key: sudo },
        provider_registry: ProviderRegistryConfig { providers },
        job_market: JobMarketConfig { benchmark: Some(benchmark()) },
        chain_parameters: pace(preset),
    })
}
