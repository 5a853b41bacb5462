%%% @doc `beamtalk fmt': lays source files out anew, in place.
-module(beamtalk_cli_fmt).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).
%% For `fmt-check'
-export([outcomes/3, problem/1]).

-spec usage() -> {string(), string()}.
usage() ->
    {"[PATH ...]", "format source files in place"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    outcomes(write, Arguments, fun finished/1).

%% @doc Formats what the arguments name and hands over what became of the files.
-spec outcomes(write | compare, [binary()], fun(([{file:filename(), beamtalk_format_files:outcome()}]) -> beamtalk_cli:exit_code())) ->
    beamtalk_cli:exit_code().
outcomes(Mode, Arguments, Then) ->
    Paths =
        case beamtalk_cli:options(Arguments, #{}) of
            {_, []} -> [<<".">>];
            {_, Given} -> Given
        end,
    case beamtalk_format_files:sources(Paths) of
        {ok, Files} ->
            ok = beamtalk_cli:boot(compiler),
            Then(beamtalk_format_files:each(Mode, Files));
        {error, Text} ->
            beamtalk_cli:problem("~ts", [Text]),
            1
    end.

finished(Outcomes) ->
    Changed = [File || {File, {changed, _, _}} <- Outcomes],
    _ = [beamtalk_cli:out("formatted ~ts~n", [File]) || File <- Changed],
    Problems = lists:sum([problem(Outcome) || Outcome <- Outcomes]),
    _ = Changed =:= [] andalso Problems =:= 0 andalso beamtalk_cli:out("~b file(s), nothing to format~n", [length(Outcomes)]),
    min(1, Problems).

%% @doc Reports a file that could not be formatted; answers how many problems that are.
-spec problem({file:filename(), beamtalk_format_files:outcome()}) -> 0 | 1.
problem({File, {refused, Source, Found}}) ->
    Path = unicode:characters_to_binary(File),
    Errors = [D || #{severity := <<"error">>} = D <- Found],
    _ = [io:put_chars(standard_error, [beamtalk_excerpt:render(D, Path, Source), $\n]) || D <- Errors],
    beamtalk_cli:problem("Failed to format '~ts': the file is as it was", [File]),
    1;
problem({File, {error, Reason}}) ->
    beamtalk_cli:problem("Failed to format '~ts': ~ts", [File, file:format_error(Reason)]),
    1;
problem(_) ->
    0.
