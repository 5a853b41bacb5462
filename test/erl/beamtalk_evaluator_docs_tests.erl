%%% @doc The examples of docs/evaluator.md, run in their order; each is a match that must hold.
-module(beamtalk_evaluator_docs_tests).

-include_lib("eunit/include/eunit.hrl").

examples_test_() ->
    {setup, fun() -> {ok, _} = application:ensure_all_started(beamtalk) end, fun(_) -> ok end, {timeout, 60, fun run/0}}.

run() ->
    {ok, Text} = file:read_file(filename:join([root(), "docs", "evaluator.md"])),
    {match, Blocks} = re:run(Text, "```erlang\\n(.*?)```", [global, dotall, {capture, [1], list}]),
    ?assert(length(Blocks) >= 6),
    lists:foldl(fun([Block], Bindings) -> evaluated(Block, Bindings) end, erl_eval:new_bindings(), Blocks).

evaluated(Block, Bindings) ->
    {ok, Tokens, _} = erl_scan:string(Block),
    lists:foldl(fun statement/2, Bindings, statements(Tokens, [])).

statements([], []) -> [];
statements([{dot, _} = Dot | Rest], Statement) -> [lists:reverse([Dot | Statement]) | statements(Rest, [])];
statements([Token | Rest], Statement) -> statements(Rest, [Token | Statement]).

statement(Tokens, Bindings) ->
    {ok, Expressions} = erl_parse:parse_exprs(Tokens),
    try erl_eval:exprs(Expressions, Bindings) of
        {value, _, New} -> New
    catch
        error:Reason -> error({example, lists:flatten(erl_pp:exprs(Expressions)), Reason})
    end.

root() -> root(filename:dirname(code:which(?MODULE))).

root(Dir) ->
    case filelib:is_regular(filename:join([Dir, "docs", "evaluator.md"])) of
        true -> Dir;
        false -> root(filename:dirname(Dir))
    end.
