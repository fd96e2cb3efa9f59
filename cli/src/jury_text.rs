//! How juries are told to people: why one was called, how far it has come, who sat in it, and what it says of each result. Pure.

use crate::chain::{Job, Jury, Member};
use hearth_primitives::{
    digest::Agreement,
    jury::{JuryCause, JuryStep},
    Tier,
};

/// "first jury".
pub fn name(tier: Tier) -> &'static str {
    if tier < 2 {
        "first jury"
    } else {
        "second jury"
    }
}

/// Why a jury was called, after "because".
pub fn cause(cause: JuryCause) -> &'static str {
    match cause {
        JuryCause::Dissent => "the replicas' results do not agree",
        JuryCause::NotRevealed => "a replica committed to a result and did not show it",
        JuryCause::Audit => "the lot fell on the job",
        JuryCause::Challenge => "somebody challenges the result with a bond",
    }
}

/// What is said of a result.
pub fn verdict(verdict: Agreement) -> &'static str {
    match verdict {
        Agreement::Agree => "right",
        Agreement::Grey => "neither right nor wrong",
        Agreement::Deviant => "wrong",
    }
}

/// How far the jury of a round has come.
pub fn progress(job: &Job, tier: Tier, step: JuryStep) -> String {
    let members = job.juries.iter().find(|jury| jury.tier == tier).map(|jury| jury.members.as_slice()).unwrap_or_default();
    let committed = members.iter().filter(|juror| juror.committed).count();
    let revealed = members.iter().filter(|juror| juror.digest.is_some()).count();
    match step {
        JuryStep::Drawing => "waits for its draw".to_string(),
        JuryStep::Computing => format!("runs the job again, {committed} of {} have committed", members.len()),
        JuryStep::Revealing => format!("judges, {revealed} of {committed} have said what they found"),
    }
}

/// What the last jury says of each result: "provider 1 right, provider 2 wrong".
pub fn verdict_of(job: &Job) -> String {
    let judged = job.members.iter().filter_map(|member| Some((member.provider, member.judged?)));
    let told: Vec<_> = judged.map(|(provider, judged)| format!("provider {provider} {}", verdict(judged))).collect();
    if told.is_empty() {
        return "none".to_string();
    }
    told.join(", ")
}

/// A jury's head.
pub fn head(jury: &Jury) -> String {
    format!("{}: {} of {} must agree\n", name(jury.tier), jury.quorum, jury.members.len())
}

/// What a juror says of each result, once it has shown its own: "says 1 right, 2 wrong".
pub fn opinions(job: &Job, juror: &Member) -> Option<String> {
    let verdicts = juror.verdicts?;
    // Opinions go by those who showed a result, in the order of the draw.
    let accused = job.members.iter().filter(|member| member.digest.is_some()).enumerate();
    let told = accused.map(|(at, member)| (member.provider, verdicts.on(at)));
    let told: Vec<_> = told.map(|(provider, opinion)| format!("{provider} {}", opinion.map_or("not judged", verdict))).collect();
    Some(format!("says {}", told.join(", ")))
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::{
        amount::Amount,
        job_text::tests::{job, member},
    };
    use hearth_primitives::{
        blob::BlobRef,
        jury::Verdicts,
        market::{JobState, MemberOutcome},
        H256,
    };

    /// A job on which the first jury has judged: of three jurors two agree that the second replica is wrong, the third was not there.
    pub fn judged() -> Job {
        let output = |byte| Some(BlobRef { id: H256::repeat_byte(byte), len: 40 });
        let mut job = job(JobState::Appealable);
        job.cause = Some(JuryCause::Dissent);
        job.members = vec![member(1, output(4)), member(2, output(5))];
        for (member, verdict) in job.members.iter_mut().zip([Agreement::Agree, Agreement::Deviant]) {
            member.judged = Some(verdict);
        }
        let verdicts = Verdicts::default().with(0, Agreement::Agree).and_then(|one| one.with(1, Agreement::Deviant));
        let juror = |provider| Member {
            verdicts,
            outcome: Some(MemberOutcome::Valid),
            paid: Amount(500_000_000_000),
            ..member(provider, output(4))
        };
        let absent = Member { outcome: Some(MemberOutcome::Absent), ..member(7, None) };
        job.juries = vec![Jury { tier: 1, quorum: 2, members: vec![juror(5), juror(6), absent] }];
        job
    }

    #[test]
    fn juries_are_told_by_how_far_they_have_come() {
        let job = judged();
        assert_eq!(progress(&job, 1, JuryStep::Computing), "runs the job again, 2 of 3 have committed");
        assert_eq!(progress(&job, 1, JuryStep::Revealing), "judges, 2 of 2 have said what they found");
        // The second is not drawn yet.
        assert_eq!(progress(&job, 2, JuryStep::Drawing), "waits for its draw");
        assert_eq!(head(&job.juries[0]), "first jury: 2 of 3 must agree\n");
    }

    #[test]
    fn verdicts_and_opinions_name_the_providers() {
        let mut job = judged();
        assert_eq!(verdict_of(&job), "provider 1 right, provider 2 wrong");
        let [juror, absent] = [0, 2].map(|at| job.juries[0].members[at].clone());
        assert_eq!(opinions(&job, &juror).as_deref(), Some("says 1 right, 2 wrong"));
        assert_eq!(opinions(&job, &absent), None);
        // Who showed nothing is not judged, and takes no place.
        job.members.insert(0, member(9, None));
        assert_eq!(opinions(&job, &juror).as_deref(), Some("says 1 right, 2 wrong"));
        job.members.clear();
        assert_eq!(verdict_of(&job), "none");
    }
}
