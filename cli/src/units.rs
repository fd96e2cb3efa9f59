//! Ids, lengths and fixed-point numbers as they are written on the command line.

use hearth_primitives::{provider::BackendClass, H256};
use std::{str::FromStr, time::Duration};

/// A 32-byte id: 64 hex digits, with or without "0x".
pub fn id(text: &str) -> Result<H256, String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let mut bytes = [0; 32];
    hex::decode_to_slice(digits, &mut bytes).map_err(|_| "an id is 64 hex digits, such as `hearth model list` prints".to_string())?;
    Ok(H256(bytes))
}

/// A signature: 0x and 128 hex digits.
pub fn signature(text: &str) -> Result<[u8; 64], String> {
    let mut bytes = [0; 64];
    let read = text.strip_prefix("0x").map(|digits| hex::decode_to_slice(digits, &mut bytes));
    match read {
        Some(Ok(())) => Ok(bytes),
        _ => Err("a signature is 0x and 128 hex digits, such as `hearth key consent` prints".to_string()),
    }
}

/// A length in bytes, with an optional suffix: KiB, MiB or GiB.
pub fn bytes(text: &str) -> Result<u64, String> {
    let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1), ("", 1)];
    let (digits, unit) = units.into_iter().find_map(|(suffix, unit)| Some((text.strip_suffix(suffix)?, unit))).unwrap_or((text, 1));
    let number =
        u64::from_str(digits.trim_end()).map_err(|_| "a length is a number of bytes, such as 1500000, 512KiB or 16MiB".to_string())?;
    number.checked_mul(unit).ok_or_else(|| "the length does not fit in 64 bits".to_string())
}

/// A non-negative decimal number as Q16.16.
pub fn q16(text: &str) -> Result<u32, String> {
    let scaled = f64::from_str(text).map_err(|_| "a scale is a decimal number, such as 1 or 0.25".to_string())? * 65_536.0;
    if !(0.0..=f64::from(u32::MAX)).contains(&scaled) {
        return Err("a scale lies between 0 and 65535".to_string());
    }
    Ok(scaled.round() as u32)
}

/// A backend's name, as in JSON.
pub fn backend(text: &str) -> Result<BackendClass, String> {
    let names = || BackendClass::ALL.map(|class| class.name()).join(", ");
    BackendClass::ALL.into_iter().find(|class| class.name() == text).ok_or_else(|| format!("a backend is one of: {}", names()))
}

/// A length for people.
pub fn show_bytes(len: u64) -> String {
    indicatif::HumanBytes(len).to_string()
}

/// A time for people, such as "2 weeks".
pub fn show_duration(time: Duration) -> String {
    indicatif::HumanDuration(time).to_string()
}

/// About how long so many blocks take, for people.
pub fn show_blocks(blocks: u32, block_time: Duration) -> String {
    show_duration(block_time.saturating_mul(blocks))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn id_reads_with_and_without_prefix() {
        let digits = "11".repeat(32);
        assert_eq!(id(&digits), Ok(H256::repeat_byte(0x11)));
        assert_eq!(id(&format!("0x{digits}")), Ok(H256::repeat_byte(0x11)));
        for bad in ["", "0x", "11", &"11".repeat(33), &"zz".repeat(32)] {
            assert!(id(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn signature_reads_all_of_it_or_nothing() {
        assert_eq!(signature(&format!("0x{}", "11".repeat(64))), Ok([0x11; 64]));
        for bad in ["", "0x", "0x11", &"11".repeat(64), &format!("0x{}", "11".repeat(65)), &format!("0x{}", "zz".repeat(64))] {
            assert!(signature(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn bytes_reads_suffixes() {
        for (text, len) in [("0", 0), ("17", 17), ("17B", 17), ("2KiB", 2048), ("16 MiB", 16 << 20), ("4GiB", 4 << 30)] {
            assert_eq!(bytes(text), Ok(len), "{text}");
        }
        for bad in ["", "KiB", "1.5MiB", "-1", "1kb", "99999999999GiB"] {
            assert!(bytes(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn q16_rounds_and_has_bounds() {
        for (text, scaled) in [("0", 0), ("1", 65_536), ("0.25", 16_384), ("0.00001", 1), ("65535", 65_535 << 16)] {
            assert_eq!(q16(text), Ok(scaled), "{text}");
        }
        for bad in ["", "-1", "65536", "NaN", "inf", "x"] {
            assert!(q16(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn backend_reads_every_name() {
        for class in BackendClass::ALL {
            assert_eq!(backend(class.name()), Ok(class));
        }
        assert!(backend("tpu").unwrap_err().contains("software_gpu"));
    }

    #[test]
    fn blocks_are_told_as_time() {
        let block_time = Duration::from_secs(3);
        assert_eq!(show_blocks(14 * 28_800, block_time), "2 weeks");
        assert_eq!(show_blocks(0, block_time), "0 seconds");
    }

    proptest! {
        #[test]
        fn id_survives_writing_and_reading(raw in any::<[u8; 32]>()) {
            prop_assert_eq!(id(&format!("{:?}", H256(raw))), Ok(H256(raw)));
        }
    }
}
