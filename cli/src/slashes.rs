//! Slashes that are deferred: whom they hit, for what and when. `hearth provider slashes` and `appeal`.
//!
//! Holders cancel them: see `hearth gov slashes` and `hearth gov propose cancel-slash`.

use crate::{
    amount::Amount,
    args::Options,
    bond::put_up,
    chain::{Chain, Slash},
    error::{Error, Result},
    provider::{self, PALLET},
    secret::account_of,
    stored,
    tx::{id_value, submit, Call, Receipt},
    ui::{line, table},
    units,
};
use hearth_primitives::{governance::SlashId, JobId, ProviderId};
use serde::Serialize;
use std::time::Duration;
use subxt::{dynamic::Value, utils::AccountId32};

/// A slash that waits, for people and for programs.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Deferred {
    #[serde(skip)]
    id: SlashId,
    /// As it is written on the command line.
    slash: String,
    /// Of a validator the era with whose start it is executed, if it is not put off; of a provider the block.
    due: u32,
    /// The validator, or the provider's owner.
    offender: AccountId32,
    /// What the offender loses.
    own: Amount,
    /// What those lose who put something behind it.
    others: Amount,
    /// Whether the offender appealed with a bond. A validator cannot.
    appealed: bool,
    /// None where a validator is slashed.
    conviction: Option<Conviction>,
}

/// What a provider is slashed for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Conviction {
    /// The provider.
    pub provider: ProviderId,
    /// The job whose jury convicted it.
    pub job: JobId,
    /// Held from the owner for its appeal.
    pub bond: Option<Amount>,
}

/// The slashes of a provider.
#[derive(Debug, Serialize)]
struct Listing {
    provider: ProviderId,
    /// The block by whose state it is told.
    block: u32,
    slashes: Vec<Deferred>,
}

#[derive(Debug, Serialize)]
struct Appealed {
    slash: String,
    provider: ProviderId,
    /// The block before which holders can cancel it.
    due: u32,
    bond: Amount,
    #[serde(flatten)]
    receipt: Receipt,
}

/// A slash as it is written on the command line: when it is due, and its hash.
pub fn slash_text(slash: &SlashId) -> String {
    format!("{}:{:?}", slash.due, slash.hash)
}

/// A slash as a call's argument.
pub fn slash_value(slash: &SlashId) -> Value {
    Value::named_composite([("due", Value::u128(slash.due.into())), ("hash", id_value(slash.hash))])
}

/// All that wait, in the chain's order.
pub async fn deferred(chain: &Chain) -> Result<Vec<Deferred>> {
    let stored: Vec<((u32, u32), stored::Slash)> = chain.state().await?.entries(PALLET, "Deferred", ()).await?;
    let convictions: Vec<_> = stored.iter().map(|((due, index), slash)| (name(*due, *index, slash), Conviction::from(slash))).collect();
    Ok(chain.deferred_slashes().await?.into_iter().map(|slash| Deferred::new(slash, &convictions)).collect())
}

/// The slashes among these that are a provider's.
pub fn of_provider(slashes: Vec<Deferred>, provider: ProviderId) -> Vec<Deferred> {
    slashes.into_iter().filter(|slash| slash.conviction.is_some_and(|conviction| conviction.provider == provider)).collect()
}

/// The slashes among these that follow from a job.
pub fn of_job(slashes: Vec<Deferred>, job: JobId) -> Vec<Deferred> {
    slashes.into_iter().filter(|slash| slash.conviction.is_some_and(|conviction| conviction.job == job)).collect()
}

/// How the registry names the slash number `index`, which is due in the block `due`.
fn name(due: u32, index: u32, slash: &stored::Slash) -> SlashId {
    SlashId::of_provider(due, index, slash.provider, slash.job)
}

impl From<&stored::Slash> for Conviction {
    fn from(slash: &stored::Slash) -> Self {
        Self { provider: slash.provider, job: slash.job, bond: slash.appeal.map(Amount) }
    }
}

impl Deferred {
    fn new(slash: Slash, convictions: &[(SlashId, Conviction)]) -> Self {
        let Slash { id, offender, own, others, appealed } = slash;
        let conviction = convictions.iter().find(|(name, _)| *name == id).map(|(_, conviction)| *conviction);
        Self { id, slash: slash_text(&id), due: id.due, offender, own, others, appealed, conviction }
    }

    /// Who loses what, for what and when, told at `block`; and what can be done against it.
    pub fn text(&self, block: u32, block_time: Duration) -> String {
        let Self { slash, due, offender, own, others, appealed, conviction, .. } = self;
        let Some(Conviction { provider, job, bond }) = conviction else {
            return format!(
                "{offender} loses {own}, and {others} those behind it, when era {due} begins\n  hearth gov propose cancel-slash {slash}\n"
            );
        };
        let when = match due.checked_sub(block).filter(|left| *left > 0) {
            Some(left) => format!("at block {due}, in about {}", units::show_blocks(left, block_time)),
            None => format!("since block {due}: as soon as slashing is not paused and a block has room"),
        };
        let appeal = match bond {
            Some(bond) => format!("appealed with {bond}, which come back if it is cancelled"),
            None if *appealed => "appealed".to_string(),
            None => format!("not appealed: hearth provider appeal {slash}"),
        };
        format!(
            "provider {provider} of {offender} loses {own}, and {others} those behind it, {when}\n  convicted by the jury of job {job}; see \
             `hearth job show {job}`\n  {appeal}\n  hearth gov propose cancel-slash {slash}\n"
        )
    }
}

/// Shows what waits for the provider of the signing account, or of another.
pub async fn show(options: &Options, address: Option<AccountId32>) -> Result<()> {
    let account = options.account_or_signer(address)?;
    let chain = options.connect().await?;
    let provider = provider::mine(&chain, &account).await?;
    let slashes = of_provider(deferred(&chain).await?, provider);
    let (block, block_time) = (chain.block().await?, chain.block_time().await?);
    options.output().print(&Listing { provider, block, slashes }, |listing| listing_text(listing, block_time))
}

/// Appeals against a slash of the signing account's provider.
pub async fn appeal(options: &Options, wanted: &str) -> Result<()> {
    let signer = options.given().signer()?;
    let owner = account_of(&signer);
    let chain = options.connect().await?;
    let slash = appealable(deferred(&chain).await?, wanted, &owner)?;
    let (Deferred { id, due, .. }, Conviction { provider, .. }) = slash;
    let bond = chain.amount_constant(PALLET, "AppealBond").await?;
    let (block, block_time) = (chain.block().await?, chain.block_time().await?);
    line(&terms_text(bond, due, block, block_time));
    let call = Call::new(PALLET, "appeal_slash", vec![slash_value(&id)]);
    put_up(&chain, &signer, &call, bond).await?;
    let receipt = submit(&chain, &signer, call, "appealing against the slash").await?;
    let appealed = Appealed { slash: slash_text(&id), provider, due, bond, receipt };
    options.output().print(&appealed, appealed_text)
}

/// The slash that an owner means, if it can appeal against it.
fn appealable(slashes: Vec<Deferred>, wanted: &str, owner: &AccountId32) -> Result<(Deferred, Conviction)> {
    let found = slashes.into_iter().find(|slash| slash.slash == wanted);
    let found = found.ok_or_else(|| Error::failed(format!("no slash {wanted} waits; see `hearth provider slashes`")))?;
    let Some(conviction) = found.conviction else {
        return Err(Error::failed(format!(
            "the slash {wanted} is a validator's, who cannot appeal; have holders cancel it with `hearth gov propose cancel-slash {wanted}`"
        )));
    };
    if found.offender != *owner {
        let provider = conviction.provider;
        return Err(Error::failed(format!(
            "the slash {wanted} is one of provider {provider}, whose owner is {}; sign with its key",
            found.offender
        )));
    }
    if found.appealed {
        return Err(Error::failed(format!(
            "the slash {wanted} is appealed already; holders decide on it with `hearth gov propose cancel-slash {wanted}`"
        )));
    }
    Ok((found, conviction))
}

/// What is said before the bond of an appeal is held.
fn terms_text(bond: Amount, due: u32, block: u32, block_time: Duration) -> String {
    let left = units::show_blocks(due.saturating_sub(block), block_time);
    format!(
        "{bond} will be held; they come back if holders cancel the slash before block {due}, in about {left}, and are the treasury's if they \
         do not"
    )
}

fn listing_text(listing: &Listing, block_time: Duration) -> String {
    if listing.slashes.is_empty() {
        return format!("no slash of provider {} waits", listing.provider);
    }
    listing.slashes.iter().map(|slash| slash.text(listing.block, block_time)).collect()
}

fn appealed_text(appealed: &Appealed) -> String {
    let Appealed { slash, provider, due, bond, .. } = appealed;
    table(&[
        ("slash", slash.clone()),
        ("provider", provider.to_string()),
        ("bond", format!("{bond} held until the slash is cancelled or executed")),
        ("due", format!("block {due}")),
        ("next", format!("hearth gov propose cancel-slash {slash}")),
    ])
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use hearth_primitives::{blake2_256, H256};

    const HRT: u128 = 1_000_000_000_000;

    const OWNER: AccountId32 = AccountId32([1; 32]);

    const SLOT: Duration = Duration::from_secs(3);

    fn stored(appeal: Option<u128>) -> stored::Slash {
        stored::Slash { provider: 3, job: 7, appeal }
    }

    fn slash(id: SlashId, appealed: bool) -> Slash {
        Slash { id, offender: OWNER, own: Amount(20 * HRT), others: Amount(5 * HRT), appealed }
    }

    /// One of provider 3 for job 7, due in block 120.
    pub fn of_a_provider(appeal: Option<u128>) -> Deferred {
        let (id, found) = (name(120, 9, &stored(appeal)), stored(appeal));
        Deferred::new(slash(id, appeal.is_some()), &[(id, Conviction::from(&found))])
    }

    /// One that is due with era 9.
    pub fn of_a_validator() -> Deferred {
        Deferred::new(slash(SlashId { due: 9, hash: H256::repeat_byte(3) }, false), &[])
    }

    #[test]
    fn name_is_that_of_the_registry() {
        let bytes = [&b"hearth/slash"[..], &9u32.to_le_bytes(), &3u32.to_le_bytes(), &7u64.to_le_bytes()].concat();
        assert_eq!(name(120, 9, &stored(None)), SlashId { due: 120, hash: blake2_256(&bytes) });
        assert_eq!(name(120, 9, &stored(Some(5))), name(120, 9, &stored(None)));
    }

    #[test]
    fn slashes_are_told_by_whom_they_hit() {
        let text = of_a_validator().text(100, SLOT);
        let cancel = format!("cancel-slash 9:0x{}", "03".repeat(32));
        for part in ["loses 20 HRT", "5 HRT those behind it", "era 9", &cancel] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        let text = of_a_provider(None).text(100, SLOT);
        for part in ["provider 3 of 5", "at block 120, in about 60 seconds", "jury of job 7", "hearth provider appeal 120:0x"] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        assert!(of_a_provider(Some(50 * HRT)).text(100, SLOT).contains("appealed with 50 HRT"));
        assert!(of_a_provider(None).text(120, SLOT).contains("since block 120: as soon as slashing is not paused"));
    }

    #[test]
    fn slashes_in_json() {
        let json = serde_json::to_value([of_a_validator(), of_a_provider(Some(50 * HRT))]).unwrap();
        assert_eq!(json[0]["slash"], format!("9:0x{}", "03".repeat(32)));
        assert_eq!(json[0]["due"], 9);
        assert_eq!(json[0]["own"]["hrt"], "20");
        assert_eq!(json[0]["appealed"], false);
        assert!(json[0]["conviction"].is_null() && json[0].get("id").is_none());
        assert_eq!(json[1]["offender"], OWNER.to_string());
        assert_eq!(json[1]["conviction"]["provider"], 3);
        assert_eq!(json[1]["conviction"]["job"], 7);
        assert_eq!(json[1]["conviction"]["bond"]["hrt"], "50");
    }

    #[test]
    fn slashes_are_sorted_out_by_provider_and_job() {
        let all = || vec![of_a_validator(), of_a_provider(None)];
        assert_eq!(of_provider(all(), 3), [of_a_provider(None)]);
        assert_eq!(of_job(all(), 7), [of_a_provider(None)]);
        assert!(of_provider(all(), 9).is_empty() && of_job(all(), 9).is_empty());
    }

    #[test]
    fn appeal_is_the_owners_and_once() {
        let slashes = || vec![of_a_validator(), of_a_provider(None)];
        let id = of_a_provider(None).slash;
        let refused = |slashes: Vec<Deferred>, wanted: &str, owner: AccountId32| {
            let Err(error) = appealable(slashes, wanted, &owner) else { panic!("{wanted} was taken") };
            error.to_string()
        };
        assert_eq!(appealable(slashes(), &id, &OWNER).unwrap().1.provider, 3);
        assert!(refused(slashes(), "120", OWNER).contains("hearth provider slashes"));
        assert!(refused(slashes(), &of_a_validator().slash, OWNER).contains("validator's"));
        assert!(refused(slashes(), &id, AccountId32([2; 32])).contains("sign with its key"));
        assert!(refused(vec![of_a_provider(Some(5))], &id, OWNER).contains("cancel-slash"));
    }

    #[test]
    fn appeal_says_what_its_bond_is_for() {
        let text = terms_text(Amount(50 * HRT), 120, 100, SLOT);
        assert!(text.contains("50 HRT will be held") && text.contains("before block 120, in about 60 seconds"), "{text}");
        let none = Listing { provider: 3, block: 100, slashes: vec![] };
        assert_eq!(listing_text(&none, SLOT), "no slash of provider 3 waits");
    }
}
