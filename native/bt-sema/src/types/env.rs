//! What is known of each visible variable while a body is read from top to bottom.
//!
//! A block sees a copy of its surroundings (`language.md` §6.6). The copy is an undo log: entering a block costs nothing, leaving it
//! restores the types from before. A variable that the block has assigned something else becomes dynamic outside, since nobody can tell
//! whether, or how often, the block ran.

use super::Type;
use bt_base::hash::Map;

struct Slot<'a> {
    name: &'a str,
    ty: Type,
    /// The variable of the same name that this one hides.
    hidden: Option<u32>,
}

struct Frame {
    slots: usize,
    undo: usize,
}

/// Variables of one body; reused from body to body.
#[derive(Default)]
pub(super) struct Env<'a> {
    slots: Vec<Slot<'a>>,
    visible: Map<&'a str, u32>,
    frames: Vec<Frame>,
    /// Types that assignments to variables of outer frames replaced.
    undo: Vec<(u32, Type)>,
    /// The type of nil, and whether a variable has had it.
    nil: Option<Type>,
    has_nil: bool,
}

impl<'a> Env<'a> {
    pub fn new(nil: Type) -> Env<'a> {
        Env { nil: Some(nil), ..Env::default() }
    }

    /// Has a variable of this body been assigned nil?
    pub fn has_nil(&self) -> bool {
        self.has_nil
    }

    pub fn clear(&mut self) {
        self.has_nil = false;
        self.slots.clear();
        self.visible.clear();
        self.frames.clear();
        self.undo.clear();
    }

    pub fn get(&self, name: &str) -> Option<Type> {
        self.visible.get(name).map(|&i| self.slots[i as usize].ty)
    }

    pub fn declare(&mut self, name: &'a str, ty: Type) {
        let id = self.slots.len() as u32;
        let hidden = self.visible.insert(name, id);
        self.slots.push(Slot { name, ty, hidden });
    }

    /// The first assignment creates a variable here; later ones change what is known of it.
    pub fn assign(&mut self, name: &'a str, ty: Type) {
        self.has_nil |= self.nil == Some(ty) && ty != Type::Dynamic;
        let Some(&id) = self.visible.get(name) else { return self.declare(name, ty) };
        let slot = &mut self.slots[id as usize];
        let is_outer = self.frames.last().is_some_and(|f| (id as usize) < f.slots);
        if is_outer {
            self.undo.push((id, slot.ty));
        }
        slot.ty = ty;
    }

    /// Forgets what is known of a variable, for good.
    pub fn widen(&mut self, name: &str) {
        if let Some(&id) = self.visible.get(name) {
            self.slots[id as usize].ty = Type::Dynamic;
        }
    }

    pub fn enter(&mut self) {
        self.frames.push(Frame { slots: self.slots.len(), undo: self.undo.len() });
    }

    pub fn leave(&mut self) {
        let frame = self.frames.pop().expect("frames are entered and left in pairs");
        while self.slots.len() > frame.slots {
            let slot = self.slots.pop().expect("the length was checked");
            match slot.hidden {
                Some(id) => self.visible.insert(slot.name, id),
                None => self.visible.remove(slot.name),
            };
        }
        for &(id, before) in self.undo[frame.undo..].iter().rev() {
            let Some(slot) = self.slots.get_mut(id as usize) else { continue };
            slot.ty = if slot.ty == before { before } else { Type::Dynamic };
        }
        // What belongs to the frame around this one is its own; the rest is still owed to the frames further out.
        let base = self.frames.last().map_or(usize::MAX, |f| f.slots);
        let mut kept = frame.undo;
        for i in frame.undo..self.undo.len() {
            if (self.undo[i].0 as usize) < base && base != usize::MAX {
                self.undo[kept] = self.undo[i];
                kept += 1;
            }
        }
        self.undo.truncate(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::table::ClassId;

    const A: Type = Type::Instance(ClassId(0));
    const B: Type = Type::Instance(ClassId(1));

    #[test]
    fn assignment_of_another_type_in_a_block_makes_dynamic_outside() {
        let mut env = Env::default();
        env.assign("x", A);
        env.assign("y", A);
        env.enter();
        env.assign("x", B);
        env.assign("y", A);
        assert_eq!(env.get("x"), Some(B));
        env.leave();
        assert_eq!(env.get("x"), Some(Type::Dynamic));
        assert_eq!(env.get("y"), Some(A));
    }

    #[test]
    fn inner_variables_end_with_their_block_and_uncover_what_they_hid() {
        let mut env = Env::default();
        env.assign("x", A);
        env.enter();
        env.declare("x", B);
        env.assign("z", B);
        assert_eq!(env.get("x"), Some(B));
        env.leave();
        assert_eq!((env.get("x"), env.get("z")), (Some(A), None));
    }

    #[test]
    fn nested_blocks_are_undone_level_by_level() {
        let mut env = Env::default();
        env.assign("x", A);
        env.enter();
        env.enter();
        env.assign("x", B);
        env.leave();
        assert_eq!(env.get("x"), Some(Type::Dynamic));
        env.assign("x", A);
        env.leave();
        assert_eq!(env.get("x"), Some(Type::Dynamic));
    }
}
