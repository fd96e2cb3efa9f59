//! `collect`, and what slashed backers share in before.

use crate::{mock::*, BackingTotals, Error, Event, Pallet};
use frame_support::{assert_noop, assert_ok};
use hearth_primitives::reward::{ProviderStakes, Stake};

const COMMISSION: u32 = 100_000_000;

/// Alice's provider 0 has a bond of 120 tokens, and 40 of Bob's and 80 of Carol's behind it.
fn backed() -> TestExt {
    TestExt::default().provider(ALICE, 2, true)
}

fn back_alice() {
    accept_all(ALICE);
    assert_ok!(back(BOB, 0, 40 * UNIT));
    assert_ok!(back(CAROL, 0, 80 * UNIT));
}

/// Executes a slash of so much.
fn slash(amount: Balance) {
    convict(0, amount, &[]);
    run_to(System::block_number() + DEFERRAL);
}

#[test]
fn collect_takes_out_what_was_lost() {
    backed().execute_with(|| {
        back_alice();
        slash(120 * UNIT);
        let stake = |backed, worth| Stake { bonded: 60 * UNIT, backed, worth, commission: COMMISSION };
        assert_eq!(Pallet::<Test>::stake_of(0), stake(120 * UNIT, 60 * UNIT));
        forget_rewards();
        assert_ok!(collect(0, BOB));
        assert_eq!(last_event(), Event::<Test>::LossCollected { provider: 0, backer: BOB, amount: 20 * UNIT }.into());
        assert_eq!(Credited::get(), [(0, BOB, 40 * UNIT)]);
        assert_eq!((backing(0, BOB).active, backing_on_hold(BOB)), (20 * UNIT, 20 * UNIT));
        assert_eq!(Pallet::<Test>::stake_of(0), stake(100 * UNIT, 60 * UNIT));
        assert_ok!(collect(0, CAROL));
        assert_eq!(Pallet::<Test>::stake_of(0), stake(60 * UNIT, 60 * UNIT));
        // There is no more to take out.
        assert_ok!(collect(0, CAROL));
        assert_eq!((backing_on_hold(CAROL), BackingTotals::<Test>::get(0).lost), (40 * UNIT, 0));
    });
}

#[test]
fn collect_of_what_lost_everything_forgets_it() {
    backed().execute_with(|| {
        back_alice();
        slash(240 * UNIT);
        // With nothing at stake they share in nothing, whether or not they come.
        assert_eq!(Pallet::<Test>::stake_of(0), Stake { bonded: 0, backed: 120 * UNIT, worth: 0, commission: COMMISSION });
        assert_ok!(back(6, 0, 20 * UNIT));
        assert_ok!(collect(0, BOB));
        assert_ok!(collect(0, CAROL));
        assert_eq!((totals(0), Pallet::<Test>::stake_of(0).worth), ((20 * UNIT, 1), 20 * UNIT));
        assert_noop!(collect(0, BOB), Error::<Test>::NotBacker);
        assert_eq!(backing_on_hold(BOB) + backing_on_hold(CAROL), 0);
    });
}

#[test]
fn collect_of_nobody_fails() {
    backed().execute_with(|| {
        assert_noop!(collect(0, BOB), Error::<Test>::NotBacker);
        assert_noop!(collect(9, BOB), Error::<Test>::NotBacker);
    });
}
