//! `hearth gov status`: how referenda stand, and whether they would pass if they ended now.

use crate::{
    amount::Amount,
    args::Options,
    chain::{Chain, Referendum, Stage, Track},
    error::{Error, Result},
    gov::{
        locks::{Locks, VoteLock},
        referendum::{ended_text, has_ended, stage_text, unknown, words_of},
        sentences::pause_text,
        tracks,
        words::Words,
    },
    share::Share,
    ui::table,
    units,
};
use hearth_primitives::{
    governance::{Missing, PauseView},
    H256,
};
use serde::Serialize;
use std::time::Duration;
use subxt::utils::AccountId32;

#[derive(Debug, Serialize)]
struct Status {
    /// The block by whose state it is told.
    block: u32,
    referenda: Vec<Row>,
    pauses: Vec<PauseView<u32>>,
    /// What the account has in votes, if one was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Locks>,
}

/// A referendum that has not ended.
#[derive(Debug, Serialize)]
struct Row {
    referendum: u32,
    track: String,
    submitter: AccountId32,
    submitted: u32,
    /// In words.
    proposal: String,
    call_hash: H256,
    stage: Stage,
    /// Weighted by conviction.
    ayes: Amount,
    nays: Amount,
    /// Before conviction.
    support: Amount,
    electorate: Amount,
    approval: Reached,
    /// Support, as a part of all that can vote.
    turnout: Reached,
    /// Whether it would pass if it ended now.
    passes: bool,
    missing: Missing<Amount>,
    /// The account's vote, if one was named that has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    vote: Option<VoteLock>,
}

/// A part that is reached, and the one that is needed now.
#[derive(Debug, Serialize)]
struct Reached {
    reached: Share,
    needed: Share,
}

/// A referendum that has ended.
#[derive(Debug, Serialize)]
struct Ended {
    referendum: u32,
    stage: Stage,
    #[serde(skip_serializing_if = "Option::is_none")]
    vote: Option<VoteLock>,
}

impl From<[u32; 2]> for Reached {
    fn from([reached, needed]: [u32; 2]) -> Self {
        Self { reached: Share(reached), needed: Share(needed) }
    }
}

impl Reached {
    fn text(&self) -> String {
        format!("{} of {} needed now", self.reached.short(), self.needed.short())
    }
}

impl Row {
    fn new(referendum: Referendum, proposal: String, tracks: &[Track], locks: Option<&Locks>) -> Self {
        let Referendum { index, track, submitter, submitted, call_hash, stage, votes, .. } = referendum;
        Self {
            referendum: index,
            track: tracks::name(tracks, track),
            submitter,
            submitted,
            proposal,
            call_hash,
            stage,
            ayes: votes.ayes,
            nays: votes.nays,
            support: votes.support,
            electorate: votes.electorate,
            approval: votes.approval.into(),
            turnout: votes.turnout.into(),
            passes: votes.passes,
            missing: votes.missing,
            vote: own_vote(locks, index),
        }
    }

    /// Whether it would pass if it ended now, and what it lacks.
    fn outlook(&self) -> String {
        if self.passes {
            return "would pass if it ended now".to_string();
        }
        let Missing { ayes, support } = self.missing;
        let ayes = match ayes {
            None => Some("that nobody is against it".to_string()),
            Some(Amount(0)) => None,
            Some(ayes) => Some(format!("{} more votes for it", ayes.decimal())),
        };
        let support = (support > Amount(0)).then(|| format!("{support} more of support"));
        let lacks: Vec<_> = ayes.into_iter().chain(support).collect();
        format!("would not pass if it ended now; it lacks {}", lacks.join(" and "))
    }

    fn text(&self, block: u32, block_time: Duration) -> String {
        let mut rows = vec![
            ("  proposal", self.proposal.clone()),
            ("  stage", stage_text(self.referendum, &self.stage, block, block_time)),
            ("  approval", format!("{}: {} votes for it, {} against", self.approval.text(), self.ayes.decimal(), self.nays.decimal())),
            ("  support", format!("{}: {} of {}", self.turnout.text(), self.support, self.electorate)),
            ("  outlook", self.outlook()),
        ];
        let about = about(block, block_time);
        rows.extend(self.vote.iter().map(|vote| ("  your vote", vote.text(&about))));
        format!("referendum {} on track {}\n{}", self.referendum, self.track, table(&rows))
    }

    /// With what the list leaves out.
    fn full_text(&self, block: u32, block_time: Duration) -> String {
        let rows = [
            ("  submitted", format!("at block {} by {}", self.submitted, self.submitter)),
            ("  call", format!("{:?}", self.call_hash)),
            ("  next", format!("hearth gov vote {} aye|nay|abstain AMOUNT", self.referendum)),
        ];
        self.text(block, block_time) + &table(&rows)
    }
}

/// The vote of the account that was named.
fn own_vote(locks: Option<&Locks>, referendum: u32) -> Option<VoteLock> {
    locks.and_then(|locks| locks.vote(referendum)).map(|(_, vote)| vote)
}

/// Tells blocks and when they come, at block `now`.
fn about(now: u32, block_time: Duration) -> impl Fn(u32) -> String {
    move |block: u32| format!("block {block}, in about {}", units::show_blocks(block.saturating_sub(now), block_time))
}

async fn locks_of(chain: &Chain, account: Option<AccountId32>) -> Result<Option<Locks>> {
    Ok(match account {
        Some(account) => Some(Locks::read(chain, &account).await?),
        None => None,
    })
}

/// Shows every referendum that has not ended.
pub async fn list(options: &Options, account: Option<AccountId32>) -> Result<()> {
    let chain = options.connect().await?;
    let (words, tracks, state) = (Words::read(&chain).await?, chain.tracks().await?, chain.state().await?);
    let account = locks_of(&chain, account).await?;
    let mut referenda = Vec::new();
    for referendum in chain.referenda().await? {
        let proposal = words_of(&state, &words, &referendum).await?;
        referenda.push(Row::new(referendum, proposal, &tracks, account.as_ref()));
    }
    let status = Status { block: chain.block().await?, referenda, pauses: chain.pauses().await?, account };
    options.output().print(&status, |status| list_text(status, words.facts().block_time))
}

/// Shows one referendum, also when it has ended.
pub async fn show(options: &Options, index: u32, account: Option<AccountId32>) -> Result<()> {
    let chain = options.connect().await?;
    let stage = chain.referendum(index).await?.ok_or_else(|| Error::failed(unknown(index)))?;
    let locks = locks_of(&chain, account).await?;
    let (words, block) = (Words::read(&chain).await?, chain.block().await?);
    let block_time = words.facts().block_time;
    let found = chain.referenda().await?.into_iter().find(|referendum| referendum.index == index);
    if let Some(referendum) = found.filter(|_| !has_ended(&stage)) {
        let proposal = words_of(&chain.state().await?, &words, &referendum).await?;
        let row = Row::new(referendum, proposal, &chain.tracks().await?, locks.as_ref());
        return options.output().print(&row, |row| row.full_text(block, block_time));
    }
    let ended = Ended { referendum: index, stage, vote: own_vote(locks.as_ref(), index) };
    options.output().print(&ended, |ended| ended_rows(ended, block, block_time))
}

fn ended_rows(ended: &Ended, block: u32, block_time: Duration) -> String {
    let index = ended.referendum;
    let mut rows = vec![("referendum", index.to_string()), ("ended", ended_text(&ended.stage))];
    let about = about(block, block_time);
    rows.extend(ended.vote.iter().map(|vote| ("your vote", vote.text(&about))));
    rows.push(("deposits", format!("`hearth gov refund {index}` gives back what is left of them")));
    table(&rows)
}

fn list_text(status: &Status, block_time: Duration) -> String {
    let block = status.block;
    let mut text: String = status.referenda.iter().map(|row| row.text(block, block_time)).collect();
    if status.referenda.is_empty() {
        text.push_str("no referendum is going on; `hearth gov propose` submits one\n");
    }
    let about = about(block, block_time);
    for PauseView { pause, until } in &status.pauses {
        text.push_str(&format!("paused: {} until {}\n", pause_text(pause), about(*until)));
    }
    if let Some(locks) = &status.account {
        text.push_str(&format!("account {}\n{}", locks.account, table(&locks.rows(block_time))));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gov::{
        locks::tests::locks,
        referendum::tests::referendum,
        tracks::tests::tracks,
        voting::{Conviction, Side, Until},
    };
    use hearth_primitives::governance::Pause;

    const BLOCK_TIME: Duration = Duration::from_secs(3);

    fn row(locks: Option<&Locks>) -> Row {
        Row::new(referendum(Stage::Deciding(120)), "set market.fee-rate to 6%".to_string(), &tracks(), locks)
    }

    fn own() -> Locks {
        locks(vec![VoteLock {
            referendum: 3,
            side: Side::Aye,
            amount: Amount(7_000_000_000_000),
            conviction: Conviction::Locked2x,
            until: Until::Ongoing,
        }])
    }

    #[test]
    fn row_tells_what_is_reached_and_what_is_lacking() {
        let text = row(Some(&own())).full_text(100, BLOCK_TIME);
        for part in [
            "referendum 3 on track market_params",
            "set market.fee-rate to 6%",
            "rejected at block 120, in about 60 seconds",
            "60% of 80% needed now: 60 votes for it, 40 against",
            "6% of 5% needed now: 60 HRT of 1000 HRT",
            "would not pass if it ended now; it lacks 100 more votes for it",
            "aye on referendum 3 with 7 HRT",
            "hearth gov vote 3",
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
    }

    #[test]
    fn outlook_names_all_that_is_lacking() {
        let with = |passes, ayes, support| Row { passes, missing: Missing { ayes, support: Amount(support) }, ..row(None) }.outlook();
        let hrt = 1_000_000_000_000;
        assert_eq!(with(true, Some(Amount(0)), 0), "would pass if it ended now");
        assert!(with(false, Some(Amount(hrt)), hrt).ends_with("1 more votes for it and 1 HRT more of support"));
        assert!(with(false, Some(Amount(0)), hrt).ends_with("it lacks 1 HRT more of support"));
        assert!(with(false, None, 0).ends_with("that nobody is against it"));
    }

    #[test]
    fn status_in_json() {
        let pauses = vec![PauseView { pause: Pause::NewJobs, until: 130 }];
        let status = Status { block: 100, referenda: vec![row(Some(&own()))], pauses, account: Some(own()) };
        let json = serde_json::to_value(&status).unwrap();
        let first = &json["referenda"][0];
        assert_eq!((first["referendum"].as_u64(), first["track"].as_str()), (Some(3), Some("market_params")));
        assert_eq!(first["stage"]["deciding"], 120);
        assert_eq!((first["approval"]["reached"].as_str(), first["approval"]["needed"].as_str()), (Some("60%"), Some("80%")));
        assert_eq!((first["passes"].as_bool(), first["missing"]["ayes"]["hrt"].as_str()), (Some(false), Some("100")));
        assert_eq!(first["vote"]["side"], "aye");
        assert_eq!(json["pauses"][0]["pause"], "new_jobs");
        assert_eq!(json["account"]["tracks"][0]["name"], "root");
        assert!(serde_json::to_value(row(None)).unwrap().get("vote").is_none());
    }

    #[test]
    fn list_tells_pauses_and_the_account() {
        let pauses = vec![PauseView { pause: Pause::Slashing, until: 120 }];
        let status = Status { block: 100, referenda: vec![], pauses, account: Some(own()) };
        let text = list_text(&status, BLOCK_TIME);
        for part in ["no referendum is going on", "paused: slashing until block 120", "in votes"] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
    }

    #[test]
    fn ended_tells_how_and_what_comes_back() {
        let ended = Ended { referendum: 3, stage: Stage::Approved(90), vote: None };
        let text = ended_rows(&ended, 100, BLOCK_TIME);
        assert!(text.contains("approved at block 90") && text.contains("`hearth gov refund 3`"), "{text}");
        assert_eq!(serde_json::to_value(&ended).unwrap()["stage"]["approved"], 90);
    }
}
