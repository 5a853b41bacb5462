//! Operations on integer literals that are known at once.
//!
//! Only those that cannot fail: an error is never changed into a value, nor the reverse.

use bt_hir::{BinaryOp, Body, Expr, ExprId, Literal};
use num_bigint::BigInt;
use num_traits::ToPrimitive;

/// Nested operations deeper than this are left to run time: looking is repeated at each level.
const DEPTH: u32 = 32;
/// Larger results are not worth their room.
const MAX_BITS: u64 = 256;

/// The value of an operation on literals; `None` for everything else, also for a literal itself.
pub(crate) fn folded(body: &Body, id: ExprId) -> Option<Literal> {
    match body.expr(id) {
        Expr::Binary(..) => fold(body, id, DEPTH),
        _ => None,
    }
}

fn fold(body: &Body, id: ExprId, depth: u32) -> Option<Literal> {
    match body.expr(id) {
        Expr::Literal(literal @ (Literal::Integer(_) | Literal::BigInteger(_))) => Some(literal.clone()),
        Expr::Binary(op, left, right) if depth > 0 => {
            let left = integer(&fold(body, *left, depth - 1)?)?;
            let right = integer(&fold(body, *right, depth - 1)?)?;
            operation(*op, &left, &right)
        }
        _ => None,
    }
}

fn integer(literal: &Literal) -> Option<BigInt> {
    match literal {
        Literal::Integer(value) => Some(BigInt::from(*value)),
        Literal::BigInteger(value) => Some(value.clone()),
        Literal::Float(_) | Literal::String(_) | Literal::Symbol(_) => None,
    }
}

fn operation(op: BinaryOp, left: &BigInt, right: &BigInt) -> Option<Literal> {
    let number = |value: BigInt| {
        let small = value.to_i64().map(Literal::Integer);
        (value.bits() <= MAX_BITS).then(|| small.unwrap_or(Literal::BigInteger(value)))
    };
    let truth = |value: bool| Some(Literal::Symbol(if value { "true" } else { "false" }.into()));
    match op {
        BinaryOp::Add => number(left + right),
        BinaryOp::Subtract => number(left - right),
        BinaryOp::Multiply if left.bits() + right.bits() <= MAX_BITS => number(left * right),
        BinaryOp::Equal | BinaryOp::StrictEqual => truth(left == right),
        BinaryOp::NotEqual | BinaryOp::StrictNotEqual => truth(left != right),
        BinaryOp::Less => truth(left < right),
        BinaryOp::Greater => truth(left > right),
        BinaryOp::LessEqual => truth(left <= right),
        BinaryOp::GreaterEqual => truth(left >= right),
        BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Remainder | BinaryOp::Power | BinaryOp::Concat => None,
    }
}
