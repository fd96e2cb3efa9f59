//! The main job: four validators, three providers on different devices, a real model, a real input, the money exact to the last unit.

use hearth_primitives::{
    blob::BlobRef,
    digest::{Agreement, Tolerance},
    market::{JobState, MemberOutcome},
    provider::BackendClass,
};
use hearth_runtime::Balance;
use hearth_tests::{
    binaries::{self, Model},
    command::{hearth, hearth_until},
    market::{self, Job, Order, Registration, HRT},
    network::{account, keypair, Network},
    snapshot::Snapshot,
    tensors,
    wait::wait_until,
};
use std::time::Duration;

/// From submission to the last payment, on a busy machine: the draw, a computation, and the window for objections.
const JOB_DEADLINE: Duration = Duration::from_secs(1_200);

/// What the outputs may differ from onnxruntime's by.
const OUTPUT_TOLERANCE: f32 = 1e-4;

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_computed_compared_and_paid() {
    let model = Model::open("magika");
    let mut network = Network::builder().validators(4).provider("flex").provider("wgpu").provider("flex").start().await;
    let client = network.client().await;

    // The customer works through the first validator's node, which runs no worker: what it uploads must travel.
    let customer = keypair("//Hearth//customer");
    let owners: Vec<_> = network.providers.iter().map(|provider| provider.owner_account()).collect();
    let operators: Vec<_> = network.providers.iter().map(|provider| provider.operator_account()).collect();
    market::fund(&client, owners.iter().cloned().chain([account(&customer)]), 10_000 * HRT).await;
    let onnx = binaries::read(&model.onnx());
    let blob = market::upload(&client, &onnx).await.expect("the model can be uploaded");
    client.submit(&customer, market::register_model("magika", blob, 100)).await.expect("the model can be registered");
    let backends = [BackendClass::Cpu, BackendClass::SoftwareGpu, BackendClass::Cpu];
    let terms = backends.map(|backend| Registration { backend, slots: 4, bond: 1_000 * HRT, models: vec![blob.id], ask: HRT / 2 });
    let providers: Vec<_> = network.providers.iter().zip(terms).collect();
    let ids = market::register_providers(&client, &providers).await;

    // Two replicas of one case, and all three providers on another: flex and wgpu must agree in it.
    let cases = model.cases();
    let mut orders = Vec::new();
    for (case, replicas) in cases.iter().zip([2, 3]) {
        let input = market::upload(&client, &binaries::read(&case.input)).await.expect("an input can be uploaded");
        orders.push(Order { model: blob.id, input, replicas, price: HRT });
    }
    assert_eq!(orders.len(), 2, "magika has two cases or more");
    let submitted = market::submit_jobs(&client, &customer, &orders).await.expect("jobs can be submitted");
    let mut before = Snapshot::at(&client, submitted[0].block).await.expect("the state can be read");
    let before = before.money();
    let held: Balance = submitted.iter().map(|job| job.escrow).sum();
    assert!(before.held_of(&account(&customer)) >= held, "the escrows are held from the customer");

    let mut jobs = Vec::new();
    for (submitted, case) in submitted.iter().zip(&cases) {
        let accepted = market::wait_job(&client, submitted.id, "has its answer", JOB_DEADLINE, |job| {
            job.state == JobState::Accepted || job.state.is_terminal()
        })
        .await;
        assert_agreement(&accepted);
        assert_output(&mut network, &accepted, &binaries::read(&case.expected)).await;
    }
    let by_command = pass_by_command_line(&network, &model).await;
    for submitted in &submitted {
        let job = market::wait_terminal(&client, submitted, JOB_DEADLINE).await;
        assert_eq!(job.state, JobState::Finalised);
        assert!(job.members.iter().all(|member| member.outcome == Some(MemberOutcome::Valid)));
        jobs.push(job);
    }
    let by_command = market::wait_job(&client, by_command, "has ended", JOB_DEADLINE, |job| job.state.is_terminal()).await;
    assert_eq!(by_command.state, JobState::Finalised);
    let (escrow, _): (Balance, Balance) = client.market("quote", (by_command.replicas, by_command.price)).await.expect("a quote");
    assert_settled_at(&by_command, escrow);

    let mut state = Snapshot::after(&client, jobs.iter().chain([&by_command])).await.expect("the state can be read");
    state.assert_try_state();
    let after = state.money();

    // Every unit: the customer has paid prices and fees, each owner has its payouts, and what is missing from the issuance was burned.
    let paid: Balance = jobs.iter().map(|job| job.members.iter().map(|member| member.paid).sum::<Balance>()).sum();
    let fees: Balance = jobs.iter().map(|job| job.fee).sum();
    assert_eq!(paid, 5 * HRT);
    assert_eq!(after.gain(&before, &account(&customer)), -((paid + fees) as i128), "the customer has paid prices and fees");
    for (id, owner) in ids.iter().zip(&owners) {
        let all = jobs.iter().chain([&by_command]).flat_map(|job| &job.members);
        let due: Balance = all.filter(|member| member.provider == *id).map(|member| member.paid).sum();
        assert_eq!(after.gain(&before, owner), due as i128, "the owner of provider {id} has its payouts and nothing else");
    }
    let burned: Balance = jobs.iter().chain([&by_command]).map(|job| job.fee / 2).sum();
    assert_eq!(after.burned(&before), burned, "half of each fee is burned, and nothing else is made or lost");
    for operator in &operators {
        assert!(after.of(operator) > 0, "an operator can go on reporting");
    }
    market::assert_idle(&client).await;
    network.assert_healthy();
}

/// The members revealed digests that agree, and one output.
fn assert_agreement(job: &Job) {
    assert!(matches!(job.state, JobState::Accepted | JobState::Finalised), "{job:?}");
    assert_eq!(job.members.len(), job.replicas as usize);
    let distance = job.max_distance.expect("revealed digests have a distance");
    assert_eq!(distance.judge(Tolerance::default()), Agreement::Agree);
    assert!(job.revealed_at.is_some());
    for member in &job.members {
        assert!(member.committed && member.digest.is_some() && member.output.is_some(), "{member:?}");
    }
}

/// Every replica's output can be had from every kind of node, and is what onnxruntime gave.
async fn assert_output(network: &mut Network, job: &Job, expected: &[u8]) {
    let outputs: Vec<BlobRef> = job.members.iter().filter_map(|member| member.output).collect();
    // The last validator has neither uploaded nor computed anything.
    for node in [3, 0] {
        let client = network.validators[node].client().await;
        for output in &outputs {
            let bytes = wait_until("an output is fetched from a peer", Duration::from_secs(120), async || {
                market::download(&client, *output).await.map_err(|error| error.to_string())
            })
            .await;
            let difference = tensors::max_difference(&bytes, expected).expect("the output has the names and shapes of onnxruntime's");
            assert!(difference <= OUTPUT_TOLERANCE, "an output of job {} differs from onnxruntime's by {difference}", job.id);
        }
    }
}

fn assert_settled_at(job: &Job, escrow: Balance) {
    let paid: Balance = job.members.iter().map(|member| member.paid).sum();
    assert_eq!((job.held, paid + job.refunded + job.fee), (0, escrow), "{job:?}");
}

/// The customer's whole way with `hearth` alone, as another customer on another node; returns the job's id.
async fn pass_by_command_line(network: &Network, model: &Model) -> u64 {
    let (url, dir) = (network.validators[1].url(), network.dir());
    let case = &model.cases()[0];
    let (input, output) = (case.input.display().to_string(), dir.join("by-command.safetensors").display().to_string());
    let globals = ["--url", &url, "--suri", "//Eve", "--json"];
    let run = async |arguments: &[&str]| hearth(&[&globals[..], arguments].concat(), JOB_DEADLINE).await.json();

    let models = run(&["model", "list"]).await;
    assert!(models.to_string().contains("magika"), "the list of models names magika: {models}");
    let stored = run(&["blob", "put", &input]).await;
    assert!(stored.to_string().contains(&hex::encode(BlobRef::of(&binaries::read(&case.input)).id)), "the blob's id is its hash: {stored}");
    let job = run(&["job", "submit", "--model", "magika", "--input", &input, "--replicas", "2", "--price", "1", "--watch"]).await;
    let id = job["id"].as_u64().unwrap_or_else(|| panic!("a watched submission prints the job with its id: {job}"));
    let number = id.to_string();
    let fetch = [&globals[..], &["job", "result", &number, "--output", &output]].concat();
    hearth_until("hearth fetches the result", &fetch, JOB_DEADLINE).await;
    let difference = tensors::max_difference(&binaries::read(output.as_ref()), &binaries::read(&case.expected));
    assert!(difference.as_ref().is_ok_and(|difference| *difference <= OUTPUT_TOLERANCE), "{difference:?}");
    id
}
