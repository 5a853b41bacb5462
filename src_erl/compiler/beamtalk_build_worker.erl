%%% @doc Batch compilation of Core Erlang files for the command line.
%%%
%%% Started as `erl -noshell -mode minimal -boot no_dot_erlang -pa EBIN -s beamtalk_build_worker main'. Reads one Erlang term per line
%%% from standard input, `{OutDir, [CoreFile, ...]}.', compiles the files with one process per scheduler, writes the `.beam' files and
%%% answers on standard output. Ends at the end of input.
-module(beamtalk_build_worker).

-export([main/0, batch/2]).

-define(OPTIONS, #{optimise => true, debug_info => true}).

-spec main() -> no_return().
main() ->
    _ = io:setopts([binary, {encoding, utf8}]),
    loop(),
    halt(0).

loop() ->
    case io:get_line("") of
        Line when is_binary(Line) ->
            line(unicode:characters_to_list(Line)),
            loop();
        _EndOrError ->
            ok
    end.

line(Line) ->
    case string:trim(Line) of
        "" -> ok;
        Text -> answer(request(Text))
    end.

request(Text) ->
    Dotted =
        case lists:last(Text) of
            $. -> Text;
            _ -> Text ++ "."
        end,
    try
        {ok, Tokens, _} = erl_scan:string(Dotted),
        {ok, {OutDir, Files}} = erl_parse:parse_term(Tokens),
        batch(OutDir, Files)
    catch
        _:_ -> [{error, "input", "not a term of the form {OutDir, [CoreFile]}"}]
    end.

answer(Results) ->
    [io:format("beamtalk-compile-module:~ts~n", [Module]) || {ok, Module} <- Results],
    Failed = [io:format(standard_error, "~ts: ~ts~n", [File, Why]) || {error, File, Why} <- Results],
    Verdict =
        case Failed of
            [] -> "ok";
            _ -> "error"
        end,
    io:format("beamtalk-compile-result-~s~n", [Verdict]).

%% @doc Compiles every file, whatever becomes of the others. Results in the order of the files.
-spec batch(file:filename(), [file:filename()]) -> [{ok, module()} | {error, file:filename(), iodata()}].
batch(OutDir, Files) ->
    beamtalk_parallel:map(fun(File) -> file(OutDir, File) end, Files).

file(OutDir, File) ->
    case file:read_file(File) of
        {ok, Core} ->
            case beamtalk_core_compiler:compile(Core, ?OPTIONS) of
                {ok, Module, Beam} -> write(OutDir, File, Module, Beam);
                {error, Reason} -> {error, File, beamtalk_core_compiler:format_error(Reason)}
            end;
        {error, Reason} ->
            {error, File, file:format_error(Reason)}
    end.

write(OutDir, File, Module, Beam) ->
    Target = filename:join(OutDir, atom_to_list(Module) ++ ".beam"),
    case beamtalk_parallel:write_file(Target, Beam) of
        ok -> {ok, Module};
        {error, Reason} -> {error, File, file:format_error(Reason)}
    end.
