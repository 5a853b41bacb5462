//! Seconds since 1970 as date and time, in the years 0 to 9999 of the Gregorian calendar.

/// The first second of the year 0, and the last one of the year 9999.
pub(crate) const FIRST: i64 = -62_167_219_200;
pub(crate) const LAST: i64 = 253_402_300_799;

const DAY: i64 = 86_400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
}

/// Days from 1970-01-01 to that day. Years begin in March here, so that the day a leap year has more is its last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

impl Date {
    pub(crate) fn of(seconds: i64) -> Option<Date> {
        if !(FIRST..=LAST).contains(&seconds) {
            return None;
        }
        let (whole, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let since = whole + 719_468;
        let (era, day_of_era) = (since.div_euclid(146_097), since.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Some(Date { year, month, day, hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60 })
    }

    /// Is there such a day?
    pub(crate) fn has_day(&self) -> bool {
        (0..=9999).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=days_of_month(self.year, self.month)).contains(&self.day)
    }

    /// Is there such a time of day?
    pub(crate) fn has_time(&self) -> bool {
        (0..24).contains(&self.hour) && (0..60).contains(&self.minute) && (0..60).contains(&self.second)
    }

    /// Of what `has_day` and `has_time` accept.
    pub(crate) fn seconds(&self) -> i64 {
        days(self.year, self.month, self.day) * DAY + self.hour * 3600 + self.minute * 60 + self.second
    }
}

/// Such as `2024-02-29T23:59:59Z`.
pub(crate) fn text(seconds: i64) -> Option<String> {
    let Date { year, month, day, hour, minute, second } = Date::of(seconds)?;
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_seconds_are_each_others_reverse() {
        let mut seconds = FIRST;
        while seconds <= LAST {
            let date = Date::of(seconds).expect("in range");
            assert!(date.has_day() && date.has_time(), "{date:?}");
            assert_eq!(date.seconds(), seconds, "{date:?}");
            seconds += 11 * DAY + 40_003;
        }
        assert_eq!(Date::of(LAST + 1), None);
        assert_eq!(Date::of(FIRST - 1), None);
    }

    #[test]
    fn texts() {
        assert_eq!(text(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(text(1_709_251_199).as_deref(), Some("2024-02-29T23:59:59Z"));
        assert_eq!(text(FIRST).as_deref(), Some("0000-01-01T00:00:00Z"));
        assert_eq!(text(LAST).as_deref(), Some("9999-12-31T23:59:59Z"));
    }
}
