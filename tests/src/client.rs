//! A connection to one node: JSON-RPC, the runtime API by name, state and events by the runtime's own types, and signed extrinsics.
//!
//! Calls are built with the runtime's own types and handed to subxt as bytes, which decodes them by the chain's metadata: a call that the
//! metadata describes wrongly does not pass.

use crate::{wait::wait_until, Error};
use codec::{Decode, DecodeAll, Encode};
use frame_support::storage::storage_prefix;
use frame_system::EventRecord;
use hearth_primitives::H256;
use hearth_runtime::{AccountId, BlockNumber, Hash, RuntimeCall, RuntimeEvent};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use subxt::{
    backend::LegacyBackend,
    config::{SubstrateConfig, SubstrateExtrinsicParamsBuilder as Params},
    rpcs::{self, client::RpcParams, rpc_params, RpcClient},
    OnlineClient,
};
use subxt_signer::sr25519::Keypair;

/// How long an extrinsic may take to be finalised.
const FINALITY_DEADLINE: Duration = Duration::from_secs(180);

/// A connection to a node. It ends with the node's process.
#[derive(Clone)]
pub struct Client {
    rpc: RpcClient,
    api: OnlineClient<SubstrateConfig>,
}

impl Client {
    /// Connects to `url`.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let rpc = RpcClient::from_insecure_url(url).await?;
        let backend = LegacyBackend::builder().build(rpc.clone());
        Ok(Self { api: OnlineClient::from_backend(Arc::new(backend)).await?, rpc })
    }

    /// subxt's client on the same connection.
    pub fn api(&self) -> &OnlineClient<SubstrateConfig> {
        &self.api
    }

    /// Any JSON-RPC method.
    pub async fn request<T: DeserializeOwned>(&self, method: &str, params: RpcParams) -> Result<T, Error> {
        Ok(self.rpc.request(method, params).await?)
    }

    /// The code and the words with which a method refuses these parameters. Panics when it answers, or when the connection fails.
    pub async fn refusal(&self, method: &str, parameters: &[Value]) -> (i32, String) {
        let mut given = RpcParams::new();
        parameters.iter().for_each(|value| given.push(value).expect("JSON can be sent as JSON"));
        match self.rpc.request::<Value>(method, given).await {
            Err(rpcs::Error::User(error)) => (error.code, error.message),
            other => panic!("{method}({parameters:?}) was to be refused, and the answer is {other:?}"),
        }
    }

    /// The hash of the best block.
    pub async fn best(&self) -> Result<H256, Error> {
        self.request("chain_getBlockHash", rpc_params![]).await
    }

    /// The hash of the last finalised block.
    pub async fn finalised(&self) -> Result<H256, Error> {
        self.request("chain_getFinalizedHead", rpc_params![]).await
    }

    /// A block's number.
    pub async fn number(&self, block: H256) -> Result<BlockNumber, Error> {
        let header: Value = self.request("chain_getHeader", rpc_params![block]).await?;
        let number = header["number"].as_str().and_then(|text| u32::from_str_radix(text.trim_start_matches("0x"), 16).ok());
        number.ok_or_else(|| format!("{block:?} has no header with a number, but {header}").into())
    }

    /// The hash of the block with this number on the best chain.
    pub async fn hash(&self, number: BlockNumber) -> Result<H256, Error> {
        let hash: Option<H256> = self.request("chain_getBlockHash", rpc_params![number]).await?;
        hash.ok_or_else(|| format!("there is no block {number} yet").into())
    }

    /// The number of the best block.
    pub async fn best_number(&self) -> Result<BlockNumber, Error> {
        self.number(self.best().await?).await
    }

    /// The number of the last finalised block.
    pub async fn finalised_number(&self) -> Result<BlockNumber, Error> {
        self.number(self.finalised().await?).await
    }

    /// Peers connected now.
    pub async fn peers(&self) -> Result<u64, Error> {
        let health: Value = self.request("system_health", rpc_params![]).await?;
        health["peers"].as_u64().ok_or_else(|| format!("system_health gave no peers, but {health}").into())
    }

    /// `InferenceMarketApi_<method>` at the best block.
    pub async fn market<T: Decode>(&self, method: &str, arguments: impl Encode) -> Result<T, Error> {
        self.runtime(&format!("InferenceMarketApi_{method}"), arguments).await
    }

    /// A method of the runtime's APIs at the best block.
    pub async fn runtime<T: Decode>(&self, method: &str, arguments: impl Encode) -> Result<T, Error> {
        let data = format!("0x{}", hex::encode(arguments.encode()));
        decode(&self.request::<String>("state_call", rpc_params![method, data]).await?)
    }

    /// A value in the state after `block`; none where nothing is stored.
    pub async fn storage<T: Decode>(&self, key: &[u8], block: H256) -> Result<Option<T>, Error> {
        let key = format!("0x{}", hex::encode(key));
        let value: Option<String> = self.request("state_getStorage", rpc_params![key, block]).await?;
        value.as_deref().map(decode).transpose()
    }

    /// What a block deposited, in order.
    pub async fn events(&self, block: H256) -> Result<Vec<RuntimeEvent>, Error> {
        let records: Option<Vec<EventRecord<RuntimeEvent, Hash>>> = self.storage(&storage_prefix(b"System", b"Events"), block).await?;
        Ok(records.unwrap_or_default().into_iter().map(|record| record.event).collect())
    }

    /// Waits until `pick` finds what it looks for among the events of finalised blocks, from block `from` on; returns also in which block.
    pub async fn wait_event<T>(
        &self,
        what: &str,
        from: BlockNumber,
        deadline: Duration,
        pick: impl Fn(&RuntimeEvent) -> Option<T>,
    ) -> (BlockNumber, T) {
        let mut next = from;
        wait_until(what, deadline, async || {
            let finalised = self.finalised_number().await.map_err(|error| error.to_string())?;
            while next <= finalised {
                let block = self.hash(next).await.map_err(|error| error.to_string())?;
                let events = self.events(block).await.map_err(|error| error.to_string())?;
                if let Some(found) = events.iter().find_map(&pick) {
                    return Ok((next, found));
                }
                next += 1;
            }
            Err(format!("no such event from block {from} to block {finalised}"))
        })
        .await
    }

    /// Signs `call`, submits it, and waits until it is finalised. An error of the pool or of the dispatch is an error with its name.
    pub async fn submit(&self, signer: &Keypair, call: RuntimeCall) -> Result<H256, Error> {
        let progress = async {
            let mut transactions = self.api.tx().await?;
            let payload = transactions.from_call_data_bytes(&call.encode())?;
            let account = AccountId::from(signer.public_key().0);
            let nonce: u64 = self.request("system_accountNextIndex", rpc_params![account]).await?;
            let signed = transactions.create_signed(&payload, signer, Params::new().nonce(nonce).build()).await?;
            let included = signed.submit_and_watch().await?.wait_for_finalized().await?;
            included.wait_for_success().await?;
            Ok::<_, Error>(H256(included.block_hash().0))
        };
        tokio::time::timeout(FINALITY_DEADLINE, progress)
            .await
            .map_err(|_| format!("an extrinsic was not finalised within {} s", FINALITY_DEADLINE.as_secs()))?
    }
}

/// A value as SCALE in hex.
fn decode<T: Decode>(text: &str) -> Result<T, Error> {
    Ok(T::decode_all(&mut &hex::decode(text.trim_start_matches("0x"))?[..])?)
}
