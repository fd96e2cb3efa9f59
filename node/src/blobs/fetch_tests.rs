//! Fetching from peers that are honest, absent, busy, slow, and that lie in each way the protocol lets them.

use super::*;
use crate::blobs::store::Limits;
use futures::future::BoxFuture;

/// How a fake peer behaves.
#[derive(Clone)]
enum Kind {
    Honest,
    /// Has not got it.
    Empty,
    /// Says another length.
    WrongLen,
    /// Flips a bit of each chunk.
    Lying,
    /// Answers with chunks that are one byte short.
    Truncating,
    /// Answers reads with lengths.
    Confused,
    /// Never answers a read.
    Hanging,
    /// Takes so long for a chunk.
    Slow(Duration),
    /// Is busy so many times first.
    Busy(u32),
    /// Goes away after so many chunks.
    Leaving(u32),
    /// Its bytes do not decode.
    Garbage,
}

struct Peer {
    id: PeerId,
    kind: Kind,
    asked: u32,
}

#[derive(Default)]
struct World {
    blob: Vec<u8>,
    peers: Vec<Peer>,
    reports: Vec<(PeerId, Misbehaviour)>,
    /// Offsets served honestly.
    served: Vec<u64>,
}

#[derive(Clone, Default)]
struct FakePeers(Arc<Mutex<World>>);

impl FakePeers {
    fn new(blob: &[u8], kinds: &[Kind]) -> Self {
        let peers = kinds.iter().map(|kind| Peer { id: PeerId::random(), kind: kind.clone(), asked: 0 }).collect();
        Self(Arc::new(Mutex::new(World { blob: blob.to_vec(), peers, ..Default::default() })))
    }

    fn id(&self, n: usize) -> PeerId {
        self.0.lock().unwrap().peers[n].id
    }

    fn reports(&self) -> Vec<(PeerId, Misbehaviour)> {
        self.0.lock().unwrap().reports.clone()
    }
}

impl Peers for FakePeers {
    fn connected(&self) -> BoxFuture<'_, Vec<PeerId>> {
        Box::pin(async { self.0.lock().unwrap().peers.iter().map(|peer| peer.id).collect() })
    }

    fn request(&self, peer: PeerId, request: Request) -> BoxFuture<'_, Result<Response, RequestError>> {
        Box::pin(async move {
            let (kind, asked, blob) = {
                let mut world = self.0.lock().unwrap();
                let blob = world.blob.clone();
                let peer = world.peers.iter_mut().find(|known| known.id == peer).unwrap();
                if matches!(request, Request::Read { .. }) {
                    peer.asked += 1;
                }
                (peer.kind.clone(), peer.asked, blob)
            };
            let len = blob.len() as u64;
            let Request::Read { offset, len: wanted, .. } = request else {
                return Ok(match kind {
                    Kind::Empty => Response::NotFound,
                    Kind::WrongLen => Response::Stat(len + 1),
                    _ => Response::Stat(len),
                });
            };
            let end = (offset + u64::from(wanted)).min(len);
            let mut chunk = blob[offset as usize..end as usize].to_vec();
            match kind {
                Kind::Honest | Kind::WrongLen => {}
                Kind::Empty => return Ok(Response::NotFound),
                Kind::Lying => chunk[0] ^= 1,
                Kind::Truncating => {
                    chunk.pop();
                }
                Kind::Confused => return Ok(Response::Stat(5)),
                Kind::Hanging => std::future::pending().await,
                Kind::Slow(pause) => tokio::time::sleep(pause).await,
                Kind::Busy(times) if asked <= times => return Ok(Response::Busy),
                Kind::Busy(_) => {}
                Kind::Leaving(after) if asked > after => return Err(RequestError::NoAnswer("gone".into())),
                Kind::Leaving(_) => {}
                Kind::Garbage => return Err(RequestError::Malformed("not a response".into())),
            }
            self.0.lock().unwrap().served.push(offset);
            Ok(Response::Chunk(chunk))
        })
    }

    fn report(&self, peer: PeerId, misbehaviour: Misbehaviour) {
        self.0.lock().unwrap().reports.push((peer, misbehaviour));
    }
}

const PACE: Pace = Pace { request: Duration::from_millis(200), chunk: Duration::from_millis(20), pause: Duration::from_millis(20) };

struct Scene {
    _dir: tempfile::TempDir,
    store: BlobStore,
    peers: FakePeers,
    fetcher: Fetcher,
    bytes: Vec<u8>,
    blob: BlobRef,
}

/// A store without, and peers with, a blob of five and a half chunks.
fn scene(kinds: &[Kind]) -> Scene {
    let dir = tempfile::tempdir().unwrap();
    let store = BlobStore::open(dir.path(), Limits { max_bytes: 16 << 20, staging_age: Duration::ZERO }).unwrap();
    let bytes: Vec<u8> = (0..MAX_CHUNK_LEN as usize * 11 / 2).map(|n| (n / 7 + n / 70_000) as u8).collect();
    let peers = FakePeers::new(&bytes, kinds);
    let fetcher = Fetcher::with_pace(store.clone(), Arc::new(peers.clone()), PACE);
    Scene { _dir: dir, store, peers, fetcher, blob: BlobRef::of(&bytes), bytes }
}

impl Scene {
    async fn fetch(&self, patience_millis: u64) -> Result<BlobRef, FetchError> {
        self.fetcher.fetch(self.blob.into(), Duration::from_millis(patience_millis)).await
    }

    fn assert_fetched(&self) {
        let mut read = Vec::new();
        while read.len() < self.bytes.len() {
            read.extend(self.store.read(self.blob.id, read.len() as u64, MAX_CHUNK_LEN).unwrap());
        }
        assert!(read == self.bytes);
        assert_eq!(self.store.used(), (self.blob.len, 0));
    }
}

#[tokio::test]
async fn fetch_from_an_honest_peer() {
    let scene = scene(&[Kind::Honest]);
    assert_eq!(scene.fetch(5_000).await.unwrap(), scene.blob);
    scene.assert_fetched();
    let served = scene.peers.0.lock().unwrap().served.len();
    assert_eq!(served, 6);
    // What is here is not fetched again.
    scene.fetch(0).await.unwrap();
    assert_eq!(scene.peers.0.lock().unwrap().served.len(), served);
}

#[tokio::test]
async fn fetch_without_a_known_length_takes_the_peers() {
    let scene = scene(&[Kind::Honest]);
    let blob = scene.fetcher.fetch(Want { id: scene.blob.id, len: None }, Duration::from_secs(5)).await.unwrap();
    assert_eq!(blob, scene.blob);
}

#[tokio::test]
async fn fetch_reports_liars_and_takes_the_honest_peer() {
    for (kind, misbehaviour) in [
        (Kind::Lying, Misbehaviour::WrongBytes),
        (Kind::Truncating, Misbehaviour::BadResponse),
        (Kind::Confused, Misbehaviour::BadResponse),
        (Kind::Garbage, Misbehaviour::BadResponse),
    ] {
        // Until the liar was asked first.
        loop {
            let scene = scene(&[kind.clone(), Kind::Honest]);
            scene.fetch(5_000).await.unwrap();
            scene.assert_fetched();
            let reports = scene.peers.reports();
            if !reports.is_empty() {
                assert_eq!(reports, [(scene.peers.id(0), misbehaviour)]);
                break;
            }
        }
    }
}

#[tokio::test]
async fn fetch_passes_over_peers_that_cannot_help_without_blame() {
    let scene = scene(&[Kind::Empty, Kind::WrongLen, Kind::Hanging, Kind::Busy(u32::MAX), Kind::Honest]);
    scene.fetch(10_000).await.unwrap();
    scene.assert_fetched();
    assert_eq!(scene.peers.reports(), []);
}

#[tokio::test]
async fn fetch_waits_for_a_busy_peer() {
    let scene = scene(&[Kind::Busy(3)]);
    scene.fetch(5_000).await.unwrap();
    scene.assert_fetched();
}

#[tokio::test]
async fn fetch_goes_on_where_a_peer_that_left_ended() {
    let scene = scene(&[Kind::Leaving(2)]);
    assert!(scene.fetch(100).await.is_err());
    scene.peers.0.lock().unwrap().peers[0] = Peer { id: PeerId::random(), kind: Kind::Honest, asked: 0 };
    scene.fetch(5_000).await.unwrap();
    scene.assert_fetched();
    let mut served = scene.peers.0.lock().unwrap().served.clone();
    served.dedup();
    assert_eq!(served, (0..6).map(|n| n * u64::from(MAX_CHUNK_LEN)).collect::<Vec<_>>());
}

#[tokio::test]
async fn fetch_of_mixed_bytes_blames_nobody_until_the_culprit_is_known() {
    // The liar gives a part and leaves, the honest peer the rest; the whole is wrong, and is then taken from the honest peer alone.
    let scene = scene(&[Kind::Lying]);
    {
        let mut world = scene.peers.0.lock().unwrap();
        world.peers[0].kind = Kind::Leaving(2);
        world.blob[0] ^= 1;
    }
    assert!(scene.fetch(100).await.is_err());
    {
        let mut world = scene.peers.0.lock().unwrap();
        world.blob[0] ^= 1;
        world.peers[0].kind = Kind::Empty;
        world.peers.push(Peer { id: PeerId::random(), kind: Kind::Honest, asked: 0 });
    }
    scene.fetch(5_000).await.unwrap();
    scene.assert_fetched();
    assert_eq!(scene.peers.reports(), []);
}

#[tokio::test]
async fn fetch_leaves_a_slow_peer_for_a_quick_one() {
    let scene = scene(&[Kind::Slow(Duration::from_millis(150)), Kind::Honest]);
    let began = Instant::now();
    scene.fetch(10_000).await.unwrap();
    scene.assert_fetched();
    assert_eq!(scene.peers.reports(), []);
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn fetch_ends_when_patience_does() {
    for kinds in [vec![], vec![Kind::Empty], vec![Kind::Hanging], vec![Kind::Lying]] {
        let scene = scene(&kinds);
        let began = Instant::now();
        assert!(matches!(scene.fetch(500).await, Err(FetchError::NoPeers(_) | FetchError::Unavailable { .. })));
        assert!(began.elapsed() < Duration::from_secs(5));
        assert_eq!(scene.store.len(scene.blob.id), None);
    }
}

#[tokio::test]
async fn fetch_asks_a_liar_once() {
    let scene = scene(&[Kind::Lying]);
    assert!(scene.fetch(500).await.is_err());
    assert!(scene.fetch(100).await.is_err());
    assert_eq!(scene.peers.reports(), [(scene.peers.id(0), Misbehaviour::WrongBytes)]);
}

#[tokio::test]
async fn finish_blames_who_gave_the_bytes_not_who_is_asked() {
    let scene = scene(&[Kind::Lying, Kind::Honest]);
    let (liar, honest) = (scene.peers.id(0), scene.peers.id(1));
    let mut staging = scene.store.stage(scene.blob).unwrap();
    staging.append(&vec![0; scene.bytes.len()]).unwrap();
    let mut progress = Progress { staging: Some(staging), sources: [liar].into(), ..Default::default() };
    assert!(matches!(scene.fetcher.finish(honest, &mut progress).await, Err(Next::Peer)));
    assert_eq!(scene.peers.reports(), [(liar, Misbehaviour::WrongBytes)]);
    assert!(progress.banned.contains(&liar) && !progress.banned.contains(&honest));
}

#[tokio::test]
async fn fetch_that_got_nothing_keeps_no_room() {
    // Once a request ends before patience does, once patience before the request.
    for patience in [500, 100] {
        let scene = scene(&[Kind::Hanging]);
        assert!(scene.fetch(patience).await.is_err());
        assert_eq!(scene.store.used(), (0, 0), "{patience}");
    }
}

#[tokio::test]
async fn sweep_spares_a_fetch_that_is_asked_for() {
    let scene = scene(&[Kind::Leaving(2)]);
    assert!(scene.fetch(100).await.is_err());
    scene.store.sweep();
    assert_eq!(scene.store.used(), (0, scene.blob.len));
    // A machine that just started has no such time.
    let Some(long_ago) = Instant::now().checked_sub(STALE) else { return };
    for fetch in scene.fetcher.inner.lock_fetches().values_mut() {
        fetch.asked_at = long_ago;
    }
    scene.store.sweep();
    assert_eq!(scene.store.used(), (0, 0));
}

#[tokio::test]
async fn fetch_of_one_blob_by_many_happens_once() {
    let scene = scene(&[Kind::Slow(Duration::from_millis(5))]);
    let fetches = (0..10).map(|_| scene.fetch(5_000));
    for result in futures::future::join_all(fetches).await {
        result.unwrap();
    }
    assert_eq!(scene.peers.0.lock().unwrap().served.len(), 6);
}

#[tokio::test]
async fn fetch_of_a_wrong_reference_says_so_at_once() {
    let scene = scene(&[]);
    scene.store.put(&scene.bytes).unwrap();
    let wrong = BlobRef { len: scene.blob.len + 1, ..scene.blob };
    let result = scene.fetcher.fetch(wrong.into(), Duration::from_secs(60)).await;
    assert!(matches!(result, Err(FetchError::WrongReference { .. })));
}

#[tokio::test]
async fn fetch_into_a_full_store_is_a_typed_error() {
    let scene = scene(&[Kind::Honest]);
    scene.store.put(&vec![7; 12 << 20]).unwrap();
    assert!(matches!(scene.fetch(50).await, Err(FetchError::Store(BlobError::Full { .. }))));
}
