//! `hearth job`: buying inference.

use crate::{
    amount::Amount,
    args::Options,
    chain::{Chain, Job},
    dispute::Dispute,
    error::{Error, Result},
    job_stakes::Stakes,
    job_text, model,
    quote::Quote,
    secret::{account, account_of},
    share::Share,
    transfer,
    tx::{amount_value, blob_value, estimate, id_value, submit, Call, Receipt},
    ui::{line, table, Output, Progress},
    why,
};
use clap::{Args, Subcommand, ValueEnum};
use hearth_primitives::{
    blob::BlobRef,
    market::{JobState, MAX_REPLICAS},
    JobId, ModelId,
};
use serde::Serialize;
use std::{path::PathBuf, time::Duration};
use subxt::{dynamic::Value, utils::AccountId32};
use subxt_signer::sr25519::Keypair;

/// The pallet of models and jobs.
pub const PALLET: &str = "JobMarket";

/// How often a watched job is looked at: blocks come every three seconds.
const POLL: Duration = Duration::from_secs(1);

/// What can be done with jobs.
#[derive(Debug, Subcommand)]
pub enum JobVerb {
    /// Run a model on an input.
    Submit(Submit),
    /// Follow a job. Fails if it ends without a result.
    Watch {
        /// The job.
        job: JobId,
        #[command(flatten)]
        watch: Watch,
    },
    /// Fetch a job's result and verify it.
    Result {
        /// The job.
        job: JobId,
        /// The file to write, safetensors.
        #[arg(long, short)]
        output: PathBuf,
    },
    /// One job: its replicas and juries, what each said, and what is locked and waits to be slashed.
    Show {
        /// The job.
        job: JobId,
    },
    /// What a job means for the money of the signing account, or of another, and why: as customer, replica, juror, or whoever disputes it.
    Why {
        /// The job.
        job: JobId,
        /// The account; of a provider the owner or the operator.
        #[arg(long, value_parser = account, value_name = "ADDRESS")]
        account: Option<AccountId32>,
    },
    /// Put up a bond against the result of an accepted job: three others judge it. Bond, time and what can come of it are said before
    /// anything is signed.
    Challenge {
        /// The job.
        job: JobId,
    },
    /// Put up a bond against the verdict on a job: seven others judge it again, for good. Bond, time and what can come of it are said
    /// before anything is signed.
    Appeal {
        /// The job.
        job: JobId,
    },
    /// The jobs of the signing account, or of another customer.
    List {
        /// The customer.
        #[arg(long, value_parser = account)]
        account: Option<AccountId32>,
    },
}

/// A job to submit.
#[derive(Args, Debug)]
pub struct Submit {
    /// The model's id or name.
    #[arg(long)]
    model: String,
    /// The input, safetensors.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// Providers that compute it independently.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_REPLICAS)))]
    replicas: u32,
    /// What each replica is paid.
    #[arg(long, value_name = "HRT")]
    price: Amount,
    /// Have the job audited with this probability, if that is more than the chain's own: 100% is for certain. Four prices, times this, are
    /// the premium.
    #[arg(long, value_name = "PERCENT")]
    audit: Option<Share>,
    /// Follow the job.
    #[arg(long = "watch")]
    follow: bool,
    #[command(flatten)]
    watch: Watch,
}

/// How a job is followed.
#[derive(Args, Clone, Debug)]
pub struct Watch {
    /// How far: until the results agree or a jury has judged, or until the providers are paid too.
    #[arg(long, value_enum, default_value_t = Until::Ended)]
    until: Until,
    /// Write the result to this file as soon as there is one, and again if a jury has another stand.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How far a job is followed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Until {
    /// The replicas agree, or a jury has judged: a result can be fetched.
    Accepted,
    /// The job has ended: everybody is paid.
    Ended,
}

#[derive(Debug, Serialize)]
struct Submitted {
    job: JobId,
    model: ModelId,
    input: BlobRef,
    replicas: u32,
    price: Amount,
    #[serde(flatten)]
    quote: Quote,
    #[serde(flatten)]
    receipt: Receipt,
}

/// A job with what hangs on it.
#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    job: Job,
    stakes: Stakes,
}

#[derive(Debug, Serialize)]
struct Fetched {
    job: JobId,
    output: BlobRef,
    file: PathBuf,
}

impl JobVerb {
    /// Does what was asked.
    pub async fn run(self, options: &Options) -> Result<()> {
        let output = options.output();
        match self {
            Self::Submit(submit) => submit.run(options).await,
            Self::Watch { job, watch } => watch.run(&options.connect().await?, job, output).await,
            Self::Show { job } => {
                let chain = options.connect().await?;
                let job = find(&chain, job).await?;
                show(&chain, job, output).await
            }
            Self::Why { job, account } => why::show(options, job, account).await,
            Self::Challenge { job } => Dispute::Challenge.run(options, job).await,
            Self::Appeal { job } => Dispute::Appeal.run(options, job).await,
            Self::Result { job, output: file } => {
                let chain = options.connect().await?;
                let found = find(&chain, job).await?;
                let blob = job_text::result(&found)?;
                if job_text::is_under_review(&found) {
                    line(&format!("job {job} {}; this result may not stand", job_text::state(&found)));
                }
                transfer::download(&chain, blob.id, Some(blob.len), &file).await?;
                output.print(&Fetched { job, output: blob, file }, |fetched| {
                    format!("the result of job {} is in {}: {} bytes, verified", fetched.job, fetched.file.display(), fetched.output.len)
                })
            }
            Self::List { account } => {
                let account = options.account_or_signer(account)?;
                let chain = options.connect().await?;
                let mut jobs = Vec::new();
                for id in chain.jobs_of(&account).await? {
                    // A job can be pruned between the two questions.
                    jobs.extend(chain.job(id).await?);
                }
                output.print(&jobs, |jobs| list_text(jobs))
            }
        }
    }
}

impl Submit {
    async fn run(self, options: &Options) -> Result<()> {
        let signer = options.given().signer()?;
        let input = transfer::reference(&self.input)?;
        let chain = options.connect().await?;
        let model = model::find(&chain, &self.model).await?;
        if model.retired {
            return Err(Error::failed(format!("the model {} is retired and takes no new jobs", model.name)));
        }
        if input.len > model.max_input_len {
            let (len, most) = (input.len, model.max_input_len);
            return Err(Error::failed(format!("the input has {len} bytes and {} takes {most} at most; make it smaller", model.name)));
        }
        let rate = Share(chain.state().await?.constant(PALLET, "AuditRate")?);
        let quoted = chain.quote(self.replicas, self.price).await?;
        let quote = Quote::new(self.replicas, self.price, quoted, rate, self.audit)?;
        let (replicas, audit) = (Value::u128(self.replicas.into()), quote.audit_value(rate));
        let args = vec![id_value(model.id), blob_value(input), replicas, amount_value(self.price), audit];
        let call = Call::new(PALLET, "submit_job", args);
        self.say_quote(&chain, &signer, &call, &quote).await?;
        transfer::upload(&chain, &self.input, input).await?;

        let receipt = submit(&chain, &signer, call, "submitting the job").await?;
        let job = receipt.event_number(PALLET, "JobSubmitted", "job");
        let job = job.ok_or_else(|| Error::failed("the job was submitted, but its number cannot be read; see `hearth job list`"))? as JobId;
        if self.follow || self.watch.output.is_some() {
            return self.watch.run(&chain, job, options.output()).await;
        }
        let submitted = Submitted { job, model: model.id, input, replicas: self.replicas, price: self.price, quote, receipt };
        options.output().print(&submitted, submitted_text)
    }

    /// Says what the job costs before anything is signed, and stops if the account cannot pay it.
    async fn say_quote(&self, chain: &Chain, signer: &Keypair, call: &Call, quote: &Quote) -> Result<()> {
        let (customer, escrow) = (account_of(signer), quote.escrow);
        let available = chain.money(&customer).await?.available;
        line(&format!("{}; {available} is available", quote.text(self.replicas, self.price)));
        if available < escrow {
            let lower = if self.audit.is_some() { "--price, --replicas or --audit" } else { "--price or --replicas" };
            return Err(Error::failed(format!("{customer} has {available} and the job needs {escrow}; send it more, or lower {lower}")));
        }
        line(&format!("the transaction itself costs about {}", estimate(chain, signer, call).await?));
        Ok(())
    }
}

impl Watch {
    /// Follows `id`, prints it at the end, and fails if it ended without a result.
    async fn run(&self, chain: &Chain, id: JobId, output: Output) -> Result<()> {
        let mut progress = Progress::spinner();
        let mut fetched = None;
        let job = loop {
            let job = find(chain, id).await?;
            progress.say(&format!("job {id} {}", job_text::state(&job)));
            if let (Some(file), Ok(blob)) = (&self.output, job_text::result(&job)) {
                if fetched != Some(blob) {
                    transfer::download(chain, blob.id, Some(blob.len), file).await?;
                    let again = if fetched.is_some() { ", in the place of one that did not stand" } else { "" };
                    progress.keep(&format!("the result is in {}{again}", file.display()));
                    fetched = Some(blob);
                }
            }
            if job.state.is_terminal() || (self.until == Until::Accepted && is_decided(job.state)) {
                break job;
            }
            tokio::time::sleep(POLL).await;
        };
        drop(progress);
        let failure = (!job_text::succeeded(&job)).then(|| format!("job {id} was {}", job_text::state(&job)));
        show(chain, job, output).await?;
        match (failure, &self.output) {
            (None, _) => Ok(()),
            (Some(failure), Some(file)) if fetched.is_some() => {
                Err(Error::failed(format!("{failure}. What is in {} did not stand: do not rely on it", file.display())))
            }
            (Some(failure), _) => Err(Error::failed(failure)),
        }
    }
}

/// Whether the replicas agree, or a jury has judged.
fn is_decided(state: JobState) -> bool {
    matches!(state, JobState::Accepted | JobState::Appealable)
}

/// Prints a job with what hangs on it.
async fn show(chain: &Chain, job: Job, output: Output) -> Result<()> {
    let stakes = Stakes::read(chain, &job).await?;
    let (block, block_time) = (chain.block().await?, chain.block_time().await?);
    output.print(&Shown { job, stakes }, |Shown { job, stakes }| job_text::full(job, stakes) + &stakes.text(block, block_time))
}

/// The job of an id.
pub async fn find(chain: &Chain, id: JobId) -> Result<Job> {
    let found = chain.job(id).await?;
    found.ok_or_else(|| {
        Error::failed(format!("there is no job {id}: it was never submitted, or it ended so long ago that the chain forgot it"))
    })
}

fn submitted_text(submitted: &Submitted) -> String {
    let id = submitted.job;
    table(&[
        ("job", id.to_string()),
        ("escrow", format!("{} held, {} of it as the market's fee", submitted.quote.escrow, submitted.quote.fee)),
        ("audit", format!("with a probability of {}, for a premium of {}", submitted.quote.audit, submitted.quote.premium)),
        ("block", format!("{:?}", submitted.receipt.block)),
        ("next", format!("hearth job watch {id}")),
    ])
}

fn list_text(jobs: &[Job]) -> String {
    if jobs.is_empty() {
        return "no jobs; submit one with `hearth job submit`".to_string();
    }
    jobs.iter().map(|job| format!("{:>6}  {}\n", job.id, job_text::state(job))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{job_stakes::tests::stakes, job_text::tests::job};

    #[test]
    fn list_text_has_a_line_per_job() {
        let text = list_text(&[job(JobState::Computing), job(JobState::Finalised)]);
        assert_eq!(text.lines().count(), 2);
        assert!(text.contains("finalised: the providers are paid"));
        assert!(list_text(&[]).contains("hearth job submit"));
    }

    #[test]
    fn shown_in_json_is_the_job_with_its_stakes() {
        let json = serde_json::to_value(Shown { job: job(JobState::Computing), stakes: stakes() }).unwrap();
        assert_eq!(json["id"], 7);
        assert_eq!(json["state"], "computing");
        assert_eq!(json["stakes"]["locks"][0]["amount"]["hrt"], "25");
    }

    #[test]
    fn submitted_in_json_is_flat() {
        let quote = Quote { escrow: Amount(5), fee: Amount(1), premium: Amount(2), audit: Share(50_000_000) };
        let input = BlobRef { id: ModelId::repeat_byte(3), len: 30 };
        let (model, receipt) = (ModelId::repeat_byte(2), Receipt::default());
        let json = serde_json::to_value(Submitted { job: 7, model, input, replicas: 2, price: Amount(1), quote, receipt }).unwrap();
        assert_eq!(json["escrow"]["planck"], "5");
        assert_eq!(json["fee"]["planck"], "1");
        assert_eq!(json["premium"]["planck"], "2");
        assert_eq!(json["audit"], "5%");
        assert!(json["transaction"].is_string());
    }

    #[test]
    fn decided_is_accepted_or_judged() {
        assert!(is_decided(JobState::Accepted) && is_decided(JobState::Appealable));
        assert!(!is_decided(JobState::Computing) && !is_decided(JobState::Finalised));
    }
}
