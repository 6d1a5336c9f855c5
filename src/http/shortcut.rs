//! A way past the router, for the one address to which a flood comes.
//!
//! What the framework's router does with a request (find the route, note its parameters, hand it through an endpoint for
//! each layer) and what ours notes for handlers takes more of a webhook's time than all that is done with it. So this one
//! kind of request is known by the beginning of its path, and everything else goes on to the routes.

use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem::{Endpoint, EndpointExt, Request, Response};

/// Who takes every POST to a path, and to one part below it.
pub struct Shortcut {
    pub path: &'static str,
    pub endpoint: BoxEndpoint<'static>,
}

impl Shortcut {
    /// The same, with something around who takes it.
    #[must_use]
    pub fn around<E>(self, wrap: impl FnOnce(BoxEndpoint<'static>) -> E) -> Self
    where
        E: Endpoint<Output = Response> + 'static,
    {
        Self { path: self.path, endpoint: wrap(self.endpoint).boxed() }
    }

    pub fn takes(&self, request: &Request) -> bool {
        self.is_for(request.method(), request.uri().path())
    }

    fn is_for(&self, method: &Method, path: &str) -> bool {
        *method == Method::POST
            && path.strip_prefix(self.path).is_some_and(|below| {
                below.is_empty()
                    || below.strip_prefix('/').is_some_and(|part| !part.is_empty() && !part.contains('/'))
            })
    }
}

#[cfg(test)]
mod tests {
    use poem::IntoResponse;
    use poem::endpoint::make_sync;

    use super::*;

    #[test]
    fn it_takes_its_own_path_and_one_part_below_it() {
        let endpoint = make_sync(|_| ().into_response()).boxed();
        let shortcut = Shortcut { path: "/hooks/in", endpoint };
        for (method, path, taken) in [
            (Method::POST, "/hooks/in", true),
            (Method::POST, "/hooks/in/12", true),
            (Method::POST, "/hooks/in/", false),
            (Method::POST, "/hooks/in/12/x", false),
            (Method::POST, "/hooks/inside", false),
            (Method::POST, "/hooks", false),
            (Method::GET, "/hooks/in", false),
        ] {
            assert_eq!(shortcut.is_for(&method, path), taken, "{method} {path}");
        }
    }
}
