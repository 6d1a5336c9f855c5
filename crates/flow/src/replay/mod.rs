//! Past conversations, run once more with another version of their flow: what would have been answered differently.
//!
//! A [`Script`] is what is known of a conversation: what began it, what the customer did and when, what calls came back
//! with, and what was answered. A [`Replay`] plays it, some steps at a time, so that a page stays alive meanwhile.
//! [`compare`] says where the two first differ.
//!
//! It is played to all bots of the business ([`Bots`]), the draft in the place of what its bot has published: who answers is
//! decided by the rule that answers customers, whoever it is goes on with the conversation, and what is written to the
//! customer's record may begin further bots.
//!
//! What is not here: nothing is sent and nothing outside is called. Where the flow asks something whose answer was not
//! kept, the replay stops and says so; it does not guess, but a person may ([`answer`]). From the first difference on the customer might have said
//! something else: what follows is shown, and proves nothing.

mod answer;
mod change;
mod compare;
mod line;
mod play;
mod record;
mod script;

pub use answer::{answer, nothing};
pub use change::Change;
pub use compare::{Difference, Place, Verdict, compare};
pub use line::{Ending, Line, Said};
pub use play::{Bots, Replay};
pub use script::{Came, Happened, Heard, Script, Start};
