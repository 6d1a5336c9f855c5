//! The flow editor: a bot built with the mouse, another by keys alone, two people at one flow; and both bots answer.

use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::browser::{Browser, Look, Theme, key};
use crate::support::program::{Launch, Program};

const DELETE: &str = "\u{e017}";

/// A fresh demo in which no bot of the demo's own answers.
async fn quiet_demo() -> (Program, Api) {
    let program = Launch::demo().start().await;
    let api = program.quieted().await;
    (program, api)
}

/// The flow as the server has it, once it holds what is expected.
async fn saved(api: &Api, browser: &Browser, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let address = browser.address().await;
    let id = address.split("/bots/").nth(1).expect("a bot").split('?').next().expect("an id").to_owned();
    crate::support::until(what, async || {
        let draft = api.get(&format!("/api/v1/bots/{id}/draft")).await.ok();
        holds(&draft["flow"]).then(|| draft["flow"].clone())
    })
    .await
}

async fn publish(browser: &Browser, version: u32) {
    browser.until("the publish button", "document.querySelector('#flow-publish')?.disabled === false").await;
    browser.click("#flow-publish").await;
    browser.find("#publish-note").await;
    browser.assert_accessible("the publish dialog").await;
    browser.click("#flow-publishing [type=submit]").await;
    browser.see(&format!("Published v{version}")).await;
    // The button that asked is off now.
    browser.until("the focus to be somewhere", "document.activeElement?.tagName !== 'BODY'").await;
}

/// Says something on the built-in phone and waits for what the bot says last.
async fn talk(browser: &Browser, say: &str, hear: &str) {
    browser.find("#phone-text").await;
    browser.fill("#phone-text", say).await;
    browser.keys(&[], key::ENTER).await;
    hears(browser, say, hear).await;
}

/// Waits until the newest words on the phone are the bot's, after what the customer said.
async fn hears(browser: &Browser, said: &str, hear: &str) {
    let newest = format!(
        "(() => {{ const all = [...document.querySelectorAll('.handset-chat .in, .handset-chat .out')]; \
         const said = all.findLastIndex(m => m.matches('.out') && m.textContent.includes({})); \
         return said >= 0 && all.slice(said).some(m => m.matches('.in') && m.textContent.includes({})); }})()",
        json!(said),
        json!(hear)
    );
    browser.until(&format!("the bot to say {hear:?} to {said:?}"), &newest).await;
}

/// Taps "Coffee" of the newest buttons: the chat holds those of before as well.
async fn tap_coffee(browser: &Browser) {
    let newest = "(() => { const taps = document.querySelectorAll('.handset-tap'); document.querySelector('#coffee')?.removeAttribute('id'); \
                  taps[taps.length - 2].id = 'coffee'; })()";
    browser.value_of(newest).await;
    browser.click("#coffee").await;
    hears(browser, "Coffee", "Coffee comes.").await;
}

#[tokio::test]
async fn a_bot_is_built_with_the_mouse_and_answers() {
    let (program, api) = quiet_demo().await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address("/bots")).await;
    browser.click("#bot-new").await;
    browser.find("#new-bot .gallery-card").await;
    browser.assert_accessible("the ways to a new bot").await;
    browser.click("#new-bot-empty").await;
    browser.find("#canvas .block").await;
    browser.at_rest().await;
    browser.assert_accessible("the editor").await;

    // What it says first.
    browser.click(".block").await;
    browser.fill(".flow-form textarea", "Good day!").await;
    browser.find(".flow-preview .bubble").await;

    // A question is dragged before it, and given its answers.
    browser.value_of("document.querySelector('#p-ask_choice').scrollIntoView()").await;
    browser.drag("#p-ask_choice", ".block").await;
    browser.until("two blocks", "document.querySelectorAll('.block').length === 2").await;
    browser.click(".flow-form textarea").await;
    browser.keys(&[], "Coffee or tea?").await;
    browser.fill(".option input", "Coffee").await;
    browser.fill(".option:nth-of-type(2) input", "Tea").await;
    browser
        .until("the buttons", "document.querySelectorAll('.flow-preview .handset-tap').length === 2")
        .await;

    // A line from its first answer to something new.
    let dot = ".port-row:nth-of-type(2) .port-dot";
    browser.drag(dot, ".minimap").await;
    browser.find("#flow-connect").await;
    browser.assert_accessible("choosing what comes next").await;
    browser.keys(&[], "Text").await;
    browser.keys(&[], key::ENTER).await;
    browser.until("the second group", "document.querySelectorAll('.group').length === 2").await;
    browser.until("the form", "document.activeElement?.tagName === 'TEXTAREA'").await;
    browser.keys(&[], "Coffee comes.").await;

    let flow = saved(&api, &browser, "the flow to be saved", |flow| {
        flow["groups"][1]["blocks"][0]["text"] == "Coffee comes."
    })
    .await;
    assert_eq!(flow["edges"].as_array().map(Vec::len), Some(1), "{flow}");

    // Undo takes back the whole group, redo brings it again.
    browser.press("Undo").await;
    browser.press("Undo").await;
    browser.until("one group", "document.querySelectorAll('.group').length === 1").await;
    browser.press("Redo").await;
    browser.press("Redo").await;
    browser.until("two groups", "document.querySelectorAll('.group').length === 2").await;

    // The draft is tried in the page.
    browser.click("#flow-try").await;
    browser.fill("#test-text", "Hello").await;
    browser.keys(&[], key::ENTER).await;
    browser.click(".test-chat .handset-tap").await;
    browser.see("Coffee comes.").await;
    browser.until("the taken way", "document.querySelectorAll('.edge.lit').length >= 1").await;
    browser.assert_accessible("a try").await;

    publish(&browser, 1).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    let editor = browser.address().await;
    let phone = program.address("/phone");
    browser.goto(&phone).await;
    talk(&browser, "Hello", "Coffee or tea?").await;
    tap_coffee(&browser).await;

    // A second version answers, and then the first one again.
    browser.goto(&editor).await;
    browser.click(".block").await;
    browser.fill(".flow-form textarea", "Tea or coffee today?").await;
    saved(&api, &browser, "the other question to be saved", |flow| {
        flow["groups"][0]["blocks"][0]["text"] == "Tea or coffee today?"
    })
    .await;
    publish(&browser, 2).await;
    browser.goto(&phone).await;
    talk(&browser, "Anybody?", "Tea or coffee today?").await;
    tap_coffee(&browser).await;
    browser.goto(&editor).await;
    browser.click("#flow-versions-button").await;
    browser.press("Return to this version").await;
    browser.see("Return to version 1").await;
    browser.at_rest().await;
    browser.assert_accessible("the choice before a return").await;
    browser.shot("return").await;
    browser.press("Cancel").await;
    browser.gone("#flow-returning").await;
    let on = |what: &str| format!("document.activeElement?.textContent.trim() === '{what}'");
    browser.until("the button that asked", &on("Return to this version")).await;
    browser.press("Return to this version").await;
    browser.click("#flow-returning .choice:last-child").await;
    browser.click("#version-return-do").await;
    browser.see("Version 1 answers again").await;
    browser.see("whoever was in the middle moves to it").await;
    browser.goto(&phone).await;
    talk(&browser, "Once more", "Coffee or tea?").await;
    program.stop();
}

#[tokio::test]
async fn a_bot_is_built_by_keys_alone_and_answers() {
    let (program, api) = quiet_demo().await;
    let browser = Browser::open(&Look { theme: Theme::Dark, ..Look::default() }).await;
    browser.sign_in(&program).await;
    browser.find(".row").await;
    browser.keys(&[], "3").await;
    browser.find("#bot-new").await;
    browser.tab_to("#bot-new").await;
    browser.keys(&[], key::ENTER).await;
    browser.until("the ways to a new bot", "document.activeElement?.id === 'new-bot-empty'").await;
    browser.keys(&[], key::ENTER).await;
    browser.find("#canvas .block").await;
    browser.at_rest().await;

    // To the greeting, and into its form.
    let has_focus = |id: &str| format!("document.activeElement?.id === '{id}'");
    browser.until("the canvas to have the focus", &has_focus("canvas")).await;
    let greet = async |words: &str| {
        browser.keys(&[], key::DOWN).await;
        browser.until("the group to have the focus", &has_focus("g-g1")).await;
        browser.keys(&[], key::DOWN).await;
        browser.until("the block to have the focus", &has_focus("b-b1")).await;
        browser.keys(&[], key::ENTER).await;
        browser.until("the form", "document.activeElement?.tagName === 'TEXTAREA'").await;
        browser.keys(&[key::CONTROL], "a").await;
        browser.keys(&[], words).await;
        browser.keys(&[], key::ESCAPE).await;
        browser.until("the block again", &has_focus("b-b1")).await;
    };
    greet("What is your name?").await;

    // A question after it, found by its name.
    browser.keys(&[], "/").await;
    browser.until("the palette", &has_focus("palette-search")).await;
    browser.keys(&[], "Question: text").await;
    browser.keys(&[], key::ENTER).await;
    browser.until("two blocks", "document.querySelectorAll('.block').length === 2").await;
    browser.until("the form", "document.activeElement?.tagName === 'TEXTAREA'").await;
    browser.keys(&[], "Tell me").await;
    browser.keys(&[], key::TAB).await;
    browser.keys(&[], "name").await;
    browser.keys(&[], key::ESCAPE).await;
    let on_a_block = "document.activeElement?.classList.contains('block')";
    browser.until("the question to have the focus", on_a_block).await;

    // Its way on, to a new text.
    browser.keys(&[], "c").await;
    browser.until("the list of ports", &has_focus("connect-search")).await;
    browser.keys(&[], key::ENTER).await;
    browser.see("Where does it lead?").await;
    browser.keys(&[], "Text").await;
    browser.keys(&[], key::ENTER).await;
    browser.until("the form", "document.activeElement?.tagName === 'TEXTAREA'").await;
    browser.keys(&[], "Nice to meet you, {{name}}!").await;
    browser.keys(&[], key::ESCAPE).await;
    browser.until("the text to have the focus", on_a_block).await;

    // A copy of it is made and taken away again; everything is tidied.
    browser.keys(&[key::CONTROL], "d").await;
    browser.until("four blocks", "document.querySelectorAll('.block').length === 4").await;
    browser.until("the copy to have the focus", on_a_block).await;
    browser.keys(&[], DELETE).await;
    browser.until("three blocks", "document.querySelectorAll('.block').length === 3").await;
    browser.until("the canvas to have the focus", &has_focus("canvas")).await;
    browser.keys(&[], "l").await;
    saved(&api, &browser, "the flow to be saved", |flow| {
        flow["groups"].as_array().map(Vec::len) == Some(2)
            && flow["groups"][1]["blocks"][0]["text"] == "Nice to meet you, {{name}}!"
    })
    .await;

    let publish_by_keys = async |note: &str, published: &str| {
        browser.keys(&[], "p").await;
        browser.until("the publish dialog", &has_focus("publish-note")).await;
        browser.keys(&[], note).await;
        browser.tab_to("#flow-publishing [type=submit]").await;
        browser.keys(&[], key::ENTER).await;
        browser.see(published).await;
    };
    publish_by_keys("By keys", "Published v1").await;

    // The palette brings the phone beside the canvas; there one writes.
    let to_the_phone = async |say: &str| {
        browser.keys(&[key::CONTROL], "k").await;
        browser.until("the palette", &has_focus("palette-input")).await;
        browser.keys(&[], "phone").await;
        browser
            .until(
                "the phone in it",
                "document.querySelector('.palette-entry')?.textContent.includes('Phone')",
            )
            .await;
        browser.keys(&[], key::ENTER).await;
        browser.until("the phone", &has_focus("phone-text")).await;
        browser.keys(&[], say).await;
        browser.keys(&[], key::ENTER).await;
    };
    to_the_phone("Hello").await;
    hears(&browser, "Hello", "Tell me").await;
    browser.keys(&[], "Ada").await;
    browser.keys(&[], key::ENTER).await;
    hears(&browser, "Ada", "Nice to meet you, Ada!").await;

    // Another version, and back to the first.
    browser.keys(&[], key::ESCAPE).await;
    browser.gone("#phone-panel").await;
    browser.tab_to("#canvas").await;
    greet("Who is there?").await;
    saved(&api, &browser, "the other greeting to be saved", |flow| {
        flow["groups"][0]["blocks"][0]["text"] == "Who is there?"
    })
    .await;
    publish_by_keys("Shorter", "Published v2").await;
    to_the_phone("Good morning").await;
    hears(&browser, "Good morning", "Who is there?").await;
    browser.keys(&[], "Ada").await;
    browser.keys(&[], key::ENTER).await;
    browser.keys(&[], key::ESCAPE).await;
    browser.gone("#phone-panel").await;
    browser.tab_to("#flow-versions-button").await;
    browser.keys(&[], key::ENTER).await;
    browser.see("Shorter").await;
    browser.tab_to_button("Return to this version").await;
    browser.keys(&[], key::ENTER).await;
    browser.until("the button of the dialog", &has_focus("version-return-do")).await;
    browser.keys(&[], key::ENTER).await;
    browser.see("Version 1 answers again").await;
    browser
        .until(
            "another version to return to",
            "!!document.querySelector('.version-list li:first-child .version-do button:nth-child(3)')",
        )
        .await;
    browser.until("the focus beside what was pressed", &has_focus("version-compare-1")).await;
    to_the_phone("Good evening").await;
    hears(&browser, "Good evening", "What is your name?").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    program.stop();
}

#[tokio::test]
async fn two_people_at_one_flow() {
    let (program, api) = quiet_demo().await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in(&program).await;
    let bots = api.all("/api/v1/bots").await;
    let path = format!("/bots/{}", bots[0]["id"].as_str().expect("an id"));
    browser.goto(&program.address(&path)).await;
    browser.find("#canvas .block").await;

    // Somebody else gives a group another title: it is here by itself.
    let draft_path = format!("/api/v1{path}/draft");
    let change = async |title: &str, text: Option<&str>| {
        let draft = api.get(&draft_path).await.ok();
        let mut flow = draft["flow"].clone();
        flow["groups"][0]["title"] = json!(title);
        if let Some(text) = text {
            flow["groups"][0]["blocks"][0]["text"] = json!(text);
        }
        api.put(&draft_path, json!({ "flow": flow, "revision": draft["revision"] })).await
    };
    change("From elsewhere", None).await.ok();
    browser.see("From elsewhere").await;

    // Both change the same block before either is saved: nothing is overwritten until somebody decides.
    browser.offline(true).await;
    browser.click(".group .block").await;
    browser.fill(".flow-form textarea", "Mine").await;
    change("From elsewhere", Some("Theirs")).await.ok();
    browser.see("Not saved").await;
    browser.offline(false).await;
    browser.find(".flow-clash").await;
    browser.assert_accessible("a dispute").await;
    let draft = api.get(&draft_path).await.ok();
    assert_eq!(draft["flow"]["groups"][0]["blocks"][0]["text"], "Theirs");
    browser.press("Keep mine").await;
    browser.gone(".flow-clash").await;
    saved(&api, &browser, "mine to be saved", |flow| flow["groups"][0]["blocks"][0]["text"] == "Mine").await;
    program.stop();
}

/// A flow of so many blocks, two to a group, each group leading to two others.
fn large_flow(blocks: usize) -> Value {
    let groups: Vec<Value> = (0..blocks / 2)
        .map(|n| {
            json!({
                "id": format!("g{n}"), "title": format!("Step {n}"),
                "x": (n % 16) * 420, "y": (n / 16) * 300,
                "blocks": [
                    { "id": format!("m{n}"), "kind": "message", "text": format!("Message {n} with some words in it for {{{{contact.name}}}}") },
                    { "id": format!("q{n}"), "kind": "question", "answer": "choice", "text": "Which way?",
                      "options": [{ "id": "a", "title": "One" }, { "id": "b", "title": "Another" }] },
                ],
            })
        })
        .collect();
    let edges: Vec<Value> = (0..blocks / 2)
        .flat_map(|n| {
            ["a", "b"].iter().enumerate().map(move |(way, option)| {
                json!({ "id": format!("e{n}{option}"), "from": { "block": format!("q{n}"), "port": format!("option:{option}") },
                        "to": { "group": format!("g{}", (n * 2 + way + 1) % (blocks / 2)) } })
            })
        })
        .collect();
    json!({ "schema": 1, "id": "large", "name": "Large", "language": "en", "groups": groups, "edges": edges,
            "triggers": [{ "id": "t", "kind": "any_message", "x": -300, "y": 0 }] })
}

/// Drags an element in circles for some seconds and says how far the frames were apart.
const DRAG: &str = "(async (selector, seconds) => {
    const element = document.querySelector(selector);
    const box = element.getBoundingClientRect();
    const at = { x: box.x + Math.min(60, box.width / 2), y: box.y + 12 };
    const fire = (name, x, y) => document.elementFromPoint(at.x, at.y).dispatchEvent(new PointerEvent(name,
        { bubbles: true, cancelable: true, pointerId: 1, pointerType: 'mouse', clientX: x, clientY: y, button: 0 }));
    fire('pointerdown', at.x, at.y);
    const frames = [];
    await new Promise(done => {
        let first, last;
        const step = now => {
            first ??= now;
            if (last !== undefined) frames.push(now - last);
            last = now;
            const turn = (now - first) / 400;
            window.dispatchEvent(new PointerEvent('pointermove',
                { pointerId: 1, clientX: at.x + 90 * Math.sin(turn), clientY: at.y + 60 * (1 - Math.cos(turn)) }));
            now - first < seconds * 1000 ? requestAnimationFrame(step) : done();
        };
        requestAnimationFrame(step);
    });
    window.dispatchEvent(new PointerEvent('pointerup', { pointerId: 1, clientX: at.x, clientY: at.y }));
    frames.sort((a, b) => a - b);
    const sum = frames.reduce((sum, frame) => sum + frame, 0);
    return { fps: 1000 * frames.length / sum, p95_ms: frames[Math.floor(frames.length * 0.95)], frames: frames.length };
})";

#[tokio::test]
#[ignore = "measures and decides nothing; `cargo xtask bench` runs it"]
async fn how_smoothly_a_large_flow_is_dragged() {
    let program = Launch::demo().start().await;
    let api = program.signed_in().await;
    let bot = api.post("/api/v1/bots", json!({ "flow": large_flow(500) })).await.expect(201);
    // A screen would hide how much room is left above its own rate.
    let browser = Browser::unpaced(&Look::default()).await;
    browser.sign_in(&program).await;
    browser.goto(&program.address(&format!("/bots/{}", bot["id"].as_str().expect("an id")))).await;
    browser.find("#canvas .block").await;
    browser.at_rest().await;
    let near = browser.value_of(&format!("{DRAG}('.group-head', 4)")).await;
    let pan = browser.value_of(&format!("{DRAG}('#canvas', 4)")).await;
    browser.press("Fit to screen").await;
    browser.until("every group", "document.querySelectorAll('.group').length === 250").await;
    browser.at_rest().await;
    let far = browser.value_of(&format!("{DRAG}('#g-g100', 4)")).await;
    let ways = [&near, &pan, &far];
    // A hand feels the late frames, not the average one.
    let late = ways.iter().filter_map(|way| way["p95_ms"].as_f64()).fold(0.0, f64::max);
    let mean = ways.iter().filter_map(|way| way["fps"].as_f64()).fold(f64::MAX, f64::min);
    let told = json!({ "editor_fps": 1000.0 / late, "mean_fps": mean, "near": near, "pan": pan, "far": far });
    println!("{told}");
}
