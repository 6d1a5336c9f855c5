//! What bots reach outside.

use super::{at, examples, some};
use crate::connections::{Connection, ConnectionKind, SaveConnection};

examples! {
    Connection: Connection {
        name: "model".to_owned(),
        kind: ConnectionKind::Ai,
        url: some("https://api.openai.com/v1"),
        model: some("gpt-4o-mini"),
        host: None,
        port: None,
        security: None,
        user: None,
        from: None,
        updated_at: at(-60),
    };

    SaveConnection: SaveConnection {
        kind: ConnectionKind::Ai,
        secret: some("sk-7f3a"),
        url: some("https://api.openai.com/v1"),
        model: some("gpt-4o-mini"),
        host: None,
        port: None,
        security: None,
        user: None,
        from: None,
    };
}
