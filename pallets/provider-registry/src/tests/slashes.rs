//! Convictions: what they lock, and what becomes of that.

use crate::{mock::*, Deferred, Error, Event, Pallet};
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect, weights::Weight};
use hearth_primitives::{
    governance::SlashId,
    provider::{ProviderPool, ProviderStatus},
};

/// Alice's provider 0 is trusted, has a bond of 120 tokens, and 40 of Bob's behind it; Carol's is 1.
fn backed() -> TestExt {
    TestExt::default().provider(ALICE, 2, true).provider(CAROL, 2, true).models(1)
}

fn back_alice() {
    assert_ok!(ProviderRegistry::accept_backing(signed(ALICE), 1_000 * UNIT));
    assert_ok!(back(BOB, 0, 40 * UNIT));
}

/// The locked stake that stands behind a provider: its bond, its locks, its slashes.
fn stake(provider: u32) -> (Balance, Balance, u32) {
    (record(provider).bonded, record(provider).locked, record(provider).slashes)
}

#[test]
fn conviction_jails_and_locks_and_ends_the_streak() {
    backed().execute_with(|| {
        convict(0, 50 * UNIT, &[]);
        assert_eq!(stake(0), (120 * UNIT, 50 * UNIT, 1));
        assert_eq!((record(0).status, record(0).standing.valid_in_a_row), (ProviderStatus::Jailed(1 + JAIL), 0));
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(0), 0));
        assert!(Pallet::<Test>::candidates(model(0), UNIT, 0, 9).is_empty());
        assert!(Pallet::<Test>::bind(0, 0).is_err());
    });
}

#[test]
fn slash_is_executed_when_it_is_due_and_pays_in_order() {
    backed().execute_with(|| {
        back_alice();
        let before = [5, 6, TREASURY].map(|who| Balances::balance(&who));
        let slash = convict(0, 40 * UNIT, &[(5, 2 * UNIT), (6, 8 * UNIT)]);
        assert_eq!(ProviderRegistry::slash_views().len(), 1);
        run_to(DEFERRAL);
        assert_eq!(stake(0), (120 * UNIT, 40 * UNIT, 1));
        run_to(1 + DEFERRAL);
        // Three quarters are the bond's, as it is three quarters of the stake.
        assert_eq!(stake(0), (90 * UNIT, 0, 0));
        assert_eq!(last_event(), Event::SlashExecuted { slash, provider: 0, own: 30 * UNIT, others: 10 * UNIT }.into());
        let gained = [5, 6, TREASURY].map(|who| Balances::balance(&who));
        let gains: Vec<_> = gained.iter().zip(before).map(|(after, before)| after - before).collect();
        assert_eq!(gains, [2 * UNIT, 8 * UNIT, 20 * UNIT]);
        // The backer has lost its part; it is taken when it comes.
        assert_eq!(backing_on_hold(BOB), 40 * UNIT);
        assert_ok!(unback(BOB, 0, 40 * UNIT));
        assert_eq!((backing_on_hold(BOB), Balances::balance(&TREASURY) - before[2]), (30 * UNIT, 30 * UNIT));
        run_to(1 + DEFERRAL + UNBONDING);
        assert_ok!(withdraw_backing(BOB, 0));
        assert_eq!(Balances::balance(&BOB), ENDOWMENT - 10 * UNIT);
    });
}

#[test]
fn slash_takes_what_unbonds_as_well() {
    backed().execute_with(|| {
        back_alice();
        convict(0, 40 * UNIT, &[]);
        assert_ok!(unback(BOB, 0, 40 * UNIT));
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        run_to(1 + DEFERRAL);
        assert_eq!(stake(0).0, 90 * UNIT);
        run_to(1 + UNBONDING);
        assert_ok!(withdraw_backing(BOB, 0));
        assert_ok!(ProviderRegistry::withdraw(signed(ALICE)));
        assert_eq!((Balances::balance(&BOB), backing_on_hold(BOB)), (ENDOWMENT - 10 * UNIT, 0));
    });
}

#[test]
fn slash_keeps_who_leaves_until_it_is_executed() {
    backed().execute_with(|| {
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        advance_to(UNBONDING);
        // A job that began before it left ends now.
        Pallet::<Test>::defer_slash(0, hearth_primitives::provider::Slash { job: 1, amount: 50 * UNIT, payees: vec![] });
        assert!(record(0).is_leaving());
        run_to(1 + UNBONDING);
        assert_noop!(ProviderRegistry::withdraw(signed(ALICE)), Error::<Test>::SlotsInUse);
        run_to(UNBONDING + DEFERRAL);
        assert_ok!(ProviderRegistry::withdraw(signed(ALICE)));
        assert_eq!(Balances::balance(&ALICE), ENDOWMENT - 50 * UNIT - FLOAT);
    });
}

#[test]
fn slash_that_is_cancelled_is_never_executed() {
    backed().execute_with(|| {
        let slash = convict(0, 50 * UNIT, &[(5, UNIT)]);
        let other = convict(1, 50 * UNIT, &[(5, UNIT)]);
        assert!(ProviderRegistry::cancel_slash(slash));
        assert_eq!((stake(0), record(0).status), ((120 * UNIT, 0, 0), ProviderStatus::Active));
        assert_eq!(record(0).standing.valid_in_a_row, TRUSTED_AFTER);
        assert!(!ProviderRegistry::cancel_slash(slash));
        run_to(3 * DEFERRAL);
        assert_eq!((stake(0).0, stake(1).0), (120 * UNIT, 70 * UNIT));
        assert!(!ProviderRegistry::cancel_slash(other));
        assert!(!ProviderRegistry::cancel_slash(SlashId { due: 0, hash: Default::default() }));
        assert_eq!(Balances::balance(&5), ENDOWMENT + UNIT);
    });
}

#[test]
fn slash_waits_while_slashing_is_paused_and_keeps_its_name() {
    backed().execute_with(|| {
        let first = convict(0, 30 * UNIT, &[]);
        let second = convict(1, 30 * UNIT, &[]);
        SlashingPaused::set(true);
        run_to(5 * DEFERRAL);
        assert_eq!(ProviderRegistry::slash_views().len(), 2);
        assert!(ProviderRegistry::cancel_slash(second));
        SlashingPaused::set(false);
        run_to(5 * DEFERRAL + 1);
        assert_eq!((stake(0).0, stake(1).0), (90 * UNIT, 120 * UNIT));
        assert!(!ProviderRegistry::cancel_slash(first));
    });
}

#[test]
fn slashes_are_executed_within_the_budget_and_the_rest_next() {
    backed().execute_with(|| {
        convict(0, 30 * UNIT, &[]);
        convict(1, 30 * UNIT, &[]);
        run_to(DEFERRAL);
        // One block looked at, and one slash.
        SlashWeight::set(Weight::from_parts(2, 2));
        run_to(1 + DEFERRAL);
        assert_eq!(Deferred::<Test>::iter().count(), 1);
        check();
        run_to(2 + DEFERRAL);
        assert_eq!(Deferred::<Test>::iter().count(), 0);
    });
}

#[test]
fn appeal_slash_holds_a_bond_that_comes_back_or_is_lost() {
    backed().execute_with(|| {
        let (right, wrong) = (convict(0, 30 * UNIT, &[]), convict(1, 30 * UNIT, &[]));
        assert_noop!(ProviderRegistry::appeal_slash(signed(BOB), right), Error::<Test>::NotOwner);
        assert_noop!(ProviderRegistry::appeal_slash(signed(CAROL), right), Error::<Test>::UnknownSlash);
        for (owner, slash) in [(ALICE, right), (CAROL, wrong)] {
            assert_ok!(ProviderRegistry::appeal_slash(signed(owner), slash));
            assert_noop!(ProviderRegistry::appeal_slash(signed(owner), slash), Error::<Test>::SlashAppealed);
        }
        assert!(ProviderRegistry::slash_views().iter().all(|view| view.appealed));
        check();
        let (alice, treasury) = (Balances::balance(&ALICE), Balances::balance(&TREASURY));
        assert!(ProviderRegistry::cancel_slash(right));
        assert_eq!(Balances::balance(&ALICE), alice + APPEAL);
        run_to(1 + DEFERRAL);
        assert_eq!(Balances::balance(&TREASURY), treasury + 30 * UNIT + APPEAL);
    });
}

#[test]
fn unjail_needs_time_and_a_bond() {
    backed().execute_with(|| {
        assert_noop!(ProviderRegistry::unjail(signed(ALICE)), Error::<Test>::NotJailed);
        convict(0, 50 * UNIT, &[]);
        assert_noop!(ProviderRegistry::unjail(signed(ALICE)), Error::<Test>::Jailed);
        run_to(1 + DEFERRAL);
        assert_noop!(ProviderRegistry::unjail(signed(ALICE)), Error::<Test>::BondTooSmall);
        assert_ok!(ProviderRegistry::bond_extra(signed(ALICE), 50 * UNIT));
        assert_ok!(ProviderRegistry::unjail(signed(ALICE)));
        assert_eq!((record(0).status, last_event()), (ProviderStatus::Active, Event::Unjailed { provider: 0 }.into()));
    });
}

#[test]
fn penalty_is_taken_at_once_by_the_parts() {
    backed().execute_with(|| {
        back_alice();
        assert_ok!(Pallet::<Test>::bind(0, 40 * UNIT));
        release(0, 40 * UNIT, hearth_primitives::market::MemberOutcome::Absent);
        assert_eq!(Pallet::<Test>::penalise(0, 40 * UNIT, &6), 30 * UNIT);
        assert_eq!(last_event(), Event::Penalised { provider: 0, own: 30 * UNIT, others: 10 * UNIT }.into());
        assert_eq!((record(0).bonded, Balances::balance(&6)), (90 * UNIT, ENDOWMENT + 30 * UNIT));
        assert_eq!(Pallet::<Test>::backing_view(0, &BOB).map(|view| view.active), Some(30 * UNIT));
        assert_eq!(Pallet::<Test>::penalise(0, 0, &6), 0);
    });
}

#[test]
fn backing_can_be_locked_and_is_kept_while_it_is() {
    backed().execute_with(|| {
        back_alice();
        assert_ok!(Pallet::<Test>::bind(0, 160 * UNIT));
        assert!(Pallet::<Test>::bind(0, 1).is_err());
        assert_ok!(unback(BOB, 0, 40 * UNIT));
        advance_to(1 + UNBONDING);
        assert_noop!(withdraw_backing(BOB, 0), Error::<Test>::BackingLocked);
        release(0, 160 * UNIT, hearth_primitives::market::MemberOutcome::Valid);
        assert_ok!(withdraw_backing(BOB, 0));
        assert!(Pallet::<Test>::bind(0, 120 * UNIT + 1).is_err());
    });
}

#[test]
fn backing_that_lost_everything_is_forgotten_when_its_backer_comes() {
    backed().execute_with(|| {
        back_alice();
        convict(0, 160 * UNIT, &[]);
        run_to(1 + DEFERRAL);
        assert_eq!((record(0).bonded, crate::BackingTotals::<Test>::get(0).value()), (0, 0));
        check();
        assert_ok!(withdraw_backing(BOB, 0));
        assert_eq!((backing_on_hold(BOB), totals(0)), (0, (0, 0)));
        // Others may come after, and share in nothing that was lost.
        assert_ok!(back(6, 0, 20 * UNIT));
        assert_eq!(Pallet::<Test>::backing_view(0, &6).map(|view| view.active), Some(20 * UNIT));
    });
}
