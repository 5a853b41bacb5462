//! What stands between the tokens of a text and its lines: texts, and places where a line may break, in groups.

/// How the places of a group are broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// All or none, except that the closer stays where the author put it: blocks, arms, method bodies.
    Together,
    /// Where the author broke lines; if nowhere and there is no room, everywhere: keyword messages, cascades, operators, collections.
    Each,
    /// Likewise, but for want of room only where the next element does not fit any more: collections of short elements.
    Fill,
    /// Only where the author broke lines: parentheses, assignments.
    Kept,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub style: Style,
    /// The author broke a line at one of its places.
    pub broken: bool,
    /// The operation behind its end.
    pub end: usize,
    /// Its last bracket opens before this operation: where there is room up to here, that bracket is broken instead.
    pub hug: Option<usize>,
}

/// A place where a line may break.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// What stands here when the line does not break.
    pub flat: &'static str,
    /// The author broke the line here.
    pub author: bool,
    /// May be broken for want of room.
    pub breakable: bool,
    /// Before a closer: the line behind it is not indented.
    pub closer: bool,
    /// An empty line comes with the break.
    pub blank: bool,
    /// Stands before the break and nowhere else.
    pub before: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Op<'s> {
    Text(&'s str),
    /// A comment up to the end of the line. It takes no room: no code is moved for its sake.
    Remark(&'s str),
    Place(Place),
    /// A line break, indented by a level of the innermost group, or not.
    Break {
        indented: bool,
        blank: bool,
    },
    /// A line break between items, with its own indentation.
    Item {
        indent: usize,
        blank: bool,
    },
    Start(usize),
    End,
}

#[derive(Debug, Default)]
pub(super) struct Document<'s> {
    pub ops: Vec<Op<'s>>,
    pub groups: Vec<Group>,
}
