//! `hearth gov delegate` and `undelegate`: letting another account vote with one's tokens.

use crate::{
    amount::Amount,
    args::Options,
    chain::Track,
    error::{Error, Result},
    gov::{
        locks::{remove_vote, unlock_track, Delegation, Locks, TrackLock},
        quantity::counted,
        tracks::find,
        vote::{check_total, DEFAULT_CONVICTION},
        voting::{Conviction, Until, PALLET},
    },
    secret::{account, account_of},
    tx::{address_value, amount_value, estimate, submit, Call, Receipt},
    ui::line,
    units,
};
use clap::Args;
use serde::Serialize;
use std::time::Duration;
use subxt::{dynamic::Value, utils::AccountId32};

/// The word for every track.
const ALL: &str = "all";

/// What becomes of locks when votes are removed before their time.
pub const MERGED: &str = "what removed votes still lock is locked together: the largest amount until the last block";

/// A delegation to give.
#[derive(Args, Debug)]
pub struct Delegate {
    /// A track's name or number, or `all`.
    #[arg(value_name = "TRACK|all")]
    track: String,
    /// Who votes.
    #[arg(value_parser = account, value_name = "ADDRESS")]
    to: AccountId32,
    /// With how much; on all tracks the same tokens vote.
    #[arg(value_name = "HRT")]
    amount: Amount,
    /// From 0 to 6, as for votes. What is delegated is locked until it is undelegated, and for 0, 1, 2, 4, 8, 16 or 32 lock periods after
    /// that. 1, if nothing is said.
    #[arg(long, value_name = "0-6", value_parser = clap::value_parser!(u8).range(0..=6))]
    conviction: Option<u8>,
}

/// A delegation to end.
#[derive(Args, Debug)]
pub struct Undelegate {
    /// A track's name or number, or `all`.
    #[arg(value_name = "TRACK|all")]
    track: String,
}

#[derive(Debug, Serialize)]
struct Delegated {
    account: AccountId32,
    to: AccountId32,
    amount: Amount,
    conviction: Conviction,
    /// The votes that it gives to the delegate.
    votes: Amount,
    tracks: Vec<String>,
    /// Blocks for which it stays locked after it is undelegated.
    lock_blocks: u32,
    #[serde(flatten)]
    receipt: Receipt,
}

#[derive(Debug, Serialize)]
struct Undelegated {
    account: AccountId32,
    tracks: Vec<String>,
    /// What votes lock now, and delegations that lasted.
    locked: Amount,
    #[serde(flatten)]
    receipt: Receipt,
}

impl Delegate {
    /// Does what was asked.
    pub async fn run(self, options: &Options) -> Result<()> {
        let conviction = Conviction::of(self.conviction.unwrap_or(DEFAULT_CONVICTION));
        let signer = options.given().signer()?;
        let account = account_of(&signer);
        if self.to == account {
            return Err(Error::usage("nobody delegates to themselves; name another account"));
        }
        let chain = options.connect().await?;
        check_total(&chain, &account, self.amount).await?;
        let (all, block_time) = (chain.tracks().await?, chain.block_time().await?);
        let tracks = chosen(&all, &self.track)?;
        let locks = Locks::read(&chain, &account).await?;
        let mut calls = Vec::new();
        for track in &tracks {
            let own = locks.on(track.id);
            if let Some(own) = own {
                calls.extend(cleared(own)?);
                if own.votes.iter().any(|vote| matches!(vote.until, Until::Block(_))) {
                    line(&format!("on {} {MERGED}", track.name));
                }
                let old = own.delegation.iter();
                old.for_each(|old| line(&format!("until now: {}", undelegated_text(&track.name, old, locks.period, block_time))));
            }
            calls.push(self.call(track.id, conviction));
        }
        let lock_blocks = locks.period.saturating_mul(conviction.periods());
        let names: Vec<_> = tracks.iter().map(|track| track.name.clone()).collect();
        let votes = conviction.votes(self.amount);
        line(&format!("{} votes with {} of yours, {} votes, on {}", self.to, self.amount, votes.decimal(), names.join(", ")));
        line(&format!("{} is locked until `hearth gov undelegate`, and {} after that", self.amount, blocks(lock_blocks, block_time)));
        let call = Call::all(calls);
        line(&format!("the transaction itself costs about {}", estimate(&chain, &signer, &call).await?));
        let receipt = submit(&chain, &signer, call, "delegating").await?;
        let delegated = Delegated { account, to: self.to, amount: self.amount, conviction, votes, tracks: names, lock_blocks, receipt };
        options.output().print(&delegated, |done| format!("{} votes with {} of yours on {}", done.to, done.amount, done.tracks.join(", ")))
    }

    fn call(&self, track: u16, conviction: Conviction) -> Call {
        let args = vec![Value::u128(track.into()), address_value(&self.to), conviction.value(), amount_value(self.amount)];
        Call::new(PALLET, "delegate", args)
    }
}

impl Undelegate {
    /// Does what was asked.
    pub async fn run(self, options: &Options) -> Result<()> {
        let signer = options.given().signer()?;
        let account = account_of(&signer);
        let chain = options.connect().await?;
        let (all, block_time) = (chain.tracks().await?, chain.block_time().await?);
        let locks = Locks::read(&chain, &account).await?;
        let (mut calls, mut names) = (Vec::new(), Vec::new());
        for track in chosen(&all, &self.track)? {
            let Some(delegation) = locks.on(track.id).and_then(|own| own.delegation) else { continue };
            line(&undelegated_text(&track.name, &delegation, locks.period, block_time));
            calls.extend([undelegate(track.id), unlock_track(track.id, &account)]);
            names.push(track.name.clone());
        }
        if calls.is_empty() {
            return Err(Error::failed(format!("{account} delegates nothing there; see `hearth gov status --account {account}`")));
        }
        let call = Call::all(calls);
        line(&format!("the transaction itself costs about {}", estimate(&chain, &signer, &call).await?));
        let receipt = submit(&chain, &signer, call, "ending the delegation").await?;
        let locked = Locks::read(&chain, &account).await?.locked;
        let undelegated = Undelegated { account, tracks: names, locked, receipt };
        options.output().print(&undelegated, |done| {
            format!("no longer delegated on {}; {} stay locked: `hearth gov unlock` frees what can be", done.tracks.join(", "), done.locked)
        })
    }
}

/// The tracks that are meant.
fn chosen<'a>(tracks: &'a [Track], wanted: &str) -> Result<Vec<&'a Track>> {
    if wanted.eq_ignore_ascii_case(ALL) {
        return Ok(tracks.iter().collect());
    }
    Ok(vec![find(tracks, wanted)?])
}

/// The calls after which a track is free for a delegation. A vote on what has not ended is in the way: who delegates would lose it unasked.
fn cleared(own: &TrackLock) -> Result<Vec<Call>> {
    let ongoing: Vec<_> = own.votes.iter().filter(|vote| vote.until == Until::Ongoing).map(|vote| vote.referendum.to_string()).collect();
    if let [first, ..] = &ongoing[..] {
        return Err(Error::failed(format!(
            "you vote yourself on track {}, on referenda {} that have not ended; wait for that, or remove each vote with `hearth gov \
             remove-vote {first}`",
            own.name,
            ongoing.join(", ")
        )));
    }
    let undelegated = own.delegation.map(|_| undelegate(own.track));
    let removed = own.votes.iter().map(|vote| remove_vote(own.track, vote.referendum));
    Ok(undelegated.into_iter().chain(removed).collect())
}

/// The call that ends the delegation on a track.
pub fn undelegate(track: u16) -> Call {
    Call::new(PALLET, "undelegate", vec![Value::u128(track.into())])
}

/// What it means that a delegation ends.
pub fn undelegated_text(track: &str, delegation: &Delegation, period: u32, block_time: Duration) -> String {
    let Delegation { to, amount, conviction } = delegation;
    let lock = match period.saturating_mul(conviction.periods()) {
        0 => "is free at once".to_string(),
        lock => format!("stays locked for {}", blocks(lock, block_time)),
    };
    format!(
        "the delegation of {amount} to {to} on track {track} ends, for all its referenda; {amount} {lock}. `hearth gov delegate` gives it back \
         where no own vote is left"
    )
}

fn blocks(blocks: u32, block_time: Duration) -> String {
    format!("{} ({})", counted(blocks.into(), "block"), units::show_blocks(blocks, block_time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gov::{
        locks::{tests::locks, VoteLock},
        tracks::tests::tracks,
        voting::Side,
    };

    const OTHER: AccountId32 = AccountId32([2; 32]);

    fn vote(referendum: u32, until: Until) -> VoteLock {
        VoteLock { referendum, side: Side::Aye, amount: Amount(7), conviction: Conviction::Locked1x, until }
    }

    #[test]
    fn all_is_every_track() {
        let tracks = tracks();
        assert_eq!(chosen(&tracks, "all").unwrap().len(), 2);
        assert_eq!(chosen(&tracks, "market-params").unwrap()[0].id, 10);
        assert!(chosen(&tracks, "none").is_err());
    }

    #[test]
    fn track_is_cleared_of_what_has_ended_and_of_an_old_delegation() {
        let locks = locks(vec![vote(1, Until::Free), vote(2, Until::Block(90))]);
        assert_eq!(cleared(locks.on(10).unwrap()).unwrap(), [remove_vote(10, 1), remove_vote(10, 2)]);
        assert_eq!(cleared(locks.on(0).unwrap()).unwrap(), [undelegate(0)]);
    }

    #[test]
    fn own_votes_are_in_the_way() {
        let locks = locks(vec![vote(1, Until::Free), vote(2, Until::Ongoing), vote(5, Until::Ongoing)]);
        let error = cleared(locks.on(10).unwrap()).unwrap_err().to_string();
        assert!(error.contains("2, 5") && error.contains("remove-vote 2"), "{error}");
    }

    #[test]
    fn undelegated_tells_what_stays_locked() {
        let text = |conviction| {
            let delegation = Delegation { to: OTHER, amount: Amount(1_000_000_000_000), conviction };
            undelegated_text("root", &delegation, 100, Duration::from_secs(3))
        };
        assert!(text(Conviction::Locked2x).contains("stays locked for 200 blocks (10 minutes)"));
        assert!(text(Conviction::None).contains("is free at once"));
    }
}
