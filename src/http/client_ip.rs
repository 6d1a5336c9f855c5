//! Where a request really comes from, when a reverse proxy stands in between.
//!
//! `X-Forwarded-*` is believed only from the networks that the configuration names: anyone can write a header,
//! and limits per address would be worth nothing. The framework's `RealIp` believes everyone.

use std::net::IpAddr;

use ipnet::IpNet;
use poem::http::uri::{Authority, Scheme};
use poem::http::{HeaderMap, Uri, header};
use poem::web::RemoteAddr;
use poem::{Addr, FromRequest, Request, RequestBody};

/// The networks of our own reverse proxies.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    pub fn trusts(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.iter().any(|network| network.contains(&ip))
    }
}

/// The far end of a request. Handlers name it among their arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub ip: IpAddr,
    /// Whether the far end speaks TLS, with us or with the proxy.
    pub https: bool,
    /// The host and port that the far end asked for, as it wrote them: to be compared, and never told to anybody else.
    pub host: Option<String>,
}

impl Client {
    /// What the connection says, and what a trusted proxy says of it.
    pub fn of(request: &Request, proxies: &TrustedProxies) -> Self {
        let peer = peer_ip(request.remote_addr());
        let secure = *request.scheme() == Scheme::HTTPS;
        Self::told(peer, secure, request.headers(), request.uri(), proxies)
    }

    fn told(peer: IpAddr, secure: bool, headers: &HeaderMap, uri: &Uri, proxies: &TrustedProxies) -> Self {
        let asked = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .or_else(|| uri.authority().map(Authority::as_str));
        let mut client = Self { ip: peer.to_canonical(), https: secure, host: asked.map(str::to_owned) };
        if !proxies.trusts(peer) {
            return client;
        }
        // The last entries are the nearest; each is believed while the one after it was a proxy of ours.
        for entry in forwarded(headers, "x-forwarded-for").rev() {
            let Ok(ip) = entry.parse::<IpAddr>() else { break };
            client.ip = ip.to_canonical();
            if !proxies.trusts(ip) {
                break;
            }
        }
        if let Some(scheme) = forwarded(headers, "x-forwarded-proto").next_back() {
            client.https = scheme.eq_ignore_ascii_case("https");
        }
        if let Some(host) = forwarded(headers, "x-forwarded-host").next_back() {
            client.host = Some(host.to_owned());
        }
        client
    }

    /// The address as limits count it: an IPv6 customer has a whole /64, so that is one caller.
    pub fn key(&self) -> IpAddr {
        limited(self.ip)
    }
}

/// IPv4 addresses as they are, IPv6 ones by their /64.
pub fn limited(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6((u128::from(ip) & !u128::from(u64::MAX)).into()),
        ip @ IpAddr::V4(_) => ip,
    }
}

fn peer_ip(remote: &RemoteAddr) -> IpAddr {
    match &remote.0 {
        Addr::SocketAddr(address) => address.ip(),
        // A test or a Unix socket: nobody from outside.
        _ => IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
    }
}

/// The entries of all lines of a list header, first to last.
fn forwarded<'h>(headers: &'h HeaderMap, name: &str) -> impl DoubleEndedIterator<Item = &'h str> {
    let lines: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    lines.into_iter().flat_map(|line| line.split(',')).map(str::trim).filter(|entry| !entry.is_empty())
}

impl<'a> FromRequest<'a> for Client {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        // `edge.rs` has put it there; without it (a handler called by itself) nobody is trusted.
        Ok(request
            .extensions()
            .get::<Self>()
            .cloned()
            .unwrap_or_else(|| Self::of(request, &TrustedProxies::default())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(peer: &str, headers: &[(&'static str, &str)]) -> Client {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Client::told(peer.parse().unwrap(), false, &map, &Uri::from_static("/"), &proxies)
    }

    #[test]
    fn a_stranger_is_not_believed() {
        let client = told(
            "203.0.113.7",
            &[
                ("x-forwarded-for", "1.1.1.1"),
                ("x-forwarded-proto", "https"),
                ("x-forwarded-host", "evil.test"),
            ],
        );
        assert_eq!(client.ip, "203.0.113.7".parse::<IpAddr>().unwrap());
        assert!(!client.https);
        assert_eq!(client.host, None);
    }

    #[test]
    fn a_proxy_of_ours_is_believed_as_far_as_it_can_know() {
        // The first entry is the caller's own invention; 198.51.100.9 is whom our outer proxy saw.
        let client = told(
            "10.0.0.2",
            &[("x-forwarded-for", "6.6.6.6, 198.51.100.9"), ("x-forwarded-for", "10.9.9.9")],
        );
        assert_eq!(client.ip, "198.51.100.9".parse::<IpAddr>().unwrap());
        let client = told(
            "::ffff:10.0.0.2",
            &[("x-forwarded-proto", "https"), ("host", "inner"), ("x-forwarded-host", "crm.example")],
        );
        assert!(client.https);
        assert_eq!(client.host.as_deref(), Some("crm.example"));
        assert_eq!(client.ip, "10.0.0.2".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn nonsense_ends_the_walk() {
        let client = told("10.0.0.2", &[("x-forwarded-for", "1.2.3.4, unknown, 10.0.0.3")]);
        assert_eq!(client.ip, "10.0.0.3".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn one_customer_of_ipv6_is_one_caller() {
        let key = |text: &str| limited(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), key("2001:db8:1:2::1"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("192.0.2.1"), "192.0.2.1".parse::<IpAddr>().unwrap());
    }
}
