//! `hearth gov object` and `slashes`: what the providers can stop, and what holders can cancel.

use crate::{
    amount::Amount,
    args::Options,
    chain::Slash,
    error::{Error, Result},
    gov::{params::waiting, proposal::PALLET, sentences::slash_text},
    tx::{estimate, submit, Call, Receipt},
    ui::line,
};
use hearth_primitives::governance::ChangeId;
use serde::Serialize;
use subxt::{dynamic::Value, utils::AccountId32};

#[derive(Debug, Serialize)]
struct Objected {
    change: ChangeId,
    /// Whether the provider objects now.
    objects: bool,
    /// The voices that object now.
    against: Amount,
    /// The voices that stop it.
    needed: Amount,
    #[serde(flatten)]
    receipt: Receipt,
}

/// A slash for programs.
#[derive(Debug, Serialize)]
struct Row {
    /// As `hearth gov propose cancel-slash` takes it.
    slash: String,
    /// The era with whose start it is executed, if it is not put off.
    due: u32,
    offender: AccountId32,
    own: Amount,
    /// What those lose who staked behind it.
    others: Amount,
}

impl From<Slash> for Row {
    fn from(slash: Slash) -> Self {
        let Slash { id, offender, own, others, .. } = slash;
        Self { slash: slash_text(&id), due: id.due, offender, own, others }
    }
}

/// Objects to a change as the owner of a provider, or takes that back.
pub async fn object(options: &Options, change: ChangeId, objects: bool) -> Result<()> {
    let signer = options.given().signer()?;
    let chain = options.connect().await?;
    let found = waiting(&chain, &chain.parameters().await?).await?.into_iter().find(|waiting| waiting.change == change);
    let found = found.ok_or_else(|| Error::failed(format!("no change {change} waits for the providers; see `hearth gov params`")))?;
    line(&found.text(chain.block().await?, chain.block_time().await?));
    let call = Call::new(PALLET, "object", vec![Value::u128(change.into()), Value::bool(objects)]);
    line(&format!("the transaction itself costs about {}", estimate(&chain, &signer, &call).await?));
    let doing = if objects { "objecting" } else { "taking the objection back" };
    let receipt = submit(&chain, &signer, call, doing).await?;
    let against = receipt.event_sum(PALLET, "Objected", "against");
    let objected = Objected { change, objects, against, needed: found.needed, receipt };
    options.output().print(&objected, |objected| {
        let stopped = if objected.against >= objected.needed { "; it will be stopped if this lasts" } else { "" };
        format!("{} of voices object to change {}, {} stop it{stopped}", objected.against, objected.change, objected.needed)
    })
}

/// Shows the slashes that can still be cancelled.
pub async fn slashes(options: &Options) -> Result<()> {
    let chain = options.connect().await?;
    let rows: Vec<_> = chain.deferred_slashes().await?.into_iter().map(Row::from).collect();
    options.output().print(&rows, |rows| slashes_text(rows))
}

fn slashes_text(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "no slash waits".to_string();
    }
    let rows = rows.iter().map(|Row { slash, due, offender, own, others }| {
        format!("{offender} loses {own}, and {others} those behind it, when era {due} begins\n  hearth gov propose cancel-slash {slash}\n")
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearth_primitives::{governance::SlashId, H256};

    #[test]
    fn slashes_tell_who_loses_what_and_how_to_appeal() {
        let id = SlashId { due: 9, hash: H256::repeat_byte(3) };
        let (offender, own, others) = (AccountId32([1; 32]), Amount(5_000_000_000_000), Amount(7_000_000_000_000));
        let slash = Slash { id, offender, own, others, appealed: false };
        let rows = [Row::from(slash)];
        let text = slashes_text(&rows);
        for part in ["loses 5 HRT", "7 HRT those behind it", "era 9", "cancel-slash 9:0x0303"] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        assert_eq!(serde_json::to_value(&rows).unwrap()[0]["slash"], slash_text(&id));
        assert_eq!(slashes_text(&[]), "no slash waits");
    }
}
