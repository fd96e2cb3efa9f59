//! `hearth blob`: content-addressed files in a node's store.

use crate::{args::Options, error::Result, transfer, ui::table, units};
use clap::Subcommand;
use hearth_primitives::{
    blob::{BlobId, BlobRef},
    H256,
};
use serde::Serialize;
use std::path::PathBuf;

/// What can be done with blobs.
#[derive(Debug, Subcommand)]
pub enum BlobVerb {
    /// Put a file into the node's store and print its id. What the chain does not refer to is forgotten after a while.
    Put {
        /// The file.
        file: PathBuf,
    },
    /// Fetch a blob from the node, or through it from its peers, and verify it.
    Get {
        /// The blob's id.
        #[arg(value_parser = units::id)]
        id: H256,
        /// The file to write.
        #[arg(long, short)]
        output: PathBuf,
    },
}

#[derive(Debug, Serialize)]
struct BlobInfo {
    id: BlobId,
    len: u64,
    /// Whether it had to be sent to the node; none when it was fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    uploaded: Option<bool>,
    file: PathBuf,
}

impl BlobInfo {
    fn new(blob: BlobRef, uploaded: Option<bool>, file: PathBuf) -> Self {
        Self { id: blob.id, len: blob.len, uploaded, file }
    }

    fn text(&self) -> String {
        let done = match self.uploaded {
            Some(true) => "uploaded",
            Some(false) => "the node had it already",
            None => "fetched and verified",
        };
        table(&[
            ("id", format!("{:?}", self.id)),
            ("length", units::show_bytes(self.len)),
            ("file", self.file.display().to_string()),
            ("done", done.to_string()),
        ])
    }
}

impl BlobVerb {
    /// Does what was asked.
    pub async fn run(self, options: &Options) -> Result<()> {
        let info = match self {
            Self::Put { file } => {
                let blob = transfer::reference(&file)?;
                let uploaded = transfer::upload(&options.connect().await?, &file, blob).await?;
                BlobInfo::new(blob, Some(uploaded), file)
            }
            Self::Get { id, output } => {
                let blob = transfer::download(&options.connect().await?, id, None, &output).await?;
                BlobInfo::new(blob, None, output)
            }
        };
        options.output().print(&info, BlobInfo::text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blob_info_in_json() {
        let info = BlobInfo::new(BlobRef::of(b"hello"), Some(false), PathBuf::from("hello.txt"));
        let json = serde_json::to_value(&info).unwrap();
        assert_eq!(json["len"], 5);
        assert_eq!(json["uploaded"], false);
        assert_eq!(json["id"], format!("{:?}", BlobRef::of(b"hello").id));
        assert!(info.text().contains("had it already"));
    }
}
