//! The end of an era, and the genesis before the first.

use crate::{curve::tests::reference, mock::*, Age, CurrentEra, EraPool, EraPools, EraRecord, Eras, Event, Open, Share, Totals, YEAR};

/// What an era from one age to another mints at a supply.
fn due(supply: Balance, from: u64, to: u64) -> Balance {
    Curve::get().issuance(supply, from, to)
}

#[test]
fn era_mints_by_the_curve_and_splits() {
    TestExt::default().execute_with(|| {
        proven(0, 10);
        let due = due(SUPPLY, 0, ERA);
        assert_eq!(end_era(), due * 40 / 100);
        assert_eq!(free(&staking_pot()), 1 + due * 40 / 100);
        assert_eq!(free(&provider_pot()), 1 + due * 45 / 100);
        assert_eq!(free(&TREASURY), due - due * 40 / 100 - due * 45 / 100);
        assert_eq!(Balances::total_issuance(), SUPPLY + due);
        assert_eq!((CurrentEra::<Test>::get(), Age::<Test>::get(), Open::<Test>::get()), (1, ERA, Totals::default()));
        let (staking, providers, treasury) = (due * 40 / 100, due * 45 / 100, free(&TREASURY));
        assert_eq!(events(), [Event::EraMinted { era: 0, minted: due, staking, providers, treasury }]);
        let proven = EraRecord { duration: ERA, minted: due, staking, proven: providers, jobs: 0, treasury, burned: 0, points: 10 };
        assert_eq!(Eras::<Test>::get(0), Some(proven));
    });
}

#[test]
fn era_without_work_gives_the_providers_part_to_the_treasury() {
    TestExt::default().execute_with(|| {
        let staking = end_era();
        assert_eq!(free(&provider_pot()), 1);
        assert_eq!(free(&TREASURY), due(SUPPLY, 0, ERA) - staking);
        assert_eq!(EraPools::<Test>::iter().count(), 0);
    });
}

#[test]
fn era_shares_out_what_jobs_burned_and_the_rest() {
    TestExt::default().execute_with(|| {
        pay_fee(100, &[0]);
        proven(1, 7);
        let providers = due(Balances::total_issuance(), 0, ERA) * 45 / 100;
        end_era();
        let pool = EraPool { proven: Share { left: providers - 50, weight: 7 }, jobs: Share { left: 50, weight: 50 } };
        assert_eq!(EraPools::<Test>::get(0), Some(pool));
        let record = Eras::<Test>::get(0).expect("the era ended");
        assert_eq!((record.proven, record.jobs, record.burned, record.points), (providers - 50, 50, 50, 7));
    });
}

#[test]
fn era_caps_what_jobs_earn() {
    TestExt::default().execute_with(|| {
        pay_fee(10_000_000 * UNIT, &[0]);
        let providers = due(Balances::total_issuance(), 0, ERA) * 45 / 100;
        end_era();
        // Nothing was proven, so the rest of the providers' part is the treasury's.
        let record = Eras::<Test>::get(0).expect("the era ended");
        assert_eq!((record.jobs, record.proven, record.burned), (JOB_SHARE.mul_floor(providers), 0, 5_000_000 * UNIT));
        assert_eq!(free(&provider_pot()), 1 + record.jobs);
    });
}

#[test]
fn era_of_a_chain_that_stood_still_is_capped() {
    TestExt::default().execute_with(|| {
        end_era_after(MAX_CATCH_UP);
        assert!(!events().iter().any(|event| matches!(event, Event::CatchUpCapped { .. })));
        let supply = Balances::total_issuance();
        end_era_after(100 * ERA);
        assert!(events().contains(&Event::CatchUpCapped { duration: 100 * ERA, minted_for: MAX_CATCH_UP }));
        // The rate is that of today, the age that of the whole time.
        let now = MAX_CATCH_UP + 100 * ERA;
        assert_eq!(Balances::total_issuance(), supply + due(supply, now - MAX_CATCH_UP, now));
        assert_eq!(Age::<Test>::get(), now);
    });
}

#[test]
fn era_of_no_time_mints_nothing_and_ends() {
    TestExt::default().execute_with(|| {
        proven(0, 10);
        assert_eq!(end_era_after(0), 0);
        assert_eq!((Balances::total_issuance(), CurrentEra::<Test>::get()), (SUPPLY, 1));
        let pool = EraPool { proven: Share { left: 0, weight: 10 }, jobs: Share::default() };
        assert_eq!(EraPools::<Test>::get(0), Some(pool));
    });
}

#[test]
fn era_remembers_the_last_ones() {
    TestExt::default().execute_with(|| {
        end_eras(5);
        let mut eras: Vec<_> = Eras::<Test>::iter_keys().collect();
        eras.sort_unstable();
        assert_eq!(eras, [2, 3, 4]);
    });
}

#[test]
fn era_history_is_counted_from_the_end() {
    TestExt::default().execute_with(|| {
        end_eras(HISTORY);
        assert_eq!(Eras::<Test>::iter_keys().count(), HISTORY as usize);
        end_era();
        assert_eq!(Eras::<Test>::get(0), None);
        assert!(Eras::<Test>::contains_key(1));
    });
}

#[test]
fn era_after_era_the_issuance_follows_the_curve() {
    TestExt::default().execute_with(|| {
        let mut expected = SUPPLY as f64;
        for era in 0..10 * 1_461 {
            let (from, to) = (era * ERA, (era + 1) * ERA);
            proven(0, 1);
            end_era();
            expected *= 1.0 + reference(from, to);
            let issuance = Balances::total_issuance();
            assert!((issuance as f64 / expected - 1.0).abs() < 1e-9, "after era {era}: {issuance}, not {expected}");
            System::reset_events();
        }
        assert_eq!(Age::<Test>::get(), 10 * YEAR);
    });
}

#[test]
#[should_panic(expected = "must endow the staking pot")]
fn genesis_without_pots_panics() {
    TestExt::default().without_pots().build();
}
