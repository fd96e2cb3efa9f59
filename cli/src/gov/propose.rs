//! `hearth gov propose`: putting a call to a referendum. Preimage, submission and decision deposit go in one transaction.

use crate::{
    amount::Amount,
    args::Options,
    chain::{Chain, Track},
    error::{Error, Result},
    gov::{
        proposal::{Made, Proposal},
        quantity::counted,
        referendum::PALLET,
        tracks::Origin,
        values::{some, variant},
        words::{hash, Words},
    },
    money::Money,
    secret::account_of,
    state::State,
    tx::{estimate, id_value, submit, Call, Receipt},
    ui::{line, table},
    units,
};
use clap::Args;
use hearth_primitives::H256;
use serde::Serialize;
use std::time::Duration;
use subxt::{
    dynamic::{At, Value},
    utils::AccountId32,
};

/// The longest call that a referendum holds itself.
const MAX_INLINE: usize = 128;

/// What to propose, and how.
#[derive(Args, Debug)]
pub struct Propose {
    #[command(flatten)]
    terms: Terms,
    #[command(subcommand)]
    proposal: Proposal,
}

/// How it is proposed.
#[derive(Args, Clone, Debug, Default)]
pub struct Terms {
    /// Blocks from the approval to the enactment, where the track's least is not enough.
    #[arg(long, global = true, value_name = "BLOCKS")]
    after: Option<u32>,
    /// Submit only: the decision begins once somebody has placed the deposit, with `hearth gov deposit`.
    #[arg(long, global = true)]
    no_deposit: bool,
    /// Put it to root's track, which may decide anything, instead of that of the origin which is for it.
    #[arg(long, global = true)]
    pub root: bool,
}

impl Terms {
    /// In whose name the call is to be made, where `own` is for it.
    pub fn origin(&self, own: Origin) -> Origin {
        if self.root {
            Origin::Root
        } else {
            own
        }
    }

    /// Blocks from the approval to the enactment.
    fn enact(&self, track: &Track) -> u32 {
        self.after.unwrap_or_default().max(track.enact)
    }
}

/// What is kept of whoever proposes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Deposits {
    submission: Amount,
    decision: Option<Amount>,
    /// None where the referendum holds the call, or the chain has it.
    preimage: Option<Amount>,
}

#[derive(Debug, Serialize)]
struct Proposed {
    referendum: u32,
    track: String,
    origin: Origin,
    /// In words.
    proposal: String,
    call_hash: H256,
    call_len: usize,
    submission_deposit: Amount,
    /// None where it is not placed.
    decision_deposit: Option<Amount>,
    /// None where none was needed.
    preimage_deposit: Option<Amount>,
    #[serde(flatten)]
    receipt: Receipt,
}

impl Propose {
    /// Does what was asked.
    pub async fn run(self, options: &Options) -> Result<()> {
        let Self { terms, proposal } = self;
        let signer = options.given().signer()?;
        let account = account_of(&signer);
        let chain = options.connect().await?;
        let (state, words) = (chain.state().await?, Words::read(&chain).await?);
        let Made { call, origin, notes } = proposal.make(&chain, &state, &terms).await?;
        let told = words.tell(&call).ok_or_else(|| Error::failed("these bytes are no call of this chain; look at how they were made"))?;
        let tracks = chain.tracks().await?;
        let track = origin.track(&tracks)?;

        let deposits = Deposits::of(&chain, &state, &call, track, &terms).await?;
        let next: u32 = state.value(PALLET, "ReferendumCount", ()).await?.unwrap_or_default();
        let transaction = Call::all(calls(&call, origin, &deposits, terms.enact(track), next));
        line(&format!("the proposal: {told}"));
        notes.iter().for_each(|note| line(note));
        line(&track_text(track, terms.enact(track), words.facts().block_time));
        deposits.lines(track).iter().for_each(|text| line(text));
        let fee = estimate(&chain, &signer, &transaction).await?;
        line(&format!("the transaction itself costs about {fee}"));
        deposits.check(&account, &chain.money(&account).await?, fee)?;
        let receipt = submit(&chain, &signer, transaction, "submitting the proposal").await?;

        let index = |event| receipt.event_number(PALLET, event, "index").map(|index| index as u32);
        let referendum = index("Submitted");
        let referendum =
            referendum.ok_or_else(|| Error::failed("it was submitted, but its number cannot be read; see `hearth gov status`"))?;
        let placed = index("DecisionDepositPlaced");
        if let Some(other) = placed.filter(|placed| *placed != referendum) {
            line(&misplaced(referendum, other));
        }
        let proposed = Proposed {
            referendum,
            track: track.name.clone(),
            origin,
            proposal: told,
            call_hash: hash(&call),
            call_len: call.len(),
            submission_deposit: deposits.submission,
            decision_deposit: deposits.decision.filter(|_| placed == Some(referendum)),
            preimage_deposit: deposits.preimage,
            receipt,
        };
        options.output().print(&proposed, proposed_text)
    }
}

/// The calls that put `call` to a referendum which will have the number `next`, unless somebody else is quicker.
fn calls(call: &[u8], origin: Origin, deposits: &Deposits, enact: u32, next: u32) -> Vec<Call> {
    let mut calls = Vec::new();
    if deposits.preimage.is_some() {
        calls.push(Call::new("Preimage", "note_preimage", vec![Value::from_bytes(call)]));
    }
    let proposal = if call.len() <= MAX_INLINE {
        Value::unnamed_variant("Inline", [Value::from_bytes(call)])
    } else {
        Value::named_variant("Lookup", [("hash", id_value(hash(call))), ("len", Value::u128(call.len() as u128))])
    };
    let moment = Value::unnamed_variant("After", [Value::u128(enact.into())]);
    calls.push(Call::new(PALLET, "submit", vec![origin.value(), proposal, moment]));
    if deposits.decision.is_some() {
        calls.push(Call::new(PALLET, "place_decision_deposit", vec![Value::u128(next.into())]));
    }
    calls
}

impl Deposits {
    async fn of(chain: &Chain, state: &State, call: &[u8], track: &Track, terms: &Terms) -> Result<Self> {
        let needs_preimage = call.len() > MAX_INLINE && !is_noted(state, hash(call)).await?;
        let preimage = if needs_preimage { Some(chain.preimage_deposit(call.len() as u32).await?) } else { None };
        let decision = (!terms.no_deposit).then_some(track.deposit);
        Ok(Self { submission: Amount(state.constant(PALLET, "SubmissionDeposit")?), decision, preimage })
    }

    fn total(&self) -> Amount {
        let others = [self.decision, self.preimage].into_iter().flatten();
        others.fold(self.submission, Amount::saturating_add)
    }

    /// What is kept and until when.
    fn lines(&self, track: &Track) -> Vec<String> {
        let mut lines = vec![format!(
            "{} will be reserved for the submission; it comes back if the proposal is approved or cancelled",
            self.submission
        )];
        lines.push(match self.decision {
            Some(decision) => format!("{decision} will be reserved for the decision; it comes back when the referendum has ended"),
            None => format!("the decision waits until somebody places {}", track.deposit),
        });
        let preimage = self.preimage.map(|preimage| format!("{preimage} will be held for the call's bytes, while the chain keeps them"));
        lines.extend(preimage);
        lines.push("`hearth gov refund` fetches what comes back".to_string());
        lines
    }

    /// Stops if an account cannot pay all that and the fee.
    fn check(&self, account: &AccountId32, money: &Money, fee: Amount) -> Result<()> {
        let (needed, available) = (self.total().saturating_add(fee), money.available);
        if available >= needed {
            return Ok(());
        }
        let next = match self.decision {
            Some(_) => "send it more, or leave the decision deposit to others with --no-deposit",
            None => "send it more",
        };
        Err(Error::failed(format!("{account} needs {needed} for deposits and fee, and has {available}; {next}")))
    }
}

/// Whether the chain has the bytes of a hash.
async fn is_noted(state: &State, hash: H256) -> Result<bool> {
    let status: Option<Value> = state.value("Preimage", "RequestStatusFor", (hash.0,)).await?;
    Ok(match status.as_ref().and_then(variant) {
        Some(("Unrequested", _)) => true,
        Some((_, fields)) => fields.at("maybe_len").and_then(some).is_some(),
        None => false,
    })
}

fn track_text(track: &Track, enact: u32, block_time: Duration) -> String {
    let period = |blocks: u32| format!("{} ({})", counted(blocks.into(), "block"), units::show_blocks(blocks, block_time));
    format!(
        "track {}: decided within {}, confirmed for {}, enacted {} after its approval",
        track.name,
        period(track.decide),
        period(track.confirm),
        period(enact)
    )
}

/// The sentence for a decision deposit that went to the referendum of somebody who was quicker.
fn misplaced(own: u32, other: u32) -> String {
    format!(
        "somebody was quicker, and the decision deposit went to referendum {other}: `hearth gov refund {other}` fetches it when that has \
         ended. Referendum {own} still needs one: `hearth gov deposit {own}`"
    )
}

fn proposed_text(proposed: &Proposed) -> String {
    let index = proposed.referendum;
    let decision = match proposed.decision_deposit {
        Some(amount) => format!("{amount} reserved"),
        None => format!("not placed; `hearth gov deposit {index}` does it"),
    };
    table(&[
        ("referendum", index.to_string()),
        ("proposal", proposed.proposal.clone()),
        ("track", proposed.track.clone()),
        ("submission", format!("{} reserved", proposed.submission_deposit)),
        ("decision", decision),
        ("next", format!("hearth gov vote {index} aye AMOUNT")),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gov::tracks::tests::tracks;

    const HRT: u128 = 1_000_000_000_000;

    fn deposits(decision: bool, preimage: bool) -> Deposits {
        Deposits {
            submission: Amount(10 * HRT),
            decision: decision.then_some(Amount(5_000 * HRT)),
            preimage: preimage.then_some(Amount(HRT)),
        }
    }

    #[test]
    fn short_calls_stand_in_the_referendum_and_long_ones_beside_it() {
        let short = calls(&[1, 2, 3], Origin::MarketParams, &deposits(true, false), 50, 7);
        assert_eq!(short.len(), 2);
        let args = vec![
            Origin::MarketParams.value(),
            Value::unnamed_variant("Inline", [Value::from_bytes([1, 2, 3])]),
            Value::unnamed_variant("After", [Value::u128(50)]),
        ];
        assert_eq!(short[0], Call::new(PALLET, "submit", args));
        assert_eq!(short[1], Call::new(PALLET, "place_decision_deposit", vec![Value::u128(7)]));

        let long = [5; MAX_INLINE + 1];
        let paths = |deposits: Deposits| calls(&long, Origin::Root, &deposits, 0, 7).iter().map(Call::path).collect::<Vec<_>>();
        let (note, submit, place) = ("Preimage.note_preimage", "Referenda.submit", "Referenda.place_decision_deposit");
        assert_eq!(paths(deposits(true, true)), [note, submit, place]);
        assert_eq!(paths(deposits(false, false)), [submit]);
    }

    #[test]
    fn deposits_are_summed_and_told() {
        assert_eq!(deposits(true, true).total(), Amount(5_011 * HRT));
        let track = &tracks()[1];
        let told = deposits(true, true).lines(track).join("\n");
        for part in ["10 HRT will be reserved", "5000 HRT will be reserved", "1 HRT will be held"] {
            assert!(told.contains(part), "{part} is not in:\n{told}");
        }
        assert!(deposits(false, false).lines(track).join("\n").contains("until somebody places 5000 HRT"));
        let check = |hrt: u128, decision| {
            let money = Money { available: Amount(hrt * HRT), ..Money::default() };
            deposits(decision, false).check(&AccountId32([1; 32]), &money, Amount(HRT)).map_err(|error| error.to_string())
        };
        assert_eq!(check(5_011, true), Ok(()));
        assert!(check(5_010, true).unwrap_err().contains("--no-deposit"));
        assert_eq!(check(11, false), Ok(()));
    }

    #[test]
    fn terms_wait_no_less_than_the_track() {
        let track = &tracks()[1];
        let terms = |after| Terms { after, ..Terms::default() };
        assert_eq!((terms(None).enact(track), terms(Some(7)).enact(track), terms(Some(70)).enact(track)), (50, 50, 70));
        assert_eq!(Terms { root: true, ..Terms::default() }.origin(Origin::Emergency), Origin::Root);
        assert!(misplaced(7, 6).contains("`hearth gov refund 6`"));
    }
}
