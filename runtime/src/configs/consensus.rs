//! Timestamp, Babe, Authorship, Grandpa, AuthorityDiscovery and Offences.
//!
//! Whoever signs two blocks in one slot, or votes twice in one round, is reported by any node that sees it: the report carries a proof
//! that the key was in the session's set, Offences keeps it, and Staking slashes the validator and those who back it.

use crate::{
    chain_parameters::ChainEpochSlots,
    configs::staking::MAX_NOMINATORS_PER_VALIDATOR,
    constants::{BONDING_ERAS, EPOCH_SLOTS, SESSIONS_PER_ERA, SLOT_MILLIS},
    AccountId, Babe, Header, Historical, Offences, Runtime, RuntimeEvent, Session, Staking,
};
use core::marker::PhantomData;
use frame_support::{
    parameter_types,
    traits::{ConstU32, ConstU64},
};
use sp_consensus_babe::{AllowedSlots, BabeEpochConfiguration, EquivocationProof};
use sp_runtime::{
    transaction_validity::{InvalidTransaction, TransactionValidityError},
    DispatchError,
};
use sp_session::MembershipProof;
use sp_staking::offence::OffenceReportSystem;

/// Most validators.
pub const MAX_AUTHORITIES: u32 = 100;

/// Sessions for which an equivocation can be proved: as long as the money at stake is bonded.
const BONDED_SESSIONS: u64 = BONDING_ERAS as u64 * SESSIONS_PER_ERA as u64;

/// How long a report of an equivocation stays in the pool, in blocks.
const REPORT_LONGEVITY: u64 = BONDED_SESSIONS * EPOCH_SLOTS;

/// One slot in four has a primary author by lot; the others fall to a secondary one. Both prove their turn by a VRF, so every block
/// brings randomness.
pub const EPOCH_CONFIG: BabeEpochConfiguration =
    BabeEpochConfiguration { c: (1, 4), allowed_slots: AllowedSlots::PrimaryAndSecondaryVRFSlots };

parameter_types! {
    pub const ReportLongevity: u64 = REPORT_LONGEVITY;
}

impl pallet_timestamp::Config for Runtime {
    type MinimumPeriod = ConstU64<{ SLOT_MILLIS / 2 }>;
    type Moment = u64;
    type OnTimestampSet = Babe;
    type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

impl pallet_babe::Config for Runtime {
    type DisabledValidators = Session;
    type EpochChangeTrigger = pallet_babe::ExternalTrigger;
    type EpochDuration = ChainEpochSlots;
    type EquivocationReportSystem = Proven<pallet_babe::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity>>;
    type ExpectedBlockTime = ConstU64<SLOT_MILLIS>;
    type KeyOwnerProof = MembershipProof;
    type MaxAuthorities = ConstU32<MAX_AUTHORITIES>;
    type MaxNominators = ConstU32<MAX_NOMINATORS_PER_VALIDATOR>;
    type WeightInfo = ();
}

impl pallet_authorship::Config for Runtime {
    type EventHandler = Staking;
    type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Babe>;
}

impl pallet_grandpa::Config for Runtime {
    type EquivocationReportSystem = pallet_grandpa::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity>;
    type KeyOwnerProof = MembershipProof;
    type MaxAuthorities = ConstU32<MAX_AUTHORITIES>;
    type MaxNominators = ConstU32<MAX_NOMINATORS_PER_VALIDATOR>;
    type MaxSetIdSessionEntries = ConstU64<BONDED_SESSIONS>;
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = ();
}

impl pallet_authority_discovery::Config for Runtime {
    type MaxAuthorities = ConstU32<MAX_AUTHORITIES>;
}

impl pallet_offences::Config for Runtime {
    type IdentificationTuple = pallet_session::historical::IdentificationTuple<Self>;
    type OnOffenceHandler = Staking;
    type RuntimeEvent = RuntimeEvent;
}

/// What a report of an equivocation in BABE holds.
type BabeEvidence = (EquivocationProof<Header>, MembershipProof);

/// Refuses a report that proves nothing before it enters a pool or a block; there it would cost nobody anything. The SDK's own check comes only
/// when the report is executed.
pub struct Proven<S>(PhantomData<S>);

impl<S: OffenceReportSystem<Option<AccountId>, BabeEvidence>> OffenceReportSystem<Option<AccountId>, BabeEvidence> for Proven<S> {
    type Longevity = S::Longevity;

    fn publish_evidence(evidence: BabeEvidence) -> Result<(), ()> {
        S::publish_evidence(evidence)
    }

    fn check_evidence(evidence: BabeEvidence) -> Result<(), TransactionValidityError> {
        if !sp_consensus_babe::check_equivocation_proof(evidence.0.clone()) {
            return Err(InvalidTransaction::BadProof.into());
        }
        S::check_evidence(evidence)
    }

    fn process_evidence(reporter: Option<AccountId>, evidence: BabeEvidence) -> Result<(), DispatchError> {
        S::process_evidence(reporter, evidence)
    }
}
