//! The program as it is run: exit codes, and what goes to stdout and to stderr. No node is needed.

use std::process::{Command, Output};

const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

fn hearth(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hearth"));
    command.env_remove("HEARTH_SURI").env_remove("HEARTH_URL").args(args);
    command.output().expect("the program starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("results are UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("messages are UTF-8")
}

/// An address at which nobody listens.
fn nowhere() -> String {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port is free").port();
    format!("ws://127.0.0.1:{port}")
}

#[test]
fn results_are_one_json_value_on_stdout() {
    let output = hearth(&["key", "inspect", "--suri", "//Alice", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("stdout is JSON");
    assert_eq!(json["account"], ALICE);
    assert_eq!(stderr(&output), "");
}

#[test]
fn the_secret_comes_from_the_environment_too() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hearth"));
    let output = command.env("HEARTH_SURI", "//Bob").args(["key", "inspect"]).output().expect("the program starts");
    assert!(stdout(&output).contains(BOB));
}

#[test]
fn a_generated_key_can_be_inspected() {
    let made: serde_json::Value = serde_json::from_str(&stdout(&hearth(&["key", "generate", "--json"]))).expect("stdout is JSON");
    let dir = tempfile::tempdir().expect("a directory can be made");
    let file = dir.path().join("secret");
    std::fs::write(&file, made["mnemonic"].as_str().expect("a fresh key has a mnemonic")).expect("the file can be written");
    let seen = hearth(&["key", "inspect", "--json", "--suri-file", file.to_str().expect("the path is UTF-8")]);
    let seen: serde_json::Value = serde_json::from_str(&stdout(&seen)).expect("stdout is JSON");
    assert_eq!(seen["account"], made["account"]);
}

#[test]
fn without_a_node_it_fails_and_says_what_to_do() {
    let url = nowhere();
    let output = hearth(&["model", "list", "--json", "--url", &url]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "");
    let said = stderr(&output);
    assert!(said.starts_with("error: no node answers") && said.contains(&url) && said.contains("hearth-node --dev"), "{said}");
}

#[test]
fn wrong_use_exits_with_2() {
    let url = nowhere();
    let cases: [&[&str]; 9] = [
        &["model"],
        &["job", "submit", "--model", "m", "--input", "i", "--price", "one"],
        &["provider", "leave", "--url", &url],
        &["validator", "start", "--bond", "100", "--commission", "5", "--suri", "//Alice", "--url", &url],
        &["validator", "status", "--url", &url],
        &["nominate", "change", "--validator", ALICE, "--validator", ALICE, "--suri", "//Bob", "--url", &url],
        &["key", "inspect", "--suri", "no such words at all"],
        &["key", "consent", "--owner", ALICE, "--suri", "//Alice", "--url", &url],
        &["model", "list", "--url", "127.0.0.1:9944"],
    ];
    for args in cases {
        let output = hearth(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
        assert_eq!(stdout(&output), "", "{args:?}");
        assert!(!stderr(&output).is_empty(), "{args:?}");
    }
}

#[test]
fn a_missing_consent_is_said_before_any_node_is_asked() {
    let url = nowhere();
    let register: &[&str] = &["provider", "register", "--backend", "cpu", "--operator", BOB];
    for verb in [register, &["provider", "set-operator", "--operator", BOB]] {
        let output = hearth(&[verb, &["--suri", "//Alice", "--url", url.as_str()]].concat());
        assert_eq!(output.status.code(), Some(2));
        let said = stderr(&output);
        assert!(said.contains(&format!("hearth key consent --owner {ALICE}")) && said.contains("--operator-consent"), "{said}");
    }
}

#[test]
fn a_missing_file_is_named_before_any_node_is_asked() {
    let output = hearth(&["model", "add", "no/such.onnx", "--name", "m", "--suri", "//Alice", "--url", &nowhere()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("no/such.onnx"));
}
