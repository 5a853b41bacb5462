//! Dictionaries against a model: what they hold, in which order, that versions are apart, and that their memory is counted to the last byte.

use std::collections::BTreeMap;

use bt_vm::{live_bytes, order, Map, Symbols, Value};
use proptest::prelude::*;

/// Which keys a dictionary has.
#[derive(Clone, Copy, Debug)]
enum Keys {
    /// Of three kinds; two of them are numbers that compare equal.
    Any,
    /// Those that a table takes: it comes and goes while the steps are done.
    Plain,
}

fn key(keys: Keys, number: u16, symbols: &mut Symbols) -> Value {
    match (keys, number % 3) {
        (Keys::Plain, 0) => return Value::Integer(-i64::from(number / 3)),
        (Keys::Plain, 1) => return Value::Integer(i64::from(number) << 40),
        (Keys::Plain, _) => return Value::text(format!("a longer text {}", number / 3)),
        (Keys::Any, _) => {}
    }
    match number % 3 {
        0 => Value::Integer(i64::from(number / 3)),
        1 => Value::Float(f64::from(number / 3)),
        _ => symbols.value(&format!("k{}", number / 3)),
    }
}

#[derive(Clone, Debug)]
enum Step {
    Put(u16, i64),
    Remove(u16),
    /// The version is kept while others are made from it.
    Keep,
    /// Goes on from a version that was kept.
    Return(usize),
    /// The entries of a version that was kept come in.
    Merge(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        10 => (0..900u16, any::<i64>()).prop_map(|(key, value)| Step::Put(key, value)),
        8 => (0..900u16).prop_map(Step::Remove),
        1 => Just(Step::Keep),
        1 => any::<usize>().prop_map(Step::Return),
        1 => any::<usize>().prop_map(Step::Merge),
    ];
    proptest::collection::vec(step, 0..600)
}

type Model = BTreeMap<u16, i64>;

fn check(keys: Keys, map: &Value, model: &Model, symbols: &mut Symbols) {
    let map = map.as_map().expect("a dictionary");
    assert_eq!(map.len(), model.len());
    for number in (0..900).step_by(7) {
        let found = map.get(&key(keys, number, symbols), symbols).cloned();
        assert_eq!(found.map(|value| format!("{value:?}")), model.get(&number).map(ToString::to_string));
    }
    let entries: Vec<_> = map.iter().collect();
    assert_eq!(entries.len(), model.len());
    assert!(entries.windows(2).all(|two| order::compare_keys(two[0].0, two[1].0, symbols).is_lt()));
    let mut expected: Vec<_> = model.iter().map(|(number, value)| (key(keys, *number, symbols), *value)).collect();
    expected.sort_by(|a, b| order::compare_keys(&a.0, &b.0, symbols));
    for ((key, value), (wanted, number)) in entries.iter().zip(&expected) {
        assert!(order::is_same(key, wanted) && order::is_same(value, &Value::Integer(*number)));
    }
    let mut backwards: Vec<_> = map.iter().rev().map(|(key, _)| format!("{key:?}")).collect();
    backwards.reverse();
    assert_eq!(backwards, entries.iter().map(|(key, _)| format!("{key:?}")).collect::<Vec<_>>());
}

fn run(keys: Keys, start: &[(u16, i64)], steps: &[Step]) {
    let mut symbols = Symbols::default();
    let pairs = start.iter().map(|(number, value)| (key(keys, *number, &mut symbols), Value::Integer(*value))).collect();
    let mut map = Value::map(Map::from_pairs(pairs, &symbols));
    let mut model: Model = start.iter().copied().collect();
    let mut kept = vec![(map.clone(), model.clone())];
    for step in steps {
        match step {
            Step::Put(number, value) => {
                map = Map::with(map, key(keys, *number, &mut symbols), Value::Integer(*value), &symbols);
                model.insert(*number, *value);
            }
            Step::Remove(number) => {
                map = Map::without(map, &key(keys, *number, &mut symbols), &symbols);
                model.remove(number);
            }
            Step::Keep => kept.push((map.clone(), model.clone())),
            Step::Return(index) => (map, model) = kept[index % kept.len()].clone(),
            Step::Merge(index) => {
                let (other, others) = kept[index % kept.len()].clone();
                map = Map::merged(map, other, &symbols);
                model.extend(others);
            }
        }
    }
    check(keys, &map, &model, &mut symbols);
    for (map, model) in &kept {
        check(keys, map, model, &mut symbols);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn holds_what_the_model_holds(start in proptest::collection::vec((0..900u16, any::<i64>()), 0..400), steps in steps()) {
        let before = live_bytes();
        for keys in [Keys::Any, Keys::Plain] {
            run(keys, &start, &steps);
            prop_assert_eq!(live_bytes(), before);
        }
    }
}

#[test]
fn goes_through_a_million_entries_in_order() {
    let symbols = Symbols::default();
    let before = live_bytes();
    let mut map = Value::map(Map::default());
    for number in 0..1_000_000 {
        map = Map::with(map, Value::Integer(number), Value::Nil, &symbols);
    }
    // Thirty-two bytes an entry: keys that come in order fill their nodes.
    let bytes = live_bytes() - before;
    assert!(bytes < 40_000_000, "{bytes}");
    let all = map.as_map().expect("a dictionary");
    assert!(all.iter().zip(0..).all(|((key, _), number)| order::is_same(key, &Value::Integer(number))));
    let half = (0..1_000_000).filter(|number| number % 2 == 0);
    let map = half.fold(map, |map, number| Map::without(map, &Value::Integer(number), &symbols));
    assert_eq!(map.as_map().map(Map::len), Some(500_000));
    drop(map);
    assert_eq!(live_bytes(), before);
}

#[test]
fn what_changes_again_and_again_stays_in_order() {
    let mut symbols = Symbols::default();
    let before = live_bytes();
    let mut map = Value::map(Map::default());
    let mut model = Model::new();
    for turn in 0..20_000u32 {
        let number = (turn.wrapping_mul(7919) % 900) as u16;
        if turn % 3 == 0 {
            map = Map::without(map, &key(Keys::Plain, number, &mut symbols), &symbols);
            model.remove(&number);
        } else {
            map = Map::with(map, key(Keys::Plain, number, &mut symbols), Value::Integer(i64::from(turn)), &symbols);
            model.insert(number, i64::from(turn));
        }
        // The order is asked for, and then the entries change again.
        if turn % 1_000 == 999 {
            check(Keys::Plain, &map, &model, &mut symbols);
        }
        // One entry that no table takes.
        if turn == 15_000 {
            map = Map::with(map, Value::Float(0.5), Value::Nil, &symbols);
            map = Map::without(map, &Value::Float(0.5), &symbols);
        }
    }
    drop(map);
    assert_eq!(live_bytes(), before);
}

#[test]
fn a_change_of_a_shared_dictionary_copies_only_the_way_to_the_entry() {
    let symbols = Symbols::default();
    let pairs = (0..100_000).map(|number| (Value::Integer(number), Value::Nil)).collect();
    let map = Value::map(Map::from_pairs(pairs, &symbols));
    let before = live_bytes();
    let other = Map::with(map.clone(), Value::Integer(50_000), Value::True, &symbols);
    let copied = live_bytes() - before;
    assert!(copied < 4_000, "{copied}");
    assert!(order::is_same(map.as_map().and_then(|map| map.get(&Value::Integer(50_000), &symbols)).expect("there"), &Value::Nil));
    // Nothing else refers to the new one: it is changed in place, but for what it shares.
    let before = live_bytes();
    let other = Map::with(other, Value::Integer(50_000), Value::False, &symbols);
    assert_eq!(live_bytes(), before);
    drop(other);
}
