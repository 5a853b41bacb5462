%%% @doc What test runs say: one line per file or class, blocks for what failed, a summary. Builds text, writes nothing.
-module(beamtalk_test_report).

-export([line/1, failures/1, summary/3, exit_code/1, new/2, passed/1, failed/2]).

-export_type([report/0, failure/0]).

-type failure() :: #{
    %% File and line, or class and method.
    place := unicode:chardata(),
    what := unicode:chardata(),
    expected => unicode:chardata(),
    got => unicode:chardata(),
    crashed => unicode:chardata(),
    message => unicode:chardata()
}.
-type report() :: #{name := binary(), file := binary(), passed := non_neg_integer(), failures := [failure()]}.

-spec new(binary(), binary()) -> report().
new(Name, File) -> #{name => Name, file => File, passed => 0, failures => []}.

-spec passed(report()) -> report().
passed(#{passed := N} = Report) -> Report#{passed := N + 1}.

-spec failed(failure(), report()) -> report().
failed(Failure, #{failures := Failures} = Report) -> Report#{failures := Failures ++ [Failure]}.

-spec total(report()) -> non_neg_integer().
total(#{passed := Passed, failures := Failures}) -> Passed + length(Failures).

%% @doc `  stem: 7 tests, 7 passed ✓'.
-spec line(report()) -> unicode:chardata().
line(#{name := Name, passed := Passed, failures := []} = Report) ->
    io_lib:format("  ~ts: ~b tests, ~b passed ~ts~n", [Name, total(Report), Passed, [16#2713]]);
line(#{name := Name, passed := Passed, failures := Failures} = Report) ->
    io_lib:format("  ~ts: ~b tests, ~b passed, ~b failed ~ts~n", [Name, total(Report), Passed, length(Failures), [16#2717]]).

-spec failures(report()) -> unicode:chardata().
failures(#{failures := Failures}) ->
    [failure(F) || F <- Failures].

failure(#{place := Place, what := What} = Failure) ->
    [
        io_lib:format("FAIL ~ts `~ts`~n", [Place, What]),
        [["  expected: ", Text, $\n] || {ok, Text} <- [maps:find(expected, Failure)]],
        [["  got:      ", Text, $\n] || {ok, Text} <- [maps:find(got, Failure)]],
        [["  crashed:  ", Text, $\n] || {ok, Text} <- [maps:find(crashed, Failure)]],
        [indented(Text) || {ok, Text} <- [maps:find(message, Failure)]]
    ].

indented(Text) ->
    [["  ", Line, $\n] || Line <- string:split(Text, "\n", all)].

%% @doc `2 file(s), 7 tests, 7 passed, 0 failed (1.2s)'.
-spec summary([report()], non_neg_integer(), non_neg_integer() | none) -> unicode:chardata().
summary(Reports, Files, Microseconds) ->
    Passed = lists:sum([N || #{passed := N} <- Reports]),
    Failed = lists:sum([length(Failures) || #{failures := Failures} <- Reports]),
    Time =
        case Microseconds of
            none -> "";
            _ -> io_lib:format(" (~.1fs)", [Microseconds / 1000000])
        end,
    io_lib:format("~b file(s), ~b tests, ~b passed, ~b failed~ts~n", [Files, Passed + Failed, Passed, Failed, Time]).

-spec exit_code([report()]) -> 0 | 1.
exit_code(Reports) ->
    case lists:all(fun(#{failures := Failures}) -> Failures =:= [] end, Reports) of
        true -> 0;
        false -> 1
    end.
