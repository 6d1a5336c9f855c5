//! Somebody of the team whom a flow names.

use crate::model::Language;
use crate::values::is_same;

/// Whether somebody is meant. `names` are all that they go by: the id, the e-mail address, the name.
pub fn is_called<'n>(names: impl IntoIterator<Item = &'n str>, asked: &str) -> bool {
    names.into_iter().any(|name| is_same(name, asked))
}

/// What the team is told where a conversation is to be somebody's who is not there: it stays with whoever has it.
pub fn nobody_called(name: &str, language: Language) -> String {
    match language {
        Language::En => format!("Not assigned: nobody here is called “{name}”."),
        Language::Ru => format!("Диалог не закреплён: здесь нет никого с именем или адресом «{name}»."),
    }
}
