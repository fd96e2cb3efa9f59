//! Bad input of every kind, against one network: each piece ends in a typed error or a refund, and no node dies of it.

use hearth_primitives::{
    blob::{BlobRef, MAX_CHUNK_LEN},
    market::{CancelReason, DeclineReason, JobState, MemberOutcome, Report},
    provider::BackendClass,
    H256,
};
use hearth_runtime::{RuntimeCall, RuntimeEvent, System};
use hearth_tests::{
    binaries::{self, Model},
    client::Client,
    market::{self, Order, Registration, HRT},
    network::{account, keypair, Network},
    onnx::Graph,
    snapshot::Snapshot,
    tensors::{self, Tensor},
};
use pallet_job_market::Refusal;
use serde_json::{json, Value};
use std::time::Duration;
use subxt::rpcs::rpc_params;
use subxt_signer::sr25519::Keypair;

/// From submission to the refund.
const JOB_DEADLINE: Duration = Duration::from_secs(900);

/// Jobs at once; each provider has as many slots.
const WAVE: usize = 8;

use DeclineReason::{InputInvalid, InputUnavailable, LimitExceeded, ModelInvalid, ModelUnavailable, UnsupportedOperator};

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_ends_in_typed_errors_and_refunds() {
    let magika = Model::open("magika");
    let mut network = Network::builder().validators(1).provider("flex").provider("flex").start().await;
    let client = network.client().await;
    let customer = keypair("//Hearth//customer");
    let poor = keypair("//Hearth//poor");
    let owners: Vec<_> = network.providers.iter().map(|provider| provider.owner_account()).collect();
    market::fund(&client, owners.into_iter().chain([account(&customer)]), 10_000 * HRT).await;
    market::fund(&client, [account(&poor)], HRT).await;

    let cases = bad_jobs(&client, &magika).await;
    let mut models: Vec<_> = cases.iter().map(|case| case.model).collect();
    models.sort();
    models.dedup();
    let registrations =
        models.iter().enumerate().map(|(index, blob)| market::register_model(&format!("bad-{index}"), blob.0, 40)).collect();
    client.submit(&customer, market::batch(registrations)).await.expect("the chain takes any id for a model");
    let terms = Registration {
        backend: BackendClass::Cpu,
        slots: WAVE as u32,
        bond: 2_000 * HRT,
        models: models.iter().map(|blob| blob.0.id).collect(),
        ask: HRT / 2,
    };
    let providers: Vec<_> = network.providers.iter().map(|provider| (provider, terms.clone())).collect();
    market::register_providers(&client, &providers).await;

    for wave in cases.chunks(WAVE) {
        let orders: Vec<_> = wave.iter().map(|case| Order { model: case.model.0.id, input: case.input, replicas: 2, price: HRT }).collect();
        let submitted = market::submit_jobs(&client, &customer, &orders).await.expect("jobs can be submitted");
        for (case, submitted) in wave.iter().zip(&submitted) {
            let job = market::wait_terminal(&client, submitted, JOB_DEADLINE).await;
            // A blob that one provider cannot get another may have: there the chain first looks for replacements, and finds none.
            assert!(matches!(job.state, JobState::Cancelled(CancelReason::Declined(_))), "{}: {job:?}", case.what);
            for member in &job.members {
                let Some(MemberOutcome::Declined(reason)) = member.outcome else { panic!("{}: {job:?}", case.what) };
                assert!(
                    case.reasons.contains(&reason),
                    "{}: declined for {reason:?}, and one of {:?} was expected",
                    case.what,
                    case.reasons
                );
            }
            assert_eq!(job.refunded, submitted.escrow, "{}: refunded in full", case.what);
        }
    }

    bad_extrinsics_are_refused(&client, models[0].0, &poor).await;
    let good = cases.iter().find(|case| case.reasons == [InputUnavailable]).expect("a good model waits for a missing input");
    a_stranger_cannot_report(&client, good.model.0, &customer, &poor).await;
    bad_uploads_are_refused(&client).await;
    malformed_parameters_are_refused(&client).await;

    let mut state = Snapshot::finalised(&client).await.expect("the state can be read");
    state.assert_try_state();
    market::assert_idle(&client).await;
    network.assert_healthy();
    let still_works = market::upload(&client, b"the node still takes blobs").await;
    still_works.expect("after all that the node works");
}

/// A blob in order of its id, so that lists of models can be made unique.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct ModelBlob(BlobRef);

impl PartialOrd for ModelBlob {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ModelBlob {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.id.cmp(&other.0.id)
    }
}

/// A job that no provider can do, and why.
struct BadJob {
    what: &'static str,
    model: ModelBlob,
    input: BlobRef,
    reasons: Vec<DeclineReason>,
}

/// Every kind of bad model with a plausible input, and every kind of bad input with a good model.
async fn bad_jobs(client: &Client, magika: &Model) -> Vec<BadJob> {
    let good_model = binaries::read(&magika.onnx());
    let good_input = binaries::read(&magika.cases()[1].input);
    let small_input = tensors::write(&[("x", Tensor::f32(&[1, 4], &[1.0, 2.0, 3.0, 4.0]))]);
    let models: Vec<(&str, Vec<u8>, Vec<DeclineReason>)> = vec![
        ("a model that is not ONNX", b"#!/bin/sh\necho this is no model\n".repeat(100), vec![ModelInvalid]),
        ("a truncated model", good_model[..good_model.len() / 2].to_vec(), vec![ModelInvalid]),
        ("an unsupported operator", unary("HearthTestsMadeThisUp"), vec![UnsupportedOperator]),
        ("a graph that feeds itself", cycle(), vec![ModelInvalid]),
        ("a constant that claims more than it holds", claiming_constant(), vec![ModelInvalid, LimitExceeded]),
        ("a tensor of 4 TiB on the way", huge_expansion(), vec![LimitExceeded, ModelInvalid, UnsupportedOperator]),
        ("an input that claims 4 TiB", huge_input(), vec![LimitExceeded, InputInvalid, ModelInvalid]),
    ];
    let shape = |tensor: Tensor| tensors::write(&[("bytes", tensor)]);
    let inputs: Vec<(&str, Vec<u8>)> = vec![
        ("a wrong name", tensors::write(&[("octets", Tensor::zeros("I32", 4, &[1, 2048]))])),
        ("a wrong shape", shape(Tensor::zeros("I32", 4, &[1, 100]))),
        ("a wrong rank", shape(Tensor::zeros("I32", 4, &[2048]))),
        ("a wrong dtype", shape(Tensor::zeros("F32", 4, &[1, 2048]))),
        ("an input too many", tensors::write(&[("bytes", Tensor::zeros("I32", 4, &[1, 2048])), ("more", Tensor::zeros("I32", 4, &[1]))])),
        ("an input that is no safetensors", b"not a safetensors file at all".to_vec()),
        ("a truncated input", good_input[..good_input.len() - 1].to_vec()),
    ];

    let mut cases = Vec::new();
    let small = market::upload(client, &small_input).await.expect("an input can be uploaded");
    for (what, bytes, reasons) in models {
        let model = ModelBlob(market::upload(client, &bytes).await.expect("any bytes can be uploaded"));
        cases.push(BadJob { what, model, input: small, reasons });
    }
    let good = ModelBlob(market::upload(client, &good_model).await.expect("the model can be uploaded"));
    for (what, bytes) in inputs {
        let input = market::upload(client, &bytes).await.expect("any bytes can be uploaded");
        cases.push(BadJob { what, model: good, input, reasons: vec![InputInvalid] });
    }
    let missing = BlobRef::of(b"an input that nobody has uploaded");
    cases.push(BadJob { what: "an input that nobody has", model: good, input: missing, reasons: vec![InputUnavailable] });
    let missing = ModelBlob(BlobRef::of(b"a model that nobody has uploaded"));
    cases.push(BadJob { what: "a model that nobody has", model: missing, input: small, reasons: vec![ModelUnavailable] });
    cases
}

fn unary(operator: &str) -> Vec<u8> {
    Graph::default().input("x", &[1, 4]).node(operator, &["x"], &["y"]).output("y", &[1, 4]).file()
}

fn cycle() -> Vec<u8> {
    let graph = Graph::default().input("x", &[1, 4]).node("Add", &["x", "b"], &["a"]).node("Relu", &["a"], &["b"]);
    graph.output("b", &[1, 4]).file()
}

fn claiming_constant() -> Vec<u8> {
    let graph = Graph::default().input("x", &[1, 4]).floats("w", &[1 << 20, 1 << 20], &[1.0; 4]);
    graph.node("Add", &["x", "w"], &["y"]).output("y", &[1 << 20, 1 << 20]).file()
}

fn huge_expansion() -> Vec<u8> {
    let graph = Graph::default().input("x", &[1, 4]).integers("shape", &[1 << 18, 1 << 20, 4]);
    graph.node("Expand", &["x", "shape"], &["y"]).output("y", &[1 << 18, 1 << 20, 4]).file()
}

fn huge_input() -> Vec<u8> {
    let shape = [1 << 20, 1 << 20];
    Graph::default().input("x", &shape).node("Relu", &["x"], &["y"]).output("y", &shape).file()
}

/// A customer who cannot pay, and jobs for nothing.
async fn bad_extrinsics_are_refused(client: &Client, model: BlobRef, poor: &Keypair) {
    let input = BlobRef::of(b"input");
    for (call, name) in [
        (market::submit_job(model.id, input, 2, 1_000 * HRT), "CannotPay"),
        (market::submit_job(H256::repeat_byte(9), input, 2, HRT / 10), "UnknownModel"),
        (market::submit_job(model.id, input, 0, HRT / 10), "BadReplicas"),
        (market::submit_job(model.id, BlobRef { len: u64::MAX, ..input }, 2, HRT / 10), "InputTooLong"),
        (market::submit_job(model.id, input, 2, 0), "PriceTooLow"),
    ] {
        let error = client.submit(poor, call).await.expect_err(name).to_string();
        assert!(error.contains(name), "{name} was expected: {error}");
    }
    let jobs: Vec<u64> = client.market("jobs_of", account(poor)).await.expect("the jobs can be read");
    assert_eq!(jobs, [0; 0]);
}

/// A key that nobody registered reports for a job that others compute: the line is refused, and the job goes on as if nothing had come.
async fn a_stranger_cannot_report(client: &Client, model: BlobRef, customer: &Keypair, stranger: &Keypair) {
    let order = Order { model: model.id, input: BlobRef::of(b"another input that nobody has"), replicas: 2, price: HRT };
    let submitted = market::submit_jobs(client, customer, &[order]).await.expect("a job can be submitted")[0];
    market::wait_job(client, submitted.id, "is drawn", JOB_DEADLINE, |job| job.state != JobState::Submitted).await;
    let line = Report::Commit { job: submitted.id, tier: 0, commitment: H256::repeat_byte(1) };
    let reports = vec![line].try_into().expect("one line is not too many");
    let call = RuntimeCall::JobMarket(pallet_job_market::Call::report { reports });
    let block = client.submit(stranger, call).await.expect("a report is taken, and its lines are judged");
    let mut state = Snapshot::at(client, block).await.expect("the state can be read");
    let refused = state.run(|| {
        System::read_events_no_consensus().find_map(|record| match record.event {
            RuntimeEvent::JobMarket(pallet_job_market::Event::ReportRefused { job, operator, reason }) => Some((job, operator, reason)),
            _ => None,
        })
    });
    let (job, operator, reason) = refused.expect("the refusal is an event");
    assert_eq!((job, operator), (submitted.id, account(stranger)));
    assert!(matches!(reason, Refusal::NotMember | Refusal::NotComputing), "{reason:?}");
    let job = market::wait_terminal(client, &submitted, JOB_DEADLINE).await;
    assert_eq!(job.state, JobState::Cancelled(CancelReason::Declined(InputUnavailable)));
    assert!(job.members.iter().all(|member| member.operator != account(stranger)));
}

/// Uploads that lie, run over, or come in pieces too long: each has its code.
async fn bad_uploads_are_refused(client: &Client) {
    let start = async |blob: BlobRef| -> Value {
        client.request("blob_upload_start", rpc_params![blob.id, blob.len]).await.expect("an upload begins")
    };
    let data = |bytes: &[u8]| json!(format!("0x{}", hex::encode(bytes)));
    let refused = async |method: &str, parameters: &[Value], code: i32| {
        let (given, message) = client.refusal(method, parameters).await;
        assert_eq!(given, code, "{method}: {message}");
    };

    // Bytes that do not hash to the id.
    let (promised, lie) = (BlobRef::of(b"what was promised"), b"what came instead");
    let token = start(promised).await;
    let next: u64 = client.request("blob_upload_chunk", rpc_params![&token, 0, data(lie)]).await.expect("the length is right so far");
    assert_eq!(next, promised.len);
    refused("blob_upload_finish", &[token], 9006).await;
    let stat: Value = client.request("blob_stat", rpc_params![promised.id]).await.expect("a question is no error");
    assert_eq!(stat, Value::Null, "what did not verify is not stored");

    // A chunk that is too long, one at the wrong offset, one past the end; no such upload; a blob longer than any store.
    let long = vec![7; MAX_CHUNK_LEN as usize + 1];
    let token = start(BlobRef::of(&long)).await;
    refused("blob_upload_chunk", &[token.clone(), json!(0), data(&long)], 9003).await;
    refused("blob_upload_chunk", &[token.clone(), json!(5), data(b"x")], 9005).await;
    refused("blob_upload_finish", std::slice::from_ref(&token), 9005).await;
    let next: u64 = client.request("blob_upload_chunk", rpc_params![&token, 0, data(&long[1..])]).await.expect("a full chunk is right");
    assert_eq!(next, u64::from(MAX_CHUNK_LEN));
    refused("blob_upload_chunk", &[token, json!(next), data(b"two")], 9006).await;
    refused("blob_upload_chunk", &[json!("no such token"), json!(0), data(b"x")], 9004).await;
    refused("blob_upload_start", &[json!(H256::zero()), json!(u64::MAX)], 9003).await;
    refused("blob_read", &[json!(H256::zero()), json!(0), json!(1)], 9001).await;
    refused("blob_read", &[json!(H256::zero()), json!(0), json!(MAX_CHUNK_LEN + 1)], 9003).await;
}

/// Parameters of wrong types and counts: each is an error of JSON-RPC, and the connection lives on.
async fn malformed_parameters_are_refused(client: &Client) {
    let bad: Vec<(&str, Vec<Value>)> = vec![
        ("blob_upload_start", vec![]),
        ("blob_upload_start", vec![json!("0x12"), json!(5)]),
        ("blob_upload_start", vec![json!("not hex"), json!(5)]),
        ("blob_upload_start", vec![json!(H256::zero()), json!(-1)]),
        ("blob_upload_chunk", vec![json!(17), json!("x"), json!([])]),
        ("blob_upload_chunk", vec![json!("token"), json!(0), json!("0xzz")]),
        ("blob_upload_chunk", vec![json!("token"), json!(0), json!("no prefix")]),
        ("blob_upload_finish", vec![json!({"token": 1})]),
        ("blob_stat", vec![json!(null)]),
        ("blob_read", vec![json!(H256::zero()), json!("a"), json!(1)]),
        ("blob_read", vec![json!(H256::zero()), json!(0), json!(u64::MAX)]),
        ("state_call", vec![json!("InferenceMarketApi_job"), json!("0x01")]),
        ("state_call", vec![json!("InferenceMarketApi_duties"), json!("0x")]),
        ("author_submitExtrinsic", vec![json!("0x00112233")]),
    ];
    for (method, parameters) in bad {
        let (_, message) = client.refusal(method, &parameters).await;
        assert!(!message.is_empty(), "{method}({parameters:?}) is refused with words");
    }
    client.best_number().await.expect("the node answers after malformed requests");
}
