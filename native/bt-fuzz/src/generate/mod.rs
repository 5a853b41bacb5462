//! Where inputs come from: six generators over one source of chance.

mod corpus;
mod expressions;
mod programs;
mod soup;

use fastrand::Rng;

/// A way to make an input.
#[derive(Clone, Copy)]
pub struct Generator {
    pub name: &'static str,
    /// How often, compared with the others.
    weight: u32,
    make: fn(&mut Rng) -> Vec<u8>,
}

pub const GENERATORS: &[Generator] = &[
    Generator { name: "text", weight: 1, make: soup::text },
    Generator { name: "tokens", weight: 2, make: soup::tokens },
    Generator { name: "fragment", weight: 2, make: corpus::fragment },
    Generator { name: "mutated", weight: 3, make: corpus::mutated },
    Generator { name: "almost", weight: 3, make: corpus::almost },
    Generator { name: "valid", weight: 5, make: valid },
];

/// One input, and who made it.
pub struct Input {
    /// Index in [`GENERATORS`].
    pub generator: usize,
    pub bytes: Vec<u8>,
}

/// Input number `number` of a seed.
pub fn input(seed: u64, number: u64) -> Input {
    let mut rng = rng(seed, number);
    let mut pick = rng.u32(0..GENERATORS.iter().map(|g| g.weight).sum());
    let generator = GENERATORS
        .iter()
        .position(|g| match pick.checked_sub(g.weight) {
            Some(rest) => {
                pick = rest;
                false
            }
            None => true,
        })
        .expect("the pick is below the sum of the weights");
    Input { generator, bytes: (GENERATORS[generator].make)(&mut rng) }
}

/// Neighbouring numbers give unrelated streams.
pub(crate) fn rng(seed: u64, number: u64) -> Rng {
    Rng::with_seed(Rng::with_seed(seed).u64(..) ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

fn valid(rng: &mut Rng) -> Vec<u8> {
    programs::program(rng).into_bytes()
}

pub(crate) fn pick<'a, T: ?Sized>(rng: &mut Rng, from: &[&'a T]) -> &'a T {
    from[rng.usize(0..from.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_a_seed_is_always_the_same_input() {
        for number in 0..200 {
            assert_eq!(input(7, number).bytes, input(7, number).bytes);
        }
        assert!((0..50).any(|number| input(7, number).bytes != input(8, number).bytes));
    }

    #[test]
    fn every_generator_has_its_turn() {
        let mut seen = vec![0; GENERATORS.len()];
        for number in 0..400 {
            seen[input(1, number).generator] += 1;
        }
        assert!(seen.iter().all(|&n| n > 5), "{seen:?}");
    }
}
