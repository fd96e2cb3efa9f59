//! The migration that the next version brings.

use super::*;
use crate::next::{CountSent, SentBefore, ACCOUNTS_PER_STEP};
use frame_support::{
    migrations::{SteppedMigration, SteppedMigrationError},
    weights::{Weight, WeightMeter},
};

#[test]
fn migration_counts_what_every_account_has_sent_in_several_steps() {
    genesis("local").execute_with(|| {
        System::inc_account_nonce(genesis_presets::account("Bob"));
        let (mut cursor, mut steps) = (None, 0);
        loop {
            cursor = CountSent::step(cursor, &mut WeightMeter::new()).unwrap();
            steps += 1;
            if cursor.is_none() {
                break;
            }
        }
        let accounts = frame_system::Account::<Runtime>::iter().count();
        // The last step finds nothing.
        assert_eq!((steps, SentBefore::iter().count()), (accounts.div_ceil(ACCOUNTS_PER_STEP as usize) + 1, accounts));
        assert!(steps > 3);
        for (who, info) in frame_system::Account::<Runtime>::iter() {
            assert_eq!(SentBefore::get(&who), Some(info.nonce));
        }
        assert_eq!(SentBefore::get(genesis_presets::account("Bob")), Some(1));
    });
}

#[test]
fn migration_waits_for_a_block_that_has_room() {
    genesis("local").execute_with(|| {
        let step = CountSent::step(None, &mut WeightMeter::with_limit(Weight::zero()));
        assert!(matches!(step, Err(SteppedMigrationError::InsufficientWeight { .. })));
        assert_eq!(SentBefore::iter().count(), 0);
    });
}
