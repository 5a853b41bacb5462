%%% @doc The files of a new package. Pure.
-module(beamtalk_project_template).

-export([files/1]).

%% @doc Paths below the package with their content.
-spec files(binary()) -> [{file:filename(), directory | binary()}].
files(Name) ->
    [
        {"beamtalk.toml", text(manifest(Name))},
        {"src/main.bt", text(main(Name))},
        {"test", directory},
        {"README.md", text(readme(Name))},
        {".gitignore", text(ignored())},
        {"AGENTS.md", text(guide(Name))},
        {".github/copilot-instructions.md", text(guide(Name))},
        {".mcp.json", text(mcp())}
    ].

text(Lines) ->
    unicode:characters_to_binary([[Line, $\n] || Line <- Lines]).

manifest(Name) ->
    [
        "[package]",
        ["name = \"", Name, "\""],
        "version = \"0.1.0\"",
        "start = \"main\"",
        "",
        "[run]",
        "entry = \"Main run\"",
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

guide(Name) ->
    [
        ["# Working on ", Name],
        "",
        "A Beamtalk package: a Smalltalk-like language on the Erlang virtual machine.",
        "",
        "* `src/`: one class per file, the file named after the class; `src/main.bt` holds `Main`, where the program begins.",
        "* `test/`: subclasses of `TestCase`, in files that end in `_test.bt`; methods that begin with `test` are run.",
        "* `beamtalk build`, `beamtalk test` and `beamtalk fmt-check` must end without errors before a change is done.",
        "* `beamtalk check` reports what is wrong without building.",
        "* Strings are in double quotes, `{expression}` inside them is interpolated; symbols are `#name`; lists `#(1, 2)`, dictionaries `#{key => 1}`.",
        "* Statements are separated by line breaks; `self.field := value` sets a field; the last statement is the answer of a method."
    ].

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
