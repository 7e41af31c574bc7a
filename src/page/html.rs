//! HTML as it is written: elements, attributes, and text in which nothing foreign is markup.

use crate::escape;

/// Elements that have no end.
const VOID: [&str; 3] = ["meta", "link", "br"];

/// A text of HTML that grows.
#[derive(Debug, Default)]
pub(super) struct Html {
    text: String,
    /// The elements that have begun and not ended.
    open: Vec<&'static str>,
}

impl Html {
    /// Begins an element.
    pub(super) fn open(&mut self, name: &'static str, attributes: &[(&'static str, &str)]) {
        self.text.push('<');
        self.text.push_str(name);
        for (attribute, value) in attributes {
            self.text.push(' ');
            self.text.push_str(attribute);
            self.text.push_str("=\"");
            push_escaped(&mut self.text, &escape::escape(value));
            self.text.push('"');
        }
        self.text.push('>');
        if !VOID.contains(&name) {
            self.open.push(name);
        }
    }

    /// Ends the element that has begun last.
    pub(super) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.text.push_str("</");
            self.text.push_str(name);
            self.text.push_str(">\n");
        }
    }

    /// Writes text: characters of markup as entities, control characters and those that reorder
    /// text made visible; line breaks remain.
    pub(super) fn text(&mut self, text: &str) {
        for (place, line) in text.split('\n').enumerate() {
            if place > 0 {
                self.text.push('\n');
            }
            push_escaped(&mut self.text, &escape::escape(line));
        }
    }

    /// Writes an element with text.
    pub(super) fn element(
        &mut self,
        name: &'static str,
        attributes: &[(&'static str, &str)],
        text: &str,
    ) {
        self.open(name, attributes);
        self.text(text);
        self.close();
    }

    /// Writes markup of our own as it is.
    pub(super) fn markup(&mut self, markup: &str) {
        self.text.push_str(markup);
    }

    /// Returns the text.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }
}

fn push_escaped(text: &mut String, foreign: &str) {
    for c in foreign.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&#39;"),
            other => text.push(other),
        }
    }
}

/// Returns JSON that cannot end the element of a script, nor begin a comment in it.
pub(super) fn json_for_script(value: &serde_json::Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_no_markup() {
        let mut html = Html::default();
        html.open("p", &[("title", "\" onclick=\"x")]);
        html.text("<script>&'\u{202e}\u{0}\nnext");
        let text = html.finish();
        let attribute = "title=\"&quot; onclick=&quot;x\"";
        let shown = "&lt;script&gt;&amp;&#39;\\u{202e}\\u{0}\nnext";
        assert_eq!(text, format!("<p {attribute}>{shown}</p>\n"));
    }

    #[test]
    fn json_does_not_end_its_script() {
        let value = serde_json::json!({"a": "</script><!--&"});
        let text = json_for_script(&value);
        assert!(!text.contains(['<', '>', '&']), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).expect("JSON"), value);
    }
}
