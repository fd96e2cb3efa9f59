//! Blobs to and from a node, in chunks over JSON-RPC. What is read is verified before it stands under the name that was asked for.

use crate::{
    chain::Chain,
    error::{Context, Error, Result},
    ui::Progress,
};
use blake2::{digest::consts::U32, Blake2b, Digest};
use hearth_primitives::{
    blob::{BlobId, BlobRef, MAX_BLOB_LEN, MAX_CHUNK_LEN},
    H256,
};
use std::{
    fs::File,
    io::{Read, Write},
    path::{Path, PathBuf},
};
use subxt::rpcs::{client::rpc_params, Error as RpcError};

/// Half of what a node takes: in hex a chunk doubles, and stays far below any limit on messages.
const CHUNK: usize = MAX_CHUNK_LEN as usize / 2;

/// The node has no such blob, and its peers have none either.
const NO_SUCH_BLOB: i32 = 9001;

/// The id and length of a file.
pub fn reference(path: &Path) -> Result<BlobRef> {
    let mut file = open(path)?;
    let (mut hasher, mut len) = (Blake2b::<U32>::new(), 0u64);
    while let Some(chunk) = next_chunk(&mut file, path)? {
        hasher.update(&chunk);
        len += chunk.len() as u64;
        if len > MAX_BLOB_LEN {
            return Err(Error::failed(format!("{} has more than {MAX_BLOB_LEN} bytes, the most that nodes store", path.display())));
        }
    }
    Ok(BlobRef { id: H256(hasher.finalize().into()), len })
}

/// Puts a file into the node's store, unless it is there; returns whether it had to be sent. A node that takes uploads keeps what it says
/// is there as long as what is sent to it, so neither is collected before the extrinsic that refers to it.
pub async fn upload(chain: &Chain, path: &Path, blob: BlobRef) -> Result<bool> {
    let failed = |error: RpcError| chain.explain(&format!("upload {}", path.display()), &error);
    let stored: Option<BlobRef> = chain.request("blob_stat", rpc_params![blob.id]).await.map_err(failed)?;
    if stored.is_some() {
        return Ok(false);
    }
    let progress = Progress::of_bytes(blob.len, &format!("uploading {}", path.display()));
    let token: String = chain.request("blob_upload_start", rpc_params![blob.id, blob.len]).await.map_err(failed)?;
    let mut file = open(path)?;
    let mut offset = 0u64;
    while let Some(chunk) = next_chunk(&mut file, path)? {
        let sent = format!("0x{}", hex::encode(&chunk));
        offset = chain.request("blob_upload_chunk", rpc_params![&token, offset, sent]).await.map_err(failed)?;
        progress.at(offset);
    }
    let _: BlobRef = chain.request("blob_upload_finish", rpc_params![&token]).await.map_err(failed)?;
    Ok(true)
}

/// Fetches a blob into `path`. The file appears only when every byte is there and hashes to the id; `len` is checked where it is known.
pub async fn download(chain: &Chain, id: BlobId, len: Option<u64>, path: &Path) -> Result<BlobRef> {
    let mut progress = Progress::of_bytes(len.unwrap_or_default(), &format!("fetching {}", path.display()));
    let mut partial = Partial::create(path)?;
    let (mut hasher, mut offset) = (Blake2b::<U32>::new(), 0u64);
    loop {
        let chunk = read(chain, id, offset).await?;
        if chunk.is_empty() {
            break;
        }
        hasher.update(&chunk);
        partial.write(&chunk)?;
        offset += chunk.len() as u64;
        progress.at(offset);
        if chunk.len() > CHUNK || len.is_some_and(|len| offset > len) || offset > MAX_BLOB_LEN {
            return Err(Error::failed(format!("the node at {} sends more than the blob {id:?} has; ask another node", chain.url())));
        }
        if chunk.len() < CHUNK || len == Some(offset) {
            break;
        }
    }
    progress.say("verifying");
    if H256(hasher.finalize().into()) != id || len.is_some_and(|len| len != offset) {
        return Err(Error::failed(format!(
            "what the node at {} sent is not the blob {id:?}; nothing was kept, ask another node",
            chain.url()
        )));
    }
    partial.keep(path)?;
    Ok(BlobRef { id, len: offset })
}

async fn read(chain: &Chain, id: BlobId, offset: u64) -> Result<Vec<u8>> {
    let chunk: String = chain.request("blob_read", rpc_params![id, offset, CHUNK as u32]).await.map_err(|error| match &error {
        RpcError::User(reason) if reason.code == NO_SUCH_BLOB => {
            Error::failed(format!("the blob is not to be had at {} now: {}", chain.url(), reason.message))
        }
        error => chain.explain(&format!("fetch the blob {id:?}"), error),
    })?;
    hex::decode(chunk.strip_prefix("0x").unwrap_or(&chunk)).context("the node sent a chunk that is no hex")
}

fn open(path: &Path) -> Result<File> {
    File::open(path).context(format_args!("cannot open {}", path.display()))
}

/// The next full chunk, the shorter rest, or none at the end.
fn next_chunk(file: &mut impl Read, path: &Path) -> Result<Option<Vec<u8>>> {
    let mut chunk = Vec::with_capacity(CHUNK);
    file.take(CHUNK as u64).read_to_end(&mut chunk).context(format_args!("cannot read {}", path.display()))?;
    Ok((!chunk.is_empty()).then_some(chunk))
}

/// A file beside its final place, removed unless it is kept.
struct Partial {
    file: File,
    path: PathBuf,
    kept: bool,
}

impl Partial {
    fn create(target: &Path) -> Result<Self> {
        let mut name = target.file_name().ok_or_else(|| Error::usage(format!("{} is no file's name", target.display())))?.to_os_string();
        name.push(format!(".{}.part", std::process::id()));
        let path = target.with_file_name(name);
        let file = File::create(&path).context(format_args!("cannot write {}", path.display()))?;
        Ok(Self { file, path, kept: false })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).context(format_args!("cannot write {}", self.path.display()))
    }

    fn keep(mut self, target: &Path) -> Result<()> {
        self.file.sync_all().context(format_args!("cannot write {}", self.path.display()))?;
        std::fs::rename(&self.path, target).context(format_args!("cannot write {}", target.display()))?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::tests::scripted;
    use serde_json::{json, Value};
    use std::sync::{Arc, Mutex};

    /// A node that holds `bytes` and serves them under any id.
    async fn serving(bytes: Vec<u8>) -> Chain {
        scripted(move |method, params| {
            assert_eq!(method, "blob_read");
            let (offset, len) = (params[1].as_u64().unwrap() as usize, params[2].as_u64().unwrap() as usize);
            let end = bytes.len().min(offset + len);
            Ok(json!(format!("0x{}", hex::encode(&bytes[offset.min(end)..end]))))
        })
        .await
    }

    fn sample(len: usize) -> Vec<u8> {
        (0..len).map(|at| (at / 251 + at) as u8).collect()
    }

    #[tokio::test]
    async fn upload_sends_every_byte_once_and_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("blob");
        for len in [0, 1, CHUNK, 2 * CHUNK + 5] {
            std::fs::write(&path, sample(len)).unwrap();
            let blob = reference(&path).unwrap();
            let received = Arc::new(Mutex::new(Vec::new()));
            let store = received.clone();
            let chain = scripted(move |method, params| {
                let mut store = store.lock().unwrap();
                match method {
                    "blob_stat" => Ok(Value::Null),
                    "blob_upload_start" => Ok(json!("token")),
                    "blob_upload_chunk" => {
                        assert_eq!((params[0].as_str(), params[1].as_u64()), (Some("token"), Some(store.len() as u64)));
                        store.extend(hex::decode(&params[2].as_str().unwrap()[2..]).unwrap());
                        Ok(json!(store.len()))
                    }
                    "blob_upload_finish" => Ok(json!(BlobRef::of(&store))),
                    other => panic!("{other} was not expected"),
                }
            })
            .await;
            assert!(upload(&chain, &path, blob).await.unwrap());
            assert_eq!(*received.lock().unwrap(), sample(len));
        }
    }

    #[tokio::test]
    async fn upload_of_what_is_there_sends_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("blob");
        std::fs::write(&path, b"known").unwrap();
        let blob = reference(&path).unwrap();
        let chain = scripted(move |method, _| {
            assert_eq!(method, "blob_stat");
            Ok(json!(blob))
        })
        .await;
        assert!(!upload(&chain, &path, blob).await.unwrap());
    }

    #[tokio::test]
    async fn download_with_and_without_a_known_length() {
        let dir = tempfile::tempdir().unwrap();
        for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let bytes = sample(len);
            let blob = BlobRef::of(&bytes);
            let chain = serving(bytes.clone()).await;
            for known in [None, Some(blob.len)] {
                let path = dir.path().join(format!("{len}-{}", known.is_some()));
                assert_eq!(download(&chain, blob.id, known, &path).await.unwrap(), blob);
                assert_eq!(std::fs::read(&path).unwrap(), bytes);
            }
        }
    }

    #[tokio::test]
    async fn download_of_other_bytes_keeps_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        std::fs::write(&path, b"what stood there before").unwrap();
        let wanted = BlobRef::of(&sample(1000));
        let mut changed = sample(1000);
        changed[500] ^= 1;
        for (bytes, known) in [(changed, None), (sample(999), Some(1000)), (sample(1001), Some(1000)), (sample(3 * CHUNK), Some(1000))] {
            let chain = serving(bytes).await;
            let error = download(&chain, wanted.id, known, &path).await.unwrap_err();
            assert!(error.to_string().contains("ask another node"), "{error}");
            assert_eq!(std::fs::read(&path).unwrap(), b"what stood there before");
            assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        }
    }

    #[tokio::test]
    async fn download_of_what_nobody_has_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let chain = scripted(|_, _| Err((NO_SUCH_BLOB, "no peer has it".to_string()))).await;
        let error = download(&chain, H256::zero(), None, &dir.path().join("out")).await.unwrap_err().to_string();
        assert!(error.contains("not to be had") && error.contains("no peer has it"), "{error}");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn reference_is_that_of_the_primitives_across_chunks() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("blob");
        for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let bytes: Vec<u8> = (0..len).map(|at| at as u8).collect();
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(reference(&path).unwrap(), BlobRef::of(&bytes), "{len}");
        }
    }

    #[test]
    fn reference_of_no_file_names_it() {
        let error = reference(Path::new("no/such/file.onnx")).unwrap_err();
        assert!(error.to_string().contains("no/such/file.onnx"));
        assert_eq!(error.exit_code(), 1);
    }

    #[test]
    fn partial_file_appears_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("out.safetensors");
        let mut dropped = Partial::create(&target).unwrap();
        dropped.write(b"half").unwrap();
        drop(dropped);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);

        let mut kept = Partial::create(&target).unwrap();
        kept.write(b"whole").unwrap();
        kept.keep(&target).unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"whole");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
