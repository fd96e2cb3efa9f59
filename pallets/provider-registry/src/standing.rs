//! How the outcome of a job changes a provider's standing. Pure.

use frame_support::traits::tokens::Balance;
use hearth_primitives::{
    market::{DeclineReason, MemberOutcome},
    provider::Standing,
};
use sp_runtime::Perbill;

/// The standing after one more job.
///
/// A streak grows by valid jobs alone, and only by those that count: else anybody could have its own jobs of its own model make it trusted. It
/// breaks when the provider was drawn and nothing usable came for a reason of its own; it does not when the job was at fault, when others'
/// absence cancelled the job, when no verdict was found, or when a juror's result was another than the others': devices differ, and nobody
/// judges jurors.
pub fn after(standing: Standing, outcome: MemberOutcome, counts: bool) -> Standing {
    let Standing { valid_in_a_row, valid, missed } = standing;
    match outcome {
        MemberOutcome::Valid => {
            Standing { valid_in_a_row: valid_in_a_row.saturating_add(counts.into()), valid: valid.saturating_add(1), missed }
        }
        MemberOutcome::Undecided | MemberOutcome::Cancelled | MemberOutcome::Grey | MemberOutcome::Outlier => standing,
        MemberOutcome::Declined(reason) if is_jobs_fault(reason) => standing,
        MemberOutcome::Declined(_)
        | MemberOutcome::Absent
        | MemberOutcome::NotRevealed
        | MemberOutcome::Deviant
        | MemberOutcome::Slashed => Standing { valid_in_a_row: 0, valid, missed: missed.saturating_add(1) },
    }
}

/// What a provider has to say in the provider house: its bond once it is trusted, and until then the part of it that its valid jobs in a row
/// are of those that it takes.
pub fn voice<B: Balance>(bonded: B, standing: Standing, trusted_after: u32) -> B {
    Perbill::from_rational(standing.valid_in_a_row.min(trusted_after), trusted_after.max(1)).mul_floor(bonded)
}

/// Whether no honest provider could have computed the job.
fn is_jobs_fault(reason: DeclineReason) -> bool {
    match reason {
        DeclineReason::ModelUnavailable
        | DeclineReason::InputUnavailable
        | DeclineReason::ModelInvalid
        | DeclineReason::UnsupportedOperator
        | DeclineReason::InputInvalid
        | DeclineReason::LimitExceeded
        | DeclineReason::ResultFault => true,
        DeclineReason::WorkerFailed => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn outcome() -> impl Strategy<Value = MemberOutcome> {
        prop_oneof![
            Just(MemberOutcome::Valid),
            Just(MemberOutcome::Undecided),
            Just(MemberOutcome::Absent),
            Just(MemberOutcome::NotRevealed),
            Just(MemberOutcome::Cancelled),
            Just(MemberOutcome::Grey),
            Just(MemberOutcome::Deviant),
            Just(MemberOutcome::Slashed),
            Just(MemberOutcome::Outlier),
            Just(MemberOutcome::Declined(DeclineReason::UnsupportedOperator)),
            Just(MemberOutcome::Declined(DeclineReason::WorkerFailed)),
        ]
    }

    #[test]
    fn after_valid_counts_both() {
        let before = Standing { valid_in_a_row: 3, valid: 7, missed: 1 };
        assert_eq!(after(before, MemberOutcome::Valid, true), Standing { valid_in_a_row: 4, valid: 8, missed: 1 });
        assert_eq!(after(before, MemberOutcome::Valid, false), Standing { valid_in_a_row: 3, valid: 8, missed: 1 });
    }

    #[test]
    fn after_own_fault_breaks_the_streak() {
        let before = Standing { valid_in_a_row: 3, valid: 7, missed: 1 };
        let broken = Standing { valid_in_a_row: 0, valid: 7, missed: 2 };
        let faults = [
            MemberOutcome::Absent,
            MemberOutcome::NotRevealed,
            MemberOutcome::Declined(DeclineReason::WorkerFailed),
            MemberOutcome::Deviant,
            MemberOutcome::Slashed,
        ];
        for outcome in faults {
            assert_eq!([after(before, outcome, true), after(before, outcome, false)], [broken; 2], "{outcome:?}");
        }
    }

    #[test]
    fn after_the_jobs_fault_nothing_changes() {
        let before = Standing { valid_in_a_row: 3, valid: 7, missed: 1 };
        let reasons = [
            DeclineReason::ModelUnavailable,
            DeclineReason::InputUnavailable,
            DeclineReason::ModelInvalid,
            DeclineReason::UnsupportedOperator,
            DeclineReason::InputInvalid,
            DeclineReason::LimitExceeded,
            DeclineReason::ResultFault,
        ];
        for reason in reasons {
            assert_eq!(after(before, MemberOutcome::Declined(reason), true), before, "{reason:?}");
        }
        assert_eq!(after(before, MemberOutcome::Cancelled, true), before);
        for outcome in [MemberOutcome::Undecided, MemberOutcome::Grey, MemberOutcome::Outlier] {
            assert_eq!(after(before, outcome, true), before, "{outcome:?}");
        }
    }

    #[test]
    fn after_saturates() {
        let full = Standing { valid_in_a_row: u32::MAX, valid: u32::MAX, missed: u32::MAX };
        assert_eq!(after(full, MemberOutcome::Valid, true), full);
        assert_eq!(after(full, MemberOutcome::Absent, true).missed, u32::MAX);
    }

    #[test]
    fn voice_grows_with_valid_jobs_up_to_the_bond() {
        let voices = [0, 5, 20, 1_000].map(|valid_in_a_row| voice(1_000u128, Standing { valid_in_a_row, ..Standing::default() }, 20));
        assert_eq!(voices, [0, 250, 1_000, 1_000]);
    }

    proptest! {
        #[test]
        fn voice_is_never_more_than_the_bond(bonded in any::<u128>(), valid_in_a_row in any::<u32>(), trusted_after in any::<u32>()) {
            let standing = Standing { valid_in_a_row, ..Standing::default() };
            prop_assert!(voice(bonded, standing, trusted_after) <= bonded);
        }

        #[test]
        fn after_keeps_the_streak_within_the_valid_jobs(outcomes in proptest::collection::vec((outcome(), any::<bool>()), 0..200)) {
            let mut standing = Standing::default();
            for (outcome, counts) in &outcomes {
                let next = after(standing, *outcome, *counts);
                prop_assert!(*counts || next.valid_in_a_row <= standing.valid_in_a_row);
                prop_assert!(next.valid_in_a_row <= next.valid);
                prop_assert!(next.valid >= standing.valid && next.missed >= standing.missed);
                standing = next;
            }
            let valid = outcomes.iter().filter(|(outcome, _)| *outcome == MemberOutcome::Valid).count();
            prop_assert_eq!(standing.valid as usize, valid);
        }
    }
}
