//! What an account's votes lock, until when, and `hearth gov unlock`.

use crate::{
    amount::Amount,
    args::Options,
    chain::Chain,
    error::{Error, Result},
    gov::{
        tracks,
        voting::{AccountVote, Casting, Conviction, Delegating, Side, Until, Voting, PALLET},
    },
    secret::account_of,
    state::State,
    tx::{address_value, estimate, submit, Call, Receipt},
    ui::{line, table},
    units,
};
use serde::Serialize;
use std::{collections::BTreeMap, time::Duration};
use subxt::{dynamic::Value, utils::AccountId32};

/// What an account has in votes. Locks on several tracks lie over each other: the largest counts.
#[derive(Clone, Debug, Serialize)]
pub struct Locks {
    /// The account.
    pub account: AccountId32,
    /// The block by whose state it is told.
    pub block: u32,
    /// What is locked.
    pub locked: Amount,
    /// What would stay locked if everything was freed that can be.
    pub staying: Amount,
    /// On each track on which it votes or delegates, or did.
    pub tracks: Vec<TrackLock>,
    /// Blocks in a lock period.
    #[serde(skip)]
    pub period: u32,
}

/// What an account has in votes on one track.
#[derive(Clone, Debug, Serialize)]
pub struct TrackLock {
    /// The track's number.
    pub track: u16,
    /// Its name.
    pub name: String,
    /// What the chain locks for it now.
    pub locked: Amount,
    /// What would stay locked if everything was freed that can be.
    pub staying: Amount,
    /// Its votes.
    pub votes: Vec<VoteLock>,
    /// Who votes with its tokens.
    pub delegation: Option<Delegation>,
    /// What removed votes and ended delegations still lock.
    pub earlier: Option<Earlier>,
    /// Votes that others delegated to it.
    pub delegated: Amount,
}

/// A vote, and what it locks.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct VoteLock {
    /// The referendum.
    pub referendum: u32,
    /// Which way it goes.
    pub side: Side,
    /// All tokens in it.
    pub amount: Amount,
    /// How strongly it is meant.
    pub conviction: Conviction,
    /// Until when it locks them.
    pub until: Until,
}

/// A delegation.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Delegation {
    /// Who votes.
    pub to: AccountId32,
    /// With how much.
    pub amount: Amount,
    /// How strongly.
    pub conviction: Conviction,
}

/// What lasts of earlier votes and delegations.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Earlier {
    /// How much is locked.
    pub amount: Amount,
    /// Until which block.
    pub until: u32,
}

#[derive(Debug, Serialize)]
struct Unlocked {
    account: AccountId32,
    /// What was locked before.
    before: Amount,
    /// What is locked now.
    locked: Amount,
    /// The referenda whose votes were removed.
    removed: Vec<u32>,
    /// The tracks that were freed or lowered.
    tracks: Vec<String>,
    #[serde(flatten)]
    receipt: Receipt,
}

impl Locks {
    /// Reads them at the best block.
    pub async fn read(chain: &Chain, account: &AccountId32) -> Result<Self> {
        let state = chain.state().await?;
        let period: u32 = state.constant(PALLET, "VoteLockingPeriod")?;
        let block = block_of(&state).await?;
        let names = chain.tracks().await?;
        let found: Vec<((AccountId32, u16), Voting)> = state.entries(PALLET, "VotingFor", (*account,)).await?;
        let locks: Option<Vec<(u16, u128)>> = state.value(PALLET, "ClassLocksFor", (*account,)).await?;
        let mut locks: BTreeMap<_, _> = locks.unwrap_or_default().into_iter().collect();
        let mut tracks = Vec::new();
        for ((_, track), voting) in found {
            let (name, locked) = (tracks::name(&names, track), Amount(locks.remove(&track).unwrap_or_default()));
            let votes = match &voting {
                Voting::Casting(casting) => votes(chain, &casting.votes, period, block).await?,
                Voting::Delegating(_) => Vec::new(),
            };
            tracks.push(TrackLock::new((track, name), locked, &voting, votes, block));
        }
        tracks.sort_by_key(|track| track.track);
        let largest = |of: fn(&TrackLock) -> Amount| tracks.iter().map(of).max().unwrap_or_default();
        let (locked, staying) = (largest(|track| track.locked), largest(|track| track.staying));
        Ok(Self { account: *account, block, locked, staying, tracks, period })
    }

    /// What it has on one track.
    pub fn on(&self, track: u16) -> Option<&TrackLock> {
        self.tracks.iter().find(|lock| lock.track == track)
    }

    /// Its vote on a referendum, with the track.
    pub fn vote(&self, referendum: u32) -> Option<(u16, VoteLock)> {
        let of = |lock: &TrackLock| lock.votes.iter().find(|vote| vote.referendum == referendum).map(|vote| (lock.track, *vote));
        self.tracks.iter().find_map(of)
    }

    /// A line for each thing that locks something, or did.
    pub fn rows(&self, block_time: Duration) -> Vec<(&'static str, String)> {
        let about = |block: u32| format!("block {block}, in about {}", units::show_blocks(block.saturating_sub(self.block), block_time));
        let mut rows = vec![("locked", format!("{} in votes, of which {} can be freed: `hearth gov unlock`", self.locked, self.free()))];
        for lock in &self.tracks {
            let name = &lock.name;
            rows.extend(lock.votes.iter().map(|vote| ("vote", format!("{name}: {}", vote.text(&about)))));
            rows.extend(lock.delegation.iter().map(|delegation| ("delegated", format!("{name}: {}", delegation.text()))));
            let earlier = lock.earlier.iter();
            rows.extend(earlier.map(|earlier| ("earlier", format!("{name}: {} until {}", earlier.amount, about(earlier.until)))));
            if lock.delegated > Amount(0) {
                rows.push(("entrusted", format!("{name}: {} votes by others", lock.delegated.decimal())));
            }
        }
        rows
    }

    /// What can be freed.
    fn free(&self) -> Amount {
        self.locked.saturating_sub(self.staying)
    }

    /// The calls that free all that can be, with the referenda and the tracks that they are for.
    fn calls(&self) -> (Vec<Call>, Vec<u32>, Vec<String>) {
        let (mut calls, mut removed, mut unlocked) = (Vec::new(), Vec::new(), Vec::new());
        for lock in &self.tracks {
            let free = lock.votes.iter().filter(|vote| vote.until == Until::Free);
            let free: Vec<_> = free.map(|vote| vote.referendum).collect();
            calls.extend(free.iter().map(|referendum| remove_vote(lock.track, *referendum)));
            if lock.staying < lock.locked {
                calls.push(unlock_track(lock.track, &self.account));
                unlocked.push(lock.name.clone());
            }
            removed.extend(free);
        }
        (calls, removed, unlocked)
    }
}

impl TrackLock {
    fn new((track, name): (u16, String), locked: Amount, voting: &Voting, votes: Vec<VoteLock>, now: u32) -> Self {
        let (delegations, prior, delegation) = match voting {
            Voting::Casting(Casting { delegations, prior, .. }) => (delegations, prior, None),
            Voting::Delegating(Delegating { balance, target, conviction, delegations, prior }) => {
                (delegations, prior, Some(Delegation { to: *target, amount: Amount(*balance), conviction: *conviction }))
            }
        };
        let (until, amount) = (prior.0, Amount(prior.1));
        let earlier = (until > now && amount > Amount(0)).then_some(Earlier { amount, until });
        let lasting = votes.iter().filter(|vote| vote.until != Until::Free).map(|vote| vote.amount);
        let others = [delegation.map(|delegation| delegation.amount), earlier.map(|earlier| earlier.amount)];
        let staying = lasting.chain(others.into_iter().flatten()).max().unwrap_or_default();
        Self { track, name, locked, staying, votes, delegation, earlier, delegated: Amount(delegations.votes) }
    }
}

impl VoteLock {
    /// "aye on referendum 3 with 10 HRT ...". `about` tells a block and when that is.
    pub fn text(&self, about: &impl Fn(u32) -> String) -> String {
        let Self { referendum, side, amount, conviction, until } = self;
        let until = match until {
            Until::Ongoing => "locked until the referendum ends, and longer if its outcome is this one's".to_string(),
            Until::Block(block) => format!("locked until {}", about(*block)),
            Until::Free => "free".to_string(),
        };
        format!("{} on referendum {referendum} with {amount}, votes: {conviction}; {until}", side.name())
    }
}

impl Delegation {
    /// "10 HRT to ...".
    pub fn text(&self) -> String {
        format!(
            "{} to {}, votes: {}; locked until `hearth gov undelegate`, and longer by its conviction",
            self.amount, self.to, self.conviction
        )
    }
}

async fn block_of(state: &State) -> Result<u32> {
    Ok(state.value("System", "Number", ()).await?.unwrap_or_default())
}

async fn votes(chain: &Chain, votes: &[(u32, AccountVote)], period: u32, now: u32) -> Result<Vec<VoteLock>> {
    let mut locks = Vec::new();
    for (referendum, vote) in votes {
        let stage = chain.referendum(*referendum).await?;
        let until = vote.until(stage.as_ref(), period, now);
        let (side, amount, conviction) = (vote.side(), vote.amount(), vote.conviction());
        locks.push(VoteLock { referendum: *referendum, side, amount, conviction, until });
    }
    Ok(locks)
}

/// The call that removes a vote.
pub fn remove_vote(track: u16, referendum: u32) -> Call {
    let track = Value::unnamed_variant("Some", [Value::u128(track.into())]);
    Call::new(PALLET, "remove_vote", vec![track, Value::u128(referendum.into())])
}

/// The call that lowers what is locked on a track to what is needed.
pub fn unlock_track(track: u16, account: &AccountId32) -> Call {
    Call::new(PALLET, "unlock", vec![Value::u128(track.into()), address_value(account)])
}

/// Frees all that the signing account's votes lock no longer.
pub async fn unlock(options: &Options) -> Result<()> {
    let signer = options.given().signer()?;
    let account = account_of(&signer);
    let chain = options.connect().await?;
    let (locks, block_time) = (Locks::read(&chain, &account).await?, chain.block_time().await?);
    line(table(&locks.rows(block_time)).trim_end());
    let (calls, removed, tracks) = locks.calls();
    if calls.is_empty() {
        return Err(Error::failed("nothing can be freed now; what is locked, and until when, is said above"));
    }
    line(&format!("{} will become free, {} stay locked", locks.free(), locks.staying));
    let call = Call::all(calls);
    line(&format!("the transaction itself costs about {}", estimate(&chain, &signer, &call).await?));
    let receipt = submit(&chain, &signer, call, "unlocking").await?;
    let now = Locks::read(&chain, &account).await?;
    let unlocked = Unlocked { account, before: locks.locked, locked: now.locked, removed, tracks, receipt };
    options.output().print(&unlocked, |unlocked| {
        let freed = unlocked.before.saturating_sub(unlocked.locked);
        format!("{freed} freed, {} stay locked in votes", unlocked.locked)
    })
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::gov::voting::Delegations;

    const ME: AccountId32 = AccountId32([1; 32]);
    const OTHER: AccountId32 = AccountId32([2; 32]);

    fn vote(referendum: u32, amount: u128, until: Until) -> VoteLock {
        VoteLock { referendum, side: Side::Aye, amount: Amount(amount), conviction: Conviction::Locked1x, until }
    }

    fn casting(votes: Vec<VoteLock>, prior: (u32, u128)) -> TrackLock {
        let delegations = Delegations { votes: 5 };
        let voting = Voting::Casting(Casting { votes: vec![], delegations, prior });
        TrackLock::new((10, "market_params".to_string()), Amount(100), &voting, votes, 50)
    }

    /// A delegation of 70 on root's track.
    fn delegating() -> TrackLock {
        let (delegations, conviction) = (Delegations { votes: 0 }, Conviction::Locked2x);
        let voting = Voting::Delegating(Delegating { balance: 70, target: OTHER, conviction, delegations, prior: (0, 0) });
        TrackLock::new((0, "root".to_string()), Amount(70), &voting, vec![], 50)
    }

    /// Locks with a delegation on root's track and these votes on another.
    pub fn locks(votes: Vec<VoteLock>) -> Locks {
        let tracks = vec![delegating(), casting(votes, (0, 0))];
        let staying = tracks.iter().map(|lock| lock.staying).max().unwrap_or_default();
        Locks { account: ME, block: 50, locked: Amount(100), staying, tracks, period: 10 }
    }

    #[test]
    fn staying_is_the_largest_that_still_locks() {
        let votes = || vec![vote(1, 100, Until::Free), vote(2, 30, Until::Block(60)), vote(3, 20, Until::Ongoing)];
        assert_eq!(casting(votes(), (0, 0)).staying, Amount(30));
        assert_eq!(casting(votes(), (60, 90)).staying, Amount(90));
        // What was locked until now is not any more.
        assert_eq!(casting(votes(), (50, 90)).staying, Amount(30));
        assert_eq!(casting(vec![vote(1, 100, Until::Free)], (0, 0)).staying, Amount(0));
        assert_eq!(delegating().staying, Amount(70));
        assert_eq!(casting(vec![], (0, 0)).delegated, Amount(5));
    }

    #[test]
    fn unlock_removes_what_locks_nothing_and_leaves_the_rest() {
        let (calls, removed, tracks) = locks(vec![vote(1, 100, Until::Free), vote(2, 30, Until::Block(60))]).calls();
        assert_eq!(calls, [remove_vote(10, 1), unlock_track(10, &ME)]);
        assert_eq!((removed, tracks), (vec![1], vec!["market_params".to_string()]));
        let (calls, removed, tracks) = locks(vec![vote(2, 100, Until::Block(60))]).calls();
        assert!(calls.is_empty() && removed.is_empty() && tracks.is_empty());
        // A vote that never mattered to the lock is removed all the same: it takes one of a bounded number of places.
        let (calls, ..) = locks(vec![vote(1, 30, Until::Free), vote(2, 100, Until::Ongoing)]).calls();
        assert_eq!(calls, [remove_vote(10, 1)]);
    }

    #[test]
    fn rows_tell_what_is_locked_and_until_when() {
        let locks = locks(vec![vote(1, 100, Until::Free), vote(2, 30, Until::Block(60)), vote(3, 20, Until::Ongoing)]);
        let text = table(&locks.rows(Duration::from_secs(3)));
        for part in [
            "market_params: aye on referendum 1",
            "; free",
            "locked until block 60, in about 30 seconds",
            "locked until the referendum ends",
            &format!("root: 0.00000000007 HRT to {OTHER}"),
            "entrusted",
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        assert_eq!(locks.vote(3), Some((10, vote(3, 20, Until::Ongoing))));
        assert!(locks.vote(4).is_none() && locks.on(0).is_some() && locks.on(7).is_none());
        let json = serde_json::to_value(&locks).unwrap();
        assert_eq!(json["tracks"][1]["votes"][1]["until"]["block"], 60);
        assert_eq!(json["tracks"][1]["votes"][0]["until"], "free");
        assert_eq!(json["tracks"][0]["delegation"]["conviction"], 2);
        assert_eq!(json["locked"]["planck"], "100");
    }
}
