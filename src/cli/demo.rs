//! `beseda demo`: the program with a business that looks real, and a simulated WhatsApp number. Uses no network.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use beseda_wire::businesses::{NewBusiness, Role};
use beseda_wire::ids::{BusinessId, NumberId};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::serve::{Serving, announce, block_on, open, stay};
use super::{ConfigArgs, Failure, Outcome};
use crate::accounts::{AccountsError, NewUser, User};
use crate::app::{App, invent_number};
use crate::conversations::Assignee;
use crate::crypto::{Random, Secret};
use crate::demo::{self, Language, Many, Parties, Profile, Simulated};
use crate::store::Tx;
use crate::{bots, businesses};

#[derive(Debug, Args)]
pub struct DemoCommand {
    #[command(flatten)]
    config: ConfigArgs,
    /// The language of the demo's people
    #[arg(long, value_enum, default_value = "en")]
    lang: Lang,
    /// Print one line of JSON when it serves
    #[arg(long)]
    json: bool,
    /// Invent so many customers more, for measuring
    #[arg(long, value_name = "COUNT", hide = true, default_value_t = 0)]
    customers: usize,
    /// With so many messages between them, over a year
    #[arg(long, value_name = "COUNT", hide = true, default_value_t = 0, requires = "customers")]
    messages: usize,
}

/// Whoever measures on very many customers measures on the same.
const MANY: u64 = 2027;
/// People who answer very many customers, the staff of the demo included.
const AGENTS: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Lang {
    En,
    Ru,
}

/// How to sign in, kept beside the data so that the next start of the demo can say it again.
struct Credentials {
    email: String,
    password: Secret,
}

pub fn run(mut command: DemoCommand) -> Outcome {
    let language = match command.lang {
        Lang::En => Language::En,
        Lang::Ru => Language::Ru,
    };
    let profile = demo::profile(language);
    // Apart from the data of a real installation, whatever its configuration says.
    command.config.data.get_or_insert_with(|| default_data(profile.locale));
    let settings = command.config.load_apart()?;
    block_on(async {
        let app = open(settings).await?;
        let many = Many { customers: command.customers, messages: command.messages };
        let credentials = prepare(&app, language, &profile, many).await?;
        let data = app.settings.storage.data.display().to_string();
        let text = format!(
            "Beseda demo: {}\n  sign in with {} and {}\n  data in {data} (remove it to begin anew)",
            app.url(),
            credentials.email,
            credentials.password.expose(),
        );
        let serving = Serving {
            url: app.url(),
            local_url: app.local_url(),
            email: Some(credentials.email),
            password: Some(credentials.password),
            data,
            setup_url: None,
            pid: std::process::id(),
        };
        announce(command.json, &serving.told(), &text);
        stay(app).await
    })
}

fn default_data(locale: &str) -> PathBuf {
    std::env::temp_dir().join(format!("beseda-demo-{locale}")).join("data")
}

/// Makes the demo in an empty data directory; in one that has it, reads how to sign in.
async fn prepare(
    app: &App,
    language: Language,
    profile: &Profile,
    many: Many,
) -> Result<Credentials, Failure> {
    let file = app.settings.storage.data.join("demo.json");
    if app.accounts.is_set_up() {
        return read(&file).ok_or_else(|| {
            Failure::Refused(format!(
                "{} holds no demo: choose another directory with --data",
                app.settings.storage.data.display()
            ))
        });
    }
    let now = app.clock.now().into();
    let mut staff = Vec::new();
    let business = Arc::new(Mutex::new(None));
    let mut owner = None;
    for (index, person) in profile.staff.iter().enumerate() {
        let password = Secret::new(password(&app.random));
        let new = NewUser {
            email: person.email.to_owned(),
            name: person.name.to_owned(),
            locale: profile.locale.to_owned(),
            password: password.clone(),
        };
        let founded = NewBusiness {
            name: profile.business.to_owned(),
            time_zone: profile.time_zone.to_owned(),
            locale: profile.locale.to_owned(),
        };
        let shared = Arc::clone(&business);
        let user = app
            .accounts
            .add(new, now, move |tx, user| {
                let mut known = shared.lock().unwrap_or_else(PoisonError::into_inner);
                match (index, *known) {
                    (0, _) => *known = Some(businesses::service::found(tx, &founded, user.id, now)?.id),
                    (_, Some(id)) => businesses::store::add_member(tx, id, user.id, Role::Operator, now)?,
                    (_, None) => return Err(AccountsError::NotFound),
                }
                Ok(())
            })
            .await
            .map_err(Failure::failed)?;
        owner.get_or_insert(Credentials { email: person.email.to_owned(), password });
        staff.push(user.id);
    }
    let business = *business.lock().unwrap_or_else(PoisonError::into_inner);
    let (Some(credentials), Some(business), Ok(staff)) = (owner, business, staff.try_into()) else {
        return Err(Failure::failed("the demo's people could not be made"));
    };
    let number = invent_number(&app.random, profile.locale);
    let simulated = Simulated {
        phone_number_id: number.phone_number_id,
        waba_id: number.waba_id,
        token: Secret::new(number.token),
        app_secret: Secret::new(number.app_secret),
        verify_token: number.verify_token.unwrap_or_default(),
    };
    let number = demo::fill(&app.stores, &app.keys, &app.random, business, staff, language, simulated, now)
        .await
        .map_err(Failure::failed)?;
    if many.customers > 0 {
        crowd(app, business, number, language, profile, many).await?;
    }
    app.numbers.load().map_err(Failure::failed)?;
    write(&file, &credentials).map_err(Failure::failed)?;
    Ok(credentials)
}

/// Very many customers beside the clinic's own, and the people who answer them.
async fn crowd(
    app: &App,
    business: BusinessId,
    number: NumberId,
    language: Language,
    profile: &Profile,
    many: Many,
) -> Result<(), Failure> {
    let now = app.clock.now().into();
    let mut agents = Vec::new();
    for place in profile.staff.len()..AGENTS {
        let new = NewUser {
            email: format!("agent{place}@example.com"),
            name: format!("Agent {place}"),
            locale: profile.locale.to_owned(),
            password: Secret::new(password(&app.random)),
        };
        let join = move |tx: &mut Tx<'_>, user: &User| {
            businesses::store::add_member(tx, business, user.id, Role::Operator, now)?;
            Ok(())
        };
        let user = app.accounts.add(new, now, join).await.map_err(Failure::failed)?;
        agents.push(Assignee { id: user.id, name: user.name });
    }
    let opened = app.stores.business(business, now).map_err(Failure::failed)?;
    let bot = bots::store::all(&opened.store.view().map_err(Failure::failed)?).map_err(Failure::failed)?;
    let bot = bot.into_iter().next().map(|bot| (bot.id, bot.name));
    let parties = Parties { agents, bot, number };
    demo::fill_many(&opened.store, many, parties, language, now, MANY).await.map_err(Failure::failed)
}

/// Never a password that somebody could know: it is made for this directory alone.
fn password(random: &Random) -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let letter = || {
        let index = usize::try_from(random.below(LETTERS.len() as u64)).unwrap_or_default();
        char::from(LETTERS[index])
    };
    let groups: Vec<String> = (0..3).map(|_| (0..5).map(|_| letter()).collect()).collect();
    groups.join("-")
}

fn read(file: &Path) -> Option<Credentials> {
    let kept: Value = serde_json::from_str(&fs::read_to_string(file).ok()?).ok()?;
    let text = |name: &str| kept[name].as_str().map(ToOwned::to_owned);
    Some(Credentials { email: text("email")?, password: Secret::new(text("password")?) })
}

fn write(file: &Path, credentials: &Credentials) -> std::io::Result<()> {
    let kept = json!({ "email": credentials.email, "password": credentials.password.expose() });
    let mut out = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)?;
    out.write_all(kept.to_string().as_bytes())?;
    out.sync_all()
}
