//! What the runtime API shows of referenda and tracks: what `pallet-referenda` keeps, put together with the track's curves; and what a call
//! costs that is too long for a referendum to hold itself.

use crate::{configs::governance::PreimagePrice, AccountId, Balance, Balances, BlockNumber, Preimage, Runtime, System};
use alloc::{string::String, vec::Vec};
use frame_support::traits::{Currency, Footprint, Get, QueryPreimage};
use hearth_primitives::governance::{Missing, ReferendumStage, ReferendumView, TrackView, VotesView};
use pallet_dao_governance::{Standing, Tracks};
use pallet_referenda::{Curve, ReferendumCount, ReferendumInfo, ReferendumInfoFor, ReferendumStatusOf, TrackInfoOf, TracksInfo};
use sp_runtime::{traits::Convert, Perbill};

/// The longest call that is shown: longer ones are code.
const MAX_SHOWN: u32 = 64 * 1024;

/// The most referenda that are looked at for one answer: nothing removes those that have ended.
const MAX_LISTED: u32 = 1_000;

/// What is held of whoever puts a call of so many bytes on chain.
pub fn preimage_deposit(len: u32) -> Balance {
    PreimagePrice::convert(Footprint::from_parts(1, len as usize))
}

/// Every track, in order of number.
pub fn tracks() -> Vec<TrackView<Balance, BlockNumber>> {
    let ends = |curve: &Curve| [Perbill::zero(), Perbill::one()].map(|at| curve.threshold(at).deconstruct());
    let view = |id: u16, info: &TrackInfoOf<Runtime>| TrackView {
        id,
        name: String::from_utf8_lossy(&info.name).trim_end_matches('\0').into(),
        max_deciding: info.max_deciding,
        deposit: info.decision_deposit,
        prepare: info.prepare_period,
        decide: info.decision_period,
        confirm: info.confirm_period,
        enact: info.min_enactment_period,
        approval: ends(&info.min_approval),
        support: ends(&info.min_support),
    };
    Tracks::<Runtime>::tracks().map(|track| view(track.id, &track.info)).collect()
}

/// Those of the newest 1,000 referenda that have not ended, in order of number. Older ones, and those that have, are asked for one by one.
pub fn referenda() -> Vec<ReferendumView<AccountId, Balance, BlockNumber>> {
    let count = ReferendumCount::<Runtime>::get();
    let newest = (count.saturating_sub(MAX_LISTED)..count).filter_map(|index| Some((index, ReferendumInfoFor::<Runtime>::get(index)?)));
    let ongoing = newest.filter_map(|(index, info)| match info {
        ReferendumInfo::Ongoing(status) => view(index, status),
        _ => None,
    });
    ongoing.collect()
}

/// Where a referendum stands; none if there never was one.
pub fn referendum(index: u32) -> Option<ReferendumStage<BlockNumber>> {
    Some(match ReferendumInfoFor::<Runtime>::get(index)? {
        ReferendumInfo::Ongoing(status) => stage(&status, Tracks::<Runtime>::info(status.track)?.as_ref()),
        ReferendumInfo::Approved(at, ..) => ReferendumStage::Approved(at),
        ReferendumInfo::Rejected(at, ..) => ReferendumStage::Rejected(at),
        ReferendumInfo::Cancelled(at, ..) => ReferendumStage::Cancelled(at),
        ReferendumInfo::TimedOut(at, ..) => ReferendumStage::TimedOut(at),
        ReferendumInfo::Killed(at) => ReferendumStage::Killed(at),
    })
}

fn view(index: u32, status: ReferendumStatusOf<Runtime, ()>) -> Option<ReferendumView<AccountId, Balance, BlockNumber>> {
    let track = Tracks::<Runtime>::info(status.track)?;
    let shown = status.proposal.len().is_some_and(|len| len <= MAX_SHOWN);
    let call = shown.then(|| Preimage::peek(&status.proposal).ok()).flatten().map(|(call, _)| codec::Encode::encode(&call));
    Some(ReferendumView {
        index,
        track: status.track,
        call_hash: status.proposal.hash(),
        call,
        stage: stage(&status, &track),
        votes: votes(&status, &track),
        submitted: status.submitted,
        submitter: status.submission_deposit.who,
    })
}

fn stage(status: &ReferendumStatusOf<Runtime, ()>, track: &TrackInfoOf<Runtime>) -> ReferendumStage<BlockNumber> {
    match &status.deciding {
        Some(deciding) => match deciding.confirming {
            Some(until) => ReferendumStage::Confirming(until),
            None => ReferendumStage::Deciding(deciding.since.saturating_add(track.decision_period)),
        },
        None if status.in_queue => ReferendumStage::Queued,
        None if status.decision_deposit.is_some() => ReferendumStage::Preparing(status.submitted.saturating_add(track.prepare_period)),
        None => {
            let patience = <Runtime as pallet_referenda::Config>::UndecidingTimeout::get();
            ReferendumStage::NeedsDeposit(status.submitted.saturating_add(patience))
        }
    }
}

fn votes(status: &ReferendumStatusOf<Runtime, ()>, track: &TrackInfoOf<Runtime>) -> VotesView<Balance> {
    let tally = &status.tally;
    let electorate = <Balances as Currency<AccountId>>::active_issuance();
    let standing = Standing { ayes: tally.ayes, nays: tally.nays, support: tally.support, electorate };
    // A decision that has not begun would begin now.
    let elapsed = status.deciding.as_ref().map_or(0, |deciding| System::block_number().saturating_sub(deciding.since));
    let at = Perbill::from_rational(elapsed.min(track.decision_period), track.decision_period);
    let (approval, turnout) = (track.min_approval.threshold(at), track.min_support.threshold(at));
    let passes = standing.passes(approval, turnout);
    VotesView {
        ayes: tally.ayes,
        nays: tally.nays,
        support: tally.support,
        electorate,
        approval: [standing.approval(), approval].map(Perbill::deconstruct),
        turnout: [standing.turnout(), turnout].map(Perbill::deconstruct),
        passes,
        missing: if passes { Missing { ayes: Some(0), support: 0 } } else { standing.missing(approval, turnout) },
    }
}
