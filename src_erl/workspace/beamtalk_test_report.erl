%%% @doc What became of the tests of one class, script or documentation, and the words for it. Builds text, writes nothing; reads the sources it
%%% shows lines of.
-module(beamtalk_test_report).

%% Making one
-export([new/2, passed/2, failed/2, broken/3, took/2]).
%% Asking
-export([tests/1, totals/1, exit_code/1, message/1, text/1]).
%% Telling
-export([line/1, failures/1, details/1, outputs/1, summary/3]).

-export_type([report/0, failure/0, test/0]).

-type failure() :: #{
    %% File and line, or class and method.
    place := unicode:chardata(),
    what := unicode:chardata(),
    expected => unicode:chardata(),
    got => unicode:chardata(),
    crashed => unicode:chardata(),
    message => unicode:chardata(),
    %% Places of the program on the way to the failure, innermost first.
    trace => [binary()],
    %% For people, instead of the message: what the compiler found, with the lines it is about.
    excerpts => [unicode:chardata()],
    line => pos_integer(),
    time => non_neg_integer(),
    output => binary()
}.
-type test() :: #{
    status := passed | failed,
    what := unicode:chardata(),
    line => pos_integer(),
    %% Microseconds.
    time => non_neg_integer(),
    output => binary(),
    atom() => term()
}.
-type report() :: #{
    name := binary(),
    file := binary(),
    passed := non_neg_integer(),
    failures := [failure()],
    %% The last one first.
    tests := [test()],
    time := non_neg_integer()
}.

%% What a terminal has room for; the other formats hold all that was kept.
-define(SHOWN_LINES, 20).
-define(SHOWN_CHARACTERS, 160).
%% A message may hold the text of a whole collection.
-define(MESSAGE_BYTES, 65536).
-define(MESSAGE_CHARACTERS, 1000).

-spec new(binary(), binary()) -> report().
new(Name, File) -> #{name => Name, file => File, passed => 0, failures => [], tests => [], time => 0}.

-spec passed(#{what := unicode:chardata(), atom() => term()}, report()) -> report().
passed(Test, #{passed := N, tests := Tests} = Report) ->
    Report#{passed := N + 1, tests := [Test#{status => passed} | Tests]}.

-spec failed(failure(), report()) -> report().
failed(Failure, #{failures := Failures, tests := Tests} = Report) ->
    Report#{failures := Failures ++ [Failure], tests := [Failure#{status => failed} | Tests]}.

%% @doc A file that could not be run at all.
-spec broken(binary(), binary(), beamtalk_failure:failure()) -> report().
broken(Name, File, Failure) ->
    Broken = #{place => File, what => Name, message => beamtalk_failure:located_text(Failure)},
    failed(maps:merge(Broken, in_source(File, Failure)), new(Name, File)).

%% What the compiler found, with the lines it is about.
in_source(File, {compile, Found}) ->
    case {[Error || #{severity := <<"error">>} = Error <- Found], file:read_file(File)} of
        {[#{line := Line} | _] = Errors, {ok, Source}} ->
            Excerpts = [beamtalk_excerpt:render(Error, File, Source) || Error <- Errors],
            #{place => [File, $:, integer_to_list(Line)], line => Line, excerpts => Excerpts};
        _ ->
            #{}
    end;
in_source(_, _) ->
    #{}.

-spec took(non_neg_integer(), report()) -> report().
took(Microseconds, Report) -> Report#{time := Microseconds}.

-spec tests(report()) -> [test()].
tests(#{tests := Tests}) -> lists:reverse(Tests).

-spec totals([report()]) -> #{total := non_neg_integer(), passed := non_neg_integer(), failed := non_neg_integer()}.
totals(Reports) ->
    Passed = lists:sum([N || #{passed := N} <- Reports]),
    Failed = lists:sum([length(Failures) || #{failures := Failures} <- Reports]),
    #{total => Passed + Failed, passed => Passed, failed => Failed}.

-spec exit_code([report()]) -> 0 | 1.
exit_code(Reports) ->
    case totals(Reports) of
        #{failed := 0} -> 0;
        #{} -> 1
    end.

-spec total(report()) -> non_neg_integer().
total(Report) -> maps:get(total, totals([Report])).

%% @doc `  stem: 7 tests, 7 passed ✓'.
-spec line(report()) -> unicode:chardata().
line(#{name := Name, passed := Passed, failures := []} = Report) ->
    io_lib:format("  ~ts: ~b tests, ~b passed ~ts~n", [Name, total(Report), Passed, [16#2713]]);
line(#{name := Name, passed := Passed, failures := Failures} = Report) ->
    io_lib:format("  ~ts: ~b tests, ~b passed, ~b failed ~ts~n", [Name, total(Report), Passed, length(Failures), [16#2717]]).

%% @doc Failures of scripts and examples, each with its place first.
-spec failures(report()) -> unicode:chardata().
failures(#{failures := Failures}) ->
    [failure(F) || F <- Failures].

failure(#{place := Place, what := What} = Failure) ->
    [io_lib:format("FAIL ~ts `~ts`~n", [Place, What]), indented("  ", shown(Failure)), written("  ", Failure)].

%% @doc Failures of test classes, gathered under the class.
-spec details(report()) -> unicode:chardata().
details(#{failures := []}) ->
    [];
details(#{name := Name, file := File, failures := Failures}) ->
    ["FAIL ", Name, " (", File, "):\n", [detail(F) || F <- Failures]].

detail(#{place := Place, what := What} = Failure) ->
    [
        ["  ", What, "  [", Place, "]\n"],
        indented("    ", shown(Failure)),
        indented("      ", [["at ", Frame] || Frame <- maps:get(trace, Failure, [])]),
        written("    ", Failure)
    ].

%% @doc What tests wrote, whether they passed or not.
-spec outputs(report()) -> unicode:chardata().
outputs(Report) ->
    [["    ", What, $\n, written("    ", Test)] || #{what := What, output := <<_, _/binary>>} = Test <- tests(Report)].

written(Indent, #{output := <<_, _/binary>> = Output}) ->
    Lines = string:split(string:trim(Output, trailing, "\n"), "\n", all),
    [Indent, "output:\n", indented([Indent, "  | "], clipped(Lines, ?SHOWN_CHARACTERS))];
written(_, _) ->
    [].

shown(#{excerpts := Excerpts}) -> string:split(string:trim(text(lists:join($\n, Excerpts)), trailing, "\n"), "\n", all);
shown(Failure) -> clipped(message(Failure), ?MESSAGE_CHARACTERS).

%% Of many lines the first and the last, of a long line its beginning.
clipped(Lines, Characters) when length(Lines) > 2 * ?SHOWN_LINES ->
    {First, Rest} = lists:split(?SHOWN_LINES, Lines),
    {Between, Last} = lists:split(length(Rest) - ?SHOWN_LINES, Rest),
    clipped(First, Characters) ++ [[16#2026, " ", integer_to_list(length(Between)), " more lines"]] ++ clipped(Last, Characters);
clipped(Lines, Characters) ->
    [clipped_line(Line, Characters) || Line <- Lines].

clipped_line(Line, Characters) ->
    case string:slice(Line, 0, Characters) of
        Line -> Line;
        Part -> [Part, 16#2026]
    end.

%% @doc The lines that say what went wrong.
-spec message(failure() | test()) -> [unicode:chardata()].
message(Failure) ->
    Texts = [
        [Label, bounded(text(Text))]
     || {Key, Label} <- [{expected, "expected: "}, {got, "got:      "}, {crashed, "crashed:  "}, {message, ""}],
        {ok, Text} <- [maps:find(Key, Failure)]
    ],
    lists:append([string:split(text(Text), "\n", all) || Text <- Texts]).

bounded(Text) when byte_size(Text) =< ?MESSAGE_BYTES ->
    Text;
bounded(Text) ->
    Part = text(binary:part(Text, 0, ?MESSAGE_BYTES)),
    [Part, "\n[", integer_to_list(byte_size(Text) - ?MESSAGE_BYTES), " more bytes]"].

indented(Indent, Lines) ->
    [[Indent, Line, $\n] || Line <- Lines].

%% @doc `2 file(s), 7 tests, 7 passed, 0 failed (1.2s)'.
-spec summary([report()], non_neg_integer(), non_neg_integer() | none) -> unicode:chardata().
summary(Reports, Files, Microseconds) ->
    #{total := Total, passed := Passed, failed := Failed} = totals(Reports),
    Time =
        case Microseconds of
            none -> "";
            _ -> io_lib:format(" (~.1fs)", [Microseconds / 1000000])
        end,
    io_lib:format("~b file(s), ~b tests, ~b passed, ~b failed~ts~n", [Files, Total, Passed, Failed, Time]).

%% @doc Characters as UTF-8, whatever a test made of them.
-spec text(unicode:chardata()) -> binary().
text(Chars) ->
    case unicode:characters_to_binary(Chars) of
        Text when is_binary(Text) -> Text;
        {_, Good, _} -> <<Good/binary, "\x{FFFD}"/utf8>>
    end.
