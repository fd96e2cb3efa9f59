//! Votes, delegations and locks: whatever holders do, in whatever order, no vote counts twice and nothing that is promised is free. Nor is it
//! put up for a job or a dispute and paid to somebody who votes with it again.

use super::*;
use crate::{
    configs::voting_currency::VOTES_LOCK, Balance, Balances, ConvictionVoting, JobMarket, OriginCaller, Preimage, ProviderRegistry,
    Referenda, Scheduler, HRT,
};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::DispatchResult,
    traits::{fungible::Inspect, schedule::DispatchTime, Hooks, StorePreimage},
};
use hearth_primitives::{blob::BlobRef, capability::GENESIS_MODEL, market::JobState, provider::BackendClass, JobId};
use pallet_conviction_voting::{AccountVote, Casting, Conviction, Delegating, Delegations, Vote, Voting, VotingFor};
use pallet_dao_governance::{Origin, ROOT_TRACK};
use pallet_job_market::{Agenda, JobOf, Jobs, Member, Revealed, Round, Rounds, Stage, REPLICAS};
use pallet_referenda::{ReferendumInfo, ReferendumInfoFor};
use proptest::prelude::*;
use std::collections::BTreeMap;

const HOLDERS: [&str; 4] = ["Alice", "Bob", "Charlie", "Dave"];

/// The tracks of the polls: one of Root's, two of small spenders'.
const TRACKS: [u16; 2] = [ROOT_TRACK, 20];

#[derive(Clone, Debug)]
enum Act {
    Vote { by: usize, poll: u32, aye: bool, conviction: u8, balance: Balance },
    Delegate { by: usize, to: usize, track: usize, conviction: u8, balance: Balance },
    Undelegate { by: usize, track: usize },
    RemoveVote { by: usize, poll: u32 },
    Unlock { by: usize, track: usize },
    Hire { by: usize, price: Balance },
    Dispute { by: usize },
    Pay { to: usize },
    Transfer { by: usize, to: usize, balance: Balance },
    Wait { blocks: u32 },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let (by, track, poll, conviction) = (0..HOLDERS.len(), 0..TRACKS.len(), 0..3u32, 0..7u8);
    // Some more than a holder has.
    let balance = (1..120u128).prop_map(|millions| millions * 1_000_000 * HRT);
    let act = prop_oneof![
        6 => (by.clone(), poll.clone(), any::<bool>(), conviction.clone(), balance.clone())
            .prop_map(|(by, poll, aye, conviction, balance)| Act::Vote { by, poll, aye, conviction, balance }),
        3 => (by.clone(), by.clone(), track.clone(), conviction, balance.clone())
            .prop_map(|(by, to, track, conviction, balance)| Act::Delegate { by, to, track, conviction, balance }),
        2 => (by.clone(), track.clone()).prop_map(|(by, track)| Act::Undelegate { by, track }),
        4 => (by.clone(), poll).prop_map(|(by, poll)| Act::RemoveVote { by, poll }),
        4 => (by.clone(), track).prop_map(|(by, track)| Act::Unlock { by, track }),
        3 => (by.clone(), balance.clone()).prop_map(|(by, price)| Act::Hire { by, price }),
        3 => by.clone().prop_map(|by| Act::Dispute { by }),
        3 => by.clone().prop_map(|to| Act::Pay { to }),
        2 => (by.clone(), by, balance).prop_map(|(by, to, balance)| Act::Transfer { by, to, balance }),
        3 => (1..40u32).prop_map(|blocks| Act::Wait { blocks }),
    ];
    proptest::collection::vec(act, 1..60)
}

fn holder(at: usize) -> AccountId {
    genesis_presets::account(HOLDERS[at])
}

/// A poll of each kind: two that can be decided, and one that waits for a deposit.
fn open_polls() {
    let root: OriginCaller = frame_system::RawOrigin::<AccountId>::Root.into();
    for origin in [root, Origin::SmallSpender.into(), Origin::SmallSpender.into()] {
        let call = RuntimeCall::from(SystemCall::remark { remark: Vec::new() });
        let proposal = <Preimage as StorePreimage>::bound(call).unwrap();
        Referenda::submit(Some(holder(0)).into(), Box::new(origin), proposal, DispatchTime::After(0)).unwrap();
    }
    for index in 0..2 {
        Referenda::place_decision_deposit(Some(holder(0)).into(), index).unwrap();
    }
}

/// The provider in whose name all jobs are done.
fn register_provider() {
    let two = genesis_presets::account("Two");
    ProviderRegistry::register(Some(two.clone()).into(), two, None, BackendClass::Cpu, 1, 1_000 * HRT).unwrap();
}

/// Submits a job of one replica.
fn hire(by: AccountId, price: Balance) -> DispatchResult {
    let input = BlobRef { len: 1, ..BlobRef::of(b"input") };
    JobMarket::submit_job(Some(by).into(), GENESIS_MODEL.id, input, 1, price, None).map(|_| ()).map_err(|refused| refused.error)
}

/// The oldest job that has not ended and fits.
fn oldest(fits: impl Fn(&JobOf<Runtime>) -> bool) -> Option<JobId> {
    Jobs::<Runtime>::iter().filter(|(_, job)| !job.state.is_terminal() && fits(job)).map(|(id, _)| id).min()
}

/// Lets a job be done by `by`, whoever was to do it, and accepted until a block.
fn accept(id: JobId, by: &AccountId, until: u32) {
    let mut job = Jobs::<Runtime>::get(id).expect("the job is there");
    let revealed = Revealed { digest: Default::default(), output: BlobRef::of(b"output"), verdicts: None };
    let member = Member {
        provider: 0,
        owner: by.clone(),
        operator: by.clone(),
        backend: BackendClass::Cpu,
        commitment: None,
        revealed: Some(revealed),
        outcome: None,
        paid: 0,
        taken: 0,
        judged: None,
    };
    let round =
        Round { seed: Default::default(), stage: Stage::Drawn, lock: 0, members: vec![member].try_into().expect("one member fits") };
    Rounds::<Runtime>::insert(id, REPLICAS, round);
    Agenda::<Runtime>::remove(job.deadline, id);
    Agenda::<Runtime>::insert(until, id, ());
    (job.state, job.tier, job.lock, job.deadline) = (JobState::Accepted, REPLICAS, 0, until);
    Jobs::<Runtime>::insert(id, job);
}

/// Has the oldest job paid to `to`, as if it had done it. Who disputed it was wrong.
fn pay(to: AccountId) {
    let Some(id) = oldest(|_| true) else { return };
    accept(id, &to, System::block_number());
    assert!(JobMarket::poke(Some(to).into(), id).is_ok());
}

/// Challenges the result of a job that nobody has disputed.
fn dispute(by: AccountId, id: JobId) -> DispatchResult {
    accept(id, &genesis_presets::account("One"), System::block_number() + 10);
    JobMarket::challenge(Some(by).into(), id).map(|_| ()).map_err(|refused| refused.error)
}

fn wait(blocks: u32) {
    for _ in 0..blocks {
        let next = System::block_number() + 1;
        System::set_block_number(next);
        Scheduler::on_initialize(next);
    }
}

fn perform(act: Act) {
    let conviction = |level: u8| Conviction::try_from(level).expect("there are seven levels");
    let track_of = |poll: u32| TRACKS[usize::from(poll > 0)];
    // Whatever is refused changes nothing.
    match act {
        Act::Vote { by, poll, aye, conviction: level, balance } => {
            let vote = AccountVote::Standard { vote: Vote { aye, conviction: conviction(level) }, balance };
            let _ = ConvictionVoting::vote(Some(holder(by)).into(), poll, vote);
        }
        Act::Delegate { by, to, track, conviction: level, balance } => {
            let _ = ConvictionVoting::delegate(Some(holder(by)).into(), TRACKS[track], holder(to).into(), conviction(level), balance);
        }
        Act::Undelegate { by, track } => {
            let _ = ConvictionVoting::undelegate(Some(holder(by)).into(), TRACKS[track]);
        }
        Act::RemoveVote { by, poll } => {
            let _ = ConvictionVoting::remove_vote(Some(holder(by)).into(), Some(track_of(poll)), poll);
        }
        Act::Unlock { by, track } => {
            let _ = ConvictionVoting::unlock(Some(holder(by)).into(), TRACKS[track], holder(by).into());
        }
        Act::Hire { by, price } => {
            let _ = hire(holder(by), price);
        }
        Act::Dispute { by } => {
            let _ = oldest(|job| job.challenger.is_none()).map(|id| dispute(holder(by), id));
        }
        Act::Pay { to } => pay(holder(to)),
        Act::Transfer { by, to, balance } => {
            let _ = Balances::transfer_allow_death(Some(holder(by)).into(), holder(to).into(), balance);
        }
        Act::Wait { blocks } => wait(blocks),
    }
}

/// What others delegate, by whom it is delegated to and for which track.
fn delegated() -> BTreeMap<(AccountId, u16), (Balance, Balance)> {
    let mut sums = BTreeMap::<_, (Balance, Balance)>::new();
    for (_, track, voting) in VotingFor::<Runtime>::iter() {
        if let Voting::Delegating(Delegating { balance, target, conviction, .. }) = voting {
            let Delegations { votes, capital } = conviction.votes(balance);
            let sum = sums.entry((target, track)).or_default();
            *sum = (sum.0 + votes, sum.1 + capital);
        }
    }
    sums
}

/// Ayes, nays and support of a poll, from what everybody's vote and delegations are.
fn counted(index: u32, track: u16) -> (Balance, Balance, Balance) {
    let delegated = delegated();
    let (mut ayes, mut nays, mut support) = (0, 0, 0);
    for (who, class, voting) in VotingFor::<Runtime>::iter() {
        let Voting::Casting(Casting { votes, .. }) = voting else { continue };
        for (_, vote) in votes.into_iter().filter(|(poll, _)| class == track && *poll == index) {
            let AccountVote::Standard { vote, balance } = vote else { panic!("nobody splits") };
            let own = vote.conviction.votes(balance);
            let (votes, capital) = delegated.get(&(who.clone(), class)).copied().unwrap_or_default();
            if vote.aye {
                ayes += own.votes + votes;
                support += own.capital + capital;
            } else {
                nays += own.votes + votes;
            }
        }
    }
    (ayes, nays, support)
}

fn check() {
    for (index, info) in ReferendumInfoFor::<Runtime>::iter() {
        if let ReferendumInfo::Ongoing(status) = info {
            let tally = (status.tally.ayes, status.tally.nays, status.tally.support);
            assert_eq!(tally, counted(index, status.track), "poll {index} counts other votes than there are");
            assert!(tally.2 <= <Balances as Inspect<AccountId>>::active_issuance(), "more tokens are behind poll {index} than can vote");
        }
    }
    let now = System::block_number();
    for (who, _, mut voting) in VotingFor::<Runtime>::iter() {
        voting.rejig(now);
        let promised = voting.locked_balance();
        let locks = pallet_balances::Locks::<Runtime>::get(&who);
        let locked = locks.iter().filter(|lock| lock.id == VOTES_LOCK).map(|lock| lock.amount).max().unwrap_or_default();
        assert!(locked >= promised, "{locked} are locked of {promised}");
        let own = Balances::total_balance(&who) - JobMarket::escrow_of(&who);
        assert!(own >= promised, "of {promised} that vote {own} are left");
    }
}

/// Votes with so much, which is locked once.
fn say_aye(who: &AccountId, poll: u32, balance: Balance) -> DispatchResult {
    let vote = AccountVote::Standard { vote: Vote { aye: true, conviction: Conviction::Locked1x }, balance };
    ConvictionVoting::vote(Some(who.clone()).into(), poll, vote)
}

#[test]
fn what_votes_is_not_put_up_for_jobs_and_what_is_put_up_does_not_vote() {
    genesis("local").execute_with(|| {
        System::set_block_number(1);
        open_polls();
        register_provider();
        // Eve has 100 million.
        let (eve, million) = (genesis_presets::account("Eve"), 1_000_000 * HRT);
        let vote = |poll, millions: Balance| say_aye(&eve, poll, millions * million);
        let transfer = |millions: Balance| {
            Balances::transfer_allow_death(Some(eve.clone()).into(), genesis_presets::account("One").into(), millions * million)
        };
        assert_ok!(vote(0, 60));
        assert_noop!(hire(eve.clone(), 40 * million), pallet_job_market::Error::<Runtime>::CannotPay);
        assert_ok!(hire(eve.clone(), 20 * million));
        // 25 are put up with the fee and what pays for audits: 75 may vote, and 15 go elsewhere.
        assert_noop!(hire(eve.clone(), 20 * million), pallet_job_market::Error::<Runtime>::CannotPay);
        assert_noop!(transfer(20), sp_runtime::TokenError::Frozen);
        assert_noop!(vote(1, 76), pallet_conviction_voting::Error::<Runtime>::InsufficientFunds);
        assert_ok!(transfer(10));
        assert_ok!(vote(1, 65));
        check();
        // What is paid to another takes nothing of it along.
        pay(genesis_presets::account("One"));
        assert_eq!((JobMarket::escrow_of(&eve), Balances::total_balance(&eve)), (0, 65 * million));
        assert_noop!(transfer(1), sp_runtime::TokenError::Frozen);
        check();
    });
}

#[test]
fn bonds_of_disputes_leave_what_votes_and_do_not_vote() {
    genesis("local").execute_with(|| {
        System::set_block_number(1);
        open_polls();
        register_provider();
        let (eve, million) = (genesis_presets::account("Eve"), 1_000_000 * HRT);
        let vote = |poll, millions: Balance| say_aye(&eve, poll, millions * million);
        assert_ok!(hire(holder(1), 5 * million));
        let job = oldest(|_| true).expect("a job was submitted");
        // Four times five are held from whoever challenges it.
        assert_ok!(vote(0, 81));
        assert_eq!(dispute(eve.clone(), job), Err(pallet_job_market::Error::<Runtime>::CannotPay.into()));
        assert_ok!(vote(0, 60));
        assert_ok!(ConvictionVoting::unlock(Some(eve.clone()).into(), ROOT_TRACK, eve.clone().into()));
        assert_ok!(dispute(eve.clone(), job));
        assert_eq!(JobMarket::escrow_of(&eve), 20 * million);
        assert_noop!(vote(1, 81), pallet_conviction_voting::Error::<Runtime>::InsufficientFunds);
        assert_ok!(vote(1, 80));
        check();
        // It is lost, and takes nothing of what votes along.
        pay(genesis_presets::account("One"));
        assert_eq!((JobMarket::escrow_of(&eve), Balances::total_balance(&eve)), (0, 80 * million));
        let transfer = Balances::transfer_allow_death(Some(eve.clone()).into(), genesis_presets::account("One").into(), HRT);
        assert_eq!(transfer, Err(sp_runtime::TokenError::Frozen.into()));
        check();
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn votes_count_once_and_what_is_promised_is_locked(acts in acts()) {
        genesis("local").execute_with(|| {
            System::set_block_number(1);
            open_polls();
            register_provider();
            for act in acts {
                perform(act);
                check();
            }
            // Once every lock has run out, one call for each track frees everything.
            wait(32 * 42 + 100);
            for by in 0..HOLDERS.len() {
                for poll in 0..3 {
                    perform(Act::RemoveVote { by, poll });
                }
                for track in 0..TRACKS.len() {
                    perform(Act::Undelegate { by, track });
                }
            }
            wait(32 * 42 + 1);
            for (by, name) in HOLDERS.iter().enumerate() {
                for track in 0..TRACKS.len() {
                    perform(Act::Unlock { by, track });
                }
                let locks = pallet_balances::Locks::<Runtime>::get(holder(by));
                assert!(locks.iter().all(|lock| lock.id != VOTES_LOCK), "{name} is locked for ever");
            }
        });
    }
}
