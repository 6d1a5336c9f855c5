//! The shop's number, and what came in through it.

use serde_json::json;

use super::{at, examples, ids, some};
use crate::forms::{FormAction, FormOption, FormPart, FormPartKind, FormScreen, NativeForm};
use crate::messages::TemplateCategory;
use crate::whatsapp::{
    ConnectNumber, JournalEntry, MessageTemplate, Number, NumberCheck, NumberChecks, NumberState, Outcome,
    TemplateButton, TemplateButtonKind, TemplateHeader, TemplateHeaderKind, TemplatePlace, UpdateNumber,
};

const PHONE_NUMBER_ID: &str = "106540352242922";
const WABA_ID: &str = "102290129340398";
const VERIFY_TOKEN: &str = "white-peony-7241";

fn passed(name: &str, result: &str) -> NumberCheck {
    NumberCheck { name: name.to_owned(), ok: true, result: result.to_owned(), detail: None }
}

fn place(name: &str, example: &str) -> TemplatePlace {
    TemplatePlace { name: name.to_owned(), example: some(example) }
}

examples! {
    ConnectNumber: ConnectNumber {
        phone_number_id: PHONE_NUMBER_ID.to_owned(),
        waba_id: WABA_ID.to_owned(),
        token: "EAAJB7f4ZBxyzBO2f7ZCqW8mVd0aZAexampletoken".to_owned(),
        app_secret: "0123456789abcdef0123456789abcdef".to_owned(),
        verify_token: some(VERIFY_TOKEN),
        name: some("Shop"),
        phone: some("+15550100200"),
        messages_per_second: None,
        skip_checks: false,
    };

    UpdateNumber: UpdateNumber {
        name: None,
        token: some("EAAJB7f4ZBxyzBO8h1QmZCd5newexampletoken"),
        app_secret: None,
        verify_token: None,
        skip_checks: false,
    };

    Number: Number {
        id: ids::NUMBER,
        phone_number_id: PHONE_NUMBER_ID.to_owned(),
        waba_id: WABA_ID.to_owned(),
        name: "Shop".to_owned(),
        phone: some("+15550100200"),
        state: NumberState::Connected,
        problem: None,
        problem_detail: None,
        warnings: Vec::new(),
        simulated: false,
        quality: some("GREEN"),
        verify_token: some(VERIFY_TOKEN),
        callback_url: format!("https://chat.example.com/webhooks/whatsapp/{PHONE_NUMBER_ID}"),
        app_callback_url: "https://chat.example.com/webhooks/whatsapp".to_owned(),
        verified_at: Some(at(-20_158)),
        first_webhook_at: Some(at(-20_150)),
        last_webhook_at: Some(at(0)),
        rejected: 0,
        app_rejected: 0,
        created_at: at(-20_160),
    };

    NumberChecks: NumberChecks {
        ok: true,
        checks: vec![passed("token", "token_ok"), passed("permissions", "permissions_ok")],
    };

    NativeForm: NativeForm {
        id: "1184370192776581".to_owned(),
        name: "Order flowers".to_owned(),
        published: true,
        fields: vec!["bouquet".to_owned()],
        screens: vec![FormScreen {
            id: "BOUQUET".to_owned(),
            title: "Your bouquet".to_owned(),
            parts: vec![FormPart {
                kind: FormPartKind::Radio,
                name: "bouquet".to_owned(),
                label: "Which one?".to_owned(),
                hint: None,
                required: true,
                options: vec![FormOption {
                    id: "peonies".to_owned(),
                    title: "Peonies".to_owned(),
                    description: None,
                }],
                options_from: None,
                input: None,
                least: None,
                most: None,
                from: None,
                to: None,
                picture: None,
                when: None,
            }],
            data: json!({}),
            button: "Order".to_owned(),
            action: FormAction::Complete,
            next: None,
            payload: json!({ "bouquet": "${form.bouquet}" }),
            feet: vec![],
        }],
    };

    MessageTemplate: MessageTemplate {
        id: "594425479261596".to_owned(),
        name: "order_ready".to_owned(),
        language: "en_US".to_owned(),
        category: Some(TemplateCategory::Utility),
        header: Some(TemplateHeader { kind: TemplateHeaderKind::Image, text: None, place: None }),
        body: "Your order {{1}} is ready. You can pick it up today until {{2}}.".to_owned(),
        places: vec![place("1", "A-204"), place("2", "21:00")],
        named: false,
        footer: None,
        buttons: vec![TemplateButton {
            kind: TemplateButtonKind::Url,
            title: "Track the order".to_owned(),
            url: some("https://example.com/orders/{{1}}"),
            fillable: true,
        }],
    };

    JournalEntry: JournalEntry {
        id: 1742,
        received_at: at(0),
        outcome: Outcome::Processed,
        detail: None,
        reason: None,
        kinds: vec!["message.text".to_owned()],
        phone_number_id: some(PHONE_NUMBER_ID),
        customer: some("15550100234"),
        size: 612,
        processed_at: Some(at(0)),
        replays: 0,
        replayed_at: None,
        conversation: Some(ids::THREAD),
        body: some("{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"102290129340398\",\"changes\":[]}]}"),
    };
}
