//! The simulator's customers, and what is ordered of them.

use serde_json::json;

use super::{at, examples, some};
use crate::messages::{Content, Direction, Status, Text};
use crate::simulator::{
    SimAct, SimActKind, SimChat, SimCustomer, SimCustomerChange, SimEdit, SimFault, SimFaultKind, SimFile,
    SimMessage, SimSample, SimSend, SimTemplateChange, SimWebhook,
};

const SAID: &str = "wamid.SIMxNTU1MDEwMDIzNBUCABIYFDNBN0I2OEZERjlCNjg5QTVBOTQ";

fn question() -> Content {
    let body = "Can I collect the bouquet at noon?".to_owned();
    Content::Text(Text { body, preview_url: false })
}

examples! {
    SimCustomer: SimCustomer {
        bsuid: some("US.13491208655302741918"),
        ..SimCustomer::new("15550100234", "Olga Meyer")
    };

    SimCustomerChange: SimCustomerChange { hides_phone: Some(true), ..SimCustomerChange::default() };

    SimMessage: SimMessage {
        id: SAID.to_owned(),
        at: at(0),
        direction: Direction::In,
        content: question(),
        status: Some(Status::Read),
        reply_to: None,
        reaction: None,
        edited: false,
        revoked: false,
    };

    SimChat: SimChat {
        customer: SimCustomer::example(),
        messages: vec![SimMessage::example()],
        typing: true,
        open: true,
        window_open: true,
        revision: 12,
    };

    SimSend: SimSend::new(question());

    SimEdit: SimEdit { message: SAID.to_owned(), text: "Can I collect the bouquet at one?".to_owned() };

    SimAct: SimAct { act: SimActKind::Open, message: None };

    SimFile: SimFile {
        id: "1043567812345678".to_owned(),
        mime: "image/jpeg".to_owned(),
        size: 48_210,
        name: some("bouquet.jpg"),
    };

    SimSample: SimSample { name: "bouquet.jpg".to_owned(), mime: "image/jpeg".to_owned() };

    SimTemplateChange: SimTemplateChange { status: "PAUSED".to_owned(), reason: some("LOW_QUALITY") };

    SimWebhook: SimWebhook {
        field: "phone_number_quality_update".to_owned(),
        value: json!({
            "display_phone_number": "15550100200",
            "event": "FLAGGED",
            "current_limit": "TIER_1K",
        }),
    };

    SimFault: SimFault { code: Some(131_047), times: Some(2), ..SimFault::new(SimFaultKind::Error) };
}
