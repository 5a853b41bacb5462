%%% @doc The send. Every function here is called by generated code; `docs/abi.md' section 4 is the contract.
%%%
%%% One function per argument count, because the fast path must build no list: the class test is a row of guards, the
%%% method is a remote call with the receiver first. Whatever is not exported comes back through
%%% `$handle_undefined_function' to `beamtalk_dispatch'. The test is written out in each sendN: a helper that answers the
%%% module costs a call and a second test. Tagged maps come first, as user code sends mostly to those.
-module(beamtalk_message_dispatch).

-include("beamtalk.hrl").

%% Called by generated code.
-export([send0/2, send1/3, send2/4, send3/5, send4/6, send/3]).
-export([tell0/2, tell1/3, tell2/4, tell3/5, tell4/6, tell/3]).
-export([ask0/2, ask1/3, ask2/4, ask3/5, ask4/6, ask/3]).
-export([self0/2, self1/3, self2/4, self3/5, self4/6, self/3]).
-export([super0/3, super1/4, super2/5, super3/6, super4/7, super/4]).
-export([class_super0/3, class_super1/4, class_super2/5, class_super3/6, class_super4/7, class_super/4]).
-export([class0/2, class1/3, class2/4, class3/5, class4/6, class/3, class_ref/1]).
-export([global0/2, global1/3, global2/4, global3/5, global4/6, global/3, global/1]).
-export([to_boolean/2, loop_receiver/2, loop_argument/1]).

%% Called by the workspace.
-export([set_global/2]).

%% Where sends to names without a module go; it resolves by the receiver.
-define(BY_RECEIVER, beamtalk_dynamic_class).

%%% send

-spec send0(term(), atom()) -> term().
send0(R, new) -> send0_renamed(R, new, '$bt:new');
send0(R, spawn) -> send0_renamed(R, spawn, '$bt:spawn');
send0(R, has_method) -> send0_renamed(R, has_method, '$bt:has_method');
send0(R, module_info) -> send0_renamed(R, module_info, '$bt:module_info');
send0(#{?BT_TAG := Class} = R, Sel) ->
    (persistent_term:get(Class, ?BY_RECEIVER)):Sel(R);
send0(R, Sel) when is_integer(R) ->
    'bt@stdlib@integer':Sel(R);
send0(R, Sel) when is_binary(R) ->
    'bt@stdlib@string':Sel(R);
send0(R, Sel) when is_list(R) ->
    'bt@stdlib@list':Sel(R);
send0({beamtalk_object, Class, _, P} = R, Sel) when is_pid(P) ->
    beamtalk_actor_send:send(R, P, Class, Sel, []);
send0({beamtalk_object, 'Metaclass', _, Name} = R, Sel) when is_atom(Name) ->
    beamtalk_class_dispatch:meta_send(R, Sel, []);
send0({beamtalk_object, _, _, Name} = R, Sel) when is_atom(Name) ->
    (persistent_term:get(Name, ?BY_RECEIVER)):Sel(R, []);
send0(true = R, Sel) ->
    'bt@stdlib@true':Sel(R);
send0(false = R, Sel) ->
    'bt@stdlib@false':Sel(R);
send0(nil = R, Sel) ->
    'bt@stdlib@undefined_object':Sel(R);
send0(R, Sel) when is_atom(R) ->
    'bt@stdlib@symbol':Sel(R);
send0(R, Sel) when is_float(R) ->
    'bt@stdlib@float':Sel(R);
send0(R, Sel) when is_function(R) ->
    'bt@stdlib@block':Sel(R);
send0(R, Sel) when is_map(R) ->
    'bt@stdlib@dictionary':Sel(R);
send0({beamtalk_future, P} = R, Sel) when ?IS_FUTURE_KEY(P) ->
    to_future(R, Sel, []);
send0(R, Sel) when is_tuple(R) ->
    'bt@stdlib@tuple':Sel(R);
send0(R, Sel) ->
    send_opaque(R, Sel, []).

%% Four selectors have another function name, see beamtalk_selector; only the class side keeps the plain one.
send0_renamed({beamtalk_object, 'Metaclass', _, Name} = R, Sel, _) when is_atom(Name) ->
    beamtalk_class_dispatch:meta_send(R, Sel, []);
send0_renamed({beamtalk_object, _, _, Name} = R, Sel, _) when is_atom(Name) ->
    (persistent_term:get(Name, ?BY_RECEIVER)):Sel(R, []);
send0_renamed(R, _, Function) ->
    send0(R, Function).

-spec send1(term(), atom(), term()) -> term().
send1(#{?BT_TAG := Class} = R, Sel, A) ->
    (persistent_term:get(Class, ?BY_RECEIVER)):Sel(R, A);
send1(R, Sel, A) when is_integer(R) ->
    'bt@stdlib@integer':Sel(R, A);
send1(R, Sel, A) when is_binary(R) ->
    'bt@stdlib@string':Sel(R, A);
send1(R, Sel, A) when is_list(R) ->
    'bt@stdlib@list':Sel(R, A);
send1({beamtalk_object, Class, _, P} = R, Sel, A) when is_pid(P) ->
    beamtalk_actor_send:send(R, P, Class, Sel, [A]);
send1({beamtalk_object, 'Metaclass', _, Name} = R, Sel, A) when is_atom(Name) ->
    beamtalk_class_dispatch:meta_send(R, Sel, [A]);
send1({beamtalk_object, _, _, Name} = R, Sel, A) when is_atom(Name) ->
    (persistent_term:get(Name, ?BY_RECEIVER)):Sel(R, A, []);
send1(true = R, Sel, A) ->
    'bt@stdlib@true':Sel(R, A);
send1(false = R, Sel, A) ->
    'bt@stdlib@false':Sel(R, A);
send1(nil = R, Sel, A) ->
    'bt@stdlib@undefined_object':Sel(R, A);
send1(R, Sel, A) when is_atom(R) ->
    'bt@stdlib@symbol':Sel(R, A);
send1(R, Sel, A) when is_float(R) ->
    'bt@stdlib@float':Sel(R, A);
send1(R, Sel, A) when is_function(R) ->
    'bt@stdlib@block':Sel(R, A);
send1(R, Sel, A) when is_map(R) ->
    'bt@stdlib@dictionary':Sel(R, A);
send1({beamtalk_future, P} = R, Sel, A) when ?IS_FUTURE_KEY(P) ->
    to_future(R, Sel, [A]);
send1(R, Sel, A) when is_tuple(R) ->
    'bt@stdlib@tuple':Sel(R, A);
send1(R, Sel, A) ->
    send_opaque(R, Sel, [A]).

-spec send2(term(), atom(), term(), term()) -> term().
send2(#{?BT_TAG := Class} = R, Sel, A, B) ->
    (persistent_term:get(Class, ?BY_RECEIVER)):Sel(R, A, B);
send2(R, Sel, A, B) when is_integer(R) ->
    'bt@stdlib@integer':Sel(R, A, B);
send2(R, Sel, A, B) when is_binary(R) ->
    'bt@stdlib@string':Sel(R, A, B);
send2(R, Sel, A, B) when is_list(R) ->
    'bt@stdlib@list':Sel(R, A, B);
send2({beamtalk_object, Class, _, P} = R, Sel, A, B) when is_pid(P) ->
    beamtalk_actor_send:send(R, P, Class, Sel, [A, B]);
send2({beamtalk_object, 'Metaclass', _, Name} = R, Sel, A, B) when is_atom(Name) ->
    beamtalk_class_dispatch:meta_send(R, Sel, [A, B]);
send2({beamtalk_object, _, _, Name} = R, Sel, A, B) when is_atom(Name) ->
    (persistent_term:get(Name, ?BY_RECEIVER)):Sel(R, A, B, []);
send2(true = R, Sel, A, B) ->
    'bt@stdlib@true':Sel(R, A, B);
send2(false = R, Sel, A, B) ->
    'bt@stdlib@false':Sel(R, A, B);
send2(nil = R, Sel, A, B) ->
    'bt@stdlib@undefined_object':Sel(R, A, B);
send2(R, Sel, A, B) when is_atom(R) ->
    'bt@stdlib@symbol':Sel(R, A, B);
send2(R, Sel, A, B) when is_float(R) ->
    'bt@stdlib@float':Sel(R, A, B);
send2(R, Sel, A, B) when is_function(R) ->
    'bt@stdlib@block':Sel(R, A, B);
send2(R, Sel, A, B) when is_map(R) ->
    'bt@stdlib@dictionary':Sel(R, A, B);
send2({beamtalk_future, P} = R, Sel, A, B) when ?IS_FUTURE_KEY(P) ->
    to_future(R, Sel, [A, B]);
send2(R, Sel, A, B) when is_tuple(R) ->
    'bt@stdlib@tuple':Sel(R, A, B);
send2(R, Sel, A, B) ->
    send_opaque(R, Sel, [A, B]).

-spec send3(term(), atom(), term(), term(), term()) -> term().
send3(#{?BT_TAG := Class} = R, Sel, A, B, C) ->
    (persistent_term:get(Class, ?BY_RECEIVER)):Sel(R, A, B, C);
send3(R, Sel, A, B, C) when is_integer(R) ->
    'bt@stdlib@integer':Sel(R, A, B, C);
send3(R, Sel, A, B, C) when is_binary(R) ->
    'bt@stdlib@string':Sel(R, A, B, C);
send3(R, Sel, A, B, C) when is_list(R) ->
    'bt@stdlib@list':Sel(R, A, B, C);
send3({beamtalk_object, Class, _, P} = R, Sel, A, B, C) when is_pid(P) ->
    beamtalk_actor_send:send(R, P, Class, Sel, [A, B, C]);
send3({beamtalk_object, 'Metaclass', _, Name} = R, Sel, A, B, C) when is_atom(Name) ->
    beamtalk_class_dispatch:meta_send(R, Sel, [A, B, C]);
send3({beamtalk_object, _, _, Name} = R, Sel, A, B, C) when is_atom(Name) ->
    (persistent_term:get(Name, ?BY_RECEIVER)):Sel(R, A, B, C, []);
send3(true = R, Sel, A, B, C) ->
    'bt@stdlib@true':Sel(R, A, B, C);
send3(false = R, Sel, A, B, C) ->
    'bt@stdlib@false':Sel(R, A, B, C);
send3(nil = R, Sel, A, B, C) ->
    'bt@stdlib@undefined_object':Sel(R, A, B, C);
send3(R, Sel, A, B, C) when is_atom(R) ->
    'bt@stdlib@symbol':Sel(R, A, B, C);
send3(R, Sel, A, B, C) when is_float(R) ->
    'bt@stdlib@float':Sel(R, A, B, C);
send3(R, Sel, A, B, C) when is_function(R) ->
    'bt@stdlib@block':Sel(R, A, B, C);
send3(R, Sel, A, B, C) when is_map(R) ->
    'bt@stdlib@dictionary':Sel(R, A, B, C);
send3({beamtalk_future, P} = R, Sel, A, B, C) when ?IS_FUTURE_KEY(P) ->
    to_future(R, Sel, [A, B, C]);
send3(R, Sel, A, B, C) when is_tuple(R) ->
    'bt@stdlib@tuple':Sel(R, A, B, C);
send3(R, Sel, A, B, C) ->
    send_opaque(R, Sel, [A, B, C]).

-spec send4(term(), atom(), term(), term(), term(), term()) -> term().
send4(#{?BT_TAG := Class} = R, Sel, A, B, C, D) ->
    (persistent_term:get(Class, ?BY_RECEIVER)):Sel(R, A, B, C, D);
send4(R, Sel, A, B, C, D) when is_integer(R) ->
    'bt@stdlib@integer':Sel(R, A, B, C, D);
send4(R, Sel, A, B, C, D) when is_binary(R) ->
    'bt@stdlib@string':Sel(R, A, B, C, D);
send4(R, Sel, A, B, C, D) when is_list(R) ->
    'bt@stdlib@list':Sel(R, A, B, C, D);
send4({beamtalk_object, Class, _, P} = R, Sel, A, B, C, D) when is_pid(P) ->
    beamtalk_actor_send:send(R, P, Class, Sel, [A, B, C, D]);
send4({beamtalk_object, 'Metaclass', _, Name} = R, Sel, A, B, C, D) when is_atom(Name) ->
    beamtalk_class_dispatch:meta_send(R, Sel, [A, B, C, D]);
send4({beamtalk_object, _, _, Name} = R, Sel, A, B, C, D) when is_atom(Name) ->
    (persistent_term:get(Name, ?BY_RECEIVER)):Sel(R, A, B, C, D, []);
send4(true = R, Sel, A, B, C, D) ->
    'bt@stdlib@true':Sel(R, A, B, C, D);
send4(false = R, Sel, A, B, C, D) ->
    'bt@stdlib@false':Sel(R, A, B, C, D);
send4(nil = R, Sel, A, B, C, D) ->
    'bt@stdlib@undefined_object':Sel(R, A, B, C, D);
send4(R, Sel, A, B, C, D) when is_atom(R) ->
    'bt@stdlib@symbol':Sel(R, A, B, C, D);
send4(R, Sel, A, B, C, D) when is_float(R) ->
    'bt@stdlib@float':Sel(R, A, B, C, D);
send4(R, Sel, A, B, C, D) when is_function(R) ->
    'bt@stdlib@block':Sel(R, A, B, C, D);
send4(R, Sel, A, B, C, D) when is_map(R) ->
    'bt@stdlib@dictionary':Sel(R, A, B, C, D);
send4({beamtalk_future, P} = R, Sel, A, B, C, D) when ?IS_FUTURE_KEY(P) ->
    to_future(R, Sel, [A, B, C, D]);
send4(R, Sel, A, B, C, D) when is_tuple(R) ->
    'bt@stdlib@tuple':Sel(R, A, B, C, D);
send4(R, Sel, A, B, C, D) ->
    send_opaque(R, Sel, [A, B, C, D]).

%% @doc The send with a list of arguments; a wrong number of them is an `arity_mismatch'.
-spec send(term(), atom(), [term()]) -> term().
send(R, Sel, []) -> send0(R, unary(R, Sel));
send(R, Sel, Args) ->
    case beamtalk_selector:arity(Sel) =:= length(Args) of
        true -> spread(R, Sel, Args);
        false -> wrong_arity(R, Sel)
    end.

unary(R, Sel) ->
    case beamtalk_selector:arity(Sel) of
        0 -> Sel;
        _ -> wrong_arity(R, Sel)
    end.

wrong_arity({beamtalk_future, _} = F, Sel) -> wrong_arity(beamtalk_future:await(F), Sel);
wrong_arity(R, Sel) -> beamtalk_error:raise(beamtalk_error:new(arity_mismatch, beamtalk_tag:class_name_of(R), Sel)).

spread(R, Sel, [A]) -> send1(R, Sel, A);
spread(R, Sel, [A, B]) -> send2(R, Sel, A, B);
spread(R, Sel, [A, B, C]) -> send3(R, Sel, A, B, C);
spread(R, Sel, [A, B, C, D]) -> send4(R, Sel, A, B, C, D);
spread({beamtalk_object, Class, _, P} = R, Sel, Args) when is_pid(P) ->
    beamtalk_actor_send:send(R, P, Class, Sel, Args);
spread({beamtalk_object, 'Metaclass', _, Name} = R, Sel, Args) when is_atom(Name) ->
    beamtalk_class_dispatch:meta_send(R, Sel, Args);
spread({beamtalk_object, _, _, Name} = R, Sel, Args) when is_atom(Name) ->
    apply(persistent_term:get(Name, ?BY_RECEIVER), Sel, [R | Args] ++ [[]]);
spread({beamtalk_future, P} = R, Sel, Args) when ?IS_FUTURE_KEY(P) ->
    to_future(R, Sel, Args);
spread(R, Sel, Args) ->
    %% No selector of a future or a bare pid has five arguments.
    apply(persistent_term:get(beamtalk_tag:class_name_of(R), ?BY_RECEIVER), Sel, [R | Args]).

%% Messages of the Future protocol go to the future, all others wait for its value.
to_future(F, await, []) -> beamtalk_future:await(F);
to_future(F, 'await:', [Ms]) -> beamtalk_future:await(F, Ms);
to_future(F, awaitForever, []) -> beamtalk_future:await_forever(F);
to_future(F, 'whenResolved:', [Block]) -> beamtalk_future:when_resolved(F, Block);
to_future(F, 'whenRejected:', [Block]) -> beamtalk_future:when_rejected(F, Block);
to_future(F, Sel, []) -> send0(beamtalk_future:await(F), Sel);
to_future(F, Sel, Args) -> spread(beamtalk_future:await(F), Sel, Args).

%% A bare pid may be that of a future; which one is, `beamtalk_future' knows.
send_opaque(R, Sel, Args) when is_pid(R) ->
    case lists:member(Sel, [await, 'await:', awaitForever, 'whenResolved:', 'whenRejected:']) of
        true -> to_future(R, Sel, Args);
        false -> apply('bt@stdlib@pid', Sel, [R | Args])
    end;
send_opaque(R, Sel, Args) when is_reference(R) -> apply('bt@stdlib@reference', Sel, [R | Args]);
send_opaque(R, Sel, Args) when is_port(R) -> apply('bt@stdlib@port', Sel, [R | Args]);
send_opaque(R, Sel, Args) -> apply('bt@stdlib@string', Sel, [R | Args]).

%%% tell: a send whose value is not used

-spec tell0(term(), atom()) -> term().
tell0({beamtalk_object, Class, _, P}, Sel) when is_pid(P) ->
    beamtalk_actor_send:tell(P, Class, Sel, []);
tell0(R, Sel) ->
    send0(R, Sel).

-spec tell1(term(), atom(), term()) -> term().
tell1({beamtalk_object, Class, _, P}, Sel, A) when is_pid(P) ->
    beamtalk_actor_send:tell(P, Class, Sel, [A]);
tell1(R, Sel, A) ->
    send1(R, Sel, A).

-spec tell2(term(), atom(), term(), term()) -> term().
tell2({beamtalk_object, Class, _, P}, Sel, A, B) when is_pid(P) ->
    beamtalk_actor_send:tell(P, Class, Sel, [A, B]);
tell2(R, Sel, A, B) ->
    send2(R, Sel, A, B).

-spec tell3(term(), atom(), term(), term(), term()) -> term().
tell3({beamtalk_object, Class, _, P}, Sel, A, B, C) when is_pid(P) ->
    beamtalk_actor_send:tell(P, Class, Sel, [A, B, C]);
tell3(R, Sel, A, B, C) ->
    send3(R, Sel, A, B, C).

-spec tell4(term(), atom(), term(), term(), term(), term()) -> term().
tell4({beamtalk_object, Class, _, P}, Sel, A, B, C, D) when is_pid(P) ->
    beamtalk_actor_send:tell(P, Class, Sel, [A, B, C, D]);
tell4(R, Sel, A, B, C, D) ->
    send4(R, Sel, A, B, C, D).

-spec tell(term(), atom(), [term()]) -> term().
tell({beamtalk_object, Class, _, P}, Sel, Args) when is_pid(P) -> beamtalk_actor_send:tell(P, Class, Sel, Args);
tell(R, Sel, Args) -> send(R, Sel, Args).

%%% ask: a send followed at once by await

-spec ask0(term(), atom()) -> term().
ask0({beamtalk_object, Class, _, P}, Sel) when is_pid(P) ->
    beamtalk_actor_send:ask(P, Class, Sel, []);
ask0(R, Sel) ->
    beamtalk_future:await(send0(R, Sel)).

-spec ask1(term(), atom(), term()) -> term().
ask1({beamtalk_object, Class, _, P}, Sel, A) when is_pid(P) ->
    beamtalk_actor_send:ask(P, Class, Sel, [A]);
ask1(R, Sel, A) ->
    beamtalk_future:await(send1(R, Sel, A)).

-spec ask2(term(), atom(), term(), term()) -> term().
ask2({beamtalk_object, Class, _, P}, Sel, A, B) when is_pid(P) ->
    beamtalk_actor_send:ask(P, Class, Sel, [A, B]);
ask2(R, Sel, A, B) ->
    beamtalk_future:await(send2(R, Sel, A, B)).

-spec ask3(term(), atom(), term(), term(), term()) -> term().
ask3({beamtalk_object, Class, _, P}, Sel, A, B, C) when is_pid(P) ->
    beamtalk_actor_send:ask(P, Class, Sel, [A, B, C]);
ask3(R, Sel, A, B, C) ->
    beamtalk_future:await(send3(R, Sel, A, B, C)).

-spec ask4(term(), atom(), term(), term(), term(), term()) -> term().
ask4({beamtalk_object, Class, _, P}, Sel, A, B, C, D) when is_pid(P) ->
    beamtalk_actor_send:ask(P, Class, Sel, [A, B, C, D]);
ask4(R, Sel, A, B, C, D) ->
    beamtalk_future:await(send4(R, Sel, A, B, C, D)).

-spec ask(term(), atom(), [term()]) -> term().
ask({beamtalk_object, Class, _, P}, Sel, Args) when is_pid(P) -> beamtalk_actor_send:ask(P, Class, Sel, Args);
ask(R, Sel, Args) -> beamtalk_future:await(send(R, Sel, Args)).

%%% self: direct call when the receiver is the actor of this process

-spec self0(term(), atom()) -> term().
self0({beamtalk_object, Class, _, P} = R, Sel) when P =:= erlang:self() ->
    (persistent_term:get(Class, ?BY_RECEIVER)):(beamtalk_selector:function_name(Sel))(R);
self0(R, Sel) ->
    send0(R, Sel).

-spec self1(term(), atom(), term()) -> term().
self1({beamtalk_object, Class, _, P} = R, Sel, A) when P =:= erlang:self() ->
    (persistent_term:get(Class, ?BY_RECEIVER)):Sel(R, A);
self1(R, Sel, A) ->
    send1(R, Sel, A).

-spec self2(term(), atom(), term(), term()) -> term().
self2({beamtalk_object, Class, _, P} = R, Sel, A, B) when P =:= erlang:self() ->
    (persistent_term:get(Class, ?BY_RECEIVER)):Sel(R, A, B);
self2(R, Sel, A, B) ->
    send2(R, Sel, A, B).

-spec self3(term(), atom(), term(), term(), term()) -> term().
self3({beamtalk_object, Class, _, P} = R, Sel, A, B, C) when P =:= erlang:self() ->
    (persistent_term:get(Class, ?BY_RECEIVER)):Sel(R, A, B, C);
self3(R, Sel, A, B, C) ->
    send3(R, Sel, A, B, C).

-spec self4(term(), atom(), term(), term(), term(), term()) -> term().
self4({beamtalk_object, Class, _, P} = R, Sel, A, B, C, D) when P =:= erlang:self() ->
    (persistent_term:get(Class, ?BY_RECEIVER)):Sel(R, A, B, C, D);
self4(R, Sel, A, B, C, D) ->
    send4(R, Sel, A, B, C, D).

-spec self(term(), atom(), [term()]) -> term().
self({beamtalk_object, Class, _, P} = R, Sel, Args) when P =:= erlang:self() ->
    beamtalk_dispatch:send(persistent_term:get(Class, ?BY_RECEIVER), Sel, Args, R);
self(R, Sel, Args) ->
    send(R, Sel, Args).

%%% super: look-up from the superclass of the class that contains the code

-spec super0(atom(), term(), atom()) -> term().
super0(Class, Self, Sel) ->
    case persistent_term:get({beamtalk_super, Class}, none) of
        none -> beamtalk_dispatch:super(Class, Sel, [Self]);
        Module -> Module:(beamtalk_selector:function_name(Sel))(Self)
    end.

-spec super1(atom(), term(), atom(), term()) -> term().
super1(Class, Self, Sel, A) ->
    case persistent_term:get({beamtalk_super, Class}, none) of
        none -> beamtalk_dispatch:super(Class, Sel, [Self, A]);
        Module -> Module:Sel(Self, A)
    end.

-spec super2(atom(), term(), atom(), term(), term()) -> term().
super2(Class, Self, Sel, A, B) ->
    case persistent_term:get({beamtalk_super, Class}, none) of
        none -> beamtalk_dispatch:super(Class, Sel, [Self, A, B]);
        Module -> Module:Sel(Self, A, B)
    end.

-spec super3(atom(), term(), atom(), term(), term(), term()) -> term().
super3(Class, Self, Sel, A, B, C) ->
    case persistent_term:get({beamtalk_super, Class}, none) of
        none -> beamtalk_dispatch:super(Class, Sel, [Self, A, B, C]);
        Module -> Module:Sel(Self, A, B, C)
    end.

-spec super4(atom(), term(), atom(), term(), term(), term(), term()) -> term().
super4(Class, Self, Sel, A, B, C, D) ->
    case persistent_term:get({beamtalk_super, Class}, none) of
        none -> beamtalk_dispatch:super(Class, Sel, [Self, A, B, C, D]);
        Module -> Module:Sel(Self, A, B, C, D)
    end.

-spec super(atom(), term(), atom(), [term()]) -> term().
super(Class, Self, Sel, Args) -> beamtalk_dispatch:super(Class, Sel, [Self | Args]).

-spec class_super0(atom(), term(), atom()) -> term().
class_super0(Class, Self, Sel) ->
    case persistent_term:get({beamtalk_super, Class}, none) of
        none -> beamtalk_dispatch:class_super(Class, Sel, [Self, []]);
        Module -> Module:Sel(Self, [])
    end.

-spec class_super1(atom(), term(), atom(), term()) -> term().
class_super1(Class, Self, Sel, A) ->
    case persistent_term:get({beamtalk_super, Class}, none) of
        none -> beamtalk_dispatch:class_super(Class, Sel, [Self, A, []]);
        Module -> Module:Sel(Self, A, [])
    end.

-spec class_super2(atom(), term(), atom(), term(), term()) -> term().
class_super2(Class, Self, Sel, A, B) ->
    case persistent_term:get({beamtalk_super, Class}, none) of
        none -> beamtalk_dispatch:class_super(Class, Sel, [Self, A, B, []]);
        Module -> Module:Sel(Self, A, B, [])
    end.

-spec class_super3(atom(), term(), atom(), term(), term(), term()) -> term().
class_super3(Class, Self, Sel, A, B, C) ->
    case persistent_term:get({beamtalk_super, Class}, none) of
        none -> beamtalk_dispatch:class_super(Class, Sel, [Self, A, B, C, []]);
        Module -> Module:Sel(Self, A, B, C, [])
    end.

-spec class_super4(atom(), term(), atom(), term(), term(), term(), term()) -> term().
class_super4(Class, Self, Sel, A, B, C, D) ->
    case persistent_term:get({beamtalk_super, Class}, none) of
        none -> beamtalk_dispatch:class_super(Class, Sel, [Self, A, B, C, D, []]);
        Module -> Module:Sel(Self, A, B, C, D, [])
    end.

-spec class_super(atom(), term(), atom(), [term()]) -> term().
class_super(Class, Self, Sel, Args) -> beamtalk_dispatch:class_super(Class, Sel, [Self | Args] ++ [[]]).

%%% class: a class named in the source

-spec class0(atom(), atom()) -> term().
class0(Name, Sel) ->
    send0(class_ref(Name), Sel).

-spec class1(atom(), atom(), term()) -> term().
class1(Name, Sel, A) ->
    send1(class_ref(Name), Sel, A).

-spec class2(atom(), atom(), term(), term()) -> term().
class2(Name, Sel, A, B) ->
    send2(class_ref(Name), Sel, A, B).

-spec class3(atom(), atom(), term(), term(), term()) -> term().
class3(Name, Sel, A, B, C) ->
    send3(class_ref(Name), Sel, A, B, C).

-spec class4(atom(), atom(), term(), term(), term(), term()) -> term().
class4(Name, Sel, A, B, C, D) ->
    send4(class_ref(Name), Sel, A, B, C, D).

-spec class(atom(), atom(), [term()]) -> term().
class(Name, Sel, Args) -> send(class_ref(Name), Sel, Args).

%% @doc The class object of a name in the source.
-spec class_ref(atom()) -> beamtalk_tag:class_ref().
class_ref(Name) ->
    case persistent_term:get({beamtalk_class, Name}, undefined) of
        undefined -> beamtalk_class_missing:resolve(Name);
        Ref -> Ref
    end.

%%% global: Transcript, Beamtalk, Workspace; these sends never raise

-spec global0(atom(), atom()) -> term().
global0(Name, Sel) ->
    case global(Name) of
        nil -> nil;
        Ref -> send0(Ref, Sel)
    end.

-spec global1(atom(), atom(), term()) -> term().
global1(Name, Sel, A) ->
    case global(Name) of
        nil -> nil;
        Ref -> send1(Ref, Sel, A)
    end.

-spec global2(atom(), atom(), term(), term()) -> term().
global2(Name, Sel, A, B) ->
    case global(Name) of
        nil -> nil;
        Ref -> send2(Ref, Sel, A, B)
    end.

-spec global3(atom(), atom(), term(), term(), term()) -> term().
global3(Name, Sel, A, B, C) ->
    case global(Name) of
        nil -> nil;
        Ref -> send3(Ref, Sel, A, B, C)
    end.

-spec global4(atom(), atom(), term(), term(), term(), term()) -> term().
global4(Name, Sel, A, B, C, D) ->
    case global(Name) of
        nil -> nil;
        Ref -> send4(Ref, Sel, A, B, C, D)
    end.

-spec global(atom(), atom(), [term()]) -> term().
global(Name, Sel, Args) ->
    case global(Name) of
        nil -> nil;
        Ref -> send(Ref, Sel, Args)
    end.

%% @doc The singleton bound to the name, nil when no workspace runs.
-spec global(atom()) -> term().
global(Name) -> persistent_term:get({beamtalk_global, Name}, nil).

%% @doc Binds a singleton; nil takes the binding away.
-spec set_global(atom(), term()) -> ok.
set_global(Name, nil) ->
    _ = persistent_term:erase({beamtalk_global, Name}),
    ok;
set_global(Name, Ref) ->
    persistent_term:put({beamtalk_global, Name}, Ref).

%%% Receivers the compiler's inlined forms do not expect.

%% @doc The receiver of an inlined `ifTrue:' and the like is no boolean: a future of one is awaited.
-spec to_boolean(term(), atom()) -> boolean().
to_boolean({beamtalk_future, P} = F, Sel) when ?IS_FUTURE_KEY(P) -> to_boolean(beamtalk_future:await(F), Sel);
to_boolean(V, _) when is_boolean(V) -> V;
to_boolean(V, Sel) -> beamtalk_dispatch:not_inlined(V, Sel).

%% @doc What an inlined loop counts from: a future of a number is awaited.
-spec loop_receiver(term(), atom()) -> number().
loop_receiver(V, _) when is_number(V) -> V;
loop_receiver({beamtalk_future, P} = F, Sel) when ?IS_FUTURE_KEY(P) -> loop_receiver(beamtalk_future:await(F), Sel);
loop_receiver(V, Sel) -> beamtalk_dispatch:not_inlined(V, Sel).

%% @doc What it counts to, or by. Comparing another term would never end the loop.
-spec loop_argument(term()) -> number().
loop_argument(V) when is_number(V) -> V;
loop_argument(_) -> erlang:error(badarith).
