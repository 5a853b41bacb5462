%%% @doc Performs what the machine asks the node for.
%%%
%%% Runs in the process that drives the evaluation: its group leader, links and dictionary are those a program sees. Answers or raises, as the same code would
%%% on the BEAM.
-module(beamtalk_evaluator_effects).

-include("beamtalk.hrl").

-export([perform/1]).

-spec perform(tuple()) -> term().
perform({call, Module, Function, Arguments}) ->
    apply(Module, Function, Arguments);
perform({primitive, Module, Function, Arguments}) ->
    apply(Module, Function, Arguments);
perform({send, tell, Selector, Receiver, Arguments}) ->
    beamtalk_message_dispatch:tell(Receiver, Selector, Arguments);
perform({send, ask, Selector, Receiver, Arguments}) ->
    beamtalk_message_dispatch:ask(Receiver, Selector, Arguments);
perform({send, send, Selector, Receiver, Arguments}) ->
    beamtalk_message_dispatch:send(Receiver, Selector, Arguments);
perform({super, Class, instance, Selector, Receiver, Arguments}) ->
    beamtalk_message_dispatch:super(Class, Receiver, Selector, Arguments);
perform({super, Class, class, Selector, Receiver, Arguments}) ->
    beamtalk_message_dispatch:class_super(Class, Receiver, Selector, Arguments);
perform({global, Name}) ->
    beamtalk_message_dispatch:global(Name);
perform({display, Value}) ->
    beamtalk_interpolation:segment(Value);
perform({settle, Value}) ->
    beamtalk_future:await(Value);
perform({expect, Value, Selector}) ->
    expected(Value, Selector);
perform({routine, Name, Operands}) ->
    routine(Name, Operands).

%% A condition, or the start of a loop; which one the selector says.
expected(Value, Selector) when Selector =:= 'to:do:'; Selector =:= 'to:by:do:'; Selector =:= 'timesRepeat:' ->
    beamtalk_message_dispatch:loop_receiver(Value, Selector);
expected(Value, Selector) ->
    beamtalk_message_dispatch:to_boolean(Value, Selector).

%% Names as in the table `ROUTINES' of the instruction set.
routine(<<"class">>, [V]) -> beamtalk_primitive:class_of(V);
routine(<<"hash">>, [V]) -> beamtalk_primitive:hash(V);
routine(<<"respondsTo:">>, [V, S]) -> beamtalk_primitive:responds_to(V, S);
routine(<<"fieldNames">>, [V]) -> beamtalk_primitive:field_names(V);
routine(<<"fieldAt:">>, [V, F]) -> beamtalk_primitive:field_at(V, F);
routine(<<"fieldAt:put:">>, [V, F, X]) -> beamtalk_primitive:field_at_put(V, F, X);
routine(<<"perform:">>, [V, S]) -> beamtalk_primitive:perform(V, S);
routine(<<"perform:withArguments:">>, [V, S, Args]) -> beamtalk_primitive:perform(V, S, Args);
routine(<<"error:">>, [V, M]) -> beamtalk_exception_handler:error(V, M);
routine(<<"valueOptional">>, [V, A]) -> beamtalk_block:value_optional(V, A);
routine(<<"await">>, [V]) -> beamtalk_future:await(V);
routine(<<"await:">>, [V, Ms]) -> beamtalk_future:await(V, Ms);
routine(<<"awaitForever">>, [V]) -> beamtalk_future:await_forever(V);
routine(<<">>">>, [C, S]) -> beamtalk_reflection:method(C, S);
routine(<<">> of a class name">>, [C, S]) -> beamtalk_reflection:method_named(C, S).
