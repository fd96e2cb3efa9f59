//! The command line's manners: errors end with exit code 1 and a sentence that says what to do next; `--json` prints one JSON value.

use hearth_tests::{
    command::hearth,
    network::{account, keypair, Network},
    node::free_ports,
    onnx::Graph,
};
use std::time::Duration;

/// For a command that needs no block.
const QUICK: Duration = Duration::from_secs(60);

/// For a command that waits for blocks.
const SLOW: Duration = Duration::from_secs(240);

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_sentences_and_answers_are_json() {
    let mut network = Network::builder().validators(1).start().await;
    network.client().await;
    let url = network.validators[0].url();
    let ask = async |arguments: &[&str]| hearth(&[&["--url", &url, "--json"], arguments].concat(), SLOW).await;
    let as_eve = async |arguments: &[&str]| ask(&[&["--suri", "//Eve"], arguments].concat()).await;
    let as_nobody = async |arguments: &[&str]| ask(&[&["--suri", "//Hearth//nobody"], arguments].concat()).await;
    let input = network.dir().join("input.safetensors");
    std::fs::write(&input, b"some bytes").expect("a file can be written");
    let input = input.display().to_string();

    // Answers.
    assert!(ask(&["model", "list"]).await.json().is_array(), "a list is a list");
    let stored = ask(&["blob", "put", &input]).await.json();
    assert!(stored["id"].is_string(), "{stored}");
    let id = stored["id"].as_str().unwrap_or_default();
    let copy = network.dir().join("copy").display().to_string();
    ask(&["blob", "get", id, "--output", &copy]).await.json();
    assert_eq!(std::fs::read(&copy).ok().as_deref(), Some(&b"some bytes"[..]));
    let key = hearth(&["--json", "key", "generate"], QUICK).await.json();
    assert!(key.is_object(), "{key}");
    let inspected = hearth(&["--json", "--suri", "//Alice", "key", "inspect"], QUICK).await.json();
    assert!(inspected.to_string().contains("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"), "{inspected}");

    // A model on chain, and the same file a second time, which changes nothing.
    let onnx = network.dir().join("relu.onnx");
    let graph = Graph::default().input("x", &[1, 4]).node("Relu", &["x"], &["y"]).output("y", &[1, 4]);
    std::fs::write(&onnx, graph.file()).expect("a file can be written");
    let onnx = onnx.display().to_string();
    let models = async || ask(&["model", "list"]).await.json().as_array().map_or(0, Vec::len);
    let before = models().await;
    as_eve(&["model", "add", &onnx, "--name", "relu"]).await.json();
    assert_eq!(models().await, before + 1);
    as_eve(&["model", "add", &onnx, "--name", "relu"]).await.json();
    assert_eq!(models().await, before + 1);
    assert!(ask(&["model", "show", "relu"]).await.json().to_string().contains("relu"));

    // A provider whose operator's key is held elsewhere: bound by its holder's consent, to the owner to whom it was given.
    let [operator, ferdie, eve] = ["//Ferdie//operator", "//Ferdie", "//Eve"].map(|seed| account(&keypair(seed)).to_string());
    let as_ferdie = async |arguments: &[&str]| ask(&[&["--suri", "//Ferdie"], arguments].concat()).await;
    let consent_to = async |owner: &str| {
        let made = ask(&["--suri", "//Ferdie//operator", "key", "consent", "--owner", owner]).await.json();
        made["consent"].as_str().map(str::to_string).expect("a consent is text")
    };
    let (right, wrong) = (consent_to(&ferdie).await, consent_to(&eve).await);
    let register = ["provider", "register", "--backend", "cpu", "--operator", operator.as_str()];
    as_ferdie(&register).await.assert_refused(2, &["hearth key consent", &ferdie, "--operator-consent"]);
    as_ferdie(&[&register[..], &["--operator-consent", wrong.as_str()]].concat()).await.assert_refused(1, &["NoConsent"]);
    as_ferdie(&[&register[..], &["--operator-consent", right.as_str()]].concat()).await.json();

    // What is held, of whom and why; and what stake may earn.
    for (address, reason) in [(&eve, "model_deposit"), (&ferdie, "provider_bond")] {
        let status = ask(&["account", "status", address]).await.json();
        let held = status["held"].as_array().cloned().unwrap_or_default();
        assert_eq!(held.iter().map(|held| held["reason"].as_str()).collect::<Vec<_>>(), [Some(reason)], "{status}");
        assert_eq!((status["unbonding"].as_array().map(Vec::len), status["claimable"].as_array().map(Vec::len)), (Some(0), Some(0)));
    }
    assert!(ask(&["network", "yields"]).await.json()["staking"].as_str().is_some_and(|rate| rate.ends_with('%')));
    assert!(ask(&["network", "rewards"]).await.json().is_array());

    // Failures, and wrong uses.
    let dead = format!("ws://127.0.0.1:{}", free_ports(1)[0]);
    hearth(&["--url", &dead, "model", "list"], QUICK).await.assert_refused(1, &[&dead]);
    hearth(&["--url", "no url", "model", "list"], QUICK).await.assert_refused(2, &["ws://"]);
    let job = |model: &'static str, file: &str| ["job", "submit", "--model", model, "--input", file, "--price", "1"].map(str::to_string);
    let (good, unknown, absent) = (job("relu", &input), job("no-such-model", &input), job("relu", "/no/such/file"));
    let [good, unknown, absent] = [&good, &unknown, &absent].map(|arguments| arguments.each_ref().map(String::as_str));
    ask(&[&["--suri", "not a key"], &good[..]].concat()).await.assert_refused(2, &["secret"]);
    ask(&good).await.assert_refused(2, &["--suri"]);
    as_eve(&unknown).await.assert_refused(1, &["no-such-model"]);
    as_eve(&absent).await.assert_refused(1, &["/no/such/file"]);
    as_nobody(&good).await.assert_refused(1, &["HRT"]);
    as_nobody(&["provider", "status"]).await.assert_refused(1, &["provider"]);
    as_eve(&["provider", "leave"]).await.assert_refused(1, &["provider"]);
    ask(&["job", "show", "123456"]).await.assert_refused(1, &["123456"]);
    ask(&["job", "watch", "123456"]).await.assert_refused(1, &["123456"]);
    network.assert_healthy();
}
