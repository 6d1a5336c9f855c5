//! Making a business, and changing what it goes by.

use beseda_wire::accounts::Locale;
use beseda_wire::businesses::{BusinessSettings, Membership, NewBusiness, Role};
use beseda_wire::ids::{BusinessId, UserId};
use beseda_wire::page::FieldError;
use beseda_wire::time::Time;
use jiff::tz::TimeZone;

use super::model::BusinessChanged;
use super::{Business, hours, store};
use crate::ids;
use crate::names;
use crate::store::{Actor, StoreError, Tx};

/// Characters of a business's name at most.
const NAME: usize = 120;

#[derive(Debug, thiserror::Error)]
pub enum BusinessError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a field is wrong")]
    Invalid(Vec<FieldError>),
    /// The person owns as many as one may.
    #[error("one person owns at most {0} businesses here")]
    TooMany(usize),
    #[error("there is no such business")]
    Missing,
    /// Somebody else saved meanwhile; the revision that is there.
    #[error("saved meanwhile, as revision {0}")]
    Overtaken(u64),
}

/// What is wrong with a business that is to be made.
pub fn faults(new: &NewBusiness) -> Vec<FieldError> {
    of_basics(&new.name, &new.time_zone, &new.locale)
}

fn of_basics(name: &str, time_zone: &str, locale: &str) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut fault = |pointer: &str, detail: &str| {
        faults.push(FieldError::new(pointer, detail));
    };
    if let Some(detail) = names::fault(name, NAME) {
        fault("/name", &detail);
    }
    if TimeZone::get(time_zone).is_err() {
        fault("/time_zone", "must be an IANA name such as Europe/Moscow");
    }
    if Locale::of_code(locale).is_none() {
        fault("/locale", "must be `en` or `ru`");
    }
    faults
}

/// Makes a business whose owner is `user`.
pub fn create(
    tx: &mut Tx<'_>,
    new: &NewBusiness,
    user: UserId,
    now: Time,
) -> Result<Membership, BusinessError> {
    let faults = faults(new);
    if !faults.is_empty() {
        return Err(BusinessError::Invalid(faults));
    }
    Ok(found(tx, new, user, now)?)
}

/// The same for somebody who may have made others: one person owns at most `most`, since each is a file and memory.
pub fn create_another(
    tx: &mut Tx<'_>,
    new: &NewBusiness,
    user: UserId,
    most: usize,
    now: Time,
) -> Result<Membership, BusinessError> {
    let own = store::memberships(tx, user)?.iter().filter(|known| known.role == Role::Owner).count();
    if own >= most {
        return Err(BusinessError::TooMany(most));
    }
    create(tx, new, user, now)
}

/// Makes a business that was checked.
pub fn found(tx: &mut Tx<'_>, new: &NewBusiness, user: UserId, now: Time) -> Result<Membership, StoreError> {
    let business = Business {
        id: BusinessId::from_uuid(ids::fresh(now)),
        name: new.name.trim().to_owned(),
        time_zone: new.time_zone.clone(),
        locale: new.locale.clone(),
        hours: None,
        revision: 0,
        created_at: now,
    };
    store::put(tx, &business)?;
    store::add_member(tx, business.id, user, Role::Owner, now)?;
    Ok(business.membership(Role::Owner))
}

/// Saves what a business goes by, as it was made from the revision that it names.
pub fn save(
    tx: &mut Tx<'_>,
    id: BusinessId,
    settings: &BusinessSettings,
    actor: &Actor,
    now: Time,
) -> Result<Business, BusinessError> {
    let mut faults = of_basics(&settings.name, &settings.time_zone, &settings.locale);
    faults.extend(settings.hours.iter().flat_map(|hours| hours::faults(hours, "/hours")));
    if !faults.is_empty() {
        return Err(BusinessError::Invalid(faults));
    }
    let before = store::get(tx, id)?.ok_or(BusinessError::Missing)?;
    if before.revision != settings.revision {
        return Err(BusinessError::Overtaken(before.revision));
    }
    let business = Business {
        name: settings.name.trim().to_owned(),
        time_zone: settings.time_zone.clone(),
        locale: settings.locale.clone(),
        hours: settings.hours.clone(),
        revision: before.revision + 1,
        ..before
    };
    store::put(tx, &business)?;
    tx.change(actor, now, &BusinessChanged { business: id })?;
    Ok(business)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_business_needs_a_name_a_time_zone_and_a_language() {
        let told = |name: &str, time_zone: &str, locale: &str| -> Vec<String> {
            let new = NewBusiness { name: name.into(), time_zone: time_zone.into(), locale: locale.into() };
            faults(&new).into_iter().map(|fault| fault.pointer).collect()
        };
        assert_eq!(told("Flowers", "Europe/Moscow", "ru"), [""; 0]);
        assert_eq!(told(" ", "Mars/Olympus", "de"), ["/name", "/time_zone", "/locale"]);
        assert_eq!(told(&"x".repeat(121), "", ""), ["/name", "/time_zone", "/locale"]);
    }
}
