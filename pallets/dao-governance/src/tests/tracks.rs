//! What `pallet-referenda` sees of the tracks.

use super::ORIGINS;
use crate::{mock::*, Tracks, ROOT_TRACK};
use frame_support::traits::OriginTrait;
use pallet_referenda::TracksInfo;
use std::collections::BTreeSet;

fn track_for(origin: RuntimeOrigin) -> Result<u16, ()> {
    Tracks::<Test>::track_for(origin.caller())
}

#[test]
fn tracks_are_those_of_the_origins() {
    TestExt.execute_with(|| {
        assert_eq!(Tracks::<Test>::check_integrity(), Ok(()));
        let ids: BTreeSet<u16> = Tracks::<Test>::track_ids().collect();
        let of_origins = ORIGINS.iter().map(|origin| origin.track()).chain([ROOT_TRACK]);
        assert_eq!(ids, of_origins.collect::<BTreeSet<_>>());
        for origin in ORIGINS {
            assert_eq!(track_for(origin.into()), Ok(origin.track()));
        }
        assert_eq!(track_for(RuntimeOrigin::root()), Ok(ROOT_TRACK));
        assert_eq!(track_for(RuntimeOrigin::signed(1)), Err(()));
        assert_eq!(track_for(RuntimeOrigin::none()), Err(()));
    });
}

#[test]
fn tracks_are_paced_by_the_day() {
    TestExt.execute_with(|| {
        let root = || Tracks::<Test>::info(ROOT_TRACK).expect("Root has a track").into_owned();
        assert_eq!((root().prepare_period, root().decision_period), (2_400, 28 * 28_800));
        assert_eq!((root().confirm_period, root().min_enactment_period), (28_800, 28_800));
        assert_eq!(root().decision_deposit, 50_000 * UNIT);
        // Providers see what challenges will run for as long as a change.
        let curator = Tracks::<Test>::info(12).expect("curators have a track").into_owned();
        assert_eq!((curator.min_enactment_period, curator.decision_deposit), (WINDOW, 5_000 * UNIT));
        Day::set(6);
        assert_eq!((root().prepare_period, root().decision_period), (1, 168));
        assert_eq!((root().confirm_period, root().min_enactment_period), (6, 6));
        // Nothing takes no time: a referendum must be decided before it can be confirmed.
        for track in Tracks::<Test>::tracks() {
            let info = &track.info;
            assert!(info.prepare_period > 0 && info.confirm_period > 0 && info.min_enactment_period > 0, "track {}", track.id);
        }
    });
}
