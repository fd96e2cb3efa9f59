//! `cancel_slash`.

use crate::{mock::*, Error, Event, Origin};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn cancel_slash_takes_that_one_away_for_good() {
    TestExt.execute_with(|| {
        Slashes::set(vec![slash(1), slash(2)]);
        assert_eq!(DaoGovernance::slash_views(), [slash(1), slash(2)]);
        assert_ok!(DaoGovernance::cancel_slash(Origin::SlashCanceller.into(), slash(1).id));
        assert_eq!(DaoGovernance::slash_views(), [slash(2)]);
        assert_eq!(events(), [Event::SlashCancelled { slash: slash(1).id }]);
        assert_noop!(DaoGovernance::cancel_slash(Origin::SlashCanceller.into(), slash(1).id), Error::<Test>::UnknownSlash);
        assert_ok!(DaoGovernance::cancel_slash(RuntimeOrigin::root(), slash(2).id));
    });
}

#[test]
fn cancel_slash_is_for_root_and_slash_cancellers() {
    TestExt.execute_with(|| {
        Slashes::set(vec![slash(1)]);
        for origin in [RuntimeOrigin::signed(1), Origin::Emergency.into(), Origin::MarketParams.into()] {
            assert_noop!(DaoGovernance::cancel_slash(origin, slash(1).id), DispatchError::BadOrigin);
        }
        assert_eq!(DaoGovernance::slash_views().len(), 1);
    });
}
