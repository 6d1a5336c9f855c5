//! Times of day as people write them.

use jiff::civil::Time;

use crate::values::fold;

/// Reads a time: `14:30`, `14.30`, `14-30`, `1430`, `14`, `14 h`, `в 14 часов`, `2 pm`, `2:30pm`, `noon`.
pub fn parse(text: &str) -> Option<Time> {
    let folded = fold(text);
    let words = folded.trim_end_matches(['.', '!', '?']).trim();
    let words = ["at ", "в ", "к "].iter().find_map(|word| words.strip_prefix(word)).unwrap_or(words);
    match words {
        "noon" | "midday" | "полдень" => return Time::new(12, 0, 0, 0).ok(),
        "midnight" | "полночь" => return Time::new(0, 0, 0, 0).ok(),
        _ => {}
    }
    let (words, half) = half_of_day(words);
    let words = ["o'clock", "часов", "часа", "час", "ч", "h", "uhr"]
        .iter()
        .find_map(|word| words.strip_suffix(word))
        .unwrap_or(words)
        .trim();
    if !words.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let pieces: Vec<&str> =
        words.split([':', '.', '-', ' ', 'h', 'ч']).filter(|piece| !piece.is_empty()).collect();
    let (hour, minute) = match pieces.as_slice() {
        [both] if both.len() == 4 => both.split_at_checked(2)?,
        [hour] => (*hour, "0"),
        // "14:5" is a slip, not a time.
        [hour, minute] if minute.len() == 2 => (*hour, *minute),
        _ => return None,
    };
    let number = |piece: &str| {
        let digits = (1..=2).contains(&piece.len()) && piece.bytes().all(|byte| byte.is_ascii_digit());
        piece.parse::<i8>().ok().filter(|_| digits)
    };
    let hour = match (number(hour)?, half) {
        (12, Some(Half::Morning)) => 0,
        (hour @ 1..=11, Some(Half::Afternoon)) => hour + 12,
        (hour @ 1..=12, Some(_)) | (hour, None) => hour,
        (_, Some(_)) => return None,
    };
    Time::new(hour, number(minute)?, 0, 0).ok()
}

#[derive(Clone, Copy)]
enum Half {
    Morning,
    Afternoon,
}

fn half_of_day(words: &str) -> (&str, Option<Half>) {
    for (endings, half) in
        [(["am", "a.m", "утра", "ночи"], Half::Morning), (["pm", "p.m", "дня", "вечера"], Half::Afternoon)]
    {
        if let Some(rest) = endings.iter().find_map(|ending| words.strip_suffix(ending)) {
            return (rest.trim_end(), Some(half));
        }
    }
    (words, None)
}

/// A time as it is kept and as bounds are written: `HH:MM`.
pub fn bound(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// `HH:MM`.
pub fn written(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (text, time) in [
            ("14:30", "14:30"),
            (" 9:05 ", "09:05"),
            ("14.30", "14:30"),
            ("14-30", "14:30"),
            ("1430", "14:30"),
            ("14 30", "14:30"),
            ("14", "14:00"),
            ("0", "00:00"),
            ("14h", "14:00"),
            ("14h30", "14:30"),
            ("в 14:30", "14:30"),
            ("в 9 часов утра", "09:00"),
            ("в 7 вечера", "19:00"),
            ("14 ч", "14:00"),
            ("2 pm", "14:00"),
            ("2:30PM", "14:30"),
            ("2:30 p.m.", "14:30"),
            ("12 am", "00:00"),
            ("12 pm", "12:00"),
            ("at noon", "12:00"),
            ("Noon!", "12:00"),
            ("полдень", "12:00"),
        ] {
            assert_eq!(parse(text).map(written).unwrap_or_default(), time, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_time() {
        for text in
            ["", "soon", "24:00", "12:60", "25", "14:5", "14:305", "1:2:3", "-3", "13 pm", "0 am", "+1:30"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
