//! What the emission's numbers must not be, each alone and together.

use crate::{Config, Pallet};
use frame_support::{ensure, traits::Get};
use sp_runtime::Perquintill;

impl<T: Config> Pallet<T> {
    /// What a runtime must not configure, and whoever changes its numbers must not decide.
    pub fn check_numbers() -> Result<(), &'static str> {
        ensure!(T::Split::get().is_valid(), "more is split than is minted");
        ensure!(T::FeeSplit::get().is_valid(), "more is split than a fee has");
        let schedule = T::Schedule::get();
        ensure!(schedule.tail <= schedule.initial, "the rate would rise to its tail");
        ensure!(schedule.decay < Perquintill::one(), "the rate would end within a year");
        ensure!(T::MaxCatchUp::get() > 0, "nothing would be minted");
        ensure!(T::HistoryDepth::get() > 0, "no era could be asked for");
        Ok(())
    }
}
