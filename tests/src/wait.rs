//! Waiting for a condition. What was seen last is told when it never comes.

use std::time::{Duration, Instant};

/// How often a condition is looked at.
const PERIOD: Duration = Duration::from_millis(300);

/// Looks at `condition` until it gives a value, and panics after `deadline` with its last word on why it does not.
pub async fn wait_until<T>(what: &str, deadline: Duration, mut condition: impl AsyncFnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match condition().await {
            Ok(value) => {
                eprintln!("[{:>4} s] {what}", start.elapsed().as_secs());
                return value;
            }
            Err(seen) => {
                assert!(start.elapsed() < deadline, "waited {} s for: {what}; last seen: {seen}", deadline.as_secs());
                tokio::time::sleep(PERIOD).await;
            }
        }
    }
}
