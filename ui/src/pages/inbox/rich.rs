//! Texts as WhatsApp shows them: *bold*, _italic_, ~struck~, ```monospaced``` and links.

use crate::Node;
use crate::kit::el;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Plain(String),
    Bold(Vec<Piece>),
    Italic(Vec<Piece>),
    Struck(Vec<Piece>),
    Mono(String),
    Link(String),
}

/// The nodes of a text; line breaks are kept by the style sheet.
pub fn rich(text: &str) -> Vec<Node> {
    parse(text).into_iter().map(node).collect()
}

/// The same where nothing may be pressed by itself: within a button, links are their words.
pub fn rich_within_button(text: &str) -> Vec<Node> {
    fn plain(piece: Piece) -> Piece {
        let all = |pieces: Vec<Piece>| pieces.into_iter().map(plain).collect();
        match piece {
            Piece::Link(address) => Piece::Plain(address),
            Piece::Bold(pieces) => Piece::Bold(all(pieces)),
            Piece::Italic(pieces) => Piece::Italic(all(pieces)),
            Piece::Struck(pieces) => Piece::Struck(all(pieces)),
            piece => piece,
        }
    }
    parse(text).into_iter().map(plain).map(node).collect()
}

fn node(piece: Piece) -> Node {
    let inside = |tag, pieces: Vec<Piece>| el(tag).children(pieces.into_iter().map(node)).into();
    match piece {
        Piece::Plain(text) => sauron::vdom::leaf(text),
        Piece::Bold(pieces) => inside("b", pieces),
        Piece::Italic(pieces) => inside("i", pieces),
        Piece::Struck(pieces) => inside("s", pieces),
        Piece::Mono(text) => el("code").text(text).into(),
        Piece::Link(address) => el("a")
            .attr("href", address.clone())
            .attr("target", "_blank")
            .attr("rel", "noopener noreferrer nofollow")
            .text(address)
            .into(),
    }
}

fn parse(text: &str) -> Vec<Piece> {
    let mut pieces = vec![];
    let mut plain = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        // A mark counts only at the beginning of a word: `5*3*2` is arithmetic.
        let begins = plain.chars().next_back().is_none_or(|before| !before.is_alphanumeric());
        if let Some((piece, length)) = begins.then(|| marked(rest).or_else(|| link(rest))).flatten() {
            if !plain.is_empty() {
                pieces.push(Piece::Plain(std::mem::take(&mut plain)));
            }
            pieces.push(piece);
            rest = &rest[length..];
        } else {
            plain.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    if !plain.is_empty() {
        pieces.push(Piece::Plain(plain));
    }
    pieces
}

/// A marked piece at the beginning of the text, and its length with its marks.
fn marked(text: &str) -> Option<(Piece, usize)> {
    if let Some(after) = text.strip_prefix("```") {
        let end = after.find("```").filter(|end| *end > 0)?;
        return Some((Piece::Mono(after[..end].to_owned()), end + 6));
    }
    let mark = text.chars().next().filter(|mark| "*_~".contains(*mark))?;
    let after = &text[1..];
    // The text must touch both marks, on one line, and a word must not go on behind the second. Marks in a row are a gap to
    // be filled (`___`), and no mark of a text that begins with one.
    let end = after.match_indices(mark).map(|(end, _)| end).find(|end| {
        let inside = &after[..*end];
        let behind = after[end + 1..].chars().next();
        !inside.is_empty()
            && !inside.starts_with(char::is_whitespace)
            && !inside.ends_with(char::is_whitespace)
            && !inside.starts_with(mark)
            && !inside.ends_with(mark)
            && behind.is_none_or(|behind| !behind.is_alphanumeric())
    })?;
    let inside = &after[..end];
    if inside.contains('\n') {
        return None;
    }
    let pieces = parse(inside);
    let piece = match mark {
        '*' => Piece::Bold(pieces),
        '_' => Piece::Italic(pieces),
        _ => Piece::Struck(pieces),
    };
    Some((piece, end + 2))
}

/// An address at the beginning of the text. Only these two schemes become links: others could run code.
fn link(text: &str) -> Option<(Piece, usize)> {
    if !text.starts_with("https://") && !text.starts_with("http://") {
        return None;
    }
    let end =
        text.find(|letter: char| letter.is_whitespace() || "<>\"«»".contains(letter)).unwrap_or(text.len());
    // Punctuation at the end belongs to the sentence.
    let address = text[..end].trim_end_matches(['.', ',', '!', '?', ':', ';', ')', ']', '\'']);
    (address.len() > "https://".len()).then(|| (Piece::Link(address.to_owned()), address.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Piece {
        Piece::Plain(text.to_owned())
    }

    #[test]
    fn marks_make_pieces() {
        assert_eq!(
            parse("Цена *450 ₽* и _скидка *10%*_"),
            [
                plain("Цена "),
                Piece::Bold(vec![plain("450 ₽")]),
                plain(" и "),
                Piece::Italic(vec![plain("скидка "), Piece::Bold(vec![plain("10%")])]),
            ]
        );
        assert_eq!(parse("```a*b*```"), [Piece::Mono("a*b*".into())]);
    }

    #[test]
    fn marks_inside_words_and_lone_ones_are_text() {
        for text in [
            "5*3*2",
            "snake_case_name",
            "* point",
            "**",
            "*a\nb*",
            "~",
            "```",
            "She ___ tea",
            "She ___ tea, he ____ milk",
            "____",
        ] {
            assert_eq!(parse(text), [plain(text)], "{text}");
        }
    }

    #[test]
    fn links_end_before_punctuation_and_have_two_schemes() {
        assert_eq!(
            parse("see https://a.example/b?c=1, ok"),
            [plain("see "), Piece::Link("https://a.example/b?c=1".into()), plain(", ok")]
        );
        assert_eq!(parse("javascript:alert(1)"), [plain("javascript:alert(1)")]);
        assert_eq!(parse("https://"), [plain("https://")]);
    }

    /// What a bubble holds of a text.
    #[test]
    fn a_formatted_text_is_drawn_as_whatsapp_draws_it() {
        let drawn = |text: &str| rich(text).iter().map(Node::render_to_string).collect::<String>();
        for (text, html) in [
            ("*bold*", "<b>bold</b>"),
            ("_italic_", "<i>italic</i>"),
            ("~struck~", "<s>struck</s>"),
            ("```mono *a*```", "<code>mono *a*</code>"),
            ("*_~all~_*", "<b><i><s>all</s></i></b>"),
            ("~was 500~ *450*!", "<s>was 500</s> <b>450</b>!"),
            // Lists are lines: the style sheet keeps their breaks.
            ("- *tea*\n- _milk_", "- <b>tea</b>\n- <i>milk</i>"),
            ("1. ~one~\n2. two", "1. <s>one</s>\n2. two"),
            ("* tea\n* milk", "* tea\n* milk"),
            ("(*bold*)", "(<b>bold</b>)"),
            ("*one*two", "*one*two"),
        ] {
            assert_eq!(drawn(text), html, "{text}");
        }
        let link = drawn("see *https://a.example*");
        assert!(link.contains("<b><a href=\"https://a.example\"") && link.contains("noopener"), "{link}");
        let within = rich_within_button("see *https://a.example*");
        let within = within.iter().map(Node::render_to_string).collect::<String>();
        assert_eq!(within, "see <b>https://a.example</b>");
    }
}
