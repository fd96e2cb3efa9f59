//! Whose decision passes where.

use crate::{mock::*, EnsureSpender, Origin};
use frame_support::traits::EnsureOrigin;

#[test]
fn spenders_may_spend_up_to_their_limit() {
    TestExt.execute_with(|| {
        let limit = |origin: RuntimeOrigin| EnsureSpender::<Test>::ensure_origin(origin).ok();
        assert_eq!(limit(Origin::SmallSpender.into()), Some(SMALL));
        assert_eq!(limit(Origin::BigSpender.into()), Some(BIG));
        assert_eq!(limit(RuntimeOrigin::root()), Some(Balance::MAX));
        for other in [RuntimeOrigin::signed(1), RuntimeOrigin::none(), Origin::Emergency.into(), Origin::MarketParams.into()] {
            assert_eq!(limit(other), None);
        }
    });
}
