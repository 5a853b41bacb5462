%%% @doc An Erlang program that compiles, loads and calls a Beamtalk class.
-module(consumer).

-export([main/0]).

main() ->
    {ok, _} = application:ensure_all_started(beamtalk),
    Source = <<
        "Object subclass: Tally\n"
        "  state: n = 0\n"
        "  n => self.n\n"
        "  plus: k => self.n + k\n"
    >>,
    {ok, #{module := Module, classes := ['Tally']}} = beamtalk_compiler:load(Source, #{}),
    Tally = Module:new(#{n => 20}),
    41 = Module:dispatch('plus:', [21], Tally),
    20 = beamtalk_message_dispatch:send(Tally, n, []),
    io:format("consumer ok, backend ~p~n", [beamtalk_compiler:backend()]),
    halt(0).
