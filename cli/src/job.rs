//! `hearth job`: buying inference.

use crate::{
    amount::Amount,
    args::Options,
    chain::{Chain, Job},
    error::{Error, Result},
    job_text, model,
    secret::{account, account_of},
    transfer,
    tx::{amount_value, blob_value, estimate, id_value, submit, Call, Receipt},
    ui::{line, table, Output, Progress},
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
    /// One job.
    Show {
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
    /// Follow the job.
    #[arg(long = "watch")]
    follow: bool,
    #[command(flatten)]
    watch: Watch,
}

/// How a job is followed.
#[derive(Args, Clone, Debug)]
pub struct Watch {
    /// How far: until the results agree, or until the providers are paid too.
    #[arg(long, value_enum, default_value_t = Until::Ended)]
    until: Until,
    /// Write the result to this file as soon as the replicas agree.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How far a job is followed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Until {
    /// The replicas agree: the result can be fetched.
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
    /// Held from the customer.
    escrow: Amount,
    /// The part of it that is the market's fee.
    fee: Amount,
    #[serde(flatten)]
    receipt: Receipt,
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
            Self::Show { job } => output.print(&find(&options.connect().await?, job).await?, job_text::full),
            Self::Result { job, output: file } => {
                let chain = options.connect().await?;
                let blob = job_text::result(&find(&chain, job).await?)?;
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
        let (escrow, fee) = chain.quote(self.replicas, self.price).await?;
        // Audited as often as the chain says.
        let audit = Value::unnamed_variant("None", []);
        let args = vec![id_value(model.id), blob_value(input), Value::u128(self.replicas.into()), amount_value(self.price), audit];
        let call = Call::new(PALLET, "submit_job", args);
        self.say_quote(&chain, &signer, &call, escrow, fee).await?;
        transfer::upload(&chain, &self.input, input).await?;

        let receipt = submit(&chain, &signer, call, "submitting the job").await?;
        let job = receipt.event_number(PALLET, "JobSubmitted", "job");
        let job = job.ok_or_else(|| Error::failed("the job was submitted, but its number cannot be read; see `hearth job list`"))? as JobId;
        if self.follow || self.watch.output.is_some() {
            return self.watch.run(&chain, job, options.output()).await;
        }
        let submitted = Submitted { job, model: model.id, input, replicas: self.replicas, price: self.price, escrow, fee, receipt };
        options.output().print(&submitted, submitted_text)
    }

    /// Says what the job costs before anything is signed, and stops if the account cannot pay it.
    async fn say_quote(&self, chain: &Chain, signer: &Keypair, call: &Call, escrow: Amount, fee: Amount) -> Result<()> {
        let customer = account_of(signer);
        let available = chain.money(&customer).await?.available;
        line(&format!(
            "{} replicas at {}: {escrow} will be held, {fee} of it as the market's fee; {available} is available",
            self.replicas, self.price
        ));
        if available < escrow {
            return Err(Error::failed(format!(
                "{customer} has {available} and the job needs {escrow}; send it more, or lower --price or --replicas"
            )));
        }
        line(&format!("the transaction itself costs about {}", estimate(chain, signer, call).await?));
        Ok(())
    }
}

impl Watch {
    /// Follows `id`, prints it at the end, and fails if it ended without a result.
    async fn run(&self, chain: &Chain, id: JobId, output: Output) -> Result<()> {
        let mut progress = Progress::spinner();
        let mut fetched = false;
        let job = loop {
            let job = find(chain, id).await?;
            progress.say(&format!("job {id} {}", job_text::state(&job)));
            if let (Some(file), Ok(blob), false) = (&self.output, job_text::result(&job), fetched) {
                transfer::download(chain, blob.id, Some(blob.len), file).await?;
                progress.keep(&format!("the result is in {}", file.display()));
                fetched = true;
            }
            if job.state.is_terminal() || (self.until == Until::Accepted && job.state == JobState::Accepted) {
                break job;
            }
            tokio::time::sleep(POLL).await;
        };
        drop(progress);
        output.print(&job, job_text::full)?;
        if job_text::succeeded(&job) {
            Ok(())
        } else {
            Err(Error::failed(format!("job {id} was {}", job_text::state(&job))))
        }
    }
}

async fn find(chain: &Chain, id: JobId) -> Result<Job> {
    let found = chain.job(id).await?;
    found.ok_or_else(|| {
        Error::failed(format!("there is no job {id}: it was never submitted, or it ended so long ago that the chain forgot it"))
    })
}

fn submitted_text(submitted: &Submitted) -> String {
    let id = submitted.job;
    table(&[
        ("job", id.to_string()),
        ("escrow", format!("{} held, {} of it as the market's fee", submitted.escrow, submitted.fee)),
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
    use crate::job_text::tests::job;

    #[test]
    fn list_text_has_a_line_per_job() {
        let text = list_text(&[job(JobState::Computing), job(JobState::Finalised)]);
        assert_eq!(text.lines().count(), 2);
        assert!(text.contains("finalised: the providers are paid"));
        assert!(list_text(&[]).contains("hearth job submit"));
    }
}
