use super::*;
use crate::graph::build::ModelBuilder;
use crate::tensor::Place;
use proptest::prelude::*;

fn graph() -> Graph {
    let model = ModelBuilder::new(17).input("ids", 7, &[Some(1), None]).input("x", 1, &[Some(2)]).output("y", 1, 1);
    Graph::parse(&model.node("Identity", &["x"], &["y"]).bytes()).unwrap()
}

fn file(tensors: &[(&str, Dtype, &[usize], Vec<u8>)]) -> Vec<u8> {
    let views = tensors.iter().map(|(name, dtype, dims, data)| (*name, TensorView::new(*dtype, dims.to_vec(), data).unwrap()));
    safetensors::serialize(views, None).unwrap()
}

fn ids(dims: &[usize]) -> (&'static str, Dtype, &[usize], Vec<u8>) {
    ("ids", Dtype::I64, dims, vec![0; dims.iter().product::<usize>() * 8])
}

fn x(dtype: Dtype, len: usize) -> (&'static str, Dtype, &'static [usize], Vec<u8>) {
    ("x", dtype, if len == 2 { &[2] } else { &[3] }, vec![0; len * dtype.bitsize() / 8])
}

fn refused(tensors: &[(&str, Dtype, &[usize], Vec<u8>)], mentions: &[&str]) {
    let error = read(&file(tensors), &graph(), &Devices::flex()).unwrap_err();
    assert!(matches!(error, Error::InputInvalid(_)), "{error}");
    let text = error.to_string();
    assert!(mentions.iter().all(|word| text.contains(word)), "{text}");
}

#[test]
fn read_takes_the_graphs_inputs_in_order() {
    let values = read(&file(&[x(Dtype::F32, 2), ids(&[1, 5])]), &graph(), &Devices::flex()).unwrap();
    assert_eq!((values[0].dims(), values[1].dims()), (&[1, 5][..], &[2][..]));
}

#[test]
fn read_says_what_was_expected_and_found() {
    refused(&[x(Dtype::F32, 2)], &["\"ids\" is missing", "int64[1, ?]"]);
    refused(&[x(Dtype::F32, 2), ids(&[1, 5]), ("z", Dtype::U8, &[1], vec![0])], &["no input \"z\"", "ids: int64[1, ?]"]);
    refused(&[x(Dtype::F32, 2), ids(&[2, 5])], &["I64[2, 5]", "int64[1, ?]"]);
    refused(&[x(Dtype::F32, 2), ids(&[5])], &["I64[5]"]);
    refused(&[x(Dtype::F32, 3), ids(&[1, 5])], &["F32[3]", "float[2]"]);
    refused(&[x(Dtype::F64, 2), ids(&[1, 5])], &["F64[2]", "float[2]"]);
    refused(&[x(Dtype::F32, 2), ("ids", Dtype::I32, &[1, 2], vec![0; 8])], &["I32[1, 2]", "int64[1, ?]"]);
}

#[test]
fn read_shows_little_of_what_is_huge() {
    let (name, dims) = ("\u{7f}".repeat(200_000), vec![1usize; 200_000]);
    for tensors in [
        [x(Dtype::F32, 2), (name.as_str(), Dtype::I64, &[1, 1][..], vec![0; 8])],
        [x(Dtype::F32, 2), ("ids", Dtype::I64, &dims[..], vec![0; 8])],
    ] {
        let text = read(&file(&tensors), &graph(), &Devices::flex()).unwrap_err().to_string();
        assert!(text.len() < 1000 && text.contains("int64[1, ?]"), "{text}");
    }
    assert_eq!(brief(&"é".repeat(40)), format!("{:?}", "é".repeat(30) + "…"));
}

#[test]
fn write_bounds_the_file_and_keeps_dtypes() {
    let devices = Devices::flex();
    let out = Value::floats(vec![1.0, -2.0], vec![2], Place::Host, &devices).unwrap();
    let bytes = write(&graph(), std::slice::from_ref(&out), 1 << 20).unwrap();
    let back = SafeTensors::deserialize(&bytes).unwrap();
    let tensor = back.tensor("y").unwrap();
    assert_eq!((tensor.dtype(), tensor.shape()), (Dtype::F32, &[2][..]));
    assert_eq!(constant::floats_from_le(tensor.data(), Elem::F32).unwrap(), [1.0, -2.0]);
    assert!(matches!(write(&graph(), &[out], bytes.len() as u64 - 1), Err(Error::LimitExceeded(_))));
    let out = Value::ints(vec![-3], vec![], Elem::I32, &devices).unwrap();
    let bytes = write(&graph(), &[out], 1 << 20).unwrap();
    let back = SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!((back.tensor("y").unwrap().dtype(), back.tensor("y").unwrap().data()), (Dtype::I32, &(-3i32).to_le_bytes()[..]));
}

#[test]
fn blobs_are_verified() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("blob");
    write_new(&path, b"bytes").unwrap();
    assert!(matches!(write_new(&path, b"other"), Err(Error::Io { .. })));
    let blob = BlobRef::of(b"bytes");
    assert_eq!(read_blob(&path, &blob, true).unwrap(), b"bytes");
    assert!(matches!(read_blob(&path, &BlobRef { len: 4, ..blob }, true), Err(Error::BlobMismatch { model: true, .. })));
    assert!(matches!(read_blob(&path, &BlobRef::of(b"bytez"), false), Err(Error::BlobMismatch { model: false, .. })));
    assert!(matches!(read_blob(&dir.path().join("none"), &blob, true), Err(Error::Io { .. })));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

proptest! {
    #[test]
    fn garbage_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(read(&bytes, &graph(), &Devices::flex()).is_err());
    }
}
