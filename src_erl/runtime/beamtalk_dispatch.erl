%%% @doc The slow path of sends: looking a method up along the class chain.
%%%
%%% Generated modules come here through `$handle_undefined_function' when they do not export what was called. Whether that
%%% was an instance method (receiver + N arguments) or a class method (one unused argument more) follows from the arity of
%%% the selector. For each class from the start upward: own method, extension, superclass. What was found is cached.
-module(beamtalk_dispatch).

-include("beamtalk.hrl").

-export([undefined/3, send/4, has_method/2]).
-export([super/3, class_super/3]).
-export([understands/2, find/2, not_understood/3, not_inlined/2]).

-export_type([target/0]).

%% m: function of a module; x: extension; d: method block of a dynamic class; g: getter of a
%% dynamic class; v: method of a value class with fields, found from a dynamic class.
-type target() :: {m | v, module()} | {x | d, function()} | {g, atom()} | none.

%% @doc Called by generated code: `Module:Function(Args...)' is not exported.
-spec undefined(module(), atom(), [term()]) -> term().
undefined(beamtalk_dynamic_class, Function, [Self | _] = Args) ->
    %% Many classes come here, and which one this is only the receiver tells.
    Class = beamtalk_tag:class_name_of(Self),
    Arity = length(Args),
    Key = {receiver, Class, Function, Arity},
    case beamtalk_dispatch_cache:find(Key, fun() -> resolve_of(Class, Function, Arity) end) of
        {instance, Selector, Target} -> run(Target, Function, Selector, Args);
        {class, Selector, N} -> class_send(receiver_class(Self), beamtalk_dynamic_class, Function, Selector, N, Args);
        none -> no_function(beamtalk_dynamic_class, Function, Args)
    end;
undefined(Module, Function, Args) ->
    Arity = length(Args),
    %% One look-up for all that depends on the name alone.
    Key = {undefined, Module, Function, Arity},
    case beamtalk_dispatch_cache:find(Key, fun() -> resolve(Module, Function, Arity) end) of
        {instance, Selector, Target} -> run(Target, Function, Selector, Args);
        {class, Class, Selector, N} -> class_send(Class, Module, Function, Selector, N, Args);
        none -> no_function(Module, Function, Args)
    end.

resolve(Module, Function, Arity) ->
    case {side(Function, Arity), beamtalk_class_registry:class_of_module(Module)} of
        {_, undefined} -> none;
        {{instance, Selector}, Class} -> {instance, Selector, lookup(Class, Function, Selector, Arity)};
        {{class, Selector, N}, Class} -> {class, Class, Selector, N};
        {none, _} -> none
    end.

resolve_of(Class, Function, Arity) ->
    case side(Function, Arity) of
        {instance, Selector} -> {instance, Selector, lookup(Class, Function, Selector, Arity)};
        Other -> Other
    end.

side(Function, Arity) ->
    Selector = beamtalk_selector:from_function(Function),
    N = beamtalk_selector:arity(Selector),
    case Arity - N of
        1 -> {instance, Selector};
        2 -> {class, Selector, N};
        _ -> none
    end.

receiver_class(Self) ->
    case beamtalk_tag:referred_class(Self) of
        {ok, Class} -> Class;
        error -> undefined
    end.

class_send(undefined, Module, Function, _, _, Args) ->
    no_function(Module, Function, Args);
class_send(Class, Module, Function, Selector, N, [Self | _] = Args) ->
    case lists:last(Args) =:= [] andalso (beamtalk_tag:is_class(Self) orelse beamtalk_tag:is_metaclass(Self)) of
        true -> beamtalk_class_dispatch:send(Class, Function, Selector, N, Args);
        false -> no_function(Module, Function, Args)
    end.

%% A message from Erlang to an actor whose arguments are not as many as its selector says. Otherwise as OTP's error_handler: an
%% ordinary unknown function.
no_function(_, Function, [{beamtalk_object, Class, _, P} | _]) when P =:= self() ->
    does_not_understand(Class, beamtalk_selector:from_function(Function));
no_function(Module, Function, Args) ->
    erlang:raise(error, undef, [{Module, Function, Args, []}]).

%% @doc The send behind `dispatch/3' of a class module, for Erlang callers. An actor's methods run in its process only, so
%% from any other one its message goes there and the answer is a future.
-spec send(module(), atom(), [term()], term()) -> term().
send(_, Selector, Args, {beamtalk_object, _, _, P} = Self) when is_pid(P), P =/= self() ->
    beamtalk_message_dispatch:send(Self, Selector, Args);
send(Module, Selector, Args, Self) ->
    case beamtalk_selector:arity(Selector) =:= length(Args) of
        true -> apply(Module, beamtalk_selector:function_name(Selector), [Self | Args]);
        false -> beamtalk_error:raise(beamtalk_error:new(arity_mismatch, beamtalk_tag:class_name_of(Self), Selector))
    end.

%% @doc The `has_method/1' of a class module, for Erlang callers: the whole chain counts.
-spec has_method(module(), atom()) -> boolean().
has_method(Module, Selector) ->
    case beamtalk_class_registry:class_of_module(Module) of
        undefined -> false;
        Class -> understands(Class, Selector)
    end.

%% @doc Look-up from the superclass of the class that contains the code.
-spec super(atom(), atom(), [term()]) -> term().
super(DefiningClass, Selector, Args) ->
    case beamtalk_class_registry:superclass_of(DefiningClass) of
        none ->
            beamtalk_error:raise(beamtalk_error:new(no_superclass, DefiningClass, Selector));
        undefined ->
            beamtalk_error:raise(beamtalk_error:new(class_not_found, DefiningClass, Selector));
        Superclass ->
            instance(Superclass, beamtalk_selector:function_name(Selector), Selector, Args)
    end.

%% @doc The same on the class side; `Args' begins with the class object and ends with the unused argument.
-spec class_super(atom(), atom(), [term()]) -> term().
class_super(DefiningClass, Selector, Args) ->
    N = length(Args) - 2,
    case beamtalk_class_registry:superclass_of(DefiningClass) of
        Superclass when Superclass =/= none, Superclass =/= undefined ->
            beamtalk_class_dispatch:send(Superclass, Selector, Selector, N, Args);
        _ ->
            beamtalk_class_dispatch:send_to_class_protocol(Selector, N, Args)
    end.

instance(Class, Function, Selector, Args) ->
    run(lookup(Class, Function, Selector, length(Args)), Function, Selector, Args).

run({m, Module}, Function, _, Args) -> apply(Module, Function, Args);
run({x, Fun}, _, _, [Self | Rest]) -> Fun(Rest, Self);
run({d, Fun}, _, _, [Self | Rest]) -> beamtalk_dynamic_object:run(Fun, Self, Rest);
run({g, Field}, _, _, [Self | _]) -> beamtalk_dynamic_object:field(Self, Field);
run({v, Module}, Function, _, [Self | Rest]) -> apply(Module, Function, [value_self(Self) | Rest]);
run(none, _, Selector, [Self | Rest]) -> not_understood(Self, Selector, Rest).

%% Methods of a value class with fields, inherited by a class whose instances are processes, work on a map of the fields.
value_self({beamtalk_object, _, _, P}) when P =:= self() -> beamtalk_actor:state();
value_self(Self) -> Self.

%%% No method: an Erlang proxy calls its module, a class may have doesNotUnderstand:args:, else the error.

%% @doc What happens to a message nothing understands.
-spec not_understood(term(), atom(), [term()]) -> term().
not_understood(#{?BT_TAG := 'ErlangModule', module := Module}, Selector, Args) ->
    beamtalk_erlang_proxy:send(Module, Selector, Args);
not_understood({beamtalk_object, _, _, Name} = Self, Selector, Args) when is_atom(Name) ->
    %% A method of Object ran with a class as self.
    beamtalk_class_dispatch:not_understood(Self, Selector, length(Args), Args);
not_understood(Self, Selector, Args) ->
    Class = beamtalk_tag:class_name_of(Self),
    Hook = 'doesNotUnderstand:args:',
    case Selector =/= Hook andalso lookup(Class, Hook, Hook, 3) of
        {m, 'bt@stdlib@proto_object'} -> does_not_understand(Class, Selector);
        {m, Module} -> Module:'doesNotUnderstand:args:'(Self, Selector, Args);
        {x, Fun} -> Fun([Selector, Args], Self);
        {d, Fun} -> beamtalk_dynamic_object:run(Fun, Self, [Selector, Args]);
        _ -> does_not_understand(Class, Selector)
    end.

%% @doc A message that the compiler has put its code in place for, to a receiver that code is not for. The blocks are no objects there, so no method
%% of the receiver can run, neither one of that name nor `doesNotUnderstand:args:'.
-spec not_inlined(term(), atom()) -> no_return().
not_inlined(Receiver, Selector) ->
    case beamtalk_primitive:responds_to(Receiver, Selector) of
        true ->
            Class = beamtalk_tag:class_name_of(Receiver),
            Hint = <<"With literal blocks the message is built in; send it with blocks held in variables, or by perform:withArguments:">>,
            beamtalk_error:raise(does_not_understand, Class, Selector, Hint);
        false ->
            beamtalk_primitive:does_not_understand(Receiver, Selector, [])
    end.

does_not_understand('CompiledMethod', Selector) ->
    beamtalk_error:raise(
        does_not_understand,
        'CompiledMethod',
        Selector,
        <<"A CompiledMethod understands: selector, source, argumentCount, doc, printString, asString, class, respondsTo:">>
    );
does_not_understand(Class, Selector) ->
    beamtalk_error:raise(
        does_not_understand, Class, Selector, <<"Check spelling or use 'respondsTo:' to verify method exists">>
    ).

%%% Look-up.

%% @doc Do instances of the class understand the selector? `doesNotUnderstand:args:' is not asked.
-spec understands(atom(), atom()) -> boolean().
understands(Class, Selector) ->
    find(Class, Selector) =/= none.

%% @doc Where an instance method is found.
-spec find(atom(), atom()) -> target().
find(Class, Selector) ->
    case beamtalk_class_registry:is_registered(Class) of
        true ->
            lookup(
                Class,
                beamtalk_selector:function_name(Selector),
                Selector,
                beamtalk_selector:arity(Selector) + 1
            );
        false ->
            none
    end.

lookup(Class, Function, Selector, Arity) ->
    beamtalk_dispatch_cache:find({Class, Selector}, fun() -> walk(Class, Function, Selector, Arity, Class) end).

walk(none, _, _, _, _) ->
    none;
%% Instances of a dynamic class are processes and have the protocol of Actor, also when its superclass is no actor class.
walk('Object', Function, Selector, Arity, Start) ->
    case beamtalk_class_registry:kind_of(Start) =:= dynamic andalso local('Actor', Function, Selector, Arity) of
        Target when Target =/= false, Target =/= none -> Target;
        _ -> up('Object', Function, Selector, Arity, Start)
    end;
walk(Class, Function, Selector, Arity, Start) ->
    up(Class, Function, Selector, Arity, Start).

up(Class, Function, Selector, Arity, Start) ->
    case beamtalk_class_registry:superclass_of(Class) of
        undefined ->
            beamtalk_error:raise(beamtalk_error:new(class_not_found, Class, Selector));
        Superclass ->
            case local(Class, Function, Selector, Arity) of
                none -> walk(Superclass, Function, Selector, Arity, Start);
                {m, Module} -> {how(Start, Class, Module), Module};
                Target -> Target
            end
    end.

how(Start, Class, Module) ->
    case {beamtalk_class_registry:kind_of(Start), beamtalk_class_registry:kind_of(Class)} of
        {dynamic, value} -> fields_or_not(Module);
        _ -> m
    end.

fields_or_not(Module) ->
    case beamtalk_stdlib:exports(Module, '$fields', 0) andalso map_size(Module:'$fields'()) > 0 of
        true -> v;
        false -> m
    end.

local(Class, Function, Selector, Arity) ->
    Own = own(Class, Function, Selector, Arity),
    case beamtalk_extensions:find(Class, Selector) of
        {replace, Fun} -> {x, Fun};
        {add, Fun} when Own =:= none -> {x, Fun};
        _ -> Own
    end.

own(Class, Function, Selector, Arity) ->
    case beamtalk_class_registry:module_of(Class) of
        beamtalk_dynamic_class ->
            beamtalk_dynamic_object:method(Class, Selector);
        Module ->
            case beamtalk_stdlib:exports(Module, Function, Arity) andalso beamtalk_delegates:defines(Class, methods, Selector) of
                true -> {m, Module};
                false -> none
            end
    end.
