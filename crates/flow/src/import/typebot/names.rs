//! Ids and variables' names as ours have to be, each once, and what each was.

use std::collections::{HashMap, HashSet};

use super::source::Variable;
use crate::load::limits;
use crate::names;

/// Variables by their ids and by their names in the file.
pub struct Names {
    by_id: HashMap<String, String>,
    by_name: HashMap<String, String>,
    taken: HashSet<String>,
    tries: HashMap<String, usize>,
}

impl Names {
    pub fn new(variables: &[Variable]) -> Self {
        let taken = names::taken().map(str::to_owned).collect();
        let mut names = Self { by_id: HashMap::new(), by_name: HashMap::new(), taken, tries: HashMap::new() };
        for variable in variables {
            let name = names.named(variable.name);
            names.by_id.entry(variable.id.to_owned()).or_insert(name);
        }
        names
    }

    /// Our name for a name of the file; one that it does not declare gets one too.
    pub fn named(&mut self, name: &str) -> String {
        let name = name.trim();
        if let Some(known) = self.by_name.get(name) {
            return known.clone();
        }
        let ours = self.fresh(&sanitised(name));
        self.by_name.insert(name.to_owned(), ours.clone());
        ours
    }

    pub fn with_id(&self, id: &str) -> Option<&str> {
        self.by_id.get(id).map(String::as_str)
    }

    /// A name that nothing else has.
    pub fn fresh(&mut self, wanted: &str) -> String {
        unique(wanted, '_', &mut self.taken, &mut self.tries)
    }
}

/// The name with nothing but letters, digits and `_`, not beginning with a digit.
pub fn sanitised(name: &str) -> String {
    let mut clean = String::new();
    for c in name.trim().chars() {
        if c.is_alphanumeric() {
            clean.push(c);
        } else if !clean.ends_with('_') {
            clean.push('_');
        }
    }
    // Room for a number behind it.
    let clean: String = clean.trim_matches('_').chars().take(limits::ID - 8).collect();
    match clean.chars().next() {
        None => "variable".to_owned(),
        Some(first) if first.is_alphabetic() => clean,
        Some(_) => format!("_{clean}"),
    }
}

/// Ids of one kind of thing.
#[derive(Default)]
pub struct Ids {
    taken: HashSet<String>,
    tries: HashMap<String, usize>,
}

impl Ids {
    /// The id as it is, where it may be and is free; else one like it.
    pub fn fresh(&mut self, wanted: &str) -> String {
        unique(&clean_id(wanted), '-', &mut self.taken, &mut self.tries)
    }
}

/// The id with nothing in it that ours may not have.
pub fn clean_id(id: &str) -> String {
    let fits = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    // Room for a number behind it.
    let clean: String = id.chars().filter(fits).take(limits::ID - 8).collect();
    if clean.is_empty() { "id".to_owned() } else { clean }
}

pub fn unique(
    wanted: &str,
    joint: char,
    taken: &mut HashSet<String>,
    tries: &mut HashMap<String, usize>,
) -> String {
    if taken.insert(wanted.to_owned()) {
        return wanted.to_owned();
    }
    // Counted on from the last time, so that a file of equal ids does not take quadratic time.
    let number = tries.entry(wanted.to_owned()).or_insert(1);
    loop {
        *number += 1;
        let name = format!("{wanted}{joint}{number}");
        if taken.insert(name.clone()) {
            return name;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ours() {
        for (name, wanted) in [
            ("Lead Score", "Lead_Score"),
            ("  e-mail (work)  ", "e_mail_work"),
            ("Имя клиента", "Имя_клиента"),
            ("2nd", "_2nd"),
            ("💡", "variable"),
            ("", "variable"),
        ] {
            assert_eq!(sanitised(name), wanted, "{name}");
        }
    }

    #[test]
    fn every_name_is_one_of_its_own() {
        let variable = |id, name| Variable { id, name, value: None };
        let mut names = Names::new(&[
            variable("1", "A b"),
            variable("2", "A-b"),
            variable("3", "secret"),
            variable("4", "A b"),
        ]);
        assert_eq!(names.with_id("1"), Some("A_b"));
        assert_eq!(names.with_id("2"), Some("A_b_2"));
        assert_eq!(names.with_id("3"), Some("secret_2"));
        assert_eq!(names.with_id("4"), Some("A_b"));
        assert_eq!(names.named(" A-b "), "A_b_2");
        assert_eq!(names.named("today"), "today_2");
    }

    #[test]
    fn ids_become_ours() {
        let mut ids = Ids::default();
        assert_eq!(ids.fresh("a b/ü"), "ab");
        assert_eq!(ids.fresh("ab"), "ab-2");
        assert_eq!(ids.fresh("ab"), "ab-3");
        assert_eq!(ids.fresh(""), "id");
        assert!(ids.fresh(&"x".repeat(500)).len() <= limits::ID);
    }
}
