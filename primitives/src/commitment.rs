//! The commitment: what a provider publishes before anybody reveals.
//!
//! It binds the chain, the job, the tier and the operator, so a copied commitment opens for nobody else and nowhere else.

use crate::{blake2_256, blob::BlobId, digest::Digest, JobId, Tier, H256};
use alloc::vec::Vec;
use codec::Encode;

/// Separates commitments from every other use of the hash.
pub const DOMAIN: &[u8] = b"hearth/commit";

/// blake2-256(domain ‖ genesis ‖ job ‖ tier ‖ operator ‖ digest ‖ output id ‖ verdicts ‖ salt), every part SCALE-encoded.
///
/// `verdicts` is a juror's opinion on each accused and empty in tier 0; it is length-prefixed, so no two inputs collide.
#[allow(clippy::too_many_arguments)]
pub fn commitment(
    genesis: H256,
    job: JobId,
    tier: Tier,
    operator: &impl Encode,
    digest: &Digest,
    output: BlobId,
    verdicts: &[u8],
    salt: &[u8; 32],
) -> H256 {
    let mut preimage = Vec::with_capacity(DOMAIN.len() + 320 + verdicts.len());
    preimage.extend_from_slice(DOMAIN);
    (genesis, job, tier, operator, digest, output, verdicts, salt).encode_to(&mut preimage);
    blake2_256(&preimage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commitment_binds_every_part() {
        let digest = Digest { hidden: [1; 16], output: [2; 16] };
        let make = |genesis, job, tier, who: u8, digest: &Digest, output, verdicts: &[u8], salt| {
            commitment(H256::repeat_byte(genesis), job, tier, &[who; 32], digest, H256::repeat_byte(output), verdicts, &[salt; 32])
        };
        let base = make(1, 2, 0, 3, &digest, 4, &[], 5);
        assert_eq!(base, make(1, 2, 0, 3, &digest, 4, &[], 5));
        let mut other = digest;
        other.output[15] ^= 1;
        for changed in [
            make(9, 2, 0, 3, &digest, 4, &[], 5),
            make(1, 9, 0, 3, &digest, 4, &[], 5),
            make(1, 2, 1, 3, &digest, 4, &[], 5),
            make(1, 2, 0, 9, &digest, 4, &[], 5),
            make(1, 2, 0, 3, &other, 4, &[], 5),
            make(1, 2, 0, 3, &digest, 9, &[], 5),
            make(1, 2, 0, 3, &digest, 4, &[0], 5),
            make(1, 2, 0, 3, &digest, 4, &[], 9),
        ] {
            assert_ne!(base, changed);
        }
    }
}
