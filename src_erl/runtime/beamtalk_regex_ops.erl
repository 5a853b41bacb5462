%%% @doc Primitives of Regex, and the messages of String that take a pattern.
%%%
%%% Patterns are PCRE, compiled for Unicode. PCRE counts its steps from each place of the text anew and does not count those of a simple
%%% repetition, so that "a*a*c" may take hours without reaching a limit. What is not done after few steps in a short text is therefore done in
%%% a process of its own, which has a few seconds and some memory; then it is a `regex_error'. This is why the module is not among
%%% those that start no process. Compiled groups are not part of split results.
-module(beamtalk_regex_ops).

-include("beamtalk.hrl").

-export([from/2, from_options/3, source/1, printString/1]).
-export([matchesRegex/2, matchesRegex_options/3, firstMatch/2, allMatches/2]).
-export([replaceRegex_with/3, replaceAllRegex_with/3, splitRegex/2]).

-define(SHORT, 500).
-define(FEW_STEPS, [report_errors, {match_limit, 2000}, {match_limit_recursion, 2000}]).
-define(LIMITS, [report_errors, {match_limit, 5000000}, {match_limit_recursion, 200000}]).
-define(LIMIT_MS, 5000).
%% In words: half a gigabyte.
-define(MAX_HEAP, #{size => 1 bsl 26, kill => true, error_logger => false}).

%%% Compiling.

-spec from(term(), term()) -> map().
from(Class, Pattern) ->
    regex(Pattern, [], 'Regex', 'from:', Class).

-spec from_options(term(), term(), term()) -> map().
from_options(Class, Pattern, Options) ->
    regex(Pattern, Options, 'Regex', 'from:options:', Class).

regex(Pattern, Options, ErrorClass, Selector, _Class) when is_binary(Pattern) ->
    Compiled = compile(Pattern, options(Options, ErrorClass, Selector), ErrorClass, Selector),
    #{?BT_TAG => 'Regex', source => Pattern, compiled => Compiled};
regex(Other, _, ErrorClass, Selector, _) ->
    beamtalk_collection_ops:type_error(ErrorClass, Selector, "a String pattern", Other).

compile(Pattern, Options, ErrorClass, Selector) ->
    try re:compile(Pattern, [unicode | Options]) of
        {ok, Compiled} ->
            Compiled;
        {error, {Text, Position}} ->
            invalid(ErrorClass, Selector, io_lib:format("~ts at position ~b", [Text, Position]))
    catch
        error:badarg -> invalid(ErrorClass, Selector, "the pattern is not UTF-8 text")
    end.

-spec invalid(atom(), atom(), unicode:chardata()) -> no_return().
invalid('String', Selector, Text) ->
    beamtalk_error:raise(regex_error, 'String', Selector, ["Invalid pattern: ", Text]);
invalid(Class, Selector, Text) ->
    beamtalk_error:raise(regex_error, Class, Selector, Text).

options(Options, ErrorClass, Selector) when is_list(Options) ->
    [option(O, ErrorClass, Selector) || O <- Options];
options(Other, ErrorClass, Selector) ->
    beamtalk_collection_ops:type_error(ErrorClass, Selector, "a List of options", Other).

option(caseless, _, _) -> caseless;
option(multiline, _, _) -> multiline;
option(dotall, _, _) -> dotall;
option(extended, _, _) -> extended;
option(ungreedy, _, _) -> ungreedy;
option(Other, Class, Selector) when is_atom(Other) ->
    beamtalk_error:raise(regex_error, Class, Selector, ["Unknown option: ", beamtalk_printer:print_string(Other)]);
option(Other, Class, Selector) ->
    beamtalk_collection_ops:type_error(Class, Selector, "options that are Symbols", Other).

-spec source(map()) -> binary().
source(#{source := Source}) ->
    Source.

-spec printString(map()) -> binary().
printString(#{source := Source}) ->
    <<"Regex(", Source/binary, ")">>.

%%% Matching.

-spec matchesRegex(binary(), term()) -> boolean().
matchesRegex(Text, Pattern) ->
    run(Text, compiled(Pattern, 'matchesRegex:'), [{capture, none}], 'matchesRegex:') =:= match.

-spec matchesRegex_options(binary(), term(), term()) -> boolean().
matchesRegex_options(Text, Pattern, Options) ->
    #{compiled := Compiled} = regex(Pattern, Options, 'String', 'matchesRegex:options:', nil),
    run(Text, Compiled, [{capture, none}], 'matchesRegex:options:') =:= match.

-spec firstMatch(binary(), term()) -> binary() | nil.
firstMatch(Text, Pattern) ->
    case run(Text, compiled(Pattern, 'firstMatch:'), [{capture, first, binary}], 'firstMatch:') of
        {match, [Match]} -> Match;
        nomatch -> nil
    end.

-spec allMatches(binary(), term()) -> [binary()].
allMatches(Text, Pattern) ->
    [binary:part(Text, Where) || [Where | _] <- matches(Text, Pattern, [{capture, first, index}], 'allMatches:')].

-spec replaceRegex_with(binary(), term(), term()) -> binary().
replaceRegex_with(Text, Pattern, Replacement) ->
    Template = template(Replacement, 'replaceRegex:with:'),
    case run(Text, compiled(Pattern, 'replaceRegex:with:'), [{capture, all, index}], 'replaceRegex:with:') of
        {match, Groups} -> replace(Text, [Groups], Template);
        nomatch -> Text
    end.

-spec replaceAllRegex_with(binary(), term(), term()) -> binary().
replaceAllRegex_with(Text, Pattern, Replacement) ->
    Template = template(Replacement, 'replaceAllRegex:with:'),
    replace(Text, matches(Text, Pattern, [{capture, all, index}], 'replaceAllRegex:with:'), Template).

-spec splitRegex(binary(), term()) -> [binary()].
splitRegex(Text, Pattern) ->
    Pieces = pieces(Text, 0, matches(Text, Pattern, [{capture, first, index}], 'splitRegex:'), []),
    lists:reverse(lists:dropwhile(fun(Piece) -> Piece =:= <<>> end, Pieces)).

%% Pieces in reverse. An empty match where the last piece ended splits nothing.
pieces(Text, From, [[{From, 0} | _] | Matches], Acc) ->
    pieces(Text, From, Matches, Acc);
pieces(Text, From, [[{At, Length} | _] | Matches], Acc) ->
    pieces(Text, At + Length, Matches, [binary:part(Text, From, At - From) | Acc]);
pieces(Text, From, [], Acc) ->
    [binary:part(Text, From, byte_size(Text) - From) | Acc].

%%% Replacements: literal text, the whole match (group 0) and groups.

template(Text, _) when is_binary(Text) ->
    template(Text, <<>>, []);
template(Other, Selector) ->
    beamtalk_collection_ops:type_error('String', Selector, "a String replacement", Other).

template(<<$&, Rest/binary>>, Literal, Acc) ->
    template(Rest, <<>>, [0, Literal | Acc]);
template(<<$\\, D, Rest/binary>>, Literal, Acc) when D >= $1, D =< $9 ->
    {Group, Left} = group(Rest, D - $0),
    template(Left, <<>>, [Group, Literal | Acc]);
template(<<$\\, C, Rest/binary>>, Literal, Acc) ->
    template(Rest, <<Literal/binary, C>>, Acc);
template(<<C, Rest/binary>>, Literal, Acc) ->
    template(Rest, <<Literal/binary, C>>, Acc);
template(<<>>, Literal, Acc) ->
    lists:reverse([Literal | Acc]).

%% PCRE numbers groups up to 65535.
group(<<D, Rest/binary>>, Group) when D >= $0, D =< $9, Group < 6554 -> group(Rest, Group * 10 + D - $0);
group(Rest, Group) -> {Group, Rest}.

replace(Text, Matches, Template) ->
    beamtalk_string_ops:bounded(replaced(Text, 0, Matches, Template)).

replaced(Text, From, [[{At, Length} | _] = Groups | Matches], Template) ->
    Indexed = list_to_tuple(Groups),
    [
        binary:part(Text, From, At - From),
        [filled(Text, Indexed, Part) || Part <- Template]
        | replaced(Text, At + Length, Matches, Template)
    ];
replaced(Text, From, [], _) ->
    [binary:part(Text, From, byte_size(Text) - From)].

filled(_, _, Literal) when is_binary(Literal) -> Literal;
filled(Text, Groups, N) when N < tuple_size(Groups) ->
    case element(N + 1, Groups) of
        {-1, _} -> <<>>;
        Where -> binary:part(Text, Where)
    end;
filled(_, _, _) -> <<>>.

%%% Running.

matches(Text, Pattern, Options, Selector) ->
    case run(Text, compiled(Pattern, Selector), [global | Options], Selector) of
        {match, Matches} -> Matches;
        nomatch -> []
    end.

%% One that was made with `new' is compiled now.
compiled(#{?BT_TAG := 'Regex', compiled := nil, source := Source}, Selector) ->
    compiled(Source, Selector);
compiled(#{?BT_TAG := 'Regex', compiled := Compiled}, _) ->
    Compiled;
compiled(Pattern, Selector) when is_binary(Pattern) ->
    compile(Pattern, [], 'String', Selector);
compiled(Other, Selector) ->
    beamtalk_collection_ops:type_error('String', Selector, "a String or a Regex", Other).

run(Text, Compiled, Options, Selector) when byte_size(Text) =< ?SHORT ->
    case re:run(Text, Compiled, ?FEW_STEPS ++ Options) of
        {error, _} -> run_apart(Text, Compiled, Options, Selector);
        Result -> Result
    end;
run(Text, Compiled, Options, Selector) ->
    run_apart(Text, Compiled, Options, Selector).

%% One process works, one watches it and the caller: who works answers no messages until it is done. Both answer by their exit reason.
run_apart(Text, Compiled, Options, Selector) ->
    Caller = self(),
    {Watch, Monitor} = spawn_monitor(fun() -> watch(Caller, fun() -> exit(work(Text, Compiled, Options)) end) end),
    receive
        {'DOWN', Monitor, process, Watch, {ran, nomatch}} -> nomatch;
        {'DOWN', Monitor, process, Watch, {ran, match}} -> match;
        {'DOWN', Monitor, process, Watch, {ran, {match, _} = Match}} -> Match;
        {'DOWN', Monitor, process, Watch, {failed, Reason}} -> erlang:error(Reason);
        {'DOWN', Monitor, process, Watch, _} ->
            beamtalk_error:raise(regex_error, 'String', Selector, "The match was given up: it takes too many steps, or too much memory for what it finds")
    end.

work(Text, Compiled, Options) ->
    try
        {ran, re:run(Text, Compiled, ?LIMITS ++ Options)}
    catch
        error:Reason -> {failed, Reason}
    end.

-spec watch(pid(), fun(() -> no_return())) -> no_return().
watch(Caller, Work) ->
    CallerMonitor = monitor(process, Caller),
    {Worker, Monitor} = spawn_opt(Work, [monitor, {max_heap_size, ?MAX_HEAP}]),
    receive
        {'DOWN', Monitor, process, Worker, Outcome} ->
            exit(Outcome);
        {'DOWN', CallerMonitor, process, Caller, _} ->
            true = exit(Worker, kill),
            exit(given_up)
    after ?LIMIT_MS ->
        true = exit(Worker, kill),
        exit(given_up)
    end.
