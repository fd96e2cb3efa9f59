//! A block's whole state, fetched over RPC into this process, where the runtime's own code can look at it.
//!
//! It is how the suite runs every pallet's `try_state` on what a real network left, and how it counts money.

use crate::{client::Client, market::Job, wait::wait_until, Error};
use frame_support::traits::{TryState, TryStateSelect};
use hearth_primitives::H256;
use hearth_runtime::{AccountId, AllPalletsWithSystem, Balance, Balances, Runtime, System};
use serde::Deserialize;
use sp_core::storage::well_known_keys;
use sp_io::TestExternalities;
use std::{collections::BTreeMap, time::Duration};
use subxt::rpcs::rpc_params;

/// Keys asked for at once; the node gives at most a thousand.
const PAGE: u32 = 1_000;

/// How long a payment may take to become final.
const PAYMENT_DEADLINE: Duration = Duration::from_secs(180);

/// A block's state in memory.
pub struct Snapshot {
    ext: TestExternalities,
}

/// An answer of `state_queryStorageAt`.
#[derive(Deserialize)]
struct ChangeSet {
    changes: Vec<(String, Option<String>)>,
}

impl Snapshot {
    /// The state after `block`, without the runtime's code.
    pub async fn at(client: &Client, block: H256) -> Result<Self, Error> {
        let mut pairs = Vec::new();
        let mut last: Option<String> = None;
        loop {
            let keys: Vec<String> = client.request("state_getKeysPaged", rpc_params!["0x", PAGE, &last, block]).await?;
            let Some(end) = keys.last().cloned() else { break };
            let code = format!("0x{}", hex::encode(well_known_keys::CODE));
            let keys: Vec<String> = keys.into_iter().filter(|key| *key != code).collect();
            let sets: Vec<ChangeSet> = client.request("state_queryStorageAt", rpc_params![keys, block]).await?;
            for (key, value) in sets.into_iter().flat_map(|set| set.changes) {
                let value = value.ok_or_else(|| format!("the key {key} was listed and has no value"))?;
                pairs.push((bytes(&key)?, bytes(&value)?));
            }
            last = Some(end);
        }
        let mut ext = TestExternalities::default();
        ext.batch_insert(pairs);
        Ok(Self { ext })
    }

    /// The state after the last finalised block.
    pub async fn finalised(client: &Client) -> Result<Self, Error> {
        Self::at(client, client.finalised().await?).await
    }

    /// The finalised state once every one of `jobs` has ended in it: before that, the books cannot be closed.
    pub async fn after(client: &Client, jobs: impl Iterator<Item = &Job>) -> Result<Self, Error> {
        let end = jobs.filter_map(|job| job.ended_at).max().expect("ended jobs say when");
        wait_until("the last payment is finalised", PAYMENT_DEADLINE, async || {
            let finalised = client.finalised_number().await.map_err(|error| error.to_string())?;
            if finalised >= end {
                Ok(())
            } else {
                Err(format!("block {finalised} of {end}"))
            }
        })
        .await;
        Self::finalised(client).await
    }

    /// Runs the runtime's code on the state.
    pub fn run<R>(&mut self, code: impl FnOnce() -> R) -> R {
        self.ext.execute_with(code)
    }

    /// Panics unless `try_state` of every pallet holds, and balances add up to the issuance.
    pub fn assert_try_state(&mut self) {
        self.run(|| {
            let number = System::block_number();
            let checked = <AllPalletsWithSystem as TryState<_>>::try_state(number, TryStateSelect::All);
            assert!(checked.is_ok(), "try_state fails at block {number}: {checked:?}");
        });
        let money = self.money();
        assert_eq!(money.accounts.values().sum::<Balance>(), money.issuance, "the accounts do not add up to the issuance");
    }

    /// Who has how much, free and held together.
    pub fn money(&mut self) -> Money {
        self.run(|| Money {
            issuance: Balances::total_issuance(),
            minted: pallet_reward_emission::Eras::<Runtime>::iter_values().map(|era| era.minted).sum(),
            accounts: frame_system::Account::<Runtime>::iter().map(|(who, info)| (who, info.data.free + info.data.reserved)).collect(),
            held: pallet_balances::Holds::<Runtime>::iter()
                .map(|(who, holds)| (who, holds.iter().map(|hold| (format!("{:?}", hold.id), hold.amount)).collect()))
                .collect(),
        })
    }
}

/// The chain's money at a block.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Money {
    /// All there is.
    pub issuance: Balance,
    /// All that was minted since genesis, on a chain that still has the records of all its eras.
    pub minted: Balance,
    /// Free and held, of each account.
    pub accounts: BTreeMap<AccountId, Balance>,
    /// What is held, by reason.
    pub held: BTreeMap<AccountId, BTreeMap<String, Balance>>,
}

impl Money {
    /// Free and held of one account.
    pub fn of(&self, who: &AccountId) -> Balance {
        self.accounts.get(who).copied().unwrap_or_default()
    }

    /// All that is held of one account.
    pub fn held_of(&self, who: &AccountId) -> Balance {
        self.held.get(who).map(|holds| holds.values().sum()).unwrap_or_default()
    }

    /// What was burned since `before`.
    pub fn burned(&self, before: &Self) -> Balance {
        before.issuance + (self.minted - before.minted) - self.issuance
    }

    /// What `who` has more than at `before`; negative when it has less.
    pub fn gain(&self, before: &Self, who: &AccountId) -> i128 {
        self.of(who) as i128 - before.of(who) as i128
    }
}

fn bytes(text: &str) -> Result<Vec<u8>, Error> {
    Ok(hex::decode(text.trim_start_matches("0x"))?)
}
