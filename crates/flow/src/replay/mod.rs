//! Past conversations, run once more with another version of their flow: what would have been answered differently.
//!
//! A [`Script`] is what is known of a run: what began it, what the customer did and when, what calls came back with, and
//! what was answered. A [`Replay`] plays it to a flow, some steps at a time, so that a page stays alive meanwhile.
//! [`compare`] says where the two first differ.
//!
//! The other bots of the business are asked who answers, as they are when a customer writes ([`Bots`]). What one of them would
//! say is not played: the run that is looked at is over there.
//!
//! What is not here: nothing is sent and nothing outside is called. Where the flow asks something whose answer was not
//! kept, the replay stops and says so; it does not guess, but a person may ([`answer`]). From the first difference on the customer might have said
//! something else: what follows is shown, and proves nothing.

mod answer;
mod change;
mod compare;
mod line;
mod play;
mod script;

pub use answer::{answer, nothing};
pub use change::Change;
pub use compare::{Difference, Place, Verdict, compare};
pub use line::{Ending, Line, Said};
pub use play::{Bots, Replay};
pub use script::{Came, Heard, Script, Start};
