//! What nodes, wallets and tools ask of the runtime.

use crate::{
    configs::consensus::EPOCH_CONFIG, genesis_presets, views, AccountId, AuthorityDiscovery, Babe, Balance, Block, BlockNumber,
    DaoGovernance, Executive, Grandpa, Historical, InherentDataExt, JobMarket, Nonce, ProviderRegistry, RewardEmission, Runtime,
    RuntimeCall, RuntimeGenesisConfig, SessionKeys, System, TransactionPayment, VERSION,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
    genesis_builder_helper::{build_state, get_preset},
    traits::KeyOwnerProofSystem,
    weights::Weight,
};
use hearth_primitives::{
    account::{AccountView, YieldView},
    blob::BlobId,
    governance::{BudgetView, ChangeView, ParameterView, PauseView, ReferendumStage, ReferendumView, SlashView, TrackView},
    market::{Duty, JobView, ModelView},
    provider::{BackingView, ProviderView},
    reason::Why,
    reward::{EraView, RewardsView},
    JobId, ModelId, ProviderId,
};
use pallet_transaction_payment::{FeeDetails, RuntimeDispatchInfo};
use sp_api::impl_runtime_apis;
use sp_authority_discovery::AuthorityId as AuthorityDiscoveryId;
use sp_consensus_babe::AuthorityId as BabeId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_core::{crypto::KeyTypeId, OpaqueMetadata};
use sp_inherents::{CheckInherentsResult, InherentData};
use sp_runtime::{
    traits::{Block as BlockT, NumberFor},
    transaction_validity::{TransactionSource, TransactionValidity},
    ApplyExtrinsicResult, ExtrinsicInclusionMode,
};
use sp_session::OpaqueGeneratedSessionKeys;
use sp_version::RuntimeVersion;

type LazyBlock = <Block as BlockT>::LazyBlock;

impl_runtime_apis! {
    impl sp_api::Core<Block> for Runtime {
        fn version() -> RuntimeVersion {
            VERSION
        }

        fn execute_block(block: LazyBlock) {
            Executive::execute_block(block);
        }

        fn initialize_block(header: &<Block as BlockT>::Header) -> ExtrinsicInclusionMode {
            Executive::initialize_block(header)
        }
    }

    impl sp_api::Metadata<Block> for Runtime {
        fn metadata() -> OpaqueMetadata {
            OpaqueMetadata::new(Runtime::metadata().into())
        }

        fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
            Runtime::metadata_at_version(version)
        }

        fn metadata_versions() -> Vec<u32> {
            Runtime::metadata_versions()
        }
    }

    impl frame_support::view_functions::runtime_api::RuntimeViewFunction<Block> for Runtime {
        fn execute_view_function(
            id: frame_support::view_functions::ViewFunctionId,
            input: Vec<u8>,
        ) -> Result<Vec<u8>, frame_support::view_functions::ViewFunctionDispatchError> {
            Runtime::execute_view_function(id, input)
        }
    }

    impl sp_block_builder::BlockBuilder<Block> for Runtime {
        fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
            Executive::apply_extrinsic(extrinsic)
        }

        fn finalize_block() -> <Block as BlockT>::Header {
            Executive::finalize_block()
        }

        fn inherent_extrinsics(data: InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
            data.create_extrinsics()
        }

        fn check_inherents(block: LazyBlock, data: InherentData) -> CheckInherentsResult {
            data.check_extrinsics(&block)
        }
    }

    impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
        fn validate_transaction(
            source: TransactionSource,
            tx: <Block as BlockT>::Extrinsic,
            block_hash: <Block as BlockT>::Hash,
        ) -> TransactionValidity {
            Executive::validate_transaction(source, tx, block_hash)
        }
    }

    impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
        fn offchain_worker(header: &<Block as BlockT>::Header) {
            Executive::offchain_worker(header)
        }
    }

    impl sp_consensus_babe::BabeApi<Block> for Runtime {
        fn configuration() -> sp_consensus_babe::BabeConfiguration {
            let epoch = Babe::epoch_config().unwrap_or(EPOCH_CONFIG);
            sp_consensus_babe::BabeConfiguration {
                slot_duration: Babe::slot_duration(),
                epoch_length: crate::chain_parameters::EpochSlots::<Runtime>::get(),
                c: epoch.c,
                authorities: Babe::authorities().into_inner(),
                randomness: Babe::randomness(),
                allowed_slots: epoch.allowed_slots,
            }
        }

        fn current_epoch_start() -> sp_consensus_babe::Slot {
            Babe::current_epoch_start()
        }

        fn current_epoch() -> sp_consensus_babe::Epoch {
            Babe::current_epoch()
        }

        fn next_epoch() -> sp_consensus_babe::Epoch {
            Babe::next_epoch()
        }

        fn generate_key_ownership_proof(
            _slot: sp_consensus_babe::Slot,
            authority: BabeId,
        ) -> Option<sp_consensus_babe::OpaqueKeyOwnershipProof> {
            Historical::prove((sp_consensus_babe::KEY_TYPE, authority))
                .map(|proof| sp_consensus_babe::OpaqueKeyOwnershipProof::new(proof.encode()))
        }

        fn submit_report_equivocation_unsigned_extrinsic(
            proof: sp_consensus_babe::EquivocationProof<<Block as BlockT>::Header>,
            owner: sp_consensus_babe::OpaqueKeyOwnershipProof,
        ) -> Option<()> {
            Babe::submit_unsigned_equivocation_report(proof, owner.decode()?)
        }
    }

    impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
        fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
            Grandpa::grandpa_authorities()
        }

        fn current_set_id() -> sp_consensus_grandpa::SetId {
            pallet_grandpa::CurrentSetId::<Runtime>::get()
        }

        fn generate_key_ownership_proof(
            _set_id: sp_consensus_grandpa::SetId,
            authority: GrandpaId,
        ) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
            Historical::prove((sp_consensus_grandpa::KEY_TYPE, authority))
                .map(|proof| sp_consensus_grandpa::OpaqueKeyOwnershipProof::new(proof.encode()))
        }

        fn submit_report_equivocation_unsigned_extrinsic(
            proof: sp_consensus_grandpa::EquivocationProof<<Block as BlockT>::Hash, NumberFor<Block>>,
            owner: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
        ) -> Option<()> {
            Grandpa::submit_unsigned_equivocation_report(proof, owner.decode()?)
        }
    }

    impl sp_session::SessionKeys<Block> for Runtime {
        fn generate_session_keys(owner: Vec<u8>, seed: Option<Vec<u8>>) -> OpaqueGeneratedSessionKeys {
            SessionKeys::generate(&owner, seed).into()
        }

        fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
            SessionKeys::decode_into_raw_public_keys(&encoded)
        }
    }

    impl sp_authority_discovery::AuthorityDiscoveryApi<Block> for Runtime {
        fn authorities() -> Vec<AuthorityDiscoveryId> {
            AuthorityDiscovery::authorities()
        }
    }

    impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
        fn account_nonce(account: AccountId) -> Nonce {
            System::account_nonce(account)
        }
    }

    impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance> for Runtime {
        fn query_info(tx: <Block as BlockT>::Extrinsic, len: u32) -> RuntimeDispatchInfo<Balance> {
            TransactionPayment::query_info(tx, len)
        }

        fn query_fee_details(tx: <Block as BlockT>::Extrinsic, len: u32) -> FeeDetails<Balance> {
            TransactionPayment::query_fee_details(tx, len)
        }

        fn query_weight_to_fee(weight: Weight) -> Balance {
            TransactionPayment::weight_to_fee(weight)
        }

        fn query_length_to_fee(length: u32) -> Balance {
            TransactionPayment::length_to_fee(length)
        }
    }

    impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentCallApi<Block, Balance, RuntimeCall> for Runtime {
        fn query_call_info(call: RuntimeCall, len: u32) -> RuntimeDispatchInfo<Balance> {
            TransactionPayment::query_call_info(call, len)
        }

        fn query_call_fee_details(call: RuntimeCall, len: u32) -> FeeDetails<Balance> {
            TransactionPayment::query_call_fee_details(call, len)
        }

        fn query_weight_to_fee(weight: Weight) -> Balance {
            TransactionPayment::weight_to_fee(weight)
        }

        fn query_length_to_fee(length: u32) -> Balance {
            TransactionPayment::length_to_fee(length)
        }
    }

    impl hearth_primitives::api::InferenceMarketApi<Block, AccountId, Balance, BlockNumber> for Runtime {
        fn models() -> Vec<ModelView<AccountId, Balance, BlockNumber>> {
            JobMarket::models()
        }

        fn model(id: ModelId) -> Option<ModelView<AccountId, Balance, BlockNumber>> {
            JobMarket::model(id)
        }

        fn job(id: JobId) -> Option<JobView<AccountId, Balance, BlockNumber>> {
            JobMarket::job(id)
        }

        fn why(job: JobId, account: AccountId) -> Vec<Why<Balance>> {
            JobMarket::why(job, &account)
        }

        fn jobs_of(customer: AccountId) -> Vec<JobId> {
            JobMarket::jobs_of(&customer)
        }

        fn provider(id: ProviderId) -> Option<ProviderView<AccountId, Balance, BlockNumber>> {
            ProviderRegistry::provider_view(id)
        }

        fn providers() -> Vec<ProviderView<AccountId, Balance, BlockNumber>> {
            ProviderRegistry::provider_views()
        }

        fn provider_of(account: AccountId) -> Option<ProviderId> {
            ProviderRegistry::provider_of_account(&account)
        }

        fn backing_of(provider: ProviderId, backer: AccountId) -> Option<BackingView<Balance, BlockNumber>> {
            ProviderRegistry::backing_view(provider, &backer)
        }

        fn backings_of(backer: AccountId) -> Vec<BackingView<Balance, BlockNumber>> {
            ProviderRegistry::backing_views(&backer)
        }

        fn duties(operator: AccountId) -> Vec<Duty<BlockNumber>> {
            JobMarket::duties(&operator)
        }

        fn blobs_referenced(ids: Vec<BlobId>) -> Vec<bool> {
            JobMarket::blobs_referenced(&ids)
        }

        fn quote(replicas: u32, price: Balance) -> (Balance, Balance) {
            JobMarket::quote(replicas, price)
        }
    }

    impl hearth_primitives::api::GovernanceApi<Block, AccountId, Balance, BlockNumber> for Runtime {
        fn tracks() -> Vec<TrackView<Balance, BlockNumber>> {
            views::governance::tracks()
        }

        fn referenda() -> Vec<ReferendumView<AccountId, Balance, BlockNumber>> {
            views::governance::referenda()
        }

        fn referendum(index: u32) -> Option<ReferendumStage<BlockNumber>> {
            views::governance::referendum(index)
        }

        fn parameters() -> Vec<ParameterView> {
            DaoGovernance::parameter_views()
        }

        fn changes() -> Vec<ChangeView<Balance, BlockNumber>> {
            DaoGovernance::change_views()
        }

        fn budgets() -> Vec<BudgetView<AccountId, Balance, BlockNumber>> {
            DaoGovernance::budget_views()
        }

        fn pauses() -> Vec<PauseView<BlockNumber>> {
            DaoGovernance::pause_views()
        }

        fn deferred_slashes() -> Vec<SlashView<AccountId, Balance>> {
            DaoGovernance::slash_views()
        }

        fn preimage_deposit(len: u32) -> Balance {
            views::governance::preimage_deposit(len)
        }
    }

    impl hearth_primitives::api::RewardsApi<Block, Balance> for Runtime {
        fn eras(last: u32) -> Vec<EraView<Balance>> {
            RewardEmission::era_views(last)
        }

        fn rewards_of(provider: ProviderId) -> RewardsView<Balance> {
            RewardEmission::rewards_of(provider)
        }

        fn inflation() -> u64 {
            RewardEmission::inflation().deconstruct()
        }
    }

    impl hearth_primitives::api::AccountApi<Block, AccountId, Balance, BlockNumber> for Runtime {
        fn account(who: AccountId) -> AccountView<AccountId, Balance, BlockNumber> {
            views::account(&who)
        }

        fn yields() -> YieldView<Balance> {
            views::yields()
        }
    }

    impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
        fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
            build_state::<RuntimeGenesisConfig>(config)
        }

        fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
            get_preset::<RuntimeGenesisConfig>(id, genesis_presets::get)
        }

        fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
            genesis_presets::names()
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    impl frame_benchmarking::Benchmark<Block> for Runtime {
        fn benchmark_metadata(extra: bool) -> (Vec<frame_benchmarking::BenchmarkList>, Vec<frame_support::traits::StorageInfo>) {
            crate::benchmarks::metadata(extra)
        }

        fn dispatch_benchmark(
            config: frame_benchmarking::BenchmarkConfig,
        ) -> Result<Vec<frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
            crate::benchmarks::dispatch(config)
        }
    }

    #[cfg(feature = "try-runtime")]
    impl frame_try_runtime::TryRuntime<Block> for Runtime {
        // These two are only ever called by a developer's tool, which wants the panic.
        fn on_runtime_upgrade(checks: frame_try_runtime::UpgradeCheckSelect) -> (Weight, Weight) {
            let weight = Executive::try_runtime_upgrade(checks).expect("the upgrade's checks hold");
            (weight, crate::configs::system::RuntimeBlockWeights::get().max_block)
        }

        fn execute_block(
            block: LazyBlock,
            state_root_check: bool,
            signature_check: bool,
            select: frame_try_runtime::TryStateSelect,
        ) -> Weight {
            Executive::try_execute_block(block, state_root_check, signature_check, select).expect("the block executes and its state holds")
        }
    }
}
