%%% @doc Which effects a program may have: the border of the sandbox.
%%%
%%% Effects have names: `call' (functions of Erlang, and primitives of the library that Erlang has), `send' (messages that the node runs), `await', `spawn', `transcript',
%%% `file', `system', `class' (classes of the node). An allow-list holds names and functions `{Module, Function, Arity}'. Looking a class up is always allowed: it
%%% answers what the program could have defined itself. Pure.
-module(beamtalk_evaluator_gate).

-export([name/1, permits/2, refusal/1]).

-export_type([allowed/0]).

-type allowed() :: all | none | [atom() | {module(), atom(), arity()}].

%% @doc The name of a request's effect.
-spec name(tuple()) -> atom().
name({call, _, _, _}) -> call;
name({primitive, beamtalk_file_ops, _, _}) -> file;
name({primitive, beamtalk_system_ops, _, _}) -> system;
name({primitive, beamtalk_transcript_ops, _, _}) -> transcript;
name({primitive, beamtalk_future, _, _}) -> await;
name({primitive, beamtalk_actor, start, _}) -> spawn;
name({primitive, beamtalk_class_instantiation, spawn, _}) -> spawn;
name({primitive, _, _, _}) -> primitive;
name({send, _, _, _, _}) -> send;
name({super, _, _, _, _, _}) -> send;
name({routine, <<"await", _/binary>>, _}) -> await;
name({routine, _, _}) -> send;
name({settle, _}) -> await;
name({expect, _, _}) -> await;
name({display, _}) -> send;
name({global, _}) -> transcript;
name({class, _}) -> class;
name({ancestor, _}) -> class;
name({variable, _}) -> send.

-spec permits(allowed(), tuple()) -> boolean().
permits(all, _) -> true;
permits(_, {class, _}) -> true;
permits(_, {ancestor, _}) -> true;
permits(none, _) -> false;
permits(Allowed, {call, Module, Function, Arguments} = Request) -> listed(Allowed, Request) orelse lists:member({Module, Function, length(Arguments)}, Allowed);
%% A primitive that the machine has not is the library's own work; those with effects outside have names of their own.
permits(Allowed, Request) -> listed(Allowed, Request).

listed(Allowed, Request) ->
    case name(Request) of
        primitive -> lists:member(call, Allowed);
        Name -> lists:member(Name, Allowed)
    end.

%% @doc What the program sees instead.
-spec refusal(tuple()) -> beamtalk_error:exception().
refusal(Request) ->
    Text = unicode:characters_to_binary(io_lib:format("~ts is not permitted here", [shown(Request)])),
    beamtalk_error:to_exception(beamtalk_error:with_message(beamtalk_error:new(not_permitted, undefined), Text)).

shown({call, Module, Function, Arguments}) -> io_lib:format("~ts:~ts/~b", [Module, Function, length(Arguments)]);
shown(Request) -> atom_to_binary(name(Request)).
