//! What the runtime API shows.

use crate::mock::*;
use codec::Encode;
use frame_support::assert_ok;
use hearth_primitives::governance::{Bound, Guardian};

#[test]
fn parameters_show_the_value_and_the_bound_in_force() {
    TestExt.execute_with(|| {
        let bound = Bound { least: 0, most: 1_000 };
        assert_ok!(DaoGovernance::set_bound(RuntimeOrigin::root(), fee_key(), bound));
        assert_ok!(DaoGovernance::set_parameter(RuntimeOrigin::root(), fee(30)));
        let views = DaoGovernance::parameter_views();
        assert_eq!(views.len(), 4);
        let fee = &views[0];
        assert_eq!((fee.key.clone(), fee.value), (fee_key().encode(), 30));
        assert_eq!((fee.info.name.as_str(), fee.info.guardian, fee.info.bound), ("Fee", Guardian::MarketParams, bound));
        // What stands in code is in the metadata.
        assert_eq!(DaoGovernance::parameter_infos()[0].bound, Bound { least: 1, most: 20 });
    });
}
