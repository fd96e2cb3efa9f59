//! The market inside this runtime: its money, its prices, and the runtime API.

use super::*;
use crate::{configs::money::TreasuryAccount, constants::HRT, Authorship, Balances, ProviderRegistry, RewardEmission};
use frame_support::traits::fungible::Balanced;
use hearth_primitives::{
    api::runtime_decl_for_inference_market_api::InferenceMarketApi,
    blob::BlobRef,
    digest::Tolerance,
    market::JobState,
    provider::BackendClass,
    reason::{Reason, Why},
    reward::FeeSink,
};
use sp_runtime::DispatchError;

#[test]
fn job_fees_are_burned_and_shared() {
    in_first_block("local", || {
        let author = Authorship::author().expect("the block has an author");
        let fee = Balances::withdraw(
            &genesis_presets::account("Two"),
            100 * HRT,
            frame_support::traits::tokens::Precision::Exact,
            frame_support::traits::tokens::Preservation::Preserve,
            frame_support::traits::tokens::Fortitude::Polite,
        )
        .unwrap();
        let before = (Balances::total_issuance(), Balances::free_balance(TreasuryAccount::get()), Balances::free_balance(&author));
        RewardEmission::take(fee, &[]);
        assert_eq!(before.0 - Balances::total_issuance(), 50 * HRT);
        assert_eq!(Balances::free_balance(TreasuryAccount::get()) - before.1, 30 * HRT);
        assert_eq!(Balances::free_balance(&author) - before.2, 20 * HRT);
    });
}

/// The registration of a provider whose operator is Bob's.
pub(super) fn register_with(consent: Option<Signature>) -> ProviderRegistryCall {
    let operator = genesis_presets::account("Bob//operator");
    ProviderRegistryCall::register { operator, consent, backend: BackendClass::Cpu, slots: 2, bond: 10_000 * HRT }
}

/// What Bob's operator signs when it consents to `owner`.
pub(super) fn consent(owner: &str) -> Signature {
    let pair = sr25519::Pair::from_string("//Bob//operator", None).unwrap();
    pair.sign(&ProviderRegistry::consent_message(&genesis_presets::account(owner))).into()
}

#[test]
fn an_operator_is_bound_by_its_own_signature_alone() {
    in_first_block("local", || {
        let no_consent = DispatchError::from(pallet_provider_registry::Error::<Runtime>::NoConsent);
        for stolen in [None, Some(consent("Bob"))] {
            assert_eq!(apply("Eve", register_with(stolen)).unwrap(), Err(no_consent));
        }
        apply("Bob", register_with(Some(consent("Bob")))).unwrap().unwrap();
    });
}

/// Alice registers a model, Bob's provider offers it, and Eve submits a job of two replicas at 1 HRT. Returns model and input.
pub(super) fn submit_a_job() -> (BlobRef, BlobRef) {
    let blob = BlobRef { id: hearth_primitives::H256::repeat_byte(1), len: 3 << 20 };
    let register = JobMarketCall::register_model {
        name: b"magika".to_vec().try_into().unwrap(),
        blob,
        max_input_len: 1 << 20,
        max_output_len: 1 << 20,
        max_exec: 100,
        tolerance: Tolerance::default(),
        output_scale: 1 << 16,
    };
    apply("Alice", register).unwrap().unwrap();
    apply("Bob", register_with(Some(consent("Bob")))).unwrap().unwrap();
    apply("Bob", ProviderRegistryCall::offer { model: blob.id, ask: HRT }).unwrap().unwrap();
    let input = BlobRef { id: hearth_primitives::H256::repeat_byte(2), len: 100 };
    apply("Eve", JobMarketCall::submit_job { model: blob.id, input, replicas: 2, price: HRT, audit: None }).unwrap().unwrap();
    (blob, input)
}

#[test]
fn a_model_an_offer_and_a_job_are_seen_through_the_api() {
    in_first_block("local", || {
        let operator = genesis_presets::account("Bob//operator");
        let (blob, input) = submit_a_job();

        let model = Runtime::model(blob.id).expect("it exists");
        assert_eq!((model.offers, model.active_jobs), (1, 1));
        // And the one of the capability challenges.
        assert_eq!(Runtime::models().len(), 2);
        assert!(Runtime::models().contains(&model));
        let provider = Runtime::provider_of(operator.clone()).expect("the operator's provider");
        assert_eq!(Runtime::provider(provider).expect("it exists").operator, operator);
        assert_eq!(Runtime::providers().len(), 1);
        assert_eq!(Runtime::jobs_of(genesis_presets::account("Eve")), [0]);
        let job = Runtime::job(0).expect("it exists");
        assert_eq!(job.state, JobState::Submitted);
        let (held, fee) = Runtime::quote(2, HRT);
        assert_eq!(job.held, held);
        // With what pays for audits: four prices, one time in twenty.
        assert_eq!(held, 2 * HRT + fee + HRT / 5);
        let why = Runtime::why(0, genesis_presets::account("Eve"));
        assert_eq!(why, [Why { tier: None, reason: Reason::Escrow, amount: held }]);
        assert_eq!(Runtime::why(0, genesis_presets::account("Bob")), []);
        assert_eq!(fee, HRT / 10);
        assert_eq!(Runtime::duties(operator), []);
        assert_eq!(Runtime::blobs_referenced(vec![blob.id, input.id, Default::default()]), [true, true, false]);
    });
}
