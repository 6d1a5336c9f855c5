//! Files both ways (FACTS §3): up to Meta before they are sent, down from Meta after they came.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use reqwest::{Body, Method, Response, StatusCode, Url, multipart};

use super::answer::{self, CallError, Failure, exchange, root_cause};
use super::send::SendError;
use super::{Credentials, Graph, TRANSFER};
use crate::whatsapp::lax::Lax;
use crate::whatsapp::signature::hex;

/// The bytes of a file to be uploaded.
pub struct Upload {
    body: Body,
    size: u64,
}

/// A file on its way down from Meta.
pub struct MediaFile {
    pub mime: Option<String>,
    /// SHA-256 in hex, as Meta says; to be compared with what came.
    pub sha256: Option<String>,
    /// Bytes, as Meta says.
    pub size: Option<u64>,
    /// The content. It ends with an error where the transfer breaks off or more comes than was allowed.
    pub stream: BoxStream<'static, Result<Bytes, MediaError>>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// It will not be had any more: ids from webhooks live seven days.
    #[error("the file is no longer at Meta: {0}")]
    Gone(String),
    #[error("the file has more than {0} bytes")]
    TooLarge(u64),
    /// It may be had later.
    #[error("the file could not be fetched: {0}")]
    Failed(String),
}

impl From<Bytes> for Upload {
    fn from(bytes: Bytes) -> Self {
        Self { size: length(bytes.len()), body: Body::from(bytes) }
    }
}

impl From<Vec<u8>> for Upload {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(Bytes::from(bytes))
    }
}

impl Upload {
    /// A file that is read while it is sent, so that 100 MB do not lie in memory.
    pub async fn open(path: &Path) -> std::io::Result<Self> {
        let file = tokio::fs::File::open(path).await?;
        let size = file.metadata().await?.len();
        Ok(Self { body: Body::from(file), size })
    }
}

impl Graph {
    /// Uploads a file and gives its id, which lives for 30 days.
    ///
    /// It may be repeated after any error: what was uploaded twice is two files, of which one is used.
    pub async fn upload_media(
        &self,
        credentials: &Credentials,
        file: Upload,
        mime: &str,
        filename: &str,
    ) -> Result<String, SendError> {
        let part = multipart::Part::stream_with_length(file.body, file.size)
            .file_name(filename.to_owned())
            .mime_str(mime)
            .map_err(|_| SendError::NotSent(format!("`{mime}` is no media type")))?;
        let form = multipart::Form::new()
            .text("messaging_product", "whatsapp")
            .text("type", mime.to_owned())
            .part("file", part);
        let request = self
            .call(Method::POST, credentials, &[&credentials.phone_number_id, "media"])?
            .timeout(TRANSFER)
            .multipart(form);
        let (answer, _) = exchange(request).await?;
        answer.word("id").ok_or_else(|| SendError::Lost("an answer without a media id".to_owned()))
    }

    /// Begins to fetch a file: asks for its address, which lives for five minutes, and opens that. An address that has
    /// run out in between is asked for once more.
    ///
    /// `most` is the largest file that is wanted, in bytes. It holds for what is announced and for what really comes.
    pub async fn download_media(
        &self,
        credentials: &Credentials,
        id: &str,
        most: u64,
    ) -> Result<MediaFile, MediaError> {
        match self.open_media(credentials, id, most).await {
            Err(MediaError::Gone(_)) => self.open_media(credentials, id, most).await,
            other => other,
        }
    }

    async fn open_media(
        &self,
        credentials: &Credentials,
        id: &str,
        most: u64,
    ) -> Result<MediaFile, MediaError> {
        // Naming the number makes Meta check that the file belongs to it.
        let query = [("phone_number_id", credentials.phone_number_id.as_str())];
        let request = self.call(Method::GET, credentials, &[id])?.query(&query);
        let (info, _) = exchange(request).await?;
        let size = info.integer("file_size").and_then(|size| u64::try_from(size).ok());
        if size.is_some_and(|size| size > most) {
            return Err(MediaError::TooLarge(most));
        }
        let url =
            info.word("url").ok_or_else(|| MediaError::Failed("an answer without an address".to_owned()))?;
        let response = self.open_address(credentials, &url).await?;
        if response.content_length().is_some_and(|size| size > most) {
            return Err(MediaError::TooLarge(most));
        }
        Ok(MediaFile {
            mime: info.word("mime_type"),
            sha256: info.word("sha256").and_then(|hash| in_hex(&hash)),
            size: size.or(response.content_length()),
            stream: pieces(response, most),
        })
    }

    /// The bytes behind an address that Meta has just told.
    pub(super) async fn open_file(
        &self,
        credentials: &Credentials,
        url: &str,
        most: u64,
    ) -> Result<BoxStream<'static, Result<Bytes, MediaError>>, MediaError> {
        Ok(pieces(self.open_address(credentials, url).await?, most))
    }

    /// The host is whatever Meta says (it is not the Graph host), but the token never goes over a line less safe than
    /// the Graph host's own.
    async fn open_address(&self, credentials: &Credentials, url: &str) -> Result<Response, MediaError> {
        let url = Url::parse(url)
            .map_err(|error| MediaError::Failed(format!("no address to fetch from: {error}")))?;
        if !may_see_token(&url, &self.root_for(credentials)?) {
            return Err(MediaError::Failed(format!("{}: would show the token to others", url.scheme())));
        }
        let request =
            self.client_for(&url)?.get(url).bearer_auth(credentials.token.expose()).timeout(TRANSFER);
        let response = request.send().await.map_err(|error| Failure::of_connection(&error))?;
        match response.status() {
            StatusCode::OK => Ok(response),
            status @ (StatusCode::NOT_FOUND | StatusCode::GONE) => {
                Err(MediaError::Gone(format!("HTTP {status}")))
            }
            status => match answer::read(response).await {
                // Refusals come in the API's words here too.
                Err(failure) => Err(failure.into()),
                Ok(_) => Err(MediaError::Failed(format!("HTTP {status} instead of the file"))),
            },
        }
    }
}

/// Whether an address is reached over a line as safe as that of the Graph host.
pub(super) fn may_see_token(url: &Url, root: &Url) -> bool {
    url.scheme() == "https" || url.scheme() == "http" && root.scheme() == "http"
}

impl From<Failure> for MediaError {
    fn from(failure: Failure) -> Self {
        match failure {
            // Subcode 33: there is nothing of this id.
            Failure::Refused(error, _) if error.code == 100 && error.subcode == Some(33) => {
                Self::Gone(error.to_string())
            }
            other => Self::Failed(CallError::from(other).to_string()),
        }
    }
}

/// The body of an answer, ended by an error when it is longer than `most`.
fn pieces(response: Response, most: u64) -> BoxStream<'static, Result<Bytes, MediaError>> {
    let read = move |state: Option<(Response, u64)>| async move {
        let (mut response, left) = state?;
        match response.chunk().await {
            Ok(None) => None,
            Ok(Some(chunk)) => match left.checked_sub(length(chunk.len())) {
                Some(left) => Some((Ok(chunk), Some((response, left)))),
                None => Some((Err(MediaError::TooLarge(most)), None)),
            },
            Err(error) => Some((Err(MediaError::Failed(root_cause(&error))), None)),
        }
    };
    stream::unfold(Some((response, most)), read).boxed()
}

fn length(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}

/// SHA-256 in hex, from hex or base64: Meta writes it in hex here and in base64 in webhooks.
fn in_hex(hash: &str) -> Option<String> {
    if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(hash.to_ascii_lowercase());
    }
    let bytes = STANDARD.decode(hash).ok().filter(|bytes| bytes.len() == 32)?;
    Some(hex(&bytes))
}
