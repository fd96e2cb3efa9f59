//! How a job is told to people, and which of its outputs is the result. Pure.

use crate::{
    chain::Job,
    error::{Error, Result},
    ui::table,
};
use hearth_primitives::{
    blob::BlobRef,
    digest::Agreement,
    jury::JuryStep,
    market::{CancelReason, DeclineReason, JobKind, JobState, MemberOutcome, UnresolvedReason},
};

/// Where a job stands, in a line.
pub fn state(job: &Job) -> String {
    let of = job.replicas;
    let committed = job.members.iter().filter(|member| member.committed).count();
    let revealed = job.members.iter().filter(|member| member.digest.is_some()).count();
    let until = job.deadline.map(|block| format!(", until block {block} at the latest")).unwrap_or_default();
    match job.state {
        JobState::Submitted => format!("submitted: waiting for the draw of {of} providers{until}"),
        JobState::Computing => format!("computing: {committed} of {of} have committed to a result{until}"),
        JobState::Revealing => format!("revealing: {revealed} of {committed} have shown their results{until}"),
        JobState::Accepted => format!("accepted: the results agree; they are paid for after block {}", job.deadline.unwrap_or_default()),
        JobState::Jury1(step) => format!("disputed: the first jury {}{until}", jury(step)),
        JobState::Appealable => format!("judged: the verdict can be appealed{until}"),
        JobState::Jury2(step) => format!("disputed: the second jury {}{until}", jury(step)),
        JobState::Finalised => "finalised: the providers are paid".to_string(),
        JobState::Cancelled(reason) => format!("cancelled: {}; {} was given back", cancelled(reason), job.refunded),
        JobState::Unresolved(reason) => format!("unresolved: {}; {} was given back", unresolved(reason), job.refunded),
    }
}

fn jury(step: JuryStep) -> &'static str {
    match step {
        JuryStep::Drawing => "waits for its draw",
        JuryStep::Computing => "runs the job again",
        JuryStep::Revealing => "shows its results",
    }
}

fn cancelled(reason: CancelReason) -> String {
    match reason {
        CancelReason::TooFewProviders => {
            "too few providers offer the model at this price with a free slot; offer more, or ask for fewer replicas".to_string()
        }
        CancelReason::TooFewCommitments => "too few of the drawn providers computed it in time".to_string(),
        CancelReason::Declined(reason) => format!("every drawn provider declined, because {}", declined(reason)),
        CancelReason::NotRevealed => "no provider showed its result".to_string(),
        CancelReason::DrawExpired => "the chain could not draw in time".to_string(),
    }
}

fn declined(reason: DeclineReason) -> &'static str {
    match reason {
        DeclineReason::ModelUnavailable => "the model's file was not to be had; put it into a node with `hearth blob put`",
        DeclineReason::InputUnavailable => "the input was not to be had; keep the node running that it was submitted through",
        DeclineReason::ModelInvalid => "the model is not a well-formed ONNX graph",
        DeclineReason::UnsupportedOperator => "the model needs an operator that the engine lacks",
        DeclineReason::InputInvalid => "the input's names, shapes or types are not the model's",
        DeclineReason::LimitExceeded => "time, memory or output would pass a limit",
        DeclineReason::ResultFault => "the result is not a number (NaN, infinity) or is all zero",
        DeclineReason::WorkerFailed => "its own worker failed",
    }
}

fn unresolved(reason: UnresolvedReason) -> &'static str {
    match reason {
        UnresolvedReason::Disagreement => "the providers' results do not agree",
        UnresolvedReason::NotRevealed => "a provider committed to a result and did not show it",
        UnresolvedReason::TooFewJurors => "the results are disputed, and too few providers may judge them",
        UnresolvedReason::NoQuorum => "the results are disputed, and two juries found no verdict",
    }
}

fn outcome(outcome: MemberOutcome) -> String {
    match outcome {
        MemberOutcome::Valid => "valid".to_string(),
        MemberOutcome::Undecided => "undecided".to_string(),
        MemberOutcome::Absent => "absent: did not commit in time".to_string(),
        MemberOutcome::Declined(reason) => format!("declined, because {}", declined(reason)),
        MemberOutcome::NotRevealed => "did not show its result".to_string(),
        MemberOutcome::Cancelled => "cancelled by others' absence".to_string(),
        MemberOutcome::Grey => "neither right nor wrong, says a jury".to_string(),
        MemberOutcome::Deviant => "wrong, says a jury".to_string(),
        MemberOutcome::Slashed => "convicted by a jury: its bond is slashed unless that is cancelled".to_string(),
        MemberOutcome::Outlier => "a juror whose result does not agree with the others'".to_string(),
    }
}

/// A job in full.
pub fn full(job: &Job) -> String {
    let mut rows = vec![
        ("job", job.id.to_string()),
        ("state", state(job)),
        ("model", format!("{:?}", job.model)),
        ("input", format!("{:?} ({} bytes)", job.input.id, job.input.len)),
        ("customer", job.customer.to_string()),
        (
            "price",
            match job.kind {
                JobKind::Paid => format!("{} for each of {} replicas", job.price, job.replicas),
                JobKind::Challenge { work, .. } => {
                    format!("nothing: a capability challenge of {} seats, {work} units of work each", job.replicas)
                }
            },
        ),
        ("money", format!("{} held, {} fee, {} given back", job.held, job.fee, job.refunded)),
        ("submitted", format!("in block {}", job.submitted_at)),
    ];
    if let Some(at) = job.revealed_at {
        rows.push(("answered", format!("in block {at}, after {} blocks", at.saturating_sub(job.submitted_at))));
    }
    if let Some(distance) = job.max_distance {
        rows.push(("difference", format!("{} hidden, {} output (sums over 16 components, in 2^-16)", distance.hidden, distance.output)));
    }
    let mut text = table(&rows);
    for member in &job.members {
        let did = match (member.outcome, &member.output) {
            (Some(it), _) => outcome(it),
            (None, Some(_)) => "revealed".to_string(),
            (None, None) if member.committed => "committed".to_string(),
            (None, None) => "computing".to_string(),
        };
        text.push_str(&format!("provider {} on {}: {did}, paid {}\n", member.provider, member.backend.name(), member.paid));
    }
    text
}

/// Whether the job gave the customer what it paid for, or still may.
pub fn succeeded(job: &Job) -> bool {
    !matches!(job.state, JobState::Cancelled(_) | JobState::Unresolved(_))
}

/// The result: of an accepted job, any output that stood. All of them agree within the model's tolerance.
pub fn result(job: &Job) -> Result<BlobRef> {
    let id = job.id;
    match job.state {
        JobState::Submitted | JobState::Computing | JobState::Revealing | JobState::Jury1(_) | JobState::Jury2(_) => {
            Err(Error::failed(format!("job {id} has no result yet ({}); wait for it with `hearth job watch {id}`", state(job))))
        }
        JobState::Cancelled(_) => Err(Error::failed(format!("job {id} has no result: {}", state(job)))),
        JobState::Unresolved(_) => {
            let outputs: Vec<_> = job.members.iter().filter_map(|member| member.output).map(|blob| format!("{:?}", blob.id)).collect();
            let fetch = if outputs.is_empty() {
                String::new()
            } else {
                format!("; what was shown can be fetched with `hearth blob get`: {}", outputs.join(", "))
            };
            Err(Error::failed(format!("job {id} has no result that can be relied on: {}{fetch}", state(job))))
        }
        JobState::Accepted | JobState::Appealable | JobState::Finalised => {
            let stood = job.members.iter().filter(|member| {
                matches!(member.outcome, None | Some(MemberOutcome::Valid)) && matches!(member.judged, None | Some(Agreement::Agree))
            });
            stood
                .filter_map(|member| member.output)
                .next()
                .ok_or_else(|| Error::failed(format!("job {id} names no output; see `hearth job show {id}`")))
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::amount::Amount;
    use codec::{Decode, Encode};
    use hearth_primitives::{
        digest::{Digest, Distance},
        market::MemberView,
        provider::BackendClass,
        H256,
    };
    use subxt::utils::AccountId32;

    fn member(provider: u32, output: Option<BlobRef>) -> MemberView<AccountId32, Amount> {
        MemberView {
            provider,
            operator: AccountId32([provider as u8; 32]),
            backend: BackendClass::Cpu,
            committed: output.is_some(),
            digest: output.map(|_| Digest::default()),
            output,
            outcome: None,
            paid: Amount(0),
            judged: None,
            verdicts: None,
        }
    }

    /// A job of two replicas, of which the second has shown its output.
    pub fn job(state: JobState) -> Job {
        Job {
            id: 7,
            kind: JobKind::Paid,
            customer: AccountId32([1; 32]),
            model: H256::repeat_byte(2),
            input: BlobRef { id: H256::repeat_byte(3), len: 30 },
            replicas: 2,
            price: Amount(500_000_000_000),
            held: Amount(1_000_000_000_000),
            fee: Amount(0),
            refunded: Amount(250_000_000_000),
            state,
            submitted_at: 100,
            deadline: (!state.is_terminal()).then_some(140),
            revealed_at: None,
            ended_at: None,
            members: vec![member(1, None), member(2, Some(BlobRef { id: H256::repeat_byte(4), len: 40 }))],
            max_distance: None,
            audit: 50_000_000,
            premium: Amount(0),
            cause: None,
            challenger: None,
            appellant: None,
            juries: vec![],
        }
    }

    #[test]
    fn state_counts_members() {
        assert!(state(&job(JobState::Computing)).contains("1 of 2 have committed"));
        assert!(state(&job(JobState::Revealing)).contains("1 of 1 have shown"));
        assert!(state(&job(JobState::Submitted)).contains("until block 140"));
        let declined = job(JobState::Cancelled(CancelReason::Declined(DeclineReason::UnsupportedOperator)));
        assert!(state(&declined).contains("operator that the engine lacks") && state(&declined).contains("0.25 HRT was given back"));
    }

    #[test]
    fn result_is_an_output_that_stood() {
        let mut job = job(JobState::Finalised);
        assert_eq!(result(&job).unwrap().id, H256::repeat_byte(4));
        job.members[0].output = Some(BlobRef { id: H256::repeat_byte(5), len: 50 });
        job.members[0].outcome = Some(MemberOutcome::NotRevealed);
        job.members[1].outcome = Some(MemberOutcome::Valid);
        assert_eq!(result(&job).unwrap().id, H256::repeat_byte(4));
        job.members[1].outcome = Some(MemberOutcome::Absent);
        assert!(result(&job).is_err());
    }

    #[test]
    fn result_before_and_without_one_says_what_next() {
        let early = result(&job(JobState::Computing)).unwrap_err().to_string();
        assert!(early.contains("hearth job watch 7"), "{early}");
        let unresolved = result(&job(JobState::Unresolved(UnresolvedReason::Disagreement))).unwrap_err().to_string();
        assert!(unresolved.contains("do not agree") && unresolved.contains(&"04".repeat(32)), "{unresolved}");
        let cancelled = result(&job(JobState::Cancelled(CancelReason::TooFewProviders))).unwrap_err().to_string();
        assert!(cancelled.contains("too few providers"), "{cancelled}");
    }

    #[test]
    fn full_tells_money_members_and_difference() {
        let mut job = job(JobState::Accepted);
        job.revealed_at = Some(112);
        job.max_distance = Some(Distance { hidden: 5, output: 9 });
        let text = full(&job);
        for part in [
            "after 12 blocks",
            "5 hidden, 9 output",
            "provider 1 on cpu: computing",
            "provider 2 on cpu: revealed",
            "0.5 HRT for each of 2",
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
    }

    #[test]
    fn job_in_json() {
        let json = serde_json::to_value(job(JobState::Cancelled(CancelReason::Declined(DeclineReason::InputInvalid)))).unwrap();
        assert_eq!(json["state"]["cancelled"]["declined"], "input_invalid");
        assert_eq!(json["price"]["hrt"], "0.5");
        assert_eq!(json["members"][1]["output"]["len"], 40);
        assert_eq!(json["members"][0]["backend"], "cpu");
        assert_eq!(serde_json::to_value(job(JobState::Finalised)).unwrap()["state"], "finalised");
    }

    #[test]
    fn job_is_read_as_the_chain_writes_it() {
        // The chain encodes plain balances and account ids: the wrappers here must not change a byte.
        let ours = job(JobState::Accepted).encode();
        assert_eq!(Job::decode(&mut ours.as_slice()), Ok(job(JobState::Accepted)));
        assert_eq!((Amount(5), AccountId32([1; 32])).encode(), (5u128, [1u8; 32]).encode());
    }
}
