//! Collects the library's sources into one Rust table, so that the compiler knows the library without reading files.
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/src");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets OUT_DIR")).join("library_sources.rs");
    let mut text = String::from("pub(crate) const SOURCES: &[&str] = &[\n");
    let mut paths =
        String::from("/// Where each of them stands, as traces and diagnostics name it.\npub(crate) const PATHS: &[&str] = &[\n");
    for file in files {
        println!("cargo:rerun-if-changed={}", file.display());
        let path = file.canonicalize().expect("a listed file exists");
        text.push_str(&format!("    include_str!({:?}),\n", path.display().to_string()));
        let parts: Vec<_> = file.strip_prefix(&root).expect("it is below").iter().map(|part| part.to_string_lossy()).collect();
        paths.push_str(&format!("    {:?},\n", format!("stdlib/src/{}", parts.join("/"))));
    }
    text.push_str("];\n");
    text.push_str(&paths);
    text.push_str("];\n");
    fs::File::create(out).and_then(|mut f| f.write_all(text.as_bytes())).expect("the build directory is writable");
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            println!("cargo:rerun-if-changed={}", path.display());
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "bt") {
            files.push(path);
        }
    }
}
