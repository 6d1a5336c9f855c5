//! Bots and their flows.

use serde_json::{Value, json};

use super::{at, examples, ids, some};
use crate::bots::{
    Bot, BotVersion, Draft, FlowStarted, FormFields, GalleryBot, ImportFile, ImportFormat, ImportedBot,
    NewBot, NewPhoneTrial, PhoneTrial, PhoneTrialState, PublishBot, ReturnToVersion, SaveDraft, StartFlow,
    UpdateBot, VersionReturn,
};

/// The smallest flow that is of use: whatever comes first is greeted and handed to a person.
fn greeting() -> Value {
    json!({
        "schema": 1,
        "id": "greeter",
        "name": "Greeter",
        "language": "en",
        "start": { "group": "welcome" },
        "triggers": [{ "id": "any", "kind": "any_message" }],
        "groups": [{
            "id": "welcome",
            "title": "Welcome",
            "blocks": [
                { "id": "hello", "kind": "message", "text": "Hello {{ contact.name }}! What may we wrap for you?" },
                { "id": "person", "kind": "hand_over" },
            ],
        }],
        "edges": [],
    })
}

examples! {
    Bot: Bot {
        id: ids::GREETER,
        name: "Greeter".to_owned(),
        flow_id: "greeter".to_owned(),
        enabled: true,
        published: Some(3),
        running: 2,
        created_at: at(-43_200),
        updated_at: at(-60),
    };

    UpdateBot: UpdateBot { enabled: Some(false) };

    NewBot: NewBot { flow: greeting() };

    Draft: Draft {
        flow: greeting(),
        revision: 8,
        updated_at: at(-60),
        author: "Anna Petrova".to_owned(),
        changed: true,
        missing_files: vec![],
    };

    SaveDraft: SaveDraft { flow: greeting(), revision: 7 };

    PublishBot: PublishBot { note: some("Greets by name"), move_running: false, revision: Some(7) };

    ReturnToVersion: ReturnToVersion { move_running: true };

    BotVersion: BotVersion {
        number: 3,
        published_at: at(-60),
        author: "Anna Petrova".to_owned(),
        note: some("Greets by name"),
        move_running: false,
        returns: vec![VersionReturn {
            at: at(-20),
            author: "Anna Petrova".to_owned(),
            move_running: true,
        }],
        answering: true,
        running: 2,
        flow: Some(greeting()),
    };

    ImportFile: ImportFile { format: ImportFormat::Beseda, file: greeting() };

    ImportedBot: ImportedBot {
        flow: greeting(),
        missing_files: vec![],
        report: json!([{ "place": "/groups/0/blocks/0", "id": "hello", "kind": "message", "block": "hello",
            "verdict": { "verdict": "imported" } }]),
        missing: json!([]),
        told: json!([{ "address": "https://flowers.example", "block": "hello" }]),
    };

    FormFields: FormFields { fields: vec!["guests".to_owned(), "visit.day".to_owned()] };

    GalleryBot: GalleryBot {
        id: "clinic".to_owned(),
        trade: "clinic".to_owned(),
        title: "Clinic booking".to_owned(),
        description: "Books a visit, and calls a person where one is needed.".to_owned(),
        fields: vec!["Doctor".to_owned()],
        flow: None,
    };

    NewPhoneTrial: NewPhoneTrial { phone: some("+15550100234"), number_id: Some(ids::NUMBER), revision: Some(8) };

    PhoneTrial: PhoneTrial {
        id: 2_147_483_648,
        bot_id: ids::GREETER,
        state: PhoneTrialState::Waiting,
        word: "try-k7mp2qxa".to_owned(),
        link: some("https://wa.me/15550100200?text=try-k7mp2qxa"),
        number_id: ids::NUMBER,
        number_name: "Main".to_owned(),
        number_phone: some("+15550100200"),
        phone: some("+15550100234"),
        author: "Anna Petrova".to_owned(),
        created_at: at(0),
        expires_at: at(1_800),
        conversation_id: None,
        held_up_in: None,
        failure: None,
    };

    StartFlow: StartFlow {
        name: "order_ready".to_owned(),
        number: None,
        event: Some(json!({ "order": 1042 })),
    };

    FlowStarted: FlowStarted { conversation: ids::THREAD, bot: Some(ids::GREETER) };
}
