//! `hearth job why`: what a job means for an account's money, and for which reasons. The chain's codes are put into sentences here.

use crate::{amount::Amount, args::Options, error::Result, job, job_text, jury_text, ui::table};
use hearth_primitives::{
    market::JobState,
    reason::{Reason, Refusal, Why},
    JobId,
};
use serde::Serialize;
use subxt::utils::AccountId32;

/// All parts that an account has in a job.
#[derive(Debug, Serialize)]
struct Told {
    job: JobId,
    account: AccountId32,
    state: JobState,
    reasons: Vec<Row>,
}

/// One part.
#[derive(Debug, Serialize)]
struct Row {
    #[serde(flatten)]
    why: Why<Amount>,
    text: String,
}

impl From<Why<Amount>> for Row {
    fn from(why: Why<Amount>) -> Self {
        Self { text: sentence(why.reason, why.amount), why }
    }
}

/// Tells what a job means for the money of the signing account, or of another.
pub async fn show(options: &Options, id: JobId, account: Option<AccountId32>) -> Result<()> {
    let account = options.account_or_signer(account)?;
    let chain = options.connect().await?;
    let job = job::find(&chain, id).await?;
    let reasons = chain.why(id, &account).await?.into_iter().map(Row::from).collect();
    let state = job_text::state(&job);
    options.output().print(&Told { job: id, account, state: job.state, reasons }, |told| told_text(told, &state))
}

fn told_text(told: &Told, state: &str) -> String {
    let mut rows = vec![("job", format!("{} {state}", told.job)), ("account", told.account.to_string())];
    if told.reasons.is_empty() {
        rows.push(("", format!("had no part in it; `hearth job show {}` tells who had", told.job)));
    }
    rows.extend(told.reasons.iter().map(|row| (role(&row.why), row.text.clone())));
    table(&rows)
}

/// As what the account has this part.
fn role(why: &Why<Amount>) -> &'static str {
    match (why.tier, why.reason) {
        (Some(0), _) => "replica",
        (Some(tier), _) => jury_text::name(tier),
        (None, Reason::DisputeBond | Reason::BondReturned | Reason::BondLost | Reason::SlashToChallenger) => "dispute",
        (None, _) => "customer",
    }
}

/// A reason in words, with the amount.
fn sentence(reason: Reason, amount: Amount) -> String {
    match reason {
        Reason::ResultStood => format!("{amount} paid: the result stood"),
        Reason::NoVerdict => format!("{amount} paid, half the price: the result was shown, and no verdict was found"),
        Reason::JurorAgreed => {
            format!("{amount} paid by the audit pool, the price or what it has for each: the juror's result agrees with enough others'")
        }
        Reason::Escrow => format!("{amount} held until the job ends"),
        Reason::EscrowRest => format!("{amount} given back: it was due to nobody"),
        Reason::Fee => format!("{amount} taken as the market's fee, since a result stood"),
        Reason::Premium => format!("{amount} taken for the audit pool: the job could be audited, or a jury was called, whose jurors it pays"),
        Reason::DisputeBond => format!("{amount} held as a bond until the verdict"),
        Reason::BondReturned => format!("{amount} of bond came back: the dispute was right, or could not be decided"),
        Reason::BondLost => format!("{amount} of bond went to the audit pool: the dispute changed nothing"),
        Reason::NoShow => {
            format!("{amount} taken at once: it was drawn and did not commit in time. See the node's log; to decline costs nothing")
        }
        Reason::NotRevealed => format!("{amount} taken at once: it committed to a result and did not show it. See the node's log"),
        Reason::Convicted => format!(
            "{amount} of bond and backing, when the slash is executed, and nothing if it is cancelled: a jury convicted it. `hearth provider \
             slashes` tells whether it waits, and `hearth provider appeal` says no"
        ),
        Reason::SlashToCustomer => format!("{amount} for the customer, when the slash is executed, unless it is cancelled; `hearth gov slashes` tells whether it waits"),
        Reason::SlashToChallenger => {
            format!("{amount} for the challenger, when the slash is executed, unless it is cancelled; `hearth gov slashes` tells whether it waits")
        }
        Reason::Deviant => "nothing paid: a jury calls the result wrong, and slashes nobody: it was too small, or the model pays only".to_string(),
        Reason::Grey => "nothing paid: a jury calls the result neither right nor wrong".to_string(),
        Reason::Outlier => "nothing paid: the juror's result is not among those that agree, or too few agree".to_string(),
        Reason::Declined(reason) => format!("nothing paid: the provider declined, because {}", job_text::declined(reason)),
        Reason::Cancelled => "nothing paid: the job was cancelled, or the jury broken up, because others were absent".to_string(),
        Reason::Pending => "nothing yet: it goes on".to_string(),
        Reason::Refused(refusal) => format!("nothing changed: a line of a report did not apply, because {}", refused(refusal)),
    }
}

fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::UnknownJob => "there is no such job, or the chain forgot it",
        Refusal::WrongTier => "the job is in another round",
        Refusal::NotMember => "the signer is no member of the round",
        Refusal::NotComputing => "the time to commit has not begun, or is over",
        Refusal::NotRevealing => "the time to reveal has not begun, or is over",
        Refusal::AlreadyCommitted => "it had committed",
        Refusal::AlreadyRevealed => "it had revealed",
        Refusal::NotCommitted => "it had not committed to anything",
        Refusal::DoesNotOpen => "what was shown is not what it had committed to",
        Refusal::OutputLength => "the output is empty or longer than the model allows",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearth_primitives::market::DeclineReason;
    use std::collections::BTreeSet;

    const ONE: Amount = Amount(1_000_000_000_000);

    fn row(tier: Option<u8>, reason: Reason) -> Row {
        Row::from(Why { tier, reason, amount: ONE })
    }

    fn told(reasons: Vec<Row>) -> Told {
        Told { job: 7, account: AccountId32([1; 32]), state: JobState::Finalised, reasons }
    }

    #[test]
    fn reasons_have_a_sentence_each() {
        let reasons = [
            Reason::ResultStood,
            Reason::NoVerdict,
            Reason::JurorAgreed,
            Reason::Escrow,
            Reason::EscrowRest,
            Reason::Fee,
            Reason::Premium,
            Reason::DisputeBond,
            Reason::BondReturned,
            Reason::BondLost,
            Reason::NoShow,
            Reason::NotRevealed,
            Reason::Convicted,
            Reason::SlashToCustomer,
            Reason::SlashToChallenger,
            Reason::Deviant,
            Reason::Grey,
            Reason::Outlier,
            Reason::Declined(DeclineReason::InputInvalid),
            Reason::Cancelled,
            Reason::Pending,
            Reason::Refused(Refusal::DoesNotOpen),
        ];
        let sentences: BTreeSet<_> = reasons.iter().map(|reason| sentence(*reason, ONE)).collect();
        assert_eq!(sentences.len(), reasons.len());
        assert!(sentences.iter().all(|text| text.contains("1 HRT") || text.starts_with("nothing")), "{sentences:?}");
    }

    #[test]
    fn told_names_the_part_that_the_account_had() {
        let rows = vec![
            row(None, Reason::EscrowRest),
            row(Some(0), Reason::Convicted),
            row(Some(1), Reason::JurorAgreed),
            row(Some(2), Reason::Outlier),
            row(None, Reason::BondLost),
        ];
        let text = told_text(&told(rows), "finalised: the providers are paid");
        let roles: Vec<_> = text.lines().skip(2).collect();
        for (line, role) in roles.iter().zip(["customer", "replica", "first jury", "second jury", "dispute"]) {
            assert!(line.starts_with(role), "{line} is not of {role}");
        }
        assert_eq!(roles.len(), 5, "{text}");
        assert!(text.contains("7 finalised") && text.contains("hearth provider slashes"), "{text}");
        assert!(told_text(&told(vec![]), "finalised").contains("had no part in it; `hearth job show 7`"));
    }

    #[test]
    fn told_in_json_has_the_chains_codes() {
        let rows = vec![row(Some(1), Reason::JurorAgreed), row(Some(0), Reason::Declined(DeclineReason::InputInvalid))];
        let json = serde_json::to_value(told(rows)).unwrap();
        assert_eq!(json["job"], 7);
        assert_eq!(json["state"], "finalised");
        assert_eq!(json["reasons"][0]["tier"], 1);
        assert_eq!(json["reasons"][0]["reason"], "juror_agreed");
        assert_eq!(json["reasons"][0]["amount"]["hrt"], "1");
        assert_eq!(json["reasons"][1]["reason"]["declined"], "input_invalid");
        assert!(json["reasons"][1]["text"].as_str().unwrap().contains("not the model's"));
    }
}
