%%% @doc Runs a test method in the evaluator's machine.
%%%
%%% Each in a machine of its own, as each test has a process of its own. The object comes from the node, where `setUp' has run.
-module(beamtalk_machine_test).

-export([send/2]).

%% @doc What the object answers; fails as the method does.
-spec send(map(), atom()) -> term().
send(Object, Test) ->
    case beamtalk_machine_eval:open() of
        {ok, Machine} ->
            try
                ok = beamtalk_machine_eval:synchronise(Machine, #{}, #{test => Object}),
                Source = <<"test ", (atom_to_binary(Test))/binary>>,
                answer(beamtalk_machine_eval:run(Machine, Source, #{path => <<"<test>">>, skip_checks => true}))
            after
                beamtalk_machine_eval:close(Machine)
            end;
        {error, unavailable} ->
            erlang:error(unavailable)
    end.

answer({value, Value, _, _}) -> Value;
answer({raised, Class, Reason, Trace, _}) -> erlang:raise(Class, Reason, Trace);
answer({limit, What}) -> erlang:error({limit, What});
answer(_) -> erlang:error(session_lost).
