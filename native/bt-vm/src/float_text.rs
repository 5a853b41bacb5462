//! The shortest text that reads back as the same float, as OTP writes it.

/// From here on neighbouring floats are not neighbouring integers: digits before the point would promise too much.
const LAST_EXACT: f64 = 9_007_199_254_740_992.0;

/// With fewer digits no float lies half way between two texts.
const FIRST_TIE: usize = 15;

/// The text of a finite float. Decimal where that is no longer than scientific.
pub(crate) fn float_text(value: f64) -> String {
    let mut scientific = format!("{:e}", value.abs());
    let length = scientific.find('e').unwrap_or_default().saturating_sub(1);
    if length >= FIRST_TIE {
        // Half way between two texts of that length the even one is taken, where it reads back as well.
        let even = format!("{:.*e}", length - 1, value.abs());
        if even.parse() == Ok(value.abs()) {
            scientific = even;
        }
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let count = digits.len() as i32;
    // Characters that the scientific form has besides its digits.
    let cost = exponent.to_string().len() as i32 + 1 + if count == 1 { 2 } else { 1 };
    let place = exponent + 1;
    let is_large = value.abs() >= LAST_EXACT;
    if value == 0.0 {
        format!("{sign}0.0")
    } else if place > 0 && place < count && !is_large {
        let (whole, fraction) = digits.split_at(place as usize);
        format!("{sign}{whole}.{fraction}")
    } else if place >= count && place - count + 2 <= cost && !is_large {
        format!("{sign}{digits}{}.0", "0".repeat((place - count) as usize))
    } else if place <= 0 && 2 - place <= cost {
        format!("{sign}0.{}{digits}", "0".repeat(-place as usize))
    } else {
        let (whole, fraction) = digits.split_at(1);
        let fraction = if fraction.is_empty() { "0" } else { fraction };
        format!("{sign}{whole}.{fraction}e{exponent}")
    }
}

#[cfg(test)]
mod tests {
    use super::float_text;

    #[test]
    fn the_shorter_form_is_taken() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (0.1, "0.1"),
            (1.0, "1.0"),
            (-2.5, "-2.5"),
            (0.30000000000000004, "0.30000000000000004"),
            (1.0e-5, "1.0e-5"),
            (0.001, "0.001"),
            (0.00123, "0.00123"),
            (100000.0, "1.0e5"),
            (123456.0, "123456.0"),
            (1.0e22, "1.0e22"),
            (123456789012345680.0, "1.2345678901234568e17"),
            (f64::MAX, "1.7976931348623157e308"),
            (5e-324, "5.0e-324"),
            (2042760421473711.0 + 0.25, "2042760421473711.2"),
            (-974612014235394.0 - 0.25, "-974612014235394.2"),
            (2042760421473711.0 + 0.75, "2042760421473711.8"),
        ] {
            assert_eq!(float_text(value), text);
        }
    }
}
