//! `hearth job challenge` and `appeal`: having a result judged, or a verdict judged again, with a bond.

use crate::{
    amount::Amount,
    args::Options,
    chain::{Chain, Job},
    error::{Error, Result},
    gov::params::find as parameter,
    job::{self, PALLET},
    job_text, jury_text, model,
    secret::account_of,
    share::Share,
    tx::{estimate, submit, Call, Receipt},
    ui::{line, table},
    units,
};
use hearth_primitives::{
    market::{JobKind, JobState},
    JobId,
};
use serde::Serialize;
use subxt::{dynamic::Value, utils::AccountId32};

/// What is disputed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dispute {
    /// A result on which the replicas agree.
    Challenge,
    /// The verdict of the first jury.
    Appeal,
}

/// A dispute that was begun.
#[derive(Debug, Serialize)]
struct Begun {
    job: JobId,
    dispute: Dispute,
    /// Held until the verdict.
    bond: Amount,
    #[serde(flatten)]
    receipt: Receipt,
}

/// What a dispute costs and may bring, by the chain's numbers.
struct Terms {
    /// In prices of the job.
    prices: u128,
    /// How many must be there who may judge.
    least_jurors: u32,
    /// The challenger's part of what is slashed.
    part: Share,
    /// Whether wrong results of the model are unpaid and never slashed.
    pay_only: bool,
}

impl Dispute {
    /// The call, which is also the verb.
    fn name(self) -> &'static str {
        match self {
            Self::Challenge => "challenge",
            Self::Appeal => "appeal",
        }
    }

    /// The governed number of prices that its bond is.
    fn bond_parameter(self) -> &'static str {
        match self {
            Self::Challenge => "market.challenge-bond",
            Self::Appeal => "market.appeal-bond",
        }
    }

    /// Begins it.
    pub async fn run(self, options: &Options, id: JobId) -> Result<()> {
        let signer = options.given().signer()?;
        let chain = options.connect().await?;
        let job = job::find(&chain, id).await?;
        let (block, block_time) = (chain.block().await?, chain.block_time().await?);
        let until = self.possible_until(&job, block)?;
        let terms = self.terms(&chain, &job).await?;
        let bond = terms.bond(&job);
        let left = units::show_blocks(until.saturating_sub(block), block_time);
        line(&format!("{bond} will be held: {} prices of the job. This is possible before block {until}, for about {left}", terms.prices));
        line(&self.outcomes(&job, &terms));
        let call = Call::new(PALLET, self.name(), vec![Value::u128(id.into())]);
        let (account, fee) = (account_of(&signer), estimate(&chain, &signer, &call).await?);
        line(&format!("the transaction itself costs about {fee}"));
        check_means(&account, chain.money(&account).await?.available, bond, fee)?;
        let doing = match self {
            Self::Challenge => "challenging the result",
            Self::Appeal => "appealing against the verdict",
        };
        let receipt = submit(&chain, &signer, call, doing).await?;
        let begun = Begun { job: id, dispute: self, bond: receipt.event_sum(PALLET, "Disputed", "bond"), receipt };
        options.output().print(&begun, begun_text)
    }

    async fn terms(self, chain: &Chain, job: &Job) -> Result<Terms> {
        let (parameters, state) = (chain.parameters().await?, chain.state().await?);
        let part = parameter(&parameters, "market.challenger-share")?.value;
        Ok(Terms {
            prices: parameter(&parameters, self.bond_parameter())?.value,
            least_jurors: state.constant(PALLET, "MinJurors")?,
            part: Share(u32::try_from(part).unwrap_or_default()),
            pay_only: model::find(chain, &format!("{:?}", job.model)).await?.pay_only,
        })
    }

    /// The block before which the job can be disputed so, if it can in the block after `block`.
    fn possible_until(self, job: &Job, block: u32) -> Result<u32> {
        let (id, verb) = (job.id, self.name());
        let refuse = |sentence: String| Err(Error::failed(format!("job {id} {sentence}")));
        if job.kind != JobKind::Paid {
            return refuse("is a capability challenge of the protocol, whose verdict is final; nobody can dispute it".to_string());
        }
        match (self, job.state) {
            (Self::Challenge, JobState::Accepted) | (Self::Appeal, JobState::Appealable) => {
                let until = job.deadline.unwrap_or_default();
                if until <= block.saturating_add(1) {
                    return refuse(format!("could be disputed before block {until}, which has come; see `hearth job show {id}`"));
                }
                Ok(until)
            }
            (_, JobState::Submitted | JobState::Computing | JobState::Revealing) => {
                refuse(format!("has no result yet; wait for it with `hearth job watch {id} --until accepted`"))
            }
            (Self::Challenge, JobState::Appealable) => {
                refuse(format!("was judged by a jury already; whoever doubts its verdict uses `hearth job appeal {id}`"))
            }
            (Self::Appeal, JobState::Accepted) => {
                refuse(format!("has no verdict to appeal against; whoever doubts its result uses `hearth job challenge {id}`"))
            }
            (_, JobState::Jury1(_)) => refuse(format!(
                "is before the first jury; wait for the verdict with `hearth job watch {id} --until accepted`, then `hearth job appeal {id}`"
            )),
            (_, JobState::Jury2(_)) => refuse(format!("is before the second jury, which is final; see `hearth job show {id}`")),
            (_, JobState::Finalised | JobState::Cancelled(_) | JobState::Unresolved(_)) => {
                refuse(format!("is over ({}), and nobody can {verb} any more", job_text::state(job)))
            }
        }
    }

    /// What can come of it, in lines.
    fn outcomes(self, job: &Job, terms: &Terms) -> String {
        let Terms { least_jurors, part, pay_only, .. } = terms;
        let mut lines = Vec::new();
        match self {
            Self::Challenge => {
                lines.push("three other providers run the job again and judge each result".to_string());
                lines.push("- a result is not right, or there is no verdict: the bond comes back".to_string());
                lines.push("- every result is right: the bond goes to the pool that pays jurors".to_string());
                lines.push(if *pay_only {
                    "- its model pays only: what is wrong is not paid, nobody is slashed, and you get the bond alone".to_string()
                } else {
                    format!("- somebody is slashed: {part} of that is yours, when the slash is executed")
                });
                lines.push(format!("- fewer than {least_jurors} may judge: the bond comes back, and the result stands"));
            }
            Self::Appeal => {
                lines.push(format!("the verdict is: {}", jury_text::verdict_of(job)));
                lines.push("seven other providers run the job again and judge each result, for good".to_string());
                lines.push("- the verdict changes, or there is none: the bond comes back".to_string());
                lines.push("- it does not change: the bond goes to the pool that pays jurors".to_string());
                lines.push(format!(
                    "- fewer than {least_jurors} may judge: the bond comes back, the first verdict stands, and nobody is slashed for it"
                ));
            }
        }
        lines.join("\n")
    }
}

/// Stops if an account with so much to spend cannot put up `bond` and pay `fee`. Frozen money cannot be put up: it might be paid to others.
fn check_means(account: &AccountId32, available: Amount, bond: Amount, fee: Amount) -> Result<()> {
    let needed = bond.saturating_add(fee);
    if available >= needed {
        return Ok(());
    }
    Err(Error::failed(format!(
        "{account} needs {needed} for bond and fee, and has {available} to spend; send it more, or free what votes lock no longer with \
         `hearth gov unlock`"
    )))
}

impl Terms {
    fn bond(&self, job: &Job) -> Amount {
        Amount(job.price.0.saturating_mul(self.prices))
    }
}

fn begun_text(begun: &Begun) -> String {
    let id = begun.job;
    table(&[
        ("job", id.to_string()),
        (begun.dispute.name(), format!("{} held until the verdict", begun.bond)),
        ("next", format!("hearth job watch {id}, then hearth job why {id}")),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job_text::tests::job;
    use hearth_primitives::{digest::Agreement, jury::JuryStep, market::CancelReason};

    fn terms(pay_only: bool) -> Terms {
        Terms { prices: 4, least_jurors: 5, part: Share(200_000_000), pay_only }
    }

    fn refused(dispute: Dispute, state: JobState) -> String {
        let Err(error) = dispute.possible_until(&job(state), 100) else { panic!("{state:?} was taken") };
        error.to_string()
    }

    #[test]
    fn disputes_are_possible_in_their_window() {
        assert_eq!(Dispute::Challenge.possible_until(&job(JobState::Accepted), 100).unwrap(), 140);
        assert_eq!(Dispute::Appeal.possible_until(&job(JobState::Appealable), 138).unwrap(), 140);
        // The next block is the first that is too late.
        assert!(Dispute::Appeal.possible_until(&job(JobState::Appealable), 139).is_err());
    }

    #[test]
    fn disputes_at_another_time_say_what_to_do() {
        use Dispute::*;
        for dispute in [Challenge, Appeal] {
            assert!(refused(dispute, JobState::Computing).contains("--until accepted"));
            assert!(refused(dispute, JobState::Jury1(JuryStep::Drawing)).contains("hearth job appeal 7"));
            assert!(refused(dispute, JobState::Jury2(JuryStep::Revealing)).contains("final"));
            assert!(refused(dispute, JobState::Cancelled(CancelReason::DrawExpired)).contains("is over (cancelled"));
        }
        assert!(refused(Challenge, JobState::Appealable).contains("hearth job appeal 7"));
        assert!(refused(Appeal, JobState::Accepted).contains("hearth job challenge 7"));
        let of_the_protocol = Job { kind: JobKind::Challenge { elements: 1, work: 1 }, ..job(JobState::Accepted) };
        let error = Challenge.possible_until(&of_the_protocol, 100).unwrap_err().to_string();
        assert!(error.contains("nobody can dispute it"), "{error}");
    }

    #[test]
    fn bond_is_so_many_prices() {
        assert_eq!(terms(false).bond(&job(JobState::Accepted)), Amount(2_000_000_000_000));
    }

    #[test]
    fn bond_is_paid_from_what_is_not_frozen() {
        let check = |available| check_means(&AccountId32([1; 32]), Amount(available), Amount(90), Amount(10));
        assert!(check(100).is_ok());
        assert!(check(99).unwrap_err().to_string().contains("hearth gov unlock"));
    }

    #[test]
    fn outcomes_are_told_before_anything_is_signed() {
        let text = Dispute::Challenge.outcomes(&job(JobState::Accepted), &terms(false));
        for part in ["three other providers", "20% of that is yours", "fewer than 5 may judge"] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        let text = Dispute::Challenge.outcomes(&job(JobState::Accepted), &terms(true));
        assert!(text.contains("pays only") && !text.contains("20%"), "{text}");
        let mut judged = job(JobState::Appealable);
        judged.members[1].judged = Some(Agreement::Deviant);
        let text = Dispute::Appeal.outcomes(&judged, &terms(false));
        assert!(text.contains("provider 2 wrong") && text.contains("seven other providers"), "{text}");
    }

    #[test]
    fn begun_in_json() {
        let begun = Begun { job: 7, dispute: Dispute::Appeal, bond: Amount(4_000_000_000_000), receipt: Receipt::default() };
        let json = serde_json::to_value(&begun).unwrap();
        assert_eq!(json["dispute"], "appeal");
        assert_eq!(json["bond"]["hrt"], "4");
        assert!(json["transaction"].is_string());
        assert!(begun_text(&begun).contains("4 HRT held until the verdict"));
    }
}
