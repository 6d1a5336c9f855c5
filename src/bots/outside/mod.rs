//! The calls that flows make: a request, an e-mail, a question to a language model. Each is made once; what came of it
//! goes back into the run. Nothing here reads or writes the store: what a call may use is given to it.

mod address;
mod ai;
mod email;
mod http;
mod network;
mod veil;

use beseda_flow::{Call, CallFault, HttpCall, Outcome};

pub use self::address::Addresses;
pub use self::email::is_mailbox;
pub use self::http::Said;
use self::veil::Veil;
use super::connections::Connection;
use crate::crypto::Secret;

/// How calls are made. Cheap to clone; made once.
#[derive(Clone)]
pub struct Outside {
    client: reqwest::Client,
    addresses: Addresses,
}

/// What a call may use of the business's: opened for this call alone.
#[derive(Default)]
pub struct Means {
    /// Values of secrets, by their names.
    pub secrets: Vec<(String, Secret)>,
    /// The language model or the mail server, with its key or password.
    pub connection: Option<(Connection, Option<Secret>)>,
}

impl Outside {
    /// Private addresses (RFC 1918 and the like) are refused, unless they are allowed.
    pub fn new(private: bool) -> Result<Self, reqwest::Error> {
        let addresses = Addresses { private };
        let client = reqwest::Client::builder()
            .user_agent(concat!("Beseda/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(std::time::Duration::from_secs(10))
            // Where a redirect leads nobody has allowed, and it would carry the secrets along.
            .redirect(reqwest::redirect::Policy::none())
            // A proxy would look names up where we cannot see what comes of it.
            .no_proxy()
            .dns_resolver(std::sync::Arc::new(addresses))
            .build()?;
        Ok(Self { client, addresses })
    }

    /// Makes a call and says what came of it, without the secrets. It takes no longer than the call allows.
    pub async fn make(&self, call: &Call, means: &Means) -> Outcome {
        let made = match call {
            Call::Http(call) => http::make(self, call, means).await.map(|said| said.value(call)),
            Call::Email(call) => email::send(self, call, means).await,
            Call::AiAnswer(call) => ai::answer(self, call, means).await,
            Call::AiExtract(call) => ai::extract(self, call, means).await,
            _ => Err(CallFault::NotAvailable),
        };
        let veil = Veil::of(means);
        match made {
            Ok(mut value) => {
                veil.cover_value(&mut value);
                Outcome::Done { value }
            }
            Err(fault) => Outcome::Failed { reason: veil.cover_fault(fault).into() },
        }
    }

    /// Makes a request for somebody who looks at its answer. A service may send a secret back: whoever looks sees that
    /// it was there, and not what it is.
    pub async fn show(&self, call: &HttpCall, means: &Means) -> Result<Said, CallFault> {
        let veil = Veil::of(means);
        let mut said = http::make(self, call, means).await.map_err(|fault| veil.cover_fault(fault))?;
        said.headers.iter_mut().for_each(|(_, value)| veil.cover(value));
        veil.cover_value(&mut said.body);
        Ok(said)
    }
}

/// Bytes of an answer at most: what a run can keep.
const LARGEST: usize = 256 << 10;

/// The body of an answer, within the limit.
async fn body(mut response: reqwest::Response) -> Result<Vec<u8>, CallFault> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| network::fault(&error))? {
        if body.len() + chunk.len() > LARGEST {
            return Err(CallFault::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
