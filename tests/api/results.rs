//! What came of a bot's flow: its numbers, customers' runs through it, and what may be done with those that go on.

use serde_json::{Value, json};

use crate::support::until;
use crate::support::world::World;

/// Asks for a name and an age; of two wrong ages the run ends.
fn flow() -> Value {
    json!({
        "schema": 1, "id": "form", "name": "Form", "language": "en", "start": {"group": "ask"},
        "triggers": [{"id": "t", "kind": "keyword", "keywords": [{"match": "is", "text": "begin"}]}],
        "groups": [
            {"id": "ask", "title": "Ask", "blocks": [
                {"id": "hello", "kind": "message", "text": "Hello!"},
                {"id": "who", "kind": "question", "text": "Who are you?", "answer": "text", "variable": "who"},
                {"id": "age", "kind": "question", "text": "How old?", "answer": "number", "variable": "age", "tries": 2},
                {"id": "done", "kind": "end", "text": "Thanks", "outcome": "told"},
            ]},
        ],
        "edges": [],
        "variables": [{"name": "who", "kind": "text"}, {"name": "age", "kind": "number"}],
    })
}

struct Form {
    world: World,
    bot: String,
}

impl Form {
    async fn new() -> Self {
        let world = World::new().await;
        // The bot that comes with the simulated number would answer too.
        for bot in world.api.all("/api/v1/bots").await {
            world.api.delete(&format!("/api/v1/bots/{}", bot["id"].as_str().unwrap())).await;
        }
        let bot = world.api.post("/api/v1/bots", json!({"flow": flow()})).await.expect(201);
        let bot = bot["id"].as_str().unwrap().to_owned();
        world.api.post(&format!("/api/v1/bots/{bot}/publish"), json!({})).await.ok();
        Self { world, bot }
    }

    /// The customer says these things one after another, each once the bot has answered the one before.
    async fn talks(&self, wa_id: &str, name: &str, says: &[&str]) {
        self.world.customer(wa_id, name).await;
        for said in says {
            let before = self.heard(wa_id, |_| true).await;
            self.world.writes(wa_id, said).await;
            // The flow begins with two messages.
            let answers = if *said == "begin" { 2 } else { 1 };
            self.heard(wa_id, |heard| heard >= before + answers).await;
        }
    }

    async fn heard(&self, wa_id: &str, enough: impl Fn(usize) -> bool) -> usize {
        self.world
            .phone(wa_id, "an answer", |chat| {
                let heard = chat.iter().filter(|message| message["direction"] == "out").count();
                enough(heard).then_some(heard)
            })
            .await
    }

    fn at(&self, rest: &str) -> String {
        format!("/api/v1/bots/{}/{rest}", self.bot)
    }

    async fn runs(&self, query: &str) -> Vec<Value> {
        self.world.api.all(&self.at(&format!("runs?{query}"))).await
    }
}

#[tokio::test]
async fn the_numbers_say_where_customers_come_to_and_where_they_are_lost() {
    let form = Form::new().await;
    form.talks("447700900001", "Tom", &["begin", "Tom", "33"]).await;
    form.talks("447700900002", "Una", &["begin", "Una", "young", "33"]).await;
    form.talks("447700900003", "Vic", &["begin", "Vic"]).await;
    form.talks("447700900004", "Wim", &["begin", "Wim", "young"]).await;
    form.world.writes("447700900004", "younger").await;
    until("the last run is over", || async {
        (form.runs("state=ended&reason=no_answer").await.len() == 1).then_some(())
    })
    .await;

    let stats = form.world.api.get(&form.at("stats")).await.ok();
    let of = |name: &str| stats[name].as_u64().unwrap();
    assert_eq!(
        [of("started"), of("live"), of("finished"), of("dropped"), of("handed_over")],
        [4, 1, 2, 1, 0],
        "{stats}"
    );
    let parts = ["live", "finished", "dropped", "handed_over", "failed", "replaced", "reset"];
    assert_eq!(parts.iter().map(|part| of(part)).sum::<u64>(), of("started"), "each run is in one of them");
    let blocks: Vec<_> = stats["blocks"].as_array().unwrap().iter().map(|block| &block["block"]).collect();
    assert_eq!(blocks, ["hello", "who", "age", "done"]);
    let age = &stats["blocks"][2];
    let of = |name: &str| age[name].as_u64().unwrap();
    assert_eq!([of("entered"), of("answered"), of("refused"), of("dropped"), of("waiting")], [4, 2, 3, 1, 1]);
    assert!(age["median_ms"].is_u64());
    let left =
        |port: &str| age["ports"].as_array().unwrap().iter().find(|left| left["port"] == port).cloned();
    assert_eq!(left("answered").unwrap()["left"], 2);
    assert_eq!(left("failed").unwrap()["left"], 1);
    let funnel = stats["funnel"].as_array().unwrap();
    assert_eq!(funnel[0], json!({"block": "who", "reached": 4, "answered": 4}));
    assert_eq!(funnel[1], json!({"block": "age", "reached": 4, "answered": 2}));
    assert_eq!(stats["outcomes"], json!([{"outcome": "told", "runs": 2}]));

    // Of another version and of other days there is nothing.
    for none in ["stats?version=2", "stats?to=2020-01-01", "stats?from=2099-01-01"] {
        assert_eq!(form.world.api.get(&form.at(none)).await.ok()["started"], 0, "{none}");
    }
    assert_eq!(form.world.api.get(&form.at("stats?version=1&from=2020-01-01")).await.ok()["started"], 4);
    assert_eq!(
        form.world.api.get(&form.at("stats?to=9999-12-31")).await.ok()["started"],
        4,
        "the last day there is"
    );
    assert!(form.runs("from=9999-12-31").await.is_empty());
    assert_eq!(form.runs("from=2020-01-01&to=9999-12-31").await.len(), 4);
    form.world.api.get(&form.at("stats?from=yesterday")).await.problem(400, "invalid");
    for (query, pointer, must) in [
        ("runs?state=asleep", "state", "must be one of `live`, `ended`"),
        ("runs?version=4294967296", "version", "must be a whole number from 0 to 4294967295"),
        ("runs?limit=-1", "limit", "must be a whole number from 1 to 200"),
        ("runs?limit=abc", "limit", "must be a whole number from 1 to 200"),
        ("runs?limit=201", "limit", "must be a whole number from 1 to 200"),
        ("scripts?others=maybe", "others", "must be true or false"),
        ("runs/none", "run", "must be an id, as 019a205b-6e05-7688-85b6-e05f5fbe04b0"),
    ] {
        let problem = form.world.api.get(&form.at(query)).await.problem(400, "invalid");
        let error = &problem["errors"][0];
        assert_eq!((&error["pointer"], &error["detail"]), (&json!(pointer), &json!(must)), "{query}");
    }
    let nobody = "/api/v1/bots/01990000-0000-7000-8000-000000000001/stats";
    form.world.api.get(nobody).await.problem(404, "not-found");
    form.world.program.stop();
}

#[tokio::test]
async fn runs_are_listed_with_what_they_know_and_read_step_by_step() {
    let form = Form::new().await;
    form.talks("447700900001", "Tom", &["begin", "Thomas", "33"]).await;
    form.talks("447700900002", "Una", &["begin", "Una"]).await;

    let runs = form.runs("").await;
    assert_eq!(runs.len(), 2);
    assert_eq!(runs[0]["customer_name"], "Una", "the newest first");
    assert_eq!((&runs[0]["state"], &runs[0]["block"]), (&json!("live"), &json!("age")));
    assert_eq!((&runs[0]["waits_for"], &runs[0]["variables"]["who"]), (&json!("answer"), &json!("Una")));
    assert_eq!((&runs[1]["reason"], &runs[1]["outcome"]), (&json!("finished"), &json!("told")));
    assert_eq!(runs[1]["variables"], json!({"age": 33, "message": "begin", "who": "Thomas"}));

    for (query, expected) in [
        ("state=live", 1),
        ("state=ended", 1),
        ("outcome=told", 1),
        ("outcome=else", 0),
        ("search=thom", 1),
        ("search=0900002", 1),
        ("search=nobody", 0),
        ("version=1", 2),
        ("version=2", 0),
        ("block=age", 1),
        ("from=2020-01-01", 2),
        ("to=2020-01-01", 0),
        ("limit=1", 2),
    ] {
        assert_eq!(form.runs(query).await.len(), expected, "{query}");
    }

    let read = form.world.api.get(&form.at(&format!("runs/{}", runs[1]["id"].as_str().unwrap()))).await.ok();
    let line = |line: &Value| match line.get("step") {
        Some(step) => {
            let part = |name: &str| step.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            format!("{} {} {}", part("kind"), part("block"), part("text")).trim_end().to_owned()
        }
        None => format!("says {}", line["message"]["content"]["body"].as_str().unwrap()),
    };
    let lines = read["lines"].as_array().unwrap().iter();
    let lines: Vec<String> = lines
        .filter(|line| line["message"]["direction"] != "event" && line["step"]["kind"] != "left")
        .map(line)
        .collect();
    assert_eq!(
        lines,
        [
            "says begin",
            "began",
            "entered hello",
            "entered who",
            "says Hello!",
            "says Who are you?",
            "says Thomas",
            "answered who Thomas",
            "entered age",
            "says How old?",
            "says 33",
            "answered age 33",
            "entered done",
            "says Thanks",
            "ended done told",
        ]
    );
    form.world.api.get(&form.at("runs/01990000-0000-7000-8000-000000000001")).await.problem(404, "not-found");
    form.world.program.stop();
}

#[tokio::test]
async fn a_run_that_goes_on_is_moved_and_ended() {
    let form = Form::new().await;
    form.talks("447700900001", "Tom", &["begin", "Thomas"]).await;
    let run = form.runs("").await[0]["id"].as_str().unwrap().to_owned();
    let act = |what: &str| form.at(&format!("runs/{run}/{what}"));
    let api = &form.world.api;
    api.post(&act("move"), json!({"block": "nowhere"})).await.problem(400, "invalid");
    api.post(&act("move"), json!({"block": "who", "version": 9})).await.problem(404, "not-found");

    let before = form.heard("447700900001", |_| true).await;
    let moved = api.post(&act("move"), json!({"block": "who"})).await.ok();
    assert_eq!((&moved["block"], &moved["state"]), (&json!("who"), &json!("live")));
    // It asks there, and goes on from there with what it knew.
    form.heard("447700900001", |heard| heard > before).await;
    assert_eq!(moved["variables"]["who"], "Thomas");
    form.talks("447700900001", "Tom", &["Tomas"]).await;

    let ended = api.post(&act("reset"), json!({})).await.ok();
    assert_eq!((&ended["state"], &ended["reason"]), (&json!("ended"), &json!("reset")));
    assert_eq!((&ended["block"], &ended["variables"]["who"]), (&json!("age"), &json!("Tomas")));
    api.post(&act("reset"), json!({})).await.problem(409, "conflict");
    api.post(&act("move"), json!({"block": "who"})).await.problem(409, "conflict");

    // Who did it is said with the run and in the thread.
    let me = api.get("/api/v1/users/me").await.ok()["name"].clone();
    let read = api.get(&form.at(&format!("runs/{run}"))).await.ok();
    let lines = read["lines"].as_array().unwrap();
    let steps = lines.iter().filter(|line| line["step"]["by"].is_string());
    let steps: Vec<_> = steps.map(|line| (&line["step"]["kind"], &line["step"]["by"])).collect();
    assert_eq!(steps, [(&json!("moved"), &me), (&json!("ended"), &me)]);
    let thread = form.world.thread("Tom").await;
    let messages = format!("/api/v1/conversations/{}/messages", thread["id"].as_str().unwrap());
    let messages = api.all(&messages).await;
    let events = messages.iter().filter_map(|message| Some((message["content"]["event"].as_str()?, message)));
    let events: Vec<_> = events
        .filter(|(event, _)| event.starts_with("run_"))
        .map(|(event, message)| (event, &message["content"]["name"], &message["author"]["kind"]))
        .collect();
    assert_eq!(events, [("run_ended", &me, &json!("user")), ("run_moved", &me, &json!("user"))]);

    // The bot does not hear the answer to what it asked, and may begin anew.
    form.talks("447700900001", "Tom", &["begin"]).await;
    let runs = form.runs("").await;
    assert_eq!((runs.len(), &runs[0]["block"]), (2, &json!("who")));

    // A person's conversation is not the bot's to go on with.
    let thread = form.world.thread("Tom").await;
    api.post(&format!("/api/v1/conversations/{}/take-over", thread["id"].as_str().unwrap()), json!({}))
        .await
        .ok();
    let run = runs[0]["id"].as_str().unwrap();
    api.post(&form.at(&format!("runs/{run}/move")), json!({"block": "age"})).await.problem(409, "conflict");
    let stats = api.get(&form.at("stats")).await.ok();
    // What the team ended is nobody's silence, and what a person has is not with the bot.
    let told = ["started", "reset", "handed_over", "dropped", "live"].map(|part| &stats[part]);
    assert_eq!(told, [&json!(2), &json!(1), &json!(1), &json!(0), &json!(0)]);
    form.world.program.stop();
}

#[tokio::test]
async fn runs_and_their_steps_are_there_after_a_kill() {
    let form = Form::new().await;
    form.talks("447700900001", "Tom", &["begin", "Thomas"]).await;
    let Form { world, bot } = form;
    let program = world.program.start_again().await;
    let api = program.api().sign_in(crate::support::world::EMAIL, crate::support::world::PASSWORD).await;
    let runs = api.all(&format!("/api/v1/bots/{bot}/runs")).await;
    assert_eq!((runs.len(), &runs[0]["block"]), (1, &json!("age")));
    assert_eq!(api.get(&format!("/api/v1/bots/{bot}/stats")).await.ok()["blocks"][1]["answered"], 1);
    program.stop();
}

#[tokio::test]
async fn runs_are_exported_with_a_column_for_each_variable() {
    let form = Form::new().await;
    form.talks("447700900001", "Tom", &["begin", "=1+1", "33"]).await;
    form.talks("447700900002", "Una", &["begin", "Una, \"the\" one"]).await;
    let answer = form.world.api.get(&form.at("runs.csv?form=codes")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(answer.header("content-disposition").unwrap().starts_with("attachment; filename=\"runs-"));
    let text = answer.text();
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(
        lines[0],
        "run,started_at,ended_at,state,reason,cause,outcome,version,block,customer,phone,age,message,who"
    );
    assert!(lines[1].contains(",live,,,,1,age,Una,"), "{text}");
    assert!(lines[1].ends_with(",,begin,\"Una, \"\"the\"\" one\""), "{text}");
    assert!(lines[2].contains(",ended,finished,,told,1,done,Tom,"), "{text}");
    // What a customer wrote is no formula of a spreadsheet.
    assert!(lines[2].ends_with(",33,begin,\"'=1+1\""), "{text}");
    assert_eq!(lines.len(), 3);

    let some = form.world.api.get(&form.at("runs.csv?form=codes&state=ended&columns=age")).await.text();
    assert!(some.contains(",phone,age\r\n") && some.lines().count() == 2, "{some}");
    // The flow knows `message`, though no run that is asked for has it.
    let known = form.world.api.get(&form.at("runs.csv?form=codes&version=9&columns=message")).await.text();
    assert!(known.contains(",phone,message\r\n") && known.lines().count() == 1, "{known}");
    for file in ["runs.csv", "runs.xlsx"] {
        let refused = form.world.api.get(&form.at(&format!("{file}?columns=age,zzz"))).await;
        let problem = refused.problem(400, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "columns");
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("`zzz`") && detail.contains("age, "), "{detail}");
    }
    // Nothing chosen is no choice of everything.
    for none in ["", ",", " "] {
        let path = form.at(&format!("runs.csv?form=codes&state=ended&columns={}", none.replace(' ', "%20")));
        let text = form.world.api.get(&path).await.text();
        assert!(text.starts_with("\u{feff}run,") && text.contains(",customer,phone\r\n"), "{none:?}: {text}");
    }
    for (query, pointer, must) in [
        ("form=words_of_mine", "form", "must be one of `words`, `codes`"),
        ("locale=de", "locale", "must be one of `en`, `ru`"),
    ] {
        let problem =
            form.world.api.get(&form.at(&format!("runs.csv?{query}"))).await.problem(400, "invalid");
        let error = &problem["errors"][0];
        assert_eq!((&error["pointer"], &error["detail"]), (&json!(pointer), &json!(must)), "{query}");
    }
    let sheet = form.world.api.get(&form.at("runs.xlsx")).await;
    assert_eq!(sheet.status, 200);
    assert!(sheet.header("content-type").unwrap().contains("spreadsheetml"));
    let rows = rows_of(sheet.body);
    let heads: Vec<_> = rows[0].iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(
        heads,
        [
            "Started (Europe/London)",
            "Ended (Europe/London)",
            "Customer",
            "Phone",
            "State",
            "What went wrong",
            "Outcome",
            "Block",
            "Version",
            "age",
            "message",
            "who",
            "Run ID",
            "Customer ID"
        ]
    );
    assert_eq!(rows.len(), 3, "a row for each run");
    let cell = |row: usize, head: &str| {
        let column = heads.iter().position(|known| *known == head).unwrap();
        &rows[row][column]
    };
    let runs = form.runs("").await;
    let (live, over) = (cell(1, "Run ID"), cell(2, "Run ID"));
    assert_eq!([&live.text, &over.text], [runs[0]["id"].as_str().unwrap(), runs[1]["id"].as_str().unwrap()]);
    for (head, live, over) in [
        ("Customer", "Una", "Tom"),
        ("Phone", "+447700900002", "+447700900001"),
        ("State", "Waits for an answer", "Completed"),
        ("Outcome", "", "told"),
        ("Block", "How old?", "Thanks"),
        ("message", "begin", "begin"),
        ("who", "Una, \"the\" one", "=1+1"),
    ] {
        assert_eq!([cell(1, head).text.as_str(), &cell(2, head).text], [live, over], "{head}");
        assert!(!cell(2, head).is_number, "{head} is a text");
    }
    assert_eq!([cell(1, "age").text.as_str(), &cell(2, "age").text], ["", "33"]);
    assert!(
        cell(2, "age").is_number && cell(2, "Version").is_number,
        "what is a number is one in a spreadsheet"
    );
    assert!(cell(2, "Started (Europe/London)").is_number, "so is a time");
    assert_eq!(cell(1, "Ended (Europe/London)").text, "");
    form.world.program.stop();
}

/// A cell of a spreadsheet as Excel reads it.
#[derive(Debug, Clone, Default)]
struct Cell {
    text: String,
    is_number: bool,
}

/// The rows of a file's only sheet, each with a cell for every column of the first.
fn rows_of(file: Vec<u8>) -> Vec<Vec<Cell>> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(file)).unwrap();
    assert!(zip.by_name("xl/worksheets/sheet2.xml").is_err(), "one sheet");
    let sheet = std::io::read_to_string(zip.by_name("xl/worksheets/sheet1.xml").unwrap()).unwrap();
    assert!(!sheet.contains("<f>") && !sheet.contains("<f "), "a formula: {sheet}");
    let mut rows = Vec::new();
    for row in sheet.split("<row ").skip(1) {
        let mut cells: Vec<Cell> =
            rows.first().map_or_else(Vec::new, |heads: &Vec<Cell>| vec![Cell::default(); heads.len()]);
        for cell in row.split("<c ").skip(1) {
            let place = between(cell, "r=\"", "\"").unwrap();
            let letters = place.bytes().filter(u8::is_ascii_uppercase);
            let column = letters.fold(0, |column, letter| column * 26 + usize::from(letter - b'A') + 1) - 1;
            let is_text = cell.contains("t=\"inlineStr\"");
            let text = if is_text { between(cell, "<t", "</t>") } else { between(cell, "<v", "</v>") };
            let text = text.unwrap().split_once('>').unwrap().1;
            let text =
                text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
            if cells.len() <= column {
                cells.resize(column + 1, Cell::default());
            }
            cells[column] = Cell { text, is_number: !is_text };
        }
        rows.push(cells);
    }
    rows
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    Some(text.split_once(before)?.1.split_once(after)?.0)
}

#[tokio::test]
async fn a_run_that_is_moved_to_another_version_is_counted_once() {
    let form = Form::new().await;
    form.talks("447700900001", "Tom", &["begin", "Thomas"]).await;
    let run = form.runs("").await[0]["id"].as_str().unwrap().to_owned();
    let api = &form.world.api;
    let revision = api.get(&form.at("draft")).await.ok()["revision"].clone();
    api.put(&form.at("draft"), json!({"flow": flow(), "revision": revision})).await.ok();
    api.post(&form.at("publish"), json!({})).await.ok();
    api.post(&form.at(&format!("runs/{run}/move")), json!({"block": "who", "version": 2})).await.ok();
    for (version, started) in [("", 1), ("?version=1", 1), ("?version=2", 0)] {
        let stats = api.get(&form.at(&format!("stats{version}"))).await.ok();
        let who = stats["funnel"].as_array().unwrap().iter().find(|step| step["block"] == "who").unwrap();
        assert_eq!((&stats["started"], &who["reached"]), (&json!(started), &json!(1)), "{version}: {stats}");
    }
    form.world.program.stop();
}

#[tokio::test]
async fn a_table_of_runs_is_for_people_to_read() {
    let form = Form::new().await;
    form.talks("447700900001", "Tom", &["begin", "=1+1", "33"]).await;
    form.talks("447700900002", "Una", &["begin", "Una"]).await;
    let api = &form.world.api;
    let mut business = api.get("/api/v1/business").await.ok();
    // Far from UTC: no test is run at an hour that would show the same.
    business["time_zone"] = json!("Asia/Kathmandu");
    api.put("/api/v1/business", business).await.ok();
    let runs = form.runs("").await;
    let local = |at: &Value| {
        let at: jiff::Timestamp = at.as_str().unwrap().parse().unwrap();
        at.in_tz("Asia/Kathmandu").unwrap().strftime("%Y-%m-%d %H:%M:%S").to_string()
    };
    let id = |run: usize, name: &str| runs[run][name].as_str().unwrap().to_owned();

    let text = api.get(&form.at("runs.csv?columns=who,age")).await.text();
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(
        lines,
        [
            "Started (Asia/Kathmandu),Ended (Asia/Kathmandu),Customer,Phone,State,What went wrong,Outcome,Block,\
             Version,who,age,Run ID,Customer ID"
                .to_owned(),
            format!(
                "{},,Una,+447700900002,Waits for an answer,,,How old?,1,Una,,{},{}",
                local(&runs[0]["started_at"]),
                id(0, "id"),
                id(0, "customer_id")
            ),
            format!(
                "{},{},Tom,+447700900001,Completed,,told,Thanks,1,\"'=1+1\",33,{},{}",
                local(&runs[1]["started_at"]),
                local(&runs[1]["ended_at"]),
                id(1, "id"),
                id(1, "customer_id")
            ),
        ]
    );
    // In the language that is asked for, or else the account's; as spreadsheets there read it.
    let asked = api.get(&form.at("runs.csv?columns=age&locale=ru")).await.text();
    let lines: Vec<&str> = asked.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(
        lines[0],
        "Начато (Asia/Kathmandu);Закончено (Asia/Kathmandu);Клиент;Телефон;Состояние;Что пошло не так;Итог;Блок;\
         Версия;age;ID прохождения;ID клиента"
    );
    assert!(lines[1].contains(";Ждёт ответа;;;How old?;1;;"), "{asked}");
    assert!(lines[2].contains(";Пройдено до конца;;told;Thanks;1;33;"), "{asked}");
    api.patch("/api/v1/users/me", json!({"locale": "ru"})).await.ok();
    assert_eq!(api.get(&form.at("runs.csv?columns=age")).await.text(), asked);

    // A newer version has other words; this run stands in the old one.
    let mut newer = flow();
    newer["groups"][0]["blocks"][2]["text"] = json!("Your age?");
    let draft = api.get(&form.at("draft")).await.ok();
    let revision = draft["revision"].clone();
    api.put(&form.at("draft"), json!({"flow": newer, "revision": revision})).await.ok();
    api.post(&form.at("publish"), json!({})).await.ok();
    let text = api.get(&form.at("runs.csv?state=live")).await.text();
    assert!(text.contains(";How old?;1;"), "{text}");
    form.world.program.stop();
}

#[tokio::test]
async fn a_run_within_another_bots_flow_is_told_by_that_bots_words() {
    let form = Form::new().await;
    let outer = json!({
        "schema": 1, "id": "outer", "name": "Outer", "language": "en", "start": {"group": "g"},
        "triggers": [{"id": "t", "kind": "keyword", "keywords": [{"match": "is", "text": "outer"}]}],
        // The block has the id of one of the other flow's.
        "groups": [{"id": "g", "title": "Within", "blocks": [
            {"id": "go", "kind": "sub_flow", "bot": "form"},
            {"id": "who", "kind": "end", "text": "Done"},
        ]}],
        "edges": [],
    });
    let api = &form.world.api;
    let bot = api.post("/api/v1/bots", json!({ "flow": outer })).await.expect(201);
    let at = format!("/api/v1/bots/{}", bot["id"].as_str().unwrap());
    api.post(&format!("{at}/publish"), json!({})).await.ok();
    form.world.customer("447700900001", "Tom").await;
    form.world.writes("447700900001", "outer").await;
    form.heard("447700900001", |heard| heard >= 2).await;
    let text = api.get(&format!("{at}/runs.csv")).await.text();
    assert!(text.contains(",Form: Who are you?,1,"), "{text}");
    form.world.program.stop();
}

#[tokio::test]
async fn a_viewer_sees_runs_and_an_operator_ends_them() {
    let form = Form::new().await;
    form.talks("447700900001", "Tom", &["begin"]).await;
    let run = form.runs("").await[0]["id"].as_str().unwrap().to_owned();
    let nobody = form.world.program.api();
    nobody.get(&form.at("runs")).await.problem(401, "unauthorized");
    let viewer =
        super::members::joined(&form.world.program, &form.world.api, "eve@example.com", "viewer").await;
    assert_eq!(viewer.all(&form.at("runs")).await.len(), 1);
    assert_eq!(viewer.get(&form.at("stats")).await.ok()["started"], 1);
    for (what, body) in [("reset", json!({})), ("move", json!({"block": "age"}))] {
        viewer.post(&form.at(&format!("runs/{run}/{what}")), body).await.problem(403, "forbidden");
    }
    let operator =
        super::members::joined(&form.world.program, &form.world.api, "ann@example.com", "operator").await;
    operator.post(&form.at(&format!("runs/{run}/reset")), json!({})).await.ok();
    form.world.program.stop();
}
