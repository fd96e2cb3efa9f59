//! The protocol between a node and `hearth-inference-worker`, over the worker's standard input and output.
//!
//! A frame is a little-endian u32 length and so many bytes of SCALE. The worker speaks first: [`Hello`], once its device is chosen and
//! self-tested. Then each [`Request`] gets exactly one [`Response`], in order. Model and input are handed over as paths of files that
//! the node has verified; the output goes to a path that the node names. The worker logs to standard error.

use crate::{blob::BlobRef, digest::Digest, jury::MAX_ACCUSED, market::DeclineReason, provider::BackendClass, H256};
use alloc::{string::String, vec::Vec};
use codec::{Decode, Encode};

/// The version of the protocol; a node refuses a worker of another. It grows with any change to the bytes of a frame or to what they mean.
pub const PROTOCOL_VERSION: u32 = 1;

/// The most seeds of one run: a jury's own, and one for each result that it judges.
pub const MAX_SEEDS: usize = 1 + MAX_ACCUSED;

/// The longest frame, in bytes.
pub const MAX_FRAME_LEN: u32 = 1024 * 1024;

/// The worker's first frame.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Hello {
    /// [`PROTOCOL_VERSION`] of the worker.
    pub version: u32,
    /// The worker's own version and build, for logs.
    pub build: String,
    /// The device it chose.
    pub device: Device,
}

/// A device, as logs and the chain name it.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Device {
    /// `flex` or `wgpu`.
    pub backend: String,
    /// The adapter's name, or the processor's.
    pub name: String,
    /// The driver and its version; empty for a processor.
    pub driver: String,
    /// The class for the provider's registration.
    pub class: BackendClass,
    /// Why this device was chosen, a sentence.
    pub reason: String,
}

/// From node to worker.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Request {
    /// Run a model on an input.
    Run(RunRequest),
    /// End cleanly; answered by [`Response::Bye`].
    Shutdown,
}

/// One run.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct RunRequest {
    /// The ONNX file; the worker checks length and hash again.
    pub model: BlobRef,
    /// Its path, UTF-8.
    pub model_path: String,
    /// The safetensors file with a tensor per graph input.
    pub input: BlobRef,
    /// Its path, UTF-8.
    pub input_path: String,
    /// Where to write the outputs as safetensors; must not exist.
    pub output_path: String,
    /// The longest output file, in bytes.
    pub max_output_len: u64,
    /// Seeds under which a digest of this one run is wanted, at most [`MAX_SEEDS`]. No digest depends on what other seeds are asked.
    pub seeds: Vec<H256>,
    /// The floor of the output half, in Q16.16.
    pub output_scale: u32,
}

/// From worker to node.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Response {
    /// The run ended well.
    Done {
        /// One digest for each seed asked, in their order.
        digests: Vec<Digest>,
        /// The file at `output_path`.
        output: BlobRef,
        /// Wall time of loading and running, in milliseconds.
        millis: u64,
    },
    /// The run ended in a typed error; the worker is ready for the next.
    Failed {
        /// For the chain.
        reason: DeclineReason,
        /// For people: what failed and, where there is one, the next step.
        message: String,
    },
    /// The worker ends.
    Bye,
}

/// Why a frame could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The pipe is closed or broken.
    #[error("the pipe failed: {0}")]
    #[cfg(feature = "std")]
    Io(#[from] std::io::Error),
    /// The length is over [`MAX_FRAME_LEN`].
    #[error("a frame of {0} bytes is longer than the limit of {MAX_FRAME_LEN}")]
    TooLong(u32),
    /// The bytes are not the message expected.
    #[error("a frame does not decode: {0}")]
    Malformed(codec::Error),
}

/// Decodes a frame's body; every byte must be used.
pub fn decode<T: Decode>(body: &[u8]) -> Result<T, FrameError> {
    use codec::DecodeAll;
    T::decode_all(&mut &body[..]).map_err(FrameError::Malformed)
}

/// Encodes a message as a whole frame.
pub fn encode(message: &impl Encode) -> Result<Vec<u8>, FrameError> {
    let body = message.encode();
    match u32::try_from(body.len()) {
        Ok(len) if len <= MAX_FRAME_LEN => {
            let mut frame = len.to_le_bytes().to_vec();
            frame.extend(body);
            Ok(frame)
        }
        len => Err(FrameError::TooLong(len.unwrap_or(u32::MAX))),
    }
}

/// Reads one frame, blocking. `Ok(None)` at a clean end of the stream.
#[cfg(feature = "std")]
pub fn read_frame<T: Decode>(reader: &mut impl std::io::Read) -> Result<Option<T>, FrameError> {
    let mut len = [0; 4];
    match reader.read(&mut len[..1])? {
        0 => return Ok(None),
        _ => reader.read_exact(&mut len[1..])?,
    }
    let len = u32::from_le_bytes(len);
    if len > MAX_FRAME_LEN {
        return Err(FrameError::TooLong(len));
    }
    let mut body = alloc::vec![0; len as usize];
    reader.read_exact(&mut body)?;
    decode(&body).map(Some)
}

/// Writes one frame and flushes.
#[cfg(feature = "std")]
pub fn write_frame(writer: &mut impl std::io::Write, message: &impl Encode) -> Result<(), FrameError> {
    writer.write_all(&encode(message)?)?;
    writer.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn frames_survive_the_pipe() {
        let hello = Hello {
            version: PROTOCOL_VERSION,
            build: "test".into(),
            device: Device {
                backend: "flex".into(),
                name: "cpu".into(),
                driver: String::new(),
                class: BackendClass::Cpu,
                reason: "asked for".into(),
            },
        };
        let mut pipe = Vec::new();
        write_frame(&mut pipe, &hello).unwrap();
        write_frame(&mut pipe, &Request::Shutdown).unwrap();
        let mut pipe = &pipe[..];
        assert_eq!(read_frame::<Hello>(&mut pipe).unwrap(), Some(hello));
        assert_eq!(read_frame::<Request>(&mut pipe).unwrap(), Some(Request::Shutdown));
        assert_eq!(read_frame::<Request>(&mut pipe).unwrap(), None);
    }

    #[test]
    fn frames_over_the_limit_are_refused_on_both_sides() {
        let long = Response::Failed { reason: DeclineReason::WorkerFailed, message: "x".repeat(MAX_FRAME_LEN as usize) };
        assert!(matches!(encode(&long), Err(FrameError::TooLong(_))));
        let mut pipe = &(MAX_FRAME_LEN + 1).to_le_bytes()[..];
        assert!(matches!(read_frame::<Response>(&mut pipe), Err(FrameError::TooLong(_))));
    }

    #[test]
    fn frame_of_a_run_is_what_version_1_has() {
        let request = RunRequest {
            model: BlobRef { id: H256([1; 32]), len: 2 },
            model_path: "m".into(),
            input: BlobRef { id: H256([3; 32]), len: 4 },
            input_path: "i".into(),
            output_path: "o".into(),
            max_output_len: 5,
            seeds: [H256([6; 32]), H256([7; 32])].into(),
            output_scale: 8,
        };
        let text = |text: &str| [&[4u8][..], text.as_bytes()].concat();
        let body = [
            &[0u8][..],
            &[1; 32],
            &2u64.to_le_bytes(),
            text("m").as_slice(),
            &[3; 32],
            &4u64.to_le_bytes(),
            text("i").as_slice(),
            text("o").as_slice(),
            &5u64.to_le_bytes(),
            // The number of seeds, then the seeds.
            &[8],
            &[6; 32],
            &[7; 32],
            &8u32.to_le_bytes(),
        ]
        .concat();
        assert_eq!(PROTOCOL_VERSION, 1);
        assert_eq!(encode(&Request::Run(request)).unwrap(), [&(body.len() as u32).to_le_bytes()[..], &body[..]].concat());
    }

    #[test]
    fn frames_of_the_longest_run_have_room() {
        let done = Response::Done { digests: [Digest::default(); MAX_SEEDS].into(), output: BlobRef::of(b""), millis: 0 };
        assert!(encode(&done).is_ok());
    }

    proptest! {
        #[test]
        fn garbage_is_an_error_not_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = read_frame::<Hello>(&mut &bytes[..]);
            let _ = decode::<Request>(&bytes);
            let _ = decode::<Response>(&bytes);
        }
    }
}
