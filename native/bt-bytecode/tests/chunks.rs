//! Chunks survive writing and reading; the verifier names what is wrong; bytes changed at random are refused or harmless to check.

use std::sync::Arc;

use bt_base::{Selector, Span};
use bt_bytecode::{disassemble, read, verify, write, Assembler, Capture, Chunk, Constant, Op, Role, Site};
use proptest::prelude::*;

fn method(selector: &str) -> Assembler {
    let role = Role::Method { class: "Counter".into(), selector: Selector::new(selector), class_side: false };
    Assembler::new(role, Span::new(0, 40))
}

/// `add: n => [:x | x + n] value: n`, with an exception handler and a test besides: every kind of part occurs.
fn example() -> Chunk {
    let mut inner = Assembler::new(Role::Block, Span::new(12, 20));
    inner.emit(Op::LoadCaptured, [1, 0, 0], Span::new(17, 18));
    inner.emit(Op::Add, [1, 0, 1], Span::new(13, 18));
    inner.emit(Op::Return, [1, 0, 0], Span::new(13, 18));
    let inner = inner.finish(1, 2, vec![Capture::Register(1)]).unwrap();

    let mut outer = method("add:");
    let (handler, other) = (outer.label(), outer.label());
    let block = outer.block(inner);
    let value = outer.site(Site::Message { selector: Selector::new("value:"), class: None });
    let above = outer.site(Site::Message { selector: Selector::new("add:"), class: Some(("Counter".into(), false)) });
    let call = outer.site(Site::Call { module: "erlang".into(), function: "self".into(), arity: 0 });
    let field = outer.site(Site::Field("count".into()));
    let one = outer.constant(Constant::Integer(1));
    for constant in [
        Constant::Big("123456789012345678901234567890".parse().unwrap()),
        Constant::Float(1.5f64.to_bits()),
        Constant::String("é".into()),
    ] {
        outer.constant(constant);
    }
    let span = Span::new(12, 30);
    outer.jump(Op::Try, 2, handler, span);
    outer.emit(Op::Closure, [2, block, 0], span);
    outer.emit(Op::Move, [3, 1, 0], span);
    outer.emit(Op::Evaluate, [2, value, 0], span);
    outer.emit(Op::EndTry, [0, 0, 0], span);
    outer.emit(Op::IsLiteral, [2, one, 0], span);
    outer.jump(Op::Jump, 0, other, span);
    outer.emit(Op::Return, [2, 0, 0], span);
    outer.place(handler);
    outer.emit(Op::Rethrow, [2, 0, 0], span);
    outer.place(other);
    outer.emit(Op::LoadField, [2, 0, field], Span::new(31, 35));
    outer.emit(Op::CallErlang, [3, call, 0], Span::new(31, 35));
    outer.emit(Op::TailSendSuper, [0, above, 0], Span::new(36, 40));
    outer.finish(2, 4, vec![]).unwrap()
}

#[test]
fn the_example_is_sound_and_shown() {
    let chunk = example();
    assert_eq!(verify(&chunk), vec![]);
    let text = disassemble(&chunk, "add: n =>\n  [:x | x + n] value: n\n  more\n");
    for part in [
        "Counter>>add:  (2 parameters, 4 registers)",
        "block 0  (1 parameters, 2 registers, captures r1)",
        "add: above Counter",
        ".count",
        "erlang:self/0",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

#[test]
fn written_chunks_are_read_again() {
    let chunk = example();
    assert_eq!(read(&write(&chunk)), Ok(chunk.clone()));
    assert_eq!(chunk.hash(), example().hash());
    let mut other = chunk.clone();
    other.constants[0] = Constant::Integer(2);
    assert_ne!(chunk.hash(), other.hash());
}

#[test]
fn truncated_bytes_are_refused() {
    let bytes = write(&example());
    for length in 0..bytes.len() {
        assert!(read(&bytes[..length]).is_err(), "{length}");
    }
    assert!(read(&[bytes.as_slice(), &[0]].concat()).is_err());
}

/// Each spoils one thing, and the verifier says what.
#[test]
fn flaws_are_found() {
    type Spoil = fn(&mut Chunk);
    let cases: &[(&str, Spoil)] = &[
        ("register 4 is not there", |c| spoil(c, Op::Move, [3, 4, 0])),
        ("register 4 is not there", |c| spoil(c, Op::Evaluate, [3, 0, 0])),
        ("Constant 9", |c| spoil(c, Op::LoadConst, [0, 9, 0])),
        ("Name 0", |c| spoil(c, Op::LoadClass, [0, 0, 0])),
        ("Message 3", |c| spoil(c, Op::Send, [0, 3, 0])),
        ("Message 0", |c| spoil(c, Op::SendSuper, [0, 0, 0])),
        ("Call 0", |c| spoil(c, Op::CallErlang, [0, 0, 0])),
        ("Field 0", |c| spoil(c, Op::LoadField, [0, 0, 0])),
        ("Block 1", |c| spoil(c, Op::Closure, [0, 1, 0])),
        ("Captured 0", |c| spoil(c, Op::LoadCaptured, [0, 0, 0])),
        ("register 4 is not there", |c| spoil(c, Op::List, [0, 3, 2])),
        ("register 5 is not there", |c| spoil(c, Op::ForNext, [2, 0, 0])),
        ("jumps to where no instruction begins", |c| spoil(c, Op::Jump, [1000, 0, 0])),
        ("jumps to where no instruction begins", |c| spoil(c, Op::Jump, [-100, 0, 0])),
        ("no handler is open", |c| spoil(c, Op::EndTry, [0, 0, 0])),
        ("Routine", |c| spoil(c, Op::Routine, [0, 200, 1])),
        ("routine:", |c| spoil(c, Op::Routine, [0, 0, 2])),
        ("no operation has the number", |c| c.code[0] = 0xfe),
        ("an instruction is not complete", |c| c.code.push(Op::Extend as u32)),
        ("control leaves the code", |c| {
            c.code.pop();
        }),
        ("a handler is still open", |c| {
            let end = c.code.iter().position(|w| *w as u8 == Op::EndTry as u8).unwrap();
            c.code[end] = Op::LoadNil as u32;
        }),
        ("handlers are not closed on every way", |c| {
            let last = c.code.len() - 1;
            // Behind the handler, where none is open, control goes back into its reach.
            c.code[last] = Op::Jump as u32 | ((-(last as i32)) as u32) << 8;
        }),
        ("no code", |c| c.code.clear()),
        ("more parameters", |c| c.registers = 1),
        ("parameters do not fit", |c| c.parameters = 1),
        ("captures what is not there", |c| block(c).captures[0] = Capture::Register(4)),
        ("captures what is not there", |c| block(c).captures[0] = Capture::Captured(0)),
        ("is no block", |c| block(c).role = Role::Input),
        ("is no number", |c| c.constants[2] = Constant::Float(f64::NAN.to_bits())),
        ("not in order", |c| c.source_map.reverse()),
        ("not in order or not named", |c| c.conditions = vec![(0, 0)]),
        ("a condition without its message", |c| spoil(c, Op::JumpIfTrue, [0, -1, 0])),
        ("stands alone", |c| c.role = Role::Block),
    ];
    for (wanted, spoil) in cases {
        let mut chunk = example();
        spoil(&mut chunk);
        let flaws: Vec<String> = verify(&chunk).iter().map(|flaw| flaw.to_string()).collect();
        assert!(flaws.iter().any(|flaw| flaw.contains(wanted)), "{wanted}: {flaws:?}");
    }
}

fn block(chunk: &mut Chunk) -> &mut Chunk {
    Arc::get_mut(&mut chunk.blocks[0]).expect("nobody else has it")
}

/// Puts an instruction in the place of the last but one (outside of handlers).
fn spoil(chunk: &mut Chunk, op: Op, operands: [i64; 3]) {
    let mut assembler = Assembler::new(Role::Input, Span::default());
    if op.row().operands.contains(&bt_bytecode::Operand::Target) {
        // Written by hand: an assembler makes no wild jumps.
        let at = chunk.code.len() - 2;
        let operand =
            if op.row().format == bt_bytecode::Format::Sj { operands[0] << 8 } else { operands[0] << 8 | operands[1] << 16 };
        chunk.code[at] = op as u32 | operand as u32;
        return;
    }
    assembler.emit(op, operands, Span::default());
    let made = assembler.finish(0, 0, vec![]).unwrap();
    assert_eq!(made.code.len(), 1);
    let at = chunk.code.len() - 2;
    chunk.code[at] = made.code[0];
}

proptest! {
    #[test]
    fn changed_bytes_do_no_harm(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = write(&example());
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(chunk) = read(&bytes) {
            prop_assert_eq!(read(&write(&chunk)), Ok(chunk.clone()));
            let _ = disassemble(&chunk, "");
            let _ = verify(&chunk);
        }
    }

    #[test]
    fn any_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&[b"BTC\x01".as_slice(), &bytes].concat());
    }
}
