//! The canvas: what is drawn on it, and what the pointer does to it.

pub mod draw;
pub mod edges;
pub mod far;
pub mod gesture;
pub mod minimap;
pub mod nodes;
pub mod view;

use super::document::{Item, Source};
use super::geometry::Point;

/// What lies under the pointer.
#[derive(Debug, Clone, PartialEq)]
pub enum Hit {
    Canvas,
    Item(Item),
    /// The dot from which a line is drawn.
    Port(Source),
    /// The corner by which a note is made larger.
    Corner(String),
    /// Something of the palette.
    Entry(String),
}

/// A pointer that goes down.
#[derive(Debug, Clone, PartialEq)]
pub struct Press {
    pub hit: Hit,
    /// On the screen, from the canvas's corner.
    pub at: Point,
    pub shift: bool,
    pub command: bool,
    /// The middle button, or another one that only moves the canvas.
    pub pans: bool,
}

/// What happens on the canvas.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Down(Press),
    Up,
    /// The gesture ends without an effect.
    Cancel,
    /// The canvas has this size now.
    Window(f64, f64),
    /// The canvas came to rest at a new place.
    Rest,
    /// Nearer or farther by a factor, around the middle.
    Zoom(f64),
    OneToOne,
    Fit,
    /// A line shall begin here: what does it lead to?
    Connect(Source),
    /// What lies here comes into the middle.
    Centre(Point),
    /// Where the canvas stood when this flow was last open.
    Recalled(Option<String>),
    /// Something got the focus by the keyboard.
    Focused(Item),
}
