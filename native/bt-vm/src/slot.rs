//! Values in registers and fields: how they are copied, taken and replaced.
//!
//! A value is two words, and is read here as two words. Compilers copy sixteen bytes at once where they can; a processor, however, hands what it is about to store
//! to a load only where one store has all of it, and values are mostly stored as a kind and a body. Copied at once, each value that has just been made
//! costs the time in which a dozen instructions run.

use std::mem::MaybeUninit;

use crate::value::Value;

const _: () = assert!(std::mem::size_of::<Value>() == 2 * std::mem::size_of::<u64>());

/// The words of a value, in nobody's possession.
#[derive(Clone, Copy)]
pub(crate) struct Words(MaybeUninit<u64>, MaybeUninit<u64>);

impl Words {
    #[inline(always)]
    pub(crate) fn of(value: &Value) -> Words {
        let from = std::ptr::from_ref(value).cast::<MaybeUninit<u64>>();
        // SAFETY: a value is two words. Volatile, so that they are read as two.
        unsafe { Words(from.read_volatile(), from.add(1).read_volatile()) }
    }

    /// The value of these words.
    ///
    /// # Safety
    /// They are those of a value that somebody forgets, or that has been counted once more.
    #[inline(always)]
    pub(crate) unsafe fn value(self) -> Value {
        std::mem::transmute(self)
    }

    /// Puts the value of these words into the slot.
    ///
    /// # Safety
    /// As `value`.
    #[inline(always)]
    pub(crate) unsafe fn put(self, slot: &mut Value) {
        let to = std::ptr::from_mut(slot).cast::<MaybeUninit<u64>>();
        match Words::of(slot).value() {
            Value::Heap(reference) => {
                to.write(self.0);
                to.add(1).write(self.1);
                drop(reference);
            }
            in_the_word => {
                std::mem::forget(in_the_word);
                to.write(self.0);
                to.add(1).write(self.1);
            }
        }
    }

    /// The slot's, which is nil then.
    #[inline(always)]
    pub(crate) fn take(slot: &mut Value) -> Words {
        let words = Words::of(slot);
        std::mem::forget(std::mem::replace(slot, Value::Nil));
        words
    }
}

/// Makes slots nil, from one up to another.
///
/// # Safety
/// They are slots of one stack.
#[inline(always)]
pub(crate) unsafe fn clear(from: *mut Value, to: *mut Value) {
    let mut at = from;
    while at < to {
        Value::put(&mut *at, Value::Nil);
        at = at.add(1);
    }
}

impl Clone for Value {
    #[inline(always)]
    fn clone(&self) -> Value {
        if let Value::Heap(reference) = self {
            std::mem::forget(reference.clone());
        }
        // SAFETY: counted.
        unsafe { Words::of(self).value() }
    }
}

impl Value {
    /// Puts a value into the slot. The old one is almost always in the word: then nothing is to be let go, and no call is made.
    #[inline(always)]
    pub(crate) fn put(slot: &mut Value, value: Value) {
        match std::mem::replace(slot, value) {
            Value::Heap(reference) => drop(reference),
            in_the_word => std::mem::forget(in_the_word),
        }
    }

    /// What the slot had, which is nil then.
    #[inline(always)]
    pub(crate) fn take(slot: &mut Value) -> Value {
        // SAFETY: it has another owner now.
        unsafe { Words::take(slot).value() }
    }
}
