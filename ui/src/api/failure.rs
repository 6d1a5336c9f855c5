//! What may go wrong with a request, and how to say it to people.

use std::fmt::Write as _;

use beseda_wire::page::Problem;
use serde::{Deserialize, Serialize};

use crate::i18n::{t, t_or};

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Failure {
    /// The server was not reached.
    Offline,
    /// The server said no, and why.
    Problem(Box<Problem>),
    /// The answer made no sense; the technical words.
    Unreadable(String),
}

impl Failure {
    /// Makes sense of an answer whose status says failure.
    pub fn from_answer(status: u16, body: &str) -> Self {
        serde_json::from_str::<Problem>(body).map_or_else(
            |_| {
                let start: String = body.chars().take(300).collect();
                Self::Unreadable(format!("HTTP {status}: {start}"))
            },
            |problem| Self::Problem(Box::new(problem)),
        )
    }

    /// The last part of the problem's name: `not-found`.
    pub fn kind(&self) -> &str {
        match self {
            Self::Offline => "offline",
            Self::Unreadable(_) => "unreadable",
            Self::Problem(problem) => problem.kind.rsplit(['/', '#']).next().unwrap_or_default(),
        }
    }

    /// Whether the same request may work a little later: nobody has said no to it.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Offline => true,
            Self::Problem(problem) => problem.status == 429 || problem.status >= 500,
            // Of something in between: the server was not reached.
            Self::Unreadable(words) => words.starts_with("HTTP 5"),
        }
    }

    /// Whether the access of this person ended.
    pub fn is_signed_out(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.status == 401)
    }

    /// One or two sentences for people, in their language.
    pub fn words(&self) -> String {
        match self {
            Self::Problem(problem) => t_or(&format!("problem-{}", self.kind()), || {
                // A problem this version has no words for: the server's, which are English.
                problem.detail.clone().unwrap_or_else(|| problem.title.clone())
            }),
            Self::Offline => t("problem-offline"),
            Self::Unreadable(_) => t("problem-unreadable"),
        }
    }

    /// The technical part, to be copied into a report.
    pub fn technical(&self) -> String {
        match self {
            Self::Offline => "fetch failed".to_owned(),
            Self::Unreadable(words) => words.clone(),
            Self::Problem(problem) => {
                let mut text = format!("{} {} {}", problem.status, problem.kind, problem.title);
                if let Some(detail) = &problem.detail {
                    text.push('\n');
                    text.push_str(detail);
                }
                for error in &problem.errors {
                    // Writing into a string cannot fail.
                    let _ = write!(text, "\n{}: {}", error.pointer, error.detail);
                }
                text
            }
        }
    }

    /// What the server says about one field of the body, by its JSON pointer.
    pub fn field(&self, pointer: &str) -> Option<&str> {
        let Self::Problem(problem) = self else { return None };
        let error = problem.errors.iter().find(|error| error.pointer.trim_start_matches('/') == pointer)?;
        Some(&error.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_read_with_their_fields() {
        let body = r#"{"type":"/problems/invalid","title":"Invalid","status":422,
            "errors":[{"pointer":"/email","detail":"not an address"}]}"#;
        let failure = Failure::from_answer(422, body);
        assert_eq!(failure.kind(), "invalid");
        assert_eq!(failure.field("email"), Some("not an address"));
        assert!(!failure.is_signed_out());
    }

    #[test]
    fn an_answer_that_is_no_problem_keeps_its_words() {
        let failure = Failure::from_answer(502, "<html>Bad gateway</html>");
        assert_eq!(failure, Failure::Unreadable("HTTP 502: <html>Bad gateway</html>".to_owned()));
        assert!(failure.may_pass() && Failure::Offline.may_pass());
        assert!(!Failure::from_answer(413, "too large").may_pass());
        let problem = |status: u16| {
            let body = format!(r#"{{"type":"/problems/x","title":"X","status":{status}}}"#);
            Failure::from_answer(status, &body)
        };
        assert!(problem(503).may_pass() && problem(429).may_pass());
        assert!(!problem(403).may_pass() && !problem(404).may_pass() && !problem(401).may_pass());
    }
}
