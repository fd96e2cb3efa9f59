//! Reads of proof of stake at one block: who has bonded, validates and nominates, with what behind it, and where in its eras the chain is.
//!
//! What eras owe is in [`payout`](crate::payout), what can be done with a bond in [`bond`](crate::bond).

use crate::{
    amount::Amount,
    chain::Chain,
    error::{Error, Result},
    ledger::{ActiveEra, EraIndex, Ledger, Nominations, Overview, Page, Payee, Points, Prefs, Spans, UnappliedSlash},
    state::State,
    units,
};
use serde::Serialize;
use std::time::Duration;
use subxt::utils::AccountId32;

/// The pallet's name.
pub const PALLET: &str = "Staking";

/// Where in its eras the chain is.
#[derive(Clone, Copy, Debug)]
pub struct Eras {
    /// The era whose work is counted now.
    pub active: EraIndex,
    /// The last era whose validators are elected: the active one, or from its election on the next.
    pub planned: EraIndex,
    /// When the active era began, in milliseconds of Unix time.
    started: u64,
    /// The block's time, in milliseconds of Unix time.
    now: u64,
    /// An era's length, in milliseconds.
    length: u64,
}

impl Eras {
    async fn read(state: &State) -> Result<Self> {
        let (sessions, slots, slot): (u32, u64, u64) = (
            state.constant(PALLET, "SessionsPerEra")?,
            state.constant("Babe", "EpochDuration")?,
            state.constant("Babe", "ExpectedBlockTime")?,
        );
        let active: Option<ActiveEra> = state.value(PALLET, "ActiveEra", ()).await?;
        let active = active.ok_or_else(|| Error::failed("the chain's first era has not begun; try again after its first session"))?;
        let planned: Option<EraIndex> = state.value(PALLET, "CurrentEra", ()).await?;
        let now: u64 = state.value("Timestamp", "Now", ()).await?.unwrap_or_default();
        let length = u64::from(sessions).saturating_mul(slots).saturating_mul(slot);
        let (active, started) = (active.index, active.start.unwrap_or(now));
        Ok(Self { active, planned: planned.unwrap_or(active), started, now, length })
    }

    /// About how long it is until `era` begins.
    pub fn until(&self, era: EraIndex) -> Duration {
        let eras = u64::from(era.saturating_sub(self.active));
        let begins = self.started.saturating_add(eras.saturating_mul(self.length));
        Duration::from_millis(if eras == 0 { 0 } else { begins.saturating_sub(self.now) })
    }

    /// The next era that can be elected anew: what changes now counts from it on.
    pub fn next(&self) -> EraIndex {
        self.planned.saturating_add(1)
    }

    /// "era 7 (in about 6 hours)".
    pub fn when(&self, era: EraIndex) -> String {
        format!("era {era} (in about {})", units::show_duration(self.until(era)))
    }

    /// What of a bond is on its way out.
    pub fn unbonding(&self, ledger: &Ledger) -> Vec<Unbonding> {
        let part = |value, era| {
            let free = era <= self.planned;
            Unbonding { amount: Amount(value), era, free, free_in_seconds: if free { 0 } else { self.until(era).as_secs() } }
        };
        ledger.unlocking.iter().map(|chunk| part(chunk.value, chunk.era)).collect()
    }
}

/// A part of a bond that is on its way out.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Unbonding {
    /// How much.
    pub amount: Amount,
    /// The era from which on it is free.
    pub era: EraIndex,
    /// Whether it is.
    pub free: bool,
    /// How long it takes until then, about.
    pub free_in_seconds: u64,
}

impl Unbonding {
    /// "10 HRT: free from era 60 on, in about 2 weeks", with the noun whose verb fetches it.
    pub fn text(&self, noun: &str) -> String {
        if self.free {
            return format!("{}: free, `hearth {noun} withdraw` fetches it", self.amount);
        }
        let time = units::show_duration(Duration::from_secs(self.free_in_seconds));
        format!("{}: free from era {} on, in about {time}", self.amount, self.era)
    }
}

/// Proof of stake at one block.
pub struct Staking {
    /// The block's state.
    pub state: State,
    /// Where in its eras the chain is at this block.
    pub eras: Eras,
}

impl Staking {
    /// At the best block.
    pub async fn read(chain: &Chain) -> Result<Self> {
        let state = chain.state().await?;
        let eras = Eras::read(&state).await?;
        Ok(Self { state, eras })
    }

    /// What an account has bonded.
    pub async fn ledger(&self, stash: &AccountId32) -> Result<Option<Ledger>> {
        self.state.value(PALLET, "Ledger", (*stash,)).await
    }

    /// How an account validates, or wishes to.
    pub async fn prefs(&self, stash: &AccountId32) -> Result<Option<Prefs>> {
        // The map has a default for everybody: only its keys tell who is in it.
        if self.state.bytes(PALLET, "Validators", (*stash,)).await?.is_none() {
            return Ok(None);
        }
        self.state.value(PALLET, "Validators", (*stash,)).await
    }

    /// Everybody who validates or wishes to.
    pub async fn candidates(&self) -> Result<Vec<(AccountId32, Prefs)>> {
        let found: Vec<((AccountId32,), Prefs)> = self.state.entries(PALLET, "Validators", ()).await?;
        Ok(found.into_iter().map(|((stash,), prefs)| (stash, prefs)).collect())
    }

    /// Whom an account nominates.
    pub async fn nominations(&self, stash: &AccountId32) -> Result<Option<Vec<AccountId32>>> {
        let found: Option<Nominations> = self.state.value(PALLET, "Nominators", (*stash,)).await?;
        Ok(found.map(|nominations| nominations.targets))
    }

    /// Where an account's rewards go.
    pub async fn payee(&self, stash: &AccountId32) -> Result<Option<Payee>> {
        self.state.value(PALLET, "Payee", (*stash,)).await
    }

    /// The session keys of a validator, encoded.
    pub async fn session_keys(&self, stash: &AccountId32) -> Result<Option<Vec<u8>>> {
        self.state.bytes("Session", "NextKeys", (*stash,)).await
    }

    /// What stands behind a validator in an era; none where it was not elected.
    pub async fn overview(&self, era: EraIndex, validator: &AccountId32) -> Result<Option<Overview>> {
        self.state.value(PALLET, "ErasStakersOverview", (era, *validator)).await
    }

    /// What stands behind every validator of an era.
    pub async fn elected(&self, era: EraIndex) -> Result<Vec<(AccountId32, Overview)>> {
        let found: Vec<((EraIndex, AccountId32), Overview)> = self.state.entries(PALLET, "ErasStakersOverview", (era,)).await?;
        Ok(found.into_iter().map(|((_, validator), overview)| (validator, overview)).collect())
    }

    /// A page of the nominators behind a validator in an era.
    pub async fn page(&self, era: EraIndex, validator: &AccountId32, page: u32) -> Result<Page> {
        Ok(self.state.value(PALLET, "ErasStakersPaged", (era, *validator, page)).await?.unwrap_or_default())
    }

    /// The pages of an era that are paid.
    pub async fn claimed(&self, era: EraIndex, validator: &AccountId32) -> Result<Vec<u32>> {
        Ok(self.state.value(PALLET, "ClaimedRewards", (era, *validator)).await?.unwrap_or_default())
    }

    /// How a validator validated in an era.
    pub async fn prefs_in(&self, era: EraIndex, validator: &AccountId32) -> Result<Prefs> {
        Ok(self.state.value(PALLET, "ErasValidatorPrefs", (era, *validator)).await?.unwrap_or_default())
    }

    /// What was done in an era.
    pub async fn points(&self, era: EraIndex) -> Result<Points> {
        Ok(self.state.value(PALLET, "ErasRewardPoints", (era,)).await?.unwrap_or_default())
    }

    /// The slashes that wait, each with the era in which it is applied.
    pub async fn slashes(&self) -> Result<Vec<(EraIndex, UnappliedSlash)>> {
        let found: Vec<((EraIndex,), Vec<UnappliedSlash>)> = self.state.entries(PALLET, "UnappliedSlashes", ()).await?;
        let mut slashes: Vec<_> =
            found.into_iter().flat_map(|((era,), slashes)| slashes.into_iter().map(move |slash| (era, slash))).collect();
        slashes.sort_by_key(|(era, _)| *era);
        Ok(slashes)
    }

    /// How many records of slashes an account has: they are removed with its bond.
    pub async fn slashing_spans(&self, stash: &AccountId32) -> Result<u32> {
        let spans: Option<Spans> = self.state.value(PALLET, "SlashingSpans", (*stash,)).await?;
        Ok(spans.map_or(0, |spans| spans.prior.len() as u32 + 1))
    }

    /// An amount among the pallet's plain values, such as `MinValidatorBond`.
    pub async fn amount(&self, name: &str) -> Result<Amount> {
        Ok(Amount(self.state.value(PALLET, name, ()).await?.unwrap_or_default()))
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::ledger::Chunk;

    /// Era 7, a quarter of which is over; era 8 is elected. An era is 1000 seconds.
    pub fn eras() -> Eras {
        Eras { active: 7, planned: 8, started: 50_000, now: 300_000, length: 1_000_000 }
    }

    #[test]
    fn eras_tell_how_long_it_is_until_one_begins() {
        let eras = eras();
        assert_eq!(eras.until(6), Duration::ZERO);
        assert_eq!(eras.until(7), Duration::ZERO);
        assert_eq!(eras.until(8), Duration::from_secs(750));
        assert_eq!(eras.until(10), Duration::from_secs(2_750));
        assert_eq!(eras.next(), 9);
        // One that is late.
        assert_eq!(Eras { now: 9_000_000, ..eras }.until(8), Duration::ZERO);
        assert_eq!(Eras { length: u64::MAX, ..eras }.until(u32::MAX), Duration::from_millis(u64::MAX - 300_000));
    }

    #[test]
    fn unbonding_is_free_when_its_era_is_planned() {
        let unlocking = vec![Chunk { value: 5, era: 8 }, Chunk { value: 6, era: 9 }];
        let parts = eras().unbonding(&Ledger { total: 11, active: 0, unlocking });
        assert_eq!(parts[0], Unbonding { amount: Amount(5), era: 8, free: true, free_in_seconds: 0 });
        assert_eq!(parts[1], Unbonding { amount: Amount(6), era: 9, free: false, free_in_seconds: 1_750 });
        assert!(parts[0].text("nominate").contains("`hearth nominate withdraw`"));
        assert!(parts[1].text("nominate").contains("era 9 on, in about 29 minutes"), "{}", parts[1].text("nominate"));
    }
}
