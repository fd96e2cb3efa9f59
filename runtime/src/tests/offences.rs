//! A validator that signs two blocks in one slot can be reported.

use super::*;
use crate::{Babe, Historical, Session};
use frame_support::{dispatch::RawOrigin, traits::KeyOwnerProofSystem};
use sp_consensus_babe::{AuthorityPair, EquivocationProof};
use sp_core::crypto::Pair as _;
use sp_runtime::traits::Dispatchable;
use sp_runtime::transaction_validity::TransactionSource;

/// A header that `pair` signed for `slot`, different for each `salt`.
fn sealed(pair: &AuthorityPair, slot: Slot, salt: u8) -> Header {
    let digest = Digest { logs: vec![claim(slot)] };
    let mut header = Header::new(1, [salt; 32].into(), Default::default(), Default::default(), digest);
    let seal = <DigestItem as CompatibleDigestItem>::babe_seal(pair.sign(header.hash().as_ref()));
    header.digest_mut().push(seal);
    header
}

/// The pair of keys of the second authority: the first makes the blocks of these tests, and an offender is disabled.
fn offending_authority() -> AuthorityPair {
    let (authority, _) = Babe::authorities()[1].clone();
    genesis_presets::DEV_SEEDS
        .iter()
        .map(|seed| AuthorityPair::from_string(&format!("//{seed}"), None).unwrap())
        .find(|pair| pair.public() == authority)
        .expect("a development seed made the authority")
}

fn proof(first: Header, second: Header, slot: Slot, offender: &AuthorityPair) -> EquivocationProof<Header> {
    EquivocationProof { slot, offender: offender.public(), first_header: first, second_header: second }
}

/// The report of two blocks that an authority made in one slot.
fn equivocation(pair: &AuthorityPair) -> BabeCall {
    let slot = Slot::from(FIRST_SLOT + 1);
    let equivocation = proof(sealed(pair, slot, 1), sealed(pair, slot, 2), slot, pair);
    let owner = Historical::prove((sp_consensus_babe::KEY_TYPE, pair.public())).unwrap();
    assert_eq!(owner.session, Session::current_index());
    BabeCall::report_equivocation_unsigned { equivocation_proof: Box::new(equivocation), key_owner_proof: owner }
}

/// Reports the second authority; returns whose key it is.
pub(super) fn report_equivocation() -> AccountId {
    let pair = offending_authority();
    RuntimeCall::from(equivocation(&pair)).dispatch(RawOrigin::None.into()).unwrap();
    Session::key_owner(sp_consensus_babe::KEY_TYPE, pair.public().as_ref()).expect("an authority's key has an owner")
}

#[test]
fn report_of_an_equivocation_is_kept_once() {
    in_first_block("local", || {
        let report = equivocation(&offending_authority());
        #[allow(deprecated)]
        let valid = Babe::validate_unsigned(TransactionSource::Local, &report);
        assert!(valid.is_ok(), "{valid:?}");
        RuntimeCall::from(report.clone()).dispatch(RawOrigin::None.into()).unwrap();
        assert_eq!(pallet_offences::Reports::<Runtime>::iter().count(), 1);
        assert!(RuntimeCall::from(report).dispatch(RawOrigin::None.into()).is_err());
        assert_eq!(pallet_offences::Reports::<Runtime>::iter().count(), 1);
    });
}

#[test]
fn report_of_one_block_twice_is_refused() {
    in_first_block("local", || {
        let pair = offending_authority();
        let slot = Slot::from(FIRST_SLOT + 1);
        let header = sealed(&pair, slot, 1);
        let equivocation = proof(header.clone(), header, slot, &pair);
        let owner = Historical::prove((sp_consensus_babe::KEY_TYPE, pair.public())).unwrap();
        let report = BabeCall::report_equivocation_unsigned { equivocation_proof: Box::new(equivocation), key_owner_proof: owner };
        assert!(RuntimeCall::from(report).dispatch(RawOrigin::None.into()).is_err());
        assert_eq!(pallet_offences::Reports::<Runtime>::iter().count(), 0);
    });
}

#[test]
fn report_without_seals_enters_no_pool() {
    in_first_block("local", || {
        let pair = offending_authority();
        let slot = Slot::from(FIRST_SLOT + 1);
        let unsealed = |salt| {
            let mut header = sealed(&pair, slot, salt);
            header.digest_mut().pop();
            header
        };
        let equivocation = proof(unsealed(1), unsealed(2), slot, &pair);
        let owner = Historical::prove((sp_consensus_babe::KEY_TYPE, pair.public())).unwrap();
        let report = BabeCall::report_equivocation_unsigned { equivocation_proof: Box::new(equivocation), key_owner_proof: owner };
        #[allow(deprecated)]
        let valid = Babe::validate_unsigned(TransactionSource::Local, &report);
        assert_eq!(valid, Err(sp_runtime::transaction_validity::InvalidTransaction::BadProof.into()));
    });
}
