//! `benchmark`, and what it measures with: transactions that //Alice signs, and a block's frame.

use crate::service::{self, Client};
use codec::Encode;
use frame_benchmarking_cli::{BenchmarkCmd, ExtrinsicBuilder, ExtrinsicFactory, SUBSTRATE_REFERENCE_HARDWARE};
use hearth_runtime::{
    configs::offchain::extension, genesis_presets, opaque::Block, Runtime, RuntimeCall, Signature, SignedPayload, UncheckedExtrinsic,
    EXISTENTIAL_DEPOSIT, SLOT_MILLIS, VERSION,
};
use sc_client_api::BlockBackend;
use sc_consensus_babe::CompatibleDigestItem;
use sc_service::Configuration;
use sp_consensus_babe::digests::{PreDigest, SecondaryPlainPreDigest};
use sp_core::{sr25519, Pair};
use sp_inherents::InherentData;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{generic::Era, traits::HashingFor, DigestItem, OpaqueExtrinsic};
use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

/// Measures what the subcommand names.
pub fn run(cmd: &BenchmarkCmd, config: Configuration) -> sc_cli::Result<()> {
    match cmd {
        // A runtime named on the command line brings its own genesis.
        BenchmarkCmd::Pallet(cmd) => cmd.run_with_spec::<HashingFor<Block>, ()>(cmd.runtime.is_none().then_some(config.chain_spec)),
        BenchmarkCmd::Overhead(cmd) => {
            let (parts, _task_manager) = service::partial(&config)?;
            let (inherents, digest) = frame()?;
            let remark = RemarkBuilder::new(parts.client.clone());
            cmd.run(config.chain_spec.name().into(), parts.client, inherents, digest, &remark, false)
        }
        BenchmarkCmd::Machine(cmd) => cmd.run(&config, SUBSTRATE_REFERENCE_HARDWARE.clone()),
        BenchmarkCmd::Block(cmd) => {
            let (parts, _task_manager) = service::partial(&config)?;
            cmd.run(parts.client)
        }
        BenchmarkCmd::Extrinsic(cmd) => {
            let (parts, _task_manager) = service::partial(&config)?;
            let (inherents, digest) = frame()?;
            let builders = ExtrinsicFactory(vec![
                Box::new(RemarkBuilder::new(parts.client.clone())),
                Box::new(TransferBuilder::new(parts.client.clone())),
            ]);
            cmd.run(parts.client, inherents, digest, &builders)
        }
        BenchmarkCmd::Storage(cmd) => {
            let (parts, _task_manager) = service::partial(&config)?;
            let (db, storage, cache) =
                (parts.backend.expose_db(), parts.backend.expose_storage(), parts.backend.expose_shared_trie_cache());
            cmd.run(config, parts.client, db, storage, cache)
        }
    }
}

/// `System::remark` of nothing.
struct RemarkBuilder(Arc<Client>);

impl RemarkBuilder {
    /// On the chain of `client`.
    fn new(client: Arc<Client>) -> Self {
        Self(client)
    }
}

impl ExtrinsicBuilder for RemarkBuilder {
    fn pallet(&self) -> &str {
        "system"
    }

    fn extrinsic(&self) -> &str {
        "remark"
    }

    fn build(&self, nonce: u32) -> Result<OpaqueExtrinsic, &'static str> {
        signed(&self.0, frame_system::Call::<Runtime>::remark { remark: Vec::new() }.into(), nonce)
    }
}

/// `Balances::transfer_keep_alive` of the existential deposit to //Bob.
struct TransferBuilder(Arc<Client>);

impl TransferBuilder {
    /// On the chain of `client`.
    fn new(client: Arc<Client>) -> Self {
        Self(client)
    }
}

impl ExtrinsicBuilder for TransferBuilder {
    fn pallet(&self) -> &str {
        "balances"
    }

    fn extrinsic(&self) -> &str {
        "transfer_keep_alive"
    }

    fn build(&self, nonce: u32) -> Result<OpaqueExtrinsic, &'static str> {
        let dest = genesis_presets::account("Bob").into();
        signed(&self.0, pallet_balances::Call::<Runtime>::transfer_keep_alive { dest, value: EXISTENTIAL_DEPOSIT }.into(), nonce)
    }
}

fn signed(client: &Client, call: RuntimeCall, nonce: u32) -> Result<OpaqueExtrinsic, &'static str> {
    let genesis = client.block_hash(0).ok().flatten().ok_or("the database has no genesis block")?;
    let pair: sr25519::Pair = Sr25519Keyring::Alice.pair();
    let extension = extension(nonce, Era::Immortal);
    let implicit = ((), VERSION.spec_version, VERSION.transaction_version, genesis, genesis, (), (), (), None, ());
    let payload = SignedPayload::from_raw(call.clone(), extension.clone(), implicit);
    let signature = payload.using_encoded(|bytes| pair.sign(bytes));
    let account = sp_runtime::AccountId32::from(pair.public());
    let extrinsic = UncheckedExtrinsic::new_signed(call, account.into(), Signature::Sr25519(signature), extension);
    OpaqueExtrinsic::try_from_encoded_extrinsic(&extrinsic.encode()).map_err(|_| "a signed extrinsic does not decode")
}

/// The inherents and the digest of a block on top of the best one, in the slot of now.
fn frame() -> sc_cli::Result<(InherentData, Vec<DigestItem>)> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| "the clock stands before 1970")?;
    let slot = now.as_millis() as u64 / SLOT_MILLIS;
    let mut inherents = InherentData::new();
    inherents
        .put_data(sp_timestamp::INHERENT_IDENTIFIER, &(slot * SLOT_MILLIS))
        .map_err(|error| format!("the timestamp cannot be set: {error}"))?;
    let claim = PreDigest::SecondaryPlain(SecondaryPlainPreDigest { authority_index: 0, slot: slot.into() });
    Ok((inherents, vec![<DigestItem as CompatibleDigestItem>::babe_pre_digest(claim)]))
}
