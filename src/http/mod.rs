//! An HTTP message as data, whatever version carried it. No bytes of a wire format are read here.

pub mod cookie;
pub mod head;
pub mod list;
pub mod pages;
pub mod params;
pub mod status;
pub mod uri;

pub use head::{Field, Head, Version};
