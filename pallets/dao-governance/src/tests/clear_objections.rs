//! `clear_objections`.

use crate::{mock::*, Error, NextChange, Objections, Origin, CLEAR_LIMIT};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::{DispatchResultWithPostInfo, Pays},
};

fn clear(change: u32) -> DispatchResultWithPostInfo {
    DaoGovernance::clear_objections(RuntimeOrigin::signed(9), change)
}

#[test]
fn clear_objections_removes_what_the_end_of_a_window_left() {
    TestExt.execute_with(|| {
        NextChange::<Test>::put(1);
        for provider in 0..CLEAR_LIMIT + 1 {
            Objections::<Test>::insert(0, provider, 1);
        }
        assert_eq!(clear(0).map(|info| info.pays_fee), Ok(Pays::No));
        assert_eq!(Objections::<Test>::iter().count(), 1);
        assert_ok!(clear(0));
        assert_eq!(Objections::<Test>::iter().count(), 0);
        assert_noop!(clear(0), Error::<Test>::NothingToClear);
        check();
    });
}

#[test]
fn clear_objections_leaves_an_open_change() {
    TestExt.execute_with(|| {
        assert_ok!(DaoGovernance::set_parameter(Origin::MarketParams.into(), fee(6)));
        assert_ok!(DaoGovernance::object(RuntimeOrigin::signed(1), 0, true));
        assert_noop!(clear(0), Error::<Test>::ChangeOpen);
    });
}
