//! A voter's whole way, by the command line alone, on one development node: from a proposal to the number in force, and everything back.

use hearth_tests::{
    command::hearth,
    network::{account, keypair, Network},
    wait::wait_until,
};
use serde_json::Value;
use std::time::Duration;

/// For a command that waits for blocks.
const SLOW: Duration = Duration::from_secs(240);

/// For a referendum on this chain, whose days of governance have six blocks, and for the providers' window.
const DECISION: Duration = Duration::from_secs(600);

/// The fee of jobs, of 10^9, before and after.
const FEES: [&str; 2] = ["50000000", "60000000"];

#[tokio::test(flavor = "multi_thread")]
async fn a_voter_proposes_votes_and_gets_everything_back() {
    let mut network = Network::builder().validators(1).start().await;
    network.client().await;
    let url = network.validators[0].url();
    let ask = async |arguments: &[&str]| hearth(&[&["--url", &url, "--json", "gov"], arguments].concat(), SLOW).await;
    let sign = async |seed: &str, arguments: &[&str]| ask(&[&["--suri", seed], arguments].concat()).await;
    let until = async |what: &str, arguments: &[&str], done: &dyn Fn(&Value) -> bool| {
        wait_until(what, DECISION, async || {
            let answer = ask(arguments).await.json();
            if done(&answer) {
                Ok(answer)
            } else {
                Err(answer.to_string())
            }
        })
        .await
    };
    let [alice, charlie] = ["//Alice", "//Charlie"].map(|seed| account(&keypair(seed)).to_string());

    // What there is.
    assert_eq!(ask(&["tracks"]).await.json().as_array().map(Vec::len), Some(8));
    let fee = |params: &Value| params["parameters"][0]["value"]["number"].as_str().map(str::to_string);
    let params = ask(&["params", "market.fee-rate"]).await.json();
    assert_eq!(fee(&params).as_deref(), Some(FEES[0]), "{params}");
    assert_eq!(ask(&["slashes"]).await.json(), Value::Array(Vec::new()));

    // What cannot be is said before anything is signed.
    sign("//Alice", &["propose", "parameter", "market.fee-rate", "26%"]).await.assert_refused(1, &["20%", "propose bound"]);
    sign("//Alice", &["propose", "parameter", "market.fees", "6%"]).await.assert_refused(1, &["gov params"]);
    sign("//Hearth//nobody", &["propose", "parameter", "market.fee-rate", "6%"]).await.assert_refused(1, &["HRT"]);
    sign("//Alice", &["vote", "0", "aye", "1"]).await.assert_refused(1, &["gov status"]);

    // A proposal, a delegate, and a holder who overrules it.
    let proposed = sign("//Alice", &["propose", "parameter", "market.fee-rate", "6%"]).await.json();
    assert_eq!((proposed["referendum"].as_u64(), proposed["track"].as_str()), (Some(0), Some("market_params")), "{proposed}");
    sign("//Bob", &["delegate", "market_params", &alice, "90000000", "--conviction", "1"]).await.json();
    let vote = sign("//Alice", &["vote", "0", "aye", "90000000", "--conviction", "2"]).await.json();
    assert_eq!(vote["votes"]["hrt"].as_str(), Some("180000000"), "{vote}");
    let overrides = sign("//Bob", &["vote", "0", "nay", "1000", "--conviction", "0"]).await.json();
    assert_eq!(overrides["overrides"].as_str(), Some(alice.as_str()), "{overrides}");
    let status = ask(&["status", "0"]).await.json();
    assert_eq!(status["passes"].as_bool(), Some(false), "two holders are too few so early: {status}");
    assert!(status["proposal"].as_str().is_some_and(|text| text.contains("market.fee-rate to 6%")), "{status}");
    for seed in ["//Charlie", "//Dave", "//Eve"] {
        sign(seed, &["vote", "0", "aye", "90000000"]).await.json();
    }

    // It is approved; a provider objects and thinks better of it; the number is in force.
    until("the referendum is approved", &["status", "0"], &|status| !status["stage"]["approved"].is_null()).await;
    let waiting = |params: &Value| params["changes"].as_array().is_some_and(|changes| !changes.is_empty());
    until("the change waits for providers", &["params"], &waiting).await;
    sign("//Alice", &["object", "0"]).await.json();
    sign("//Alice", &["object", "0", "--withdraw"]).await.json();
    until("the fee has changed", &["params", "market.fee-rate"], &|params| fee(params).as_deref() == Some(FEES[1])).await;

    // Everything comes back.
    let refund = sign("//Alice", &["refund", "0"]).await.json();
    assert_eq!((refund["submission"]["hrt"].as_str(), refund["decision"]["hrt"].as_str()), (Some("10"), Some("5000")), "{refund}");
    let free = |status: &Value| status["account"]["staying"]["planck"].as_str() == Some("0");
    let status = until("Charlie's vote locks nothing more", &["status", "--account", &charlie], &free).await;
    assert_eq!(status["account"]["locked"]["hrt"].as_str(), Some("90000000"), "{status}");
    let unlocked = sign("//Charlie", &["unlock"]).await.json();
    assert_eq!((unlocked["before"]["hrt"].as_str(), unlocked["locked"]["planck"].as_str()), (Some("90000000"), Some("0")), "{unlocked}");
    sign("//Charlie", &["unlock"]).await.assert_refused(1, &["freed"]);
    network.assert_healthy();
}
