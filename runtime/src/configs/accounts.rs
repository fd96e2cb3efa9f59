//! Utility, Multisig, Proxy and Sudo: what accounts can do together or for each other.

use crate::{
    chain_parameters::ChainSudoAllowed, constants::deposit, Balance, Balances, OriginCaller, Runtime, RuntimeCall, RuntimeEvent, System,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    parameter_types,
    traits::{ConstU32, Contains, Get, InstanceFilter},
};
use scale_info::TypeInfo;
use sp_runtime::traits::BlakeTwo256;

/// Most signatories of a multisig, proxies of an account and announcements of a proxy.
const MAX_PARTIES: u32 = 32;

parameter_types! {
    // One item: its key and value are 88 bytes, and 32 more for each signatory.
    pub const MultisigDepositBase: Balance = deposit(1, 88);
    pub const MultisigDepositFactor: Balance = deposit(0, 32);
    // One item: a key of 32 bytes and a value of 8; 33 more for each proxy, 68 for each announcement.
    pub const ProxyDepositBase: Balance = deposit(1, 40);
    pub const ProxyDepositFactor: Balance = deposit(0, 33);
    pub const AnnouncementDepositBase: Balance = deposit(1, 40);
    pub const AnnouncementDepositFactor: Balance = deposit(0, 68);
}

/// What a proxy may do for another account.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Default, Encode, Eq, MaxEncodedLen, Ord, PartialEq, PartialOrd, TypeInfo)]
pub enum ProxyType {
    /// Everything.
    #[codec(index = 0)]
    #[default]
    Any,
    /// What moves no money: stake, session keys, remarks, and calls of several signatories.
    #[codec(index = 1)]
    NonTransfer,
    /// A provider's calls, and its voice in the provider house.
    #[codec(index = 2)]
    Provider,
    /// A customer's calls, spending the account's money on jobs.
    #[codec(index = 3)]
    Customer,
    /// Rejects announcements of other proxies.
    #[codec(index = 4)]
    CancelProxy,
    /// What validators and nominators do: stake, session keys, payouts.
    #[codec(index = 5)]
    Staking,
    /// Votes, delegations, referenda with their deposits, the provider's voice, and what anybody may call of budgets and objections.
    #[codec(index = 6)]
    Governance,
}

/// Whether a call speaks for a provider in the provider house.
fn is_objection(call: &RuntimeCall) -> bool {
    matches!(call, RuntimeCall::DaoGovernance(pallet_dao_governance::Call::object { .. }))
}

/// Whether a call submits a referendum, or places or fetches its deposits.
fn is_referendum(call: &RuntimeCall) -> bool {
    use pallet_referenda::Call;
    let RuntimeCall::Referenda(call) = call else { return false };
    matches!(
        call,
        Call::submit { .. }
            | Call::place_decision_deposit { .. }
            | Call::refund_decision_deposit { .. }
            | Call::refund_submission_deposit { .. }
    )
}

impl InstanceFilter<RuntimeCall> for ProxyType {
    fn filter(&self, call: &RuntimeCall) -> bool {
        match self {
            Self::Any => true,
            Self::NonTransfer => Self::Staking.filter(call) || matches!(call, RuntimeCall::System(..) | RuntimeCall::Multisig(..)),
            Self::Staking => matches!(call, RuntimeCall::Staking(..) | RuntimeCall::Session(..) | RuntimeCall::Utility(..)),
            Self::Provider => is_objection(call) || matches!(call, RuntimeCall::ProviderRegistry(..) | RuntimeCall::Utility(..)),
            Self::Customer => matches!(call, RuntimeCall::JobMarket(..) | RuntimeCall::Utility(..)),
            Self::CancelProxy => {
                matches!(call, RuntimeCall::Proxy(pallet_proxy::Call::reject_announcement { .. }) | RuntimeCall::Utility(..))
            }
            Self::Governance => {
                use pallet_dao_governance::Call::{claim_budget, clear_objections};
                let is_for_all = matches!(call, RuntimeCall::DaoGovernance(claim_budget { .. } | clear_objections { .. }));
                let is_vote = matches!(call, RuntimeCall::ConvictionVoting(..) | RuntimeCall::Utility(..));
                is_vote || is_for_all || is_objection(call) || is_referendum(call)
            }
        }
    }

    fn is_superset(&self, other: &Self) -> bool {
        self == other || matches!(self, Self::Any)
    }
}

impl pallet_utility::Config for Runtime {
    type PalletsOrigin = OriginCaller;
    type RuntimeCall = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

impl pallet_multisig::Config for Runtime {
    type BlockNumberProvider = System;
    type Currency = Balances;
    type DepositBase = MultisigDepositBase;
    type DepositFactor = MultisigDepositFactor;
    type MaxSignatories = ConstU32<MAX_PARTIES>;
    type RuntimeCall = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_multisig::weights::SubstrateWeight<Runtime>;
}

impl pallet_proxy::Config for Runtime {
    type AnnouncementDepositBase = AnnouncementDepositBase;
    type AnnouncementDepositFactor = AnnouncementDepositFactor;
    type BlockNumberProvider = System;
    type CallHasher = BlakeTwo256;
    type Currency = Balances;
    type MaxPending = ConstU32<MAX_PARTIES>;
    type MaxProxies = ConstU32<MAX_PARTIES>;
    type ProxyDepositBase = ProxyDepositBase;
    type ProxyDepositFactor = ProxyDepositFactor;
    type ProxyType = ProxyType;
    type RuntimeCall = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
}

/// Lets every call through but Sudo's; those only on a chain whose genesis allows them, which is the preset `development`.
///
/// One WASM runs every chain, so Sudo cannot be compiled out for some. Elsewhere no account reaches it: not directly, nor through a batch,
/// a proxy or a multisig, whatever the key in its storage. Root passes any filter, and gains nothing by Sudo: what it calls there it can call
/// as itself, and a key that it set would be filtered as any other account.
pub struct NoSudo;

impl Contains<RuntimeCall> for NoSudo {
    fn contains(call: &RuntimeCall) -> bool {
        !matches!(call, RuntimeCall::Sudo(..)) || ChainSudoAllowed::get()
    }
}

impl pallet_sudo::Config for Runtime {
    type RuntimeCall = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_sudo::weights::SubstrateWeight<Runtime>;
}
