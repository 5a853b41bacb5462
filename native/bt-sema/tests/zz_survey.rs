use std::path::Path;
fn walk(d: &Path, out: &mut Vec<std::path::PathBuf>) { for e in std::fs::read_dir(d).into_iter().flatten().flatten() { let p = e.path(); if p.is_dir() { walk(&p, out) } else if p.extension().is_some_and(|e| e == "bt") { out.push(p) } } }
#[test] fn survey() {
    let mut fs = Vec::new();
    for d in std::env::var("SURVEY").unwrap().split(':') { walk(Path::new(d), &mut fs); }
    fs.sort();
    let index = bt_hir::ClassIndex::over(bt_sema::library_index());
    for f in fs { let t = std::fs::read_to_string(&f).unwrap();
        let p = bt_syntax::parse(&t);
        let li = bt_base::LineIndex::new(&t);
        let o = bt_sema::Options { expression: false, library: f.to_string_lossy().contains("stdlib/src"), ..Default::default() };
        let ds = bt_sema::lower(&p.module, &t, &index, &o).diagnostics;
        for d in p.diagnostics.iter().chain(&ds) { eprintln!("{}:{} {} {} {}", f.display(), li.line(d.span.start), d.severity.as_str(), d.code, d.message.lines().next().unwrap_or("")); } }
}
#[test] fn bench() {
    let mut fs = Vec::new(); walk(Path::new("/work/main/stdlib/src"), &mut fs); fs.sort();
    let ts: Vec<String> = fs.iter().map(|f| std::fs::read_to_string(f).unwrap()).collect();
    let lines: usize = ts.iter().map(|t| t.lines().count()).sum();
    let index = bt_hir::ClassIndex::over(bt_sema::library_index());
    let o = bt_sema::Options { library: true, ..Default::default() };
    for skip in [false, true] {
    let o = bt_sema::Options { skip_checks: skip, ..o.clone() };
    let (mut parse, mut sema) = (std::time::Duration::ZERO, std::time::Duration::ZERO);
    for _ in 0..30 { for t in &ts { let a = std::time::Instant::now(); let p = bt_syntax::parse(t); let b = std::time::Instant::now(); std::hint::black_box(bt_sema::lower(&p.module, t, &index, &o)); parse += b - a; sema += b.elapsed(); } }
    eprintln!("skip {skip}: {lines} lines parse {:?} sema {:?}: sema {:.0} lines/s", parse/30, sema/30, lines as f64*30.0/sema.as_secs_f64()); }
    // one big class
    let mut big = String::from("Object subclass: Big\n  state: n: Integer = 0\n");
    for i in 0..20000 { big += &format!("\n  /// Doc.\n  method{i}: list =>\n    total := 0\n    list do: [:each | total := total + each size]\n    self.n := self.n + 1\n    (total > 3) ifTrue: [^self method{}: list]\n    \"text {{total}}\" size + (list collect: [:e | e printString]) size\n", (i*7)%20000); }
    for skip in [false, true] { let o = bt_sema::Options { skip_checks: skip, ..Default::default() };
    let a = std::time::Instant::now(); let p = bt_syntax::parse(&big); let b = std::time::Instant::now(); let l = bt_sema::lower(&p.module, &big, &index, &o); let c = b.elapsed(); let n = big.lines().count();
    eprintln!("big skip {skip}: {n} lines parse {:?} sema {:?} {:.0} lines/s, {} diags", b-a, c, n as f64/c.as_secs_f64(), l.diagnostics.len()); }
    for (name, text) in [
        ("dnu", (0..50000).map(|i| format!("3 foo{i}\n")).collect::<String>()),
        ("undef", (0..50000).map(|i| format!("undefined{i} size\n")).collect::<String>()),
        ("vars", (0..50000).map(|i| format!("v{i} := nil. [v{i} := 3] value\n")).collect::<String>()),
        ("expect", (0..50000).map(|_| "@expect dnu\n3 fooBar\n".to_string()).collect::<String>()),
        ("chain", format!("x := 1{}", " + 1".repeat(100000))),
        ("nest", format!("x := nil\n{}1{}", "[x := ".repeat(60), "] value".repeat(60))),
    ] {
        let p = bt_syntax::parse(&text); let b = std::time::Instant::now();
        let o = bt_sema::Options { expression: true, ..Default::default() };
        let l = bt_sema::lower(&p.module, &text, &index, &o); eprintln!("{name}: {:?}, {} diags", b.elapsed(), l.diagnostics.len());
        let b = std::time::Instant::now();
        let o = bt_sema::Options { expression: true, skip_checks: true, ..Default::default() };
        let l = bt_sema::lower(&p.module, &text, &index, &o); eprintln!("   skip {name}: {:?}, {} diags", b.elapsed(), l.diagnostics.len());
    }
}
