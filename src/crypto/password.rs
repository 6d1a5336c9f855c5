//! Passwords: argon2id (RFC 9106) with the parameters OWASP recommends: 19 MiB, 2 passes, 1 lane.
//!
//! Hashing is slow and takes 19 MiB on purpose, so only a few run at once and few more may wait: a flood of sign-ins
//! then costs its senders their turn, and the machine neither its memory nor its answers to everyone else.
//!
//! Who may sign in and how often is not decided here: that is `accounts/`.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::{Semaphore, TryAcquireError};

use super::{Random, Secret};

/// How many may wait for their turn, for each that runs: about a second of waiting on a small machine.
const WAITING_PER_RUNNING: usize = 32;

/// What an unknown user's password is checked against, so that the answer takes as long as for a known one. Nobody
/// has this hash; a test holds it to the parameters in use.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and checks passwords, a few at a time. Cheap to clone; clones share the turns.
#[derive(Clone)]
pub struct Passwords {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    random: Random,
    argon2: Argon2<'static>,
}

/// A hashed password, as it is stored: a PHC string (`$argon2id$v=19$…`). It does not print itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// Ask the caller to come again in a moment.
    #[error("too many sign-ins are being checked at this moment")]
    Busy,
    /// A stored hash does not read, or the hasher failed: nothing the person did. It quotes no hash.
    #[error("the password could not be checked: {0}")]
    Failed(String),
}

impl Passwords {
    /// At most `concurrency` (at least 1) hashings at once; each takes 19 MiB and one processor for some 20 ms on a
    /// server, 300 ms on a Raspberry Pi.
    pub fn new(concurrency: usize, random: Random) -> Self {
        let running = concurrency.max(1);
        Self {
            running: Arc::new(Semaphore::new(running)),
            admitted: Arc::new(Semaphore::new(running.saturating_mul(1 + WAITING_PER_RUNNING))),
            random,
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT),
        }
    }

    /// What to store for `password`.
    pub async fn hash(&self, password: Secret) -> Result<PasswordHash, PasswordError> {
        let salt = self.random.bytes::<16>();
        self.in_turn(move |argon2| {
            let hash: Phc =
                argon2.hash_password_with_salt(password.expose().as_bytes(), &salt).map_err(failed)?;
            Ok(PasswordHash(hash.to_string()))
        })
        .await
    }

    /// Whether `password` is the one behind `stored`. For a user who does not exist give `None`: the answer is no,
    /// and takes as long.
    pub async fn verify(
        &self,
        password: Secret,
        stored: Option<PasswordHash>,
    ) -> Result<bool, PasswordError> {
        self.in_turn(move |argon2| {
            let known = stored.is_some();
            let stored = stored.as_ref().map_or(NOBODY, |stored| &stored.0);
            let hash = Phc::new(stored).map_err(failed)?;
            let matches = match argon2.verify_password(password.expose().as_bytes(), &hash) {
                Ok(()) => true,
                Err(argon2::password_hash::Error::PasswordInvalid) => false,
                Err(error) => return Err(failed(error)),
            };
            Ok(matches && known)
        })
        .await
    }

    /// Whether `stored` was made with other parameters than today's: after the next right password, hash it anew.
    pub fn is_outdated(&self, stored: &PasswordHash) -> bool {
        let Ok(hash) = Phc::new(&stored.0) else { return true };
        let params = self.argon2.params();
        hash.algorithm.as_str() != "argon2id"
            || hash.version != Some(Version::V0x13.into())
            || Params::try_from(&hash).is_ok_and(|stored| {
                (stored.m_cost(), stored.t_cost(), stored.p_cost())
                    != (params.m_cost(), params.t_cost(), params.p_cost())
            })
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'static>) -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let admitted = match Arc::clone(&self.admitted).try_acquire_owned() {
            Ok(permit) => permit,
            Err(TryAcquireError::NoPermits) => return Err(PasswordError::Busy),
            Err(TryAcquireError::Closed) => return Err(failed("the program is stopping")),
        };
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(failed)?;
        let argon2 = self.argon2.clone();
        tokio::task::spawn_blocking(move || {
            // The turn ends with the work, not with the request: a caller who hangs up frees no processor.
            let _turn = (admitted, running);
            work(&argon2)
        })
        .await
        .map_err(failed)?
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").finish_non_exhaustive()
    }
}

fn failed(error: impl fmt::Display) -> PasswordError {
    PasswordError::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords(concurrency: usize) -> Passwords {
        Passwords::new(concurrency, Random::seeded(1))
    }

    #[tokio::test]
    async fn the_right_password_is_known_again_and_no_other() {
        let passwords = passwords(1);
        let stored = passwords.hash(Secret::new("верный пароль")).await.unwrap();
        assert!(stored.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", stored.0);
        assert_eq!(format!("{stored:?}"), "***");
        for (password, expected) in [("верный пароль", true), ("верный парол", false), ("", false)]
        {
            assert_eq!(passwords.verify(Secret::new(password), Some(stored.clone())).await, Ok(expected));
        }
        let again = passwords.hash(Secret::new("верный пароль")).await.unwrap();
        assert_ne!(stored, again, "each hash has its own salt");
        assert!(!passwords.is_outdated(&stored));
    }

    #[tokio::test]
    async fn nobody_signs_in_as_nobody() {
        let passwords = passwords(1);
        assert_eq!(passwords.verify(Secret::new("anything"), None).await, Ok(false));
        assert!(
            !passwords.is_outdated(&PasswordHash(NOBODY.to_owned())),
            "an unknown user must take as long as a known one"
        );
        let salt_and_hash = Phc::new(NOBODY).unwrap();
        let fresh = passwords.hash(Secret::new("x")).await.unwrap();
        let fresh = Phc::new(&fresh.0).unwrap();
        assert_eq!(salt_and_hash.salt.map(|salt| salt.len()), fresh.salt.map(|salt| salt.len()));
        assert_eq!(salt_and_hash.hash.map(|hash| hash.len()), fresh.hash.map(|hash| hash.len()));
    }

    #[tokio::test]
    async fn a_hash_of_another_time_still_opens_and_is_said_to_be_outdated() {
        // Argon2's own test vectors use other parameters; here the same password under weaker ones.
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let stored: Phc = weak.hash_password_with_salt(b"old password", &[7; 16]).unwrap();
        let stored = PasswordHash(stored.to_string());
        let passwords = passwords(1);
        assert!(passwords.is_outdated(&stored));
        assert_eq!(passwords.verify(Secret::new("old password"), Some(stored)).await, Ok(true));
        assert!(passwords.is_outdated(&PasswordHash("not a hash".into())));
    }

    #[tokio::test]
    async fn a_damaged_hash_is_an_error_and_not_an_open_door() {
        let result = passwords(1).verify(Secret::new("x"), Some(PasswordHash("damaged".into()))).await;
        assert!(matches!(result, Err(PasswordError::Failed(_))), "{result:?}");
    }

    #[tokio::test]
    async fn only_so_many_run_and_only_so_many_wait() {
        let passwords = passwords(1);
        let turns: Vec<_> = (0..=WAITING_PER_RUNNING)
            .map(|_| Arc::clone(&passwords.admitted).try_acquire_owned().unwrap())
            .collect();
        assert_eq!(passwords.verify(Secret::new("x"), None).await, Err(PasswordError::Busy));
        drop(turns);
        assert_eq!(passwords.verify(Secret::new("x"), None).await, Ok(false));
    }
}
