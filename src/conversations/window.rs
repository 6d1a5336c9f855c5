//! The customer-service window: 24 hours from the customer's newest message, within which a business may
//! send anything; outside it only templates (Meta, send messages; error 131047).

use beseda_wire::messages::Content;
use beseda_wire::time::Time;

use super::WindowClosed;

const HOURS: i64 = 24;

/// When the window closes; `None` when it was never open.
pub fn closes_at(last_in: Option<Time>) -> Option<Time> {
    last_in.map(|at| at.plus_seconds(HOURS * 3600))
}

/// Whether this content may be sent now.
pub fn check(content: &Content, last_in: Option<Time>, now: Time) -> Result<(), WindowClosed> {
    let open = closes_at(last_in).is_some_and(|closes| now < closes);
    if open || matches!(content, Content::Template(_)) { Ok(()) } else { Err(WindowClosed) }
}

#[cfg(test)]
mod tests {
    use beseda_wire::messages::{Template, Text};

    use super::*;

    #[test]
    fn outside_the_window_only_templates() {
        let text = Content::Text(Text { body: "hello".into(), preview_url: false });
        let template = Content::Template(Template {
            name: "hello".into(),
            language: "en".into(),
            components: None,
            header_media: None,
            preview: None,
            category: None,
        });
        let wrote = Time::from_millis(1_000);
        let day = 24 * 3600 * 1000;
        for (last_in, now, open) in [
            (None, 1_000, false),
            (Some(wrote), 1_000, true),
            (Some(wrote), day + 999, true),
            (Some(wrote), day + 1_000, false),
        ] {
            let now = Time::from_millis(now);
            assert_eq!(check(&text, last_in, now).is_ok(), open, "{last_in:?} {now}");
            assert_eq!(check(&template, last_in, now), Ok(()));
        }
    }
}
