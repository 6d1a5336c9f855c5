//! The use cases of accounts on a real store.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use beseda_wire::accounts::{InvitationShown, Setup, UpdateUser};
use beseda_wire::businesses::{Membership, NewBusiness, Role};
use beseda_wire::ids::{BusinessId, UserId};
use beseda_wire::page::FieldError;
use beseda_wire::time::Time;
use uuid::Uuid;

use super::*;
use crate::config::{ConfigFile, Flags, Settings, Sources};
use crate::crypto::{KeyRing, Random, Secret, TokenHash};
use crate::store::{Read, Schema, Store, StoreError, Tx, changes_after};

const SCHEMA: Schema = Schema { what: "a test's store", migrations: &[] };
pub const PASSWORD: &str = "a long green bicycle";

struct World {
    accounts: Accounts,
    store: Store,
    now: Time,
    folder: tempfile::TempDir,
}

/// Stands for `businesses/`: takes every business but one called "wrong", and fails on one called "broken".
pub struct Founder;

impl Businesses for Founder {
    fn faults(&self, new: &NewBusiness) -> Vec<FieldError> {
        let fault = |pointer: &str| FieldError::new(pointer, "is wrong");
        if new.name == "wrong" { vec![fault("/name"), fault("/locale")] } else { Vec::new() }
    }

    fn create(
        &self,
        _: &mut Tx<'_>,
        new: &NewBusiness,
        _: UserId,
        _: Time,
    ) -> Result<Membership, AccountsError> {
        if new.name == "broken" {
            return Err(StoreError::Closed.into());
        }
        Ok(Membership {
            id: BusinessId::from_uuid(Uuid::from_u128(1)),
            name: new.name.clone(),
            role: Role::Owner,
            time_zone: new.time_zone.clone(),
            locale: new.locale.clone(),
        })
    }

    fn invitation(&self, _: &dyn Read, _: TokenHash, _: Time) -> Result<Option<InvitationShown>, StoreError> {
        Ok(None)
    }

    fn join(&self, _: &mut Tx<'_>, _: TokenHash, _: &User, _: Time) -> Result<Membership, AccountsError> {
        Err(AccountsError::InvitationOver)
    }

    fn of(&self, _: &dyn Read, _: UserId) -> Result<Vec<Membership>, StoreError> {
        Ok(Vec::new())
    }
}

fn device(address: u8) -> Device {
    let ip: IpAddr = [192, 0, 2, address].into();
    Device { agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0".into(), ip, network: ip }
}

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

fn accounts(store: &Store, folder: &Path) -> Accounts {
    let settings = Settings::load(&Sources {
        file: ConfigFile::None,
        flags: Flags { data: Some(folder.join("data")), listen: None },
        ..Sources::default()
    })
    .unwrap();
    let random = Random::seeded(1);
    Accounts::new(store.clone(), &KeyRing::ephemeral(&random), &settings.accounts, random).unwrap()
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("platform.redb"), 1 << 20, &SCHEMA).unwrap();
        let accounts = accounts(&store, folder.path());
        Self { accounts, store, now: Time::from_seconds(1_800_000_000), folder }
    }

    /// The program ends and begins again on what is on the disk.
    fn restart(&mut self) {
        self.accounts = accounts(&self.store, self.folder.path());
    }

    async fn with_anna() -> Self {
        let world = Self::new();
        world.add("anna@example.com").await.unwrap();
        world
    }

    async fn add(&self, email: &str) -> Result<User, AccountsError> {
        let new = NewUser {
            email: email.into(),
            name: "Anna".into(),
            locale: "en".into(),
            password: secret(PASSWORD),
        };
        self.accounts.add(new, self.now, |_, _| Ok(())).await
    }

    async fn sign_in(&self, password: &str, address: u8) -> Result<Granted, AccountsError> {
        self.accounts.sign_in("anna@example.com", secret(password), &device(address), self.now).await
    }

    async fn refresh(&self, token: &Secret) -> Result<Granted, AccountsError> {
        self.accounts.refresh(token, &device(1), self.now).await
    }

    fn person(&self, granted: &Granted) -> Result<Person, AccountsError> {
        self.accounts.person(granted.access.expose(), self.now)
    }

    fn pass(&mut self, seconds: i64) {
        self.now = self.now.plus_seconds(seconds);
    }

    fn events(&self) -> Vec<AccountEvent> {
        changes_after(&self.store.view().unwrap(), 0, 1_000)
            .unwrap()
            .into_iter()
            .map(|(_, record)| record.read::<AccountChange>().unwrap().event)
            .collect()
    }
}

fn wrong(result: Result<Granted, AccountsError>) -> bool {
    matches!(result, Err(AccountsError::WrongCredentials))
}

fn over<T>(result: Result<T, AccountsError>) -> bool {
    matches!(result, Err(AccountsError::SignInOver))
}

fn pointers(error: AccountsError) -> Vec<String> {
    match error {
        AccountsError::Invalid(faults) => faults.into_iter().map(|fault| fault.pointer).collect(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn the_right_password_signs_in_and_the_token_speaks_for_its_person() {
    let mut world = World::with_anna().await;
    let granted = world.sign_in(PASSWORD, 1).await.unwrap();
    let person = world.person(&granted).unwrap();
    assert_eq!(
        (person.user, person.session, person.name.as_str()),
        (granted.user.id, granted.session, "Anna")
    );
    assert_eq!(granted.expires_at, world.now.plus_seconds(15 * 60));
    world.pass(15 * 60);
    assert!(over(world.person(&granted)), "the access token has expired");
    assert!(over(world.accounts.person("nonsense", world.now)));
}

#[tokio::test]
async fn capitals_and_spaces_in_the_e_mail_do_not_matter_and_nobody_has_it_twice() {
    let world = World::with_anna().await;
    let granted = world.accounts.sign_in(" Anna@EXAMPLE.com ", secret(PASSWORD), &device(1), world.now).await;
    assert!(granted.is_ok());
    assert!(matches!(world.add("ANNA@example.com").await, Err(AccountsError::EmailTaken)));
}

#[tokio::test]
async fn an_unknown_account_is_answered_and_locked_out_like_a_known_one() {
    let mut answers = Vec::new();
    for email in ["anna@example.com", "nobody@example.com", "not even an address"] {
        let world = World::with_anna().await;
        let mut heard = Vec::new();
        for _ in 0..7 {
            let result = world.accounts.sign_in(email, secret("wrong password"), &device(1), world.now).await;
            heard.push(result.unwrap_err().to_string());
        }
        answers.push(heard);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    assert_eq!(answers[0][4], "the e-mail or the password is wrong");
    assert_eq!(answers[0][5], "too many wrong passwords; the next try is possible in 15 seconds");
}

#[tokio::test]
async fn while_locked_out_not_even_the_right_password_is_told() {
    let mut world = World::with_anna().await;
    for _ in 0..5 {
        assert!(wrong(world.sign_in("wrong password", 1).await));
    }
    assert!(matches!(world.sign_in(PASSWORD, 1).await, Err(AccountsError::Wait(_))));
    world.pass(15);
    assert!(world.sign_in(PASSWORD, 1).await.is_ok());
    assert!(wrong(world.sign_in("wrong password", 1).await), "the count began anew");
}

#[tokio::test]
async fn a_restart_gives_no_free_tries_and_a_new_password_does() {
    let mut world = World::with_anna().await;
    let mut tries = 0;
    while wrong(world.sign_in("wrong password", 1).await) {
        tries += 1;
        world.restart();
    }
    assert!((3..=5).contains(&tries), "{tries} tries, one before each restart");
    let waits = |result| matches!(result, Err(AccountsError::Wait(Wait { seconds: 15 })));
    assert!(waits(world.sign_in(PASSWORD, 1).await));
    world.pass(14);
    world.restart();
    assert!(
        world.sign_in(PASSWORD, 7).await.is_err(),
        "from everywhere, and a restart does not begin the wait anew"
    );
    world.pass(1);
    assert!(world.sign_in(PASSWORD, 7).await.is_ok());
    world.restart();
    for _ in 0..5 {
        assert!(
            wrong(world.sign_in("wrong password", 8).await),
            "the right password ended the count for good"
        );
    }
    assert!(waits(world.sign_in(PASSWORD, 9).await));
    let renewed = "another blue car";
    world.accounts.reset_password("anna@example.com", secret(renewed), world.now).await.unwrap();
    world.restart();
    assert!(world.sign_in(renewed, 9).await.is_ok());
}

#[tokio::test]
async fn many_wrong_passwords_are_few_small_rows_that_tell_nothing() {
    let world = World::with_anna().await;
    for address in 0..40 {
        for _ in 0..3 {
            let typed = format!("my secret {address}@example.com");
            let result =
                world.accounts.sign_in(&typed, secret("wrong password"), &device(address), world.now).await;
            assert!(wrong(result));
        }
    }
    let rows = store::failures(&world.store.view().unwrap()).unwrap();
    assert_eq!(rows.len(), 80, "one of the account, one of the address");
    let told = rmp_serde::to_vec_named(&rows).unwrap();
    assert!(told.len() < 80 * 100 && !String::from_utf8_lossy(&told).contains("secret"));
}

#[tokio::test]
async fn a_stranger_cannot_keep_the_owner_out_of_her_own_office() {
    let world = World::with_anna().await;
    world.sign_in(PASSWORD, 1).await.unwrap();
    for _ in 0..5 {
        assert!(wrong(world.sign_in("wrong password", 66).await));
    }
    assert!(matches!(world.sign_in(PASSWORD, 2).await, Err(AccountsError::Wait(_))));
    assert!(world.sign_in(PASSWORD, 1).await.is_ok());
}

#[tokio::test]
async fn whoever_shares_her_address_cannot_see_by_the_waits_that_she_exists() {
    let world = World::with_anna().await;
    world.sign_in(PASSWORD, 1).await.unwrap();
    let mut answers = Vec::new();
    for email in ["anna@example.com", "nobody@example.com"] {
        let mut heard = Vec::new();
        // Locked out by a stranger from elsewhere, then tried from the address at which she is signed in.
        for (address, tries) in [(66, 6), (1, 6)] {
            for _ in 0..tries {
                let tried =
                    world.accounts.sign_in(email, secret("wrong one"), &device(address), world.now).await;
                heard.push(tried.unwrap_err().to_string());
            }
        }
        answers.push(heard);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_refresh_token_works_once_and_its_reuse_ends_the_sign_in() {
    let mut world = World::with_anna().await;
    let first = world.sign_in(PASSWORD, 1).await.unwrap();
    let elsewhere = world.sign_in(PASSWORD, 1).await.unwrap();
    world.pass(900);
    let second = world.refresh(&first.refresh).await.unwrap();
    assert_eq!(second.session, first.session);
    assert_ne!(second.refresh.expose(), first.refresh.expose());
    let again = world.refresh(&first.refresh).await.unwrap();
    assert_eq!(again.refresh.expose(), second.refresh.expose(), "another tab at the same moment");
    assert!(world.person(&second).is_ok());

    world.pass(60);
    assert!(over(world.refresh(&first.refresh).await));
    assert!(over(world.person(&second)), "the access token dies with its sign-in");
    assert!(over(world.refresh(&second.refresh).await), "the successor too");
    assert!(world.refresh(&elsewhere.refresh).await.is_ok(), "other sign-ins stand");
    let reused = AccountEvent::TokenReused { session: first.session, ip: [192, 0, 2, 1].into() };
    assert_eq!(world.events().iter().filter(|event| **event == reused).count(), 1);
}

#[tokio::test]
async fn a_sign_in_that_is_not_used_ends() {
    let mut world = World::with_anna().await;
    let mut granted = world.sign_in(PASSWORD, 1).await.unwrap();
    for _ in 0..3 {
        world.pass(29 * 24 * 3_600);
        granted = world.refresh(&granted.refresh).await.unwrap();
    }
    world.pass(30 * 24 * 3_600);
    assert!(over(world.refresh(&granted.refresh).await));
}

#[tokio::test]
async fn signing_out_ends_this_sign_in_and_only_this() {
    let world = World::with_anna().await;
    let one = world.sign_in(PASSWORD, 1).await.unwrap();
    let other = world.sign_in(PASSWORD, 1).await.unwrap();
    world.accounts.sign_out(&secret("nonsense"), world.now).await.unwrap();
    world.accounts.sign_out(&one.refresh, world.now).await.unwrap();
    world.accounts.sign_out(&one.refresh, world.now).await.unwrap();
    assert!(over(world.person(&one)) && world.person(&other).is_ok());
}

#[tokio::test]
async fn sign_ins_are_listed_and_revoked_and_another_persons_are_not_there() {
    let mut world = World::with_anna().await;
    world.add("boris@example.com").await.unwrap();
    let one = world.sign_in(PASSWORD, 1).await.unwrap();
    world.pass(10);
    let two = world.sign_in(PASSWORD, 2).await.unwrap();
    let boris =
        world.accounts.sign_in("boris@example.com", secret(PASSWORD), &device(3), world.now).await.unwrap();
    let anna = world.person(&one).unwrap();

    let listed = world.accounts.sign_ins(&anna, world.now).unwrap();
    assert_eq!(listed.iter().map(|found| found.id).collect::<Vec<_>>(), [two.session, one.session]);
    assert_eq!((listed[0].device.as_str(), listed[0].ip.as_str()), ("Firefox, Linux", "192.0.2.2"));
    assert_eq!(listed.iter().map(|found| found.current).collect::<Vec<_>>(), [false, true]);

    let stolen = world.accounts.revoke(&anna, boris.session, world.now).await;
    assert!(matches!(stolen, Err(AccountsError::NotFound)));
    world.accounts.revoke(&anna, two.session, world.now).await.unwrap();
    assert!(over(world.person(&two)), "at once, not when its token expires");
    assert!(over(world.refresh(&two.refresh).await));
    assert!(world.person(&boris).is_ok());
}

#[tokio::test]
async fn only_so_many_sign_ins_are_kept_and_the_unused_ones_go() {
    let mut world = World::with_anna().await;
    let first = world.sign_in(PASSWORD, 1).await.unwrap();
    for _ in 0..50 {
        world.pass(1);
        world.sign_in(PASSWORD, 1).await.unwrap();
    }
    assert!(over(world.person(&first)));
    let last = world.sign_in(PASSWORD, 1).await.unwrap();
    let anna = world.person(&last).unwrap();
    assert_eq!(world.accounts.sign_ins(&anna, world.now).unwrap().len(), 50);
}

#[tokio::test]
async fn a_changed_password_ends_every_other_sign_in() {
    let world = World::with_anna().await;
    let here = world.sign_in(PASSWORD, 1).await.unwrap();
    let there = world.sign_in(PASSWORD, 2).await.unwrap();
    let anna = world.person(&here).unwrap();
    let office = device(1);
    let change = |current: &str, new: &str| {
        world.accounts.change_password(&anna, secret(current), secret(new), &office, world.now)
    };

    assert!(matches!(
        change("not mine at all", "another blue car").await,
        Err(AccountsError::WrongCredentials)
    ));
    assert_eq!(pointers(change(PASSWORD, "short").await.unwrap_err()), ["/new"]);
    change(PASSWORD, "another blue car").await.unwrap();
    assert!(world.person(&here).is_ok() && over(world.person(&there)));
    assert!(wrong(world.sign_in(PASSWORD, 1).await));
    assert!(world.sign_in("another blue car", 1).await.is_ok());
}

#[tokio::test]
async fn a_forgotten_password_is_reset_from_the_command_line() {
    let world = World::with_anna().await;
    let here = world.sign_in(PASSWORD, 1).await.unwrap();
    let reset =
        |email: &'static str, new: &'static str| world.accounts.reset_password(email, secret(new), world.now);
    assert!(matches!(reset("nobody@example.com", "another blue car").await, Err(AccountsError::NotFound)));
    assert_eq!(pointers(reset("anna@example.com", "1234567890").await.unwrap_err()), ["/new"]);
    reset("Anna@Example.com", "another blue car").await.unwrap();
    assert!(over(world.person(&here)));
    assert!(world.sign_in("another blue car", 1).await.is_ok());
}

#[tokio::test]
async fn a_person_changes_name_and_language() {
    let world = World::with_anna().await;
    let anna = world.person(&world.sign_in(PASSWORD, 1).await.unwrap()).unwrap();
    let change = |name: Option<&str>, locale: Option<&str>| {
        let change = UpdateUser { name: name.map(str::to_owned), locale: locale.map(str::to_owned) };
        world.accounts.update(&anna, change, world.now)
    };
    let user = change(Some(" Анна "), None).await.unwrap();
    assert_eq!((user.name.as_str(), user.locale.as_str()), ("Анна", "en"));
    assert_eq!(change(None, Some("ru")).await.unwrap().locale, "ru");
    assert_eq!(pointers(change(Some(" "), Some("de")).await.unwrap_err()), ["/name", "/locale"]);
    assert_eq!(world.accounts.user(anna.user).unwrap().name, "Анна");
}

#[tokio::test]
async fn nobody_is_added_when_what_belongs_to_it_fails() {
    let world = World::new();
    let new = NewUser {
        email: "anna@example.com".into(),
        name: "Anna".into(),
        locale: "en".into(),
        password: secret(PASSWORD),
    };
    let result = world.accounts.add(new, world.now, |_, _| Err(AccountsError::NotFound)).await;
    assert!(result.is_err());
    assert!(world.accounts.users().unwrap().is_empty() && !world.accounts.is_set_up());
}

fn setup(token: &Secret, business: &str) -> Setup {
    Setup {
        token: token.expose().to_owned(),
        email: "anna@example.com".into(),
        password: PASSWORD.into(),
        name: "Anna".into(),
        business_name: business.into(),
        locale: "en".into(),
        time_zone: "Europe/Moscow".into(),
    }
}

#[tokio::test]
async fn the_setup_address_makes_one_owner_once() {
    let world = World::new();
    let here = device(1);
    let set_up = |setup| world.accounts.set_up(setup, &here, Arc::new(Founder), world.now);
    assert!(!world.accounts.is_set_up());
    let link = world.accounts.setup_link(world.now).await.unwrap().unwrap();
    assert_eq!(link.expires_at, world.now.plus_seconds(30 * 60));

    assert!(matches!(set_up(setup(&secret("guess"), "Flowers")).await, Err(AccountsError::SetupToken)));
    let wrong = Setup {
        email: "no".into(),
        password: "short".into(),
        locale: "de".into(),
        ..setup(&link.token, "wrong")
    };
    assert_eq!(
        pointers(set_up(wrong).await.unwrap_err()),
        ["/email", "/locale", "/password", "/business_name"]
    );
    assert!(set_up(setup(&link.token, "broken")).await.is_err());
    assert!(!world.accounts.is_set_up(), "all of it or nothing");

    let granted = set_up(setup(&link.token, "Flowers")).await.unwrap();
    assert!(world.person(&granted).is_ok() && world.accounts.is_set_up());
    assert!(matches!(set_up(setup(&link.token, "Flowers")).await, Err(AccountsError::SetUpAlready)));
    assert!(world.accounts.setup_link(world.now).await.unwrap().is_none());
}

#[tokio::test]
async fn a_setup_address_expires_and_a_newer_one_replaces_it() {
    let mut world = World::new();
    let old = world.accounts.setup_link(world.now).await.unwrap().unwrap();
    let new = world.accounts.setup_link(world.now).await.unwrap().unwrap();
    let result =
        world.accounts.set_up(setup(&old.token, "Flowers"), &device(1), Arc::new(Founder), world.now).await;
    assert!(matches!(result, Err(AccountsError::SetupToken)));
    world.pass(30 * 60);
    let result =
        world.accounts.set_up(setup(&new.token, "Flowers"), &device(1), Arc::new(Founder), world.now).await;
    assert!(matches!(result, Err(AccountsError::SetupToken)));
}

#[tokio::test]
async fn what_happened_is_on_record_without_a_secret() {
    let world = World::with_anna().await;
    let granted = world.sign_in(PASSWORD, 1).await.unwrap();
    world.accounts.sign_out(&granted.refresh, world.now).await.unwrap();
    let session = granted.session;
    assert_eq!(
        world.events(),
        [
            AccountEvent::Added,
            AccountEvent::SignedIn { session, device: "Firefox, Linux".into(), ip: [192, 0, 2, 1].into() },
            AccountEvent::SignedOut { session },
        ]
    );
    let printed = format!("{granted:?} {:?}", world.accounts.users().unwrap());
    assert!(!printed.contains("argon2") && !printed.contains(granted.refresh.expose()));
}
