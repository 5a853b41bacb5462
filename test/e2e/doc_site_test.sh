#!/bin/sh
# `beamtalk doc` from the outside: the library's site, a project whose comments mean harm, faults, what a second run does. Pages and search are
# looked at with Node, and in a browser where `chromium' is installed (or named by BEAMTALK_CHROMIUM).
set -u
. "$(dirname "$0")/shared.sh"
here=$root/test/e2e
# check NAME COMMAND ...
check() {
    name=$1
    shift
    if "$@" >"$work/out" 2>"$work/err"; then echo "ok   $name"; else fail "$name"; fi
}
digest() { (cd "$1" && find . -type f -exec cksum {} + | sort -k 3); }

cd "$work" || exit 1

# The library.
expect 0 "the library's site" "$bt" doc -o library && has out "classes documented in library"
digest library >first
expect 0 "a second run" "$bt" doc -o library && has out "(0 files written, 0 removed)"
expect 0 "a run into another directory" "$bt" doc "$root/stdlib/src" --output=other -q
digest other >second
check "has the same bytes" cmp first second
check "no path of this machine is in it" sh -c "! grep -rqF '$root' library"
ls "$root"/stdlib/src/*/*.bt | sed 's|.*/||; s|\.bt$||' | sort >sources
ls library/classes | sed 's|\.html$||' | sort >pages
check "a page for every class" cmp sources pages

# A project: its classes before the library's, comments that try everything.
mkdir -p hostile/src/deep
cat >hostile/beamtalk.toml <<'B'
[package]
name = "hostile"
version = "1.2.3"
B
cat >hostile/src/HostileOne.bt <<'B'
/// I end the page </title></script><script>window.hostile=1</script> here & there. See `List>>add:`.
///
/// <img src=x onerror="window.hostile=2"> and `<b onclick=x>code</b>` and **<i>bold</i>** and "quotes' too.
/// [a](javascript:window.hostile=3) [b](JaVaScRiPt:x) [c](data:text/html,x) [d](//evil.example/x) [e](vbscript:x) [f](  javascript:x)
/// ![picture](https://evil.example/x.png) [g](https://evil.example/" onmouseover="window.hostile=4) <https://evil.example/"onclick="x>
///
/// ```beamtalk
/// "</code></pre><script>window.hostile=5</script>" size   // => </script>
/// ```
///
/// ~~~ html" onclick="x
/// <script>window.hostile=6</script>
/// ~~~
///
/// # <script>heading</script>
///
/// | <b>a</b> | `b` |
/// |---|:-:|
/// | [x](HostileTwo) | <script>cell</script> |
///
/// 1. [one](HostileTwo.html#i..2b) and [this](#i.at:put:)
/// - [List](List>>size), `HostileTwo`, `HostileTwo class >> make`, `Nowhere>>at:`
Object subclass: HostileOne
  state: text = "</td><script>window.hostile=7</script>"

  // <script>window.hostile=8</script>

  /// &lt;script&gt; stays text.
  at: index: Integer put: value: HostileTwo -> HostileTwo => value

  /// Less <than> or equal.
  <= other => true
B
cat >hostile/src/deep/HostileTwo.bt <<'B'
HostileOne subclass: HostileTwo

  class make => nil
  at: i put: v => v
  + other => other
B
printf 'x := HostileTwo make\n' >hostile/src/main.bt
expect 0 "a project with hostile comments" "$bt" doc hostile -o harm && has out "2 classes documented in harm"
check "shows its version" grep -q '<p>hostile 1.2.3</p>' harm/index.html
check "has the library's pages too" test -f harm/classes/Object.html
check "files classes by folder" grep -q '<h2 id="category-own-deep">deep' harm/index.html
check "links the overridden method" grep -q 'Overrides <a href="../classes/HostileOne.html#i.at:put:">' harm/classes/HostileTwo.html
check "links what it inherits" grep -q 'href="../classes/HostileOne.html#i..3c.3d"' harm/classes/HostileTwo.html
check "no script of a comment" sh -c '! grep -rqiE "<script>|javascript:[^<]*\"|onerror=\"|<img" harm/classes/Hostile*.html'

# With a landing page and prose.
mkdir -p prose/src prose/docs/guide
printf '[package]\nname = "prose"\nversion = "1.0.0"\n' >prose/beamtalk.toml
printf '/// I am said.\nObject subclass: Said\n  one => 1\n' >prose/src/Said.bt
printf 'free\n' >prose/LICENSE
cat >prose/README.md <<'B'
# Prose & more

See [the guide](docs/guide/start.md#first-steps-here), [all](docs/all.md), [the class](Said), `Said>>one`, [the licence](LICENSE), [home](#prose--more).
B
cat >prose/docs/guide/start.md <<'B'
# Start

[back](../../README.md), [next](../all.md "title"), [here](#first-steps-here), <script>window.hostile=9</script>

## First steps, here

## First steps, here

[second](#first-steps-here-1), [grün](../all.md#gr%C3%BCn)

```beamtalk
Said new one
```
B
printf '# All <b>\n\n## Grün\n\n| a | b |\n|---|---|\n| `Said` | [x](guide/start.md) |\n' >prose/docs/all.md
cd prose
expect 0 "a site with prose" "$bt" doc . --site && has out "1 classes documented in docs/api"
check "begins with the README" grep -q '<h1 id="h.prose--more">Prose &amp; more</h1>' docs/api/index.html
check "links pages and places" grep -q '<a href="pages/guide/start.html#h.first-steps-here">the guide</a>, <a href="pages/all.html">all</a>' docs/api/index.html
check "links classes and methods" grep -q '<a href="classes/Said.html">the class</a>, <a href="classes/Said.html#i.one">' docs/api/index.html
check "does not link what is no page" grep -q ', the licence, ' docs/api/index.html
check "links back" grep -q '<a href="../../index.html">back</a>' docs/api/pages/guide/start.html
check "no script of prose" sh -c '! grep -rqiE "<script>" docs/api/pages'
check "lists its pages" grep -q '<li><a href="../../pages/all.html">All &lt;b&gt;</a></li>' docs/api/pages/guide/start.html
check "has the list of classes" grep -q 'id="tree"' docs/api/classes.html
expect 0 "a site again, now with itself below" "$bt" doc . --site && has out "(0 files written, 0 removed)"
expect 0 "a site without prose takes its pages away" "$bt" doc . && has out "removed)" && [ ! -e docs/api/pages/all.html ] || fail "pages of prose are gone"
printf '# Own landing\n' >docs/index.md
expect 0 "prose elsewhere" "$bt" doc . --site --docs-path=./docs -o ../told && grep -q 'Own landing</h1>' ../told/index.html || fail "a landing page of the directory"
rm docs/index.md
expect 0 "a site of a package elsewhere" sh -c "cd .. && '$bt' doc prose --site -o elsewhere"
grep -q '<h1 id="h.prose--more">' ../elsewhere/index.html || fail "the package has its own prose"
mkdir "$work/bare"
expect 0 "a site without any prose" "$bt" doc . --site --docs-path "$work/bare" -o ../plain && grep -q '<a href="classes.html">' ../plain/index.html || fail "a landing page without prose"
printf '\n[gone](gone.md) [place](guide/start.md#nowhere) [class](Nobody) `Said>>two` [up](../nothing)\n' >>docs/all.md
expect 1 "broken links of prose" "$bt" doc . --site -o ../never && has err 'docs/all.md:9: broken link `gone.md`: there is no such page or file'
has err 'docs/all.md:9: broken link `guide/start.md#nowhere`: the page has no such heading'
has err 'docs/all.md:9: broken link `Nobody`: there is no such class'
has err 'docs/all.md:9: broken link `Said>>two`: Said has no method two'
has err 'docs/all.md:9: broken link `../nothing`: there is no such page or file'
check "nothing was written for it" test ! -e ../never
printf 'x' >"docs/two words.md"
expect 1 "a page with a name that is none" "$bt" doc . --site -o ../never && has err "two words.md' needs a name of letters"
printf '\377' >docs/bytes.md && rm "docs/two words.md"
expect 1 "a page that is no text" "$bt" doc . --site -o ../never && has err "docs/bytes.md' is not valid UTF-8"
expect 1 "prose that is nowhere" "$bt" doc . --site --docs-path nowhere && has err "Directory 'nowhere' does not exist"
expect 2 "prose without a site" "$bt" doc . --docs-path docs
cd ..

# Faults: the place is told, nothing is written.
mkdir broken
cat >broken/Broken.bt <<'B'
/// I am fine.
///
/// See `List>>nothing` and `List>>size`.
Object subclass: Broken
  /// One.
  ///
  /// [gone](Gone), [page](gone.html), [place](#i.gone)
  one => 1
B
expect 1 "broken references" "$bt" doc broken -o target && has err 'broken/Broken.bt:3: broken link `List>>nothing`: List has no method nothing'
has err 'broken/Broken.bt:7: broken link `Gone`: there is no such class'
has err 'broken/Broken.bt:7: broken link `gone.html`: there is no such page'
has err 'broken/Broken.bt:7: broken link `#i.gone`: the page has no such place'
has err "Nothing was written: 4 broken link(s)"
check "nothing was written" test ! -e target
mkdir faulty
printf 'Object subclass: Faulty\n  one => (1 +\n' >faulty/Faulty.bt
expect 1 "a syntax error" "$bt" doc faulty -o target && has err "faulty/Faulty.bt:2:" && has err "error here"
expect 1 "a missing path" "$bt" doc nowhere && has err "Path 'nowhere' does not exist"
mkdir none
expect 1 "no sources" "$bt" doc none && has err "No .bt source files found in 'none'"
printf '1 + 1\n' >none/main.bt
expect 1 "no classes" "$bt" doc none && has err "No classes found in 'none'"
expect 1 "a file of another kind" "$bt" doc first && has err "'first' is not a .bt source file"
mkdir twice twice/a twice/b
printf 'Object subclass: Twice\n' | tee twice/a/Twice.bt >twice/b/Twice.bt
expect 1 "a class that is there twice" "$bt" doc twice -o target && has err "Class Twice is defined more than once: twice/a/Twice.bt, twice/b/Twice.bt"
expect 1 "an output that cannot be written" "$bt" doc hostile -o first/site && has err "Cannot write 'first/site"
expect 1 "a directory with other things" "$bt" doc hostile -o broken && has err "holds files that are no documentation"
check "which stay as they are" test "$(ls broken)" = Broken.bt
expect 2 "two paths" "$bt" doc hostile broken
expect 2 "an option that is none" "$bt" doc --nothing
expect 0 "help" "$bt" doc --help && has out "beamtalk doc [PATH] [-o DIR]"

# A class goes: its pages go, and nothing else.
rm hostile/src/deep/HostileTwo.bt
sed -i '/HostileTwo/d' hostile/src/main.bt
sed -i 's/HostileTwo class >> make/x/; s/(HostileTwo[^)]*)/(List)/' hostile/src/HostileOne.bt
echo mine >harm/notes.txt
expect 0 "without one class" "$bt" doc hostile -o harm && has out "2 removed"
check "its pages are gone" test ! -e harm/classes/HostileTwo.html -a ! -e harm/source/HostileTwo.html
check "other files stay" test "$(cat harm/notes.txt)" = mine
check "nothing half written is left" test -z "$(find harm -name '*.tmp' -o -name '*-new')"
rm harm/notes.txt

if command -v node >/dev/null 2>&1; then
    node "$here/site_check.js" library 50 || failed=1
    node "$here/site_check.js" harm 50 || failed=1
    node "$here/site_check.js" told 50 || failed=1
    chromium=${BEAMTALK_CHROMIUM:-chromium}
    if command -v "$chromium" >/dev/null 2>&1; then
        node "$here/site_browser.js" "$chromium" harm || failed=1
    else
        echo "skip the site in a browser: chromium is not installed; pages and search were checked with Node only"
    fi
else
    echo "skip pages and search of the site: node is not installed"
fi
exit $failed
