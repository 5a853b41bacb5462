//! Counted references to values that do not fit into a word.
//!
//! Counts are not atomic: the values of a machine are reached from one thread at a time. What a release frees is freed from a list, not by recursion, so a
//! structure of any depth can go.

use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

use num_bigint::BigInt;

use crate::code::Closure;
use crate::foreign::Foreign;
use crate::map::{Map, Node};
use crate::sorter::Sorter;
use crate::value::{Array, Cons, Instance, Value};

/// What a reference refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Tag {
    Cons,
    Text,
    Big,
    Tuple,
    Instance,
    Block,
    Cells,
    Unwinding,
    Map,
    /// A part of a dictionary.
    Node,
    /// A list being sorted.
    Sorter,
    Array,
    Foreign,
}

#[repr(C)]
struct Header {
    count: Cell<u32>,
    tag: Tag,
}

#[repr(C)]
struct Cell_<T> {
    header: Header,
    body: T,
}

/// The variables that blocks of one message share; none while they are not open.
pub type Cells = RefCell<Vec<Value>>;

/// A body that references can refer to.
pub trait Body: Sized {
    const TAG: Tag;

    /// Bytes it owns besides itself.
    fn extra(&self) -> usize;
}

macro_rules! bodies {
    ($($body:ty => $tag:ident, $extra:expr;)*) => {
        $(impl Body for $body {
            const TAG: Tag = Tag::$tag;

            fn extra(&self) -> usize {
                let extra: fn(&$body) -> usize = $extra;
                extra(self)
            }
        })*

        /// Frees what nothing refers to any more.
        ///
        /// # Safety
        /// The count is zero, and the pointer came from `Ref::new`.
        unsafe fn free(header: NonNull<Header>) {
            match header.as_ref().tag {
                $(Tag::$tag => {
                    let whole = Box::from_raw(header.cast::<Cell_<$body>>().as_ptr());
                    refund(std::mem::size_of::<Cell_<$body>>() + whole.body.extra());
                })*
            }
        }
    };
}

const WORD: usize = std::mem::size_of::<Value>();

bodies! {
    Cons => Cons, |_| 0;
    Vec<u8> => Text, |text| text.capacity();
    BigInt => Big, |big| big.bits() as usize / 8;
    Box<[Value]> => Tuple, |parts| parts.len() * WORD;
    Instance => Instance, |instance| instance.fields.len() * WORD;
    Closure => Block, |closure| closure.captured.len() * WORD;
    Cells => Cells, |cells| cells.borrow().capacity() * WORD;
    crate::raise::Unwinding => Unwinding, |_| 0;
    Map => Map, Map::extra;
    Node => Node, Node::extra;
    RefCell<Sorter> => Sorter, |sorter| sorter.borrow().bytes();
    Array => Array, |array| array.0.capacity() * WORD;
    Foreign => Foreign, |foreign| foreign.bytes.len();
}

thread_local! {
    /// Bytes of the values of the machine that runs on this thread.
    static LIVE: Cell<isize> = const { Cell::new(0) };
    /// Is something being freed? What becomes free meanwhile waits.
    static FREEING: Cell<bool> = const { Cell::new(false) };
    static WAITING: RefCell<Vec<NonNull<Header>>> = const { RefCell::new(Vec::new()) };
}

fn charge(bytes: usize) {
    LIVE.with(|live| live.set(live.get() + bytes as isize));
}

fn refund(bytes: usize) {
    LIVE.with(|live| live.set(live.get() - bytes as isize));
}

/// Bytes held by values made on this thread, minus those freed on it.
pub fn live_bytes() -> isize {
    LIVE.with(Cell::get)
}

/// Counts from here on for another machine; answers what was counted until now.
pub fn swap_live_bytes(bytes: isize) -> isize {
    LIVE.with(|live| live.replace(bytes))
}

/// A body that grew or shrank in place tells it.
pub(crate) fn resized(before: usize, after: usize) {
    charge(after);
    refund(before);
}

/// A counted reference.
#[repr(transparent)]
pub struct Ref(NonNull<Header>);

impl Ref {
    pub fn new<T: Body>(body: T) -> Ref {
        charge(std::mem::size_of::<Cell_<T>>() + body.extra());
        let header = Header { count: Cell::new(1), tag: T::TAG };
        let whole = Box::into_raw(Box::new(Cell_ { header, body }));
        // SAFETY: a box is never null.
        Ref(unsafe { NonNull::new_unchecked(whole.cast()) })
    }

    #[inline(always)]
    fn header(&self) -> &Header {
        // SAFETY: the header lives while there is a reference.
        unsafe { self.0.as_ref() }
    }

    #[inline(always)]
    pub fn tag(&self) -> Tag {
        self.header().tag
    }

    pub fn is(&self, tag: Tag) -> bool {
        self.tag() == tag
    }

    /// The body, where it is of this type.
    #[inline]
    pub fn get<T: Body>(&self) -> Option<&T> {
        // SAFETY: the tag says what the body is.
        (self.tag() == T::TAG).then(|| unsafe { &self.0.cast::<Cell_<T>>().as_ref().body })
    }

    /// The body for changing in place, where nothing else refers to it.
    #[inline]
    pub fn get_mut<T: Body>(&mut self) -> Option<&mut T> {
        // SAFETY: the tag says what the body is, and this is the only reference.
        (self.tag() == T::TAG && self.is_unique()).then(|| unsafe { &mut self.0.cast::<Cell_<T>>().as_mut().body })
    }

    #[inline]
    pub fn is_unique(&self) -> bool {
        self.header().count.get() == 1
    }

    pub fn is_same(&self, other: &Ref) -> bool {
        self.0 == other.0
    }

    /// Tells it from all others that are there.
    pub(crate) fn address(&self) -> usize {
        self.0.as_ptr() as usize
    }

    #[cold]
    #[inline(never)]
    fn release(&self) {
        if FREEING.with(|freeing| freeing.replace(true)) {
            WAITING.with(|waiting| waiting.borrow_mut().push(self.0));
            return;
        }
        let mut next = Some(self.0);
        while let Some(header) = next {
            // SAFETY: its count is zero, and each is freed once.
            unsafe { free(header) };
            next = WAITING.with(|waiting| waiting.borrow_mut().pop());
        }
        FREEING.with(|freeing| freeing.set(false));
    }
}

impl Clone for Ref {
    #[inline]
    fn clone(&self) -> Ref {
        let count = &self.header().count;
        // Four thousand million references to one value need sixty gigabytes for themselves: memory limits come first.
        count.set(count.get().checked_add(1).expect("too many references to one value"));
        Ref(self.0)
    }
}

impl Drop for Ref {
    #[inline]
    fn drop(&mut self) {
        let count = &self.header().count;
        count.set(count.get() - 1);
        if count.get() == 0 {
            self.release();
        }
    }
}
