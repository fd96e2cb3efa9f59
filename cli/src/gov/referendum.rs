//! One referendum: where it stands, and what it would do.

use crate::{
    chain::{Chain, Referendum, Stage},
    error::{Error, Result},
    gov::{values::small, words::Words},
    state::State,
    units,
};
use codec::DecodeAll;
use std::time::Duration;
use subxt::dynamic::{At, Value};

/// The pallet's name.
pub const PALLET: &str = "Referenda";

/// A referendum that has not ended.
pub async fn ongoing(chain: &Chain, index: u32) -> Result<Referendum> {
    if let Some(found) = chain.referenda().await?.into_iter().find(|referendum| referendum.index == index) {
        return Ok(found);
    }
    Err(Error::failed(match chain.referendum(index).await? {
        Some(stage) => format!("referendum {index} has ended: it was {}", ended_text(&stage)),
        None => unknown(index),
    }))
}

/// The sentence for a referendum that nobody submitted.
pub fn unknown(index: u32) -> String {
    format!("there is no referendum {index}; see `hearth gov status`")
}

/// The call of a referendum, if the chain has it. Long ones are not in the runtime API's answer.
async fn call(state: &State, referendum: &Referendum) -> Result<Option<Vec<u8>>> {
    if let Some(call) = &referendum.call {
        return Ok(Some(call.clone()));
    }
    let info: Option<Value> = state.value(PALLET, "ReferendumInfoFor", (referendum.index,)).await?;
    let len = info.as_ref().at(0).at("proposal").at("len").and_then(small);
    let Some(len) = len else { return Ok(None) };
    let stored = state.bytes("Preimage", "PreimageFor", ((referendum.call_hash.0, len),)).await?;
    Ok(stored.and_then(|stored| Vec::<u8>::decode_all(&mut stored.as_slice()).ok()))
}

/// What a referendum would do, in words.
pub async fn words_of(state: &State, words: &Words, referendum: &Referendum) -> Result<String> {
    let told = call(state, referendum).await?.and_then(|call| words.tell(&call));
    Ok(told.unwrap_or_else(|| format!("make a call that the chain does not show, with the blake2-256 hash {:?}", referendum.call_hash)))
}

/// How a referendum ended, after "it was".
pub fn ended_text(stage: &Stage) -> String {
    match stage {
        Stage::Approved(at) => format!("approved at block {at}"),
        Stage::Rejected(at) => format!("rejected at block {at}"),
        Stage::Cancelled(at) => format!("cancelled at block {at}"),
        Stage::TimedOut(at) => format!("given up at block {at}, as its decision never began"),
        Stage::Killed(at) => format!("killed at block {at}, and its deposits are lost"),
        _ => "not decided yet".to_string(),
    }
}

/// Whether a referendum has ended.
pub fn has_ended(stage: &Stage) -> bool {
    match stage {
        Stage::NeedsDeposit(_) | Stage::Preparing(_) | Stage::Queued | Stage::Deciding(_) | Stage::Confirming(_) => false,
        Stage::Approved(_) | Stage::Rejected(_) | Stage::Cancelled(_) | Stage::TimedOut(_) | Stage::Killed(_) => true,
    }
}

/// Where a referendum stands, told at block `now`.
pub fn stage_text(index: u32, stage: &Stage, now: u32, block_time: Duration) -> String {
    let about = |block: u32| format!("block {block}, in about {}", units::show_blocks(block.saturating_sub(now), block_time));
    match stage {
        Stage::NeedsDeposit(until) => {
            format!("waits for its decision deposit: `hearth gov deposit {index}`; given up at {}", about(*until))
        }
        Stage::Preparing(at) => format!("in preparation; its decision begins at {}", about(*at)),
        Stage::Queued => "waits until others of its track are decided".to_string(),
        Stage::Deciding(until) => format!("in decision; rejected at {}, if it does not pass", about(*until)),
        Stage::Confirming(until) => format!("passing; approved at {}, if it goes on to", about(*until)),
        ended => ended_text(ended),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::amount::Amount;
    use hearth_primitives::{
        governance::{Missing, VotesView},
        H256,
    };
    use subxt::utils::AccountId32;

    const HRT: u128 = 1_000_000_000_000;

    /// A referendum on the track of the market's parameters, with 60 HRT for it and 40 against.
    pub fn referendum(stage: Stage) -> Referendum {
        let votes = VotesView {
            ayes: Amount(60 * HRT),
            nays: Amount(40 * HRT),
            support: Amount(60 * HRT),
            electorate: Amount(1_000 * HRT),
            approval: [600_000_000, 800_000_000],
            turnout: [60_000_000, 50_000_000],
            passes: false,
            missing: Missing { ayes: Some(Amount(100 * HRT)), support: Amount(0) },
        };
        Referendum {
            index: 3,
            track: 10,
            submitter: AccountId32([1; 32]),
            submitted: 40,
            call_hash: H256::repeat_byte(9),
            call: None,
            stage,
            votes,
        }
    }

    #[test]
    fn stages_are_told_with_block_and_time() {
        let told = |stage| stage_text(3, &stage, 100, Duration::from_secs(3));
        assert!(told(Stage::NeedsDeposit(120)).contains("`hearth gov deposit 3`; given up at block 120, in about 60 seconds"));
        assert!(told(Stage::Deciding(120)).contains("rejected at block 120"));
        assert!(told(Stage::Confirming(120)).contains("approved at block 120"));
        assert_eq!(told(Stage::Approved(90)), "approved at block 90");
    }

    #[test]
    fn ended_is_all_that_is_told_by_its_end() {
        let going = [Stage::NeedsDeposit(1), Stage::Preparing(1), Stage::Queued, Stage::Deciding(1), Stage::Confirming(1)];
        assert!(!going.iter().any(has_ended));
        let ended = [Stage::Approved(1), Stage::Rejected(1), Stage::Cancelled(1), Stage::TimedOut(1), Stage::Killed(1)];
        assert!(ended.iter().all(|stage| has_ended(stage) && ended_text(stage).contains("block 1")));
    }
}
