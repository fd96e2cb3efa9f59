//! The market's side.

use crate::{mock::*, pool::JURY_RESERVE, OfferedBy, Offers, Pallet};
use frame_support::assert_ok;
use hearth_primitives::{
    market::MemberOutcome,
    provider::{BackendClass, Candidate, PoolError, ProviderPool, Standing},
    ProviderId,
};

/// Alice and Bob offer the first model at 2 and 4 tokens since block 1; Bob is trusted.
fn two() -> TestExt {
    TestExt::default().provider(ALICE, 2, false).provider(BOB, 3, true).models(2)
}

fn offer_both() {
    assert_ok!(ProviderRegistry::offer(signed(BOB), model(0), 4 * UNIT));
    assert_ok!(ProviderRegistry::offer(signed(ALICE), model(0), 2 * UNIT));
}

fn drawable(price: Balance, lock: Balance, joined_before: u64) -> Vec<ProviderId> {
    Pallet::<Test>::candidates(model(0), price, lock, joined_before).iter().map(|candidate| candidate.provider).collect()
}

#[test]
fn candidates_are_complete_and_in_order() {
    two().execute_with(|| {
        offer_both();
        let alice =
            Candidate { provider: 0, owner: ALICE, operator: operator_of(ALICE), weight: 2, backend: BackendClass::Cpu, trusted: false };
        let bob = Candidate { provider: 1, owner: BOB, operator: operator_of(BOB), weight: 3, backend: BackendClass::Cpu, trusted: true };
        assert_eq!(Pallet::<Test>::candidates(model(0), 4 * UNIT, UNIT, 2), [alice, bob]);
        assert!(Pallet::<Test>::candidates(model(1), 4 * UNIT, UNIT, 2).is_empty());
    });
}

#[test]
fn candidates_ask_no_more_than_the_price() {
    two().execute_with(|| {
        offer_both();
        assert_eq!(drawable(4 * UNIT, 0, 2), [0, 1]);
        assert_eq!(drawable(4 * UNIT - 1, 0, 2), [0]);
        assert!(drawable(2 * UNIT - 1, 0, 2).is_empty());
    });
}

#[test]
fn candidates_offered_before_the_job() {
    two().execute_with(|| {
        offer_both();
        advance_to(5);
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(0), UNIT));
        assert!(drawable(4 * UNIT, 0, 1).is_empty());
        assert_eq!(drawable(4 * UNIT, 0, 5), [1]);
        assert_eq!(drawable(4 * UNIT, 0, 6), [0, 1]);
    });
}

#[test]
fn candidates_have_bond_and_slots_to_spare() {
    two().execute_with(|| {
        offer_both();
        // All but what is left for juries.
        let alices = record(0).bonded - JURY_RESERVE.mul_ceil(record(0).bonded);
        assert_eq!(drawable(4 * UNIT, alices, 2), [0, 1]);
        assert_eq!(drawable(4 * UNIT, alices + 1, 2), [1]);
        assert_ok!(Pallet::<Test>::bind(0, 20 * UNIT));
        assert_eq!(drawable(4 * UNIT, alices - 20 * UNIT, 2), [0, 1]);
        assert_eq!(drawable(4 * UNIT, alices - 20 * UNIT + 1, 2), [1]);
        assert_eq!(Pallet::<Test>::candidates(model(0), 4 * UNIT, 0, 2)[0].weight, 1);
        assert_ok!(Pallet::<Test>::bind(0, 0));
        assert_eq!(drawable(4 * UNIT, 0, 2), [1]);
    });
}

#[test]
fn jurors_need_no_slot_and_may_lock_all() {
    two().execute_with(|| {
        offer_both();
        let judges = |lock| Pallet::<Test>::jurors(model(0), 4 * UNIT, lock, 2);
        assert_ok!(Pallet::<Test>::bind(0, 20 * UNIT));
        assert_ok!(Pallet::<Test>::bind(0, 0));
        assert_eq!(drawable(4 * UNIT, 0, 2), [1]);
        let rest = record(0).bonded - 20 * UNIT;
        let of = |lock| judges(lock).into_iter().map(|(judge, able)| (judge.provider, judge.weight, able)).collect::<Vec<_>>();
        assert_eq!(of(rest)[0], (0, 2, true));
        assert_eq!(of(rest + 1)[0], (0, 2, false));
        assert_ok!(Pallet::<Test>::bind_juror(0, rest));
        assert_eq!(Pallet::<Test>::bind_juror(0, 1), Err(PoolError::BondTooSmall));
        assert_eq!((record(0).slots_in_use, record(0).locked), (2, record(0).bonded));
    });
}

#[test]
fn candidates_are_as_they_were_at_the_submission() {
    two().execute_with(|| {
        offer_both();
        advance_to(5);
        assert_ok!(ProviderRegistry::update(signed(BOB), BackendClass::Nvidia, 3));
        assert_eq!((drawable(4 * UNIT, 0, 4), drawable(4 * UNIT, 0, 5)), (vec![0], vec![0, 1]));
        assert_eq!(Pallet::<Test>::jurors(model(0), 4 * UNIT, 0, 4).len(), 1);
    });
}

#[test]
fn candidates_weigh_the_slots_that_they_have_now() {
    two().execute_with(|| {
        offer_both();
        assert_ok!(ProviderRegistry::update(signed(BOB), BackendClass::Cpu, 1));
        assert_eq!(Pallet::<Test>::candidates(model(0), 4 * UNIT, 0, 2)[1].weight, 1);
    });
}

#[test]
fn bind_takes_a_slot_and_locks() {
    two().execute_with(|| {
        assert_ok!(Pallet::<Test>::bind(0, 25 * UNIT));
        assert_eq!((record(0).slots_in_use, record(0).locked), (1, 25 * UNIT));
        assert_eq!(bond_on_hold(ALICE), record(0).bonded);
    });
}

#[test]
fn bind_beyond_what_there_is_fails() {
    two().execute_with(|| {
        let bonded = record(0).bonded;
        assert_eq!(Pallet::<Test>::bind(9, 0), Err(PoolError::NotActive));
        assert_eq!(Pallet::<Test>::bind(0, bonded + 1), Err(PoolError::BondTooSmall));
        assert_ok!(Pallet::<Test>::bind(0, bonded));
        assert_eq!(Pallet::<Test>::bind(0, 1), Err(PoolError::BondTooSmall));
        assert_ok!(Pallet::<Test>::bind(0, 0));
        assert_eq!(Pallet::<Test>::bind(0, 0), Err(PoolError::NoFreeSlot));
        assert_eq!((record(0).slots_in_use, record(0).locked), (2, bonded));
    });
}

#[test]
fn free_slot_leaves_the_bond_locked() {
    two().execute_with(|| {
        assert_ok!(Pallet::<Test>::bind(0, 25 * UNIT));
        Pallet::<Test>::free_slot(0);
        assert_eq!((record(0).slots_in_use, record(0).locked, record(0).is_idle()), (0, 25 * UNIT, false));
        assert_ok!(Pallet::<Test>::bind(0, UNIT));
        Pallet::<Test>::unbind(0, 25 * UNIT, MemberOutcome::Valid, true);
        assert_eq!((record(0).slots_in_use, record(0).locked), (1, UNIT));
    });
}

#[test]
fn unbind_frees_and_counts() {
    two().execute_with(|| {
        assert_ok!(Pallet::<Test>::bind(0, 25 * UNIT));
        assert_ok!(Pallet::<Test>::bind(0, 5 * UNIT));
        release(0, 25 * UNIT, MemberOutcome::Valid);
        assert_eq!((record(0).slots_in_use, record(0).locked), (1, 5 * UNIT));
        assert_eq!(record(0).standing, Standing { valid_in_a_row: 1, valid: 1, missed: 0 });
        release(0, 5 * UNIT, MemberOutcome::Absent);
        assert_eq!((record(0).slots_in_use, record(0).locked), (0, 0));
        assert_eq!(record(0).standing, Standing { valid_in_a_row: 0, valid: 1, missed: 1 });
    });
}

#[test]
fn trust_is_earned_and_lost() {
    two().execute_with(|| {
        offer_both();
        let trusted = || Pallet::<Test>::candidates(model(0), 4 * UNIT, 0, 2)[0].trusted;
        for _ in 0..TRUSTED_AFTER {
            assert!(!trusted());
            assert_ok!(Pallet::<Test>::bind(0, 0));
            release(0, 0, MemberOutcome::Valid);
        }
        assert!(trusted());
        assert_ok!(Pallet::<Test>::bind(0, 0));
        release(0, 0, MemberOutcome::NotRevealed);
        assert!(!trusted());
    });
}

#[test]
fn trust_is_not_earned_by_jobs_that_do_not_count_and_lost_by_them() {
    two().execute_with(|| {
        let job = |provider, outcome| {
            assert_ok!(Pallet::<Test>::bind(provider, 0));
            Pallet::<Test>::free_slot(provider);
            Pallet::<Test>::unbind(provider, 0, outcome, false);
        };
        (0..2 * TRUSTED_AFTER).for_each(|_| job(0, MemberOutcome::Valid));
        assert_eq!(record(0).standing, Standing { valid_in_a_row: 0, valid: 2 * TRUSTED_AFTER, missed: 0 });
        job(1, MemberOutcome::Deviant);
        assert_eq!(record(1).standing, Standing { valid_in_a_row: 0, valid: TRUSTED_AFTER, missed: 1 });
    });
}

#[test]
fn offer_count_counts() {
    two().execute_with(|| {
        assert_eq!(Pallet::<Test>::offer_count(model(0)), 0);
        offer_both();
        assert_eq!(Pallet::<Test>::offer_count(model(0)), 2);
        assert_eq!(Pallet::<Test>::max_candidates(), MAX_PROVIDERS);
    });
}

#[test]
fn drop_offers_goes_by_the_limit() {
    two().execute_with(|| {
        offer_both();
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(1), UNIT));
        assert_eq!(Pallet::<Test>::drop_offers(model(0), 0), 0);
        assert_eq!(Pallet::<Test>::drop_offers(model(0), 1), 1);
        check();
        assert_eq!(Pallet::<Test>::offer_count(model(0)), 1);
        assert_eq!(Pallet::<Test>::drop_offers(model(0), 9), 1);
        assert_eq!(Pallet::<Test>::drop_offers(model(0), 9), 0);
        assert!(!Offers::<Test>::contains_key(model(0)));
        assert_eq!(OfferedBy::<Test>::get(0).into_inner(), [model(1)]);
        assert!(!OfferedBy::<Test>::contains_key(1));
    });
}
