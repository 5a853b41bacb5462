//! Terms as Erlang writes them, on one line: the form `~0tp`.

use std::fmt::Write as _;

use crate::context::Context;
use crate::heap::Tag;
use crate::value::{Instance, Value};

/// What is still to be written.
enum Work<'a> {
    Value(&'a Value),
    Tail(&'a Value),
    Elements(&'a [Value]),
    Name(&'a str),
    Text(&'static str),
    Number(usize),
    /// A tree of an array with room for so many elements.
    Tree(&'a [Value], usize),
}

const LEAF: usize = 10;

/// A term as Erlang writes it. Blocks and terms of the host's own are only hinted at: their numbers are not known here.
pub fn term(value: &Value, context: &Context) -> String {
    let mut text = String::new();
    let mut work = vec![Work::Value(value)];
    while let Some(next) = work.pop() {
        match next {
            Work::Text(part) => text.push_str(part),
            Work::Number(number) => text.push_str(&number.to_string()),
            Work::Name(name) => atom(name, &mut text),
            Work::Tail(tail) => match tail.as_cons() {
                Some(cons) => {
                    text.push(',');
                    work.extend([Work::Tail(&cons.tail), Work::Value(&cons.head)]);
                }
                None if matches!(tail, Value::EmptyList) => text.push(']'),
                None => {
                    text.push('|');
                    work.extend([Work::Text("]"), Work::Value(tail)]);
                }
            },
            Work::Elements([]) => {}
            Work::Elements([last]) => work.push(Work::Value(last)),
            Work::Elements([first, rest @ ..]) => work.extend([Work::Elements(rest), Work::Text(","), Work::Value(first)]),
            Work::Tree(elements, size) => tree(elements, size, &mut work),
            Work::Value(value) => one(value, context, &mut text, &mut work),
        }
    }
    text
}

fn one<'a>(value: &'a Value, context: &'a Context, text: &mut String, work: &mut Vec<Work<'a>>) {
    match value {
        Value::Integer(number) => text.push_str(&number.to_string()),
        Value::Float(number) => text.push_str(&crate::float_text::float_text(*number)),
        Value::EmptyList => text.push_str("[]"),
        Value::Class(class) | Value::Metaclass(class) => {
            let name = context.symbols.name(context.classes.name(*class));
            let module = context.classes.code(*class).map_or("undefined", |code| code.module.as_str());
            text.push_str("{beamtalk_object,");
            match value {
                Value::Class(_) => atom(&format!("{name} class"), text),
                _ => text.push_str("'Metaclass'"),
            }
            work.extend([Work::Text("}"), Work::Name(name), Work::Text(","), Work::Name(module), Work::Text(",")]);
        }
        Value::Nil | Value::True | Value::False | Value::Symbol(_) => {
            atom(context.symbols.text(value).unwrap_or_default(), text);
        }
        Value::Heap(reference) => match reference.tag() {
            Tag::Big => text.push_str(&value.as_big().map(ToString::to_string).unwrap_or_default()),
            Tag::Text => binary(value.as_text().unwrap_or_default(), text),
            Tag::Cons => match (characters(value), value.as_cons()) {
                (Some(characters), _) => quoted(&characters, '"', text),
                (None, Some(cons)) => {
                    text.push('[');
                    work.extend([Work::Tail(&cons.tail), Work::Value(&cons.head)]);
                }
                (None, None) => {}
            },
            Tag::Tuple => {
                text.push('{');
                work.extend([Work::Text("}"), Work::Elements(value.as_tuple().unwrap_or_default())]);
            }
            Tag::Map => {
                let pairs = value.as_map().into_iter().flat_map(|map| map.iter().rev());
                work.push(Work::Text("}"));
                separated(work, pairs.map(|(key, value)| (Work::Value(key), Work::Value(value))));
                text.push_str("#{");
            }
            Tag::Instance => {
                text.push_str("#{");
                work.push(Work::Text("}"));
                if let Some(object) = value.as_instance() {
                    fields(object, context, work);
                }
            }
            Tag::Array => {
                text.push_str("#{'$beamtalk_class' => 'Array',data => ");
                work.push(Work::Text("}"));
                array(value.as_array().unwrap_or_default(), work);
            }
            Tag::Block => text.push_str("#Fun<block>"),
            Tag::Foreign => {
                let kind = value.as_foreign().map(|foreign| foreign.kind);
                let _ = write!(text, "#{}", kind.map_or("Term", crate::foreign::Kind::name));
            }
            Tag::Cells | Tag::Unwinding | Tag::Node | Tag::Sorter => {}
        },
    }
}

/// Pairs given from last to first.
fn separated<'a>(work: &mut Vec<Work<'a>>, pairs: impl Iterator<Item = (Work<'a>, Work<'a>)>) {
    for (index, (key, value)) in pairs.enumerate() {
        if index > 0 {
            work.push(Work::Text(","));
        }
        work.extend([value, Work::Text(" => "), key]);
    }
}

fn fields<'a>(object: &'a Instance, context: &'a Context, work: &mut Vec<Work<'a>>) {
    let shape = context.classes.shape_at(object.shape);
    let class = context.symbols.name(context.classes.name(object.class));
    let names = shape.fields.iter().map(|field| context.symbols.name(*field));
    let mut pairs: Vec<_> = names.zip(object.fields.iter()).map(|(name, value)| (name, Work::Value(value))).collect();
    pairs.push(("$beamtalk_class", Work::Name(class)));
    pairs.sort_by(|(a, _), (b, _)| b.cmp(a));
    separated(work, pairs.into_iter().map(|(name, value)| (Work::Name(name), value)));
}

/// The record of OTP's module `array`.
fn array<'a>(elements: &'a [Value], work: &mut Vec<Work<'a>>) {
    let mut size = LEAF;
    while size < elements.len() {
        size *= LEAF;
    }
    work.push(Work::Text("}"));
    work.push(if elements.is_empty() { Work::Number(LEAF) } else { Work::Tree(elements, size) });
    work.extend([Work::Text(",undefined,"), Work::Number(size), Work::Text(","), Work::Number(elements.len())]);
    work.push(Work::Text("{array,"));
}

fn tree<'a>(elements: &'a [Value], size: usize, work: &mut Vec<Work<'a>>) {
    work.push(Work::Text("}"));
    if size == LEAF {
        work.extend((elements.len()..LEAF).map(|_| Work::Text(",undefined")));
        work.push(Work::Elements(elements));
    } else {
        let part = size / LEAF;
        work.push(Work::Number(part));
        for _ in elements.len().div_ceil(part)..LEAF {
            work.extend([Work::Text(","), Work::Number(part)]);
        }
        for elements in elements.chunks(part).rev() {
            work.extend([Work::Text(","), Work::Tree(elements, part)]);
        }
    }
    work.push(Work::Text("{"));
}

const RESERVED: &[&str] = &[
    "after", "and", "andalso", "band", "begin", "bnot", "bor", "bsl", "bsr", "bxor", "case", "catch", "cond", "div", "end",
    "fun", "if", "let", "not", "of", "or", "orelse", "receive", "rem", "try", "when", "xor",
];

fn atom(name: &str, text: &mut String) {
    let is_lower = |c: char| matches!(c, 'a'..='z' | 'ß'..='ö' | 'ø'..='ÿ');
    let is_part = |c: char| is_lower(c) || matches!(c, 'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' | '0'..='9' | '_' | '@');
    if name.starts_with(is_lower) && name.chars().all(is_part) && !RESERVED.contains(&name) {
        text.push_str(name);
    } else {
        quoted(name, '\'', text);
    }
}

fn quoted(characters: &str, quote: char, text: &mut String) {
    text.push(quote);
    for character in characters.chars() {
        match character {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{b}' => text.push_str("\\v"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '\u{1b}' => text.push_str("\\e"),
            '\u{7f}' => text.push_str("\\d"),
            c if c == quote => text.extend(['\\', c]),
            c @ ('\0'..='\x1f' | '\u{80}'..='\u{9f}') => {
                let _ = write!(text, "\\{:03o}", c as u32);
            }
            c => text.push(c),
        }
    }
    text.push(quote);
}

/// Is it shown as a character? Only Latin-1 is.
fn is_printable(character: char) -> bool {
    matches!(character, ' '..='~' | '\u{a0}'..='ÿ' | '\u{8}'..='\r' | '\u{1b}')
}

/// The text of a list of nothing but printable characters.
fn characters(list: &Value) -> Option<String> {
    let mut text = String::new();
    let mut rest = list;
    while let Some(cons) = rest.as_cons() {
        let Value::Integer(point) = cons.head else { return None };
        text.push(u8::try_from(point).ok().map(char::from).filter(|c| is_printable(*c))?);
        rest = &cons.tail;
    }
    matches!(rest, Value::EmptyList).then_some(text)
}

fn binary(bytes: &[u8], text: &mut String) {
    text.push_str("<<");
    let decoded = std::str::from_utf8(bytes).ok();
    let printable = match decoded {
        Some(decoded) => decoded.chars().all(is_printable).then(|| decoded.to_string()),
        None => None,
    };
    match printable {
        Some(_) if bytes.is_empty() => {}
        Some(decoded) => {
            quoted(&decoded, '"', text);
            if !decoded.is_ascii() {
                text.push_str("/utf8");
            }
        }
        None if decoded.is_none() && bytes.iter().all(|byte| is_printable(char::from(*byte))) => {
            quoted(&bytes.iter().copied().map(char::from).collect::<String>(), '"', text);
        }
        None => {
            let bytes: Vec<String> = bytes.iter().map(u8::to_string).collect();
            text.push_str(&bytes.join(","));
        }
    }
    text.push_str(">>");
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::library::Empty;

    #[test]
    fn atoms_and_texts() {
        let mut context = Context::new(1 << 20, Arc::new(Empty));
        for (name, text) in [
            ("abc", "abc"),
            ("a@b_C", "a@b_C"),
            ("é", "é"),
            ("ÿß", "ÿß"),
            ("aÀ×", "'aÀ×'"),
            ("日本", "'日本'"),
            ("", "''"),
            ("end", "'end'"),
            ("maybe", "maybe"),
            ("_x", "'_x'"),
            ("it's \"q\"", "'it\\'s \"q\"'"),
            ("a\nb\u{1b}\0\u{7f}", "'a\\nb\\e\\000\\d'"),
        ] {
            let symbol = context.symbol(name);
            assert_eq!(term(&symbol, &context), text);
        }
        for (bytes, text) in [
            ("é".as_bytes(), "<<\"é\"/utf8>>"),
            (b"abc\n\"q\\", "<<\"abc\\n\\\"q\\\\\">>"),
            ("槥".as_bytes(), "<<230,167,165>>"),
            (&[0xe6, 0xa7, 0xa5, 200], "<<\"æ§¥È\">>"),
            (&[0, 1], "<<0,1>>"),
            (&[], "<<>>"),
            (&[27, 127], "<<27,127>>"),
        ] {
            assert_eq!(term(&Value::text(bytes), &context), text);
        }
    }

    #[test]
    fn lists_tuples_and_arrays() {
        let context = Context::new(1 << 20, Arc::new(Empty));
        let numbers = |all: &[i64]| Value::list(all.iter().copied().map(Value::Integer));
        assert_eq!(term(&numbers(&[97, 98]), &context), "\"ab\"");
        assert_eq!(term(&numbers(&[97, 0]), &context), "[97,0]");
        assert_eq!(term(&Value::cons(Value::Integer(97), Value::Integer(98)), &context), "[97|98]");
        let tuple = Value::tuple(vec![Value::Nil, Value::Float(1e100), numbers(&[]), Value::tuple(vec![])]);
        assert_eq!(term(&tuple, &context), "{nil,1.0e100,[],{}}");
        let array = Value::array((1..=12).map(Value::Integer).collect());
        let unused = ",undefined".repeat(8);
        let trees = format!("{{{{1,2,3,4,5,6,7,8,9,10}},{{11,12{unused}}},10,10,10,10,10,10,10,10,10}}");
        let wanted = format!("#{{'$beamtalk_class' => 'Array',data => {{array,12,100,undefined,{trees}}}}}");
        assert_eq!(term(&array, &context), wanted);
        let empty = "#{'$beamtalk_class' => 'Array',data => {array,0,10,undefined,10}}";
        assert_eq!(term(&Value::array(vec![]), &context), empty);
    }
}
