//! `hearth gov object` and `slashes`: what the providers can stop, and what holders can cancel.

use crate::{
    amount::Amount,
    args::Options,
    error::{Error, Result},
    gov::{params::waiting, proposal::PALLET},
    slashes::{deferred, Deferred},
    tx::{estimate, submit, Call, Receipt},
    ui::line,
};
use hearth_primitives::governance::ChangeId;
use serde::Serialize;
use std::time::Duration;
use subxt::dynamic::Value;

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

/// Shows the slashes that can still be cancelled, validators' and providers'.
pub async fn slashes(options: &Options) -> Result<()> {
    let chain = options.connect().await?;
    let slashes = deferred(&chain).await?;
    let (block, block_time) = (chain.block().await?, chain.block_time().await?);
    options.output().print(&slashes, |slashes| slashes_text(slashes, block, block_time))
}

fn slashes_text(slashes: &[Deferred], block: u32, block_time: Duration) -> String {
    if slashes.is_empty() {
        return "no slash waits".to_string();
    }
    slashes.iter().map(|slash| slash.text(block, block_time)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slashes::tests::{of_a_provider, of_a_validator};

    #[test]
    fn slashes_of_both_houses_are_told() {
        let text = |slashes: &[Deferred]| slashes_text(slashes, 100, Duration::from_secs(3));
        let both = text(&[of_a_validator(), of_a_provider(None)]);
        assert!(both.contains("when era 9 begins") && both.contains("at block 120"), "{both}");
        assert_eq!(both.matches("hearth gov propose cancel-slash").count(), 2, "{both}");
        assert_eq!(text(&[]), "no slash waits");
    }
}
