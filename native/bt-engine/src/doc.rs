//! Documentation of a source: class information plus the examples in its doc comments.

use crate::compiler::ClassReport;
use bt_base::LineIndex;

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

/// Examples of the `///` comments between `from` and `to` (byte offsets) of `text`, in order.
pub fn examples(text: &str, from: u32, to: u32) -> Vec<Example> {
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
    } else if let Some((expression, expected)) = content.split_once("// =>") {
        found.push(Example { expression: expression.trim().to_owned(), expected: Some(expected.trim().to_owned()), line });
    } else {
        let expression = content.split(" //").next().unwrap_or(content).trim();
        found.push(Example { expression: expression.to_owned(), expected: None, line });
    }
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
}
