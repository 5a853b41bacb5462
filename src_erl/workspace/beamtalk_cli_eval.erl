%%% @doc `beamtalk eval': evaluates one input and prints its value.
-module(beamtalk_cli_eval).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).

-spec usage() -> {string(), string()}.
usage() ->
    {"EXPR [--timeout MS]",
        "evaluate an expression and print its value\n\n"
        "  --timeout MS         give up after so many milliseconds\n"
        "  --engine ENGINE      who runs it: beam, code of the node; evaluator, the library's own machine; auto (auto)"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    case split(Arguments, none, []) of
        {Limit, [Source]} -> evaluate(Source, Limit);
        _ -> beamtalk_cli:usage_error("beamtalk: eval takes one expression")
    end.

%% An expression may begin with a minus sign, so only its own options are looked for.
split([<<"--timeout">>, Value | Rest], _, Sources) -> split(Rest, limit(Value), Sources);
split([<<"--timeout=", Value/binary>> | Rest], _, Sources) -> split(Rest, limit(Value), Sources);
split([<<"--timeout">>], _, _) -> beamtalk_cli:usage_error("beamtalk: --timeout needs a number of milliseconds");
split([<<"--engine">>, Value | Rest], Limit, Sources) -> split([<<"--engine=", Value/binary>> | Rest], Limit, Sources);
split([<<"--engine">>], _, _) -> beamtalk_cli:usage_error("beamtalk: --engine needs a value");
split([<<"--engine=", Value/binary>> | Rest], Limit, Sources) ->
    ok = beamtalk_cli:engine(Value),
    split(Rest, Limit, Sources);
split([<<"--">> | Rest], Limit, Sources) -> {Limit, lists:reverse(Sources) ++ Rest};
split([Source | Rest], Limit, Sources) -> split(Rest, Limit, [Source | Sources]);
split([], Limit, Sources) -> {Limit, lists:reverse(Sources)}.

limit(Text) ->
    case string:to_integer(Text) of
        {N, <<>>} when is_integer(N), N > 0 -> N;
        _ -> beamtalk_cli:usage_error("beamtalk: --timeout needs a number of milliseconds")
    end.

evaluate(Source, Limit) ->
    ok = beamtalk_cli:boot(workspace),
    Printer = beamtalk_transcript_printer:start(),
    {ok, Session} = beamtalk_session:start(#{capture => false}),
    Options = maps:from_list([{timeout, Limit} || Limit =/= none]),
    #{result := Result, warnings := Warnings} = beamtalk_session:eval(Session, Source, Options),
    ok = beamtalk_transcript_printer:flush(Printer),
    _ = [beamtalk_cli:problem("warning: ~ts", [W]) || W <- Warnings],
    case Result of
        {ok, Value} ->
            beamtalk_cli:out([beamtalk_repl_text:value(Value), $\n]),
            0;
        {error, Failure} ->
            beamtalk_cli:problem("~ts", [beamtalk_failure:text(Failure)]),
            1
    end.
