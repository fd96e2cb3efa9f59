//! `hearth back status`: what a backer has behind providers, and how these stand.

use crate::{
    amount::Amount,
    args::Options,
    chain::{Backing, Provider},
    commission::Commission,
    error::Result,
    provider_status::status_name,
    ui::table,
    units,
};
use hearth_primitives::{
    provider::{ProviderStatus, UnbondingView},
    ProviderId,
};
use serde::Serialize;
use std::time::Duration;
use subxt::utils::AccountId32;

#[derive(Debug, Serialize)]
struct Status {
    backer: AccountId32,
    /// The block by whose state it is told.
    block: u32,
    backings: Vec<Row>,
}

/// What is behind a provider.
#[derive(Debug, Serialize)]
struct Row {
    #[serde(flatten)]
    backing: Backing,
    /// None where the provider is gone.
    terms: Option<Terms>,
}

/// How a backed provider stands, and what its owner asks and accepts.
#[derive(Debug, Serialize)]
struct Terms {
    status: ProviderStatus<u32>,
    commission: Commission,
    /// The owner's own part of what is at stake.
    bonded: Amount,
    /// What all backers have active.
    backed: Amount,
    /// The most that the owner accepts of it.
    limit: Amount,
    backers: u32,
}

impl From<Provider> for Terms {
    fn from(provider: Provider) -> Self {
        let Provider { status, commission, bonded, backed, backing_limit, backers, .. } = provider;
        Self { status, commission: Commission(commission), bonded, backed, limit: backing_limit, backers }
    }
}

/// Shows what the signing account has behind providers, or another.
pub async fn show(options: &Options, address: Option<AccountId32>) -> Result<()> {
    let backer = options.account_or_signer(address)?;
    let chain = options.connect().await?;
    let mut backings = Vec::new();
    for backing in chain.backings_of(&backer).await? {
        let terms = chain.provider(backing.provider).await?.map(Terms::from);
        backings.push(Row { backing, terms });
    }
    let (block, block_time) = (chain.block().await?, chain.block_time().await?);
    options.output().print(&Status { backer, block, backings }, |status| status_text(status, block_time))
}

/// "40 HRT: free from block 300 on, in about 10 minutes", told at `block`.
pub fn part_text(part: &UnbondingView<Amount, u32>, provider: ProviderId, block: u32, block_time: Duration) -> String {
    let UnbondingView { amount, until } = part;
    if *until <= block {
        return format!("{amount}: free, `hearth back withdraw --provider {provider}` fetches it");
    }
    format!("{amount}: free from block {until} on, in about {}", units::show_blocks(until.saturating_sub(block), block_time))
}

/// `block_time` is how long a block takes.
fn status_text(status: &Status, block_time: Duration) -> String {
    let Status { backer, block, backings } = status;
    let mut rows = vec![("backer", backer.to_string())];
    if backings.is_empty() {
        rows.push(("status", "backs nobody; `hearth provider list` tells who accepts backing, `hearth back add` gives it".to_string()));
    }
    for Row { backing, terms } in backings {
        let id = backing.provider;
        rows.push(("provider", format!("{id}: {}", terms.as_ref().map_or_else(gone_text, terms_text))));
        rows.extend(terms.as_ref().map(|terms| ("", accepted_text(terms))));
        rows.push(("active", backing.active.to_string()));
        // What is free is one amount, and everything is where the provider is gone.
        let later = backing.unbonding.iter().filter(|part| part.until > *block && terms.is_some());
        rows.extend(later.map(|part| ("unbonding", part_text(part, id, *block, block_time))));
        if backing.withdrawable > Amount(0) {
            rows.push(("withdrawable", format!("{}: `hearth back withdraw --provider {id}`", backing.withdrawable)));
        }
        if backing.claimable > Amount(0) {
            rows.push(("claimable", format!("{}: `hearth back claim --provider {id} --backer {backer}`", backing.claimable)));
        }
    }
    table(&rows)
}

fn terms_text(terms: &Terms) -> String {
    let next = match terms.status {
        ProviderStatus::Active => "",
        ProviderStatus::Offline => ", drawn for nothing until it passes a capability challenge",
        ProviderStatus::Leaving(_) => ", drawn for nothing any more: take back now, or withdraw everything once it is gone",
        ProviderStatus::Jailed(_) => ", convicted by a jury and drawn for nothing: what backs it may be slashed, see `hearth gov slashes`",
    };
    format!("commission {}, {}{next}", terms.commission, status_name(&terms.status))
}

fn accepted_text(terms: &Terms) -> String {
    let Terms { bonded, backed, limit, backers, .. } = terms;
    format!("{bonded} of the owner's, {backed} of {backers} backers; the owner accepts {limit} of backing")
}

fn gone_text() -> String {
    "gone; everything can be withdrawn".to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chain::tests::backing, provider::tests::provider};

    const BACKER: AccountId32 = AccountId32([9; 32]);

    const SLOT: Duration = Duration::from_secs(3);

    fn status(terms: Option<Provider>) -> Status {
        Status { backer: BACKER, block: 100, backings: vec![Row { backing: backing(3), terms: terms.map(Terms::from) }] }
    }

    #[test]
    fn status_in_json() {
        let json = serde_json::to_value(status(Some(provider()))).unwrap();
        assert_eq!(json["backer"], BACKER.to_string());
        assert_eq!(json["block"], 100);
        let row = &json["backings"][0];
        assert_eq!(row["provider"], 3);
        assert_eq!(row["active"]["hrt"], "1000");
        assert_eq!(row["unbonding"][1]["until"], 300);
        assert_eq!(row["withdrawable"]["hrt"], "20");
        assert_eq!(row["claimable"]["hrt"], "1.5");
        assert_eq!(row["terms"]["status"], "active");
        assert_eq!(row["terms"]["commission"], "10%");
        assert_eq!(row["terms"]["limit"]["hrt"], "400");
        assert_eq!(row["terms"]["backers"], 2);
        let gone = serde_json::to_value(status(None)).unwrap();
        assert!(gone["backings"][0]["terms"].is_null());
    }

    #[test]
    fn status_text_says_what_each_amount_is_and_what_fetches_it() {
        let text = status_text(&status(Some(provider())), SLOT);
        let claim = format!("1.5 HRT: `hearth back claim --provider 3 --backer {BACKER}`");
        for part in [
            "3: commission 10%, active",
            "300 HRT of the owner's, 50 HRT of 2 backers; the owner accepts 400 HRT",
            "1000 HRT",
            "40 HRT: free from block 300 on, in about 10 minutes",
            "20 HRT: `hearth back withdraw --provider 3`",
            &claim,
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        assert_eq!(text.lines().filter(|line| line.starts_with("unbonding")).count(), 1, "{text}");

        let leaving = Provider { status: ProviderStatus::Leaving(500), ..provider() };
        assert!(status_text(&status(Some(leaving)), SLOT).contains("leaving, drawn for nothing any more"));
        let offline = Provider { status: ProviderStatus::Offline, ..provider() };
        assert!(status_text(&status(Some(offline)), SLOT).contains("offline, drawn for nothing"));
        let jailed = Provider { status: ProviderStatus::Jailed(500), ..provider() };
        assert!(status_text(&status(Some(jailed)), SLOT).contains("jailed, convicted by a jury"));
    }

    #[test]
    fn status_text_of_a_provider_that_is_gone_has_nothing_to_wait_for() {
        let text = status_text(&status(None), SLOT);
        assert!(text.contains("3: gone; everything can be withdrawn") && !text.contains("block 300"), "{text}");
    }

    #[test]
    fn status_text_of_nobodys_backer_says_where_to_begin() {
        let text = status_text(&Status { backer: BACKER, block: 100, backings: vec![] }, SLOT);
        assert!(text.contains("`hearth back add`") && text.lines().count() == 2, "{text}");
    }
}
