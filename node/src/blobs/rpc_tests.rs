//! The methods as a client calls them, JSON in and out.

use super::*;
use crate::blobs::{
    peers::{Misbehaviour, Peers, RequestError},
    protocol::{Request, Response},
    store::Limits,
};
use futures::future::BoxFuture;
use jsonrpsee::{core::server::MethodsError, RpcModule};
use sc_network_types::PeerId;
use sc_rpc_api::DenyUnsafe;
use serde_json::{json, Value};

/// One peer that holds a single blob.
struct OnePeer(Vec<u8>);

impl Peers for OnePeer {
    fn connected(&self) -> BoxFuture<'_, Vec<PeerId>> {
        Box::pin(async { vec![PeerId::random()] })
    }

    fn request(&self, _: PeerId, request: Request) -> BoxFuture<'_, Result<Response, RequestError>> {
        let id = BlobRef::of(&self.0).id;
        let response = match request {
            Request::Stat(asked) if asked == id => Response::Stat(self.0.len() as u64),
            Request::Read { id: asked, offset, .. } if asked == id => Response::Chunk(self.0[offset as usize..].to_vec()),
            _ => Response::NotFound,
        };
        Box::pin(async { Ok(response) })
    }

    fn report(&self, _: PeerId, _: Misbehaviour) {}
}

/// A chain that refers to the blobs given.
struct Chain(Vec<BlobId>);

impl References for Chain {
    fn referenced(&self, ids: &[BlobId]) -> Result<Vec<bool>, String> {
        Ok(ids.iter().map(|id| self.0.contains(id)).collect())
    }
}

fn module(deny: DenyUnsafe) -> (tempfile::TempDir, BlobStore, RpcModule<Blob>) {
    let dir = tempfile::tempdir().unwrap();
    let store = BlobStore::open(dir.path(), Limits { max_bytes: 1 << 24, staging_age: Duration::ZERO }).unwrap();
    let fetcher = Fetcher::new(store.clone(), Arc::new(OnePeer(b"with a peer".to_vec())));
    let chain = Arc::new(Chain(vec![BlobRef::of(b"with a peer").id]));
    let mut module = Blob::new(store.clone(), fetcher, chain).into_rpc();
    module.extensions_mut().insert(deny);
    (dir, store, module)
}

async fn call(module: &RpcModule<Blob>, method: &str, params: Value) -> Result<Value, (i32, Option<Value>)> {
    let params = params.as_array().unwrap().clone();
    match module.call::<_, Value>(method, params).await {
        Ok(value) => Ok(value),
        Err(MethodsError::JsonRpc(error)) => Err((error.code(), error.data().map(|data| serde_json::from_str(data.get()).unwrap()))),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn upload_stat_and_read_over_rpc() {
    let (_dir, _store, module) = module(DenyUnsafe::No);
    let blob = BlobRef::of(b"hello world");
    let reference = json!({ "id": format!("{:?}", blob.id), "len": 11 });
    assert_eq!(call(&module, "blob_stat", json!([blob.id])).await, Ok(Value::Null));
    let token = call(&module, "blob_upload_start", json!([blob.id, 11])).await.unwrap();
    let hello = format!("0x{}", hex::encode("hello "));
    assert_eq!(call(&module, "blob_upload_chunk", json!([token, 0, hello])).await, Ok(json!(6)));
    let again = call(&module, "blob_upload_chunk", json!([token, 0, hello])).await;
    assert_eq!(again, Err((9005, Some(json!({ "expected": 6 })))));
    assert_eq!(call(&module, "blob_upload_finish", json!([token])).await, Err((9005, Some(json!({ "expected": 6 })))));
    let world = format!("0x{}", hex::encode("world"));
    assert_eq!(call(&module, "blob_upload_chunk", json!([token, 6, world])).await, Ok(json!(11)));
    assert_eq!(call(&module, "blob_upload_finish", json!([token])).await, Ok(reference.clone()));
    assert_eq!(call(&module, "blob_upload_finish", json!([token])).await, Err((9004, None)));
    assert_eq!(call(&module, "blob_stat", json!([blob.id])).await, Ok(reference));
    assert_eq!(call(&module, "blob_read", json!([blob.id, 6, 100])).await, Ok(json!(world)));
    assert_eq!(call(&module, "blob_read", json!([blob.id, 12, 100])).await, Err((9003, None)));
    assert_eq!(call(&module, "blob_read", json!([blob.id, 0, MAX_CHUNK_LEN + 1])).await, Err((9003, None)));
}

#[tokio::test]
async fn upload_of_wrong_or_too_much_is_an_error_with_a_code() {
    let (_dir, _store, module) = module(DenyUnsafe::No);
    let id = BlobRef::of(b"right").id;
    let token = call(&module, "blob_upload_start", json!([id, 5])).await.unwrap();
    call(&module, "blob_upload_chunk", json!([token, 0, format!("0x{}", hex::encode("wrong"))])).await.unwrap();
    assert_eq!(call(&module, "blob_upload_finish", json!([token])).await, Err((9006, None)));
    assert_eq!(call(&module, "blob_upload_start", json!([id, 1 << 30])).await, Err((9002, None)));
    assert_eq!(call(&module, "blob_upload_start", json!([id, u64::MAX])).await, Err((9003, None)));
    assert_eq!(call(&module, "blob_upload_chunk", json!(["no such", 0, "0x00"])).await, Err((9004, None)));
    assert_eq!(call(&module, "blob_upload_start", json!(["0x12", 5])).await.unwrap_err().0, -32602);
}

#[tokio::test]
async fn upload_is_refused_where_unsafe_calls_are() {
    let (_dir, store, module) = module(DenyUnsafe::Yes);
    let blob = store.put(b"public").unwrap();
    for (method, params) in [
        ("blob_upload_start", json!([blob.id, 6])),
        ("blob_upload_chunk", json!(["token", 0, "0x00"])),
        ("blob_upload_finish", json!(["token"])),
    ] {
        assert_eq!(call(&module, method, params).await.unwrap_err().0, -32601);
    }
    assert!(call(&module, "blob_read", json!([blob.id, 0, 6])).await.is_ok());
}

#[tokio::test]
async fn stat_renews_a_blob_for_those_who_may_upload() {
    let age = Duration::from_millis(250);
    for (deny, old) in [(DenyUnsafe::Yes, 1), (DenyUnsafe::No, 0)] {
        let (_dir, store, module) = module(deny);
        let blob = store.put(b"about to go").unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(store.older_than(age).len(), 1);
        assert_ne!(call(&module, "blob_stat", json!([blob.id])).await, Ok(Value::Null));
        assert_eq!(store.older_than(age).len(), old);
    }
}

#[tokio::test]
async fn read_fetches_only_what_the_chain_refers_to() {
    let (_dir, store, module) = module(DenyUnsafe::Yes);
    let blob = BlobRef::of(b"with a peer");
    let expected = format!("0x{}", hex::encode("peer"));
    assert_eq!(call(&module, "blob_read", json!([blob.id, 7, 4])).await, Ok(json!(expected)));
    assert_eq!(store.len(blob.id), Some(11));
    assert_eq!(call(&module, "blob_read", json!([BlobRef::of(b"unknown").id, 0, 4])).await, Err((9001, None)));
}
