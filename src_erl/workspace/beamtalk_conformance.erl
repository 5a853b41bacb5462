%%% @doc Runs end-to-end cases: inputs of a live session with what each must answer.
%%%
%%% Files `*.bt' are end-to-end cases, files `*.btscript' expression scripts, which have a session and rules of their own
%%% (`beamtalk_expression_tests'). All cases share one session and one image: variables are cleared before each file, classes stay. Lines that begin with a colon are workspace
%%% commands. Paths in directives count from the working directory, or from a directory above the file when nothing is there.
-module(beamtalk_conformance).

-export([run/2, files/1]).

-define(CASE_MS, 60000).

-spec files(file:filename_all()) -> {ok, [file:filename()]} | {error, unicode:chardata()}.
files(Path) ->
    case {filelib:is_dir(Path), filelib:is_regular(Path)} of
        {true, _} -> {ok, [File || File <- scripts(Path), not is_fixture(File)]};
        {_, true} -> {ok, [Path]};
        _ -> {error, ["Path '", Path, "' does not exist"]}
    end.

scripts(Dir) ->
    [filename:join(Dir, Name) || Name <- lists:sort(filelib:wildcard("**/*.{bt,btscript}", Dir))].

is_fixture(File) -> lists:member("fixtures", filename:split(filename:dirname(File))).

%% @doc `Tell' gets each report as soon as it is there.
-spec run([file:filename()], fun((beamtalk_test_report:report()) -> term())) -> [beamtalk_test_report:report()].
run(Files, Tell) ->
    {ok, Session} = beamtalk_session:start(#{}),
    Reports = [run_file(File, Session, Tell) || File <- Files],
    ok = beamtalk_session:stop(Session),
    Reports.

run_file(File, Session, Tell) ->
    Report =
        case filename:extension(File) of
            ".btscript" -> beamtalk_expression_tests:run_file(File);
            _ -> run_cases(File, Session)
        end,
    _ = Tell(Report),
    Report.

run_cases(File, Session) ->
    Path = unicode:characters_to_binary(File),
    Report = beamtalk_test_report:new(unicode:characters_to_binary(filename:rootname(filename:basename(File))), Path),
    case beamtalk_script:read(File, fun beamtalk_compiler:is_complete/1) of
        {ok, Script} -> run_script(Script, File, Path, Session, Report);
        {error, Message} -> beamtalk_test_report:failed(#{place => Path, what => "", message => Message}, Report)
    end.

run_script(Script, File, Path, Session, Report) ->
    ok = beamtalk_session:clear(Session),
    lists:foldl(
        fun(Step, Acc) -> Step(Script, Acc) end,
        Report,
        [
            fun(#{loads := Loads}, Acc) -> lists:foldl(fun(L, A) -> load(L, File, Session, A) end, Acc, Loads) end,
            fun(#{load_errors := Loads}, Acc) -> lists:foldl(fun(L, A) -> load_error(L, File, A) end, Acc, Loads) end,
            fun(#{unexpected := Lines}, Acc) -> lists:foldl(fun(L, A) -> missing(L, Path, A) end, Acc, Lines) end,
            fun(#{cases := Cases}, Acc) -> lists:foldl(fun(C, A) -> run_case(C, File, Session, A) end, Acc, Cases) end
        ]
    ).

missing({Line, Source}, Path, Report) ->
    beamtalk_test_report:failed(
        #{place => place(Path, Line), what => Source, message => "No expectation (// => ...) on the next line"}, Report
    ).

place(Path, Line) -> [Path, $:, integer_to_list(Line)].

%%% Directives

load(Path, File, Session, Report) ->
    case beamtalk_repl_text:loaded(beamtalk_session:load(Session, found(Path, File))) of
        {ok, _} -> Report;
        {failed, Text} -> beamtalk_test_report:failed(#{place => File, what => ["@load ", Path], message => Text}, Report)
    end.

load_error({Line, invalid}, File, Report) ->
    beamtalk_test_report:failed(
        #{place => place(File, Line), what => "@load-error", message => "Expected: // @load-error PATH => TEXT"}, Report
    );
load_error({Line, Path, Part}, File, Report) ->
    Failed = #{place => place(File, Line), what => ["@load-error ", Path], expected => Part},
    case beamtalk_source_loader:file(found(Path, File)) of
        {ok, _} ->
            beamtalk_test_report:failed(Failed#{got => "loaded without error"}, Report);
        {error, Failure} ->
            Text = beamtalk_failure:text(Failure),
            case contains(Text, Part) of
                true -> beamtalk_test_report:passed(#{what => maps:get(what, Failed)}, Report);
                false -> beamtalk_test_report:failed(Failed#{got => Text}, Report)
            end
    end.

%% Relative paths: the working directory, then the directories above the case file.
found(Path, File) ->
    Name = binary_to_list(Path),
    case filelib:is_file(Name) of
        true -> Name;
        false -> above(Name, filename:dirname(filename:absname(File)))
    end.

above(Name, Dir) ->
    Candidate = filename:join(Dir, Name),
    case {filelib:is_file(Candidate), filename:dirname(Dir)} of
        {true, _} -> Candidate;
        {false, Dir} -> Name;
        {false, Parent} -> above(Name, Parent)
    end.

contains(_, <<>>) -> true;
contains(Text, Part) -> binary:match(Text, Part) =/= nomatch.

%%% Cases

run_case(#{line := Line, source := Source, expect := Expect}, File, Session, Report) ->
    {Result, Warnings} = answer(Source, File, Session),
    case judge(Expect, Result, Warnings) of
        ok -> beamtalk_test_report:passed(#{what => Source, line => Line}, Report);
        {failed, Details} -> beamtalk_test_report:failed(Details#{place => place(File, Line), what => Source}, Report)
    end.

answer(<<":", Command/binary>>, File, Session) ->
    [Name | Rest] = binary:split(Command, <<" ">>),
    case command(Name, string:trim(iolist_to_binary(Rest)), File, Session) of
        {{_, _}, _} = WithWarnings -> WithWarnings;
        Result -> {Result, []}
    end;
answer(Source, _, Session) ->
    #{result := Result, warnings := Warnings} = beamtalk_session:eval(Session, Source, #{timeout => ?CASE_MS}),
    case Result of
        {ok, Value} -> {{ok, beamtalk_repl_text:value(Value)}, Warnings};
        {error, Failure} -> {{error, beamtalk_failure:text(Failure)}, Warnings}
    end.

judge({error, _} = Expect, {told, Text}, Warnings) ->
    judge(Expect, {error, Text}, Warnings);
judge(Expect, {told, Text}, Warnings) ->
    judge(Expect, {ok, Text}, Warnings);
judge({error, Part}, {error, Text}, _) ->
    case contains(Text, Part) of
        true -> ok;
        false -> {failed, #{expected => ["ERROR: ", Part], got => ["ERROR: ", Text]}}
    end;
judge({error, Part}, {ok, Text}, _) ->
    {failed, #{expected => ["ERROR: ", Part], got => Text}};
judge({_, Expected}, {error, Text}, _) ->
    {failed, #{expected => Expected, got => ["ERROR: ", Text]}};
judge({warning, Part}, {ok, Text}, Warnings) ->
    case lists:any(fun(Warning) -> contains(Warning, Part) end, Warnings) of
        true -> ok;
        false -> {failed, #{expected => ["WARNING: ", Part], got => [Text, " with warnings: ", lists:join("; ", Warnings)]}}
    end;
judge({value, Expected}, {ok, Text}, _) ->
    case beamtalk_expectation:matches(Expected, Text) of
        true -> ok;
        false -> {failed, #{expected => Expected, got => Text}}
    end.

%%% Commands

command(Help, Topic, _, _) when Help =:= <<"help">>; Help =:= <<"h">> ->
    beamtalk_help_topic:text(Topic);
command(<<"clear">>, _, _, Session) ->
    ok = beamtalk_session:clear(Session),
    {ok, <<"ok">>};
command(<<"bindings">>, _, _, Session) ->
    case beamtalk_session:bindings(Session) of
        [] -> {ok, <<"No bindings">>};
        Bindings -> {ok, lines([[Name, " = ", beamtalk_display:text(Value)] || {Name, Value} <- Bindings])}
    end;
command(Load, <<>>, _, _) when Load =:= <<"load">>; Load =:= <<"l">> ->
    {error, <<"Usage: :load <path>">>};
command(Load, Quoted, File, Session) when Load =:= <<"load">>; Load =:= <<"l">> ->
    Path = string:trim(Quoted, both, "\""),
    said(<<"Loaded">>, beamtalk_session:load(Session, found(Path, File), Path));
command(Reload, <<>>, _, Session) when Reload =:= <<"reload">>; Reload =:= <<"r">> ->
    case beamtalk_session:reload(Session) of
        none -> {error, <<"No file or directory has been loaded yet">>};
        {dir, Path, Summary} -> said(<<"Reloaded">>, {dir, string:trim(Path, trailing, "/"), Summary});
        Outcome -> said(<<"Reloaded">>, Outcome)
    end;
command(Reload, Module, _, _) when Reload =:= <<"reload">>; Reload =:= <<"r">> ->
    case beamtalk_workspace:reload_module(Module) of
        {ok, Loaded} -> {ok, <<"Reloaded: ", (beamtalk_repl_text:loaded_names([{Module, Loaded}]))/binary>>};
        {error, Failure} -> {error, beamtalk_failure:text(Failure)}
    end;
command(<<"actors">>, _, _, _) ->
    case beamtalk_workspace:actors() of
        [] -> {ok, <<"No actors">>};
        Actors -> {ok, lines([[atom_to_binary(C), " (", pid_to_list(P), ")"] || {beamtalk_object, C, _, P} <- Actors])}
    end;
command(<<"modules">>, _, _, _) ->
    case beamtalk_workspace:modules() of
        [] -> {ok, <<"No modules">>};
        Modules -> {ok, lines([[atom_to_binary(M), " (", integer_to_list(N), " actors)"] || #{module := M, actors := N} <- Modules])}
    end;
command(<<"inspect">>, Actor, _, _) ->
    beamtalk_workspace:inspect(Actor);
command(<<"kill">>, Actor, _, _) ->
    case beamtalk_workspace:kill(Actor) of
        ok -> {ok, <<"ok">>};
        {error, Text} -> {error, Text}
    end;
command(<<"unload">>, _, _, _) ->
    {error, <<"':unload' has been removed. Use `removeFromSystem` instead.">>};
command(Name, _, _, _) ->
    {error, <<"Unknown command: :", Name/binary>>}.

said(Word, {file, _, _} = Outcome) ->
    said(<<Word/binary, ": ">>, beamtalk_repl_text:loaded(Outcome), Outcome);
said(Word, Outcome) ->
    said(<<Word/binary, " ">>, beamtalk_repl_text:loaded(Outcome), Outcome).

said(Start, {ok, Text}, {_, _, Summary}) ->
    {{ok, <<Start/binary, Text/binary>>}, warnings(Summary)};
%% An answer that is told as it is, and an error for those who expect one.
said(_, {failed, Text}, {dir, _, _}) ->
    {{told, Text}, []};
said(_, {failed, Text}, _) ->
    {error, Text}.

warnings(#{loaded := Loaded, warnings := Warnings}) ->
    Warnings ++ lists:append([Own || {_, #{warnings := Own}} <- Loaded]).

lines(Lines) -> unicode:characters_to_binary(lists:join($\n, lists:sort(Lines))).
