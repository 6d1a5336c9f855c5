//! The headers that every answer has, so that a browser does nothing with it that we did not mean. Only the news to Meta
//! that a webhook was taken go without ([`super::edge`]).

use poem::Response;
use poem::http::{HeaderName, HeaderValue, header};

/// What pages of the program may load: everything from here, nothing from elsewhere, nothing inline.
/// `'wasm-unsafe-eval'` is for WebAssembly, which is compiled code and not text; it allows no `eval`.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; \
    worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What an answer of the API may do when somebody opens it as a page: nothing.
pub const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// The devices a page may ask for. The microphone is for voice notes, the location for sending one.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(self), \
    geolocation=(self), gyroscope=(), magnetometer=(), microphone=(self), midi=(), payment=(), \
    publickey-credentials-get=(self), screen-wake-lock=(), usb=(), xr-spatial-tracking=()";

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Adds what the answer does not say by itself. `https` is how the far end came.
pub fn add(response: &mut Response, https: bool) {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::CONTENT_SECURITY_POLICY, DATA_POLICY);
    set(PERMISSIONS_POLICY, PERMISSIONS);
    set(OPENER_POLICY, "same-origin");
    set(RESOURCE_POLICY, "same-origin");
    set(ROBOTS, "noindex");
    set(header::CACHE_CONTROL, "no-store");
    if https {
        // Only there: over plain HTTP browsers ignore it, and on localhost it would lock out other programs.
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}
