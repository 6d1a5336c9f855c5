//! A webhook arrives: whose it is, whether it is Meta's, and onto the disk before it is acknowledged.
//!
//! Nothing is decoded here beyond what routing needs. What was validly signed is kept, whatever it says;
//! what was not leaves nothing but a count.

use std::collections::HashSet;
use std::sync::Arc;

use beseda_wire::ids::BusinessId;
use beseda_wire::time::Time;

use crate::clock::Clock;
use crate::inbox::runtime::Inbox;
use crate::store::StoreError;
use crate::whatsapp::journal::Entry;
use crate::whatsapp::numbers::{Channel, Channels, RejectedCount};
use crate::whatsapp::signature;
use crate::whatsapp::webhook::{self, Route};

/// What to answer Meta.
#[derive(Debug, PartialEq, Eq)]
pub enum Receipt {
    /// 200: it is durable.
    Kept,
    /// 401: no secret of ours signed it.
    BadSignature,
    /// 404: the address names a number nobody has connected.
    NoSuchNumber,
}

/// The receiver of both callback addresses.
#[derive(Clone)]
pub struct Receiver {
    channels: Channels,
    inbox: Arc<Inbox>,
    clock: Clock,
}

impl Receiver {
    pub fn new(channels: Channels, inbox: Arc<Inbox>, clock: Clock) -> Self {
        Self { channels, inbox, clock }
    }

    /// Meta verifies a callback address (Meta, create a webhook endpoint): the challenge to answer with, if
    /// the token is the number's, or any number's at the address of the app.
    pub fn verify(&self, phone_number_id: Option<&str>, token: &str) -> bool {
        let fits = |channel: &Channel| {
            crate::crypto::constant_time_eq(channel.verify_token.as_bytes(), token.as_bytes())
        };
        match phone_number_id {
            Some(id) => self.channels.get(id).is_some_and(|channel| fits(&channel)),
            None => self.channels.all().iter().any(|channel| fits(channel)),
        }
    }

    /// Notes that Meta verified the addresses of the numbers with this token.
    pub async fn note_verified(&self, phone_number_id: Option<&str>, token: &str) {
        for channel in self.channels.all() {
            let addressed = phone_number_id.is_none_or(|id| id == channel.phone_number_id);
            if addressed && channel.verify_token == token {
                self.inbox.note_verified(&channel).await;
            }
        }
    }

    /// What can be said before the body is read: nobody has the number, or no signature of Meta's is there. Without a
    /// number it is the address of an app, whoever's that may be.
    pub fn refuses(&self, phone_number_id: Option<&str>, header: &str) -> Option<Receipt> {
        let Some(id) = phone_number_id else { return self.refuses_header(header, self.channels.nameless()) };
        let Some(channel) = self.channels.get(id) else { return Some(Receipt::NoSuchNumber) };
        self.refuses_header(header, &channel.rejected)
    }

    fn refuses_header(&self, header: &str, rejected: &RejectedCount) -> Option<Receipt> {
        if signature::is_well_formed(header) {
            return None;
        }
        rejected.add(self.now());
        Some(Receipt::BadSignature)
    }

    /// A webhook at a number's own address.
    pub async fn receive_for(
        &self,
        phone_number_id: &str,
        header: &str,
        body: Vec<u8>,
    ) -> Result<Receipt, StoreError> {
        let Some(channel) = self.channels.get(phone_number_id) else { return Ok(Receipt::NoSuchNumber) };
        if signature::signer(&body, header, [channel.app_secret.expose()]).is_none() {
            channel.rejected.add(self.now());
            return Ok(Receipt::BadSignature);
        }
        let entry =
            Entry { received_at: self.now(), phone_number_id: Some(phone_number_id.to_owned()), body };
        self.inbox.journal(channel.business, entry).await?;
        Ok(Receipt::Kept)
    }

    /// A webhook at the address of an app, which may serve many numbers of many businesses.
    pub async fn receive(&self, header: &str, body: Vec<u8>) -> Result<Receipt, StoreError> {
        let channels = self.channels.all();
        let Some(signer) = signed_by(&channels, header, &body) else {
            self.count_rejected(&channels, &body);
            return Ok(Receipt::BadSignature);
        };
        // Only the numbers of that app: its secret proves nothing about anybody else's.
        let theirs: Vec<_> =
            channels.iter().filter(|channel| same_secret(channel, &signer)).cloned().collect();
        let now = self.now();
        for (business, body) in parts(&theirs, body) {
            let entry = Entry { received_at: now, phone_number_id: None, body };
            self.inbox.journal(business, entry).await?;
        }
        Ok(Receipt::Kept)
    }

    /// Counts a request once for every number that it names; what names none of ours is counted as that. Anybody can send
    /// it, so no more of it is read than one webhook needs.
    fn count_rejected(&self, channels: &[Arc<Channel>], body: &[u8]) {
        let routes =
            if body.len() <= LOOKED_INTO { webhook::route(body).unwrap_or_default() } else { Vec::new() };
        let now = self.now();
        let mut named = channels.iter().filter(|channel| routes.iter().any(|route| channel.is_named(route)));
        match named.next() {
            Some(first) => std::iter::once(first).chain(named).for_each(|channel| channel.rejected.add(now)),
            None => self.channels.nameless().add(now),
        }
    }

    fn now(&self) -> Time {
        self.clock.now().into()
    }
}

/// Of a longer body that nobody is known to have signed it is not looked up whom it names.
const LOOKED_INTO: usize = 64 << 10;

/// The channel whose secret signed the body: one of each secret is asked, and nothing of the body is read before. What
/// cannot be read names nobody, and is kept all the same.
fn signed_by(channels: &[Arc<Channel>], header: &str, body: &[u8]) -> Option<Arc<Channel>> {
    let mut known = HashSet::new();
    let of_each: Vec<_> =
        channels.iter().filter(|channel| known.insert(channel.app_secret.expose())).collect();
    let signer = signature::signer(body, header, of_each.iter().map(|channel| channel.app_secret.expose()))?;
    Some(Arc::clone(of_each[signer]))
}

/// Divides a body among the businesses of one app. What names nobody known goes to the business of the
/// app's oldest number: somebody must be able to see it, and the app is theirs.
fn parts(channels: &[Arc<Channel>], body: Vec<u8>) -> Vec<(BusinessId, Vec<u8>)> {
    let Some(oldest) = channels.iter().min_by_key(|channel| channel.number) else { return Vec::new() };
    // The app of one business, as nearly always: whatever the body names is theirs, and need not be looked up.
    if channels.iter().all(|channel| channel.business == oldest.business) {
        return vec![(oldest.business, body)];
    }
    let owner = |route: &Route| channels.iter().find(|channel| channel.is_named(route));
    let split =
        webhook::split(&body, |route| owner(route).map_or(oldest.business, |channel| channel.business));
    match split {
        Ok(split) if !split.is_empty() => {
            split.into_iter().map(|(business, body)| (business, body.into_owned().into_bytes())).collect()
        }
        _ => vec![(oldest.business, body)],
    }
}

fn same_secret(a: &Channel, b: &Channel) -> bool {
    crate::crypto::constant_time_eq(a.app_secret.expose().as_bytes(), b.app_secret.expose().as_bytes())
}
