%%% @doc `beamtalk build': compiles a package, a directory or a file to code on disk, as far as something changed.
-module(beamtalk_cli_build).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).
%% For commands that build on their way
-export([warn/1]).

-define(FLAGS, #{
    <<"--allow-primitives">> => flag,
    <<"--stdlib-mode">> => flag,
    <<"--no-warnings">> => flag,
    <<"--emit-core">> => flag,
    <<"--force">> => flag,
    <<"--format">> => value
}).

-spec usage() -> {string(), string()}.
usage() ->
    {"[PATH] [--force]",
        "compile a package, a directory or a file; what is up to date is kept\n\n"
        "  --force              compile everything\n"
        "  --no-warnings        show errors only\n"
        "  --format json        one diagnostic per line, as JSON\n"
        "  --emit-core          leave the Core Erlang beside the code\n"
        "  --allow-primitives   accept @primitive in methods\n"
        "  --stdlib-mode        compile as part of the library"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    {Flags, Rest} = beamtalk_cli:options(Arguments, ?FLAGS),
    case {Rest, maps:get(<<"--format">>, Flags, <<"text">>)} of
        {_, Format} when Format =/= <<"text">>, Format =/= <<"json">> ->
            beamtalk_cli:usage_error(["beamtalk: unknown format '", Format, "' (text or json)"]);
        {[], Format} ->
            build(".", Format, Flags);
        {[Path], Format} ->
            build(unicode:characters_to_list(Path), Format, Flags);
        _ ->
            beamtalk_cli:usage_error("beamtalk: build takes one path")
    end.

build(Path, Format, Flags) ->
    Progress = beamtalk_progress:new(),
    Result = beamtalk_package_build:build(Path, options(Progress, Flags)),
    ok = beamtalk_progress:stop(Progress),
    case Result of
        {ok, #{parts := Parts, collisions := Collisions} = Built} ->
            _ = [report(One, Format, Flags) || #{result := One} <- Parts],
            _ = [beamtalk_cli:problem("~ts", [Text]) || Text <- Collisions],
            finished(Parts, beamtalk_package_build:is_whole(Built), Format);
        {error, Text} ->
            beamtalk_cli:problem("~ts", [Text]),
            1
    end.

options(Progress, Flags) ->
    Compile = [{Key, true} || {Flag, Key} <- [{<<"--allow-primitives">>, allow_primitives}, {<<"--stdlib-mode">>, stdlib_mode}], is_map_key(Flag, Flags)],
    #{
        compile => maps:from_list(Compile),
        build => #{
            force => is_map_key(<<"--force">>, Flags),
            emit_core => is_map_key(<<"--emit-core">>, Flags),
            start => fun(Total) ->
                ok = beamtalk_cli:boot(compiler),
                beamtalk_progress:start(Progress, Total)
            end,
            step => fun() -> beamtalk_progress:step(Progress) end
        }
    }.

%% @doc The warnings of a part, as lines on standard error.
-spec warn(beamtalk_project_build:result()) -> ok.
warn(Result) ->
    report(Result#{failed := [], unreadable := []}, <<"text">>, #{}).

report(#{failed := Failed, warnings := Warnings, duplicates := Duplicates, unreadable := Unreadable}, Format, Flags) ->
    Quiet = is_map_key(<<"--no-warnings">>, Flags),
    _ = [warn(Class, Modules) || {Class, Modules} <- Duplicates, not Quiet, Format =:= <<"text">>],
    _ = [
        beamtalk_cli_check:show(Format, {unicode:characters_to_binary(File), Source, D})
     || {File, Source, Found} <- lists:keysort(1, Warnings ++ Failed),
        #{severity := Severity} = D <- Found,
        Severity =:= <<"error">> orelse not Quiet
    ],
    _ = [beamtalk_cli:problem("Failed to read '~ts': ~ts", [File, file:format_error(Reason)]) || {File, Reason} <- Unreadable],
    ok.

warn(Class, Modules) ->
    Last = lists:last(Modules),
    beamtalk_cli:problem(
        "Warning: class '~ts' is defined in both '~ts' and '~ts'; using '~ts' for cross-file dispatch", [Class, hd(Modules), Last, Last]
    ).

finished(Parts, true, Format) ->
    _ = Format =:= <<"text">> andalso beamtalk_cli:out(summary([Result || #{result := Result} <- Parts])),
    0;
finished(Parts, false, <<"text">>) ->
    #{project := #{title := Title}} = lists:last(Parts),
    beamtalk_cli:problem("Failed to compile '~ts'", [Title]),
    1;
finished(_, false, _) ->
    1.

summary(Results) ->
    Compiled = lists:sum([length(Compiled) || #{compiled := Compiled} <- Results]),
    Total = Compiled + lists:sum([Kept || #{kept := Kept} <- Results]),
    Packages = [io_lib:format(" in ~b packages", [length(Results)]) || length(Results) > 1],
    Gone =
        case lists:sum([length(Removed) || #{removed := Removed} <- Results]) of
            0 -> "";
            N -> io_lib:format(", removed ~b without source", [N])
        end,
    case Compiled of
        0 -> io_lib:format("Nothing to compile: ~b file(s)~ts up to date~ts~n", [Total, Packages, Gone]);
        _ -> io_lib:format("Compiled ~b of ~b file(s)~ts~ts~n", [Compiled, Total, Packages, Gone])
    end.
