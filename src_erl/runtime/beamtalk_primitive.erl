%%% @doc Messages with a fixed meaning, and what Object's reflective methods stand on.
%%%
%%% Called by generated code and as primitives of Object and ProtoObject: receiver first. For an actor in its own process
%%% the answer is direct; from any other process it is a message, hence a future.
-module(beamtalk_primitive).

-include("beamtalk.hrl").

-export([class_of/1, responds_to/2, perform/2, perform/3, hash/1, identity/1]).
-export([field_names/1, field_at/2, field_at_put/3]).
-export([print_string/1, default_print_string/1, inspect/1]).
-export([does_not_understand/3, method_of/2]).

%% @doc The class object; a future is awaited first.
-spec class_of(term()) -> term().
class_of({beamtalk_future, P} = F) when ?IS_FUTURE_KEY(P) -> class_of(beamtalk_future:await(F));
class_of({beamtalk_object, 'Metaclass', _, N} = M) when is_atom(N) -> M;
class_of({beamtalk_object, _, M, N}) when is_atom(N) -> beamtalk_tag:metaclass_ref(N, M);
class_of(V) -> beamtalk_class_registry:class_ref(beamtalk_tag:class_name_of(V)).

%% @doc Is there a method for the selector? Answered without a message, also for actors.
-spec responds_to(term(), term()) -> boolean().
responds_to({beamtalk_future, P} = F, Sel) when ?IS_FUTURE_KEY(P) ->
    responds_to(beamtalk_future:await(F), Sel);
responds_to(V, Sel) when not is_atom(Sel) ->
    beamtalk_error:raise(
        type_error, beamtalk_tag:class_name_of(V), 'respondsTo:', <<"respondsTo: expects a Symbol">>
    );
responds_to(#{?BT_TAG := 'ErlangModule'}, _) ->
    true;
responds_to({beamtalk_object, _, _, N} = Class, Sel) when is_atom(N) ->
    beamtalk_class_dispatch:understands(Class, Sel);
responds_to({beamtalk_object, Class, _, P}, Sel) when is_pid(P) ->
    lists:member(Sel, [isAlive, stop, kill, monitor]) orelse beamtalk_dispatch:understands(Class, Sel);
responds_to(P, Sel) when is_pid(P) ->
    lists:member(Sel, [await, 'await:', awaitForever, 'whenResolved:', 'whenRejected:']) orelse
        beamtalk_dispatch:understands('Pid', Sel);
responds_to(V, Sel) ->
    beamtalk_dispatch:understands(beamtalk_tag:class_name_of(V), Sel).

-spec perform(term(), term()) -> term().
perform(V, Sel) -> perform(V, Sel, []).

%% The atoms that are values of their own are no symbols.
-define(is_symbol(S), (is_atom(S) andalso S =/= nil andalso S =/= true andalso S =/= false)).

%% @doc An ordinary send of a selector known at run time.
-spec perform(term(), term(), term()) -> term().
perform(V, Sel, Args) when ?is_symbol(Sel), length(Args) >= 0 ->
    beamtalk_message_dispatch:send(V, Sel, Args);
perform({beamtalk_future, P} = F, Sel, Args) when ?IS_FUTURE_KEY(P) ->
    perform(beamtalk_future:await(F), Sel, Args);
perform(V, Sel, _) when not ?is_symbol(Sel) ->
    beamtalk_error:raise(
        type_error, beamtalk_tag:class_name_of(V), 'perform:', <<"perform: expects a Symbol as selector">>
    );
perform(V, _, _) ->
    beamtalk_error:raise(
        type_error,
        beamtalk_tag:class_name_of(V),
        'perform:withArguments:',
        <<"perform:withArguments: expects a List of arguments">>
    ).

-spec hash(term()) -> non_neg_integer().
hash({beamtalk_future, P} = F) when ?IS_FUTURE_KEY(P) -> hash(beamtalk_future:await(F));
hash(V) -> erlang:phash2(V).

-spec identity(V) -> V.
identity(V) -> V.

%%% Fields

%% @doc List of field names: of an actor a future (its own: the list), of a class its declared fields.
-spec field_names(term()) -> term().
field_names({beamtalk_future, P} = F) when ?IS_FUTURE_KEY(P) -> field_names(beamtalk_future:await(F));
field_names({beamtalk_object, _, _, P}) when P =:= self() -> names(beamtalk_actor:state());
field_names({beamtalk_object, _, _, P} = V) when is_pid(P) -> beamtalk_message_dispatch:send0(V, fieldNames);
field_names({beamtalk_object, _, _, N} = Class) when is_atom(N) -> beamtalk_reflection:field_names(Class);
field_names(#{?BT_TAG := Class} = V) ->
    case beamtalk_class_registry:is_stdlib(Class) of
        true -> lists:sort(maps:get(fields, beamtalk_class_registry:meta(Class), []));
        false -> names(V)
    end;
field_names(_) -> [].

%% An exception carries its error record and its trace beside the fields.
names(#{?BT_TAG := _, error := #beamtalk_error{}} = Exception) ->
    lists:sort(maps:keys(maps:without([?BT_TAG, error, stacktrace], Exception)));
names(Fields) ->
    lists:sort(maps:keys(maps:remove(?BT_TAG, Fields))).

%% @doc Value of a field of an actor, nil if it has none of that name.
-spec field_at(term(), term()) -> term().
field_at({beamtalk_object, _, _, P}, Field) when P =:= self() ->
    case Field of
        ?BT_TAG -> nil;
        _ -> maps:get(Field, beamtalk_actor:state(), nil)
    end;
field_at({beamtalk_object, _, _, P} = V, Field) when is_pid(P) ->
    beamtalk_message_dispatch:send1(V, 'fieldAt:', Field);
field_at({beamtalk_future, P} = F, Field) when ?IS_FUTURE_KEY(P) ->
    field_at(beamtalk_future:await(F), Field);
field_at(V, _) ->
    beamtalk_error:raise(
        immutable_value, class_name(V), 'fieldAt:', <<"Value types have no instance variables">>
    ).

%% @doc Stores into a field of an actor, answers the value.
-spec field_at_put(term(), term(), term()) -> term().
field_at_put({beamtalk_object, _, _, P} = V, Field, Value) when P =:= self() ->
    case is_atom(Field) andalso Field =/= ?BT_TAG of
        true ->
            ok = beamtalk_actor:set_state((beamtalk_actor:state())#{Field => Value}),
            Value;
        false ->
            beamtalk_error:raise(
                type_error, class_name(V), 'fieldAt:put:', <<"fieldAt:put: expects a Symbol as field name">>
            )
    end;
field_at_put({beamtalk_object, _, _, P} = V, Field, Value) when is_pid(P) ->
    beamtalk_message_dispatch:send2(V, 'fieldAt:put:', Field, Value);
field_at_put({beamtalk_future, P} = F, Field, Value) when ?IS_FUTURE_KEY(P) ->
    field_at_put(beamtalk_future:await(F), Field, Value);
field_at_put(V, _, _) ->
    beamtalk_error:raise(
        immutable_value,
        class_name(V),
        'fieldAt:put:',
        <<"Value types are immutable. Use a method that returns a new instance instead.">>
    ).

class_name({beamtalk_object, _, _, N}) when is_atom(N) -> N;
class_name(V) -> beamtalk_tag:class_name_of(V).

%%% Text

%% @doc Sends `printString' and awaits the answer. An actor asking for its own text answers directly.
-spec print_string(term()) -> term().
print_string(V) when is_binary(V) -> V;
print_string(V) when is_integer(V) -> beamtalk_integer_text:text(V);
print_string({beamtalk_future, P} = F) when ?IS_FUTURE_KEY(P) -> print_string(beamtalk_future:await(F));
print_string({beamtalk_object, _, _, P} = V) when P =:= self() ->
    beamtalk_future:await(beamtalk_message_dispatch:self0(V, printString));
print_string(V) ->
    beamtalk_message_dispatch:ask0(V, printString).

%% @doc The built-in text, what `Object printString' answers.
-spec default_print_string(term()) -> binary().
default_print_string(V) -> beamtalk_printer:print_string(V).

%% @doc `inspect': printString, for actors followed by their fields.
-spec inspect(term()) -> term().
inspect({beamtalk_object, Class, _, P}) when P =:= self() ->
    State = beamtalk_actor:state(),
    case [[atom_to_binary(F), ": ", beamtalk_printer:print_string(maps:get(F, State))] || F <- names(State)] of
        [] -> beamtalk_printer:article(Class);
        Fields -> iolist_to_binary([beamtalk_printer:article(Class), " (", lists:join(", ", Fields), ")"])
    end;
inspect({beamtalk_object, _, _, P} = V) when is_pid(P) ->
    beamtalk_message_dispatch:send0(V, inspect);
inspect(V) ->
    print_string(V).

%% @doc `doesNotUnderstand:args:' of ProtoObject.
-spec does_not_understand(term(), atom(), list()) -> no_return().
does_not_understand(V, Sel, _Args) ->
    Class = class_name(V),
    Hint =
        case beamtalk_tag:is_class(V) of
            true -> <<"Class does not understand this message">>;
            false -> <<"Check spelling or use 'respondsTo:' to verify method exists">>
        end,
    beamtalk_error:raise(does_not_understand, Class, Sel, Hint).

%% @doc `aClass >> #selector'; anything but a class is a `type_error'.
-spec method_of(term(), term()) -> term().
method_of({beamtalk_future, P} = F, Sel) when ?IS_FUTURE_KEY(P) -> method_of(beamtalk_future:await(F), Sel);
method_of(V, Sel) -> beamtalk_reflection:method(V, Sel).
