//! `hearth gov vote`: voting, and taking a vote back.

use crate::{
    amount::Amount,
    args::Options,
    chain::{Chain, Referendum, Stage, Track},
    error::{Error, Result},
    gov::{
        delegate::{undelegate, undelegated_text, MERGED},
        locks::{remove_vote, unlock_track, Locks, VoteLock},
        quantity::counted,
        referendum::{ongoing, stage_text, words_of},
        tracks,
        voting::{AccountVote, Conviction, Side, Until, PALLET},
        words::Words,
    },
    secret::account_of,
    tx::{estimate, submit, Call, Receipt},
    ui::{line, table},
    units,
};
use clap::Args;
use serde::Serialize;
use std::time::Duration;
use subxt::{dynamic::Value, utils::AccountId32};

/// The conviction of a vote that names none.
pub const DEFAULT_CONVICTION: u8 = 1;

/// A vote.
#[derive(Args, Debug)]
pub struct Vote {
    /// The referendum.
    #[arg(value_name = "INDEX")]
    referendum: u32,
    /// For it, against it, or support without a side.
    #[arg(value_enum)]
    side: Side,
    /// With how much: free, held or bonded, all that the account has may vote.
    #[arg(value_name = "HRT")]
    amount: Amount,
    /// From 0 to 6. 0 gives a tenth of the tokens as votes, and they are free when the referendum has ended. 1 to 6 multiply by as much, and
    /// lock for 1, 2, 4, 8, 16 and 32 lock periods after the end, if the outcome is the vote's. 1, if nothing is said.
    #[arg(long, value_name = "0-6", value_parser = clap::value_parser!(u8).range(0..=6))]
    conviction: Option<u8>,
}

/// When a referendum ends, at the latest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Latest {
    /// At a block.
    Block(u32),
    /// So many blocks after its decision begins, for which it may wait.
    AfterBegin(u32),
}

/// What a vote will lock.
#[derive(Clone, Copy, Debug)]
struct Lock {
    /// When its referendum ends, at the latest.
    latest: Latest,
    /// Blocks for which it stays locked after that, if the outcome is the vote's.
    after: u32,
}

#[derive(Debug, Serialize)]
struct Voted {
    account: AccountId32,
    referendum: u32,
    track: String,
    side: Side,
    amount: Amount,
    conviction: Conviction,
    /// What it counts.
    votes: Amount,
    /// The block at which the referendum has ended at the latest; none where its decision has not begun.
    ends_at_latest: Option<u32>,
    /// Blocks for which the amount stays locked after that, if the outcome is the vote's.
    lock_blocks: u32,
    /// The block until which it is locked at the latest; none where the decision has not begun.
    locked_at_latest: Option<u32>,
    /// Whose delegation it ended.
    overrides: Option<AccountId32>,
    #[serde(flatten)]
    receipt: Receipt,
}

#[derive(Debug, Serialize)]
struct Removed {
    account: AccountId32,
    referendum: u32,
    track: String,
    amount: Amount,
    /// Until when it is locked all the same.
    until: Until,
    #[serde(flatten)]
    receipt: Receipt,
}

impl Vote {
    /// Does what was asked.
    pub async fn run(self, options: &Options) -> Result<()> {
        let conviction = self.conviction()?;
        let signer = options.given().signer()?;
        let account = account_of(&signer);
        let chain = options.connect().await?;
        let referendum = ongoing(&chain, self.referendum).await?;
        check_total(&chain, &account, self.amount).await?;
        let (words, tracks) = (Words::read(&chain).await?, chain.tracks().await?);
        let track = tracks::find(&tracks, &referendum.track.to_string())?;
        let locks = Locks::read(&chain, &account).await?;
        let vote = AccountVote::new(self.side, self.amount, conviction);
        let lock = Lock { latest: latest(&referendum.stage, track), after: locks.period.saturating_mul(conviction.periods()) };

        let (block, block_time) = (locks.block, words.facts().block_time);
        line(&format!("referendum {} would {}", self.referendum, words_of(&chain.state().await?, &words, &referendum).await?));
        line(&format!("it is {}", stage_text(self.referendum, &referendum.stage, block, block_time)));
        line(&weight_text(vote));
        line(&lock_text(vote, lock, block, block_time));
        let own = locks.on(referendum.track);
        let delegation = own.and_then(|own| own.delegation);
        if let Some(delegation) = delegation {
            line(&format!("this overrides your delegate: {}", undelegated_text(&track.name, &delegation, locks.period, block_time)));
        }
        let before = locks.vote(self.referendum).map(|(_, vote)| vote);
        let entrusted = own.map(|own| own.delegated).filter(|_| delegation.is_none()).unwrap_or_default();
        effect_lines(&referendum, vote, before, entrusted).iter().for_each(|text| line(text));

        let cast = Call::new(PALLET, "vote", vec![Value::u128(self.referendum.into()), vote.value()]);
        let call = Call::all(delegation.map(|_| undelegate(referendum.track)).into_iter().chain([cast]).collect());
        line(&format!("the transaction itself costs about {}", estimate(&chain, &signer, &call).await?));
        let receipt = submit(&chain, &signer, call, "voting").await?;
        let voted = Voted {
            account,
            referendum: self.referendum,
            track: track.name.clone(),
            side: self.side,
            amount: self.amount,
            conviction,
            votes: votes(vote),
            ends_at_latest: lock.ends(),
            lock_blocks: lock.after,
            locked_at_latest: lock.ends().map(|end| end.saturating_add(lock.after)),
            overrides: delegation.map(|delegation| delegation.to),
            receipt,
        };
        options.output().print(&voted, voted_text)
    }

    /// How strongly it is meant. Only a side can be taken with conviction.
    fn conviction(&self) -> Result<Conviction> {
        if self.amount == Amount(0) {
            return Err(Error::usage("there is nothing to vote with in 0 HRT; raise the amount"));
        }
        match (self.side, self.conviction) {
            (Side::Abstain, Some(1..)) => Err(Error::usage("who abstains takes no side, so with no conviction; leave --conviction out")),
            (Side::Abstain, _) => Ok(Conviction::None),
            (_, level) => Ok(Conviction::of(level.unwrap_or(DEFAULT_CONVICTION))),
        }
    }
}

impl Lock {
    /// The block at which the referendum has ended at the latest, if that is known.
    fn ends(&self) -> Option<u32> {
        match self.latest {
            Latest::Block(block) => Some(block),
            Latest::AfterBegin(_) => None,
        }
    }
}

/// Stops if an account has less than an amount, whatever of it is held.
pub async fn check_total(chain: &Chain, account: &AccountId32, amount: Amount) -> Result<()> {
    let total = chain.account(account).await?.total;
    if amount > total {
        return Err(Error::failed(format!("{account} has {total} in all, and can vote with no more; lower the amount")));
    }
    Ok(())
}

/// When a referendum ends, at the latest. In the last block of its decision it may still begin to be confirmed.
fn latest(stage: &Stage, track: &Track) -> Latest {
    match stage {
        Stage::Deciding(until) => Latest::Block(until.saturating_add(track.confirm)),
        // The decision began before this confirmation, and is followed by another one at the most.
        Stage::Confirming(until) => Latest::Block(until.saturating_add(track.decide)),
        _ => Latest::AfterBegin(track.decide.saturating_add(track.confirm)),
    }
}

/// The votes that a vote counts.
fn votes(vote: AccountVote) -> Amount {
    match vote.side() {
        Side::Aye | Side::Nay => vote.conviction().votes(vote.amount()),
        Side::Abstain | Side::Split => Amount(0),
    }
}

fn weight_text(vote: AccountVote) -> String {
    let (amount, side) = (vote.amount(), vote.side().name());
    if vote.side() == Side::Abstain {
        return format!("{side} with {amount}: support of {amount}, and no votes");
    }
    let conviction = vote.conviction();
    format!("{side} with {amount} at conviction {}: {} votes, {conviction}", conviction.level(), votes(vote).decimal())
}

/// What a vote locks and until when, in the worst case; told at block `now`.
fn lock_text(vote: AccountVote, lock: Lock, now: u32, block_time: Duration) -> String {
    let about = |block: u32| format!("block {block}, in about {}", units::show_blocks(block.saturating_sub(now), block_time));
    let for_blocks = |blocks: u32| format!("{} ({})", counted(blocks.into(), "block"), units::show_blocks(blocks, block_time));
    let end = match lock.latest {
        Latest::Block(block) => format!("at {}, at the latest", about(block)),
        Latest::AfterBegin(blocks) => format!("{} after its decision begins, at the latest", for_blocks(blocks)),
    };
    let amount = vote.amount();
    let head = format!("{amount} is locked until the referendum ends ({end}), unless the vote is removed before");
    if lock.after == 0 {
        return format!("{head}; then it is free");
    }
    let last = match lock.ends() {
        Some(block) => format!(": until {}, at the latest", about(block.saturating_add(lock.after))),
        None => String::new(),
    };
    format!("{head}; if the outcome is {}, it stays locked for {} more{last}", vote.side().name(), for_blocks(lock.after))
}

/// What a vote changes besides.
fn effect_lines(referendum: &Referendum, vote: AccountVote, before: Option<VoteLock>, entrusted: Amount) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(before) = before {
        lines.push(format!("it takes the place of your vote: {} with {}", before.side.name(), before.amount));
    }
    if entrusted > Amount(0) && vote.side() != Side::Abstain {
        lines.push(format!("with it go {} votes that others delegated to you", entrusted.decimal()));
    }
    let missing = referendum.votes.missing;
    // What was counted of the account before is not known here, so only a first vote can be added.
    let alone = before.is_none() && entrusted == Amount(0) && vote.side() == Side::Aye && !referendum.votes.passes;
    if alone && missing.ayes.is_some_and(|ayes| votes(vote) >= ayes) && vote.amount() >= missing.support {
        lines.push("with this vote it would pass if it ended now".to_string());
    }
    lines
}

fn voted_text(voted: &Voted) -> String {
    let index = voted.referendum;
    let locked = match voted.locked_at_latest {
        Some(block) => format!("until block {block} at the latest"),
        None => format!("until the referendum ends, and for {} blocks more if the outcome is the vote's", voted.lock_blocks),
    };
    table(&[
        ("referendum", index.to_string()),
        ("vote", format!("{} with {}", voted.side.name(), voted.amount)),
        ("votes", voted.votes.decimal()),
        ("locked", locked),
        ("next", format!("hearth gov status {index} --account {}", voted.account)),
    ])
}

/// Takes the signing account's vote on a referendum back.
pub async fn remove(options: &Options, referendum: u32) -> Result<()> {
    let signer = options.given().signer()?;
    let account = account_of(&signer);
    let chain = options.connect().await?;
    let locks = Locks::read(&chain, &account).await?;
    let found = locks.vote(referendum);
    let (track, vote) = found.ok_or_else(|| Error::failed(format!("{account} has no vote on referendum {referendum}")))?;
    if let Until::Block(block) = vote.until {
        line(&format!("{} stays locked until block {block}: the outcome was this vote's. On its track, {MERGED}", vote.amount));
    }
    let call = Call::all(vec![remove_vote(track, referendum), unlock_track(track, &account)]);
    line(&format!("the transaction itself costs about {}", estimate(&chain, &signer, &call).await?));
    let receipt = submit(&chain, &signer, call, "removing the vote").await?;
    let until = if vote.until == Until::Ongoing { Until::Free } else { vote.until };
    let track = locks.on(track).map(|lock| lock.name.clone()).unwrap_or_default();
    let removed = Removed { account, referendum, track, amount: vote.amount, until, receipt };
    options.output().print(&removed, |removed| match removed.until {
        Until::Block(block) => {
            format!("the vote on referendum {} is removed; {} stays locked until block {block}", removed.referendum, removed.amount)
        }
        _ => format!("the vote on referendum {} is removed, and locks nothing any more", removed.referendum),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gov::{referendum::tests::referendum, tracks::tests::tracks};

    const HRT: u128 = 1_000_000_000_000;

    fn vote(side: Side, amount: u128, conviction: Option<u8>) -> Vote {
        Vote { referendum: 3, side, amount: Amount(amount), conviction }
    }

    fn cast(side: Side, hrt: u128, level: u8) -> AccountVote {
        AccountVote::new(side, Amount(hrt * HRT), Conviction::of(level))
    }

    #[test]
    fn conviction_goes_with_a_side() {
        let of = |side, conviction| vote(side, 1, conviction).conviction().map(Conviction::level).map_err(|error| error.exit_code());
        assert_eq!(of(Side::Aye, None), Ok(1));
        assert_eq!(of(Side::Nay, Some(0)), Ok(0));
        assert_eq!(of(Side::Nay, Some(6)), Ok(6));
        assert_eq!(of(Side::Abstain, None), Ok(0));
        assert_eq!(of(Side::Abstain, Some(0)), Ok(0));
        assert_eq!(of(Side::Abstain, Some(2)), Err(2));
        assert!(vote(Side::Aye, 0, None).conviction().is_err());
    }

    #[test]
    fn latest_counts_a_confirmation_that_begins_last() {
        let track = &tracks()[1];
        assert_eq!(latest(&Stage::Deciding(500), track), Latest::Block(600));
        assert_eq!(latest(&Stage::Confirming(500), track), Latest::Block(1_500));
        for waiting in [Stage::NeedsDeposit(9), Stage::Preparing(9), Stage::Queued] {
            assert_eq!(latest(&waiting, track), Latest::AfterBegin(1_100));
        }
    }

    #[test]
    fn lock_is_told_in_the_worst_case() {
        let text = |side, level, latest, after| {
            let lock = Lock { latest, after };
            lock_text(cast(side, 10, level), lock, 500, Duration::from_secs(3))
        };
        let aye = text(Side::Aye, 2, Latest::Block(600), 200);
        for part in
            ["10 HRT is locked", "block 600, in about 5 minutes", "if the outcome is aye", "200 blocks (10 minutes)", "until block 800"]
        {
            assert!(aye.contains(part), "{part} is not in:\n{aye}");
        }
        assert!(text(Side::Nay, 0, Latest::Block(600), 0).ends_with("then it is free"));
        let waiting = text(Side::Nay, 1, Latest::AfterBegin(100), 100);
        assert!(waiting.contains("100 blocks (5 minutes) after its decision begins") && waiting.ends_with("more"), "{waiting}");
    }

    #[test]
    fn weight_is_told_with_the_conviction() {
        assert_eq!(weight_text(cast(Side::Aye, 10, 2)), "aye with 10 HRT at conviction 2: 20 votes, 2 times the tokens");
        assert_eq!(weight_text(cast(Side::Nay, 10, 0)), "nay with 10 HRT at conviction 0: 1 votes, a tenth of the tokens");
        assert!(weight_text(cast(Side::Abstain, 10, 0)).ends_with("no votes"));
    }

    #[test]
    fn effects_are_told_before_they_happen() {
        let found = referendum(Stage::Deciding(500));
        let before = VoteLock { referendum: 3, side: Side::Nay, amount: Amount(HRT), conviction: Conviction::None, until: Until::Ongoing };
        let passes =
            |vote, before, entrusted| effect_lines(&found, vote, before, Amount(entrusted)).iter().any(|text| text.contains("would pass"));
        assert!(passes(cast(Side::Aye, 50, 2), None, 0));
        assert!(!passes(cast(Side::Aye, 50, 1), None, 0));
        assert!(!passes(cast(Side::Nay, 50, 2), None, 0));
        assert!(!passes(cast(Side::Aye, 50, 2), Some(before), 0));
        let lines = effect_lines(&found, cast(Side::Aye, 1, 1), Some(before), Amount(7 * HRT)).join("\n");
        assert!(lines.contains("nay with 1 HRT") && lines.contains("7 votes that others delegated"), "{lines}");
    }
}
