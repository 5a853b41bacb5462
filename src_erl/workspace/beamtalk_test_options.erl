%%% @doc The options that `test', `test-script' and `doctest' share. Pure.
-module(beamtalk_test_options).

-export([parse/2, usage/0]).

-export_type([options/0, format/0]).

-type format() :: text | json | tap | junit.
-type options() :: #{
    format := format(),
    %% Part of the names of the tests that run.
    filter := binary() | none,
    %% Order by this number instead of by name and place.
    seed := non_neg_integer() | none,
    %% Files that run side by side.
    jobs := pos_integer(),
    %% Milliseconds for one test, one script, or the examples of one class.
    timeout := pos_integer(),
    quiet := boolean(),
    show_output := boolean(),
    warnings := boolean()
}.

-define(TIMEOUT_MS, 60000).
-define(MOST_JOBS, 256).
-define(DAY_MS, 86400000).
-define(MOST_SEED, 16#FFFFFFFF).

-define(FLAGS, #{
    <<"--filter">> => value,
    <<"--seed">> => value,
    <<"--format">> => value,
    <<"--timeout">> => value,
    <<"--engine">> => value,
    <<"-j">> => value,
    <<"--jobs">> => value,
    <<"-q">> => flag,
    <<"--quiet">> => flag,
    <<"--show-output">> => flag,
    <<"--no-warnings">> => flag
}).

%% @doc The options and the paths; wrong ones are wrong usage.
-spec parse(binary(), [binary()]) -> {options(), [file:filename()]}.
parse(Default, Arguments) ->
    {Flags, Paths} = beamtalk_cli:options(Arguments, ?FLAGS),
    ok = engine(Flags),
    Has = fun(Names) -> lists:any(fun(Name) -> is_map_key(Name, Flags) end, Names) end,
    Options = #{
        format => format(maps:get(<<"--format">>, Flags, <<"text">>)),
        filter => filter(maps:get(<<"--filter">>, Flags, none)),
        seed => seed(maps:get(<<"--seed">>, Flags, none)),
        jobs => jobs(maps:get(<<"-j">>, Flags, maps:get(<<"--jobs">>, Flags, none))),
        timeout => limit(maps:get(<<"--timeout">>, Flags, none)),
        quiet => Has([<<"-q">>, <<"--quiet">>]),
        show_output => Has([<<"--show-output">>]),
        warnings => not Has([<<"--no-warnings">>])
    },
    {Options, [unicode:characters_to_list(Path) || Path <- given(Paths, Default)]}.

given([], Default) -> [Default];
given(Paths, _) -> Paths.

%% @doc The lines of the help.
-spec usage() -> string().
usage() ->
    "Options:\n"
    "    --filter TEXT      only tests with TEXT in their name: Class>>test, script or class with examples\n"
    "    --seed N|random    in an order drawn from this number; the number is printed\n"
    "    -j N               N files side by side (1)\n"
    "    --timeout MS       for one test, one script, or the examples of one class (60000)\n"
    "    --engine ENGINE    who runs tests, expressions of scripts and examples: beam, evaluator or auto (auto)\n"
    "    --format FORMAT    text, json, tap or junit (text)\n"
    "    --show-output      also what tests write that pass\n"
    "    -q, --quiet        only failures and the summary\n"
    "    --no-warnings      no warnings of the compiler\n"
    "\n"
    "  Exit code: 0 when nothing failed, 1 when something did, 2 for wrong usage.".

%% For the whole node: who is asked to run tests does nothing else.
engine(#{<<"--engine">> := Name}) -> beamtalk_cli:engine(Name);
engine(_) -> ok.

format(<<"text">>) -> text;
format(<<"json">>) -> json;
format(<<"tap">>) -> tap;
format(<<"junit">>) -> junit;
format(Other) -> beamtalk_cli:usage_error(["beamtalk: unknown format '", Other, "' (text, json, tap or junit)"]).

filter(<<>>) -> beamtalk_cli:usage_error("beamtalk: --filter needs a part of a test's name");
filter(Filter) -> Filter.

seed(none) -> none;
seed(<<"random">>) -> rand:uniform(?MOST_SEED + 1) - 1;
seed(Text) -> number("--seed", Text, 0, ?MOST_SEED, " or 'random'").

jobs(none) -> 1;
jobs(Text) -> number("-j", Text, 1, ?MOST_JOBS, "").

limit(none) -> ?TIMEOUT_MS;
limit(Text) -> number("--timeout", Text, 1, ?DAY_MS, "").

number(Flag, Text, Least, Most, Or) ->
    try binary_to_integer(Text) of
        N when N >= Least, N =< Most -> N;
        _ -> no_number(Flag, Text, Least, Most, Or)
    catch
        error:badarg -> no_number(Flag, Text, Least, Most, Or)
    end.

-spec no_number(string(), binary(), integer(), integer(), string()) -> no_return().
no_number(Flag, Text, Least, Most, Or) ->
    beamtalk_cli:usage_error(
        io_lib:format("beamtalk: ~ts takes a number from ~b to ~b~ts, not '~ts'", [Flag, Least, Most, Or, Text])
    ).
