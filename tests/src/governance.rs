//! What holders do: propose, vote, delegate; and what comes of a proposal.
//!
//! A proposal is signed like anything else. How long it takes is asked of the chain, whose days of governance differ.

use crate::{client::Client, market::batch, wait::wait_until, Error};
use codec::Encode;
use frame_support::{
    dispatch::DispatchResult,
    traits::{schedule::DispatchTime, Bounded, BoundedInline},
};
use hearth_primitives::{
    blake2_256,
    governance::{ParameterView, TrackView},
};
use hearth_runtime::{chain_parameters::GovernanceDay, AccountId, Balance, BlockNumber, OriginCaller, Runtime, RuntimeCall, RuntimeEvent};
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use pallet_referenda::ReferendumCount;
use std::time::Duration;
use subxt_signer::sr25519::Keypair;

/// How long a proposal may take to be submitted: other proposals may come before it a few times.
const SUBMISSION_DEADLINE: Duration = Duration::from_secs(180);

/// A call, and in whose name it is to be made.
#[derive(Clone, Debug)]
pub struct Proposal {
    origin: OriginCaller,
    call: RuntimeCall,
}

impl Proposal {
    /// That `call` be made in the name of `origin`.
    pub fn new(origin: impl Into<OriginCaller>, call: impl Into<RuntimeCall>) -> Self {
        Self { origin: origin.into(), call: call.into() }
    }

    /// What it takes to have referendum `index` on it decided. A long call goes before, as a preimage.
    fn submission(&self, index: u32) -> Vec<RuntimeCall> {
        let bytes = self.call.encode();
        let (len, hash) = (bytes.len() as u32, blake2_256(&bytes));
        let (proposal, preimage) = match BoundedInline::try_from(bytes) {
            Ok(inline) => (Bounded::Inline(inline), None),
            Err(bytes) => (Bounded::Lookup { hash, len }, Some(bytes)),
        };
        let note = preimage.map(|bytes| RuntimeCall::Preimage(pallet_preimage::Call::note_preimage { bytes }));
        let submit = RuntimeCall::Referenda(pallet_referenda::Call::submit {
            proposal_origin: Box::new(self.origin.clone()),
            proposal,
            enactment_moment: DispatchTime::After(0),
        });
        let deposit = RuntimeCall::Referenda(pallet_referenda::Call::place_decision_deposit { index });
        note.into_iter().chain([submit, deposit]).collect()
    }
}

/// A ballot with `balance`, which is locked by `conviction` if it wins.
pub fn ballot(aye: bool, conviction: Conviction, balance: Balance) -> AccountVote<Balance> {
    AccountVote::Standard { vote: Vote { aye, conviction }, balance }
}

/// A vote in a referendum.
pub fn vote(poll_index: u32, vote: AccountVote<Balance>) -> RuntimeCall {
    RuntimeCall::ConvictionVoting(pallet_conviction_voting::Call::vote { poll_index, vote })
}

/// Lets `to` vote for the caller in all referenda of a track.
pub fn delegate(class: u16, to: &AccountId, conviction: Conviction, balance: Balance) -> RuntimeCall {
    RuntimeCall::ConvictionVoting(pallet_conviction_voting::Call::delegate { class, to: to.clone().into(), conviction, balance })
}

/// Takes the caller's votes on a track back from whoever it delegated them to.
pub fn undelegate(class: u16) -> RuntimeCall {
    RuntimeCall::ConvictionVoting(pallet_conviction_voting::Call::undelegate { class })
}

/// Submits proposals with their deposits, and the proposer's own votes on them, in one extrinsic; returns the referenda's numbers.
pub async fn propose(client: &Client, who: &Keypair, proposals: &[Proposal], own: Option<AccountVote<Balance>>) -> Vec<u32> {
    wait_until(&format!("{} proposals are submitted", proposals.len()), SUBMISSION_DEADLINE, async || {
        // If somebody else's proposal gets the number, nothing of this happens, since that one has its deposit; and it is tried again.
        let indices = next_referenda(client, proposals.len()).await.map_err(|error| error.to_string())?;
        let mut calls = Vec::new();
        for (proposal, index) in proposals.iter().zip(&indices) {
            calls.extend(proposal.submission(*index));
            calls.extend(own.map(|own| vote(*index, own)));
        }
        client.submit(who, batch(calls)).await.map_err(|error| error.to_string())?;
        Ok(indices)
    })
    .await
}

/// The numbers of the next `count` referenda.
async fn next_referenda(client: &Client, count: usize) -> Result<Vec<u32>, Error> {
    let first: Option<u32> = client.storage(&ReferendumCount::<Runtime>::hashed_key(), client.best().await?).await?;
    Ok((first.unwrap_or_default()..).take(count).collect())
}

/// Waits until the call of a referendum that passes at once is made, in block `from` or later; returns in which, and what came of it.
pub async fn enacted(client: &Client, index: u32, from: BlockNumber) -> (BlockNumber, DispatchResult) {
    // Under this name the call is scheduled.
    let name = (*b"assembly", "enactment", index).using_encoded(blake2_256).0;
    let deadline = patience(client).await;
    client
        .wait_event(&format!("the call of referendum {index} is made"), from, deadline, |event| match event {
            RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { id: Some(id), result, .. }) if *id == name => Some(*result),
            _ => None,
        })
        .await
}

/// How long something may take that is to happen after so many blocks: thrice their time, and then some, on a busy machine.
pub fn patience_for(blocks: BlockNumber) -> Duration {
    Duration::from_millis(3 * hearth_runtime::SLOT_MILLIS * u64::from(blocks)) + Duration::from_secs(180)
}

/// How long a referendum that passes at once may take to its enactment, on any track.
pub async fn patience(client: &Client) -> Duration {
    let tracks: Result<Vec<TrackView<Balance, BlockNumber>>, _> = client.runtime("GovernanceApi_tracks", ()).await;
    let tracks = tracks.expect("the tracks can be read");
    patience_for(tracks.iter().map(|track| track.prepare + track.confirm + track.enact).max().expect("there are tracks"))
}

/// The number of a parameter that is in force.
pub async fn parameter(client: &Client, group: &str, name: &str) -> u128 {
    let parameters: Vec<ParameterView> = client.runtime("GovernanceApi_parameters", ()).await.expect("the parameters can be read");
    let found = parameters.into_iter().find(|parameter| (parameter.info.group.as_str(), parameter.info.name.as_str()) == (group, name));
    found.unwrap_or_else(|| panic!("there is no parameter {group}.{name}")).value
}

/// As many hours of governance as a parameter says, in blocks.
pub async fn hours(client: &Client, group: &str, name: &str) -> BlockNumber {
    let hours = parameter(client, group, name).await;
    let finalised = client.finalised().await.expect("the chain finalises");
    let day: Option<BlockNumber> = client.storage(&GovernanceDay::<Runtime>::hashed_key(), finalised).await.expect("the state can be read");
    let hours = u32::try_from(hours).expect("a parameter in hours is no large number");
    pallet_dao_governance::hours_in_blocks(hours, day.expect("this chain has days of its own"))
}
