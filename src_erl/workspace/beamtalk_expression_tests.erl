%%% @doc Runs expression scripts: one expression a line, its expectation in the comment below.
%%%
%%% Also the judge of documentation tests, which share the rules. Every file has a session of its own; classes named by `@load' are
%%% loaded before the first expression.
-module(beamtalk_expression_tests).

-export([run_file/1, run_file/2, judge/2, check/4, session_options/0, session/0]).

-define(FILE_MS, 60000).

%% @doc How expressions of tests are compiled.
-spec session_options() -> map().
session_options() ->
    #{skip_checks => true, workspace_mode => false, core_options => beamtalk_unit_tests:code_options()}.

%% @doc A session that keeps the output of its inputs within bounds.
-spec session() -> {ok, pid()} | {error, term()}.
session() ->
    beamtalk_session:start(#{capture => beamtalk_isolated_test:capture_options()}).

-spec run_file(file:filename_all()) -> beamtalk_test_report:report().
run_file(File) ->
    run_file(File, ?FILE_MS).

%% @doc All expressions together may take so many milliseconds.
-spec run_file(file:filename_all(), pos_integer()) -> beamtalk_test_report:report().
run_file(File, Limit) ->
    Name = unicode:characters_to_binary(filename:rootname(filename:basename(File))),
    Path = unicode:characters_to_binary(File),
    Report = beamtalk_test_report:new(Name, Path),
    case beamtalk_script:read(File) of
        {ok, #{loads := Loads} = Script} -> run_script(Script, Path, load(Loads, Path, Report), Limit);
        {error, Message} -> beamtalk_test_report:failed(#{place => Path, what => "", message => Message}, Report)
    end.

load(Files, Path, Report) ->
    Code = beamtalk_unit_tests:code_options(),
    #{failed := Failed} = beamtalk_source_loader:files([unicode:characters_to_list(F) || F <- Files], #{core_options => Code}),
    lists:foldl(
        fun({File, Failure}, Acc) ->
            beamtalk_test_report:failed(
                #{place => Path, what => ["@load ", File], message => beamtalk_failure:located_text(Failure)}, Acc
            )
        end,
        Report,
        Failed
    ).

run_script(#{cases := Cases, unexpected := Unexpected}, Path, Report0, Limit) ->
    Start = erlang:monotonic_time(microsecond),
    Report = lists:foldl(fun(Line, Acc) -> missing(Line, Path, Acc) end, Report0, Unexpected),
    {ok, Session} = session(),
    Deadline = erlang:monotonic_time(millisecond) + Limit,
    Done = lists:foldl(fun(Case, Acc) -> run_case(Case, Session, Deadline, Path, Acc) end, Report, Cases),
    ok = beamtalk_session:stop(Session),
    beamtalk_test_report:took(erlang:monotonic_time(microsecond) - Start, Done).

missing({Line, Source}, Path, Report) ->
    Text = "Expression will not be executed (missing // => assertion)",
    beamtalk_test_report:failed(#{place => place(Path, Line), line => Line, what => Source, message => Text}, Report).

place(Path, Line) ->
    [filename:basename(Path), $:, integer_to_list(Line)].

run_case(#{line := Line, source := Source, expect := Expect}, Session, Deadline, Path, Report) ->
    Left = max(1, Deadline - erlang:monotonic_time(millisecond)),
    Start = erlang:monotonic_time(microsecond),
    #{output := Output} = Reply = beamtalk_session:eval(Session, Source, (session_options())#{timeout => Left}),
    Test = #{what => Source, line => Line, output => Output, time => erlang:monotonic_time(microsecond) - Start},
    case judge(Expect, Reply) of
        ok -> beamtalk_test_report:passed(Test, Report);
        {failed, Details} -> beamtalk_test_report:failed(maps:merge(Test#{place => place(Path, Line)}, Details), Report)
    end.

%% @doc Does the reply fulfil the expectation? An error is compared by its kind.
-spec judge(beamtalk_expectation:expectation(), beamtalk_session:reply()) -> ok | {failed, map()}.
judge(Expect, #{result := Result}) ->
    check(Expect, Result, fun kind_is/2, fun shown/1).

kind_is(<<>>, _) -> false;
kind_is(<<"_">>, _) -> true;
kind_is(Kind, Failure) -> lists:member(Kind, [atom_to_binary(K) || K <- beamtalk_failure:kinds(Failure)]).

%% Forms of a value an expectation may have.
shown({value, Value}) ->
    [beamtalk_display:result(Value), beamtalk_printer:print_string(Value) | erlang_form(Value)];
shown(Defined) ->
    [beamtalk_repl_text:value(Defined)].

erlang_form(Value) when is_tuple(Value) -> [beamtalk_printer:term_text(Value)];
erlang_form(_) -> [].

%% @doc The rule shared with the other runners: how errors are compared, and which texts a value has.
-spec check(
    beamtalk_expectation:expectation(),
    {ok, Value} | {error, beamtalk_failure:failure()},
    fun((binary(), beamtalk_failure:failure()) -> boolean()),
    fun((Value) -> [binary()])
) -> ok | {failed, map()}.
check({value, Expected}, {ok, Value}, _, Texts) ->
    Forms = [First | _] = Texts(Value),
    case lists:any(fun(Form) -> beamtalk_expectation:matches(Expected, Form) end, Forms) of
        true -> ok;
        false -> {failed, #{expected => Expected, got => First}}
    end;
check({error, Expected}, {error, Failure}, IsError, _) ->
    case IsError(Expected, Failure) of
        true -> ok;
        false -> {failed, #{expected => ["ERROR: ", Expected], crashed => crash(Failure)}}
    end;
check({error, Expected}, {ok, Value}, _, Texts) ->
    {failed, #{expected => ["ERROR: ", Expected], got => hd(Texts(Value))}};
check({_, Expected}, {error, Failure}, _, _) ->
    {failed, #{expected => Expected, crashed => crash(Failure)}};
check({warning, Expected}, {ok, Value}, _, Texts) ->
    {failed, #{expected => ["WARNING: ", Expected], got => hd(Texts(Value))}}.

crash({raised, _, Kind} = Failure) -> [atom_to_binary(Kind), ": ", beamtalk_failure:text(Failure)];
crash(Failure) -> beamtalk_failure:text(Failure).
