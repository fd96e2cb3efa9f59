//! A provider without a node: a test holds its operator's key, and reports in its name what no honest node would.

use crate::{
    client::Client,
    market::{self, Registration},
    network::{account, keypair},
    wait::wait_until,
    Error,
};
use codec::Decode;
use hearth_primitives::{
    blob::BlobRef,
    commitment::commitment,
    digest::Digest,
    market::{Duty, DutyStep, Report},
    reason::Refusal,
    JobId, ProviderId,
};
use hearth_runtime::{AccountId, BlockNumber, Runtime, RuntimeCall, RuntimeEvent, UncheckedExtrinsic};
use pallet_job_market::{Event as MarketEvent, Round, RoundOf, Rounds, REPLICAS};
use serde_json::Value;
use std::time::Duration;
use subxt::rpcs::rpc_params;
use subxt_signer::sr25519::Keypair;

/// For a draw, or for what another provider does.
const PATIENCE: Duration = Duration::from_secs(300);

/// A result that nobody computed.
#[derive(Clone, Copy, Debug)]
pub struct Fiction {
    digest: Digest,
    output: BlobRef,
    salt: [u8; 32],
}

impl Fiction {
    /// One of many.
    pub fn new(n: u8) -> Self {
        let component = 20_000 + 1_000 * i32::from(n);
        Self { digest: Digest { hidden: [component; 16], output: [-component; 16] }, output: BlobRef::of(&[n]), salt: [n; 32] }
    }

    /// The line that opens a commitment to it.
    pub fn opening(&self, job: JobId) -> Report {
        Report::Reveal { job, tier: REPLICAS, digest: self.digest, output: self.output, salt: self.salt }
    }
}

/// A provider whose operator is the test.
pub struct Puppet {
    /// Bonds.
    pub owner: Keypair,
    /// The provider.
    pub id: ProviderId,
    client: Client,
    operator: Keypair,
}

impl Puppet {
    /// Who bonds for the puppet of this name, and needs money before it is registered.
    pub fn owner_of(name: &str) -> Keypair {
        keypair(&format!("//Hearth//puppet-{name}//owner"))
    }

    /// Registers the puppet of this name.
    pub async fn register(client: &Client, name: &str, terms: &Registration) -> Self {
        let (owner, operator) = (Self::owner_of(name), keypair(&format!("//Hearth//puppet-{name}//operator")));
        let registered = market::register(client, &owner, &operator, terms).await;
        let id = registered.unwrap_or_else(|error| panic!("the puppet {name} cannot be registered: {error}"));
        Self { owner, id, client: client.clone(), operator }
    }

    fn operator_account(&self) -> AccountId {
        account(&self.operator)
    }

    /// Waits until it is drawn for a job and can commit.
    pub async fn wait_drawn(&self, job: JobId) {
        wait_until(&format!("puppet {} is drawn for job {job}", self.id), PATIENCE, async || {
            let duties: Vec<Duty<BlockNumber>> =
                self.client.market("duties", self.operator_account()).await.map_err(|error| error.to_string())?;
            let found = duties.iter().any(|duty| duty.job == job && duty.step == DutyStep::Commit);
            found.then_some(()).ok_or_else(|| format!("{} duties", duties.len()))
        })
        .await
    }

    /// The line that commits to a result.
    pub fn commitment(&self, job: JobId, fiction: &Fiction) -> Report {
        let genesis = self.client.api().genesis_hash();
        let Fiction { digest, output, salt } = fiction;
        let commitment = commitment(genesis, job, REPLICAS, &self.operator_account(), digest, output.id, &[], salt);
        Report::Commit { job, tier: REPLICAS, commitment }
    }

    /// Reports, and returns why lines were refused.
    pub async fn report(&self, lines: Vec<Report>) -> Vec<Refusal> {
        let reports = lines.try_into().expect("a report has room for a few lines");
        let call = RuntimeCall::JobMarket(pallet_job_market::Call::report { reports });
        let block = self.client.submit(&self.operator, call).await.unwrap_or_else(|error| panic!("a report is not taken: {error}"));
        let events = self.client.events(block).await.expect("the events can be read");
        let refused = events.into_iter().filter_map(|event| match event {
            RuntimeEvent::JobMarket(MarketEvent::ReportRefused { operator, reason, .. }) => Some((operator, reason)),
            _ => None,
        });
        refused.filter(|(operator, _)| *operator == self.operator_account()).map(|(_, reason)| reason).collect()
    }

    /// Waits until another member of the replicas' round has committed; returns the line that commits to the same.
    pub async fn peers_commitment(&self, job: JobId) -> Report {
        wait_until(&format!("a peer of puppet {} has committed in job {job}", self.id), PATIENCE, async || {
            let best = self.client.best().await.map_err(|error| error.to_string())?;
            let key = Rounds::<Runtime>::hashed_key_for(job, REPLICAS);
            let round: Option<RoundOf<Runtime>> = self.client.storage(&key, best).await.map_err(|error| error.to_string())?;
            let Some(Round { members, .. }) = round else { return Err("no round".into()) };
            let found = members.iter().filter(|member| member.provider != self.id).find_map(|member| member.commitment);
            found.map(|commitment| Report::Commit { job, tier: REPLICAS, commitment }).ok_or_else(|| "nobody has".into())
        })
        .await
    }

    /// Waits until another member has opened its commitment, from block `from` on; returns the line by which it did, as it stands in its block.
    pub async fn peers_opening(&self, job: JobId, from: BlockNumber) -> Report {
        let what = format!("a peer of puppet {} has revealed in job {job}", self.id);
        let revealed = |event: &RuntimeEvent| match event {
            RuntimeEvent::JobMarket(MarketEvent::Revealed { job: found, tier: REPLICAS, provider, .. }) if *found == job => Some(*provider),
            _ => None,
        };
        let (number, _) = self.client.wait_event(&what, from, PATIENCE, revealed).await;
        let lines = self.lines_of(number).await.expect("a block can be read");
        let opens = |line: &Report| matches!(line, Report::Reveal { .. }) && line.job() == job;
        lines.into_iter().find(opens).expect("a commitment is opened by a line of a report")
    }

    /// All lines of all reports in a block.
    async fn lines_of(&self, number: BlockNumber) -> Result<Vec<Report>, Error> {
        let hash = self.client.hash(number).await?;
        let signed: Value = self.client.request("chain_getBlock", rpc_params![hash]).await?;
        let mut lines = Vec::new();
        for extrinsic in signed["block"]["extrinsics"].as_array().into_iter().flatten() {
            let text = extrinsic.as_str().ok_or("an extrinsic is hex")?;
            let bytes = hex::decode(text.trim_start_matches("0x"))?;
            let extrinsic = UncheckedExtrinsic::decode(&mut &bytes[..])?;
            if let RuntimeCall::JobMarket(pallet_job_market::Call::report { reports }) = extrinsic.function {
                lines.extend(reports);
            }
        }
        Ok(lines)
    }
}
