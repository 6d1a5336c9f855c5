//! Numbers as people write them.

use serde_json::Value;

use super::date::{month_name, weekday_of};
use crate::model::Language;
use crate::values::{fold, number_in, number_of_f64};

/// Reads a number: `12`, `-3`, `1 500`, `1 500,50`, `1,500.50`, `1.500,50`.
///
/// With both a comma and a point the last of them begins the fraction. A single comma before exactly three digits
/// separates thousands in English and begins the fraction in Russian.
pub fn parse(text: &str, language: Language) -> Option<Value> {
    const LONGEST: usize = 40;
    let text: String = text
        .trim()
        .chars()
        .filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\''))
        .map(|c| if c == '−' || c == '–' { '-' } else { c })
        .collect();
    if text.len() > LONGEST || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let commas = text.matches(',').count();
    let points = text.matches('.').count();
    let plain = match (commas, points) {
        (0, 0 | 1) => text,
        (0, _) => grouped(&text, '.')?,
        (1, 0) if language == Language::Ru => text.replace(',', "."),
        (1, 0) => grouped(&text, ',').unwrap_or_else(|| text.replace(',', ".")),
        (_, 0) => grouped(&text, ',')?,
        _ => {
            let (fraction, thousands) =
                if text.rfind(',') > text.rfind('.') { (',', '.') } else { ('.', ',') };
            let (whole, rest) = text.rsplit_once(fraction)?;
            format!("{}.{rest}", grouped(whole, thousands)?)
        }
    };
    number_in(&Value::from(plain)).map(number_of_f64)
}

/// The digits of a number whose thousands are all separated properly.
fn grouped(text: &str, separator: char) -> Option<String> {
    let unsigned = text.trim_start_matches(['-', '+']);
    let mut groups = unsigned.split(separator);
    let first = groups.next()?;
    let proper = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    proper.then(|| text.replace(separator, ""))
}

/// Reads the one number in a short answer: what [`parse`] does, `4 people`, `нас 4`, `45 000 ₽`, `45 тыс`, `$1.5m`,
/// `двое`.
///
/// A text with two numbers is no answer to one question, nor is a date, a time or a telephone number.
pub fn heard(text: &str, language: Language) -> Option<Value> {
    const LONGEST: usize = 60;
    const MOST_WORDS: usize = 7;
    if text.chars().count() > LONGEST {
        return None;
    }
    let text = fold(text);
    let mut words: Vec<&str> = text.split(' ').map(bare).filter(|word| !word.is_empty()).collect();
    if words.len() > 1 && matches!(words[0], "-" | "−" | "–") {
        // "- 3": whether it is below nothing or comes after a dash is a guess.
        words.remove(0);
        words.first().filter(|word| !begins_with_digit(word))?;
    }
    let found = |word: &&str| word.bytes().any(|byte| byte.is_ascii_digit()) || in_words(word).is_some();
    let first = words.iter().position(found)?;
    let (number, taken) = match in_words(words[first]) {
        Some(number) => (number, 1),
        None => in_digits(&words[first..], language)?,
    };
    let is_written = in_words(words[first]).is_some();
    let (before, mut after) = (&words[..first], &words[first + taken..]);
    let last = words[first + taken - 1];
    let mut factor = factor(unit(last)).filter(|_| !is_written);
    if let Some(of_next) = after.first().and_then(|word| self::factor(word)).filter(|_| factor.is_none()) {
        factor = Some(of_next);
        after = &after[1..];
    }
    let others = || before.iter().chain(after);
    let most = if is_written { 1 } else { MOST_WORDS };
    let is_one_moment =
        is_written && others().any(|word| MOMENTS.iter().any(|begin| word.starts_with(begin)));
    if others().count() > most || is_one_moment || others().any(|word| found(word) || speaks_of_more(word)) {
        return None;
    }
    let times = number * factor.unwrap_or(1.0);
    // 1.1 million is 1100000.0000000001 otherwise.
    let exact = if factor.is_some() { (times * 100.0).round() / 100.0 } else { times };
    Some(number_of_f64(exact))
}

/// A word without the signs around it: those of sentences and of money.
fn bare(word: &str) -> &str {
    let is_sign = |c: char| ".,!?;()~≈«»\"—₽$€£₸₴%".contains(c);
    word.trim_matches(is_sign)
}

fn begins_with_digit(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

/// The number at the beginning of the words, and of how many of them it is: the thousands may stand apart.
fn in_digits(words: &[&str], language: Language) -> Option<(f64, usize)> {
    const DIGITS_OF_PHONES: usize = 7;
    let digits = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let three = |word: &&&str| {
        let (number, _) = apart(word);
        number.split_at_checked(3).is_some_and(|(group, rest)| digits(group) && !begins_with_digit(rest))
    };
    let first = words.first()?;
    let (unsigned, is_plus) = match first.strip_prefix('+') {
        Some(rest) => (rest, true),
        None => (first.trim_start_matches(['-', '−', '–']), false),
    };
    let mut taken = 1;
    if digits(unsigned) && (1..=3).contains(&unsigned.len()) {
        for word in words[1..].iter().take_while(three) {
            taken += 1;
            if !(digits(word) && word.len() == 3) {
                break;
            }
        }
    }
    let whole = words[..taken].concat();
    let (number, unit) = apart(&whole);
    let is_phone = is_plus && number.len() > DIGITS_OF_PHONES;
    if is_phone || !is_unit(unit) {
        return None;
    }
    number_in(&parse(number, language)?).map(|number| (number, taken))
}

/// A word's number, with its sign, and what is written on to it.
fn apart(word: &str) -> (&str, &str) {
    let within = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '+' | '-' | '−' | '–');
    let (number, unit) = word.split_at(word.find(|c| !within(c)).unwrap_or(word.len()));
    let number_alone = number.trim_end_matches(['.', ',', '-']);
    if unit.is_empty() { (number, unit) } else { (number_alone, &word[number_alone.len()..]) }
}

fn unit(word: &str) -> &str {
    apart(word).1.trim_matches(['.', '-', '₽', '$', '€', '£', '₸', '₴', '%'])
}

/// Whether this may be written on to a number: letters, and not those that make it the fifth.
fn is_unit(written: &str) -> bool {
    let unit = written.trim_start_matches('.').trim_matches(['₽', '$', '€', '£', '₸', '₴', '%']);
    match unit.strip_prefix('-') {
        Some(ending) => matches!(ending, "х" | "ти" | "ро" | "ми" | "мя"),
        None => {
            unit.chars().all(char::is_alphabetic) && !matches!(unit, "st" | "nd" | "rd" | "th" | "am" | "pm")
        }
    }
}

/// What the word behind a number multiplies it by.
fn factor(word: &str) -> Option<f64> {
    Some(match word {
        "k" | "к" | "тыс" | "тысяча" | "тысячи" | "тысяч" | "тысячу" | "thousand" | "thousands" => {
            1e3
        }
        "m" | "mln" | "млн" | "миллион" | "миллиона" | "миллионов" | "million" | "millions" => {
            1e6
        }
        "bn" | "млрд" | "миллиард" | "миллиарда" | "миллиардов" | "billion" | "billions" => {
            1e9
        }
        _ => return None,
    })
}

/// A number in words, from one to twelve; Russian ones in the cases that answer "how many?" and "for how many?".
fn in_words(word: &str) -> Option<f64> {
    const WORDS: [(&[&str], f64); 12] = [
        (&["one", "один", "одна", "одно", "одну", "одного"], 1.0),
        (&["two", "couple", "два", "две", "двое", "двух", "двоих", "вдвоем", "пара", "пару"], 2.0),
        (&["three", "три", "трое", "трех", "троих", "втроем"], 3.0),
        (&["four", "четыре", "четверо", "четырех", "четверых", "вчетвером"], 4.0),
        (&["five", "пять", "пятеро", "пятерых", "впятером"], 5.0),
        (&["six", "шесть", "шестеро", "шестерых"], 6.0),
        (&["seven", "семь", "семеро", "семерых"], 7.0),
        (&["eight", "восемь", "восьмеро"], 8.0),
        (&["nine", "девять", "девятеро"], 9.0),
        (&["ten", "десять", "десятеро"], 10.0),
        (&["eleven", "одиннадцать"], 11.0),
        (&["twelve", "двенадцать"], 12.0),
    ];
    WORDS.iter().find(|(words, _)| words.contains(&word)).map(|(_, number)| *number)
}

/// "One moment" is no number.
const MOMENTS: [&str; 6] = ["минут", "секунд", "момент", "minute", "second", "moment"];

/// Whether a word beside a number makes it another one, or a part of something that is none.
fn speaks_of_more(word: &str) -> bool {
    let of_numbers = matches!(
        word,
        "не" | "нет"
            | "not"
            | "no"
            | "минус"
            | "minus"
            | "half"
            | "пол"
            | "полтора"
            | "половиной"
            | "hundred"
            | "сто"
            | "сотни"
            | "сотен"
            | "dozen"
            | "десятка"
            | "десятков"
            | "дюжина"
            | "дюжины"
    );
    let of_times = matches!(word, "am" | "pm" | "утра" | "вечера" | "ночи" | "числа");
    of_numbers
        || of_times
        || factor(word).is_some()
        || month_name(word).is_some()
        || weekday_of(word).is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers() {
        for (text, english, russian) in [
            ("12", json!(12), json!(12)),
            (" 12 ", json!(12), json!(12)),
            ("-3", json!(-3), json!(-3)),
            ("−3", json!(-3), json!(-3)),
            ("2,5", json!(2.5), json!(2.5)),
            ("2.50", json!(2.5), json!(2.5)),
            ("1 500", json!(1500), json!(1500)),
            ("1\u{a0}500,50", json!(1500.5), json!(1500.5)),
            ("1,500", json!(1500), json!(1.5)),
            ("1,500.50", json!(1500.5), json!(1500.5)),
            ("1.500,50", json!(1500.5), json!(1500.5)),
            ("1,500,000", json!(1_500_000), json!(1_500_000)),
            ("1.500.000", json!(1_500_000), json!(1_500_000)),
            ("0", json!(0), json!(0)),
            ("3.0", json!(3), json!(3)),
        ] {
            assert_eq!(parse(text, Language::En), Some(english), "{text} in English");
            assert_eq!(parse(text, Language::Ru), Some(russian), "{text} in Russian");
        }
    }

    #[test]
    fn what_is_not_a_number() {
        for text in ["", "-", "two", "12 pcs", "1,50,0", "1.2.3", "1e9", "NaN", "inf", "--1", "1-2", "5%"] {
            assert_eq!(parse(text, Language::En), None, "{text}");
            assert_eq!(parse(text, Language::Ru), None, "{text}");
        }
        assert_eq!(parse(&"9".repeat(400), Language::En), None);
    }

    #[test]
    fn the_number_in_a_short_answer() {
        for (text, number) in [
            ("4 человека", json!(4)),
            ("нас 4", json!(4)),
            ("Нас будет примерно 4 человека.", json!(4)),
            ("нас - 4", json!(4)),
            ("4чел.", json!(4)),
            ("4-х человек", json!(4)),
            ("about 20", json!(20)),
            ("~20 people", json!(20)),
            ("12 pcs", json!(12)),
            ("5%", json!(5)),
            ("45 000 ₽", json!(45_000)),
            ("45000₽", json!(45_000)),
            ("45\u{a0}000 руб.", json!(45_000)),
            ("9 500 000 руб", json!(9_500_000)),
            ("1 500,50 руб", json!(1500.5)),
            ("$45", json!(45)),
            ("45 тыс", json!(45_000)),
            ("45 тыс. руб.", json!(45_000)),
            ("45тыс.", json!(45_000)),
            ("45к", json!(45_000)),
            ("45K", json!(45_000)),
            ("9 млн", json!(9_000_000)),
            ("1.1 млн рублей", json!(1_100_000)),
            ("около 2,5 миллионов", json!(2_500_000)),
            ("$1.5m", json!(1_500_000)),
            ("2 million", json!(2_000_000)),
            ("3 thousand", json!(3000)),
            ("1 млрд", json!(1_000_000_000)),
            ("2 года", json!(2)),
            ("двое", json!(2)),
            ("Нас двое", json!(2)),
            ("на троих", json!(3)),
            ("пара", json!(2)),
            ("a couple", json!(2)),
            ("вчетвером!", json!(4)),
            ("Two", json!(2)),
            ("twelve people", json!(12)),
            ("два миллиона", json!(2_000_000)),
            ("-3", json!(-3)),
            ("−3", json!(-3)),
            ("+5", json!(5)),
            ("1'500", json!(1500)),
            ("1.500.000", json!(1_500_000)),
        ] {
            assert_eq!(heard(text, Language::En), Some(number.clone()), "{text} in English");
            assert_eq!(heard(text, Language::Ru), Some(number), "{text} in Russian");
        }
        assert_eq!(heard("1,500 people", Language::En), Some(json!(1500)));
        assert_eq!(heard("1,500 т", Language::Ru), Some(json!(1.5)));
    }

    #[test]
    fn what_holds_no_number_or_more_than_one() {
        for text in [
            "",
            "-",
            "нисколько",
            "тысяча",
            "2 или 3",
            "2 4",
            "2-3",
            "2 1−2",
            "2 взрослых и 1 ребёнок",
            "4 взрослых и пара детей",
            "2 two",
            "двое и трое",
            "один момент",
            "one minute",
            "двое взрослых с собакой",
            "45 тыс 500",
            "5 hundred",
            "2 с половиной",
            "не 4",
            "минус 3",
            "- 3",
            "--1",
            "1e9",
            "NaN",
            "4x4",
            "45 м2",
            "1,50,0",
            "25.12.2026",
            "25/12",
            "2026-12-25",
            "25 декабря",
            "Dec 25",
            "25 dec",
            "25th",
            "в пятницу 5",
            "19:30",
            "7 вечера",
            "7pm",
            "+79161234567",
            "+7 916 123-45-67",
            "8 916 123 45 67",
            "8 (916) 123-45-67",
            "1234 567",
            "я думаю что нас будет наверное может быть 4 или около того",
        ] {
            assert_eq!(heard(text, Language::En), None, "{text}");
            assert_eq!(heard(text, Language::Ru), None, "{text}");
        }
        assert_eq!(heard(&"9".repeat(400), Language::En), None);
    }
}
