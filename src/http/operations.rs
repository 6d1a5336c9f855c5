//! Every operation of the API and who may call it: the one place.
//!
//! The guard checks by this table and the OpenAPI document says what it says. A line without an operation or
//! an operation without a line fails the tests and the start. Lines stand in the order of the domains.

use beseda_wire::businesses::Role::{Admin, Operator, Owner, Viewer};

use super::guard::Who::{Business, Person, Public, Setup};
use super::guard::{Operation, Policy, delete, get, patch, post, put};
use super::kinds;

pub const OPERATIONS: &[Operation] = &[
    // accounts
    get("/setup", "read_setup", Setup),
    post("/setup/token", "check_setup_token", Setup)
        .body_limit(OF_STRANGERS)
        .problems(&[kinds::SETUP_LINK_EXPIRED]),
    post("/setup", "set_up", Setup).body_limit(OF_STRANGERS).problems(&[kinds::SETUP_LINK_EXPIRED]),
    post("/auth/login", "login", Public)
        .body_limit(OF_STRANGERS)
        .problems(&[kinds::SIGN_IN_FAILED, kinds::TOO_MANY]),
    // These two are for whoever holds the cookie; the access token may have expired.
    post("/auth/refresh", "refresh", Public).body_limit(OF_STRANGERS).problems(&[kinds::UNAUTHORIZED]),
    post("/auth/logout", "logout", Public).body_limit(OF_STRANGERS),
    get("/auth/sessions", "list_sessions", Person),
    delete("/auth/sessions/{id}", "revoke_session", Person),
    post("/auth/password", "change_password", Person).problems(&[kinds::TOO_MANY]),
    // Whoever holds an invitation's address; it is a secret as a password is.
    post("/auth/invitation", "read_invitation", Public)
        .body_limit(OF_STRANGERS)
        .problems(&[kinds::INVITATION_OVER]),
    post("/auth/invitation/accept", "accept_invitation", Public)
        .body_limit(OF_STRANGERS)
        .problems(&[kinds::INVITATION_OVER, kinds::CONFLICT]),
    get("/users/me", "read_me", Person),
    patch("/users/me", "update_me", Person),
    // businesses
    get("/businesses", "list_businesses", Person),
    post("/businesses", "create_business", Person).creating(),
    post("/businesses/join", "join_business", Person).problems(&[kinds::INVITATION_OVER, kinds::CONFLICT]),
    get("/business", "read_business", Business(Viewer)),
    put("/business", "save_business", Business(Admin)).problems(&[kinds::CONFLICT]),
    get("/members", "list_members", Business(Viewer)),
    patch("/members/{id}", "update_member", Business(Admin)).problems(&[kinds::CONFLICT]),
    delete("/members/{id}", "remove_member", Business(Admin)).problems(&[kinds::CONFLICT]),
    get("/invitations", "list_invitations", Business(Admin)),
    // Not one that keys protect: its answer holds a secret, and made again it replaces the first.
    post("/invitations", "invite", Business(Admin)).problems(&[kinds::CONFLICT]),
    delete("/invitations/{id}", "withdraw_invitation", Business(Admin)),
    // whatsapp
    get("/whatsapp/numbers", "list_numbers", Business(Viewer)),
    post("/whatsapp/numbers", "connect_number", Business(Admin))
        .creating()
        .problems(&[kinds::CONFLICT, kinds::CHECKS_FAILED]),
    post("/whatsapp/numbers/check", "check_number", Business(Admin)),
    post("/whatsapp/numbers/simulated", "connect_simulated_number", Business(Admin)),
    get("/whatsapp/numbers/{id}", "read_number", Business(Viewer)),
    patch("/whatsapp/numbers/{id}", "update_number", Business(Admin))
        .problems(&[kinds::CONFLICT, kinds::CHECKS_FAILED]),
    get("/whatsapp/numbers/{id}/templates", "list_templates", Business(Viewer))
        .problems(&[kinds::META_FAILED]),
    get("/whatsapp/numbers/{id}/forms", "list_native_forms", Business(Viewer))
        .problems(&[kinds::META_FAILED]),
    get("/whatsapp/numbers/{id}/forms/{form}", "read_native_form", Business(Viewer))
        .problems(&[kinds::META_FAILED]),
    post("/whatsapp/numbers/{id}/check", "check_connected_number", Business(Admin)),
    delete("/whatsapp/numbers/{id}/warnings/{reason}", "dismiss_number_warning", Business(Admin)),
    delete("/whatsapp/numbers/{id}", "remove_number", Business(Owner)),
    // webhooks
    get("/webhooks/journal", "list_webhooks", Business(Admin)),
    get("/webhooks/journal/{id}", "read_webhook", Business(Admin)),
    post("/webhooks/journal/{id}/replay", "replay_webhook", Business(Admin)),
    // conversations
    get("/conversations", "list_conversations", Business(Viewer)),
    get("/conversations/counts", "count_conversations", Business(Viewer)),
    get("/conversations/{id}", "read_conversation", Business(Viewer)),
    patch("/conversations/{id}", "update_conversation", Business(Operator)),
    get("/conversations/{id}/messages", "list_messages", Business(Viewer)),
    post("/conversations/{id}/messages", "send_message", Business(Operator)).creating().problems(&[
        kinds::WINDOW_CLOSED,
        kinds::NO_MARKETING,
        kinds::MARKETING_CAPPED,
        kinds::NUMBER_REMOVED,
    ]),
    post("/conversations/{id}/messages/{message_id}/retry", "retry_message", Business(Operator)).problems(&[
        kinds::CONFLICT,
        kinds::WINDOW_CLOSED,
        kinds::NO_MARKETING,
        kinds::MARKETING_CAPPED,
        kinds::NUMBER_REMOVED,
    ]),
    post("/conversations/{id}/read", "mark_conversation_read", Business(Operator)),
    post("/conversations/{id}/typing", "show_typing", Business(Operator)),
    post("/conversations/{id}/take-over", "take_over_conversation", Business(Operator)),
    post("/conversations/{id}/give-back", "give_back_conversation", Business(Operator)),
    post("/media", "upload_file", Business(Operator)).streaming(),
    get("/media/{sha256}", "download_file", Business(Viewer)),
    // customers
    get("/customers", "list_customers", Business(Viewer)),
    get("/customers/{id}", "read_customer", Business(Viewer)),
    patch("/customers/{id}", "update_customer", Business(Operator)),
    // bots
    get("/bots", "list_bots", Business(Viewer)),
    post("/bots", "create_bot", Business(Admin)).creating().body_limit(FLOW).of_field("/flow"),
    patch("/bots/{id}", "update_bot", Business(Admin)),
    delete("/bots/{id}", "delete_bot", Business(Admin)),
    get("/bots/{id}/draft", "read_bot_draft", Business(Viewer)),
    put("/bots/{id}/draft", "save_bot_draft", Business(Admin))
        .body_limit(FLOW)
        .of_field("/flow")
        .problems(&[kinds::CONFLICT]),
    post("/bots/{id}/publish", "publish_bot", Business(Admin))
        .problems(&[kinds::CONFLICT, kinds::FLOW_MISTAKES]),
    post("/bots/import", "import_bot", Business(Admin))
        .body_limit(IMPORT)
        .of_field("/file")
        .problems(&[kinds::FLOW_MISTAKES]),
    get("/bots/forms/{form}", "read_form_fields", Business(Viewer)),
    get("/bots/gallery", "list_gallery", Business(Viewer)),
    get("/bots/gallery/{id}", "read_gallery_bot", Business(Viewer)),
    get("/bots/{id}/versions", "list_bot_versions", Business(Viewer)),
    get("/bots/{id}/versions/{number}", "read_bot_version", Business(Viewer)),
    post("/bots/{id}/versions/{number}/return", "return_to_bot_version", Business(Admin)),
    post("/bots/{id}/phone-trials", "make_phone_trial", Business(Admin))
        .problems(&[kinds::CONFLICT, kinds::FLOW_MISTAKES]),
    get("/bots/{id}/phone-trials", "list_phone_trials", Business(Admin)),
    post("/bots/{id}/phone-trials/{trial}/stop", "stop_phone_trial", Business(Admin)),
    // Whoever may try a request reads what comes back, so it is whoever may let a bot ask.
    post("/bots/try-request", "try_request", Business(Admin)).body_limit(FLOW),
    post("/bots/try-message", "try_message", Business(Viewer)),
    get("/bots/triggers", "list_bot_triggers", Business(Viewer)),
    get("/bots/{id}/stats", "read_bot_stats", Business(Viewer)),
    get("/bots/{id}/runs", "list_bot_runs", Business(Viewer)),
    get("/bots/{id}/runs.csv", "export_bot_runs_csv", Business(Viewer)),
    get("/bots/{id}/runs.xlsx", "export_bot_runs_xlsx", Business(Viewer)),
    // Of those who make bots: what services answered is in it, which results leave out.
    get("/bots/{id}/scripts", "list_bot_scripts", Business(Admin)),
    get("/bots/{id}/runs/{run}", "read_bot_run", Business(Viewer)),
    post("/bots/{id}/runs/{run}/reset", "reset_bot_run", Business(Operator)).problems(&[kinds::CONFLICT]),
    post("/bots/{id}/runs/{run}/move", "move_bot_run", Business(Operator))
        .problems(&[kinds::CONFLICT, kinds::WINDOW_CLOSED]),
    post("/customers/{id}/start", "start_flow", Business(Operator)),
    get("/connections", "list_connections", Business(Admin)),
    put("/connections/{name}", "save_connection", Business(Admin)),
    delete("/connections/{name}", "remove_connection", Business(Admin)),
    // simulator: whoever may answer customers may also play them
    get("/simulator/numbers/{number}/customers", "list_simulated_customers", Business(Operator)),
    post("/simulator/numbers/{number}/customers", "add_simulated_customer", Business(Operator))
        .problems(&[kinds::CONFLICT, kinds::SIMULATOR_REFUSED]),
    patch(
        "/simulator/numbers/{number}/customers/{customer}",
        "update_simulated_customer",
        Business(Operator),
    )
    .problems(&[kinds::CONFLICT, kinds::SIMULATOR_REFUSED]),
    get("/simulator/numbers/{number}/chats/{customer}", "read_simulated_chat", Business(Operator)),
    post("/simulator/numbers/{number}/chats/{customer}/messages", "say_as_customer", Business(Operator))
        .problems(&[kinds::SIMULATOR_REFUSED]),
    post("/simulator/numbers/{number}/chats/{customer}/edits", "edit_as_customer", Business(Operator))
        .problems(&[kinds::SIMULATOR_REFUSED]),
    post("/simulator/numbers/{number}/chats/{customer}/acts", "act_as_customer", Business(Operator))
        .problems(&[kinds::SIMULATOR_REFUSED]),
    post("/simulator/numbers/{number}/files", "upload_simulated_file", Business(Operator)).streaming(),
    get("/simulator/numbers/{number}/files/{file}", "download_simulated_file", Business(Operator)),
    get("/simulator/numbers/{number}/forms/{form}", "read_simulated_form", Business(Operator)),
    get("/simulator/samples", "list_samples", Business(Operator)),
    post("/simulator/numbers/{number}/samples/{name}", "take_sample", Business(Operator)),
    put("/simulator/numbers/{number}/templates/{template}", "update_simulated_template", Business(Operator))
        .problems(&[kinds::SIMULATOR_REFUSED]),
    post("/simulator/numbers/{number}/webhooks", "send_simulated_webhook", Business(Operator))
        .problems(&[kinds::SIMULATOR_REFUSED]),
    get("/simulator/numbers/{number}/faults", "list_faults", Business(Operator)),
    post("/simulator/numbers/{number}/faults", "order_fault", Business(Operator))
        .problems(&[kinds::SIMULATOR_REFUSED]),
    delete("/simulator/numbers/{number}/faults", "clear_faults", Business(Operator)),
];

/// Bytes of a body by somebody who is not known yet: a form. So strangers cannot fill the room that all bodies share.
const OF_STRANGERS: u64 = 16 << 10;

/// Bytes of a body that holds a flow: the flow's own limit, and the few words around it.
const FLOW: u64 = beseda_flow::limits::BYTES as u64 + 4096;

/// Bytes of a body that holds another program's file.
const IMPORT: u64 = beseda_flow::import::TYPEBOT_BYTES as u64 + 4096;

/// The program's own table.
pub struct Declared;

impl Policy for Declared {
    const OPERATIONS: &'static [Operation] = OPERATIONS;
}
