//! Faults, on one network: a validator is killed, workers die, hang and babble, a provider's node is killed. Jobs end, money stays whole.

use hearth_primitives::{
    blob::BlobRef,
    market::{JobState, MemberOutcome},
    provider::BackendClass,
    ModelId,
};
use hearth_runtime::Balance;
use hearth_tests::{
    binaries::{self, Model},
    client::Client,
    market::{self, Job, Order, Registration, Submitted, HRT},
    network::{account, keypair, Network},
    onnx,
    snapshot::{Money, Snapshot},
    standin::Fault,
    wait::wait_until,
};
use std::time::Duration;
use subxt::rpcs::rpc_params;

/// From submission to the last payment when a commitment's deadline passes and a redraw follows, on a busy machine.
const JOB_DEADLINE: Duration = Duration::from_secs(1_500);

/// Blocks from a draw to the last commitment: enough for a worker that is restarted, and not much to wait for one that hangs.
const MAX_EXEC: u32 = 40;

/// The faulty providers, in the order of their nodes; two good ones come before them.
const FAULTS: [Fault; 4] = [Fault::DieInFirstJob, Fault::DieAtStart, Fault::HangInJob, Fault::Garbage];

#[tokio::test(flavor = "multi_thread")]
async fn jobs_end_and_money_is_conserved_under_faults() {
    let model = Model::open("magika");
    let mut builder = Network::builder().validators(4).provider("flex").provider("flex");
    for fault in FAULTS {
        builder = builder.faulty_provider(fault);
    }
    let mut network = builder.start().await;
    let client = network.client().await;

    // One model for each faulty provider, the same graph under four ids, so that each draw takes both good providers and that one.
    let customer = keypair("//Hearth//customer");
    let owners: Vec<_> = network.providers.iter().map(|provider| provider.owner_account()).collect();
    market::fund(&client, owners.iter().cloned().chain([account(&customer)]), 10_000 * HRT).await;
    let onnx = binaries::read(&model.onnx());
    let mut models = Vec::new();
    for fault in FAULTS {
        let blob = market::upload(&client, &onnx::relabel(&onnx, &format!("{fault:?}"))).await.expect("a model can be uploaded");
        models.push((format!("magika-{fault:?}"), blob));
    }
    let registrations = models.iter().map(|(name, blob)| market::register_model(name, *blob, MAX_EXEC)).collect();
    client.submit(&customer, market::batch(registrations)).await.expect("the models can be registered");
    let all: Vec<_> = models.iter().map(|(_, blob)| blob.id).collect();
    let offers: Vec<_> = [all.clone(), all.clone()].into_iter().chain(all.iter().map(|id| vec![*id])).collect();
    let terms =
        offers.into_iter().map(|models| Registration { backend: BackendClass::Cpu, slots: 8, bond: 2_000 * HRT, models, ask: HRT / 2 });
    let providers: Vec<_> = network.providers.iter().zip(terms).collect();
    let ids = market::register_providers(&client, &providers).await;

    let case = &model.cases()[1];
    let input = market::upload(&client, &binaries::read(&case.input)).await.expect("an input can be uploaded");
    let orders: Vec<_> = all.iter().map(|model| Order { model: *model, input, replicas: 3, price: HRT }).collect();
    let first = market::submit_jobs(&client, &customer, &orders).await.expect("jobs can be submitted");
    let before = Snapshot::at(&client, first[0].block).await.expect("the state can be read").money();

    // While the jobs run, a validator dies: three of four still finalise.
    validator_is_killed_and_catches_up(&mut network, &client).await;

    // A worker that dies in the middle of a job is started again, and the job is paid as if nothing had happened.
    let died = market::wait_job(&client, first[0].id, "is accepted", JOB_DEADLINE, |job| {
        job.state == JobState::Accepted || job.state.is_terminal()
    })
    .await;
    assert!(network.mark(Fault::DieInFirstJob).is_file(), "the worker was killed in the middle of the job");
    assert!(matches!(died.state, JobState::Accepted | JobState::Finalised), "a job survives the death of a worker: {died:?}");
    assert!(died.members.iter().any(|member| member.provider == ids[2] && member.digest.is_some()), "the provider answered after it");

    // A provider's node dies between the draw and its answer, and comes back.
    let second = provider_node_is_killed(&mut network, &client, all[0], &model).await;

    let mut jobs = vec![market::wait_terminal(&client, &second, JOB_DEADLINE).await];
    assert_eq!(jobs[0].state, JobState::Finalised, "two or three replicas answered: {:?}", jobs[0]);
    for submitted in &first {
        jobs.push(market::wait_terminal(&client, submitted, JOB_DEADLINE).await);
    }
    assert!(jobs[1].members.iter().all(|member| member.outcome == Some(MemberOutcome::Valid)), "{:?}", jobs[1]);
    for (job, faulty) in jobs[2..].iter().zip(&ids[3..]) {
        assert_good_replicas_carry(job, *faulty);
    }
    assert_books(&mut network, &client, &before, &jobs, &[&first[..], &[second]].concat(), &ids).await;
    network.assert_healthy();
}

/// SIGKILL to the last validator; finality goes on, and it comes back with the same directory and catches up.
async fn validator_is_killed_and_catches_up(network: &mut Network, client: &Client) {
    network.validators[3].kill();
    let at = client.finalised_number().await.expect("the first validator answers");
    wait_until("finality goes on without a validator, by ten blocks", Duration::from_secs(240), async || {
        let now = client.finalised_number().await.map_err(|error| error.to_string())?;
        if now >= at + 10 {
            Ok(())
        } else {
            Err(format!("finalised {now}, from {at}"))
        }
    })
    .await;
    network.validators[3].start();
    let back = network.validators[3].client().await;
    let target = client.finalised_number().await.expect("the first validator answers");
    wait_until("the validator has come back and caught up", Duration::from_secs(240), async || {
        let now = back.finalised_number().await.map_err(|error| error.to_string())?;
        let same = back.request::<String>("chain_getBlockHash", rpc_params![target]).await.ok()
            == client.request::<String>("chain_getBlockHash", rpc_params![target]).await.ok();
        if now >= target && same {
            Ok(())
        } else {
            Err(format!("finalised {now} of {target}, same chain: {same}"))
        }
    })
    .await;
}

/// Submits a job for three providers and kills the third one's node as soon as it is drawn; starts it again a few blocks later.
async fn provider_node_is_killed(network: &mut Network, client: &Client, model: ModelId, files: &Model) -> Submitted {
    let customer = keypair("//Hearth//customer");
    let input = market::upload(client, &binaries::read(&files.cases()[2].input)).await.expect("an input can be uploaded");
    let order = Order { model, input, replicas: 3, price: HRT };
    let submitted = market::submit_jobs(client, &customer, &[order]).await.expect("a job can be submitted")[0];
    let drawn = market::wait_job(client, submitted.id, "is drawn", Duration::from_secs(180), |job| !job.members.is_empty()).await;
    network.providers[2].node.kill();
    assert_eq!(drawn.state, JobState::Computing, "the node was killed while the job ran");
    let at = client.best_number().await.expect("the first validator answers");
    wait_until("five blocks pass", Duration::from_secs(120), async || {
        let now = client.best_number().await.map_err(|error| error.to_string())?;
        if now >= at + 5 {
            Ok(())
        } else {
            Err(format!("block {now}, from {at}"))
        }
    })
    .await;
    network.providers[2].node.start();
    network.providers[2].node.client().await;
    submitted
}

/// The job of a provider whose worker never works: it says so or is absent, is not paid, and the other two are.
fn assert_good_replicas_carry(job: &Job, faulty: u32) {
    assert_eq!(job.state, JobState::Finalised, "two replicas of three are enough: {job:?}");
    for member in &job.members {
        let valid = member.outcome == Some(MemberOutcome::Valid);
        assert_eq!(valid, member.provider != faulty, "{job:?}");
    }
}

/// Every unit is where it belongs, and every pallet's invariants hold.
async fn assert_books(network: &mut Network, client: &Client, before: &Money, jobs: &[Job], submitted: &[Submitted], ids: &[u32]) {
    let mut state = Snapshot::after(client, jobs.iter()).await.expect("the state can be read");
    state.assert_try_state();
    let after = state.money();
    for (id, provider) in ids.iter().zip(&network.providers) {
        let due: Balance = jobs.iter().flat_map(|job| &job.members).filter(|member| member.provider == *id).map(|member| member.paid).sum();
        assert_eq!(after.gain(before, &provider.owner_account()), due as i128, "the owner of provider {id} has its payouts");
    }
    let escrows: Balance = submitted.iter().map(|job| job.escrow).sum();
    let accounted: Balance =
        jobs.iter().map(|job| job.refunded + job.fee + job.members.iter().map(|member| member.paid).sum::<Balance>()).sum();
    assert_eq!(accounted, escrows, "escrows are payouts, refunds and fees");
    let burned: Balance = jobs.iter().map(|job| job.fee / 2).sum();
    assert_eq!(after.burned(before), burned, "half of each fee is burned, and nothing else is made or lost");
    market::assert_idle(client).await;
}

/// The harness's own tool: a relabelled model is another blob.
#[test]
fn relabelled_models_have_ids_of_their_own() {
    let onnx = binaries::read(&Model::open("magika").onnx());
    let ids: Vec<_> = FAULTS.iter().map(|fault| BlobRef::of(&onnx::relabel(&onnx, &format!("{fault:?}"))).id).collect();
    assert!(ids.iter().enumerate().all(|(index, id)| !ids[..index].contains(id)));
}
