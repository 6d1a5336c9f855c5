//! Past conversations, run once more with another version of their flow: what would have been answered differently.
//!
//! A [`Script`] is what is known of a run: what began it, what the customer did and when, what calls came back with, and
//! what was answered. A [`Replay`] plays it to a flow, some steps at a time, so that a page stays alive meanwhile.
//! [`compare`] says where the two first differ.
//!
//! What is not here: nothing is sent and nothing outside is called. Where the flow asks something whose answer was not
//! kept, the replay stops and says so; it does not guess. From the first difference on the customer might have said
//! something else: what follows is shown, and proves nothing.

mod compare;
mod line;
mod play;
mod script;

pub use compare::{Difference, Place, Verdict, compare};
pub use line::{Ending, Line, Said};
pub use play::Replay;
pub use script::{Came, Heard, Script, Start};
