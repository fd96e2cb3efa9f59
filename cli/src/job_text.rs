//! How a job is told to people, and which of its outputs is the result. Juries are in [`jury_text`]. Pure.

use crate::{
    chain::{Job, Member},
    error::{Error, Result},
    job_stakes::Stakes,
    jury_text,
    share::Share,
    ui::table,
};
use hearth_primitives::{
    blob::BlobRef,
    digest::Agreement,
    jury::{JuryCause, JuryStep},
    market::{CancelReason, DeclineReason, JobKind, JobState, MemberOutcome, UnresolvedReason},
    Tier,
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
        JobState::Jury1(step) => format!("judging: {}{until}", jury(job, 1, step)),
        JobState::Appealable => {
            let until = job.deadline.unwrap_or_default();
            format!("judged: {}; the verdict can be appealed until it stands, at block {until}", jury_text::verdict_of(job))
        }
        JobState::Jury2(step) => format!("judging: {}{until}", jury(job, 2, step)),
        JobState::Finalised if standing(job).is_none() => {
            format!("finalised: no result stood, and nobody is paid for one; {} was given back", job.refunded)
        }
        JobState::Finalised if job.members.iter().all(|member| member.judged.is_none()) => "finalised: the providers are paid".to_string(),
        JobState::Finalised => {
            format!("finalised: the providers whose results stood are paid, by the verdict: {}", jury_text::verdict_of(job))
        }
        JobState::Cancelled(reason) => format!("cancelled: {}; {} was given back", cancelled(reason), job.refunded),
        JobState::Unresolved(reason) => format!("unresolved: {}; {} was given back", unresolved(reason), job.refunded),
    }
}

fn jury(job: &Job, tier: Tier, step: JuryStep) -> String {
    let because = job.cause.map(|cause| format!(", called because {}", jury_text::cause(cause))).unwrap_or_default();
    format!("the {} {}{because}", jury_text::name(tier), jury_text::progress(job, tier, step))
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

/// Why a provider does not compute, after "because".
pub fn declined(reason: DeclineReason) -> &'static str {
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
pub fn full(job: &Job, stakes: &Stakes) -> String {
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
    ];
    if job.kind == JobKind::Paid {
        let premium = if job.state.is_terminal() { "taken" } else { "of what is held" };
        rows.push(("audit", format!("with a probability of {}, for {} {premium}", Share(job.audit), job.premium)));
    }
    rows.push(("submitted", format!("in block {}", job.submitted_at)));
    if let Some(at) = job.revealed_at {
        rows.push(("answered", format!("in block {at}, after {} blocks", at.saturating_sub(job.submitted_at))));
    }
    if let Some(distance) = job.max_distance {
        rows.push(("difference", format!("{} hidden, {} output (sums over 16 components, in 2^-16)", distance.hidden, distance.output)));
    }
    if let Some(cause) = job.cause {
        rows.push(("jury", format!("because {}", jury_text::cause(cause))));
    }
    let mut text = table(&rows);
    text.extend(job.members.iter().map(|replica| member(replica, stakes, 0, pending(replica))));
    for jury in &job.juries {
        text.push_str(&jury_text::head(jury));
        text.extend(jury.members.iter().map(|juror| format!("  {}", member(juror, stakes, jury.tier, jury_text::opinions(job, juror)))));
    }
    text
}

/// What a verdict says of a replica that can still change.
fn pending(replica: &Member) -> Option<String> {
    let verdict = replica.judged.filter(|_| replica.outcome.is_none())?;
    Some(format!("called {}", jury_text::verdict(verdict)))
}

/// A member of a round, in a line; `more` is what is said of its result, or what it says itself.
fn member(member: &Member, stakes: &Stakes, tier: Tier, more: Option<String>) -> String {
    let did = match (member.outcome, &member.output) {
        (Some(it), _) => outcome(it),
        (None, Some(_)) => "revealed".to_string(),
        (None, None) if member.committed => "committed".to_string(),
        (None, None) => "computing".to_string(),
    };
    let more = more.map(|more| format!(", {more}")).unwrap_or_default();
    let lock = stakes.lock(tier, member).map(|lock| format!(", {lock} locked")).unwrap_or_default();
    format!("provider {} on {}: {did}{more}, paid {}{lock}\n", member.provider, member.backend.name(), member.paid)
}

/// Whether the job gave the customer what it paid for, or still may.
pub fn succeeded(job: &Job) -> bool {
    match job.state {
        JobState::Cancelled(_) | JobState::Unresolved(_) => false,
        JobState::Finalised => standing(job).is_some(),
        _ => true,
    }
}

/// An output that stands, if there is one: of a member that is in, and that no jury calls other than right.
fn standing(job: &Job) -> Option<BlobRef> {
    let stands = |member: &&Member| {
        matches!(member.outcome, None | Some(MemberOutcome::Valid)) && matches!(member.judged, None | Some(Agreement::Agree))
    };
    job.members.iter().filter(stands).find_map(|member| member.output)
}

/// Whether the replicas agreed on a result that is being judged nevertheless: for an audit or a challenge.
pub fn is_under_review(job: &Job) -> bool {
    job.state.jury_step().is_some() && matches!(job.cause, Some(JuryCause::Audit | JuryCause::Challenge))
}

/// The result: of an accepted job, any output that stood. All of them agree within the model's tolerance.
pub fn result(job: &Job) -> Result<BlobRef> {
    let id = job.id;
    match job.state {
        JobState::Jury1(_) | JobState::Jury2(_) if is_under_review(job) => {}
        JobState::Submitted | JobState::Computing | JobState::Revealing | JobState::Jury1(_) | JobState::Jury2(_) => {
            return Err(Error::failed(format!("job {id} has no result yet ({}); wait for it with `hearth job watch {id}`", state(job))));
        }
        JobState::Cancelled(_) => return Err(Error::failed(format!("job {id} has no result: {}", state(job)))),
        JobState::Unresolved(_) => {
            let outputs: Vec<_> = job.members.iter().filter_map(|member| member.output).map(|blob| format!("{:?}", blob.id)).collect();
            let fetch = if outputs.is_empty() {
                String::new()
            } else {
                format!("; what was shown can be fetched with `hearth blob get`: {}", outputs.join(", "))
            };
            return Err(Error::failed(format!("job {id} has no result that can be relied on: {}{fetch}", state(job))));
        }
        JobState::Accepted | JobState::Appealable | JobState::Finalised => {}
    }
    standing(job).ok_or_else(|| Error::failed(format!("job {id} has no result that stands: {}; see `hearth job show {id}`", state(job))))
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::{amount::Amount, job_stakes::tests::stakes, jury_text::tests::judged};
    use codec::{Decode, Encode};
    use hearth_primitives::{
        digest::{Digest, Distance},
        provider::BackendClass,
        H256,
    };
    use subxt::utils::AccountId32;

    /// A member of a round, which has revealed if it has an output.
    pub fn member(provider: u32, output: Option<BlobRef>) -> Member {
        Member {
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
    fn state_tells_juries_and_verdicts() {
        let verdict = "provider 1 right, provider 2 wrong";
        assert!(state(&judged()).contains(verdict) && state(&judged()).contains("stands, at block 140"), "{}", state(&judged()));
        let jury = Job { state: JobState::Jury1(JuryStep::Computing), ..judged() };
        assert!(state(&jury).contains("the first jury runs the job again, 2 of 3 have committed"), "{}", state(&jury));
        assert!(state(&jury).contains("because the replicas' results do not agree, until block 140"), "{}", state(&jury));
        let ended = Job { state: JobState::Finalised, ..judged() };
        assert!(state(&ended).contains(verdict), "{}", state(&ended));
        // A jury without a quorum, and no second one: what the replicas agreed about stands.
        let mut without = ended;
        without.members.iter_mut().for_each(|member| member.judged = None);
        assert_eq!(state(&without), "finalised: the providers are paid");
    }

    #[test]
    fn result_of_a_verdict_is_one_that_it_calls_right() {
        assert_eq!(result(&judged()).unwrap().id, H256::repeat_byte(4));
        let mut ended = Job { state: JobState::Finalised, ..judged() };
        assert!(succeeded(&ended));
        ended.members[0].judged = Some(Agreement::Grey);
        assert!(!succeeded(&ended) && state(&ended).contains("no result stood"), "{}", state(&ended));
        let error = result(&ended).unwrap_err().to_string();
        assert!(error.contains("no result that stands") && error.contains("hearth job show 7"), "{error}");
    }

    #[test]
    fn result_under_review_can_be_had_and_one_in_dispute_cannot() {
        let before_jury = |cause| Job { state: JobState::Jury1(JuryStep::Computing), cause: Some(cause), ..job(JobState::Accepted) };
        for cause in [JuryCause::Audit, JuryCause::Challenge] {
            assert!(result(&before_jury(cause)).is_ok() && is_under_review(&before_jury(cause)), "{cause:?}");
        }
        for cause in [JuryCause::Dissent, JuryCause::NotRevealed] {
            assert!(result(&before_jury(cause)).is_err() && !is_under_review(&before_jury(cause)), "{cause:?}");
        }
    }

    #[test]
    fn full_tells_juries_with_who_said_what() {
        let text = full(&judged(), &stakes());
        for part in [
            "because the replicas' results do not agree",
            "provider 1 on cpu: revealed, called right, paid 0 HRT, 25 HRT locked\n",
            "first jury: 2 of 3 must agree\n",
            "  provider 5 on cpu: valid, says 1 right, 2 wrong, paid 0.5 HRT\n",
            "  provider 7 on cpu: absent",
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
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
        let text = full(&job, &Stakes::default());
        for part in [
            "after 12 blocks",
            "5 hidden, 9 output",
            "provider 1 on cpu: computing",
            "provider 2 on cpu: revealed",
            "0.5 HRT for each of 2",
            "with a probability of 5%",
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
