//! Time and money.

use crate::{Balance, BlockNumber};

/// Milliseconds in a slot. Changing it on a live chain stops block production: it is right from genesis.
pub const SLOT_MILLIS: u64 = 3_000;

/// Slots in an epoch of BABE, which is also a session, on a public chain: ten minutes.
pub const EPOCH_SLOTS: u64 = 200;

/// Sessions in an era on a public chain: six hours.
pub const SESSIONS_PER_ERA: u32 = 36;

/// Eras from unbonding to free money, for validators and nominators: 14 days on a public chain.
pub const BONDING_ERAS: u32 = 56;

/// Eras between a validator's offence and its slash, in which governance can cancel it: 7 days on a public chain.
pub const SLASH_DEFERRAL_ERAS: u32 = 28;

/// Eras whose rewards can be claimed: 21 days on a public chain.
pub const CLAIM_ERAS: u32 = 84;

/// Blocks in a minute.
pub const MINUTES: BlockNumber = 60_000 / (SLOT_MILLIS as BlockNumber);

/// Blocks in an hour.
pub const HOURS: BlockNumber = 60 * MINUTES;

/// Blocks in a day.
pub const DAYS: BlockNumber = 24 * HOURS;

/// One HRT in the smallest unit.
pub const HRT: Balance = 1_000_000_000_000;

/// A thousandth of an HRT.
pub const MILLI_HRT: Balance = HRT / 1_000;

/// A millionth of an HRT.
pub const MICRO_HRT: Balance = MILLI_HRT / 1_000;

/// The least that an account may hold.
pub const EXISTENTIAL_DEPOSIT: Balance = MILLI_HRT;

/// All that exists at genesis, in every preset.
pub const GENESIS_ISSUANCE: Balance = 1_000_000_000 * HRT;

/// What `items` items of `bytes` bytes in all cost as a deposit, for storage that stays until its owner removes it.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
    items as Balance * 100 * MILLI_HRT + bytes as Balance * MILLI_HRT
}
