//! What the runtime offers to nodes and tools, and the numbers that must not move on a live chain.

use super::*;
use crate::{
    configs::{
        market::{MaxServiceWeight, MaxSlashWeight},
        system::RuntimeBlockWeights,
    },
    opaque::Block,
    AllPalletsWithSystem, JobMarket, ProviderRegistry, VERSION,
};
use frame_support::{
    dispatch::{DispatchClass, GetDispatchInfo},
    traits::{Get, GetCallName, PalletsInfoAccess},
    BoundedVec,
};
use hearth_primitives::{
    blob::BlobRef,
    digest::Tolerance,
    governance::SlashId,
    market::{Report, MAX_REPORTS},
    provider::BackendClass,
    H256,
};
use pallet_job_market::WeightInfo;
use sp_api::RuntimeApiInfo;
use sp_runtime::Perbill;

#[test]
fn every_api_is_implemented() {
    macro_rules! check {
        ($($api:path),* $(,)?) => {
            $(assert_eq!(VERSION.api_version(&<dyn $api as RuntimeApiInfo>::ID), Some(<dyn $api as RuntimeApiInfo>::VERSION), stringify!($api));)*
        };
    }
    check!(
        sp_api::Core<Block>,
        sp_api::Metadata<Block>,
        sp_block_builder::BlockBuilder<Block>,
        sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block>,
        sp_offchain::OffchainWorkerApi<Block>,
        sp_consensus_babe::BabeApi<Block>,
        sp_consensus_grandpa::GrandpaApi<Block>,
        sp_session::SessionKeys<Block>,
        sp_authority_discovery::AuthorityDiscoveryApi<Block>,
        frame_system_rpc_runtime_api::AccountNonceApi<Block, (), ()>,
        pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, u128>,
        pallet_transaction_payment_rpc_runtime_api::TransactionPaymentCallApi<Block, u128, ()>,
        sp_genesis_builder::GenesisBuilder<Block>,
        hearth_primitives::api::GovernanceApi<Block, (), u128, u32>,
        hearth_primitives::api::InferenceMarketApi<Block, (), u128, u32>,
        hearth_primitives::api::RewardsApi<Block, u128>,
        hearth_primitives::api::AccountApi<Block, (), u128, u32>,
    );
}

#[test]
fn pallets_keep_their_names_and_indices() {
    let pallets: Vec<_> = AllPalletsWithSystem::infos().into_iter().map(|info| (info.index, info.name)).collect();
    assert_eq!(
        pallets,
        [
            (0, "System"),
            (1, "Babe"),
            (2, "Timestamp"),
            (3, "Authorship"),
            (4, "Balances"),
            (5, "TransactionPayment"),
            (6, "Staking"),
            (7, "Offences"),
            (8, "Historical"),
            (9, "Session"),
            (10, "Grandpa"),
            (11, "AuthorityDiscovery"),
            (20, "Utility"),
            (21, "Multisig"),
            (22, "Proxy"),
            (23, "Sudo"),
            (30, "ProviderRegistry"),
            (31, "JobMarket"),
            (32, "RewardEmission"),
            (33, "ChainParameters"),
            (40, "Preimage"),
            (41, "Scheduler"),
            (42, "ConvictionVoting"),
            (43, "Referenda"),
            (44, "Treasury"),
            (45, "Parameters"),
            (46, "DaoGovernance"),
            (47, "MultiBlockMigrations"),
        ]
    );
}

#[test]
fn calls_keep_their_names_and_order() {
    assert_eq!(
        JobMarketCall::get_call_names(),
        ["register_model", "retire_model", "submit_job", "report", "poke", "set_benchmark", "challenge", "appeal", "set_pay_only"]
    );
    assert_eq!(
        ProviderRegistryCall::get_call_names(),
        [
            "register",
            "bond_extra",
            "set_operator",
            "update",
            "offer",
            "withdraw_offer",
            "leave",
            "withdraw",
            "back",
            "unback",
            "withdraw_backing",
            "set_commission",
            "accept_backing",
            "unjail",
            "appeal_slash",
            "collect"
        ]
    );
    assert_eq!(RewardEmissionCall::get_call_names(), ["claim", "claim_backing"]);
    let poke = RuntimeCall::from(JobMarketCall::poke { job: 1 }).encode();
    assert_eq!(poke[..2], [31, 4]);
    let leave = RuntimeCall::from(ProviderRegistryCall::leave {}).encode();
    assert_eq!(leave, [30, 6]);
}

#[test]
fn metadata_exists_in_every_version_that_it_names() {
    genesis("development").execute_with(|| {
        let versions = Runtime::metadata_versions();
        assert!(versions.contains(&14) && versions.contains(&15) && versions.contains(&16), "{versions:?}");
        for version in versions {
            let metadata = Runtime::metadata_at_version(version).expect("a named version exists");
            assert_eq!(metadata[..5], [b"meta".as_slice(), &[version as u8]].concat());
        }
    });
}

#[test]
fn the_worst_block_leaves_room_for_calls() {
    genesis("testnet").execute_with(|| {
        // What hooks of the market and the registry may use, however much is due, with what stands beside the budgets.
        let budgets = MaxServiceWeight::get().saturating_add(MaxSlashWeight::get());
        let beside = <Runtime as pallet_job_market::Config>::WeightInfo::extend_ring();
        let most = budgets.saturating_add(beside);
        assert!(most.all_lte(Perbill::from_percent(31) * RuntimeBlockWeights::get().max_block), "{most:?}");
        // And both bear their heaviest step, or no block would come.
        assert_eq!(JobMarket::check_numbers(), Ok(()));
        assert_eq!(ProviderRegistry::check_numbers(), Ok(()));
    });
}

#[test]
fn every_call_of_ours_fits_a_block() {
    let blob = BlobRef::of(b"model");
    let model = blob.id;
    let line = Report::Commit { job: 0, tier: 0, commitment: H256::zero() };
    let reports = BoundedVec::truncate_from(vec![line; MAX_REPORTS as usize]);
    let (operator, backer) = (genesis_presets::account("Bob"), genesis_presets::account("Eve"));
    let tolerance = Tolerance::default();
    let calls: Vec<RuntimeCall> = vec![
        JobMarketCall::register_model {
            name: Default::default(),
            blob,
            max_input_len: 1,
            max_output_len: 1,
            max_exec: 1,
            tolerance,
            output_scale: 0,
        }
        .into(),
        JobMarketCall::retire_model { model }.into(),
        JobMarketCall::submit_job { model, input: blob, replicas: 7, price: 1, audit: Some(Perbill::one()) }.into(),
        JobMarketCall::challenge { job: 0 }.into(),
        JobMarketCall::appeal { job: 0 }.into(),
        JobMarketCall::set_pay_only { model, pay_only: false }.into(),
        JobMarketCall::report { reports }.into(),
        JobMarketCall::poke { job: 0 }.into(),
        ProviderRegistryCall::register { operator: operator.clone(), consent: None, backend: BackendClass::Cpu, slots: 1, bond: 1 }.into(),
        ProviderRegistryCall::bond_extra { amount: 1 }.into(),
        ProviderRegistryCall::set_operator { operator, consent: None }.into(),
        ProviderRegistryCall::update { backend: BackendClass::Cpu, slots: 1 }.into(),
        ProviderRegistryCall::offer { model, ask: 1 }.into(),
        ProviderRegistryCall::withdraw_offer { model }.into(),
        ProviderRegistryCall::leave {}.into(),
        ProviderRegistryCall::withdraw {}.into(),
        ProviderRegistryCall::back { provider: 0, amount: 1 }.into(),
        ProviderRegistryCall::unback { provider: 0, amount: 1 }.into(),
        ProviderRegistryCall::withdraw_backing { provider: 0 }.into(),
        ProviderRegistryCall::set_commission { rate: Perbill::zero() }.into(),
        ProviderRegistryCall::accept_backing { limit: 1 }.into(),
        ProviderRegistryCall::unjail {}.into(),
        ProviderRegistryCall::appeal_slash { slash: SlashId { due: 0, hash: H256::zero() } }.into(),
        ProviderRegistryCall::collect { provider: 0, backer: backer.clone() }.into(),
        RewardEmissionCall::claim { provider: 0 }.into(),
        RewardEmissionCall::claim_backing { provider: 0, backer }.into(),
    ];
    let limit = RuntimeBlockWeights::get().get(DispatchClass::Normal).max_extrinsic.expect("normal extrinsics are limited");
    for call in calls {
        let weight = call.get_dispatch_info().call_weight;
        assert!(weight.all_lte(limit), "{call:?} weighs {weight:?}, over {limit:?}");
        assert!(weight.ref_time() > 0, "{call:?} weighs nothing");
    }
}
