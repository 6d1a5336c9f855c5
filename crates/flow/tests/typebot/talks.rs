//! Imported bots talk: what a customer sees, line by line.

use beseda_flow::{Compiled, EndReason, Problem};

use crate::driver::Talk;
use crate::{customer, imported, names};

/// The fixture's talk, with everything allowed.
fn talk(name: &str, transcript: &str) {
    let wanted: Vec<&str> = transcript.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let flow = Compiled::new(&customer::allowed(&imported(name).flow), 1);
    let mut talk = Talk::new(&flow, Vec::new());
    for said in wanted.iter().filter_map(|line| line.strip_prefix("C:")) {
        talk.hear(said.trim());
    }
    let got: Vec<String> = talk.lines.iter().map(|line| line.replace('\n', " / ")).collect();
    assert!(wanted == got, "\n-- wanted --\n{}\n-- got --\n{}\n", wanted.join("\n"), got.join("\n"));
}

#[test]
fn every_fixture_talks_to_its_end() {
    for name in names() {
        let flow = imported(&name).flow;
        for flow in [customer::allowed(&flow), flow] {
            for seed in 0..30 {
                let seen = customer::talk(&flow, &[], seed, None);
                // One bot runs another that is not there; the talk goes on.
                // Addresses are left out until they are allowed.
                let is_known = |(block, what): &&(String, Problem)| {
                    block == "other" || matches!(what, Problem::AddressOff { .. })
                };
                let problems: Vec<_> = seen.problems.iter().filter(|one| !is_known(one)).collect();
                assert!(problems.is_empty(), "{name}: {problems:?}");
                assert_eq!(seen.ended, Some(EndReason::Finished), "{name}: {:?}", seen.said);
            }
        }
    }
}

#[test]
fn a_choice_leads_its_ways() {
    talk(
        "v6_1",
        "
        C: hello
        B: Which bakery treat would you like? [Bun] [Pie]
        C: [Bun]
        *: Treat = Bun
        B: A bun it is.
        *: ended finished
        ",
    );
}

#[test]
fn the_oldest_version_talks_alike() {
    talk(
        "v3",
        "
        C: hello
        B: Which bakery treat would you like? [Bun] [Pie]
        C: [Pie]
        *: Treat = Pie
        B: One Pie, coming.
        *: ended finished
        ",
    );
}

#[test]
fn bubbles_say_what_they_said() {
    talk(
        "bubbles",
        r#"
        C: hello
        B: Our *new* menu, _today_ only ~no more~ / the menu (https://cafe.example/menu) / under
        B: Plain Ann
        B: Old *bold*
        B: (Image Url("https://cafe.example/cake.jpg"))
        B: https://cafe.example/cakes
        B: https://cafe.example/dance.gif?x=1
        B: (Video Url("https://cafe.example/tour.mp4"))
        B: https://www.youtube.com/watch?v=abc123
        B: (Audio Url("https://cafe.example/hello.mp3"))
        B: https://cafe.example/hello.wav
        B: {% braces {Ann}
        *: ended finished
        "#,
    );
}

#[test]
fn questions_take_what_they_took() {
    talk(
        "inputs",
        "
        C: hello
        B: Your name?
        C: Ann
        *: Full_name = Ann
        B: How many guests?
        C: 9
        B: Please send a whole number from 1 to 8.
        C: 4
        *: Guests = 4
        B: E-mail?
        C: x
        B: That is no address, Ann.
        C: a@b.example
        *: Mail = a@b.example
        B: Your page
        C: c.example
        *: Page = https://c.example
        B: Phone?
        C: 020 7946 0958
        *: Phone = +442079460958
        B: Which day?
        C: 2027-02-03
        *: Day = 2027-02-03
        B: From when to when?
        C: 2027-02-03
        *: Stay_from = 2027-02-03
        B: 🕒
        C: 10:00
        *: Stay_from_time = 10:00
        B: Until?
        C: 2027-02-05
        *: Stay_to = 2027-02-05
        B: 🕒
        C: 11:30
        *: Stay_to_time = 11:30
        *: Stay = 2027-02-03 10:00 – 2027-02-05 11:30
        B: What time?
        C: 12:15
        *: Hour = 12:15
        B: How was it? {0 – 5: 0 – Poor | 1 | 2 | 3 | 4 | 5}
        B: 0 – Poor … 10 – Great {6 – 10: 6 | 7 | 8 | 9 | 10 – Great}
        C: 0
        *: Grade = 0
        B: A photo of the table?
        C: no photo
        B: Ann, 4, 2027-02-03 10:00 – 2027-02-05 11:30, 0
        *: ended finished
        ",
    );
}

#[test]
fn options_are_shown_as_whatsapp_shows_them() {
    talk(
        "choices",
        r#"
        C: hello
        B: Tea or coffee? [Tea] [Coffee] [3]
        C: [Coffee]
        *: Drink = espresso
        B: With what? /  / 1. Milk / 2. Sugar /  / You can choose several: write their numbers, for example 1, 3.
        C: 1, 2
        *: Extras = ["Milk","Sugar"]
        B: Which size? {Choose: Size 0 | Size 1 | Size 2 | Size 3 | Size 4}
        C: [Size 3]
        *: Size = Size 3
        B: Which table? /  / 1. By the window with the view of the sea / 2. Inside
        C: 2
        *: Table = Inside
        B: Which cake? [Carrot] [Lemon]
        C: [Lemon]
        *: Cake = Lemon
        B: Please choose: {Choose: Page 0 | Page 1 | Page 2 | Page 3 | Page 4 | Page 5 | Page 6 | Page 7 | Page 8 | More}
        C: [Page 4]
        *: Size = Page 4
        B: espresso: Milk, Sugar, Lemon
        *: ended finished
        "#,
    );
}

#[test]
fn a_picture_is_shown_where_its_option_is() {
    talk(
        "pictures",
        r#"
        C: hello
        C: Flat
        *: City = Flat
        B: (Image Url("https://trips.example/sea.jpg")) *Sea* / Warm
        B: Where to? [Sea]
        C: [Sea]
        *: Place = Sea
        B: To the sea!
        *: ended finished
        "#,
    );
}

#[test]
fn pictures_stand_before_the_question() {
    talk(
        "pictures",
        r#"
        C: hello
        C: Alps
        *: City = Alps
        B: (Image Url("https://trips.example/sea.jpg")) *Sea* / Warm
        B: *Hills*
        B: https://trips.example/hills.webp
        B: Where to? [Sea] [Hills]
        C: [Hills]
        *: Place = Hills
        B: Please choose: [Lake] [Forest]
        C: [Lake]
        *: Place = Lake
        B: To Lake.
        *: ended finished
        "#,
    );
}

#[test]
fn what_was_chosen_of_cards_is_stored() {
    talk(
        "cards",
        r#"
        C: hello
        B: (Image Url("https://inn.example/attic.jpg")) *Attic* / Quiet
        B: (Image Url("https://inn.example/loft.jpg")) *Loft*
        B: Which room? [Attic: Book] [Attic: More] [Loft]
        C: [Attic: More]
        *: card = {"button":"More","description":"Quiet","image":"https://inn.example/attic.jpg","path":"p2","title":"Attic","value":""}
        *: Room = Attic
        *: Pressed = More
        B: Attic has a view. [Cellar]
        C: [Cellar]
        *: Room = Cellar
        B: Booked: Cellar (More)
        *: ended finished
        "#,
    );
}

#[test]
fn a_button_of_a_card_leads_its_way() {
    talk(
        "cards",
        r#"
        C: hello
        B: (Image Url("https://inn.example/attic.jpg")) *Attic* / Quiet
        B: (Image Url("https://inn.example/loft.jpg")) *Loft*
        B: Which room? [Attic: Book] [Attic: More] [Loft]
        C: [Attic: Book]
        *: card = {"button":"Book","description":"Quiet","image":"https://inn.example/attic.jpg","path":"p1","title":"Attic","value":""}
        *: Room = Attic
        *: Pressed = Book
        B: Booked: Attic (Book)
        *: ended finished
        "#,
    );
}

#[test]
fn variables_are_set() {
    talk(
        "set",
        r##"
        C: hello
        *: Points = 10
        *: Points = 15
        *: Level = Gold
        *: Title = Level Gold
        *: Colours = ["red","blue"]
        *: Log = ["Gold"]
        *: Log = ["Gold","x"]
        *: Hex = #00f
        *: Colours = ["red"]
        *: Taken = blue
        *: Hexes = ["#00f"]
        *: taken_item = #f00
        B: 15 Level Gold red Gold, x #00f blue
        *: Any = null
        *: Any = whatsapp
        *: Any = mobile
        *: Any = < 15 Level Gold red Gold, x #00f blue
        *: Any = d8aeaf9751ee6fad
        *: Any = 2026-11-22 12:00
        *: Any = 2026-11-22
        *: Any = 2026-11-21
        *: Any = 2026-11-23
        *: Any = 815c108a922c1c97
        *: Any = afternoon
        *: Any = +79161234567
        *: Any = Анна
        *: Any = null
        *: Any = null
        *: ended finished
        "##,
    );
}

#[test]
fn a_branch_leads_its_way() {
    talk(
        "conditions",
        "
        C: hello
        B: A number?
        C: 25
        *: Number = 25
        B: Big.
        *: ended finished
        ",
    );
}

#[test]
fn a_branch_without_an_edge_ends_the_run() {
    talk(
        "conditions",
        "
        C: hello
        B: A number?
        C: 7
        *: Number = 7
        *: ended finished
        ",
    );
}

#[test]
fn no_branch_goes_on_below() {
    talk(
        "conditions",
        "
        C: hello
        B: A number?
        C: 3
        *: Number = 3
        B: Small.
        *: ended finished
        ",
    );
}

#[test]
fn links_jumps_parts_and_other_bots() {
    talk(
        "logic",
        "
        C: hello
        B: link body=Read this title=shop.example url=https://www.shop.example/sale
        B: mailto:a@shop.example
        C: (silence)
        B: Way A
        B: In between
        B: Back again
        B: The end
        *: error at other: no_flow
        B: After it
        *: ended finished
        ",
    );
}

#[test]
fn a_part_runs_after_each_answer_and_returns() {
    talk(
        "events",
        "
        C: hi
        B: Anything?
        C: Nothing
        *: Said = Nothing
        *: Said = Nothing
        B: Nothing
        B: Thanks.
        *: ended finished
        ",
    );
}

#[test]
fn a_command_begins_its_part() {
    talk(
        "events",
        "
        C: help me
        B: Here is help.
        *: ended finished
        ",
    );
}

#[test]
fn requests_ask_and_store() {
    talk(
        "http",
        r#"
        C: hello
        *: call POST https://api.stock.example/v1/tea/<api_stock_example_address Plain>?api_key=<api_key Plain>&q=1&token=<token Encoded>&page=2 in 15 s (Authorization: Bearer <authorization Plain>) (X-Trace: tea) application/json {"item":"tea","count":"3","password":"<password Json>"}
        C: (done: {"status": 200, "body": {"items": [{"price": 5}]}})
        *: Status = 200
        *: Price = 5
        *: call POST http://api.stock.example/raw in 30 s application/json tea
        C: (failed: x)
        *: error at raw: call
        *: call POST https://api.stock.example/all in 30 s application/json {"Item":"tea","Price":5,"Status":200,"Count":"3"}
        C: (done: {"status": 200, "body": {}})
        *: call POST https://hooks.zapier.com/<zapier_address Plain> in 30 s application/json {"Item":"tea","Price":5,"Status":200,"Count":"3"}
        C: (done: {"status": 200, "body": {}})
        *: call incoming
        C: (done: {"price": 7})
        *: Price = 7
        B: 7 (200)
        *: ended finished
        "#,
    );
}

#[test]
fn letters_are_sent() {
    talk(
        "email",
        r#"
        C: hello
        *: call email cc=["b@example.com"] subject=From text=Hello you to=["shop@example.com"]
        C: (done: {})
        *: call email subject=Mail text=Mail:  to=["shop@example.com"]
        C: (failed: no)
        *: error at m2: call
        B: Sent.
        *: ended finished
        "#,
    );
}

#[test]
fn models_answer_and_find() {
    talk(
        "ai",
        r#"
        C: hello
        B: What is it?
        C: Rye?
        *: Question = Rye?
        *: call ai_answer history=[{"by":"bot","text":"What is it?"},{"by":"customer","text":"Rye?"}] instructions=You sell bread. Key ••• /  / assistant: Hello max_tokens=500 model=gpt-x text=Rye? timeout=30
        C: (done: {"text": "Yes.", "tokens": 1})
        *: Reply = Yes.
        B: Yes.
        *: call ai_extract fields=[{"description":"How many","kind":"number","name":"Count","options":[],"required":true},{"description":"","kind":"choice","name":"Kind","options":["rye","white"],"required":false}] max_tokens=500 text=Rye? timeout=30
        C: (done: {"fields": {"Count": 2, "Kind": "rye"}, "tokens": 1})
        *: Count = 2
        *: Kind = rye
        *: call ai_answer instructions=Be brief max_tokens=500 text=Rye? timeout=30
        C: (done: {"text": "Brief.", "tokens": 1})
        B: Brief.
        *: call ai_answer history=[{"by":"bot","text":"What is it?"},{"by":"customer","text":"Rye?"},{"by":"bot","text":"Yes."},{"by":"bot","text":"Brief."}] instructions=Helper max_tokens=500 text=Rye? timeout=30
        C: (done: {"text": "Again.", "tokens": 1})
        *: Reply = Again.
        B: 2 rye
        *: ended finished
        "#,
    );
}

#[test]
fn what_is_unsupported_is_stepped_over() {
    talk(
        "unsupported",
        "
        C: hello
        B: Before
        B: After
        *: ended finished
        ",
    );
}
