//! What came of a bot, as people see it: the funnel, the table with its filter and columns, its file, one run; and it
//! follows what happens. Then its versions: compared, and returned to.

use serde_json::{Value, json};

use crate::support::browser::{Browser, Look, Theme, key};
use crate::support::world::{EMAIL, PASSWORD, World};

const TOM: &str = "447700900001";

/// Asks for a name and a number.
fn flow(greeting: &str) -> Value {
    json!({
        "schema": 1, "id": "form", "name": "Form", "language": "en", "start": {"group": "ask"},
        "triggers": [{"id": "t", "kind": "any_message"}],
        "groups": [{"id": "ask", "title": "Ask", "blocks": [
            {"id": "hello", "kind": "message", "text": greeting},
            {"id": "who", "kind": "question", "text": "Who are you?", "answer": "text", "variable": "who"},
            {"id": "age", "kind": "question", "text": "How many guests?", "answer": "number", "variable": "guests"},
            {"id": "done", "kind": "end", "text": "Thanks", "outcome": "booked"},
        ]}],
        "edges": [],
        "variables": [{"name": "who", "kind": "text"}, {"name": "guests", "kind": "number"}],
    })
}

/// A business with this bot alone.
async fn world_of(flow: Value) -> (World, String) {
    let world = World::new().await;
    for bot in world.api.all("/api/v1/bots").await {
        world.api.delete(&format!("/api/v1/bots/{}", bot["id"].as_str().expect("an id"))).await;
    }
    let bot = world.api.post("/api/v1/bots", json!({ "flow": flow })).await.expect(201);
    let bot = bot["id"].as_str().expect("an id").to_owned();
    publish(&world, &bot, "First").await;
    (world, bot)
}

async fn publish(world: &World, bot: &str, note: &str) {
    world.api.post(&format!("/api/v1/bots/{bot}/publish"), json!({ "note": note })).await.ok();
}

/// The customer says these things, and the bot answers each with the words beside it.
async fn talks(world: &World, wa_id: &str, name: &str, says: &[(&str, &str)]) {
    world.customer(wa_id, name).await;
    for (said, answer) in says {
        world.writes(wa_id, said).await;
        world
            .phone(wa_id, &format!("{answer:?} on the phone"), |chat| {
                (chat.last()?["content"]["body"] == *answer).then_some(())
            })
            .await;
    }
}

/// How Tom was greeted last.
async fn greeting(world: &World) -> String {
    world
        .phone(TOM, "a greeting", |chat| {
            let mut said = chat.iter().rev().filter_map(|message| message["content"]["body"].as_str());
            said.find(|body| body.starts_with("Welcome")).map(String::from)
        })
        .await
}

async fn in_both_themes_and_narrow(browser: &Browser, name: &str) {
    for (theme, width, height) in
        [(Theme::Light, 1440, 900), (Theme::Dark, 1440, 900), (Theme::Dark, 390, 844)]
    {
        browser.appear(&Look { width, height, theme, ..Look::default() }).await;
        browser.assert_accessible(&format!("{name} at {width} pixels, {theme:?}")).await;
        let over = browser.value_of("document.documentElement.scrollWidth - innerWidth").await;
        assert!(over.as_i64().unwrap_or(1) <= 0, "{name} is {over} pixels wider than the screen");
    }
    browser.appear(&Look::default()).await;
}

fn rows(count: usize) -> String {
    format!("document.querySelectorAll('.results-runs tbody tr').length === {count}")
}

#[tokio::test]
async fn results_are_looked_at_filtered_saved_and_followed() {
    let (world, bot) = world_of(flow("Hello!")).await;
    let (who, guests) = ("Who are you?", "How many guests?");
    talks(&world, TOM, "Tom", &[("hi", who), ("Thomas", guests), ("4", "Thanks")]).await;
    talks(&world, "447700900002", "Una", &[("hi", who), ("Una", guests)]).await;

    let browser = Browser::open(&Look::default()).await;
    browser.sign_in_as(&world.program, EMAIL, PASSWORD).await;
    browser.goto(&world.program.address(&format!("/bots/{bot}/results"))).await;
    browser.until("both runs", &rows(2)).await;
    browser.see("How many guests?").await;
    // Whose results they are, and the ways back.
    browser.see("Form: results").await;
    browser.find("a.way-back[href='/bots']").await;
    browser.find(&format!(".page-head a[href='/bots/{bot}']")).await;
    in_both_themes_and_narrow(&browser, "the results").await;

    // Somebody else begins: the table and the numbers follow by themselves.
    talks(&world, "447700900003", "Vic", &[("hi", who)]).await;
    browser.until("the third run by itself", &rows(3)).await;
    let newest = "document.querySelector('.results-runs tbody tr')?.textContent.includes('Vic')";
    browser.until("the newest run first", newest).await;

    // Only those that are over; then everything, and a name.
    browser.press("Ended").await;
    browser.until("the run that ended", &rows(1)).await;
    browser.see("Tom").await;
    browser.press("All").await;
    browser.until("every run", &rows(3)).await;
    // By keys: down the table, back out, and to the search.
    browser.keys(&[], "j").await;
    browser.find(".results-detail .run-lines").await;
    browser.keys(&[], "j").await;
    let second = "document.activeElement?.closest('tr')?.matches(':nth-child(2)') === true";
    browser.until("the focus on the second run", second).await;
    browser.keys(&[], key::ESCAPE).await;
    browser.gone(".results-detail").await;
    browser.keys(&[], "/").await;
    browser.until("the search", "document.activeElement?.id === 'search'").await;
    browser.fill("#search", "una").await;
    browser.until("the run that was looked for", &rows(1)).await;
    browser.press("Columns").await;
    browser.click("#column-message").await;
    browser.click("#column-who").await;
    browser.click("#column-guests").await;
    browser
        .until(
            "the words that began it as the only column",
            "[...document.querySelectorAll('.results-runs th')].map(head => head.textContent).slice(4).join() \
             === 'message'",
        )
        .await;
    in_both_themes_and_narrow(&browser, "the choice of columns").await;

    // The file holds what the table shows.
    browser.press("CSV").await;
    let file = String::from_utf8(browser.downloaded("Form.csv").await).expect("text");
    assert_eq!(file.lines().count(), 2, "{file}");
    assert!(
        file.contains("Una") && file.contains("message") && !file.contains("Tom") && !file.contains("who"),
        "{file}"
    );

    // Of nothing ticked it holds nothing, and the page says so.
    browser.press("None").await;
    browser.see("The files hold no answers").await;
    browser.press("CSV").await;
    let file = String::from_utf8(browser.downloaded("Form (1).csv").await).expect("text");
    assert!(
        file.lines().next().is_some_and(|heads| heads.ends_with(",Block,Version,Run ID,Customer ID")),
        "{file}"
    );

    // One run, step by step; while it is open it follows, too.
    browser.fill("#search", "").await;
    browser.keys(&[], " ").await;
    browser.until("every run again", &rows(3)).await;
    browser.press("Una").await;
    browser.find(".results-detail .run-lines").await;
    browser.see("Who are you?").await;
    in_both_themes_and_narrow(&browser, "one run").await;
    // Beside it the buttons of the files stay in one line.
    let tops = "new Set([...document.querySelectorAll('.results-files button')].map(one => one.offsetTop)).size === 1";
    browser.until("the files' buttons in one line", tops).await;
    // On a phone each value of a card stands below its name.
    browser.click(".results-detail .detail-bar button").await;
    browser.appear(&Look { width: 390, height: 844, ..Look::default() }).await;
    let labels = "(() => { const cell = document.querySelector('.results-runs tbody td:nth-child(4)'); \
                  return getComputedStyle(cell, '::before').content === '\"Started\"'; })()";
    browser.until("the names of the values", labels).await;
    browser.appear(&Look::default()).await;
    browser.press("Una").await;
    browser.find(".results-detail .run-lines").await;
    world.writes("447700900002", "3").await;
    let ended = "[...document.querySelectorAll('.results-detail .run-lines li')]\
                 .some(line => line.textContent.includes('Thanks'))";
    browser.until("the end of the run by itself", ended).await;

    // Who ends a run of Vic's is said with it, and in the conversation.
    browser.click(".results-detail .detail-bar button").await;
    browser.press("Vic").await;
    browser.find(".results-detail .run-lines").await;
    browser.press("End the run").await;
    browser.click("#run-dialog .form-buttons button:last-child").await;
    browser.see("Anna ended it").await;
    browser.press("Open the conversation").await;
    browser.see("Anna ended what the bot was doing here").await;
    browser.assert_quiet().await;
    world.program.stop();
}

#[tokio::test]
async fn a_run_is_moved_and_the_canvas_says_how_long_answers_take() {
    let (world, bot) = world_of(flow("Hello!")).await;
    let (who, guests) = ("Who are you?", "How many guests?");
    talks(&world, TOM, "Tom", &[("hi", who), ("Thomas", guests)]).await;
    let browser = Browser::open(&Look::default()).await;
    browser.sign_in_as(&world.program, EMAIL, PASSWORD).await;
    browser.goto(&world.program.address(&format!("/bots/{bot}/results"))).await;
    browser.press("Tom").await;
    browser.find(".results-detail .run-lines").await;

    // The run stands at its second question; the team has it go back to the first.
    browser.press("Move to…").await;
    browser.see("Where does Tom go on?").await;
    browser.until("where it stands", "document.querySelector('#run-move-to').value === 'age'").await;
    browser.assert_accessible("where a run goes on").await;
    browser.set("#run-move-to", "who").await;
    browser.click("#run-dialog .form-buttons button:last-child").await;
    browser.see("Anna moved it").await;
    world
        .phone(TOM, "the first question again", |chat| {
            let asked = chat.iter().filter(|message| message["content"]["body"] == who).count();
            (asked == 2 && chat.last()?["content"]["body"] == who).then_some(())
        })
        .await;
    talks(&world, TOM, "Tom", &[("Tomas", guests), ("4", "Thanks")]).await;
    browser
        .until(
            "the new answer in the run",
            "document.querySelector('.results-detail dl').textContent.includes('Tomas')",
        )
        .await;

    // On the canvas each question says beside it how long an answer usually takes.
    let stats = world.api.get(&format!("/api/v1/bots/{bot}/stats")).await.ok();
    let median = stats["blocks"].as_array().expect("blocks").iter().find(|block| block["block"] == "who");
    let median = median.expect("the question")["median_ms"].as_u64().expect("a median");
    assert!(median < 1_500, "a machine answered: {median}");
    browser.goto(&world.program.address(&format!("/bots/{bot}"))).await;
    browser.press("Show results on the canvas").await;
    let drawn = "[...document.querySelectorAll('.block-results')].map(one => [...one.children].map(part => part.textContent).join(' '))";
    // Tom came to the first question twice in one run. What only speaks takes nobody's time.
    for words in ["1", "1 ✓1 1 s"] {
        browser
            .until(&format!("{words:?} beside a block"), &format!("{drawn}.includes({})", json!(words)))
            .await;
    }
    browser.assert_quiet().await;
    world.program.stop();
}

#[tokio::test]
async fn versions_are_compared_and_an_earlier_one_answers_again() {
    let mut first = flow("Welcome to the old days");
    first["groups"]
        .as_array_mut()
        .expect("groups")
        .push(json!({"id": "old", "title": "Old way", "x": 60, "y": 420,
        "blocks": [{"id": "bye", "kind": "message", "text": "Good-bye"}]}));
    let (world, bot) = world_of(first).await;
    let path = format!("/api/v1/bots/{bot}/draft");
    let draft = world.api.get(&path).await.ok();
    let mut changed = flow("Welcome to the new days");
    let blocks = changed["groups"][0]["blocks"].as_array_mut().expect("blocks");
    blocks.insert(1, json!({"id": "news", "kind": "message", "text": "We have moved."}));
    world.api.put(&path, json!({ "flow": changed, "revision": draft["revision"] })).await.ok();
    publish(&world, &bot, "Second").await;
    let says = [("hi", "Who are you?"), ("Tom", "How many guests?"), ("2", "Thanks")];
    talks(&world, TOM, "Tom", &says).await;
    assert_eq!(greeting(&world).await, "Welcome to the new days");

    let browser = Browser::open(&Look::default()).await;
    browser.sign_in_as(&world.program, EMAIL, PASSWORD).await;
    browser.goto(&world.program.address(&format!("/bots/{bot}"))).await;
    browser.find("#canvas .block").await;
    browser.click("#flow-versions-button").await;
    browser.see("Second").await;
    browser.see("First").await;
    in_both_themes_and_narrow(&browser, "the versions").await;

    // The first against the draft: what is new and what is another is told, and lit where it stands.
    let compare = "[...document.querySelectorAll('.version-list li')]\
                   .find(row => row.textContent.includes('First'))?.querySelector('.version-do button')";
    browser.value_of(&format!("{compare}.click()")).await;
    browser.see("Welcome to the old days").await;
    browser.find("#b-hello.changed").await;
    browser.find("#b-news.added").await;
    assert_eq!(browser.count(".block.changed, .block.added").await, 2);
    // What is gone stands where it stood, for the eyes alone.
    browser.find("#gone-g-old").await;
    assert_eq!(browser.text("#gone-b-bye").await, "Good-bye");
    // Of a block that came or went it is said what it says.
    browser.until(
        "the words of what went",
        "[...document.querySelectorAll('.difference-words')].some(words => words.textContent === 'Good-bye')",
    )
    .await;
    browser.shot("compared").await;
    in_both_themes_and_narrow(&browser, "a comparison").await;
    browser.press("Back to all versions").await;
    browser.gone(".block.changed").await;

    // Back to the first; who comes now is answered as before.
    browser.press("Return to this version").await;
    browser.find("#flow-returning").await;
    in_both_themes_and_narrow(&browser, "the choice before a return").await;
    browser.shot("return-choice").await;
    browser.click("#version-return-do").await;
    browser.see("Version 1 answers again").await;
    browser.assert_quiet().await;
    browser.goto(&world.program.address("/phone")).await;
    // As Tom, whoever the phone begins with.
    browser.find(".phone-person.on").await;
    let tom = "[...document.querySelectorAll('.phone-person')].find(one => one.textContent.includes('Tom')).click()";
    browser.value_of(tom).await;
    browser.until("Tom's chat", "document.querySelectorAll('.handset-chat .in').length > 0").await;
    browser.fill("#phone-text", "Anybody here?").await;
    browser.keys(&[], key::ENTER).await;
    let last = "[...document.querySelectorAll('.handset-chat .in')].filter(m => m.textContent.includes('Welcome to')).at(-1)\
                ?.textContent.includes('the old days')";
    browser.until("the old greeting on the phone", last).await;
    assert_eq!(greeting(&world).await, "Welcome to the old days");
    world.program.stop();
}
