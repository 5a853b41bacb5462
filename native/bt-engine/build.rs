//! Passes the target triple on, so that the library can say what it was built for.

fn main() {
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo:rustc-env=BEAMTALK_TARGET={target}");
    println!("cargo:rerun-if-changed=build.rs");
}
