//! The market's side of capability challenges.

use crate::{mock::*, Event, Pallet, PlaceCount};
use frame_support::assert_ok;
use hearth_primitives::{
    market::MemberOutcome,
    provider::{BackendClass, Capability, ChallengePool, ProviderPool, ProviderStatus},
    ProviderId,
};

fn three() -> TestExt {
    TestExt::default().provider(ALICE, 4, false).provider(BOB, 1, false).provider(3, 2, false).models(1)
}

/// A challenge of Alice's in which she fills or misses each seat.
fn challenge(seats: &[bool]) {
    Pallet::<Test>::begin_challenge(0, seats.len() as u32);
    seats.iter().for_each(|filled| Pallet::<Test>::settle_seat(0, *filled));
}

/// Providers and free slots by place.
fn places() -> Vec<(ProviderId, u32)> {
    (0..Pallet::<Test>::challengeable()).filter_map(Pallet::<Test>::at_place).map(|asked| (asked.provider, asked.weight)).collect()
}

#[test]
fn at_place_has_everybody_with_free_slots() {
    three().execute_with(|| {
        assert_eq!(places(), [(0, 4), (1, 1), (2, 2)]);
        assert_ok!(Pallet::<Test>::bind(1, UNIT));
        assert_ok!(Pallet::<Test>::bind(2, UNIT));
        assert_eq!(places(), [(0, 4), (2, 1)]);
        Pallet::<Test>::begin_challenge(0, 4);
        assert_eq!(places(), [(2, 1)]);
        assert_eq!(Pallet::<Test>::challengeable(), 3);
        (0..4).for_each(|_| Pallet::<Test>::settle_seat(0, true));
    });
}

#[test]
fn leave_gives_the_place_to_the_last() {
    three().execute_with(|| {
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        assert_eq!(places(), [(2, 2), (1, 1)]);
        assert_eq!((record(0).place, record(2).place), (None, Some(0)));
        assert_ok!(ProviderRegistry::leave(signed(BOB)));
        assert_eq!(places(), [(2, 2)]);
        assert_ok!(ProviderRegistry::leave(signed(3)));
        assert_eq!((places().len(), PlaceCount::<Test>::get()), (0, 0));
        assert_ok!(register(5, 1));
        assert_eq!(places(), [(3, 1)]);
    });
}

#[test]
fn settle_seat_concludes_with_the_last_seat() {
    three().execute_with(|| {
        advance_to(7);
        Pallet::<Test>::begin_challenge(0, 2);
        Pallet::<Test>::settle_seat(0, false);
        let now = Capability { pending: 1, filled: 0, missed: 1, challenged_at: Some(7) };
        assert_eq!((record(0).capability, record(0).status), (now, ProviderStatus::Active));
        assert!(!record(0).is_idle());
        Pallet::<Test>::settle_seat(0, false);
        assert_eq!((record(0).status, record(0).slots), (ProviderStatus::Offline, 4));
        assert_eq!(last_event(), Event::WentOffline { provider: 0 }.into());
    });
}

#[test]
fn settle_seat_keeps_as_many_slots_as_seats_were_filled() {
    three().execute_with(|| {
        challenge(&[false, true, false, false]);
        assert_eq!((record(0).status, record(0).slots), (ProviderStatus::Active, 1));
        assert_eq!(last_event(), Event::ClaimReduced { provider: 0, slots: 1 }.into());
        // The bond covers four. It may claim them again once it has filled every seat that it was asked for.
        let claim = |slots| ProviderRegistry::update(signed(ALICE), BackendClass::Cpu, slots);
        assert_eq!(claim(4), Err(crate::Error::<Test>::SlotsNotProven.into()));
        challenge(&[true]);
        assert_ok!(claim(4));
    });
}

#[test]
fn settle_seat_brings_back_and_reduces_at_once() {
    three().execute_with(|| {
        challenge(&[false; 4]);
        challenge(&[true, false, true, true]);
        assert_eq!((record(0).status, record(0).slots), (ProviderStatus::Active, 3));
    });
}

#[test]
fn settle_seat_takes_no_slot_from_under_a_job() {
    three().execute_with(|| {
        Pallet::<Test>::begin_challenge(0, 4);
        for _ in 0..3 {
            assert_ok!(Pallet::<Test>::bind(0, UNIT));
        }
        [true, false, false, false].into_iter().for_each(|filled| Pallet::<Test>::settle_seat(0, filled));
        assert_eq!(record(0).slots, 3);
        (0..3).for_each(|_| release(0, UNIT, MemberOutcome::Valid));
    });
}

#[test]
fn settle_seat_does_not_take_a_provider_offline_that_works() {
    three().execute_with(|| {
        Pallet::<Test>::begin_challenge(0, 4);
        assert_ok!(Pallet::<Test>::bind(0, UNIT));
        (0..4).for_each(|_| Pallet::<Test>::settle_seat(0, false));
        assert_eq!((record(0).status, record(0).slots), (ProviderStatus::Active, 4));
        release(0, UNIT, MemberOutcome::Valid);
    });
}

#[test]
fn offline_providers_are_not_drawn_and_may_do_everything_else() {
    three().execute_with(|| {
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(0), UNIT));
        let drawable = || Pallet::<Test>::candidates(model(0), UNIT, 0, 9).len();
        assert_eq!(drawable(), 1);
        challenge(&[false; 4]);
        assert_eq!(drawable(), 0);
        assert!(Pallet::<Test>::bind(0, 0).is_err());
        assert_ok!(ProviderRegistry::update(signed(ALICE), BackendClass::Amd, 2));
        assert_ok!(ProviderRegistry::bond_extra(signed(ALICE), UNIT));
        assert_ok!(ProviderRegistry::withdraw_offer(signed(ALICE), model(0)));
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(0), 2 * UNIT));
        challenge(&[true]);
        assert_eq!(last_event(), Event::CameOnline { provider: 0 }.into());
        assert_eq!(drawable(), 0, "the price is below the ask");
        challenge(&[false; 2]);
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        assert!(record(0).is_leaving());
    });
}

#[test]
fn juror_at_is_trusted_and_online_and_takes_no_slot() {
    TestExt::default().provider(ALICE, 2, true).provider(BOB, 1, false).provider(3, 1, true).execute_with(|| {
        let jurors = || (0..3).filter_map(Pallet::<Test>::juror_at).map(|juror| (juror.provider, juror.weight)).collect::<Vec<_>>();
        assert_eq!(jurors(), [(0, 2), (2, 1)]);
        // Also while a challenge of it runs.
        Pallet::<Test>::begin_challenge(2, 1);
        assert_ok!(Pallet::<Test>::bind(0, UNIT));
        assert_eq!(jurors(), [(0, 2), (2, 1)]);
        Pallet::<Test>::settle_seat(2, false);
        assert_eq!(jurors(), [(0, 2)]);
        release(0, UNIT, MemberOutcome::Valid);
    });
}

#[test]
fn fail_challenge_takes_offline_and_ends_the_streak() {
    TestExt::default().provider(ALICE, 2, true).execute_with(|| {
        challenge(&[true, true]);
        Pallet::<Test>::fail_challenge(0);
        assert_eq!((record(0).status, record(0).standing.valid_in_a_row), (ProviderStatus::Offline, 0));
        assert_eq!(last_event(), Event::WentOffline { provider: 0 }.into());
        challenge(&[true, true]);
        assert_eq!(record(0).status, ProviderStatus::Active);
        // Of one that is gone nothing is left to fail.
        Pallet::<Test>::fail_challenge(9);
    });
}

#[test]
fn pass_challenge_counts_once_for_each_challenge() {
    TestExt::default().provider(ALICE, 4, false).execute_with(|| {
        for passed in 1..=TRUSTED_AFTER {
            challenge(&[true; 4]);
            (0..4).for_each(|_| Pallet::<Test>::pass_challenge(0));
            assert_eq!((record(0).standing.valid_in_a_row, record(0).standing.valid), (passed, passed));
        }
        assert!(Pallet::<Test>::juror_at(0).is_some());
        Pallet::<Test>::pass_challenge(9);
    });
}

#[test]
fn jailed_providers_are_not_challenged() {
    TestExt::default().provider(ALICE, 2, true).execute_with(|| {
        convict(0, UNIT, &[]);
        assert_eq!((places(), Pallet::<Test>::juror_at(0)), (vec![], None));
    });
}

#[test]
fn withdraw_waits_for_the_end_of_a_challenge() {
    three().execute_with(|| {
        Pallet::<Test>::begin_challenge(0, 1);
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        advance_to(1 + UNBONDING);
        assert_eq!(ProviderRegistry::withdraw(signed(ALICE)), Err(crate::Error::<Test>::SlotsInUse.into()));
        Pallet::<Test>::settle_seat(0, false);
        assert!(record(0).is_leaving());
        assert_ok!(ProviderRegistry::withdraw(signed(ALICE)));
    });
}
