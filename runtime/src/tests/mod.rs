//! The runtime as a whole: presets, APIs, blocks, money, and who may do what. The pallets' own rules are tested with the pallets.

mod account;
mod apis;
mod backing;
mod blocks;
mod challenges;
mod governance;
mod market;
mod next;
mod offences;
mod presets;
mod staking;
mod voting;

use crate::{
    configs::offchain::extension, genesis_presets, AccountId, Executive, Header, Runtime, RuntimeCall, RuntimeGenesisConfig, Signature,
    SignedPayload, System, TxExtension, UncheckedExtrinsic, SLOT_MILLIS,
};
use codec::Encode;
use frame_support::traits::UpgradeCheckSelect;
use serde_json::Value;
use sp_consensus_babe::{
    digests::{CompatibleDigestItem, PreDigest, SecondaryPlainPreDigest},
    Slot,
};
use sp_core::{sr25519, Pair};
use sp_genesis_builder::runtime_decl_for_genesis_builder::GenesisBuilder;
use sp_io::TestExternalities;
use sp_runtime::{generic::Era, traits::Header as _, ApplyExtrinsicResult, Digest, DigestItem};

type BabeCall = pallet_babe::Call<Runtime>;
type BalancesCall = pallet_balances::Call<Runtime>;
type JobMarketCall = pallet_job_market::Call<Runtime>;
type ProviderRegistryCall = pallet_provider_registry::Call<Runtime>;
type RewardEmissionCall = pallet_reward_emission::Call<Runtime>;
type SessionCall = pallet_session::Call<Runtime>;
type SudoCall = pallet_sudo::Call<Runtime>;
type SystemCall = frame_system::Call<Runtime>;
type TimestampCall = pallet_timestamp::Call<Runtime>;
type UtilityCall = pallet_utility::Call<Runtime>;

/// The slot of the first block of a test.
const FIRST_SLOT: u64 = 600_000_000;

/// A chain at its genesis.
fn genesis(preset: &str) -> TestExternalities {
    let patch = genesis_presets::get(&preset.into()).expect("the preset exists");
    let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
    merge(&mut config, serde_json::from_slice(&patch).unwrap());
    let mut chain = TestExternalities::default();
    chain.execute_with(|| Runtime::build_state(config.to_string().into_bytes()).unwrap());
    chain
}

/// Lays a JSON patch over a value: objects merge, anything else is replaced.
fn merge(value: &mut Value, patch: Value) {
    match (value, patch) {
        (Value::Object(value), Value::Object(patch)) => {
            for (key, patch) in patch {
                merge(value.entry(key).or_insert(Value::Null), patch);
            }
        }
        (value, patch) => *value = patch,
    }
}

/// Runs `test` on a preset's chain in its first block, ends the block, and checks every pallet's state.
fn in_first_block<R>(preset: &str, test: impl FnOnce() -> R) -> R {
    genesis(preset).execute_with(|| {
        begin_block(1);
        let result = test();
        Executive::finalize_block();
        check_state();
        result
    })
}

/// Every storage value decodes and every pallet's invariants hold.
fn check_state() {
    Executive::try_runtime_upgrade(UpgradeCheckSelect::All).unwrap();
}

/// Begins block `number` on top of the present one, authored by the first validator, and sets its time.
fn begin_block(number: u32) {
    let slot = FIRST_SLOT + u64::from(number);
    let parent = System::parent_hash();
    let header = Header::new(number, Default::default(), Default::default(), parent, Digest { logs: vec![claim(slot.into())] });
    Executive::initialize_block(&header);
    let time = UncheckedExtrinsic::new_bare(TimestampCall::set { now: slot * SLOT_MILLIS }.into());
    Executive::apply_extrinsic(time).unwrap().unwrap();
}

/// The first validator's claim to a slot.
fn claim(slot: Slot) -> DigestItem {
    <DigestItem as CompatibleDigestItem>::babe_pre_digest(PreDigest::SecondaryPlain(SecondaryPlainPreDigest { authority_index: 0, slot }))
}

/// Applies `call`, signed by the owner of `seed`.
fn apply(seed: &str, call: impl Into<RuntimeCall>) -> ApplyExtrinsicResult {
    let nonce = System::account_nonce(genesis_presets::account(seed));
    Executive::apply_extrinsic(signed(seed, call.into(), extension(nonce, Era::Immortal)))
}

fn signed(seed: &str, call: RuntimeCall, extension: TxExtension) -> UncheckedExtrinsic {
    let pair = sr25519::Pair::from_string(&format!("//{seed}"), None).unwrap();
    let payload = SignedPayload::new(call, extension).unwrap();
    let signature = Signature::Sr25519(payload.using_encoded(|bytes| pair.sign(bytes)));
    let (call, extension, _) = payload.deconstruct();
    UncheckedExtrinsic::new_signed(call, AccountId::from(pair.public()).into(), signature, extension)
}
