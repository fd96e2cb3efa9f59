//! What hangs on a job besides its escrow: locks on its members' bonds, the bonds of who disputes it, and slashes that follow from it.

use crate::{
    amount::Amount,
    chain::{Chain, Job, Member},
    error::Result,
    job::PALLET,
    slashes::{deferred, of_job, Deferred},
    stored,
    ui::table,
};
use hearth_primitives::{market::MemberOutcome, Tier};
use serde::Serialize;
use std::time::Duration;
use subxt::utils::AccountId32;

/// All of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Stakes {
    /// By round, of each that is not settled.
    pub locks: Vec<Lock>,
    /// The bond of whoever challenges the result.
    pub challenge: Option<Bond>,
    /// The bond of whoever appeals against the first verdict.
    pub appeal: Option<Bond>,
    /// Slashes that wait.
    pub slashes: Vec<Deferred>,
}

/// What is locked of what stands behind each member of a round that has no outcome yet.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Lock {
    /// The round.
    pub tier: Tier,
    /// Of each.
    pub amount: Amount,
}

/// A bond against a result or a verdict.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Bond {
    /// Whose.
    pub who: AccountId32,
    /// How much.
    pub amount: Amount,
    /// Once settled, whether it came back.
    pub returned: Option<bool>,
}

impl From<stored::Dispute> for Bond {
    fn from(dispute: stored::Dispute) -> Self {
        let stored::Dispute { who, bond, returned } = dispute;
        Self { who, amount: Amount(bond), returned }
    }
}

impl Bond {
    fn text(&self) -> String {
        let Self { who, amount, returned } = self;
        let became = match returned {
            None => "held until the verdict",
            Some(true) => "came back",
            Some(false) => "lost to the audit pool",
        };
        format!("by {who}: {amount} of bond, {became}")
    }
}

impl Stakes {
    /// What hangs on a job now.
    pub async fn read(chain: &Chain, job: &Job) -> Result<Self> {
        let state = chain.state().await?;
        let disputes: Option<stored::Disputes> = match (&job.challenger, &job.appellant) {
            (None, None) => None,
            _ => state.value(PALLET, "Jobs", (job.id,)).await?,
        };
        let (challenge, appeal) = disputes.map(|found| (found.challenger, found.appellant)).unwrap_or_default();
        let mut locks = Vec::new();
        for tier in unsettled(job) {
            let round: Option<stored::Round> = state.value(PALLET, "Rounds", (job.id, tier)).await?;
            locks.extend(round.filter(|round| round.lock > 0).map(|round| Lock { tier, amount: Amount(round.lock) }));
        }
        let slashed = job.members.iter().any(|member| member.outcome == Some(MemberOutcome::Slashed));
        let slashes = if slashed { of_job(deferred(chain).await?, job.id) } else { Vec::new() };
        Ok(Self { locks, challenge: challenge.map(Bond::from), appeal: appeal.map(Bond::from), slashes })
    }

    /// What is locked behind a member of a round.
    pub fn lock(&self, tier: Tier, member: &Member) -> Option<Amount> {
        let lock = self.locks.iter().find(|lock| lock.tier == tier)?;
        member.outcome.is_none().then_some(lock.amount)
    }

    /// The bonds and the slashes, told at `block`.
    pub fn text(&self, block: u32, block_time: Duration) -> String {
        let challenge = self.challenge.map(|bond| ("challenged", bond.text()));
        let appeal = self.appeal.map(|bond| ("appealed", bond.text()));
        let bonds: Vec<_> = challenge.into_iter().chain(appeal).collect();
        let slashes: String = self.slashes.iter().map(|slash| slash.text(block, block_time)).collect();
        table(&bonds) + &slashes
    }
}

/// The rounds in which somebody has no outcome yet.
fn unsettled(job: &Job) -> Vec<Tier> {
    let juries = job.juries.iter().map(|jury| (jury.tier, &jury.members));
    let rounds = [(0, &job.members)].into_iter().chain(juries);
    rounds.filter(|(_, members)| members.iter().any(|member| member.outcome.is_none())).map(|(tier, _)| tier).collect()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::{jury_text::tests::judged, slashes::tests::of_a_provider};

    const HRT: u128 = 1_000_000_000_000;

    const SLOT: Duration = Duration::from_secs(3);

    /// 25 HRT behind each replica, and 4 HRT of a challenger.
    pub fn stakes() -> Stakes {
        let challenge = Bond { who: AccountId32([8; 32]), amount: Amount(4 * HRT), returned: None };
        Stakes { locks: vec![Lock { tier: 0, amount: Amount(25 * HRT) }], challenge: Some(challenge), ..Stakes::default() }
    }

    #[test]
    fn locks_are_of_those_without_an_outcome() {
        let mut job = judged();
        assert_eq!(unsettled(&job), [0]);
        assert_eq!(stakes().lock(0, &job.members[0]), Some(Amount(25 * HRT)));
        assert_eq!(stakes().lock(1, &job.members[0]), None);
        job.juries[0].members[0].outcome = None;
        assert_eq!(unsettled(&job), [0, 1]);
        job.members.iter_mut().for_each(|member| member.outcome = Some(MemberOutcome::Valid));
        assert_eq!(unsettled(&job), [1]);
        assert_eq!(stakes().lock(0, &job.members[0]), None);
    }

    #[test]
    fn bonds_and_slashes_are_told() {
        let who = AccountId32([8; 32]);
        let text = stakes().text(100, SLOT);
        assert_eq!(text, format!("challenged  by {who}: 4 HRT of bond, held until the verdict\n"));
        let appeal = |returned| Stakes {
            challenge: None,
            appeal: Some(Bond { who, amount: Amount(8 * HRT), returned: Some(returned) }),
            slashes: vec![of_a_provider(None)],
            ..stakes()
        };
        let text = appeal(true).text(100, SLOT);
        assert!(text.starts_with("appealed  by") && text.contains("came back\nprovider 3 of"), "{text}");
        assert!(appeal(false).text(100, SLOT).contains("lost to the audit pool"));
    }

    #[test]
    fn stakes_in_json() {
        let json = serde_json::to_value(Stakes { slashes: vec![of_a_provider(None)], ..stakes() }).unwrap();
        assert_eq!(json["locks"][0]["tier"], 0);
        assert_eq!(json["locks"][0]["amount"]["hrt"], "25");
        assert_eq!(json["challenge"]["amount"]["hrt"], "4");
        assert!(json["challenge"]["returned"].is_null() && json["appeal"].is_null());
        assert_eq!(json["slashes"][0]["conviction"]["job"], 7);
    }
}
