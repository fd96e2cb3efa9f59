//! What the next version of the runtime brings: a higher `spec_version` and a migration of many blocks, as an upgrade may have.
//!
//! It is compiled with the feature `next`, for the test in which holders vote it in. No chain runs it.

use crate::{AccountId, Nonce, Runtime};
use frame_support::{
    migrations::{MigrationId, SteppedMigration, SteppedMigrationError},
    weights::WeightMeter,
    Blake2_128Concat,
};

/// Accounts that one step goes through. A block makes one step, so that even a young chain needs several.
pub const ACCOUNTS_PER_STEP: u32 = 4;

/// How many transactions each account had sent when the upgrade came. While a migration goes on nobody sends any.
#[frame_support::storage_alias(verbatim)]
pub type SentBefore = StorageMap<Next, Blake2_128Concat, AccountId, Nonce>;

/// Fills [`SentBefore`].
pub struct CountSent;

impl SteppedMigration for CountSent {
    /// The account that was last.
    type Cursor = AccountId;
    type Identifier = MigrationId<11>;

    fn id() -> Self::Identifier {
        MigrationId { pallet_id: *b"hearth/sent", version_from: 1, version_to: 2 }
    }

    fn step(cursor: Option<AccountId>, meter: &mut WeightMeter) -> Result<Option<AccountId>, SteppedMigrationError> {
        let accounts = u64::from(ACCOUNTS_PER_STEP);
        let required = <Runtime as frame_system::Config>::DbWeight::get().reads_writes(accounts, accounts);
        meter.try_consume(required).map_err(|()| SteppedMigrationError::InsufficientWeight { required })?;
        let rest = match cursor {
            Some(last) => frame_system::Account::<Runtime>::iter_from_key(last),
            None => frame_system::Account::<Runtime>::iter(),
        };
        let mut last = None;
        for (who, info) in rest.take(ACCOUNTS_PER_STEP as usize) {
            SentBefore::insert(&who, info.nonce);
            last = Some(who);
        }
        Ok(last)
    }
}
