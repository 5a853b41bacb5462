//! Dates with times: an object with the seconds since 1970. What asks the clock is the host's.

use super::expected::{clamped, is_integer, type_error};
use super::Row;
use crate::context::Context;
use crate::date::{self, Date};
use crate::number::to_big;
use crate::raise::Failure;
use crate::value::Value;

pub(crate) const TABLE: &[Row] = &[
    ("beamtalk_datetime_ops", "year_month_day", 4, |c, o| of_parts(c, &o[1..], "year:month:day:")),
    ("beamtalk_datetime_ops", "year_month_day_hour_minute_second", 7, |c, o| {
        of_parts(c, &o[1..], "year:month:day:hour:minute:second:")
    }),
    ("beamtalk_datetime_ops", "fromTimestamp", 2, |c, o| {
        let seconds = integer(c, &o[1], "fromTimestamp:")?;
        in_range(c, seconds, "fromTimestamp:")
    }),
    ("beamtalk_datetime_ops", "fromString", 2, from_string),
    ("beamtalk_datetime_ops", "year", 1, |c, o| part(c, o, |date| date.year)),
    ("beamtalk_datetime_ops", "month", 1, |c, o| part(c, o, |date| date.month)),
    ("beamtalk_datetime_ops", "day", 1, |c, o| part(c, o, |date| date.day)),
    ("beamtalk_datetime_ops", "hour", 1, |c, o| part(c, o, |date| date.hour)),
    ("beamtalk_datetime_ops", "minute", 1, |c, o| part(c, o, |date| date.minute)),
    ("beamtalk_datetime_ops", "second", 1, |c, o| part(c, o, |date| date.second)),
    ("beamtalk_datetime_ops", "asTimestamp", 1, |c, o| Ok(Value::Integer(receiver(c, o)?))),
    ("beamtalk_datetime_ops", "asString", 1, |c, o| Ok(Value::text(text(c, o)?))),
    ("beamtalk_datetime_ops", "printString", 1, |c, o| Ok(Value::text(format!("a DateTime({})", text(c, o)?)))),
    ("beamtalk_datetime_ops", "addSeconds", 2, |c, o| moved(c, o, 1, "addSeconds:")),
    ("beamtalk_datetime_ops", "addDays", 2, |c, o| moved(c, o, 86_400, "addDays:")),
    ("beamtalk_datetime_ops", "diffSeconds", 2, |c, o| {
        let (own, other) = both(c, o, "diffSeconds:")?;
        Ok(Value::Integer(own - other))
    }),
    ("beamtalk_datetime_ops", "<", 2, |c, o| compared(c, o, "<", |a, b| a < b)),
    ("beamtalk_datetime_ops", ">", 2, |c, o| compared(c, o, ">", |a, b| a > b)),
    ("beamtalk_datetime_ops", "<=", 2, |c, o| compared(c, o, "<=", |a, b| a <= b)),
    ("beamtalk_datetime_ops", ">=", 2, |c, o| compared(c, o, ">=", |a, b| a >= b)),
    ("beamtalk_datetime_ops", "=:=", 2, |c, o| compared(c, o, "=:=", |a, b| a == b)),
    ("beamtalk_datetime_ops", "/=", 2, |c, o| compared(c, o, "/=", |a, b| a != b)),
];

const CLASS: &str = "DateTime";

/// The seconds of a DateTime, where they are in the years that can be shown.
fn seconds(context: &mut Context, value: &Value) -> Option<i64> {
    let name = context.symbols.name(context.classes.class_name(value));
    if name != CLASS || value.as_instance().is_none() {
        return None;
    }
    let field = context.intern("timestamp");
    match context.classes.field(value, field) {
        Some(Value::Integer(seconds)) if (date::FIRST..=date::LAST).contains(seconds) => Some(*seconds),
        _ => None,
    }
}

fn receiver(context: &mut Context, operands: &[Value]) -> Result<i64, Failure> {
    seconds(context, &operands[0]).ok_or(Failure::Host)
}

fn both(context: &mut Context, operands: &[Value], selector: &str) -> Result<(i64, i64), Failure> {
    let own = receiver(context, operands)?;
    match seconds(context, &operands[1]) {
        Some(other) => Ok((own, other)),
        None if context.symbols.name(context.classes.class_name(&operands[1])) == CLASS => Err(Failure::Host),
        None => Err(type_error(context, CLASS, selector, "a DateTime", &operands[1])),
    }
}

fn compared(context: &mut Context, operands: &[Value], selector: &str, holds: fn(i64, i64) -> bool) -> Result<Value, Failure> {
    both(context, operands, selector).map(|(own, other)| Value::boolean(holds(own, other)))
}

fn part(context: &mut Context, operands: &[Value], of: fn(Date) -> i64) -> Result<Value, Failure> {
    let seconds = receiver(context, operands)?;
    Date::of(seconds).map(|date| Value::Integer(of(date))).ok_or(Failure::Host)
}

fn text(context: &mut Context, operands: &[Value]) -> Result<String, Failure> {
    let seconds = receiver(context, operands)?;
    date::text(seconds).ok_or(Failure::Host)
}

/// An integer; those beyond the machine's words are the outermost of them, far beyond all dates.
fn integer(context: &mut Context, value: &Value, selector: &str) -> Result<i64, Failure> {
    match clamped(value) {
        Some(value) => Ok(value),
        None => Err(type_error(context, CLASS, selector, "an Integer", value)),
    }
}

fn date_time(context: &mut Context, seconds: i64) -> Value {
    let (class, field) = (context.intern(CLASS), context.intern("timestamp"));
    let class = context.classes.entry(class);
    context.classes.instance(class, vec![(field, Value::Integer(seconds))])
}

fn in_range(context: &mut Context, seconds: i64, selector: &str) -> Result<Value, Failure> {
    match (date::FIRST..=date::LAST).contains(&seconds) {
        true => Ok(date_time(context, seconds)),
        false => Err(context.error("type_error", CLASS, selector, "The year must be from 0 to 9999")),
    }
}

fn moved(context: &mut Context, operands: &[Value], unit: i64, selector: &str) -> Result<Value, Failure> {
    let own = receiver(context, operands)?;
    let count = integer(context, &operands[1], selector)?;
    in_range(context, count.saturating_mul(unit).saturating_add(own), selector)
}

/// Year, month and day, perhaps also hour, minute and second.
fn of_parts(context: &mut Context, parts: &[Value], selector: &str) -> Result<Value, Failure> {
    if let Some(other) = parts.iter().find(|part| !is_integer(part)) {
        return Err(type_error(context, CLASS, selector, "an Integer", other));
    }
    let number = |index: usize| parts.get(index).and_then(clamped).unwrap_or(0);
    let (year, month, day, hour, minute, second) = (number(0), number(1), number(2), number(3), number(4), number(5));
    let date = Date { year, month, day, hour, minute, second };
    let shown = |parts: &[Value]| {
        let parts: Vec<String> = parts.iter().filter_map(to_big).map(|number| number.to_string()).collect();
        parts
    };
    let hint = if !date.has_day() {
        format!("Invalid date: {}", shown(&parts[..3]).join("-"))
    } else if !date.has_time() {
        format!("Invalid time: {}", shown(&parts[3..]).join(":"))
    } else {
        return Ok(date_time(context, date.seconds()));
    };
    Err(context.error("type_error", CLASS, selector, &hint))
}

fn from_string(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let Some(text) = operands[1].as_text() else {
        return Err(type_error(context, CLASS, "fromString:", "a String", &operands[1]));
    };
    match parts(text) {
        Some(parts) => of_parts(context, &parts.map(Value::Integer), "fromString:"),
        None => {
            let hint = "Expected YYYY-MM-DDThh:mm:ss, optionally followed by Z";
            Err(context.error("type_error", CLASS, "fromString:", hint))
        }
    }
}

/// The numbers of `YYYY-MM-DDThh:mm:ss`, perhaps with a `Z` behind it.
fn parts(text: &[u8]) -> Option<[i64; 6]> {
    const FORM: &[u8] = b"dddd-dd-ddTdd:dd:dd";
    let text = match text.split_at_checked(FORM.len())? {
        (text, b"" | b"Z") => text,
        _ => return None,
    };
    let fits = |(byte, form): (&u8, &u8)| if *form == b'd' { byte.is_ascii_digit() } else { byte == form };
    text.iter().zip(FORM).all(fits).then_some(())?;
    let number = |from: usize, to: usize| text[from..to].iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some([number(0, 4), number(5, 7), number(8, 10), number(11, 13), number(14, 16), number(17, 19)])
}
