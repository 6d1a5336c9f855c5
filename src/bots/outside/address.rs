//! Which addresses a flow may reach. A flow is made by people of a business, and the program stands in the network of
//! whoever runs it: without this guard a flow could read the cloud's metadata or the router's pages.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use beseda_flow::CallFault;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// What may be reached.
#[derive(Debug, Clone, Copy)]
pub struct Addresses {
    /// Also networks that are not the Internet.
    pub private: bool,
}

impl Addresses {
    /// Refuses an address that is written as a number; names are looked at when they are resolved.
    pub fn check(self, url: &Url) -> Result<(), CallFault> {
        if !matches!(url.scheme(), "https" | "http") {
            return Err(CallFault::OtherScheme);
        }
        let literal = match url.host() {
            Some(url::Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(url::Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(url::Host::Domain(_)) => None,
            None => return Err(CallFault::NoAddress),
        };
        if literal.is_some_and(|address| !self.allows(address)) {
            Err(CallFault::PrivateAddress)
        } else {
            Ok(())
        }
    }

    pub fn allows(self, address: IpAddr) -> bool {
        self.private || is_public(address)
    }

    /// The addresses of a host that may be reached.
    pub async fn resolve_host(self, host: &str, port: u16) -> Result<Vec<SocketAddr>, CallFault> {
        let found = tokio::net::lookup_host((host, port)).await;
        let found = found.map_err(|error| CallFault::UnknownHost { said: error.to_string() })?;
        let found: Vec<SocketAddr> = found.filter(|address| self.allows(address.ip())).collect();
        if found.is_empty() { Err(CallFault::PrivateAddress) } else { Ok(found) }
    }
}

/// At the moment of connecting, so that a name cannot change what it means in between.
impl Resolve for Addresses {
    fn resolve(&self, name: Name) -> Resolving {
        let addresses = *self;
        Box::pin(async move {
            let found = addresses.resolve_host(name.as_str(), 0).await;
            let found: Addrs =
                Box::new(found.map_err(Box::<dyn std::error::Error + Send + Sync>::from)?.into_iter());
            Ok(found)
        })
    }
}

/// Whether an address is of the Internet (IANA's special-purpose registries, RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => is_public_v4(address),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        // Once the way from IPv4 to IPv6 (RFC 7526).
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Global unicast is 2000::/3; what translates or tunnels to IPv4 may lead inside, and is outside of it or 2002::/16.
    // 2001::/23 is for protocols, Teredo among them; two more ranges are for documents.
    let special = a == 0x2002 || (a == 0x2001 && b < 0x0200);
    let documentation = (a == 0x2001 && b == 0x0db8) || (a == 0x3fff && b < 0x1000);
    (a & 0xe000) == 0x2000 && !special && !documentation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_networks_are_told_from_the_internet() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
            "2001::1",
            "2001:2::1",
            "2001:20::1",
            "3fff:1::1",
            "192.88.99.1",
            "ff02::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1"] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn numbers_are_refused_however_they_are_written() {
        let check = |url: &str, private| Addresses { private }.check(&Url::parse(url).unwrap());
        for inside in
            ["http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://[::1]/", "ftp://1.1.1.1/"]
        {
            assert!(check(inside, false).is_err(), "{inside}");
        }
        assert!(check("http://127.0.0.1/", true).is_ok());
        assert!(check("https://example.com/", false).is_ok());
    }
}
