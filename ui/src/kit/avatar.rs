//! A round picture with initials, in one of a few colours that a name always gets.

use super::el;
use crate::Node;
use crate::format::initials;

pub fn avatar(name: &str, class: &str) -> Node {
    // A sum is enough to spread names over five colours, and stays the same for ever.
    let colour = name.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % 5;
    let colour = ["c1", "c2", "c3", "c4", "c5"][colour];
    el("span")
        .class("avatar")
        .class(colour)
        .class(class)
        .attr("aria-hidden", "true")
        .text(initials(name))
        .into()
}
