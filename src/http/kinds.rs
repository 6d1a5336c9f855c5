//! The problem types, all of them: what a program may rely on, and what the docs page lists.
//!
//! A type is `/problems/<slug>`. Slugs never change their meaning and never go away; the interface translates
//! by them. A domain's own problems stand here too, because callers look for one list.

/// A type of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    pub slug: &'static str,
    pub status: u16,
    /// The problem in a few words.
    pub title: &'static str,
    /// What it means and what to do, for the docs page.
    pub meaning: &'static str,
}

impl Kind {
    /// The stable name in the field `type`.
    pub fn uri(&self) -> String {
        format!("/problems/{}", self.slug)
    }
}

macro_rules! kinds {
    ($($name:ident = $status:literal $slug:literal, $title:literal, $meaning:literal;)*) => {
        $(
            #[doc = $meaning]
            pub const $name: Kind = Kind { slug: $slug, status: $status, title: $title, meaning: $meaning };
        )*

        /// Every type, in the order of their statuses.
        pub const ALL: &[Kind] = &[$($name),*];
    };
}

kinds! {
    UNREADABLE = 400 "unreadable", "The request cannot be read",
        "The body is not what its Content-Type says: broken JSON, a cut-off upload, an empty file, bytes that are not UTF-8.";
    INVALID = 400 "invalid", "A field is wrong",
        "A field of the body or a parameter breaks a rule. `errors` says which one and what is allowed.";
    BAD_CURSOR = 400 "bad-cursor", "The cursor is not one of ours",
        "`cursor` must be the `next` of an earlier page of the same list, in the same business. Begin again without it.";
    BAD_REQUEST = 400 "bad-request", "The request is not understood",
        "Something about the request is wrong that no other type names; `detail` says what.";
    UNAUTHORIZED = 401 "unauthorized", "Sign in first",
        "The operation needs `Authorization: Bearer <token>`, and there is none, or it is wrong, expired or revoked.";
    SIGN_IN_FAILED = 401 "sign-in-failed", "The e-mail or the password is wrong",
        "E-mail and password do not belong together. Which of them is wrong is not told. After some failures the answer is too-many-requests for a while.";
    FORBIDDEN = 403 "forbidden", "Not allowed",
        "You are known, and your role in this business does not allow this.";
    NOT_FOUND = 404 "not-found", "Not found",
        "There is nothing here for you. A record of another business looks the same as one that never was.";
    METHOD = 405 "method-not-allowed", "This address does not do that",
        "The address exists and takes other methods; the `Allow` header lists them. To a method that HTTP itself does not define it is not told.";
    CONFLICT = 409 "conflict", "It contradicts what is there",
        "The request contradicts the present state: a name is taken, something was changed meanwhile.";
    KEY_IN_USE = 409 "idempotency-in-progress", "The same request is being worked on",
        "An earlier request with this Idempotency-Key has no answer yet. Try again in a second.";
    KEY_UNKNOWN = 409 "idempotency-unknown", "The first attempt's outcome is not known",
        "The program stopped between doing this and writing down its answer. It is not done again; look whether it was done, and use a new key if it was not.";
    SETUP_LINK_EXPIRED = 410 "setup-link-expired", "The setup address is not valid any more",
        "A setup address works once and for 30 minutes, and until a newer one is made. `beseda setup-link` prints a new one while there is no owner.";
    INVITATION_OVER = 410 "invitation-over", "The invitation is not valid any more",
        "An invitation works once and for 7 days, and until it is withdrawn or a newer one is made for the same e-mail. Ask for a new one.";
    TOO_LARGE = 413 "too-large", "The body is too large",
        "`detail` says how many bytes are allowed; `errors`, where there are any, which field is too large and how many bytes came.";
    MEDIA_TYPE = 415 "media-type", "This kind of body is not taken",
        "The Content-Type is missing or not one that the operation takes; `detail` says which are.";
    WINDOW_CLOSED = 422 "window-closed", "The 24-hour window is closed",
        "The customer wrote more than 24 hours ago, so WhatsApp takes only templates. Send a template, or wait until the customer writes.";
    NO_MARKETING = 422 "no-marketing", "The customer wants no marketing messages",
        "The customer has asked for no marketing messages, so only templates that say their `category` is `utility` or `authentication` are sent to them. A template without a category counts as marketing.";
    MARKETING_CAPPED = 422 "marketing-capped", "WhatsApp takes no more marketing for this customer today",
        "WhatsApp lets a customer have only so many marketing messages, from all businesses together, and this one has had them. `detail` says when the next may be tried. Only templates that say their `category` is `utility` or `authentication` are sent until then.";
    NUMBER_REMOVED = 422 "number-removed", "The number of this conversation was removed",
        "The WhatsApp number that the conversation was with is not connected any more, so nothing can be sent in it. Connect the number again, then try again.";
    CHECKS_FAILED = 422 "checks-failed", "Meta does not accept these credentials",
        "The credentials were tried and something failed; `errors` names each check with what Meta said. Correct them, or connect with `skip_checks`.";
    SIMULATOR_REFUSED = 422 "simulator-refused", "The simulator does not do that",
        "The built-in simulator was asked for something that WhatsApp or its customer could not do; `detail` says what.";
    FLOW_MISTAKES = 422 "flow-mistakes", "The flow has mistakes",
        "Conversations would break on it, so it is not published. `errors` names each mistake by its code and, as the pointer, the block it is in. Of a file that is imported it is the place in the file: it leads to what is not there, begins at it, or leads round without ever waiting.";
    KEY_REUSED = 422 "idempotency-key-reused", "The key belongs to another request",
        "This Idempotency-Key was used with a different request in the last 24 hours. Make a new key for each new request.";
    TOO_MANY = 429 "too-many-requests", "Too many requests",
        "Wait for the seconds in `Retry-After`, then go on more slowly.";
    INTERNAL = 500 "internal", "Something went wrong here",
        "It is our fault. `detail` has the number under which the log tells the cause.";
    META_FAILED = 502 "meta-failed", "WhatsApp did not answer this",
        "WhatsApp's own API was asked and refused, or could not be reached; `detail` has its words. Check the number's token in its settings, or try again.";
    UNAVAILABLE = 503 "unavailable", "Not available now",
        "The program is starting or stopping, or more work waits than it has room for. Try again after `Retry-After` seconds.";
    STORAGE_FAILING = 503 "storage-failing", "The disk is full or failing",
        "The program cannot write, so what was asked counts as not done; what is there can still be read. Free some room, look whether it is there, then try again: `/readyz` says when writes are taken.";
    SETUP_NEEDED = 503 "setup-needed", "Not set up yet",
        "This program waits for its first owner. Open the setup address that it printed when it started.";
}

/// The kind for a status that the framework gave without one.
pub fn of_status(status: u16) -> Kind {
    match status {
        401 => UNAUTHORIZED,
        403 => FORBIDDEN,
        404 => NOT_FOUND,
        405 => METHOD,
        409 => CONFLICT,
        413 => TOO_LARGE,
        415 => MEDIA_TYPE,
        429 => TOO_MANY,
        503 => UNAVAILABLE,
        500.. => INTERNAL,
        _ => BAD_REQUEST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_ordered_by_status() {
        let mut slugs: Vec<_> = ALL.iter().map(|kind| kind.slug).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), ALL.len());
        assert!(ALL.is_sorted_by_key(|kind| kind.status));
        assert!(
            ALL.iter().all(|kind| kind.slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
        );
    }
}
