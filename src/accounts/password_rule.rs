//! Which passwords are taken: long ones that are not the first an attacker tries.
//!
//! After NIST SP 800-63B-4 §3.1.1.2: a length, a list of the common ones, nothing that the service or the person's
//! name gives away; no rules about digits and capitals, which make passwords harder to remember and not to guess.

/// In characters.
pub const SHORTEST: usize = 10;
/// In bytes: enough for any sentence, and no work for whoever sends a book.
pub const LONGEST_BYTES: usize = 1_024;
/// Fewer different characters than this are no password, however many there are.
const FEWEST_DIFFERENT: usize = 5;

/// The passwords seen most in published leaks, of those long enough to be taken otherwise; lower case.
const COMMON: &str = include_str!("common_passwords.txt");

/// Keys in the order in which they lie or are counted.
const ROWS: [&str; 8] = [
    "12345678901234567890",
    "09876543210987654321",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "abcdefghijklmnopqrstuvwxyz",
    "йцукенгшщзхъфывапролджэячсмитьбю",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
];

/// Says why a password is not taken, in words for the person who chose it. `about` is what is known of the person:
/// the e-mail and the name.
pub fn check(password: &str, about: &[&str]) -> Result<(), String> {
    if password.chars().count() < SHORTEST {
        return Err(format!("must have at least {SHORTEST} characters"));
    }
    if password.len() > LONGEST_BYTES {
        return Err(format!("must have at most {LONGEST_BYTES} bytes"));
    }
    let lower = password.to_lowercase();
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    let in_a_row = ROWS.iter().any(|row| row.contains(&lower));
    if different.len() < FEWEST_DIFFERENT || in_a_row || COMMON.lines().any(|common| common == lower) {
        return Err("is one of the first that an attacker tries; choose another".to_owned());
    }
    if about.iter().flat_map(|text| given_away(text)).any(|word| leaves_little(&lower, &word)) {
        return Err("is too close to your name or e-mail; choose another".to_owned());
    }
    Ok(())
}

/// The words that anyone who knows the person would try: of a name, of both sides of an e-mail.
fn given_away(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let parts = lower.split(|letter: char| !letter.is_alphanumeric()).map(str::to_owned);
    parts.chain([lower.clone()]).filter(|word| word.chars().count() >= 4).collect()
}

/// Whether a password is little more than a word: what is left without it would be too short by far.
fn leaves_little(password: &str, word: &str) -> bool {
    password.contains(word) && password.replace(word, "").chars().count() < 6
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(password: &str) -> String {
        check(password, &["anna.petrova@shop.example", "Anna Петрова"]).err().unwrap_or_default()
    }

    #[test]
    fn long_uncommon_passwords_are_taken_whatever_they_are_made_of() {
        for password in [
            "correct horse battery",
            "кошка пьёт чай",
            "9f8Kq0!zPw",
            "aaaaa bbbbb cc dd",
            "         x y z w v",
        ] {
            assert_eq!(told(password), "", "{password}");
        }
    }

    #[test]
    fn short_endless_and_common_ones_are_not() {
        assert!(told("short pwd").contains("at least 10"));
        assert!(told("кошкапьёт").contains("at least 10"), "characters are counted, not bytes");
        assert!(told(&"long ".repeat(300)).contains("at most 1024"));
        for password in [
            "1234567890",
            "qwertyuiop",
            "QWERTYUIOP",
            "йцукенгшщз",
            "aaaaaaaaaaaa",
            "ababababab",
            "Password123",
            "1q2w3e4r5t",
        ] {
            assert!(told(password).contains("attacker"), "{password}");
        }
    }

    #[test]
    fn what_is_known_of_the_person_does_not_count() {
        for password in ["annapetrova", "petrova2026", "Anna.Petrova@shop.example", "петрова1987"] {
            assert!(told(password).contains("too close"), "{password}");
        }
        assert_eq!(told("petrova rides a green bicycle"), "");
    }

    #[test]
    fn the_list_holds_what_would_be_taken_otherwise_and_nothing_twice() {
        let mut lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.len() >= 100);
        for line in &lines {
            assert!(line.chars().count() >= SHORTEST && *line == line.to_lowercase(), "{line}");
        }
        let count = lines.len();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), count);
    }
}
