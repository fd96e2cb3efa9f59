//! The Hearth chain's state transition function: which pallets it is made of, and in which order.
//!
//! [`configs`] configures them, [`apis`] lets nodes ask, [`genesis_presets`] starts chains, [`constants`] holds time and money, [`views`] reads
//! what spans pallets, [`next`] is what the next version brings. Logic lives in the pallets, never here.

#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "256"]

extern crate alloc;

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
pub mod chain_parameters;
pub mod configs;
pub mod constants;
pub mod genesis_presets;
// Natively for tests, which look at what it leaves; the WASM of this version has none of it.
#[cfg(any(feature = "next", feature = "std"))]
pub mod next;
#[cfg(test)]
mod tests;
pub mod views;
pub mod weights;

use alloc::vec::Vec;
use pallet_session::historical as pallet_session_historical;
use sp_runtime::{
    generic, impl_opaque_keys,
    traits::{BlakeTwo256, IdentifyAccount, Verify},
    MultiAddress, MultiSignature,
};
use sp_version::RuntimeVersion;

pub use constants::{EXISTENTIAL_DEPOSIT, HRT, SLOT_MILLIS};

// The WASM, as `WASM_BINARY` and, before compression, `WASM_BINARY_BLOATY`.
#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

/// sr25519, ed25519 or ecdsa.
pub type Signature = MultiSignature;

/// 32 bytes.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;

/// An account as calls name it.
pub type Address = MultiAddress<AccountId, ()>;

/// In the token's smallest unit, 10^-12 HRT.
pub type Balance = u128;

/// A block's number.
pub type BlockNumber = u32;

/// Transactions that an account has sent.
pub type Nonce = u32;

/// blake2-256.
pub type Hash = sp_core::H256;

/// A block's header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;

/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;

/// What every transaction carries beside its call.
pub type TxExtension = (
    frame_system::CheckNonZeroSender<Runtime>,
    frame_system::CheckSpecVersion<Runtime>,
    frame_system::CheckTxVersion<Runtime>,
    frame_system::CheckGenesis<Runtime>,
    frame_system::CheckEra<Runtime>,
    frame_system::CheckNonce<Runtime>,
    frame_system::CheckWeight<Runtime>,
    pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
    frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
    frame_system::WeightReclaim<Runtime>,
);

/// A transaction, or an inherent.
pub type UncheckedExtrinsic = generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;

/// What a transaction's signature signs.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

/// Executes blocks.
pub type Executive = frame_executive::Executive<Runtime, Block, frame_system::ChainContext<Runtime>, Runtime, AllPalletsWithSystem>;

/// Types for code that knows the chain but not its calls: the node's.
pub mod opaque {
    use super::{BlakeTwo256, BlockNumber};
    use sp_runtime::generic;

    pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

    /// As [`super::Header`].
    pub type Header = generic::Header<BlockNumber, BlakeTwo256>;

    /// As [`super::Block`], with extrinsics as bytes.
    pub type Block = generic::Block<Header, UncheckedExtrinsic>;
}

impl_opaque_keys! {
    /// A validator's keys.
    pub struct SessionKeys {
        pub babe: Babe,
        pub grandpa: Grandpa,
        pub authority_discovery: AuthorityDiscovery,
    }
}

/// Declares the version with this `spec_version`, which must stand there as a literal.
macro_rules! version {
    ($spec_version:tt) => {
        /// Which runtime this is.
        #[sp_version::runtime_version]
        pub const VERSION: RuntimeVersion = RuntimeVersion {
            spec_name: alloc::borrow::Cow::Borrowed("hearth"),
            impl_name: alloc::borrow::Cow::Borrowed("hearth-node"),
            authoring_version: 1,
            spec_version: $spec_version,
            impl_version: 1,
            apis: apis::RUNTIME_API_VERSIONS,
            transaction_version: 1,
            system_version: 1,
        };
    };
}

#[cfg(not(feature = "next"))]
version!(1);

#[cfg(feature = "next")]
version!(2);

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Runtime;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;

    // Babe before Timestamp: the slot of a block is known before its time is checked against it.
    #[runtime::pallet_index(1)]
    pub type Babe = pallet_babe;

    #[runtime::pallet_index(2)]
    pub type Timestamp = pallet_timestamp;

    // Authorship before Session: it needs the set that made the block, not the next one.
    #[runtime::pallet_index(3)]
    pub type Authorship = pallet_authorship;

    #[runtime::pallet_index(4)]
    pub type Balances = pallet_balances;

    #[runtime::pallet_index(5)]
    pub type TransactionPayment = pallet_transaction_payment;

    // Staking before Session: the stakes of genesis elect the first session's set.
    #[runtime::pallet_index(6)]
    pub type Staking = pallet_staking;

    #[runtime::pallet_index(7)]
    pub type Offences = pallet_offences;

    #[runtime::pallet_index(8)]
    pub type Historical = pallet_session_historical;

    #[runtime::pallet_index(9)]
    pub type Session = pallet_session;

    #[runtime::pallet_index(10)]
    pub type Grandpa = pallet_grandpa;

    #[runtime::pallet_index(11)]
    pub type AuthorityDiscovery = pallet_authority_discovery;

    #[runtime::pallet_index(20)]
    pub type Utility = pallet_utility;

    #[runtime::pallet_index(21)]
    pub type Multisig = pallet_multisig;

    #[runtime::pallet_index(22)]
    pub type Proxy = pallet_proxy;

    #[runtime::pallet_index(23)]
    pub type Sudo = pallet_sudo;

    #[runtime::pallet_index(30)]
    pub type ProviderRegistry = pallet_provider_registry;

    #[runtime::pallet_index(31)]
    pub type JobMarket = pallet_job_market;

    #[runtime::pallet_index(32)]
    pub type RewardEmission = pallet_reward_emission;

    #[runtime::pallet_index(33)]
    pub type ChainParameters = chain_parameters;

    #[runtime::pallet_index(40)]
    pub type Preimage = pallet_preimage;

    #[runtime::pallet_index(41)]
    pub type Scheduler = pallet_scheduler;

    #[runtime::pallet_index(42)]
    pub type ConvictionVoting = pallet_conviction_voting;

    #[runtime::pallet_index(43)]
    pub type Referenda = pallet_referenda;

    // Treasury after RewardEmission: of a genesis without money it makes one that has its existential deposit.
    #[runtime::pallet_index(44)]
    pub type Treasury = pallet_treasury;

    #[runtime::pallet_index(45)]
    pub type Parameters = pallet_parameters;

    #[runtime::pallet_index(46)]
    pub type DaoGovernance = pallet_dao_governance;

    #[runtime::pallet_index(47)]
    pub type MultiBlockMigrations = pallet_migrations;
}
