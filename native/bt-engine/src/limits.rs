//! All limits on a request, in one place.

/// What one request may ask for. Checked where a request enters and where an answer leaves.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A longer source is refused unread.
    pub source_bytes: usize,
    /// Further findings are dropped and counted by one last diagnostic.
    pub diagnostics: usize,
    /// Names become atoms, and an atom holds 255 characters.
    pub name_chars: usize,
    /// Stack of a request. Dirty schedulers have 320 KiB, which is not enough for 64 nested expressions.
    pub stack_bytes: usize,
}

impl Limits {
    pub const DEFAULT: Limits =
        Limits { source_bytes: 16 * 1024 * 1024, diagnostics: 1000, name_chars: 255, stack_bytes: 32 * 1024 * 1024 };
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::DEFAULT
    }
}
