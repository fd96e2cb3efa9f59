//! Balances and TransactionPayment, and who gets the fees.
//!
//! Of a transaction's fee 80 % go to the treasury and 20 % to the block's author; a tip goes to the author whole. The treasury is an
//! account that nobody has the key of.

use crate::{
    constants::{EXISTENTIAL_DEPOSIT, MICRO_HRT},
    AccountId, Authorship, Balance, Balances, Runtime, RuntimeEvent, RuntimeFreezeReason, RuntimeHoldReason, System,
};
use frame_support::{
    parameter_types,
    traits::{
        fungible::{Balanced, Credit},
        tokens::imbalance::ResolveTo,
        ConstU128, ConstU32, ConstU8, Imbalance, OnUnbalanced, VariantCountOf,
    },
    weights::{ConstantMultiplier, IdentityFee},
    PalletId,
};
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{
    traits::{AccountIdConversion, Bounded, One},
    FixedPointNumber, Perquintill,
};

/// The treasury's id; its account has no key.
pub const TREASURY: PalletId = PalletId(*b"py/trsry");

/// The fee of a byte: 1 HRT buys a megabyte.
const BYTE_FEE: Balance = MICRO_HRT;

/// The treasury's part of a transaction's fee, in percent; the rest is the author's.
const TREASURY_PERCENT: u32 = 80;

parameter_types! {
    pub TreasuryAccount: AccountId = TREASURY.into_account_truncating();
    /// Blocks emptier than this make transactions cheaper, fuller ones dearer.
    pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(25);
    /// How fast: with every block full, fees double in about four hours.
    pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(75, 1_000_000);
    /// Fees never fall below those of an idle chain.
    pub MinimumMultiplier: Multiplier = Multiplier::one();
    pub MaximumMultiplier: Multiplier = Bounded::max_value();
}

impl pallet_balances::Config for Runtime {
    type AccountStore = System;
    type Balance = Balance;
    type DoneSlashHandler = ();
    type DustRemoval = ResolveTo<TreasuryAccount, Balances>;
    type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
    type FreezeIdentifier = RuntimeFreezeReason;
    type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
    type MaxLocks = ConstU32<50>;
    type MaxReserves = ConstU32<50>;
    type ReserveIdentifier = [u8; 8];
    type RuntimeEvent = RuntimeEvent;
    type RuntimeFreezeReason = RuntimeFreezeReason;
    type RuntimeHoldReason = RuntimeHoldReason;
    type WeightInfo = pallet_balances::weights::SubstrateWeight<Runtime>;
}

impl pallet_transaction_payment::Config for Runtime {
    type FeeMultiplierUpdate = TargetedFeeAdjustment<Self, TargetBlockFullness, AdjustmentVariable, MinimumMultiplier, MaximumMultiplier>;
    type LengthToFee = ConstantMultiplier<Balance, ConstU128<BYTE_FEE>>;
    type OnChargeTransaction = FungibleAdapter<Balances, SplitFees>;
    type OperationalFeeMultiplier = ConstU8<5>;
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
    /// A second of the reference machine costs 1 HRT: its picoseconds are the token's smallest units.
    type WeightToFee = IdentityFee<Balance>;
}

/// Splits transactions' fees between treasury and author.
pub struct SplitFees;

impl OnUnbalanced<Credit<AccountId, Balances>> for SplitFees {
    /// The first of `credits` is the fee, the second the tip.
    fn on_unbalanceds(mut credits: impl Iterator<Item = Credit<AccountId, Balances>>) {
        if let Some(fee) = credits.next() {
            let (treasury, mut author) = fee.ration(TREASURY_PERCENT, 100 - TREASURY_PERCENT);
            if let Some(tip) = credits.next() {
                author.subsume(tip);
            }
            ToTreasury::on_unbalanced(treasury);
            ToAuthor::on_unbalanced(author);
        }
    }
}

/// Gives to the treasury.
pub type ToTreasury = ResolveTo<TreasuryAccount, Balances>;

/// Gives to the block's author; to the treasury where the author's account could not hold it.
pub struct ToAuthor;

impl OnUnbalanced<Credit<AccountId, Balances>> for ToAuthor {
    fn on_nonzero_unbalanced(credit: Credit<AccountId, Balances>) {
        let left = match Authorship::author() {
            Some(author) => Balances::resolve(&author, credit).err(),
            None => Some(credit),
        };
        if let Some(credit) = left {
            ToTreasury::on_unbalanced(credit);
        }
    }
}
