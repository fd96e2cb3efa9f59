//! A connection to one node: JSON-RPC, the runtime API by name, and signed extrinsics.
//!
//! Calls are built with the runtime's own types and handed to subxt as bytes, which decodes them by the chain's metadata: a call that the
//! metadata describes wrongly does not pass.

use crate::Error;
use codec::{Decode, DecodeAll, Encode};
use hearth_primitives::H256;
use hearth_runtime::{AccountId, BlockNumber, RuntimeCall};
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
        let answer: String = self.request("state_call", rpc_params![method, data]).await?;
        Ok(T::decode_all(&mut &hex::decode(answer.trim_start_matches("0x"))?[..])?)
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
