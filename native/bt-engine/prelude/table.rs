/// Methods in the language in place of primitives that evaluate blocks: by class, a file with the class's name and those methods.
pub(super) const PRELUDE: &[(&str, &str)] = &[
    ("Array", include_str!("Array.bt")),
    ("Block", include_str!("Block.bt")),
    ("Dictionary", include_str!("Dictionary.bt")),
    ("Integer", include_str!("Integer.bt")),
    ("List", include_str!("List.bt")),
    ("Set", include_str!("Set.bt")),
    ("Stream", include_str!("Stream.bt")),
    ("String", include_str!("String.bt")),
    ("TestCase", include_str!("TestCase.bt")),
    ("Tuple", include_str!("Tuple.bt")),
];
