//! Documentation of a source: class information plus the examples in its doc comments.

use crate::compiler::ClassReport;
use bt_base::{LineIndex, Span};

/// One class with the examples found in its doc comment and those of its methods.
#[derive(Clone, Debug)]
pub struct ClassDoc {
    pub class: ClassReport,
    pub examples: Vec<Example>,
}

/// One line of a fenced `beamtalk` block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    pub expression: String,
    /// `None`: a step that prepares the following ones.
    pub expected: Option<String>,
    pub line: u32,
}

/// Examples of the doc comments at `docs` that stand between `from` and `to` (byte offsets), in order. Other `///` lines are comments.
pub fn examples_of(text: &str, docs: &[Span], from: u32, to: u32) -> Vec<Example> {
    let inside = |doc: &&Span| from <= doc.start && doc.start < to;
    docs.iter().filter(inside).flat_map(|doc| examples(text, doc.start, doc.end)).collect()
}

/// Examples of the `///` comments between `from` and `to` (byte offsets) of `text`, in order.
fn examples(text: &str, from: u32, to: u32) -> Vec<Example> {
    let lines = LineIndex::new(text);
    let mut found: Vec<Example> = Vec::new();
    let mut inside = false;
    for line in lines.line(from)..=lines.line(to.saturating_sub(1).max(from)) {
        let start = lines.line_start(line) as usize;
        let end = if line < lines.line_count() { lines.line_start(line + 1) as usize } else { text.len() };
        let Some(comment) = text[start..end].trim().strip_prefix("///") else {
            inside = false;
            continue;
        };
        let content = comment.trim();
        match (inside, content) {
            (false, "```beamtalk" | "``` beamtalk") => inside = true,
            (false, _) => {}
            (true, c) if c.starts_with("```") => inside = false,
            (true, "") => {}
            (true, c) => example_line(c, line, &mut found),
        }
    }
    found.retain(|e| e.expected.as_deref() != Some("ERROR:"));
    found
}

/// `expr  // => value`, a lone `// => value` for the line before, a comment, or a step.
fn example_line(content: &str, line: u32, found: &mut Vec<Example>) {
    if let Some(expected) = content.strip_prefix("// =>") {
        if let Some(last) = found.last_mut().filter(|e| e.expected.is_none()) {
            last.expected = Some(expected.trim().to_owned());
        }
    } else if content.starts_with("//") {
        // an ordinary comment
    } else {
        let (expression, comment) = content.split_at(comment_start(content));
        let expected = comment.strip_prefix("// =>").map(|text| text.trim().to_owned());
        found.push(Example { expression: expression.trim().to_owned(), expected, line });
    }
}

/// Where the comment of a line begins: at the first `//` outside of strings.
fn comment_start(line: &str) -> usize {
    let bytes = line.as_bytes();
    let (mut at, mut in_string) = (0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if in_string => at += 1,
            // A character is no string delimiter.
            b'$' if !in_string => at += 1,
            b'"' => in_string = !in_string,
            b'/' if !in_string && bytes.get(at + 1) == Some(&b'/') => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_a_comment() {
        let text =
            "/// Adds.\n/// ```beamtalk\n/// x := 1\n/// x + 1   // => 2\n/// x\n/// // => 1\n/// // note\n/// ```\n/// y\n";
        let all = examples(text, 0, text.len() as u32);
        let plain: Vec<_> = all.iter().map(|e| (e.expression.as_str(), e.expected.as_deref(), e.line)).collect();
        assert_eq!(plain, [("x := 1", None, 3), ("x + 1", Some("2"), 4), ("x", Some("1"), 5)]);
    }

    #[test]
    fn arrows_in_strings_are_text() {
        let text =
            "/// ```beamtalk\n/// \"a // => b\" size // => 8\n/// \"say \"\"// => no\"\"\" // => x\n/// $\" // => 34\n/// ```\n";
        let all = examples(text, 0, text.len() as u32);
        let plain: Vec<_> = all.iter().map(|e| (e.expression.as_str(), e.expected.as_deref())).collect();
        assert_eq!(plain, [("\"a // => b\" size", Some("8")), ("\"say \"\"// => no\"\"\"", Some("x")), ("$\"", Some("34"))]);
    }
}
