//! The editor's canvas: that what is written on it can be read, near and from far away, and reached by the keyboard.

use serde_json::json;

use crate::support::api::Api;
use crate::support::browser::{Browser, Look, key};
use crate::support::program::Launch;

/// The zoom of the canvas.
const ZOOM: &str = "new DOMMatrix(getComputedStyle(document.querySelector('#world')).transform).a";

/// What of the texts on blocks is cut, or leaves room for more, and groups that end elsewhere than their last blocks do.
const TEXTS: &str = "
    (() => {
        const faults = [], pen = document.createElement('canvas').getContext('2d');
        pen.font = '400 12.5px \"Inter Variable\"';
        pen.fontKerning = 'none';
        const zoom = new DOMMatrix(getComputedStyle(document.querySelector('#world')).transform).a;
        for (const line of document.querySelectorAll('.block-line')) {
            if (line.scrollWidth > line.clientWidth) faults.push(`cut: ${line.textContent}`);
        }
        for (const block of document.querySelectorAll('.block')) {
            const lines = [...block.querySelectorAll('.block-text > .block-line')];
            const all = block.getAttribute('aria-label');
            lines.slice(0, -1).forEach((line, at) => {
                const text = line.textContent, next = lines[at + 1].textContent;
                const word = next.match(/^[^\\s\\-\\/—,;?&]*[\\-\\/—,;?&]?/)[0];
                const plain = !line.querySelector('.variable') && !lines[at + 1].querySelector('.variable');
                if (!plain || all.includes(`${text}\\n`) || all.includes(`${text} \\n`)) return;
                if (pen.measureText(`${text} ${word}`).width < 196) faults.push(`room: ${text} | ${next}`);
            });
        }
        for (const group of document.querySelectorAll('.group')) {
            const last = group.querySelector('.block:last-child');
            if (!last) continue;
            const below = (group.getBoundingClientRect().bottom - last.getBoundingClientRect().bottom) / zoom;
            if (Math.abs(below - 8) > .3) faults.push(`end: ${group.getAttribute('aria-label')} ${below}`);
        }
        return faults;
    })()
";

/// Names from far away that are cut, or are not as large as they should be, and cards that lie upon each other.
const NAMES: &str = "
    (() => {
        const zoom = new DOMMatrix(getComputedStyle(document.querySelector('#world')).transform).a;
        const faults = [...document.querySelectorAll('.far-name .block-line')].filter(line => {
            const card = line.closest('.far-name').getBoundingClientRect();
            const own = line.getBoundingClientRect();
            const size = parseFloat(getComputedStyle(line).fontSize) * zoom;
            return line.scrollWidth > line.clientWidth || own.bottom > card.bottom + 1 || own.top < card.top - 1
                || Math.abs(size - 10.5) > .3;
        }).map(line => line.textContent);
        for (const card of document.querySelectorAll('.group > .far-name')) {
            const words = [...card.children].map(line => line.textContent).join(' ').replaceAll('- ', '').replace('…', '');
            if (!card.parentElement.title.split(/\\s+/).join(' ').startsWith(words)) faults.push(`letters: ${words}`);
        }
        const cards = [...document.querySelectorAll(':is(.group, .starter) > .far-name')];
        const boxes = cards.map(card => [card.textContent, card.getBoundingClientRect()]);
        boxes.forEach(([name, one], at) => boxes.slice(at + 1).forEach(([other, two]) => {
            const apart = one.right <= two.left + .5 || two.right <= one.left + .5 || one.bottom <= two.top + .5
                || two.bottom <= one.top + .5;
            if (!apart) faults.push(`${name} lies upon ${other}`);
        }));
        return faults;
    })()
";

async fn ready_bot(api: &Api, id: &str, language: &str) -> String {
    let bot = api.get(&format!("/api/v1/bots/gallery/{id}?language={language}")).await.ok();
    let made = api.post("/api/v1/bots", json!({ "flow": bot["flow"] })).await.expect(201);
    made["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn no_text_on_a_block_of_a_ready_bot_is_cut_or_leaves_a_gap() {
    let program = Launch::demo().start().await;
    let api = program.signed_in().await;
    // So large that whole flows are seen with their blocks.
    let browser = Browser::open(&Look { width: 3600, height: 2600, ..Look::default() }).await;
    browser.sign_in(&program).await;
    let mut seen = 0;
    for language in ["en", "ru"] {
        let listed = api.get(&format!("/api/v1/bots/gallery?language={language}")).await.ok();
        for bot in listed["items"].as_array().expect("bots") {
            let id = bot["id"].as_str().expect("an id");
            let made = ready_bot(&api, id, language).await;
            browser.goto(&program.address(&format!("/bots/{made}"))).await;
            browser.until("the canvas to have the focus", "document.activeElement?.id === 'canvas'").await;
            browser.keys(&[], "f").await;
            let nearer = format!("{ZOOM} > .34");
            if browser.value_of(&nearer).await == false {
                browser.keys(&[], "++").await;
            }
            browser.find("#canvas .block").await;
            browser.at_rest().await;
            assert_eq!(browser.value_of(TEXTS).await, json!([]), "{id} {language}");
            seen += 1;
        }
    }
    assert_eq!(seen, 32);
    program.stop();
}

#[tokio::test]
async fn from_far_away_names_can_be_read_where_they_fit() {
    let program = Launch::demo().start().await;
    let api = program.signed_in().await;
    let bot = ready_bot(&api, "clinic", "ru").await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address(&format!("/bots/{bot}"))).await;
    browser.until("the canvas to have the focus", "document.activeElement?.id === 'canvas'").await;
    browser.keys(&[], "f").await;
    while browser.value_of(&format!("{ZOOM} < .34")).await == false {
        browser.keys(&[], "-").await;
    }
    for _ in 0..5 {
        browser.at_rest().await;
        assert_eq!(browser.value_of(NAMES).await, json!([]), "at {}", browser.value_of(ZOOM).await);
        let (named, all) =
            (browser.count(".group > .far-name:has(> *)").await, browser.count(".group").await);
        let is_near = browser.value_of(&format!("{ZOOM} > .15")).await == true;
        assert!(!is_near || named * 10 >= all * 9, "{named} of {all} names");
        browser.keys(&[], "-").await;
    }
    browser.assert_accessible("the overview").await;
    program.stop();
}

#[tokio::test]
async fn on_a_phone_the_name_and_the_state_of_a_bot_can_be_read() {
    for language in ["en", "ru"] {
        let program = Launch::demo().argument("--lang").argument(language).start().await;
        let api = program.signed_in().await;
        let bot = ready_bot(&api, "clinic", language).await;
        let path = format!("/api/v1/bots/{bot}");
        api.post(&format!("{path}/publish"), json!({})).await.ok();
        let draft = api.get(&format!("{path}/draft")).await.ok();
        let mut flow = draft["flow"].clone();
        flow["name"] = json!("Запись на приём в клинику, отделение 2");
        api.put(&format!("{path}/draft"), json!({ "flow": flow, "revision": draft["revision"] })).await.ok();
        let look = Look { width: 390, height: 844, language: language.to_owned(), ..Look::default() };
        let browser = Browser::open(&look).await;
        browser.sign_in(&program).await;
        browser.goto(&program.address(&format!("/bots/{bot}"))).await;
        browser.find("#canvas .block").await;
        browser.at_rest().await;
        let cut = "[...document.querySelectorAll('.flow-top h1, .flow-state > *')].filter(e => e.scrollWidth > \
                   e.clientWidth + 1 && e.clientWidth > 0 || e.scrollHeight > e.clientHeight + 1 && e.clientHeight > 0 \
                   || e.getClientRects().length === 0).map(e => e.textContent)";
        assert_eq!(browser.value_of(cut).await, json!([]), "{language}");
        assert_eq!(browser.count(".flow-state > *").await, 2, "published, and saved");
        assert_eq!(browser.value_of("document.documentElement.scrollWidth").await, 390);
        program.stop();
    }
}

#[tokio::test]
async fn the_parts_of_the_editor_are_reached_by_keys() {
    let program = Launch::demo().start().await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address("/bots")).await;
    browser.find("#bot-new").await;
    browser.value_of("document.querySelector('#bot-new').focus()").await;
    browser.keys(&[], key::ENTER).await;
    browser.until("the ways to a new bot", "document.activeElement?.id === 'new-bot-empty'").await;
    browser.keys(&[], key::ENTER).await;
    let has_focus = |id: &str| format!("document.activeElement?.id === '{id}'");
    browser.until("the canvas to have the focus", &has_focus("canvas")).await;

    // Arrows walk through the palette, and Tab goes past it.
    browser.keys(&[], "/").await;
    browser.until("the palette", &has_focus("palette-search")).await;
    browser.keys(&[], key::TAB).await;
    browser.until("the first of the palette", &has_focus("p-trigger-keyword")).await;
    browser.keys(&[], key::DOWN).await;
    browser.until("the second of it", &has_focus("p-trigger-first-message")).await;
    browser.keys(&[], key::TAB).await;
    browser.until("the canvas after it", &has_focus("canvas")).await;

    // A choice is found by another word for it.
    browser.keys(&[], "/").await;
    browser.keys(&[], "quick replies").await;
    browser.until("one of them alone", "document.querySelectorAll('.palette-item').length === 1").await;
    browser.keys(&[], key::ENTER).await;
    browser.until("its form", "document.activeElement?.tagName === 'TEXTAREA'").await;
    browser.keys(&[], "Coffee or tea?").await;

    // An answer more, and one less: the focus stays among them.
    let add = "[...document.querySelectorAll('.flow-form .button')].find(b => b.id.endsWith('options-add')).focus()";
    browser.value_of(add).await;
    browser.keys(&[], key::ENTER).await;
    browser.until("the third answer", "document.activeElement?.id.endsWith('options-2-title')").await;
    browser.keys(&[], "Cocoa").await;
    browser.value_of("document.querySelector('.option [aria-label=\"Remove 1\"]').focus()").await;
    browser.keys(&[], key::ENTER).await;
    browser.until("two answers", "document.querySelectorAll('.option').length === 2").await;
    browser.until("the button", "document.activeElement?.id.endsWith('options-add')").await;
    browser.keys(&[], key::ESCAPE).await;
    browser.until("the block", "document.activeElement?.classList.contains('block')").await;

    // Out of the try Escape leads back to the block, and from there to the canvas.
    browser.keys(&[], "t").await;
    browser.until("the try", &has_focus("test-text")).await;
    browser.keys(&[], key::ESCAPE).await;
    browser.until("the block again", "document.activeElement?.classList.contains('block')").await;
    browser.keys(&[], key::ESCAPE).await;
    browser.until("the canvas", &has_focus("canvas")).await;
    browser.keys(&[], "t").await;
    browser.until("the try", &has_focus("test-text")).await;
    browser.keys(&[], key::ESCAPE).await;
    browser.until("the canvas again", &has_focus("canvas")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    program.stop();
}
