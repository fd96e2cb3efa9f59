//! The store under random use, crashes, spoilt disks and limits.

use super::*;
use proptest::prelude::*;

const LIMITS: Limits = Limits { max_bytes: 1 << 20, staging_age: Duration::ZERO };

fn store() -> (tempfile::TempDir, BlobStore) {
    let dir = tempfile::tempdir().unwrap();
    let store = BlobStore::open(dir.path(), LIMITS).unwrap();
    (dir, store)
}

#[test]
fn put_survives_a_reopening() {
    let (dir, store) = store();
    let blob = store.put(b"lasting").unwrap();
    drop(store);
    let store = BlobStore::open(dir.path(), LIMITS).unwrap();
    assert_eq!(store.len(blob.id), Some(7));
    assert_eq!(store.read(blob.id, 0, 100).unwrap(), b"lasting");
    assert_eq!(store.used(), (7, 0));
}

#[test]
fn put_twice_counts_once() {
    let (_dir, store) = store();
    let blob = store.put(b"same").unwrap();
    assert_eq!(store.put(b"same").unwrap(), blob);
    assert_eq!(store.used(), (4, 0));
}

#[test]
fn open_removes_what_a_killed_process_left() {
    let (dir, store) = store();
    let mut staging = store.stage(BlobRef::of(b"half of it")).unwrap();
    staging.append(b"half").unwrap();
    // A kill runs no destructor.
    std::mem::forget(staging);
    drop(store);
    assert_eq!(fs::read_dir(dir.path().join("staging")).unwrap().count(), 1);
    let store = BlobStore::open(dir.path(), LIMITS).unwrap();
    assert_eq!(fs::read_dir(dir.path().join("staging")).unwrap().count(), 0);
    assert_eq!(store.used(), (0, 0));
}

#[test]
fn open_leaves_foreign_files_alone() {
    let (dir, store) = store();
    let blob = store.put(b"ours").unwrap();
    drop(store);
    let shard = dir.path().join("blobs").join(format!("{:02x}", blob.id.as_bytes()[0]));
    fs::write(shard.join("notes.txt"), b"foreign").unwrap();
    // Our kind of name in the wrong shard is not reachable, so it is not ours.
    fs::create_dir_all(dir.path().join("blobs/zz")).unwrap();
    fs::write(dir.path().join("blobs/zz").join(hex::encode(blob.id)), b"foreign").unwrap();
    let store = BlobStore::open(dir.path(), LIMITS).unwrap();
    assert_eq!(store.used(), (4, 0));
    assert!(shard.join("notes.txt").exists());
}

#[test]
fn read_of_a_spoilt_blob_removes_it() {
    for spoilt in [&b"longer than it was"[..], b"otter", b"o", b""] {
        let (dir, store) = store();
        let blob = store.put(b"other").unwrap();
        drop(store);
        let path = dir.path().join("blobs").join(format!("{:02x}", blob.id.as_bytes()[0])).join(hex::encode(blob.id));
        fs::write(&path, spoilt).unwrap();
        let store = BlobStore::open(dir.path(), LIMITS).unwrap();
        assert!(matches!(store.read(blob.id, 0, 5), Err(BlobError::NotFound(_))));
        assert!(!path.exists());
        assert_eq!(store.used(), (0, 0));
        store.put(b"other").unwrap();
        assert_eq!(store.read(blob.id, 0, 5).unwrap(), b"other");
    }
}

#[test]
fn read_of_a_blob_that_vanished_is_not_found() {
    let (dir, store) = store();
    let blob = store.put(b"gone").unwrap();
    drop(store);
    let store = BlobStore::open(dir.path(), LIMITS).unwrap();
    fs::remove_dir_all(dir.path().join("blobs")).unwrap();
    assert!(matches!(store.checked_path(blob.id), Err(BlobError::NotFound(_))));
    assert_eq!(store.len(blob.id), None);
}

#[test]
fn judge_spares_what_was_stored_anew_meanwhile() {
    let (dir, store) = store();
    let blob = store.put(b"good").unwrap();
    drop(store);
    let store = BlobStore::open(dir.path(), LIMITS).unwrap();
    // Two read a spoilt file at once. The first removes it, and a good one is stored before the second has hashed the old bytes.
    let spoilt = (H256::repeat_byte(1), 4);
    assert!(matches!(store.judge(blob.id, spoilt), Err(BlobError::NotFound(_))));
    store.put(b"good").unwrap();
    let path = store.judge(blob.id, spoilt).unwrap();
    assert_eq!(fs::read(path).unwrap(), b"good");
    assert_eq!(store.used(), (4, 0));
}

#[test]
fn renew_makes_a_blob_young_across_a_restart() {
    let (dir, store) = store();
    let blob = store.put(b"wanted again").unwrap();
    assert_eq!(store.renew(H256::zero()), None);
    std::thread::sleep(Duration::from_millis(300));
    let age = Duration::from_millis(250);
    assert_eq!(store.older_than(age), [blob.id]);
    assert_eq!(store.renew(blob.id), Some(12));
    assert!(store.older_than(age).is_empty());
    drop(store);
    assert!(BlobStore::open(dir.path(), LIMITS).unwrap().older_than(age).is_empty());
}

#[test]
fn stage_refuses_what_does_not_fit() {
    let (_dir, store) = store();
    let half = BlobRef { id: H256::repeat_byte(1), len: 600_000 };
    let first = store.stage(half).unwrap();
    assert!(matches!(store.stage(half), Err(BlobError::Full { needed: 600_000, free: 448_576 })));
    assert!(matches!(store.put(&vec![1; 500_000]), Err(BlobError::Full { .. })));
    drop(first);
    store.put(&vec![1; 500_000]).unwrap();
    assert!(matches!(store.stage(BlobRef { len: MAX_BLOB_LEN + 1, ..half }), Err(BlobError::TooLong(_))));
}

#[test]
fn import_copies_and_verifies() {
    let (dir, store) = store();
    let path = dir.path().join("output");
    fs::write(&path, b"tensors").unwrap();
    let blob = BlobRef::of(b"tensors");
    assert!(matches!(store.import(&path, BlobRef { len: 6, ..blob }), Err(BlobError::WrongLength { declared: 6, actual: 7 })));
    assert!(matches!(store.import(&path, BlobRef { id: H256::zero(), ..blob }), Err(BlobError::WrongHash { .. })));
    assert!(matches!(store.import(&dir.path().join("none"), blob), Err(BlobError::Io { .. })));
    assert_eq!(store.import(&path, blob).unwrap(), blob);
    assert!(path.exists());
    assert_eq!(store.used(), (7, 0));
}

#[derive(Clone, Debug)]
enum Step {
    Put(Vec<u8>),
    Read { which: usize, offset: u64, len: u32 },
    Abandon(Vec<u8>),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..2000);
    prop_oneof![
        4 => bytes().prop_map(Step::Put),
        4 => (any::<usize>(), 0..2500u64, 0..2500u32).prop_map(|(which, offset, len)| Step::Read { which, offset, len }),
        1 => bytes().prop_map(Step::Abandon),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The store behaves as a map from hash to bytes, whatever the order of use.
    #[test]
    fn store_is_a_map(steps in proptest::collection::vec(step(), 1..40)) {
        let (dir, mut store) = store();
        let mut model: Vec<(BlobRef, Vec<u8>)> = Vec::new();
        for step in steps {
            match step {
                Step::Put(bytes) => {
                    let blob = store.put(&bytes).unwrap();
                    prop_assert_eq!(blob, BlobRef::of(&bytes));
                    if !model.iter().any(|(known, _)| *known == blob) {
                        model.push((blob, bytes));
                    }
                }
                Step::Read { which, offset, len } => {
                    let Some((blob, bytes)) = (!model.is_empty()).then(|| &model[which % model.len()]) else { continue };
                    let read = store.read(blob.id, offset, len);
                    if offset > blob.len {
                        let refused = matches!(read, Err(BlobError::OutOfRange { .. }));
                        prop_assert!(refused, "{:?}", read);
                    } else {
                        let end = (offset + u64::from(len)).min(blob.len);
                        prop_assert_eq!(&read.unwrap()[..], &bytes[offset as usize..end as usize]);
                    }
                }
                Step::Abandon(bytes) => {
                    let mut staging = store.stage(BlobRef::of(&bytes)).unwrap();
                    staging.append(&bytes).unwrap();
                }
                Step::Reopen => {
                    drop(store);
                    store = BlobStore::open(dir.path(), LIMITS).unwrap();
                }
            }
            prop_assert_eq!(store.used(), (model.iter().map(|(blob, _)| blob.len).sum(), 0));
        }
    }
}
