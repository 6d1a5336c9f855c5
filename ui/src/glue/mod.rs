//! The only part that touches the browser: it starts the app, tells it what happens, and does what it asks.

#[cfg(feature = "builder")]
pub mod builder;
#[cfg(feature = "builder")]
mod canvas;
#[cfg(feature = "builder")]
mod cursor;
mod dom;
#[cfg(feature = "builder")]
mod engine;
mod files;
#[cfg(feature = "builder")]
mod focus;
mod host;
mod http;
mod keyboard;
mod listeners;
mod office;
mod socket;
#[cfg(feature = "builder")]
mod text_field;

use std::cell::RefCell;
use std::collections::HashMap;

use beseda_wire::time::Time;
use sauron::dom::{Application, Cmd, Program};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::app::{App, Flags};
use crate::effect::{Effect, Effects, Live, Theme};
use crate::i18n::Locale;
use crate::router::Route;
use crate::{Msg, Node, shell};

thread_local! {
    static PROGRAM: RefCell<Option<Program<Frame>>> = const { RefCell::new(None) };
}

/// The app as Sauron wants it.
struct Frame {
    app: App,
    first: Effects,
}

impl Application for Frame {
    type MSG = Msg;

    fn init(&mut self) -> Cmd<Msg> {
        run(std::mem::take(&mut self.first))
    }

    fn update(&mut self, msg: Msg) -> Cmd<Msg> {
        run(self.app.update(msg, now()))
    }

    fn is_idle(msg: &Msg) -> bool {
        *msg == Msg::Idle
    }

    fn view(&self) -> Node {
        shell::view(&self.app)
    }
}

fn run(effects: Effects) -> Cmd<Msg> {
    Cmd::batch(effects.into_iter().map(|effect| Cmd::run(move || perform(effect))))
}

pub fn start() {
    console_error_panic_hook::set_once();
    let Some(mount) = dom::by_id("app") else { return };
    let (app, first) = App::new(flags());
    let program = Program::clear_append_to_mount(Frame { app, first }, &mount);
    PROGRAM.with_borrow_mut(|kept| *kept = Some((*program).clone()));
    listeners::install();
    host::install();
}

/// Tells the app that something happened.
fn post(msg: impl Into<Msg>) {
    let program = PROGRAM.with_borrow(Clone::clone);
    if let Some(mut program) = program {
        program.dispatch(msg.into());
    } else {
        // Only the first effects come here: they run while the app is being mounted.
        let msg = msg.into();
        spawn_local(async move {
            if let Some(mut program) = PROGRAM.with_borrow(Clone::clone) {
                program.dispatch(msg);
            }
        });
    }
}

fn now() -> Time {
    // Milliseconds since 1970 are exact in f64 for 280,000 years.
    #[expect(clippy::cast_possible_truncation, reason = "within the 53 bits for any date on earth")]
    let millis = js_sys::Date::now() as i64;
    Time::from_millis(millis)
}

fn flags() -> Flags {
    let kept: HashMap<String, String> = dom::kept();
    let locale = kept.get("locale").map_or_else(
        || Locale::parse(&dom::window().navigator().language().unwrap_or_default()),
        |code| Locale::parse(code),
    );
    Flags {
        now: now(),
        route: Route::parse(&dom::address()),
        locale,
        theme: kept.get("theme").map(|name| Theme::parse(name)).unwrap_or_default(),
        zone: dom::time_zone(),
        origin: dom::window().location().origin().unwrap_or_default(),
        wide: listeners::is_wide(),
        kept,
        seed: uuid::Uuid::new_v4().to_string(),
    }
}

fn perform(effect: Effect) {
    match effect {
        Effect::Call(call, then) => spawn_local(async move {
            let answer = http::send(&call).await;
            post(then(answer));
        }),
        Effect::Upload { upload, file } => files::upload(upload, file),
        Effect::UploadToPhone { file, mime, number } => files::upload_to_phone(file, mime, &number),
        Effect::CancelUpload(upload) => files::cancel(upload),
        Effect::ReadFile { file, name } => files::read(file, name),
        Effect::SaveText { name, text } => files::save_text(&name, &text),
        Effect::DropFile(file) => files::forget(file),
        Effect::FetchMedia(sha256) => spawn_local(async move {
            let answer = http::media_url(&sha256).await;
            post(Msg::Media(sha256, answer));
        }),
        Effect::FetchOffice => spawn_local(async { post(Msg::Office(office::fetch().await)) }),
        Effect::SaveMedia { sha256, name } => spawn_local(async move {
            match http::media_url(&sha256).await {
                Ok(url) => dom::save(&url, &name),
                Err(failure) => post(Msg::Media(sha256, Err(failure))),
            }
        }),
        Effect::Go(route) => dom::push(&route.path()),
        Effect::GoQuietly(route) => dom::replace(&route.path()),
        Effect::After(millis, msg) => dom::after(millis, move || post(msg)),
        Effect::Focus(id) => dom::focus(&id),
        Effect::Refocus => dom::refocus(),
        Effect::LeavePhone => dom::leave_phone(),
        Effect::SetValue(id, text) => dom::set_value(&id, &text),
        Effect::Reveal(id) => dom::reveal(&id),
        Effect::ScrollToEnd(id) => dom::scroll(&id, true),
        Effect::ScrollToTop(id) => dom::scroll(&id, false),
        Effect::Press(id) => dom::press(&id),
        Effect::TogglePlay(id) => dom::toggle_play(&id),
        Effect::Keep(key, text) => dom::keep(&key, text.as_deref()),
        Effect::Recall(key, then) => post(then(dom::recall(&key))),
        Effect::Copy(text) => dom::copy(&text),
        Effect::Dress { theme, locale } => dom::dress(theme, &locale),
        Effect::Title(title) => dom::document().set_title(&title),
        Effect::Token(token) => {
            if let Some(token) = &token {
                socket::renew(token);
            }
            http::set_token(token);
        }
        Effect::Business(business) => http::set_business(business),
        Effect::Live(Live::Open { since }) => socket::open(since),
        Effect::Live(Live::Viewing(conversation)) => socket::viewing(conversation),
        Effect::Live(Live::Editing(bot)) => socket::editing(bot),
        Effect::Live(Live::Close) => socket::close(),
        Effect::ToBuilder(told) => host::tell(told),
        // The editor's own.
        Effect::ToApp(_) | Effect::MeasureCanvas | Effect::WriteAtCursor(..) | Effect::PlaceBelow(..) => {}
        Effect::ReloadPage => {
            // A page that cannot be reloaded is being left anyway.
            let _ = dom::window().location().reload();
        }
    }
}

/// The words of something JavaScript threw.
fn words(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .or_else(|| error.as_string())
        .unwrap_or_else(|| format!("{error:?}"))
}

use wasm_bindgen::JsCast;
