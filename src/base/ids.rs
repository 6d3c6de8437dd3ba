//! Dense ids: an index into the list that owns the thing, typed so that two lists are never mixed up.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The index into the owning list.
            #[inline]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// A proxy: frontend, backend or listen, in order of declaration.
    ProxyId
);
id!(
    /// A server, counted over the whole configuration.
    ServerId
);
id!(
    /// A `bind` line's address, counted over the whole configuration.
    BindId
);
id!(
    /// A variable's interned name within its scope.
    VarId
);
id!(
    /// A log target, counted over the whole configuration.
    TargetId
);
