//! Who is there: the businesses' numbers and the customers. Pure.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use beseda_wire::simulator::{SimCustomer, SimNumber, SimRegister};
use serde_json::{Map, Value};

use super::ids::Ids;
use super::phone;

/// How many customers may live here.
const MOST_CUSTOMERS: usize = 1_000_000;

/// Everyone. Entries are shared and replaced whole, so readers never wait for writers for long.
#[derive(Default)]
pub struct Book {
    numbers: Vec<Option<Arc<Number>>>,
    by_number: HashMap<String, u32>,
    customers: Vec<Arc<Customer>>,
    by_phone: HashMap<(Home, String), u32>,
    by_user: HashMap<(Home, String), u32>,
    /// The accounts that have customers of their own.
    homes: HashMap<String, Home>,
}

/// Where customers live: with one account, whose numbers alone know them, or everywhere. A program that serves many
/// businesses gives each its own, so that none sees another's; a simulator by itself needs only the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Home(u32);

impl Home {
    pub const EVERYWHERE: Self = Self(0);
}

/// A business's number. It holds secrets, so it does not print itself.
#[derive(Clone)]
pub struct Number {
    pub key: u32,
    pub home: Home,
    pub phone_number_id: String,
    pub waba_id: String,
    /// Digits.
    pub phone: String,
    pub name: String,
    pub token: String,
    pub app_secret: String,
    pub verify_token: String,
    pub callback_url: Option<String>,
    pub subscribed: bool,
    /// The permissions of the token.
    pub scopes: Vec<String>,
    /// Customers this business has blocked.
    pub blocked: HashSet<u32>,
    /// The business profile, as it was last written.
    pub profile: Map<String, Value>,
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    pub key: u32,
    pub home: Home,
    /// Digits.
    pub wa_id: String,
    pub name: String,
    pub bsuid: String,
    pub username: Option<String>,
    pub hides_phone: bool,
    /// Blocked every business here.
    pub blocked: bool,
}

/// Why somebody cannot be added or changed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("`{0}` is not a phone number")]
    Phone(String),
    #[error("`{0}` is not a business-scoped user id")]
    User(String),
    #[error("another customer has the phone or the user id `{0}`")]
    Taken(String),
    #[error("no customer has the number `{0}`")]
    NoCustomer(String),
    #[error("no number has the id `{0}`")]
    NoNumber(String),
    #[error("`{0}` must not be empty")]
    Empty(&'static str),
    #[error("there are too many customers")]
    Full,
}

impl From<&Number> for SimNumber {
    fn from(number: &Number) -> Self {
        Self {
            phone_number_id: number.phone_number_id.clone(),
            waba_id: number.waba_id.clone(),
            phone: format!("+{}", number.phone),
            name: number.name.clone(),
            callback_url: number.callback_url.clone(),
            subscribed: number.subscribed,
        }
    }
}

impl From<&Customer> for SimCustomer {
    fn from(customer: &Customer) -> Self {
        Self {
            wa_id: customer.wa_id.clone(),
            name: customer.name.clone(),
            bsuid: Some(customer.bsuid.clone()),
            username: customer.username.clone(),
            hides_phone: customer.hides_phone,
            blocked: customer.blocked,
        }
    }
}

impl Book {
    /// Registers a number, or registers it anew: what it knew of blocked customers and its profile stays.
    pub fn register(&mut self, request: SimRegister) -> Result<Arc<Number>, Refused> {
        let (digits, _) =
            phone::digits(&request.phone).ok_or_else(|| Refused::Phone(request.phone.clone()))?;
        for (key, value) in [
            ("phone_number_id", &request.phone_number_id),
            ("waba_id", &request.waba_id),
            ("token", &request.token),
            ("app_secret", &request.app_secret),
        ] {
            if value.is_empty() {
                return Err(Refused::Empty(key));
            }
        }
        let known = self.by_number.get(&request.phone_number_id).copied();
        let before = known.and_then(|key| self.number_by_key(key));
        let key = known.unwrap_or_else(|| u32::try_from(self.numbers.len()).unwrap_or(u32::MAX));
        let next = Home(u32::try_from(self.homes.len()).unwrap_or(u32::MAX - 1) + 1);
        let home = *self.homes.entry(request.waba_id.clone()).or_insert(next);
        let number = Arc::new(Number {
            key,
            home,
            subscribed: request.callback_url.is_some(),
            callback_url: request.callback_url,
            phone_number_id: request.phone_number_id,
            waba_id: request.waba_id,
            phone: digits,
            name: request.name,
            token: request.token,
            app_secret: request.app_secret,
            verify_token: request.verify_token,
            scopes: request.scopes.unwrap_or_else(|| {
                ["whatsapp_business_management", "whatsapp_business_messaging"].map(str::to_owned).to_vec()
            }),
            blocked: before.as_ref().map(|before| before.blocked.clone()).unwrap_or_default(),
            profile: before.map(|before| before.profile.clone()).unwrap_or_default(),
        });
        if known.is_none() {
            self.by_number.insert(number.phone_number_id.clone(), key);
            self.numbers.push(None);
        }
        self.replace(Arc::clone(&number));
        Ok(number)
    }

    pub fn forget_number(&mut self, phone_number_id: &str) -> bool {
        match self.by_number.remove(phone_number_id) {
            Some(key) => {
                self.numbers[key as usize] = None;
                true
            }
            None => false,
        }
    }

    pub fn number(&self, phone_number_id: &str) -> Option<Arc<Number>> {
        self.number_by_key(*self.by_number.get(phone_number_id)?)
    }

    pub fn number_by_key(&self, key: u32) -> Option<Arc<Number>> {
        self.numbers.get(key as usize)?.clone()
    }

    pub fn numbers(&self) -> impl Iterator<Item = &Arc<Number>> {
        self.numbers.iter().flatten()
    }

    /// Changes a number.
    pub fn change_number(&mut self, phone_number_id: &str, change: impl FnOnce(&mut Number)) -> bool {
        let Some(number) = self.number(phone_number_id) else { return false };
        let mut number = Number::clone(&number);
        change(&mut number);
        self.replace(Arc::new(number));
        true
    }

    fn replace(&mut self, number: Arc<Number>) {
        let key = number.key as usize;
        self.numbers[key] = Some(number);
    }

    /// Adds a customer, or gives the one who has this very number there, under its new name and settings.
    pub fn add_customer(
        &mut self,
        home: Home,
        request: &SimCustomer,
        ids: &Ids,
    ) -> Result<Arc<Customer>, Refused> {
        let wa_id = read_phone(&request.wa_id)?;
        let bsuid = match request.bsuid.as_deref().filter(|bsuid| !bsuid.is_empty()) {
            Some(bsuid) if super::checks::is_bsuid(bsuid) => Some(bsuid.to_owned()),
            Some(bsuid) => return Err(Refused::User(bsuid.to_owned())),
            None => None,
        };
        let known = self.by_phone.get(&(home, phone::canonical(&wa_id))).copied();
        if let Some(bsuid) = &bsuid
            && let Some(other) = self.by_user.get(&(home, bsuid.clone()))
            && Some(*other) != known
        {
            return Err(Refused::Taken(bsuid.clone()));
        }
        if known.is_none() && self.customers.len() >= MOST_CUSTOMERS {
            return Err(Refused::Full);
        }
        let before = known.and_then(|key| self.customers.get(key as usize).cloned());
        let key = known.unwrap_or_else(|| u32::try_from(self.customers.len()).unwrap_or(u32::MAX));
        let bsuid = bsuid
            .or_else(|| before.map(|before| before.bsuid.clone()))
            .unwrap_or_else(|| ids.bsuid(phone::country(&wa_id)));
        let name = if request.name.trim().is_empty() { format!("+{wa_id}") } else { request.name.clone() };
        let customer = Arc::new(Customer {
            key,
            home,
            wa_id,
            name,
            bsuid,
            username: request.username.clone().filter(|username| !username.is_empty()),
            hides_phone: request.hides_phone,
            blocked: request.blocked,
        });
        if known.is_none() {
            self.customers.push(Arc::clone(&customer));
        }
        self.put(Arc::clone(&customer));
        Ok(customer)
    }

    fn put(&mut self, customer: Arc<Customer>) {
        self.by_phone.insert((customer.home, phone::canonical(&customer.wa_id)), customer.key);
        self.by_user.insert((customer.home, customer.bsuid.clone()), customer.key);
        let key = customer.key as usize;
        self.customers[key] = customer;
    }

    /// Changes a customer's name and settings.
    pub fn change_customer(
        &mut self,
        home: Home,
        wa_id: &str,
        change: impl FnOnce(&mut Customer),
    ) -> Result<Arc<Customer>, Refused> {
        let customer = self.customer(home, wa_id).ok_or_else(|| Refused::NoCustomer(wa_id.to_owned()))?;
        let mut changed = Customer::clone(&customer);
        change(&mut changed);
        let changed = Arc::new(changed);
        self.put(Arc::clone(&changed));
        Ok(changed)
    }

    /// Gives a customer another number and, as WhatsApp does then, another user id: the customer before and after.
    /// The old number still leads to the customer, until somebody else takes it.
    pub fn move_customer(
        &mut self,
        home: Home,
        wa_id: &str,
        new: &str,
        ids: &Ids,
    ) -> Result<(Arc<Customer>, Arc<Customer>), Refused> {
        let before = self.customer(home, wa_id).ok_or_else(|| Refused::NoCustomer(wa_id.to_owned()))?;
        let new = read_phone(new)?;
        if self.by_phone.get(&(before.home, phone::canonical(&new))).is_some_and(|key| *key != before.key) {
            return Err(Refused::Taken(new));
        }
        let after = self.change_customer(home, wa_id, |customer| {
            customer.bsuid = ids.bsuid(phone::country(&new));
            customer.wa_id = new;
        })?;
        Ok((before, after))
    }

    /// The customer with this number, in any of its spellings: one of that home, or one who lives everywhere.
    pub fn customer(&self, home: Home, wa_id: &str) -> Option<Arc<Customer>> {
        Self::find(&self.by_phone, &self.customers, home, phone::canonical(wa_id))
    }

    pub fn customer_by_user(&self, home: Home, bsuid: &str) -> Option<Arc<Customer>> {
        Self::find(&self.by_user, &self.customers, home, bsuid.to_owned())
    }

    fn find(
        index: &HashMap<(Home, String), u32>,
        customers: &[Arc<Customer>],
        home: Home,
        name: String,
    ) -> Option<Arc<Customer>> {
        let mut name = (home, name);
        let mut key = index.get(&name);
        if key.is_none() {
            name.0 = Home::EVERYWHERE;
            key = index.get(&name);
        }
        customers.get(*key? as usize).cloned()
    }

    /// The customers whom the numbers of a home know, in the order they came.
    pub fn customers(&self, home: Home) -> impl Iterator<Item = &Arc<Customer>> {
        let known = move |customer: &&Arc<Customer>| [home, Home::EVERYWHERE].contains(&customer.home);
        self.customers.iter().filter(known)
    }
}

fn read_phone(text: &str) -> Result<String, Refused> {
    phone::digits(text).map(|(digits, _)| digits).ok_or_else(|| Refused::Phone(text.to_owned()))
}

#[cfg(test)]
pub mod tests {
    use super::*;

    const HERE: Home = Home(1);

    pub fn number(id: &str) -> Number {
        Number {
            key: 0,
            home: Home::EVERYWHERE,
            phone_number_id: id.to_owned(),
            waba_id: format!("9{id}"),
            phone: "15550934873".to_owned(),
            name: "Lucky Shrub".to_owned(),
            token: "token".to_owned(),
            app_secret: "secret".to_owned(),
            verify_token: "verify".to_owned(),
            callback_url: None,
            subscribed: true,
            scopes: Vec::new(),
            blocked: HashSet::new(),
            profile: Map::new(),
        }
    }

    pub fn customer(wa_id: &str, name: &str) -> Customer {
        Customer {
            key: 0,
            home: Home::EVERYWHERE,
            wa_id: wa_id.to_owned(),
            name: name.to_owned(),
            bsuid: format!("US.1{}", wa_id.len() * 7),
            username: None,
            hides_phone: false,
            blocked: false,
        }
    }

    #[test]
    fn a_customer_is_found_by_every_spelling_and_kept_once() {
        let (mut book, ids) = (Book::default(), Ids::new(1));
        let first = book.add_customer(HERE, &SimCustomer::new("+55 41 9612-7300", "Ana"), &ids).unwrap();
        let again = book.add_customer(HERE, &SimCustomer::new("5541996127300", "Ana Maria"), &ids).unwrap();
        assert_eq!((&*first.wa_id, first.key, &first.bsuid), ("554196127300", again.key, &again.bsuid));
        assert_eq!(book.customers(HERE).count(), 1);
        assert_eq!(book.customer_by_user(HERE, &first.bsuid).unwrap().name, "Ana Maria");
    }

    #[test]
    fn a_moved_customer_keeps_the_chat_and_gets_another_user_id() {
        let (mut book, ids) = (Book::default(), Ids::new(1));
        book.add_customer(HERE, &SimCustomer::new("79261234567", "Анна"), &ids).unwrap();
        book.add_customer(HERE, &SimCustomer::new("79000000000", "Борис"), &ids).unwrap();
        assert_eq!(
            book.move_customer(HERE, "79261234567", "79000000000", &ids),
            Err(Refused::Taken("79000000000".to_owned()))
        );
        let (before, after) = book.move_customer(HERE, "79261234567", "16505551234", &ids).unwrap();
        assert_eq!(before.key, after.key);
        assert!(before.bsuid.starts_with("RU.") && after.bsuid.starts_with("US."));
        assert_eq!(book.customer(HERE, "16505551234"), Some(after.clone()));
        assert_eq!(book.customer(HERE, "79261234567"), Some(after), "ids of old messages still lead there");
    }

    #[test]
    fn what_is_not_a_customer_is_refused() {
        let (mut book, ids) = (Book::default(), Ids::new(1));
        let first = book.add_customer(HERE, &SimCustomer::new("79261234567", ""), &ids).unwrap();
        assert_eq!(first.name, "+79261234567");
        let taken = SimCustomer { bsuid: Some(first.bsuid.clone()), ..SimCustomer::new("79000000000", "B") };
        assert_eq!(book.add_customer(HERE, &taken, &ids), Err(Refused::Taken(first.bsuid.clone())));
        let wrong = SimCustomer { bsuid: Some("us.1".to_owned()), ..SimCustomer::new("79000000000", "B") };
        assert_eq!(book.add_customer(HERE, &wrong, &ids), Err(Refused::User("us.1".to_owned())));
        assert_eq!(
            book.add_customer(HERE, &SimCustomer::new("none", "B"), &ids),
            Err(Refused::Phone("none".to_owned()))
        );
    }

    #[test]
    fn a_number_registered_again_keeps_its_place() {
        let mut book = Book::default();
        let register = |url: Option<&str>| SimRegister {
            phone_number_id: "1".to_owned(),
            waba_id: "2".to_owned(),
            phone: "+1 555 093 4873".to_owned(),
            name: "Shop".to_owned(),
            token: "t".to_owned(),
            app_secret: "s".to_owned(),
            verify_token: "v".to_owned(),
            callback_url: url.map(str::to_owned),
            scopes: None,
        };
        let first = book.register(register(None)).unwrap();
        assert!(!first.subscribed);
        book.change_number("1", |number| {
            number.blocked.insert(7);
        });
        let again = book.register(register(Some("http://127.0.0.1:1/"))).unwrap();
        assert_eq!(first.key, again.key);
        assert!(again.subscribed && again.blocked.contains(&7));
        assert_eq!(book.numbers().count(), 1);
        assert!(book.forget_number("1") && !book.forget_number("1"));
        assert!(book.number("1").is_none());
    }

    #[test]
    fn accounts_do_not_know_each_other_s_customers() {
        let (mut book, ids) = (Book::default(), Ids::new(1));
        let there = Home(2);
        let add = |book: &mut Book, home, name: &str| {
            book.add_customer(home, &SimCustomer::new("79261234567", name), &ids).unwrap()
        };
        let (ours, theirs) = (add(&mut book, HERE, "Anna"), add(&mut book, there, "Anna Petrova"));
        assert_ne!((ours.key, &ours.bsuid), (theirs.key, &theirs.bsuid));
        assert_eq!(book.customer(HERE, "79261234567").unwrap().name, "Anna");
        assert_eq!(book.customer_by_user(HERE, &theirs.bsuid), None);
        assert_eq!(book.customer(Home::EVERYWHERE, "79261234567"), None);
        let public =
            book.add_customer(Home::EVERYWHERE, &SimCustomer::new("79000000000", "Boris"), &ids).unwrap();
        assert_eq!(book.customer(there, "79000000000"), Some(public));
        let names = |home| book.customers(home).map(|customer| customer.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names(HERE), ["Anna", "Boris"]);
        assert_eq!(names(there), ["Anna Petrova", "Boris"]);
        assert_eq!(names(Home::EVERYWHERE), ["Boris"]);
    }
}
