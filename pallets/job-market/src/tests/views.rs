//! What front ends and nodes read.

use crate::mock::*;
use hearth_primitives::market::{DutyStep, Report};

#[test]
fn duties_follow_the_steps_of_a_job() {
    TestExt::market(2).execute_with(|| {
        let job = drawn(2);
        let [a, b] = members(job)[..] else { panic!() };
        let duty = |p| JobMarket::duties(&operator(p)).first().map(|duty| (duty.job, duty.provider, duty.step));
        assert_eq!(duty(a), Some((job, a, DutyStep::Commit)));
        report_ok(a, commit_line(job, a, &result(a, 0)));
        assert_eq!((duty(a), duty(b)), (Some((job, a, DutyStep::Wait)), Some((job, b, DutyStep::Commit))));
        let Report::Commit { commitment, .. } = commit_line(job, b, &result(b, 0)) else { panic!() };
        report_ok(b, commit_line(job, b, &result(b, 0)));
        assert_eq!(duty(b), Some((job, b, DutyStep::Reveal(commitment))));
        report_ok(b, reveal_line(job, &result(b, 0)));
        assert_eq!(duty(b), None);
        report_ok(a, reveal_line(job, &result(a, 0)));
        assert_eq!(duty(a), None);
    });
}

#[test]
fn duties_carry_what_a_node_needs_most_urgent_first() {
    TestExt::market(1).execute_with(|| {
        let first = submit(1, PRICE);
        run_for(1);
        let second = submit(1, PRICE);
        run_for(3);
        let duties = JobMarket::duties(&operator(0));
        assert_eq!(duties.iter().map(|duty| duty.job).collect::<Vec<_>>(), [first, second]);
        let duty = &duties[0];
        assert_eq!((duty.model, duty.input, duty.max_output_len, duty.output_scale), (blob(0), input(), MAX_LEN, 1 << 16));
        assert_eq!(duty.deadline, System::block_number() - 1 + u64::from(MAX_EXEC));
        assert_ne!(duties[0].seed, duties[1].seed);
    });
}

#[test]
fn models_show_offers_and_jobs() {
    TestExt::market(2).execute_with(|| {
        register(1).unwrap();
        drawn(2);
        let models = JobMarket::models();
        assert_eq!(models.len(), 2);
        assert!(models.windows(2).all(|pair| pair[0].id < pair[1].id));
        let busy = JobMarket::model(model()).unwrap();
        assert_eq!((busy.name.as_str(), busy.offers, busy.active_jobs, busy.max_exec), ("test", 2, 1, 10));
        assert_eq!(JobMarket::model(blob(9).id), None);
    });
}
