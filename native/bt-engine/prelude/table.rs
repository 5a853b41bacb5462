/// Methods in the language in place of primitives that evaluate blocks: by class, a file with the class's name and those methods.
const PRELUDE: &[(&str, &str)] = &[("Integer", include_str!("Integer.bt")), ("String", include_str!("String.bt"))];
