//! The pieces every page is made of. Only the kit and `glue` know what Sauron is.

pub mod avatar;
pub mod button;
pub mod dialog;
pub mod el;
pub mod event;
pub mod field;
pub mod icon;
pub mod menu;
pub mod notice;
pub mod qr;
pub mod search;
pub mod segmented;
pub mod switch;
pub mod table;
pub mod tag;
pub mod toast;
pub mod virtual_list;

pub use button::{Button, Look, icon_button, icon_button_with_id};
pub use el::{El, el};
pub use icon::{Icon, icon};

use crate::Node;

/// Grey bars in the shape of what is being loaded.
pub fn skeleton(rows: usize, class: &'static str) -> Node {
    el("div")
        .class("skeleton")
        .class(class)
        .attr("aria-hidden", "true")
        .children(
            (0..rows).map(|_| el("div").class("skeleton-row").child(el("i")).child(el("b")).child(el("b"))),
        )
        .into()
}

/// A key, as on the keyboard.
pub fn kbd(key: &str) -> Node {
    el("kbd").text(key).into()
}
