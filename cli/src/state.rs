//! One block's state: what pallets store, and their constants. All that is read through one [`State`] is of the same block.

use crate::{
    error::{Context, Error, Result},
    money::{AccountInfo, Money},
    tx::Call,
};
use std::fmt::Display;
use subxt::{
    config::PolkadotConfig,
    dynamic::Value,
    error::StorageError,
    ext::{
        frame_decode::storage::{IntoDecodableValues, IntoEncodableValues},
        scale_decode::DecodeAsType,
    },
    storage::PrefixOf,
    utils::AccountId32,
    ArcMetadata, OnlineClientAtBlock,
};

/// The state of a chain at one block.
pub struct State {
    at: OnlineClientAtBlock<PolkadotConfig>,
}

impl State {
    /// The state at a block.
    pub fn new(at: OnlineClientAtBlock<PolkadotConfig>) -> Self {
        Self { at }
    }

    /// What the chain says of itself: its types, calls and so on.
    pub fn metadata(&self) -> ArcMetadata {
        self.at.metadata()
    }

    /// A call as its bytes.
    pub fn encode(&self, call: &Call) -> Result<Vec<u8>> {
        let bytes = self.at.transactions().call_data(&call.payload());
        bytes.context(format_args!("the chain does not take {} in this form; use the `hearth` of its release", call.path()))
    }

    /// A constant of a pallet.
    pub fn constant<T: DecodeAsType>(&self, pallet: &str, name: &str) -> Result<T> {
        let value = self.at.constants().entry(subxt::dynamic::constant::<T>(pallet, name));
        value.context(format_args!("the chain has no {pallet}.{name}; is it a Hearth chain?"))
    }

    /// A stored value, or the default that the chain gives in its place. A map takes as many keys as it has, a plain value `()`.
    pub async fn value<K, V>(&self, pallet: &str, name: &str, keys: K) -> Result<Option<V>>
    where
        K: IntoEncodableValues + IntoDecodableValues,
        V: DecodeAsType,
    {
        let found = self.at.storage().try_fetch(subxt::dynamic::storage::<K, V>(pallet, name), keys).await;
        let found = found.map_err(|error| unreadable(pallet, name, error))?;
        found.map(|value| value.decode()).transpose().map_err(|error| unreadable(pallet, name, error))
    }

    /// A stored value as its bytes; none where nothing is stored, whatever the default.
    pub async fn bytes<K>(&self, pallet: &str, name: &str, keys: K) -> Result<Option<Vec<u8>>>
    where
        K: IntoEncodableValues + IntoDecodableValues,
    {
        let storage = self.at.storage();
        let entry = storage.entry(subxt::dynamic::storage::<K, Value>(pallet, name));
        let key = entry.and_then(|entry| entry.fetch_key(keys)).map_err(|error| unreadable(pallet, name, error))?;
        match storage.fetch_raw(key).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(StorageError::NoValueFound) => Ok(None),
            Err(error) => Err(unreadable(pallet, name, error)),
        }
    }

    /// All that a map holds under the first of its keys, or under `()`, which is everything. In no order.
    pub async fn entries<K, P, V>(&self, pallet: &str, name: &str, prefix: P) -> Result<Vec<(K, V)>>
    where
        K: IntoEncodableValues + IntoDecodableValues,
        P: PrefixOf<K>,
        V: DecodeAsType,
    {
        let found = self.at.storage().iter(subxt::dynamic::storage::<K, V>(pallet, name), prefix).await;
        let mut found = found.map_err(|error| unreadable(pallet, name, error))?;
        let mut entries = Vec::new();
        while let Some(entry) = found.next().await {
            let entry = entry.map_err(|error| unreadable(pallet, name, error))?;
            let key = entry.key().and_then(|key| key.decode()).map_err(|error| unreadable(pallet, name, error))?;
            let value = entry.value().decode().map_err(|error| unreadable(pallet, name, error))?;
            entries.push((key, value));
        }
        Ok(entries)
    }

    /// An account's money.
    pub async fn money(&self, account: &AccountId32) -> Result<Money> {
        let found: Option<AccountInfo> = self.value("System", "Account", (*account,)).await?;
        let Some(found) = found else { return Ok(Money::default()) };
        Ok(found.money(self.constant("Balances", "ExistentialDeposit")?))
    }
}

fn unreadable(pallet: &str, name: &str, reason: impl Display) -> Error {
    Error::failed(format!(
        "cannot read the chain's {pallet}.{name} ({reason}); see that the node still runs, and use the `hearth` of the chain's release"
    ))
}
