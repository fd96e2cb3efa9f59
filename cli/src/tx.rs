//! Signing, submission, and what became of a transaction: included, then finalised, or the reason why not.

use crate::{
    advice::next_step,
    amount::Amount,
    chain::Chain,
    error::{cause, Context, Error, Result},
    secret::account_of,
    ui::Progress,
};
use hearth_primitives::{blob::BlobRef, H256};
use serde::Serialize;
use std::time::Duration;
use subxt::{
    config::{DefaultExtrinsicParamsBuilder, PolkadotConfig},
    dynamic::{At, Value},
    error::{DispatchError, TransactionEventsError},
    ext::scale_value::Composite,
    extrinsics::ExtrinsicEvents,
    transactions::{DynamicPayload, TransactionStatus},
    utils::AccountId32,
};
use subxt_signer::sr25519::Keypair;

/// Blocks in which a transaction can be included: six minutes.
const MORTALITY: u64 = 128;

/// How long nothing may happen to a transaction. Blocks come every three seconds and finality follows within a few.
const PATIENCE: Duration = Duration::from_secs(120);

/// A call, by names and values; the chain's metadata says how it is encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pallet: &'static str,
    name: &'static str,
    args: Vec<Value>,
}

impl Call {
    /// `pallet.name(args)`.
    pub fn new(pallet: &'static str, name: &'static str, args: Vec<Value>) -> Self {
        Self { pallet, name, args }
    }

    /// As the client takes it.
    pub fn payload(&self) -> DynamicPayload<Composite<()>> {
        subxt::dynamic::tx(self.pallet, self.name, Composite::unnamed(self.args.clone()))
    }

    /// `pallet.name`.
    pub fn path(&self) -> String {
        format!("{}.{}", self.pallet, self.name)
    }

    /// Several calls in one transaction, which succeed or fail together. One alone stays as it is.
    pub fn all(mut calls: Vec<Self>) -> Self {
        if calls.len() == 1 {
            return calls.remove(0);
        }
        let inner = calls.into_iter().map(|call| Value::unnamed_variant(call.pallet, [Value::unnamed_variant(call.name, call.args)]));
        Self::new("Utility", "batch_all", vec![Value::unnamed_composite(inner)])
    }
}

/// A transaction that was finalised.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Receipt {
    /// The transaction's hash.
    pub transaction: H256,
    /// The finalised block that holds it.
    pub block: H256,
    /// The fee paid for it.
    pub transaction_fee: Option<Amount>,
    /// Its events: pallet, name and fields.
    #[serde(skip)]
    events: Vec<(String, String, Composite<()>)>,
}

impl Receipt {
    /// A number in the first event `pallet.name`.
    pub fn event_number(&self, pallet: &str, name: &str, field: &str) -> Option<u128> {
        let found = self.events.iter().find(|(its_pallet, its_name, _)| its_pallet == pallet && its_name == name);
        found.and_then(|(_, _, fields)| fields.at(field)).and_then(Value::as_u128)
    }

    /// The sum of an amount over all events `pallet.name`.
    pub fn event_sum(&self, pallet: &str, name: &str, field: &str) -> Amount {
        let found = self.events.iter().filter(|(its_pallet, its_name, _)| its_pallet == pallet && its_name == name);
        let amounts = found.filter_map(|(_, _, fields)| fields.at(field).and_then(Value::as_u128));
        amounts.map(Amount).fold(Amount(0), Amount::saturating_add)
    }
}

/// An account as a call's argument.
pub fn account_value(account: &AccountId32) -> Value {
    Value::from_bytes(account.0)
}

/// An account as the argument of a call that looks addresses up.
pub fn address_value(account: &AccountId32) -> Value {
    Value::unnamed_variant("Id", [account_value(account)])
}

/// A 32-byte id as a call's argument.
pub fn id_value(id: H256) -> Value {
    Value::from_bytes(id.0)
}

/// A blob's reference as a call's argument.
pub fn blob_value(blob: BlobRef) -> Value {
    Value::named_composite([("id", id_value(blob.id)), ("len", Value::u128(blob.len.into()))])
}

/// An amount as a call's argument.
pub fn amount_value(amount: Amount) -> Value {
    Value::u128(amount.0)
}

/// What the chain would charge for the transaction itself.
pub async fn estimate(chain: &Chain, signer: &Keypair, call: &Call) -> Result<Amount> {
    let fee = sign(chain, signer, call).await?.partial_fee_estimate().await;
    fee.map(Amount).context("cannot ask for the transaction's fee")
}

/// Signs and submits `call`, waits until it is in a block and that block final. `doing` is shown meanwhile: "registering the provider".
pub async fn submit(chain: &Chain, signer: &Keypair, call: Call, doing: &str) -> Result<Receipt> {
    let mut progress = Progress::spinner();
    progress.say(&format!("{doing}: signing"));
    let signed = sign(chain, signer, &call).await?;
    let mut watch = match signed.submit_and_watch().await {
        Ok(watch) => watch,
        Err(error) => return Err(refused(chain, signer, doing, &error.to_string()).await),
    };
    progress.say(&format!("{doing}: waiting for a block"));
    loop {
        let status = tokio::time::timeout(PATIENCE, watch.next()).await.map_err(|_| silent(doing))?;
        let status = status.ok_or_else(|| silent(doing))?.context(format_args!("{doing}: the node stopped telling what becomes of it"))?;
        match status {
            TransactionStatus::Validated | TransactionStatus::Broadcasted => {}
            TransactionStatus::NoLongerInBestBlock => {
                progress.say(&format!("{doing}: its block lost against another; waiting for the next"))
            }
            TransactionStatus::InBestBlock(block) => {
                succeeded(doing, block.wait_for_success().await)?;
                progress.say(&format!("{doing}: in block {}, waiting for finality", block.block_hash()));
            }
            TransactionStatus::InFinalizedBlock(block) => {
                let events = succeeded(doing, block.wait_for_success().await)?;
                progress.say(&format!("{doing}: final in block {}", block.block_hash()));
                return receipt(block.extrinsic_hash(), block.block_hash(), &events);
            }
            TransactionStatus::Error { message } | TransactionStatus::Invalid { message } | TransactionStatus::Dropped { message } => {
                return Err(refused(chain, signer, doing, &message).await);
            }
        }
    }
}

type Signed = subxt::transactions::SubmittableTransaction<PolkadotConfig, subxt::client::OnlineClientAtBlockImpl<PolkadotConfig>>;

async fn sign(chain: &Chain, signer: &Keypair, call: &Call) -> Result<Signed> {
    // Anchored at a final block, so that no reorganisation makes it invalid; the nonce counts what waits in the pool.
    let at = chain.client().at_current_block().await.context("cannot read the chain's metadata")?;
    let nonce = chain.next_nonce(&account_of(signer)).await?;
    let params = DefaultExtrinsicParamsBuilder::new().nonce(nonce).mortal(MORTALITY).build();
    let signed = at.transactions().create_signed(&call.payload(), signer, params).await;
    signed.context(format_args!("the chain at {} does not take {} in this form; use the `hearth` of its release", chain.url(), call.path()))
}

fn receipt(transaction: H256, block: H256, events: &ExtrinsicEvents<PolkadotConfig>) -> Result<Receipt> {
    let mut found = Vec::new();
    for event in events.iter() {
        let event = event.context("the transaction succeeded, but its events cannot be read")?;
        let fields =
            event.decode_fields_unchecked_as::<Composite<()>>().context("the transaction succeeded, but its events cannot be read")?;
        found.push((event.pallet_name().to_string(), event.event_name().to_string(), fields));
    }
    let mut receipt = Receipt { transaction, block, transaction_fee: None, events: found };
    receipt.transaction_fee = receipt.event_number("TransactionPayment", "TransactionFeePaid", "actual_fee").map(Amount);
    Ok(receipt)
}

fn succeeded<T>(doing: &str, result: std::result::Result<T, TransactionEventsError>) -> Result<T> {
    result.map_err(|error| match error {
        TransactionEventsError::ExtrinsicFailed(reason) => Error::failed(format!("{doing}: the chain refused: {}", explain(&reason))),
        other => Error::failed(format!("{doing}: it is in a block, but the outcome cannot be read ({other})")),
    })
}

/// A dispatch error by its name, with what its pallet's documentation says of it, and what to do next.
fn explain(error: &DispatchError) -> String {
    let module = match error {
        DispatchError::Module(module) => module,
        DispatchError::Token(_) => return format!("{error} See what the account has with `hearth account status`, and send it more"),
        _ => return error.to_string(),
    };
    match module.details() {
        Ok(details) => told(&details.variant.docs, details.pallet.name(), &details.variant.name),
        Err(_) => error.to_string(),
    }
}

/// An error of a pallet, by its documentation and the command that comes next.
fn told(docs: &[impl AsRef<str>], pallet: &str, name: &str) -> String {
    let docs = docs.iter().map(|line| line.as_ref().trim()).filter(|line| !line.is_empty());
    let words: Vec<_> = docs.chain(next_step(pallet, name)).collect();
    format!("{} ({pallet}.{name})", words.join(" "))
}

/// The sentence for a transaction that the pool did not take. The pool's own reason seldom says that it is the fee, so the balance is looked at.
async fn refused(chain: &Chain, signer: &Keypair, doing: &str, reason: &str) -> Error {
    let account = account_of(signer);
    let reason = cause(reason);
    let next = if chain.money(&account).await.is_ok_and(|money| money.available == Amount(0)) {
        format!("{account} has nothing to pay the fee with; send it some HRT first")
    } else if reason.contains("outdated") || reason.contains("riority") {
        format!("another transaction of {account} was quicker, or the chain finalises no blocks; try again")
    } else {
        format!("see that {account} can pay the fee and that the node at {} is in sync, and try again", chain.url())
    };
    Error::failed(format!("{doing}: the node refused the transaction ({reason}); {next}"))
}

fn silent(doing: &str) -> Error {
    let seconds = PATIENCE.as_secs();
    Error::failed(format!(
        "{doing}: nothing was heard for {seconds} seconds. It may still be included: see that the chain makes and finalises blocks, and look \
         before you try again"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipt_finds_numbers_in_events() {
        let fields = Composite::named([("job", Value::u128(7)), ("customer", Value::from_bytes([1; 32]))]);
        let events = vec![
            ("System".to_string(), "NewAccount".to_string(), Composite::unnamed([])),
            ("JobMarket".to_string(), "JobSubmitted".to_string(), fields),
        ];
        let receipt = Receipt { transaction: H256::zero(), block: H256::zero(), transaction_fee: Some(Amount(5)), events };
        assert_eq!(receipt.event_number("JobMarket", "JobSubmitted", "job"), Some(7));
        assert_eq!(receipt.event_number("JobMarket", "JobSubmitted", "customer"), None);
        assert_eq!(receipt.event_number("JobMarket", "Drawn", "job"), None);
        assert_eq!(receipt.event_sum("JobMarket", "Drawn", "job"), Amount(0));
        let json = serde_json::to_value(&receipt).unwrap();
        assert_eq!(json["transaction_fee"]["planck"], "5");
        assert!(json.get("events").is_none());
    }

    #[test]
    fn receipt_sums_the_amounts_of_like_events() {
        let rewarded = |amount| ("Staking".to_string(), "Rewarded".to_string(), Composite::named([("amount", Value::u128(amount))]));
        let other = ("Staking".to_string(), "Bonded".to_string(), Composite::named([("amount", Value::u128(9))]));
        let events = vec![rewarded(2), other, rewarded(3)];
        let receipt = Receipt { transaction: H256::zero(), block: H256::zero(), transaction_fee: None, events };
        assert_eq!(receipt.event_sum("Staking", "Rewarded", "amount"), Amount(5));
    }

    #[test]
    fn calls_are_batched_only_where_there_are_several() {
        let chill = || Call::new("Staking", "chill", vec![]);
        assert_eq!(Call::all(vec![chill()]), chill());
        let both = Call::all(vec![chill(), Call::new("Session", "purge_keys", vec![])]);
        assert_eq!((both.pallet, both.name, both.args.len()), ("Utility", "batch_all", 1));
        let inner = [("Staking", "chill"), ("Session", "purge_keys")];
        let inner = inner.map(|(pallet, name)| Value::unnamed_variant(pallet, [Value::unnamed_variant(name, [])]));
        assert_eq!(both.args[0], Value::unnamed_composite(inner));
    }

    #[test]
    fn refusals_end_in_the_next_step_and_the_errors_name() {
        let text = told(&[" No verdict waits:", "", " nothing to appeal against."], "JobMarket", "NotAppealable");
        assert!(text.starts_with("No verdict waits: nothing to appeal against. `hearth job show`"), "{text}");
        assert!(text.ends_with("(JobMarket.NotAppealable)"), "{text}");
        assert_eq!(told(&["Too much."], "Balances", "Other"), "Too much. (Balances.Other)");
    }

    #[test]
    fn blob_value_has_the_chains_field_names() {
        let value = blob_value(BlobRef { id: H256::repeat_byte(1), len: 9 });
        assert_eq!(value.at("len").and_then(Value::as_u128), Some(9));
        assert_eq!(value.at("id").and_then(|id| id.at(31)).and_then(Value::as_u128), Some(1));
    }
}
