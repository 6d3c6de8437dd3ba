//! What the layout is, and that it keeps what a file says.

use super::*;

fn laid(text: &str) -> String {
    let out = format(text.as_bytes());
    assert_eq!(format(&out), out, "not settled: {text:?}");
    assert!(same_meaning(text.as_bytes(), &out), "{text:?}");
    String::from_utf8(out).unwrap()
}

#[test]
fn lays_out() {
    let rows = [
        ("", ""),
        ("\n\n", ""),
        ("global\n  daemon", "global\n    daemon\n"),
        ("global\r\n\tdaemon\t# x \r\n", "global\n    daemon # x\n"),
        ("global\ndaemon\nfrontend a\n\n\n\tbind   :80   \n", "global\n    daemon\n\nfrontend a\n\n    bind :80\n"),
        ("# top\nglobal\n# in\ndaemon\n# b\nbackend b\n", "# top\nglobal\n    # in\n    daemon\n\n# b\nbackend b\n"),
        ("global\n daemon\n# in\n\n# b\n\nbackend b\n", "global\n    daemon\n    # in\n\n# b\n\nbackend b\n"),
        ("global\n daemon\n # in\nbackend b\n", "global\n    daemon\n    # in\n\nbackend b\n"),
        ("global\n daemon\n# in\n", "global\n    daemon\n    # in\n"),
        ("global\n daemon\n\n# end\n", "global\n    daemon\n\n# end\n"),
        ("global\n log-tag \"a  b\"   'c  d'\\ \n", "global\n    log-tag \"a  b\" 'c  d'\\ \n"),
        ("global\n log-tag a\\\tb\t c#d\n", "global\n    log-tag a\\\tb c #d\n"),
    ];
    for (before, after) in rows {
        assert_eq!(laid(before), after, "{before:?}");
    }
}

#[test]
fn nests_conditions() {
    let before = "global\n.if defined(X)\nmaxconn 1\n.else\n# none\nmaxconn 2\n.endif\ndaemon\n.if 1\nfrontend a\nbind :1\n.if 0\n\
                  bind :2\n.endif\n.elif 1\nfrontend b\n.endif\n";
    let after = "global\n    .if defined(X)\n        maxconn 1\n    .else\n        # none\n        maxconn 2\n    .endif\n    daemon\n\n\
                 .if 1\n    frontend a\n        bind :1\n        .if 0\n            bind :2\n        .endif\n.elif 1\n    frontend b\n.endif\n";
    assert_eq!(laid(before), after);
}

#[test]
fn leaves_what_it_does_not_understand() {
    assert_eq!(laid("global\n  log-tag   \"a\n"), "global\n  log-tag   \"a\n");
    assert_eq!(laid("global\n  daemon\r x\n"), "global\n  daemon\r x\n");
    // Behind a blank it is a blank.
    assert_eq!(laid("global\n  daemon \r x\n"), "global\n    daemon x\n");
    assert_eq!(laid("global\n  a\0b\n   c\n"), "global\n  a\0b\n   c\n");
    let counted = "global\n\n\n  log-tag \"l${.LINE}\"\nbackend b\n";
    assert_eq!(laid(counted), "global\n\n\n    log-tag \"l${.LINE}\"\nbackend b\n");
}
