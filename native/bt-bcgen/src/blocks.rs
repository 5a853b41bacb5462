//! Closures and returns.

use bt_bytecode::{Capture, Op, TooLarge};
use bt_hir::{Block, ExprId, Home, LocalId};

use crate::body::{Done, Gen};

impl<'a> Gen<'a> {
    /// A block with the values of what it captures. One that shares variables with its message gets the message's cells besides.
    pub(crate) fn closure(&mut self, id: ExprId, block: &Block, dst: i64) -> Done {
        let shares = |names: &[LocalId]| names.iter().any(|name| block.captures.contains(name));
        let group = self.cells.last().filter(|(_, names)| block.has_cells && shares(names)).cloned();
        let mut captures = Vec::with_capacity(block.captures.len() + 1);
        let registers = block.captures.iter().map(|local| self.slot(*local)).chain(group.iter().map(|(cells, _)| *cells));
        for register in registers {
            captures.push(Capture::Register(u16::try_from(register).map_err(|_| TooLarge("variables"))?));
        }
        let code = self.block_code(block, captures, group.map(|(_, names)| names))?;
        let index = self.asm.block(code);
        self.emit(id, Op::Closure, [dst, index, 0]);
        Ok(())
    }

    fn block_code(
        &self,
        block: &Block,
        captures: Vec<Capture>,
        shared: Option<Vec<LocalId>>,
    ) -> Result<bt_bytecode::Chunk, TooLarge> {
        let mut gen = Gen::of_block(self, &block.params, block.body, captures, &block.captures, shared.as_deref().unwrap_or(&[]));
        match shared {
            None => gen.tail(block.body)?,
            Some(names) => {
                let cells = gen.allocate(1);
                let first = gen.slot(names[0]);
                gen.emit(block.body, Op::LoadCaptured, [cells, block.captures.len() as i64, 0]);
                gen.emit(block.body, Op::LoadCells, [cells, first, names.len() as i64]);
                if block.writes.is_empty() {
                    gen.tail(block.body)?;
                } else {
                    let result = gen.allocate(1);
                    let written = |(_, name): &(usize, &LocalId)| block.writes.contains(*name);
                    gen.shared =
                        Some((cells, names.iter().enumerate().filter(written).map(|(place, name)| (place, *name)).collect()));
                    gen.value(block.body, result)?;
                    gen.store_shared(block.body);
                    gen.emit(block.body, Op::Return, [result, 0, 0]);
                }
            }
        }
        gen.finish()
    }

    /// The cells of the block's message get what the block has assigned.
    fn store_shared(&mut self, id: ExprId) {
        if let Some((cells, written)) = self.shared.clone() {
            for (place, name) in written {
                let register = self.slot(name);
                self.emit(id, Op::StoreCell, [cells, register, place as i64]);
            }
        }
    }

    /// `^`: straight out where nothing is to be done on the way.
    pub(crate) fn leave(&mut self, id: ExprId, value: ExprId, home: Home) -> Done {
        match home {
            Home::Method if self.open == 0 => self.tail(value),
            Home::Method | Home::NonLocal => {
                let register = self.operand(value, &[])?;
                // A cleanup on the way sees what the block has assigned.
                self.store_shared(id);
                self.emit(id, Op::ReturnHome, [register, 0, 0]);
                Ok(())
            }
        }
    }
}
