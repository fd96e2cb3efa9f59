//! Convictions: what they lock, and what becomes of that.

use crate::{mock::*, Deferred, Error, Event, Pallet};
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect, weights::Weight};
use hearth_primitives::{
    governance::SlashId,
    market::MemberOutcome,
    provider::{ChallengePool, ProviderPool, ProviderStatus, Slash},
};

/// Alice's provider 0 is trusted, has a bond of 120 tokens, and 40 of Bob's behind it; Carol's is 1.
fn backed() -> TestExt {
    TestExt::default().provider(ALICE, 2, true).provider(CAROL, 2, true).models(1)
}

fn back_alice() {
    assert_ok!(ProviderRegistry::accept_backing(signed(ALICE), 1_000 * UNIT));
    assert_ok!(back(BOB, 0, 40 * UNIT));
}

/// Alice is convicted while she is jailed, of a job that began before; returns the slash, which is due last.
fn convict_again(amount: Balance) -> SlashId {
    Pallet::<Test>::defer_slash(0, Slash { job: 4, amount, payees: vec![] });
    Pallet::<Test>::unbind(0, 0, MemberOutcome::Slashed, true);
    ProviderRegistry::slash_views().pop().expect("it waits").id
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
        Pallet::<Test>::defer_slash(0, Slash { job: 1, amount: 50 * UNIT, payees: vec![] });
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
fn slash_that_is_cancelled_frees_nobody_whom_another_jails() {
    backed().execute_with(|| {
        // The first is executed while the second waits.
        convict(0, 30 * UNIT, &[]);
        run_to(8);
        let second = convict_again(30 * UNIT);
        run_to(1 + DEFERRAL);
        assert_eq!((stake(0), record(0).status), ((90 * UNIT, 30 * UNIT, 1), ProviderStatus::Jailed(8 + JAIL)));
        assert!(ProviderRegistry::cancel_slash(second));
        // The time in jail is the first one's, and the bond has to cover the slots again.
        assert_eq!((record(0).slashes, record(0).status), (0, ProviderStatus::Jailed(1 + JAIL)));
        assert_noop!(ProviderRegistry::unjail(signed(ALICE)), Error::<Test>::BondTooSmall);
        assert_ok!(ProviderRegistry::bond_extra(signed(ALICE), 30 * UNIT));
        assert_ok!(ProviderRegistry::unjail(signed(ALICE)));
        // What was served jails nobody twice.
        let third = convict(0, 30 * UNIT, &[]);
        assert!(ProviderRegistry::cancel_slash(third));
        assert_eq!(record(0).status, ProviderStatus::Active);
    });
}

#[test]
fn slash_that_is_cancelled_last_or_first_leaves_the_other_ones_jail() {
    backed().execute_with(|| {
        convict(0, 30 * UNIT, &[]);
        run_to(8);
        let second = convict_again(30 * UNIT);
        assert!(ProviderRegistry::cancel_slash(second));
        assert!(record(0).is_jailed());
        run_to(1 + DEFERRAL);
        assert_eq!((record(0).slashes, record(0).status), (0, ProviderStatus::Jailed(1 + JAIL)));
    });
}

#[test]
fn slash_that_is_cancelled_brings_nobody_online() {
    backed().execute_with(|| {
        Pallet::<Test>::begin_challenge(0, 1);
        Pallet::<Test>::settle_seat(0, false);
        Pallet::<Test>::defer_slash(0, Slash { job: 1, amount: UNIT, payees: vec![] });
        let slash = ProviderRegistry::slash_views()[0].id;
        assert!(ProviderRegistry::cancel_slash(slash));
        assert_eq!(record(0).status, ProviderStatus::Offline);
    });
}

#[test]
fn slash_that_is_cancelled_frees_nobody_whose_bond_is_too_small() {
    backed().execute_with(|| {
        let slash = convict(0, UNIT, &[]);
        Pallet::<Test>::penalise(0, UNIT, &6);
        run_to(3);
        assert!(ProviderRegistry::cancel_slash(slash));
        assert_eq!(record(0).status, ProviderStatus::Jailed(3));
        assert_ok!(ProviderRegistry::bond_extra(signed(ALICE), UNIT));
        assert_ok!(ProviderRegistry::unjail(signed(ALICE)));
    });
}

#[test]
fn streak_does_not_come_back_if_it_was_broken_since() {
    backed().execute_with(|| {
        // Another job of it still runs when it is convicted, and it does not come.
        assert_ok!(Pallet::<Test>::bind(0, UNIT));
        let slash = convict(0, UNIT, &[]);
        release(0, UNIT, MemberOutcome::Absent);
        assert!(ProviderRegistry::cancel_slash(slash));
        assert_eq!((record(0).status, record(0).standing.valid_in_a_row), (ProviderStatus::Active, 0));
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
fn penalty_is_taken_at_once_of_the_bond_first() {
    backed().execute_with(|| {
        back_alice();
        assert_ok!(Pallet::<Test>::bind(0, 150 * UNIT));
        release(0, 150 * UNIT, MemberOutcome::Absent);
        assert_eq!(Pallet::<Test>::penalise(0, 20 * UNIT, &6), 20 * UNIT);
        assert_eq!(last_event(), Event::Penalised { provider: 0, own: 20 * UNIT, others: 0 }.into());
        assert_eq!((record(0).bonded, Balances::balance(&6)), (100 * UNIT, ENDOWMENT + 20 * UNIT));
        // What backs pays where the bond is not enough, when its backer comes.
        assert_eq!(Pallet::<Test>::penalise(0, 130 * UNIT, &6), 100 * UNIT);
        assert_eq!(last_event(), Event::Penalised { provider: 0, own: 100 * UNIT, others: 30 * UNIT }.into());
        assert_eq!(Pallet::<Test>::backing_view(0, &BOB).map(|view| view.active), Some(10 * UNIT));
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
        release(0, 160 * UNIT, MemberOutcome::Valid);
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
