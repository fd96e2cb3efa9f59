//! What customers and providers do on the market: upload, register, offer, submit and wait; and that no unit of money goes astray.

use crate::{
    client::Client,
    network::{account, Provider},
    wait::wait_until,
    Error,
};
use futures::future::try_join_all;
use hearth_primitives::{
    blob::{BlobRef, MAX_CHUNK_LEN},
    digest::Tolerance,
    market::{JobState, JobView, MemberOutcome, ModelView},
    provider::{operator_consent, BackendClass, ProviderView},
    JobId, ModelId, ProviderId, H256,
};
use hearth_runtime::{AccountId, Balance, BlockNumber, RuntimeCall, Signature};
use serde_json::Value;
use sp_core::sr25519;
use std::time::Duration;
use subxt::rpcs::rpc_params;
use subxt_signer::sr25519::{dev, Keypair};

/// One HRT in the chain's smallest unit.
pub const HRT: Balance = 1_000_000_000_000;

/// A job as the chain shows it.
pub type Job = JobView<AccountId, Balance, BlockNumber>;

/// A provider as the chain shows it.
pub type ProviderInfo = ProviderView<AccountId, Balance, BlockNumber>;

/// A model as the chain shows it.
pub type ModelInfo = ModelView<AccountId, Balance, BlockNumber>;

/// Puts `bytes` into the blob store of the node behind `client`.
pub async fn upload(client: &Client, bytes: &[u8]) -> Result<BlobRef, Error> {
    let blob = BlobRef::of(bytes);
    let token: Value = client.request("blob_upload_start", rpc_params![blob.id, blob.len]).await?;
    let mut offset = 0;
    while offset < bytes.len() {
        let end = bytes.len().min(offset + MAX_CHUNK_LEN as usize);
        let chunk = format!("0x{}", hex::encode(&bytes[offset..end]));
        let next: u64 = client.request("blob_upload_chunk", rpc_params![&token, offset as u64, chunk]).await?;
        if next != end as u64 {
            return Err(format!("after a chunk that ended at {end} the node expects offset {next}").into());
        }
        offset = end;
    }
    let finished: BlobRef = client.request("blob_upload_finish", rpc_params![&token]).await?;
    if finished != blob {
        return Err(format!("uploaded {blob:?} and the node holds {finished:?}").into());
    }
    Ok(blob)
}

/// Reads a blob through the node behind `client`, which fetches it from its peers when it has to.
pub async fn download(client: &Client, blob: BlobRef) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < blob.len {
        let offset = bytes.len() as u64;
        let len = (blob.len - offset).min(u64::from(MAX_CHUNK_LEN));
        let chunk: String = client.request("blob_read", rpc_params![blob.id, offset, len]).await?;
        let chunk = hex::decode(chunk.trim_start_matches("0x"))?;
        if chunk.is_empty() {
            return Err(format!("blob {:?} has {} bytes, and none come from offset {offset}", blob.id, blob.len).into());
        }
        bytes.extend(chunk);
    }
    match BlobRef::of(&bytes) == blob {
        true => Ok(bytes),
        false => Err(format!("the bytes read do not hash to {:?}", blob.id).into()),
    }
}

/// Several calls of one signer as one.
pub fn batch(calls: Vec<RuntimeCall>) -> RuntimeCall {
    RuntimeCall::Utility(pallet_utility::Call::batch_all { calls })
}

/// A transfer.
pub fn transfer(to: AccountId, value: Balance) -> RuntimeCall {
    RuntimeCall::Balances(pallet_balances::Call::transfer_allow_death { dest: to.into(), value })
}

/// Gives each account `amount`, from Alice.
pub async fn fund(client: &Client, accounts: impl IntoIterator<Item = AccountId>, amount: Balance) {
    let calls = accounts.into_iter().map(|to| transfer(to, amount)).collect();
    client.submit(&dev::alice(), batch(calls)).await.unwrap_or_else(|error| panic!("Alice cannot fund the accounts: {error}"));
}

/// The registration of a model.
pub fn register_model(name: &str, blob: BlobRef, max_exec: u32) -> RuntimeCall {
    RuntimeCall::JobMarket(pallet_job_market::Call::register_model {
        name: name.as_bytes().to_vec().try_into().expect("a test's model has a short name"),
        blob,
        max_input_len: 1 << 20,
        max_output_len: 1 << 20,
        max_exec,
        tolerance: Tolerance::default(),
        output_scale: 0,
    })
}

/// The submission of a job.
pub fn submit_job(model: ModelId, input: BlobRef, replicas: u32, price: Balance) -> RuntimeCall {
    RuntimeCall::JobMarket(pallet_job_market::Call::submit_job { model, input, replicas, price, audit: None })
}

/// How a provider comes to the market.
#[derive(Clone, Debug)]
pub struct Registration {
    /// What it says it computes on.
    pub backend: BackendClass,
    /// Jobs at once.
    pub slots: u32,
    /// Held from the owner.
    pub bond: Balance,
    /// What it offers, all at `ask`.
    pub models: Vec<ModelId>,
    /// The price per replica below which it stays out.
    pub ask: Balance,
}

/// What an operator signs when it consents to an owner.
fn consent(client: &Client, owner: &Keypair, operator: &Keypair) -> Signature {
    let message = operator_consent(client.api().genesis_hash(), &account(owner));
    sr25519::Signature::from_raw(operator.sign(&message).0).into()
}

/// Registers a provider and its offers; returns its id.
pub async fn register(client: &Client, owner: &Keypair, operator: &Keypair, terms: &Registration) -> Result<ProviderId, Error> {
    let register = RuntimeCall::ProviderRegistry(pallet_provider_registry::Call::register {
        operator: account(operator),
        consent: Some(consent(client, owner, operator)),
        backend: terms.backend,
        slots: terms.slots,
        bond: terms.bond,
    });
    client.submit(owner, batch([vec![register], offers(&terms.models, terms.ask)].concat())).await?;
    let id: Option<ProviderId> = client.market("provider_of", account(owner)).await?;
    id.ok_or_else(|| "a provider registered and has no id".into())
}

/// The offers of some models at one price.
pub fn offers(models: &[ModelId], ask: Balance) -> Vec<RuntimeCall> {
    let offer = |model: &ModelId| RuntimeCall::ProviderRegistry(pallet_provider_registry::Call::offer { model: *model, ask });
    models.iter().map(offer).collect()
}

/// Registers providers and their offers, all at once; returns their ids in order.
pub async fn register_providers(client: &Client, providers: &[(&Provider, Registration)]) -> Vec<ProviderId> {
    let registered = providers.iter().map(|(provider, terms)| register(client, &provider.owner, &provider.operator, terms));
    try_join_all(registered).await.unwrap_or_else(|error| panic!("a provider cannot be registered: {error}"))
}

/// A submitted job, with what was held for it.
#[derive(Clone, Copy, Debug)]
pub struct Submitted {
    /// The job.
    pub id: JobId,
    /// Held from the customer at submission.
    pub escrow: Balance,
    /// The part of it that is the fee of a job that ends well.
    pub fee: Balance,
    /// The block that holds the submission.
    pub block: H256,
}

/// One job to submit.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// What to run.
    pub model: ModelId,
    /// On what.
    pub input: BlobRef,
    /// How often.
    pub replicas: u32,
    /// For how much each.
    pub price: Balance,
}

/// Submits jobs of one customer in one extrinsic, and checks the escrow of each. No two may share model and input.
pub async fn submit_jobs(client: &Client, customer: &Keypair, orders: &[Order]) -> Result<Vec<Submitted>, Error> {
    let calls = orders.iter().map(|order| submit_job(order.model, order.input, order.replicas, order.price)).collect();
    let before: Vec<JobId> = client.market("jobs_of", account(customer)).await?;
    let block = client.submit(customer, batch(calls)).await?;
    let after: Vec<JobId> = client.market("jobs_of", account(customer)).await?;
    let mut new = Vec::new();
    for id in after.into_iter().filter(|id| !before.contains(id)) {
        new.push(job(client, id).await?);
    }
    let mut submitted = Vec::new();
    for order in orders {
        let job = new.iter().find(|job| job.model == order.model && job.input == order.input);
        let job = job.ok_or_else(|| format!("{order:?} was accepted, and none of {new:?} is it"))?;
        let (escrow, fee): (Balance, Balance) = client.market("quote", (order.replicas, order.price)).await?;
        if !job.state.is_terminal() && job.held != escrow {
            return Err(format!("a job quoted at {escrow} holds {}", job.held).into());
        }
        submitted.push(Submitted { id: job.id, escrow, fee, block });
    }
    Ok(submitted)
}

/// A job at the best block.
pub async fn job(client: &Client, id: JobId) -> Result<Job, Error> {
    let job: Option<Job> = client.market("job", id).await?;
    job.ok_or_else(|| format!("job {id} is not on chain").into())
}

/// A provider at the best block.
pub async fn provider(client: &Client, id: ProviderId) -> Result<ProviderInfo, Error> {
    let provider: Option<ProviderInfo> = client.market("provider", id).await?;
    provider.ok_or_else(|| format!("provider {id} is not on chain").into())
}

/// Waits until `reached` is true of the job.
pub async fn wait_job(client: &Client, id: JobId, what: &str, deadline: Duration, reached: impl Fn(&Job) -> bool) -> Job {
    wait_until(&format!("job {id} {what}"), deadline, async || {
        let job = job(client, id).await.map_err(|error| error.to_string())?;
        if reached(&job) {
            Ok(job)
        } else {
            let outcomes: Vec<_> = job.members.iter().map(|member| (member.provider, member.committed, member.outcome)).collect();
            let number = client.best_number().await.map_err(|error| error.to_string())?;
            Err(format!("block {number}: {:?} until {:?}, (provider, committed, outcome) {outcomes:?}", job.state, job.deadline))
        }
    })
    .await
}

/// Waits until the job has ended, and checks that its money is accounted for; see [`assert_settled`].
pub async fn wait_terminal(client: &Client, submitted: &Submitted, deadline: Duration) -> Job {
    let job = wait_job(client, submitted.id, "has ended", deadline, |job| job.state.is_terminal()).await;
    assert_settled(&job, submitted);
    job
}

/// Panics unless the ended job holds nothing, its escrow is payouts plus refund plus fee, and each member has what its outcome says.
pub fn assert_settled(job: &Job, submitted: &Submitted) {
    assert!(job.state.is_terminal(), "job {} has not ended: {:?}", job.id, job.state);
    assert_eq!(job.held, 0, "job {} ended and holds money: {job:?}", job.id);
    let paid: Balance = job.members.iter().map(|member| member.paid).sum();
    let spent = paid + job.refunded + job.fee + job.premium;
    assert_eq!(spent, submitted.escrow, "the escrow of job {} is not payouts, refund, fee and premium: {job:?}", job.id);
    for member in &job.members {
        let due = match member.outcome {
            Some(MemberOutcome::Valid) => job.price,
            Some(MemberOutcome::Undecided) => job.price / 2,
            Some(_) => 0,
            None => panic!("job {} ended and says nothing of provider {}: {job:?}", job.id, member.provider),
        };
        assert_eq!(member.paid, due, "provider {} of job {}: {:?}", member.provider, job.id, member.outcome);
    }
    match job.state {
        JobState::Finalised => assert_eq!(job.fee, submitted.fee, "the fee of a finalised job is the one quoted"),
        JobState::Cancelled(_) => assert_eq!((paid, job.fee), (0, 0), "a cancelled job costs nothing: {job:?}"),
        _ => {}
    }
}

/// Panics unless no provider has a slot taken or a bond locked.
pub async fn assert_idle(client: &Client) {
    let providers: Vec<ProviderInfo> =
        client.market("providers", ()).await.unwrap_or_else(|error| panic!("the providers cannot be read: {error}"));
    for provider in providers {
        assert_eq!((provider.slots_in_use, provider.locked), (0, 0), "provider {} is idle and still bound", provider.id);
    }
}
