//! Text for people: at most a hundred columns, words aligned, long ones folded.

/// The widest line.
pub const WIDTH: usize = 100;

/// A page being written.
#[derive(Clone, Debug, Default)]
pub struct Page {
    text: String,
}

impl Page {
    /// What was written.
    pub fn finish(self) -> String {
        self.text.trim_end().to_owned() + "\n"
    }

    /// A blank line, unless nothing was written.
    pub fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A heading at the margin, behind a blank line.
    pub fn heading(&mut self, text: &str) {
        self.gap();
        self.line(text);
    }

    /// A line as it is.
    pub fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    /// Words folded, each line behind `indent` blanks.
    pub fn fold(&mut self, indent: usize, text: &str) {
        self.hang(indent, "", text);
    }

    /// Words folded behind a mark; the lines that follow stand below the first word.
    pub fn hang(&mut self, indent: usize, mark: &str, text: &str) {
        let left = indent + mark.chars().count();
        let mut line = format!("{}{mark}", " ".repeat(indent));
        let mut width = left;
        for word in text.split_whitespace() {
            let length = word.chars().count();
            if width > left && width + 1 + length > WIDTH {
                self.line(&line);
                line = " ".repeat(left);
                width = left;
            }
            if width > left {
                line.push(' ');
                width += 1;
            }
            line.push_str(word);
            width += length;
        }
        self.line(&line);
    }

    /// Rows of columns, aligned; the last column is folded. A cell too wide for its column pushes the rest to a new line.
    pub fn table(&mut self, indent: usize, widest: usize, rows: &[[String; 3]]) {
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            cells.filter(|width| *width <= widest).max().unwrap_or(0)
        };
        let (first, second) = (width(0), width(1));
        for [name, value, about] in rows {
            let lead = format!("{name:first$}  {value:second$}  ");
            let left = first + second + 4;
            if lead.chars().count() > left {
                self.line(&format!("{}{}", " ".repeat(indent), lead.trim_end()));
                self.hang(indent, &" ".repeat(left), about);
            } else {
                self.hang(indent, &lead, about);
            }
        }
    }

    /// A list under a heading; nothing when it is empty.
    pub fn list(&mut self, heading: &str, numbered: bool, items: &[String]) {
        if items.is_empty() {
            return;
        }
        self.heading(heading);
        for (number, item) in (1..).zip(items) {
            let mark = if numbered && items.len() > 1 { format!("{number}. ") } else { "- ".to_owned() };
            self.hang(2, &mark, item);
        }
    }
}
