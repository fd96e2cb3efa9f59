//! The connection to a node: typed reads by runtime API at the best block. What is read by the chain's own metadata is in
//! [`state`](crate::state).

use crate::{
    amount::Amount,
    error::{cause, Context, Error, Result},
    money::Money,
    state::State,
};
use codec::{DecodeAll, Encode};
use hearth_primitives::{
    account::{AccountView, YieldView},
    governance::{BudgetView, ChangeView, ParameterView, PauseView, ReferendumStage, ReferendumView, SlashView, TrackView},
    jury::JuryView,
    market::{JobView, MemberView, ModelView},
    provider::{BackingView, ProviderView},
    reason::Why,
    reward::{EraView, RewardsView},
    JobId, ModelId, ProviderId, H256,
};
use std::{sync::Arc, time::Duration};
use subxt::{
    backend::LegacyBackend,
    config::PolkadotConfig,
    rpcs::{
        client::{rpc_params, RpcClient, RpcParams},
        Error as RpcError,
    },
    utils::AccountId32,
    OnlineClient,
};

/// An account as this chain tells it.
pub type Account = AccountView<AccountId32, Amount, u32>;
/// What an account has behind a provider, as this chain encodes it.
pub type Backing = BackingView<Amount, u32>;
/// A budget as this chain encodes it.
pub type Budget = BudgetView<AccountId32, Amount, u32>;
/// A change of a parameter that waits, as this chain encodes it.
pub type Change = ChangeView<Amount, u32>;
/// A job as this chain encodes it.
pub type Job = JobView<AccountId32, Amount, u32>;
/// A jury as this chain encodes it.
pub type Jury = JuryView<AccountId32, Amount>;
/// A member of a round as this chain encodes it.
pub type Member = MemberView<AccountId32, Amount>;
/// A model as this chain encodes it.
pub type Model = ModelView<AccountId32, Amount, u32>;
/// A provider as this chain encodes it.
pub type Provider = ProviderView<AccountId32, Amount, u32>;

/// A referendum that has not ended, as this chain encodes it.
pub type Referendum = ReferendumView<AccountId32, Amount, u32>;
/// A slash that can still be cancelled, as this chain encodes it.
pub type Slash = SlashView<AccountId32, Amount>;
/// Where a referendum stands on this chain.
pub type Stage = ReferendumStage<u32>;
/// A track as this chain encodes it.
pub type Track = TrackView<Amount, u32>;

/// JSON-RPC: no such method, or one that the node does not offer on this connection.
const METHOD_NOT_FOUND: i32 = -32601;

/// A connection to a node.
pub struct Chain {
    url: String,
    rpc: RpcClient,
    client: OnlineClient<PolkadotConfig>,
}

impl Chain {
    /// Connects to the node at `url`.
    pub async fn connect(url: &str) -> Result<Self> {
        if !url.starts_with("ws://") && !url.starts_with("wss://") {
            return Err(Error::usage(format!("{url} is no node's address: it begins with ws:// or wss://, such as ws://127.0.0.1:9944")));
        }
        let rpc = RpcClient::from_insecure_url(url).await.map_err(|error| silent(url, &error.to_string()))?;
        Self::over(rpc, url).await
    }

    /// The chain behind an open connection.
    async fn over(rpc: RpcClient, url: &str) -> Result<Self> {
        let backend = LegacyBackend::builder().build(rpc.clone());
        let client = OnlineClient::from_backend(Arc::new(backend)).await.map_err(|error| silent(url, &error.to_string()))?;
        Ok(Self { url: url.to_string(), rpc, client })
    }

    /// The node's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether what is sent there can be read by nobody else: encrypted, or on this machine.
    pub fn is_private(&self) -> bool {
        subxt::rpcs::utils::url_is_secure(&self.url).unwrap_or(false)
    }

    /// The client for transactions.
    pub fn client(&self) -> &OnlineClient<PolkadotConfig> {
        &self.client
    }

    /// The hash of the chain's first block.
    pub fn genesis(&self) -> H256 {
        self.client.genesis_hash()
    }

    /// A JSON-RPC call whose errors the caller explains.
    pub async fn request<R: serde::de::DeserializeOwned>(&self, method: &str, params: RpcParams) -> std::result::Result<R, RpcError> {
        self.rpc.request(method, params).await
    }

    /// The sentence for a JSON-RPC call that failed.
    pub fn explain(&self, attempt: &str, error: &RpcError) -> Error {
        match error {
            denied if is_denied(denied) => Error::failed(format!(
                "cannot {attempt}: the node at {} does not offer this over this connection; use your own node on this machine ({})",
                self.url,
                cause(&denied.to_string())
            )),
            RpcError::User(reason) => Error::failed(format!("cannot {attempt}: {}", reason.message)),
            other => Error::failed(format!("cannot {attempt}: the node at {} stopped answering ({other}); is it still running?", self.url)),
        }
    }

    /// Calls a function of the market's runtime API at the best block.
    async fn market<R: DecodeAll>(&self, function: &str, args: impl Encode) -> Result<R> {
        self.ask("InferenceMarketApi", function, args).await
    }

    /// Calls a function of one of Hearth's runtime APIs at the best block.
    async fn ask<R: DecodeAll>(&self, api: &str, function: &str, args: impl Encode) -> Result<R> {
        let method = format!("{api}_{function}");
        let args = format!("0x{}", hex::encode(args.encode()));
        let answer: String = self.request("state_call", rpc_params![&method, args]).await.map_err(|error| match &error {
            RpcError::User(reason) if reason.message.contains("not found") || format!("{:?}", reason.data).contains("not found") => {
                Error::failed(format!("the chain at {} has no inference market; name a Hearth node with --url", self.url))
            }
            error => self.explain("read the market", error),
        })?;
        let foreign = || Error::failed(format!("the chain at {} answers in another form; use the `hearth` of its release", self.url));
        let bytes = hex::decode(answer.trim_start_matches("0x")).map_err(|_| foreign())?;
        R::decode_all(&mut bytes.as_slice()).map_err(|_| foreign())
    }

    /// Every model.
    pub async fn models(&self) -> Result<Vec<Model>> {
        self.market("models", ()).await
    }

    /// One model.
    pub async fn model(&self, id: ModelId) -> Result<Option<Model>> {
        self.market("model", id).await
    }

    /// One job.
    pub async fn job(&self, id: JobId) -> Result<Option<Job>> {
        self.market("job", id).await
    }

    /// What a job means for an account's money.
    pub async fn why(&self, job: JobId, account: &AccountId32) -> Result<Vec<Why<Amount>>> {
        self.market("why", (job, account)).await
    }

    /// The ids of a customer's jobs.
    pub async fn jobs_of(&self, customer: &AccountId32) -> Result<Vec<JobId>> {
        self.market("jobs_of", customer).await
    }

    /// One provider.
    pub async fn provider(&self, id: ProviderId) -> Result<Option<Provider>> {
        self.market("provider", id).await
    }

    /// Every provider.
    pub async fn providers(&self) -> Result<Vec<Provider>> {
        self.market("providers", ()).await
    }

    /// The provider of an owner or an operator.
    pub async fn provider_of(&self, account: &AccountId32) -> Result<Option<ProviderId>> {
        self.market("provider_of", account).await
    }

    /// What an account has behind a provider.
    pub async fn backing_of(&self, provider: ProviderId, backer: &AccountId32) -> Result<Option<Backing>> {
        self.market("backing_of", (provider, backer)).await
    }

    /// All that an account has behind providers.
    pub async fn backings_of(&self, backer: &AccountId32) -> Result<Vec<Backing>> {
        self.market("backings_of", backer).await
    }

    /// What a provider has earned besides the prices of jobs.
    pub async fn rewards_of(&self, provider: ProviderId) -> Result<RewardsView<Amount>> {
        self.ask("RewardsApi", "rewards_of", provider).await
    }

    /// What the last ended eras minted, the newest first.
    pub async fn eras(&self, last: u32) -> Result<Vec<EraView<Amount>>> {
        self.ask("RewardsApi", "eras", last).await
    }

    /// Calls a function of the runtime API of governance at the best block.
    async fn governance<R: DecodeAll>(&self, function: &str, args: impl Encode) -> Result<R> {
        self.ask("GovernanceApi", function, args).await
    }

    /// Every track.
    pub async fn tracks(&self) -> Result<Vec<Track>> {
        self.governance("tracks", ()).await
    }

    /// The referenda that have not ended.
    pub async fn referenda(&self) -> Result<Vec<Referendum>> {
        self.governance("referenda", ()).await
    }

    /// Where a referendum stands; none if there never was one.
    pub async fn referendum(&self, index: u32) -> Result<Option<Stage>> {
        self.governance("referendum", index).await
    }

    /// Every governed parameter.
    pub async fn parameters(&self) -> Result<Vec<ParameterView>> {
        self.governance("parameters", ()).await
    }

    /// The changes of parameters that wait for the providers.
    pub async fn changes(&self) -> Result<Vec<Change>> {
        self.governance("changes", ()).await
    }

    /// The budgets from which something can be claimed, now or later.
    pub async fn budgets(&self) -> Result<Vec<Budget>> {
        self.governance("budgets", ()).await
    }

    /// What the brake pauses.
    pub async fn pauses(&self) -> Result<Vec<PauseView<u32>>> {
        self.governance("pauses", ()).await
    }

    /// The slashes that can still be cancelled.
    pub async fn deferred_slashes(&self) -> Result<Vec<Slash>> {
        self.governance("deferred_slashes", ()).await
    }

    /// What is held of whoever puts a call of so many bytes on chain, for referenda to decide on.
    pub async fn preimage_deposit(&self, len: u32) -> Result<Amount> {
        self.governance("preimage_deposit", len).await
    }

    /// What an account has and can claim.
    pub async fn account(&self, account: &AccountId32) -> Result<Account> {
        self.ask("AccountApi", "account", account).await
    }

    /// What stake and work may earn.
    pub async fn yields(&self) -> Result<YieldView<Amount>> {
        self.ask("AccountApi", "yields", ()).await
    }

    /// What a job costs that is audited as often as all are: the escrow that is held, and the part of it that is the fee.
    pub async fn quote(&self, replicas: u32, price: Amount) -> Result<(Amount, Amount)> {
        self.market("quote", (replicas, price)).await
    }

    /// The nonce of an account's next transaction, those in the pool counted.
    pub async fn next_nonce(&self, account: &AccountId32) -> Result<u64> {
        let nonce = self.request("system_accountNextIndex", rpc_params![account]).await;
        nonce.map_err(|error| self.explain("read the account's nonce", &error))
    }

    /// The state at the best block.
    pub async fn state(&self) -> Result<State> {
        let best: H256 =
            self.request("chain_getBlockHash", rpc_params![]).await.map_err(|error| self.explain("read the best block", &error))?;
        Ok(State::new(self.client.at_block(best).await.context("cannot read the best block")?))
    }

    /// An amount among the constants of a pallet.
    pub async fn amount_constant(&self, pallet: &str, name: &str) -> Result<Amount> {
        self.state().await?.constant(pallet, name).map(Amount)
    }

    /// The number of the best block.
    pub async fn block(&self) -> Result<u32> {
        Ok(self.state().await?.value("System", "Number", ()).await?.unwrap_or_default())
    }

    /// How long a block takes if every slot has one.
    pub async fn block_time(&self) -> Result<Duration> {
        self.state().await?.constant("Babe", "ExpectedBlockTime").map(Duration::from_millis)
    }

    /// An account's money at the best block.
    pub async fn money(&self, account: &AccountId32) -> Result<Money> {
        self.state().await?.money(account).await
    }
}

/// Whether a node refused a JSON-RPC call because it does not offer it over this connection.
pub fn is_denied(error: &RpcError) -> bool {
    matches!(error, RpcError::User(reason) if reason.code == METHOD_NOT_FOUND)
}

fn silent(url: &str, reason: &str) -> Error {
    let reason = cause(reason);
    Error::failed(format!("no node answers at {url} ({reason}); start one with `hearth-node --dev`, or name another with --url"))
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use hearth_primitives::{
        account::{Claimable, ClaimableFrom, Held, HoldFor, Release, Unbonding, UnbondingFrom},
        provider::UnbondingView,
        reason::Reason,
    };
    use serde_json::{
        json,
        value::{to_raw_value, RawValue},
        Value,
    };
    use subxt::rpcs::{
        client::{RawRpcFuture, RawRpcSubscription, RpcClientT},
        UserError,
    };

    /// What a node answers to a method and its parameters: a value, or an error's code and message.
    type Answer = Box<dyn Fn(&str, &[Value]) -> std::result::Result<Value, (i32, String)> + Send + Sync>;

    /// A node made of a function.
    struct Scripted(Answer);

    impl RpcClientT for Scripted {
        fn request_raw<'a>(&'a self, method: &'a str, params: Option<Box<RawValue>>) -> RawRpcFuture<'a, Box<RawValue>> {
            Box::pin(async move {
                let params: Vec<Value> = params.map(|raw| serde_json::from_str(raw.get()).unwrap()).unwrap_or_default();
                let answer = (self.0)(method, &params);
                let answer = answer.map_err(|(code, message)| RpcError::User(UserError { code, message, data: None }))?;
                Ok(to_raw_value(&answer).unwrap())
            })
        }

        fn subscribe_raw<'a>(&'a self, _: &'a str, _: Option<Box<RawValue>>, _: &'a str) -> RawRpcFuture<'a, RawRpcSubscription> {
            Box::pin(async { Err(RpcError::User(UserError::method_not_found())) })
        }
    }

    /// A chain behind a node that answers as `answer` does, and knows its genesis.
    pub async fn scripted(answer: impl Fn(&str, &[Value]) -> std::result::Result<Value, (i32, String)> + Send + Sync + 'static) -> Chain {
        let answer: Answer = Box::new(move |method, params| match method {
            "chain_getBlockHash" => Ok(json!(H256::zero())),
            _ => answer(method, params),
        });
        Chain::over(RpcClient::new(Scripted(answer)), "ws://scripted").await.unwrap()
    }

    /// An account with something in each of its lists.
    pub fn account() -> Account {
        let (stake, unbonding) = (Amount(5_000_000_000_000), Amount(2_000_000_000_000));
        let release = [Release::Due, Release::Era { era: 9, block: 1_300 }];
        let unbonding = release.map(|until| Unbonding { amount: unbonding, from: UnbondingFrom::Staking, until });
        let bond = Unbonding { amount: Amount(300_000_000_000_000), from: UnbondingFrom::ProviderBond, until: Release::Block(700) };
        let backing = Unbonding { amount: Amount(40_000_000_000_000), from: UnbondingFrom::Backing(5), until: Release::Block(300) };
        let source = ClaimableFrom::Staking { validator: AccountId32([2; 32]), eras: vec![3, 4] };
        Account {
            block: 100,
            total: Amount(347_500_000_000_000),
            available: Amount(1_500_000_000_000),
            held: vec![
                Held { amount: stake, reason: HoldFor::Staking },
                Held { amount: bond.amount, reason: HoldFor::ProviderBond },
                Held { amount: backing.amount, reason: HoldFor::Backing },
            ],
            unbonding: [&unbonding[..], &[bond, backing]].concat(),
            claimable: vec![
                Claimable { amount: Amount(1), source: ClaimableFrom::Provider(3) },
                Claimable { amount: Amount(3_000_000_000_000), source },
                Claimable { amount: Amount(250_000_000_000), source: ClaimableFrom::Backing(5) },
            ],
        }
    }

    /// What an account has behind a provider: some active, some that is free from block 90 on, and some from block 300 on.
    pub fn backing(provider: ProviderId) -> Backing {
        let part = |hrt: u128, until| UnbondingView { amount: Amount(hrt * 1_000_000_000_000), until };
        Backing {
            provider,
            active: Amount(1_000_000_000_000_000),
            unbonding: vec![part(20, 90), part(40, 300)],
            withdrawable: Amount(20_000_000_000_000),
            claimable: Amount(1_500_000_000_000),
        }
    }

    fn encoded(value: impl Encode) -> std::result::Result<Value, (i32, String)> {
        Ok(json!(format!("0x{}", hex::encode(value.encode()))))
    }

    #[tokio::test]
    async fn market_reads_are_typed() {
        let chain = scripted(|method, params| {
            assert_eq!(method, "state_call");
            match params[0].as_str().unwrap() {
                "InferenceMarketApi_quote" => {
                    assert_eq!(params[1], json!(format!("0x{}", hex::encode((2u32, 5u128).encode()))));
                    encoded((11u128, 1u128))
                }
                "InferenceMarketApi_provider_of" => encoded(Some(3u32)),
                "InferenceMarketApi_job" => encoded(None::<()>),
                "InferenceMarketApi_why" => {
                    assert_eq!(params[1], json!(format!("0x0700000000000000{}", "01".repeat(32))));
                    encoded(vec![(Some(1u8), Reason::Outlier, 0u128)])
                }
                "InferenceMarketApi_backing_of" => {
                    assert_eq!(params[1], json!(format!("0x03000000{}", "01".repeat(32))));
                    encoded(None::<()>)
                }
                "InferenceMarketApi_backings_of" => {
                    assert_eq!(params[1], json!(format!("0x{}", "01".repeat(32))));
                    encoded(vec![backing(3), backing(5)])
                }
                "AccountApi_account" => {
                    assert_eq!(params[1], json!(format!("0x{}", "01".repeat(32))));
                    encoded(account())
                }
                other => panic!("{other} was not expected"),
            }
        })
        .await;
        assert_eq!(chain.quote(2, Amount(5)).await.unwrap(), (Amount(11), Amount(1)));
        assert_eq!(chain.provider_of(&AccountId32([1; 32])).await.unwrap(), Some(3));
        assert!(chain.job(7).await.unwrap().is_none());
        let why = chain.why(7, &AccountId32([1; 32])).await.unwrap();
        assert_eq!(why, [Why { tier: Some(1), reason: Reason::Outlier, amount: Amount(0) }]);
        assert!(chain.backing_of(3, &AccountId32([1; 32])).await.unwrap().is_none());
        assert_eq!(chain.backings_of(&AccountId32([1; 32])).await.unwrap(), [backing(3), backing(5)]);
        assert_eq!(chain.account(&AccountId32([1; 32])).await.unwrap(), account());
    }

    #[tokio::test]
    async fn market_of_another_chain_or_release_is_said_so() {
        let none = scripted(|_, _| Err((4003, "Exported method InferenceMarketApi_models is not found".to_string()))).await;
        let error = none.models().await.unwrap_err().to_string();
        assert!(error.contains("no inference market"), "{error}");
        for garbage in ["0x", "0xff", "zz", "0x00000000"] {
            let other = scripted(move |_, _| Ok(json!(garbage))).await;
            let error = other.quote(1, Amount(1)).await.unwrap_err().to_string();
            assert!(error.contains("of its release"), "{error}");
        }
    }

    #[tokio::test]
    async fn explain_tells_what_is_not_offered_from_what_failed() {
        let chain = scripted(|method, _| match method {
            "unsafe" => Err((METHOD_NOT_FOUND, "RPC call is unsafe to be called externally".to_string())),
            _ => Err((9002, "the store is full".to_string())),
        })
        .await;
        let denied = chain.request::<Value>("unsafe", rpc_params![]).await.unwrap_err();
        assert!(chain.explain("upload", &denied).to_string().contains("your own node"));
        let full = chain.request::<Value>("other", rpc_params![]).await.unwrap_err();
        assert_eq!(chain.explain("upload x", &full).to_string(), "cannot upload x: the store is full");
    }

    #[tokio::test]
    async fn connect_says_what_to_do_when_no_node_answers() {
        // A port that was just free and that nobody listens on.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("ws://127.0.0.1:{port}");
        let Err(error) = Chain::connect(&url).await else { panic!("nobody listens") };
        assert_eq!(error.exit_code(), 1);
        assert!(error.to_string().contains(&url) && error.to_string().contains("hearth-node --dev"), "{error}");
    }

    #[tokio::test]
    async fn connect_refuses_other_schemes() {
        let Err(error) = Chain::connect("http://127.0.0.1:9944").await else { panic!("no such scheme") };
        assert_eq!(error.exit_code(), 2);
    }
}
