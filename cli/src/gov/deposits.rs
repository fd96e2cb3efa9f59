//! `hearth gov deposit` and `refund`: the deposit with which a decision begins, and the way back of all deposits.

use crate::{
    amount::Amount,
    args::Options,
    chain::{Chain, Stage},
    error::{Error, Result},
    gov::{
        referendum::{ended_text, has_ended, ongoing, unknown, PALLET},
        tracks,
        values::{bytes32, number, some, variant},
    },
    secret::account_of,
    state::State,
    tx::{estimate, id_value, submit, Call, Receipt},
    ui::line,
};
use hearth_primitives::H256;
use serde::Serialize;
use subxt::{
    dynamic::{At, Value},
    utils::AccountId32,
};

#[derive(Debug, Serialize)]
struct Placed {
    referendum: u32,
    deposit: Amount,
    #[serde(flatten)]
    receipt: Receipt,
}

#[derive(Debug, Serialize)]
struct Refunded {
    referendum: u32,
    /// To whoever submitted it.
    submission: Option<Amount>,
    /// To whoever wanted it decided.
    decision: Option<Amount>,
    /// The hashes of the account's own calls that the chain keeps no longer.
    preimages: Vec<H256>,
    #[serde(flatten)]
    receipt: Receipt,
}

/// What comes back of a referendum that has ended.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Left {
    submission: Option<Amount>,
    decision: Option<Amount>,
}

/// Places the decision deposit of a referendum.
pub async fn place(options: &Options, index: u32) -> Result<()> {
    let signer = options.given().signer()?;
    let account = account_of(&signer);
    let chain = options.connect().await?;
    let referendum = ongoing(&chain, index).await?;
    if !matches!(referendum.stage, Stage::NeedsDeposit(_)) {
        return Err(Error::failed(format!("referendum {index} has its decision deposit; see `hearth gov status {index}`")));
    }
    let tracks = chain.tracks().await?;
    let deposit = tracks::find(&tracks, &referendum.track.to_string())?.deposit;
    let call = Call::new(PALLET, "place_decision_deposit", vec![Value::u128(index.into())]);
    line(&format!("{deposit} will be reserved; `hearth gov refund {index}` gives it back when the referendum has ended"));
    let fee = estimate(&chain, &signer, &call).await?;
    line(&format!("the transaction itself costs about {fee}"));
    let (needed, available) = (deposit.saturating_add(fee), chain.money(&account).await?.available);
    if available < needed {
        return Err(Error::failed(format!("{account} needs {needed} for deposit and fee, and has {available}; send it more")));
    }
    let receipt = submit(&chain, &signer, call, "placing the deposit").await?;
    let placed = Placed { referendum: index, deposit, receipt };
    options.output().print(&placed, |placed| format!("{} reserved for the decision of referendum {}", placed.deposit, placed.referendum))
}

/// Gets the deposits of a referendum back, whoever placed them, and those for calls of the signing account that nothing needs.
pub async fn refund(options: &Options, index: u32) -> Result<()> {
    let signer = options.given().signer()?;
    let account = account_of(&signer);
    let chain = options.connect().await?;
    let stage = chain.referendum(index).await?.ok_or_else(|| Error::failed(unknown(index)))?;
    if !has_ended(&stage) {
        return Err(Error::failed(format!("referendum {index} has not ended; see `hearth gov status {index}`")));
    }
    let state = chain.state().await?;
    let info: Option<Value> = state.value(PALLET, "ReferendumInfoFor", (index,)).await?;
    let left = info.as_ref().and_then(left).unwrap_or_default();
    let preimages = unneeded(&chain, &state, &account).await?;
    let calls = calls(index, left, &preimages);
    if calls.is_empty() {
        return Err(Error::failed(format!("nothing is left to come back: referendum {index} was {}", ended_text(&stage))));
    }
    let call = Call::all(calls);
    line(&format!("the transaction itself costs about {}", estimate(&chain, &signer, &call).await?));
    let receipt = submit(&chain, &signer, call, "fetching the deposits").await?;
    let refunded = Refunded { referendum: index, submission: left.submission, decision: left.decision, preimages, receipt };
    options.output().print(&refunded, refunded_text)
}

/// What comes back of a referendum, by what the chain keeps of it. None while it goes on. The deposit of a submission that was rejected or
/// given up does not come back.
fn left(info: &Value) -> Option<Left> {
    let (name, fields) = variant(info)?;
    let deposit = |at: usize| fields.at(at).and_then(some).at("amount").and_then(number).map(Amount);
    match name {
        "Approved" | "Cancelled" => Some(Left { submission: deposit(1), decision: deposit(2) }),
        "Rejected" | "TimedOut" => Some(Left { submission: None, decision: deposit(2) }),
        _ => None,
    }
}

/// The hashes of the calls for which something is held of `account`, and which no referendum and no schedule needs.
async fn unneeded(chain: &Chain, state: &State, account: &AccountId32) -> Result<Vec<H256>> {
    let decided: Vec<_> = chain.referenda().await?.into_iter().map(|referendum| referendum.call_hash).collect();
    let found: Vec<(([u8; 32],), Value)> = state.entries("Preimage", "RequestStatusFor", ()).await?;
    let own = found.into_iter().filter(|(_, status)| depositor(status) == Some(*account)).map(|((hash,), _)| H256(hash));
    Ok(own.filter(|hash| !decided.contains(hash)).collect())
}

/// Who pays for a call that nothing requests.
fn depositor(status: &Value) -> Option<AccountId32> {
    let (_, fields) = variant(status).filter(|(name, _)| *name == "Unrequested")?;
    fields.at("ticket").at(0).and_then(bytes32).map(AccountId32)
}

fn calls(index: u32, left: Left, preimages: &[H256]) -> Vec<Call> {
    let refund = |name| Call::new(PALLET, name, vec![Value::u128(index.into())]);
    let submission = left.submission.map(|_| refund("refund_submission_deposit"));
    let decision = left.decision.map(|_| refund("refund_decision_deposit"));
    let preimages = preimages.iter().map(|hash| Call::new("Preimage", "unnote_preimage", vec![id_value(*hash)]));
    submission.into_iter().chain(decision).chain(preimages).collect()
}

fn refunded_text(refunded: &Refunded) -> String {
    let submission = refunded.submission.map(|amount| format!("{amount} of the submission came back\n"));
    let decision = refunded.decision.map(|amount| format!("{amount} of the decision came back\n"));
    let preimages = refunded.preimages.iter().map(|hash| format!("the call {hash:?} is taken away, and what was held for it is free\n"));
    submission.into_iter().chain(decision).chain(preimages).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deposit(amount: u128) -> Value {
        let fields = [("who", Value::from_bytes([1; 32])), ("amount", Value::u128(amount))];
        Value::unnamed_variant("Some", [Value::named_composite(fields)])
    }

    fn none() -> Value {
        Value::unnamed_variant("None", [])
    }

    #[test]
    fn left_is_what_the_outcome_leaves() {
        let left = |name, submission, decision| left(&Value::unnamed_variant(name, [Value::u128(90), submission, decision]));
        let both = Left { submission: Some(Amount(10)), decision: Some(Amount(50)) };
        assert_eq!(left("Approved", deposit(10), deposit(50)), Some(both));
        assert_eq!(left("Cancelled", none(), deposit(50)), Some(Left { submission: None, ..both }));
        assert_eq!(left("Rejected", deposit(10), deposit(50)), Some(Left { submission: None, ..both }));
        assert_eq!(left("TimedOut", deposit(10), none()), Some(Left::default()));
        assert_eq!(left("Ongoing", none(), none()), None);
    }

    #[test]
    fn depositor_is_told_of_what_nothing_requests() {
        let ticket = Value::unnamed_composite([Value::unnamed_composite([Value::from_bytes([1; 32])]), Value::u128(5)]);
        let status = Value::named_variant("Unrequested", [("ticket", ticket.clone()), ("len", Value::u128(200))]);
        assert_eq!(depositor(&status), Some(AccountId32([1; 32])));
        let requested = Value::named_variant("Requested", [("maybe_ticket", ticket), ("count", Value::u128(1))]);
        assert_eq!(depositor(&requested), None);
    }

    #[test]
    fn refund_is_one_call_for_each_deposit() {
        let paths = |left, preimages: &[H256]| calls(3, left, preimages).iter().map(Call::path).collect::<Vec<_>>();
        let both = Left { submission: Some(Amount(10)), decision: Some(Amount(50)) };
        let [submission, decision] = ["Referenda.refund_submission_deposit", "Referenda.refund_decision_deposit"];
        assert_eq!(paths(both, &[H256::zero()]), [submission, decision, "Preimage.unnote_preimage"]);
        assert!(paths(Left::default(), &[]).is_empty());
    }
}
