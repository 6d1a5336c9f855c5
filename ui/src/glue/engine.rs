//! The engine of this very module, for those who want to see that it says what the server's says: a test plays thousands
//! of scripts on both. A module made for the test alone was refused: it would be another build, by other means, than the
//! one that people are given.

use beseda_flow::Script;
use wasm_bindgen::prelude::wasm_bindgen;

/// Plays a script; both are JSON.
#[wasm_bindgen]
pub fn play(script: &str) -> Result<String, String> {
    let script: Script = serde_json::from_str(script).map_err(|error| error.to_string())?;
    let steps = script.play().map_err(|error| error.to_string())?;
    serde_json::to_string(&steps).map_err(|error| error.to_string())
}
