//! How offchain workers make extrinsics: the market's reports and pokes, signed by operators, and reports of equivocations, unsigned.

use crate::{
    configs::system::BlockHashCount, AccountId, Nonce, Runtime, RuntimeCall, Signature, SignedPayload, System, TxExtension,
    UncheckedExtrinsic,
};
use codec::Encode;
use frame_system::offchain::{AppCrypto, CreateBare, CreateSignedTransaction, CreateTransaction, CreateTransactionBase, SigningTypes};
use pallet_job_market::Call as JobMarketCall;
use sp_runtime::{
    generic::Era,
    traits::{StaticLookup, Verify},
    SaturatedConversion,
};

/// Blocks for which a report is valid. Short, so that a report which never got in soon frees its nonce.
pub const REPORT_LIFETIME: u64 = 32;

/// Blocks for which a poke is valid. Its nonce is wanted for the operator's next report, so it is gone before that may be sent.
pub const POKE_LIFETIME: u64 = 4;

impl SigningTypes for Runtime {
    type Public = <Signature as Verify>::Signer;
    type Signature = Signature;
}

impl<LocalCall> CreateTransactionBase<LocalCall> for Runtime
where
    RuntimeCall: From<LocalCall>,
{
    type Extrinsic = UncheckedExtrinsic;
    type RuntimeCall = RuntimeCall;
}

impl<LocalCall> CreateTransaction<LocalCall> for Runtime
where
    RuntimeCall: From<LocalCall>,
{
    type Extension = TxExtension;

    fn create_transaction(call: RuntimeCall, extension: TxExtension) -> UncheckedExtrinsic {
        UncheckedExtrinsic::new_transaction(call, extension)
    }
}

impl<LocalCall> CreateBare<LocalCall> for Runtime
where
    RuntimeCall: From<LocalCall>,
{
    fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
        UncheckedExtrinsic::new_bare(call)
    }
}

impl<LocalCall> CreateSignedTransaction<LocalCall> for Runtime
where
    RuntimeCall: From<LocalCall>,
{
    fn create_signed_transaction<C: AppCrypto<Self::Public, Self::Signature>>(
        call: RuntimeCall,
        public: Self::Public,
        account: AccountId,
        nonce: Nonce,
    ) -> Option<UncheckedExtrinsic> {
        // An era starts at a block whose hash is known: the parent of the one whose state this is.
        let parent = u64::from(System::block_number()).saturating_sub(1);
        let lifetime = if matches!(call, RuntimeCall::JobMarket(JobMarketCall::poke { .. })) { POKE_LIFETIME } else { REPORT_LIFETIME };
        let lifetime = lifetime.min(BlockHashCount::get().saturated_into());
        let extension = extension(nonce, Era::mortal(lifetime, parent));
        let payload = SignedPayload::new(call, extension)
            .inspect_err(|error| log::warn!(target: "runtime::offchain", "a report cannot be signed: {error:?}"))
            .ok()?;
        let signature = payload.using_encoded(|bytes| C::sign(bytes, public))?;
        let (call, extension, _) = payload.deconstruct();
        Some(UncheckedExtrinsic::new_signed(call, <Runtime as frame_system::Config>::Lookup::unlookup(account), signature, extension))
    }
}

/// The extensions of a transaction without a tip.
pub fn extension(nonce: Nonce, era: Era) -> TxExtension {
    (
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(era),
        frame_system::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(0),
        frame_metadata_hash_extension::CheckMetadataHash::new(false),
        frame_system::WeightReclaim::new(),
    )
}
