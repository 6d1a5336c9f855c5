//! Keys: tuples of simple parts whose bytes sort as their values do.
//!
//! Numbers are big-endian (signed ones with the sign bit flipped), ids their 16 bytes, texts end with two
//! zero bytes and escape zero bytes inside, so that no text is a prefix of a different one's encoding.

use beseda_wire::ids::{
    BotId, BusinessId, ConversationId, CustomerId, InvitationId, MessageId, NumberId, RunId, SessionId,
    UserId,
};
use beseda_wire::time::Time;
use uuid::Uuid;

use super::engine::RowKey;

/// A part of a key, or a whole one.
pub trait Key: Sized {
    fn encode(&self, out: &mut RowKey);

    /// Reads one part from the front of `bytes` and moves past it; `None` when the bytes are not one.
    fn decode(bytes: &mut &[u8]) -> Option<Self>;
}

fn take<'b>(bytes: &mut &'b [u8], count: usize) -> Option<&'b [u8]> {
    let (head, tail) = bytes.split_at_checked(count)?;
    *bytes = tail;
    Some(head)
}

macro_rules! unsigned_key {
    ($($number:ty),*) => {$(
        impl Key for $number {
            fn encode(&self, out: &mut RowKey) {
                out.extend_from_slice(&self.to_be_bytes());
            }

            fn decode(bytes: &mut &[u8]) -> Option<Self> {
                take(bytes, size_of::<Self>())?.try_into().ok().map(Self::from_be_bytes)
            }
        }
    )*};
}
unsigned_key!(u8, u16, u32, u64);

impl Key for i64 {
    fn encode(&self, out: &mut RowKey) {
        (self.cast_unsigned() ^ (1 << 63)).encode(out);
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        Some((u64::decode(bytes)? ^ (1 << 63)).cast_signed())
    }
}

impl Key for bool {
    fn encode(&self, out: &mut RowKey) {
        u8::from(*self).encode(out);
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        Some(u8::decode(bytes)? != 0)
    }
}

impl Key for Time {
    fn encode(&self, out: &mut RowKey) {
        self.millis().encode(out);
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        i64::decode(bytes).map(Self::from_millis)
    }
}

impl Key for String {
    fn encode(&self, out: &mut RowKey) {
        for &byte in self.as_bytes() {
            out.push(byte);
            if byte == 0 {
                out.push(0xFF);
            }
        }
        out.extend_from_slice(&[0, 0]);
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        let mut text = Vec::new();
        loop {
            let (&byte, rest) = bytes.split_first()?;
            *bytes = rest;
            if byte != 0 {
                text.push(byte);
                continue;
            }
            let (&mark, rest) = bytes.split_first()?;
            *bytes = rest;
            match mark {
                0xFF => text.push(0),
                0 => return Self::from_utf8(text).ok(),
                _ => return None,
            }
        }
    }
}

impl<const N: usize> Key for [u8; N] {
    fn encode(&self, out: &mut RowKey) {
        out.extend_from_slice(self);
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        take(bytes, N)?.try_into().ok()
    }
}

impl Key for Uuid {
    fn encode(&self, out: &mut RowKey) {
        out.extend_from_slice(self.as_bytes());
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        <[u8; 16]>::decode(bytes).map(Self::from_bytes)
    }
}

macro_rules! id_key {
    ($($id:ty),*) => {$(
        impl Key for $id {
            fn encode(&self, out: &mut RowKey) {
                self.uuid().encode(out);
            }

            fn decode(bytes: &mut &[u8]) -> Option<Self> {
                Uuid::decode(bytes).map(Self::from_uuid)
            }
        }
    )*};
}
id_key!(
    BotId,
    BusinessId,
    ConversationId,
    CustomerId,
    InvitationId,
    MessageId,
    NumberId,
    RunId,
    SessionId,
    UserId
);

impl Key for () {
    fn encode(&self, _out: &mut RowKey) {}

    fn decode(_bytes: &mut &[u8]) -> Option<Self> {
        Some(())
    }
}

macro_rules! tuple_key {
    ($($part:ident . $index:tt),*) => {
        impl<$($part: Key),*> Key for ($($part,)*) {
            fn encode(&self, out: &mut RowKey) {
                $(self.$index.encode(out);)*
            }

            fn decode(bytes: &mut &[u8]) -> Option<Self> {
                Some(($($part::decode(bytes)?,)*))
            }
        }
    };
}
tuple_key!(A.0);
tuple_key!(A.0, B.1);
tuple_key!(A.0, B.1, C.2);
tuple_key!(A.0, B.1, C.2, D.3);
