//! `set_benchmark`.

use crate::{mock::*, CapabilityBenchmark, Error, Event, NextJobId};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use hearth_primitives::capability::{Benchmark, MAX_ELEMENTS};
use sp_runtime::DispatchError;

fn set(benchmark: Option<Benchmark>) -> DispatchResult {
    JobMarket::set_benchmark(RuntimeOrigin::root(), benchmark)
}

/// What fits the tests' model.
fn fitting() -> Benchmark {
    Benchmark { model: model(), elements: 16, work: WORK }
}

#[test]
fn set_benchmark_names_the_old_and_the_new() {
    TestExt::market(1).challenges().execute_with(|| {
        let first = benchmark().benchmark;
        assert_ok!(set(Some(fitting())));
        System::assert_last_event(Event::BenchmarkSet { old: Some(first), new: Some(fitting()) }.into());
        assert_eq!(CapabilityBenchmark::<Test>::get(), Some(fitting()));
    });
}

#[test]
fn set_benchmark_to_none_stops_challenges() {
    TestExt::market(3).challenges().execute_with(|| {
        assert_ok!(set(None));
        let next = NextJobId::<Test>::get();
        run_for(10 * CHALLENGE_PERIOD);
        assert_eq!(NextJobId::<Test>::get(), next);
    });
}

#[test]
fn challenges_of_a_paused_model_do_not_begin() {
    TestExt::market(3).challenges().execute_with(|| {
        Paused::set(vec![benchmark().benchmark.model]);
        let next = NextJobId::<Test>::get();
        run_for(10 * CHALLENGE_PERIOD);
        assert_eq!(NextJobId::<Test>::get(), next);
        Paused::set(Vec::new());
        run_for(10 * CHALLENGE_PERIOD);
        assert!(NextJobId::<Test>::get() > next);
    });
}

#[test]
fn set_benchmark_refuses_what_cannot_be_asked() {
    TestExt::market(2).execute_with(|| {
        let with = |change: fn(&mut Benchmark)| {
            let mut benchmark = fitting();
            change(&mut benchmark);
            Some(benchmark)
        };
        assert_noop!(set(with(|benchmark| benchmark.model = blob(7).id)), Error::<Test>::UnknownModel);
        assert_noop!(set(with(|benchmark| benchmark.elements = 0)), Error::<Test>::BadLimits);
        assert_noop!(set(with(|benchmark| benchmark.elements = MAX_ELEMENTS + 1)), Error::<Test>::BadLimits);
        assert_noop!(set(with(|benchmark| benchmark.elements = 1_000)), Error::<Test>::InputTooLong);
        // A model that is retired stays as long as a job of it runs.
        drawn(2);
        assert_ok!(JobMarket::retire_model(RuntimeOrigin::signed(MODELLER), model()));
        assert_noop!(set(Some(fitting())), Error::<Test>::ModelRetired);
    });
}

#[test]
fn set_benchmark_is_the_curators() {
    TestExt::market(1).execute_with(|| {
        for origin in [RuntimeOrigin::signed(CUSTOMER), RuntimeOrigin::none()] {
            assert_noop!(JobMarket::set_benchmark(origin.clone(), Some(fitting())), DispatchError::BadOrigin);
            assert_noop!(JobMarket::set_benchmark(origin, None), DispatchError::BadOrigin);
        }
        assert_ok!(JobMarket::set_benchmark(RuntimeOrigin::signed(CURATOR), Some(fitting())));
    });
}

#[test]
fn set_benchmark_to_none_is_roots_alone() {
    TestExt::market(1).challenges().execute_with(|| {
        assert_noop!(JobMarket::set_benchmark(RuntimeOrigin::signed(CURATOR), None), DispatchError::BadOrigin);
        assert_ok!(set(None));
    });
}
