//! `object`.

use crate::{mock::*, Changes, Error, Event, Objections, Origin};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use sp_runtime::DispatchError;

fn object(owner: AccountId, change: u32, objects: bool) -> DispatchResult {
    DaoGovernance::object(RuntimeOrigin::signed(owner), change, objects)
}

/// Opens a change of the fee; the house has 100 voices, of which 33 stop it.
fn open() {
    assert_ok!(DaoGovernance::set_parameter(Origin::MarketParams.into(), fee(6)));
}

fn against(at: usize) -> Balance {
    Changes::<Test>::get()[at].1.against
}

#[test]
fn object_by_enough_stops_the_change() {
    TestExt.execute_with(|| {
        open();
        assert_ok!(object(1, 0, true));
        assert_ok!(object(3, 0, true));
        assert_eq!(against(0), 40);
        assert_eq!(events().last(), Some(&Event::Objected { change: 0, provider: 103, objects: true, against: 40 }));
        run_to(1 + WINDOW);
        assert_eq!(number(&fee_key()), 5);
        assert_eq!(events().last(), Some(&Event::ChangeStopped { change: 0, against: 40, total: 100 }));
        assert_eq!(Objections::<Test>::iter().count(), 0);
    });
}

#[test]
fn object_by_too_few_stops_nothing() {
    TestExt.execute_with(|| {
        open();
        assert_ok!(object(1, 0, true));
        assert_ok!(object(2, 0, true));
        run_to(1 + WINDOW);
        assert_eq!((number(&fee_key()), Objections::<Test>::iter().count()), (6, 0));
    });
}

#[test]
fn object_in_a_small_house_is_no_veto() {
    TestExt.execute_with(|| {
        // The only provider has a voice of 10, and 17 are a third of the least.
        Members::mutate(|members| members.truncate(1));
        open();
        assert_ok!(object(1, 0, true));
        let view = &DaoGovernance::change_views()[0];
        assert_eq!((view.total, view.against, view.needed), (10, 10, 17));
        run_to(1 + WINDOW);
        assert_eq!(number(&fee_key()), 6);
    });
}

#[test]
fn object_is_measured_by_the_house_as_it_was_and_as_it_is() {
    for (voices_later, against, fee_then) in [(200, 40, 6), (1, 30, 6), (1, 40, 5)] {
        TestExt.execute_with(|| {
            open();
            assert_ok!(object(if against == 40 { 4 } else { 3 }, 0, true));
            Members::set(vec![(9, 109, voices_later)]);
            run_to(1 + WINDOW);
            assert_eq!(number(&fee_key()), fee_then, "{against} of 100, and of {voices_later} at the end");
        });
    }
}

#[test]
fn object_can_be_taken_back() {
    TestExt.execute_with(|| {
        open();
        assert_ok!(object(4, 0, true));
        assert_ok!(object(4, 0, false));
        assert_eq!((against(0), Objections::<Test>::iter().count()), (0, 0));
        run_to(1 + WINDOW);
        assert_eq!(number(&fee_key()), 6);
    });
}

#[test]
fn object_counts_once_and_by_the_voice_at_that_time() {
    TestExt.execute_with(|| {
        open();
        assert_ok!(object(1, 0, true));
        assert_noop!(object(1, 0, true), Error::<Test>::NothingNew);
        assert_noop!(object(2, 0, false), Error::<Test>::NothingNew);
        Members::mutate(|members| members[0].2 = 90);
        assert_eq!(against(0), 10);
        assert_ok!(object(1, 0, false));
        assert_eq!(against(0), 0);
        assert_ok!(object(1, 0, true));
        assert_eq!(against(0), 90);
    });
}

#[test]
fn object_to_one_change_leaves_the_others() {
    TestExt.execute_with(|| {
        open();
        assert_ok!(DaoGovernance::set_parameter(Origin::EmissionParams.into(), rate(90)));
        assert_ok!(object(4, 1, true));
        assert_eq!((against(0), against(1)), (0, 40));
        run_to(1 + WINDOW);
        assert_eq!((number(&fee_key()), number(&rate_key())), (6, 80));
    });
}

#[test]
fn object_is_for_those_who_have_a_voice_and_while_the_window_is_open() {
    TestExt.execute_with(|| {
        open();
        Members::mutate(|members| members.push((5, 105, 0)));
        assert_noop!(object(9, 0, true), Error::<Test>::NoMember);
        assert_noop!(object(5, 0, true), Error::<Test>::NoVoice);
        assert_noop!(object(1, 1, true), Error::<Test>::UnknownChange);
        assert_noop!(DaoGovernance::object(RuntimeOrigin::root(), 0, true), DispatchError::BadOrigin);
        run_to(1 + WINDOW);
        assert_noop!(object(1, 0, true), Error::<Test>::UnknownChange);
    });
}
