//! Elements: a builder over Sauron's nodes, since most of what is shown depends on something.

use sauron::vdom::{self, AttributeValue, Value};

use crate::{Attribute, Node};

/// An element being put together.
pub struct El {
    tag: &'static str,
    svg: bool,
    attributes: Vec<Attribute>,
    classes: String,
    children: Vec<Node>,
}

/// An HTML element.
pub fn el(tag: &'static str) -> El {
    El { tag, svg: false, attributes: vec![], classes: String::new(), children: vec![] }
}

/// An SVG element. Positions go into its attributes, which the content policy allows, unlike styles.
pub fn svg(tag: &'static str) -> El {
    El { svg: true, ..el(tag) }
}

impl El {
    #[must_use]
    pub fn class(mut self, class: &str) -> Self {
        if !class.is_empty() {
            if !self.classes.is_empty() {
                self.classes.push(' ');
            }
            self.classes.push_str(class);
        }
        self
    }

    #[must_use]
    pub fn class_if(self, condition: bool, class: &str) -> Self {
        if condition { self.class(class) } else { self }
    }

    #[must_use]
    pub fn attr(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.attributes.push(vdom::attr(name, AttributeValue::Simple(value.into())));
        self
    }

    #[must_use]
    pub fn attr_if(self, condition: bool, name: &'static str, value: impl Into<Value>) -> Self {
        if condition { self.attr(name, value) } else { self }
    }

    /// Present or absent, as `hidden` and `inert` are.
    #[must_use]
    pub fn flag(self, name: &'static str, condition: bool) -> Self {
        // `true` and not an empty text: Sauron sets `open`, `checked` and `disabled` on the element itself, too, and takes
        // everything but `true` for no.
        if condition { self.attr(name, true) } else { self }
    }

    /// What tells this child from its siblings: an id of the data, never an index.
    #[must_use]
    pub fn key(self, key: impl ToString) -> Self {
        self.attr("key", key.to_string())
    }

    /// The element's id, which is its key as well.
    #[must_use]
    pub fn id(self, id: impl ToString) -> Self {
        let id = id.to_string();
        self.attr("key", id.clone()).attr("id", id)
    }

    /// The name for those who do not see it.
    #[must_use]
    pub fn label(self, label: impl ToString) -> Self {
        self.attr("aria-label", label.to_string())
    }

    #[must_use]
    pub fn on(mut self, listener: Attribute) -> Self {
        self.attributes.push(listener);
        self
    }

    #[must_use]
    pub fn on_maybe(mut self, listener: Option<Attribute>) -> Self {
        self.attributes.extend(listener);
        self
    }

    #[must_use]
    pub fn text(mut self, text: impl ToString) -> Self {
        self.children.push(vdom::leaf(text.to_string()));
        self
    }

    #[must_use]
    pub fn child(mut self, child: impl Into<Node>) -> Self {
        self.children.push(child.into());
        self
    }

    #[must_use]
    pub fn maybe(mut self, child: Option<impl Into<Node>>) -> Self {
        self.children.extend(child.map(Into::into));
        self
    }

    #[must_use]
    pub fn children(mut self, children: impl IntoIterator<Item = impl Into<Node>>) -> Self {
        self.children.extend(children.into_iter().map(Into::into));
        self
    }
}

impl From<El> for Node {
    fn from(mut el: El) -> Self {
        if !el.classes.is_empty() {
            el.attributes.push(vdom::attr("class", AttributeValue::Simple(el.classes.into())));
        }
        let namespace = el.svg.then_some("http://www.w3.org/2000/svg");
        vdom::element_ns(namespace, el.tag, el.attributes, el.children, false)
    }
}
