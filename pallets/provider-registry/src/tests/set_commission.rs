//! `set_commission`.

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchResult, Perbill};

fn set(owner: AccountId, percent: u32) -> DispatchResult {
    ProviderRegistry::set_commission(signed(owner), Perbill::from_percent(percent))
}

#[test]
fn set_commission_works() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_eq!(record(0).terms.commission, DefaultCommission::get());
        assert_ok!(set(ALICE, 12));
        let rate = Perbill::from_percent(12);
        assert_eq!(last_event(), Event::<Test>::CommissionSet { provider: 0, rate }.into());
        assert_eq!((record(0).terms.commission, record(0).terms.raised_in), (rate, Some(0)));
    });
}

#[test]
fn set_commission_settles_at_the_old_one() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_ok!(set(ALICE, 15));
        assert_ok!(set(ALICE, 3));
        let settled_at: Vec<_> = Settled::get().iter().map(|(_, stake)| stake.commission).collect();
        assert_eq!(settled_at, [100_000_000, 150_000_000]);
    });
}

#[test]
fn set_commission_higher_twice_an_era_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_ok!(set(ALICE, 12));
        assert_noop!(set(ALICE, 13), Error::<Test>::CommissionRaised);
        assert_ok!(set(ALICE, 4));
        assert_noop!(set(ALICE, 5), Error::<Test>::CommissionRaised);
        Era::set(1);
        assert_ok!(set(ALICE, 5));
    });
}

#[test]
fn set_commission_out_of_bounds_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_noop!(set(ALICE, 16), Error::<Test>::CommissionStepTooLarge);
        assert_noop!(set(ALICE, 51), Error::<Test>::CommissionTooHigh);
        assert_ok!(set(ALICE, 15));
    });
}

#[test]
fn set_commission_while_leaving_works() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        assert_ok!(set(ALICE, 0));
    });
}

#[test]
fn set_commission_without_a_provider_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_noop!(set(BOB, 5), Error::<Test>::NotOwner);
        assert_noop!(set(operator_of(ALICE), 5), Error::<Test>::NotOwner);
    });
}
