%%% @doc `beamtalk run': runs a program in a directory or a file.
-module(beamtalk_cli_run).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).

-spec usage() -> {string(), string()}.
usage() ->
    {"[--engine ENGINE] [PATH] [ARG ...]",
        "run a program: a directory with a main.bt, or a file\n\n"
        "  --engine ENGINE      who runs the expressions of a main file: beam, evaluator or auto (auto)"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run([]) ->
    run([<<".">>]);
run([<<"--">>, Path | Arguments]) ->
    program_of(Path, Arguments);
run([<<"--engine=", Name/binary>> | Rest]) ->
    ok = beamtalk_cli:engine(Name),
    run(Rest);
run([<<"--engine">>, Name | Rest]) ->
    ok = beamtalk_cli:engine(Name),
    run(Rest);
run([<<"--engine">>]) ->
    beamtalk_cli:usage_error("beamtalk: --engine needs a value");
run([<<"-", _, _/binary>> = Flag | _]) ->
    beamtalk_cli:usage_error(["beamtalk: unknown option ", Flag]);
run([Path | Arguments]) ->
    program_of(Path, Arguments).

program_of(Path, Arguments) ->
    ok = beamtalk_cli:boot(workspace),
    Printer = beamtalk_transcript_printer:start(),
    Result = program(unicode:characters_to_list(Path), Arguments),
    ok = beamtalk_transcript_printer:flush(Printer),
    finished(Result).

program(Path, Arguments) ->
    case filelib:is_regular(filename:join(Path, "beamtalk.toml")) of
        true -> beamtalk_package:run(Path, #{report => fun beamtalk_cli_build:warn/1});
        false -> beamtalk_program:run(Path, Arguments)
    end.

finished(ok) ->
    0;
finished({error, Problems}) ->
    _ = [problem(P) || P <- Problems],
    1.

problem({File, {compile, Found}}) when not is_atom(File) ->
    Path = unicode:characters_to_binary(File),
    Source =
        case file:read_file(File) of
            {ok, Text} -> Text;
            {error, _} -> <<>>
        end,
    Errors = [D || #{severity := <<"error">>} = D <- Found],
    _ = [io:put_chars(standard_error, [beamtalk_excerpt:render(D, Path, Source), $\n]) || D <- Errors],
    beamtalk_cli:problem("Failed to compile '~ts'", [Path]);
problem({File, Failure}) when not is_atom(File) ->
    beamtalk_cli:problem("~ts: ~ts", [File, beamtalk_failure:text(Failure)]);
problem(Failure) ->
    beamtalk_cli:problem("~ts", [beamtalk_failure:text(Failure)]),
    _ = [beamtalk_cli:problem("  at ~ts", [Frame]) || Frame <- beamtalk_failure:frames(Failure)],
    ok.
