%%% @doc `beamtalk check': every diagnostic of every file, without writing or loading anything.
-module(beamtalk_cli_check).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).
%% For `build'
-export([show/2]).

-spec usage() -> {string(), string()}.
usage() ->
    {"[PATH] [--format json]",
        "report what is wrong with a file or a directory; writes nothing\n\n"
        "  --no-warnings        show errors only\n"
        "  --format json        one diagnostic per line, as JSON"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    {Flags, Rest} = beamtalk_cli:options(Arguments, #{<<"--format">> => value, <<"--no-warnings">> => flag}),
    case {Rest, maps:get(<<"--format">>, Flags, <<"text">>)} of
        {[], Format} -> check(<<".">>, Format, Flags);
        {[Path], Format} -> check(Path, Format, Flags);
        _ -> beamtalk_cli:usage_error("beamtalk: check takes one path")
    end.

check(Path, Format, Flags) when Format =:= <<"text">>; Format =:= <<"json">> ->
    case sources(Path) of
        {ok, Files, Packages} ->
            ok = beamtalk_cli:boot(compiler),
            report(Path, Files, Packages, Format, Flags);
        {error, Text} ->
            beamtalk_cli:problem("~ts", [Text]),
            1
    end;
check(_, Format, _) ->
    beamtalk_cli:usage_error(["beamtalk: unknown format '", Format, "' (text or json)"]).

sources(Path) ->
    case {filelib:is_dir(Path), filelib:is_regular(Path), filename:extension(Path)} of
        {true, _, _} -> below(unicode:characters_to_list(Path));
        {_, true, <<".bt">>} -> {ok, [unicode:characters_to_list(Path)], []};
        {_, true, <<".btscript">>} -> {ok, [unicode:characters_to_list(Path)], []};
        {_, true, _} -> {error, ["File '", Path, "' is not a .bt source file"]};
        _ -> {error, ["Path '", Path, "' does not exist"]}
    end.

%% In a package the manifest and the names of the modules are looked at too, and the tests are checked with the sources.
below(Dir) ->
    Files = [beamtalk_project_path:shown(File) || File <- beamtalk_source_loader:sources_below(Dir)],
    case {Files, beamtalk_manifest:read(Dir)} of
        {[], _} -> {error, ["No .bt source files found in '", Dir, "'"]};
        {_, {error, none}} -> {ok, Files, []};
        {_, {error, Text}} -> {error, Text};
        {_, {ok, #{name := Name} = Manifest}} -> package(beamtalk_project:resolve(Dir), beamtalk_dependencies:resolve(Dir, Manifest), Name, Files)
    end.

package({ok, _}, {ok, Packages}, Name, Files) -> {ok, Files, [{Name, Packages}]};
package({error, Text}, _, _, _) -> {error, Text};
package(_, {error, Text}, _, _) -> {error, Text}.

%% Two passes: the first finds the classes, so that files know each other; each is told of those it mentions.
report(Path, Files, Packages, Format, Flags) ->
    Progress = beamtalk_progress:new(),
    ok = beamtalk_progress:start(Progress, length(Files)),
    Results = beamtalk_parallel:map(fun(File) -> {File, beamtalk_source_loader:read(File, #{})} end, Files),
    {Needed, Collisions} = needed(Packages, Results),
    Known = beamtalk_class_uses:graph(Needed ++ lists:append([Classes || {_, {ok, #{classes := Classes}}} <- Results])),
    %% A process gets a copy of all that its work mentions: not all classes, and not with their sources.
    Asked = [{File, Read, told(Read, Known)} || {File, Read} <- Results],
    Check = fun({File, Read, Told}) ->
        Checked = diagnostics(File, Read, Told),
        ok = beamtalk_progress:step(Progress),
        Checked
    end,
    Found = beamtalk_parallel:map(Check, Asked),
    ok = beamtalk_progress:stop(Progress),
    Quiet = is_map_key(<<"--no-warnings">>, Flags),
    Shown = [{F, S, D} || {F, S, Ds} <- Found, #{severity := Severity} = D <- Ds, Severity =:= <<"error">> orelse not Quiet],
    _ = [beamtalk_cli:problem("Warning: ~ts", [Text]) || Text <- twice(Results), not Quiet, Format =:= <<"text">>],
    _ = [show(Format, One) || One <- Shown],
    _ = [beamtalk_cli:problem("~ts", [Text]) || Text <- Collisions],
    case Collisions ++ [D || {_, _, #{severity := <<"error">>} = D} <- Shown] of
        [] ->
            0;
        _ ->
            _ = Format =:= <<"text">> andalso beamtalk_cli:problem("Failed to compile '~ts'", [Path]),
            1
    end.

twice(Results) ->
    beamtalk_source_loader:duplicates([Unit || {_, {ok, Unit}} <- Results]).

%% Classes of the packages this one needs.
needed([], _) ->
    {[], []};
needed([{Name, Packages}], Results) ->
    {Interfaces, Entries} = beamtalk_dependencies:classes(Packages),
    Own = [{Class, Name, File} || {File, {ok, #{classes := Classes}}} <- Results, #{name := Class} <- Classes],
    {Interfaces, beamtalk_dependencies:collisions(Entries ++ Own)}.

told({ok, #{source := Source}}, Known) -> beamtalk_class_uses:told(Source, Known);
told({error, _}, _) -> [].

diagnostics(_File, {ok, #{path := Path, source := Source, classes := Classes, options := Options}}, Told) ->
    Mode =
        case Classes of
            [] -> expression;
            _ -> file
        end,
    Asked = (maps:with([stdlib_mode], Options))#{mode => Mode, known_classes => Told, known_vars => [<<"args">>]},
    {ok, Found} = beamtalk_compiler:diagnostics(Source, Asked),
    {Path, Source, Found};
diagnostics(File, {error, Failure}, _) ->
    {unicode:characters_to_binary(File), <<>>, beamtalk_failure:diagnostics(Failure)}.

%% @doc One diagnostic of a file, as JSON on standard output or with its lines on standard error.
-spec show(binary(), {binary(), binary(), beamtalk_compiler_backend:diagnostic()}) -> ok.
show(<<"json">>, {Path, _, Diagnostic}) -> beamtalk_cli:out(beamtalk_excerpt:json(Diagnostic, Path));
show(_, {Path, Source, Diagnostic}) -> io:put_chars(standard_error, [beamtalk_excerpt:render(Diagnostic, Path, Source), $\n]).
