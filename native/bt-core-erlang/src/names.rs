//! Names the compiler and the runtime agree on (`docs/abi.md`).

pub const TAG: &str = "$beamtalk_class";
pub const STATE: &str = "$beamtalk_state";
pub const NLR: &str = "$beamtalk_nlr";
pub const OBJECT: &str = "beamtalk_object";

/// Unary selectors whose function would clash with an export every class module has.
const RESERVED: &[&str] = &["new", "spawn", "has_method", "module_info"];

/// Function name of an instance method.
pub fn instance_function(selector: &str) -> String {
    if RESERVED.contains(&selector) {
        format!("$bt:{selector}")
    } else {
        selector.to_string()
    }
}

/// Function beside a method of a test class that answers the copy of `self` the method leaves.
pub fn self_function(selector: &str) -> String {
    format!("$self:{selector}")
}
