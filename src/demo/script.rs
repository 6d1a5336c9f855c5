//! The dialogues' own small language, in which `texts/dialogues.*.txt` are written.
//!
//! A dialogue begins with `== name` and what is known of it: `weight=3` (how often it is played), `topic=teeth`
//! (which services it may be about), `first` (only as the first talk with a customer), `phone` (only with one whose
//! phone is known), `stay` (nobody closes it
//! afterwards), `live=14` (played once, its last message 14 minutes ago), `ago=3` (played once, begins three days
//! ago). Each further line is a step, `who kind marks: words`:
//!
//! * who: `c` the customer, `o` one of the staff (`o1` the owner, `o2`, `o3`), `a` a program through the API,
//!   `e` an event, `bot` starts a bot, `wait` lets time pass (`20m`, `3h`, `2d 10:00`, `visit-1d 10:00`,
//!   `visit+3h`);
//! * kind: a kind of [`content`](super::say), `text` where none is named;
//! * marks: `quote`, `edited`, `revoked`, `forwarded`, `ad`, `product`, a status (`sent`), `fail=131047`, `seen`,
//!   and what the kind needs;
//! * words: `{name}` is filled in, `{one|another}` is chosen, `{he/she wrote}` follows the customer's gender as in
//!   `{записалась/записался}`, `{o:a/b}` the staff's. Parts are parted by ` | `.

/// A dialogue.
#[derive(Debug)]
pub struct Script {
    pub name: &'static str,
    pub weight: u32,
    pub topic: Option<&'static str>,
    pub first: bool,
    /// Only with customers whose phone is known.
    pub phone: bool,
    pub stay: bool,
    pub when: When,
    pub steps: Vec<Step>,
}

/// When a dialogue is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At any time, as often as its weight says.
    Any,
    /// Once, so that its last message is so many minutes old.
    Live(i64),
    /// Once, beginning so many days ago.
    Ago(i64),
}

#[derive(Debug)]
pub struct Step {
    /// The line of the file, from 1.
    pub line: usize,
    pub who: &'static str,
    pub kind: &'static str,
    pub marks: Vec<&'static str>,
    pub words: &'static str,
}

const KINDS: [&str; 23] = [
    "text", "tap", "image", "video", "voice", "audio", "document", "sticker", "location", "contact", "react",
    "reaction", "buttons", "list", "link", "form", "filled", "askplace", "template", "order", "system",
    "other", "event",
];

/// Reads a file of dialogues. What cannot be read is left out and named; a test sees to it that nothing is.
pub fn parse(text: &'static str) -> (Vec<Script>, Vec<String>) {
    let mut scripts: Vec<Script> = Vec::new();
    let mut problems = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(header) = line.strip_prefix("== ") {
            scripts.push(begin(header, &mut problems));
        } else if let (Some(script), Some(step)) = (scripts.last_mut(), step(line, at + 1)) {
            script.steps.push(step);
        } else {
            problems.push(format!("line {}: {line}", at + 1));
        }
    }
    (scripts, problems)
}

fn begin(header: &'static str, problems: &mut Vec<String>) -> Script {
    let mut words = header.split_whitespace();
    let mut script = Script {
        name: words.next().unwrap_or_default(),
        weight: 1,
        topic: None,
        first: false,
        phone: false,
        stay: false,
        when: When::Any,
        steps: Vec::new(),
    };
    for word in words {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        let number = value.parse::<u32>();
        match (key, number) {
            ("weight", Ok(weight)) => script.weight = weight,
            ("live", Ok(minutes)) => script.when = When::Live(i64::from(minutes)),
            ("ago", Ok(days)) => script.when = When::Ago(i64::from(days)),
            ("topic", _) => script.topic = Some(value),
            ("first", _) => script.first = true,
            ("phone", _) => script.phone = true,
            ("stay", _) => script.stay = true,
            _ => problems.push(format!("dialogue {}: {word}", script.name)),
        }
    }
    script
}

fn step(line: &'static str, number: usize) -> Option<Step> {
    let (head, words) = line.split_once(": ").or_else(|| Some((line.strip_suffix(':')?, "")))?;
    let mut heads = head.split_whitespace();
    let who = heads.next()?;
    if !["c", "o", "o1", "o2", "o3", "a", "e", "bot", "wait"].contains(&who) {
        return None;
    }
    let mut marks: Vec<_> = heads.collect();
    let kind = match marks.first() {
        Some(first) if KINDS.contains(first) => marks.remove(0),
        _ => "text",
    };
    Some(Step { line: number, who, kind, marks, words: words.trim() })
}

impl Step {
    pub fn has(&self, mark: &str) -> bool {
        self.marks.contains(&mark)
    }

    /// The value of `mark=value`.
    pub fn mark(&self, mark: &str) -> Option<&'static str> {
        self.marks.iter().find_map(|found| found.strip_prefix(mark)?.strip_prefix('='))
    }

    /// What the kind needs: the first mark.
    pub fn argument(&self) -> &'static str {
        self.marks.first().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_and_mistakes_named() {
        let (scripts, problems) = parse(
            "# a remark\n== hello weight=3 topic=teeth first\nc: Hi: there\no image coffee quote: A cup | two\n\
             wait: 2d 10:00\nc voice:\nwhat is this\n== later live=5 strange\nx: no",
        );
        assert_eq!(scripts.len(), 2);
        assert_eq!((scripts[0].weight, scripts[0].topic, scripts[0].first), (3, Some("teeth"), true));
        assert_eq!(scripts[1].when, When::Live(5));
        let steps = &scripts[0].steps;
        assert_eq!((steps[0].kind, steps[0].words), ("text", "Hi: there"));
        assert_eq!((steps[1].kind, steps[1].argument(), steps[1].has("quote")), ("image", "coffee", true));
        assert_eq!((steps[2].who, steps[3].kind, steps[3].words), ("wait", "voice", ""));
        assert_eq!(problems, ["line 7: what is this", "dialogue later: strange", "line 9: x: no"]);
    }
}
