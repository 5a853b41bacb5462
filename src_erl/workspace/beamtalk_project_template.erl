%%% @doc The files of a new package. Pure.
-module(beamtalk_project_template).

-export([files/2]).

-export_type([kind/0]).

%% One class that says hello, or an application: a class that starts actors, an actor, its tests.
-type kind() :: plain | app.

%% @doc Paths below the package with their content.
-spec files(binary(), kind()) -> [{file:filename(), directory | binary()}].
files(Name, Kind) ->
    [{"beamtalk.toml", text(manifest(Name, Kind))}] ++
        sources(Name, Kind) ++
        [
            {"README.md", text(readme(Name))},
            {".gitignore", text(ignored())},
            {"AGENTS.md", text(guide(Name, Kind))},
            {".github/copilot-instructions.md", text(guide(Name, Kind))},
            {".mcp.json", text(mcp())}
        ].

sources(Name, plain) ->
    [{"src/main.bt", text(main(Name))}, {"test", directory}];
sources(Name, app) ->
    [{"src/app.bt", text(app(Name))}, {"src/greeter.bt", text(greeter())}, {"test/greeter_test.bt", text(greeter_test())}].

text(Lines) ->
    unicode:characters_to_binary([[Line, $\n] || Line <- Lines]).

manifest(Name, Kind) ->
    {Start, Entry} =
        case Kind of
            plain -> {"main", "Main run"};
            app -> {"app", "App start"}
        end,
    [
        "[package]",
        ["name = \"", Name, "\""],
        "version = \"0.1.0\"",
        ["start = \"", Start, "\""],
        "",
        "[run]",
        ["entry = \"", Entry, "\""],
        "",
        "[dependencies]"
    ].

main(Name) ->
    [
        "/// I am where the program begins.",
        "Object subclass: Main",
        "",
        "  /// Runs the program; `beamtalk run` sends this.",
        "  class start => self run",
        "",
        "  /// Runs the program.",
        "  class run => self new run",
        "",
        "  /// Says hello.",
        ["  run => Transcript show: \"Hello from ", Name, "!\"; cr"]
    ].

app(Name) ->
    [
        "/// I am where the program begins: I start its actors.",
        "Object subclass: App",
        "",
        "  /// Runs the program; `beamtalk run` sends this. Answers the greeter.",
        "  class start =>",
        "    greeter := Greeter spawn",
        ["    Transcript show: (greeter greet: \"", Name, "\") await; cr"],
        "    greeter"
    ].

greeter() ->
    [
        "/// I greet, and count how often.",
        "///",
        "/// ```beamtalk",
        "/// greeter := Greeter spawn",
        "/// greeter greet: \"you\"   // => Hello from you!",
        "/// greeter count           // => 1",
        "/// ```",
        "Actor subclass: Greeter",
        "  state: count = 0",
        "",
        "  /// Answers the greeting.",
        "  greet: name =>",
        "    self.count := self.count + 1",
        "    \"Hello from {name}!\"",
        "",
        "  /// Answers how often I greeted.",
        "  count => self.count"
    ].

greeter_test() ->
    [
        "TestCase subclass: GreeterTest",
        "",
        "  testGreeting => self assert: (Greeter spawn greet: \"home\") await equals: \"Hello from home!\"",
        "",
        "  testEachCountsForItself =>",
        "    greeter := Greeter spawn",
        "    greeter greet: \"here\"",
        "    greeter greet: \"there\"",
        "    self assert: greeter count await equals: 2",
        "    self assert: Greeter spawn count await equals: 0"
    ].

readme(Name) ->
    [
        ["# ", Name],
        "",
        "| command | does |",
        "|---|---|",
        "| `beamtalk build` | compiles what has changed into `_build/` |",
        "| `beamtalk run` | runs the program |",
        "| `beamtalk test` | runs the test classes in `test/` |",
        "| `beamtalk repl` | starts the prompt with the package loaded |",
        "| `beamtalk fmt` | formats the sources |",
        "",
        "Sources are in `src/`, one class per file; tests are subclasses of `TestCase` in `test/`, in files that end in `_test.bt`."
    ].

ignored() ->
    ["/_build/", "*.beam", "*.core", "erl_crash.dump", "", "# editors", ".idea/", ".vscode/", "*.swp", "*~", ".DS_Store"].

guide(Name, Kind) ->
    [
        ["# Working on ", Name],
        "",
        "A Beamtalk package: a Smalltalk-like language on the Erlang virtual machine.",
        "",
        ["* `src/`: one class per file, the file named after the class; ", beginning(Kind), ", where the program begins."],
        "* `test/`: subclasses of `TestCase`, in files that end in `_test.bt`; methods that begin with `test` are run.",
        "* `beamtalk build`, `beamtalk test` and `beamtalk fmt-check` must end without errors before a change is done.",
        "* `beamtalk check` reports what is wrong without building.",
        "* Strings are in double quotes, `{expression}` inside them is interpolated; symbols are `#name`; lists `#(1, 2)`, dictionaries `#{key => 1}`.",
        "* Statements are separated by line breaks; `self.field := value` sets a field; the last statement is the answer of a method."
    ].

beginning(plain) -> "`src/main.bt` holds `Main`";
beginning(app) -> "`src/app.bt` holds `App`".

mcp() ->
    [
        "{",
        "  \"mcpServers\": {",
        "    \"beamtalk\": {",
        "      \"command\": \"beamtalk-mcp\",",
        "      \"args\": [\"--start\"]",
        "    }",
        "  }",
        "}"
    ].
