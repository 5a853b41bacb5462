%%% @doc Sends to class objects and metaclass objects that their module does not answer directly.
%%%
%%% Class methods of the class and its superclasses first, then the instance methods of Class (of Metaclass for a metaclass
%%% object) with the class object as self. Argument lists are those of class methods: class object, arguments, `[]'.
-module(beamtalk_class_dispatch).

-export([send/5, meta_send/3, send_to_class_protocol/3, understands/2, not_understood/4]).

%% Names that stay class protocol on the class `Erlang'; every other unary message names a module.
-define(NOT_A_MODULE, [
    new, spawn, class, methods, superclass, subclasses, allSubclasses, class_name, module_name, printString
]).

%% @doc Look-up from `Class' upward.
-spec send(atom(), atom(), atom(), non_neg_integer(), [term()]) -> term().
send('Erlang', _, Selector, 0, Args) ->
    case lists:member(Selector, ?NOT_A_MODULE) of
        false -> beamtalk_erlang_proxy:new(Selector);
        true -> class_send('Erlang', Selector, 0, Args)
    end;
send(Class, _, Selector, N, Args) ->
    class_send(Class, Selector, N, Args).

%% @doc A message to a metaclass object: class methods of the class it describes run with the class as self, all others
%% are those of Metaclass.
-spec meta_send(beamtalk_tag:metaclass_ref(), atom(), [term()]) -> term().
meta_send({beamtalk_object, _, _, Class} = Self, Selector, Args) ->
    class_send(Class, Selector, length(Args), [Self | Args] ++ [[]]).

class_send(Class, Selector, N, [Self | _] = Args) ->
    Protocol = beamtalk_tag:class_name_of(Self),
    Key = {class_send, Class, Protocol, Selector},
    case beamtalk_dispatch_cache:find(Key, fun() -> resolve(Class, Protocol, Selector, N) end) of
        {class_side, Target} -> run(Target, Selector, Args);
        {protocol, Target} -> run_protocol(Target, Selector, N, Args)
    end.

%% A class whose superclass is gone, or has not come yet, still answers what every class does, and can be removed.
resolve(Class, Protocol, Selector, N) ->
    case {class_side(Class, Selector, N + 2), beamtalk_dispatch:find(Protocol, Selector)} of
        {{missing, Ancestor}, none} -> missing(Ancestor, Selector);
        {{missing, _}, Target} -> {protocol, Target};
        {none, Target} -> {protocol, Target};
        {Target, _} -> {class_side, Target}
    end.

-spec missing(atom(), atom()) -> no_return().
missing(Class, Selector) ->
    beamtalk_error:raise(beamtalk_error:new(class_not_found, Class, Selector)).

run({m, Module}, Selector, [Self | Rest]) -> apply(Module, Selector, [class_self(Self) | Rest]);
run({x, Fun}, _, [Self | _] = Args) -> Fun(arguments(Args), class_self(Self));
run(create, Selector, [Self | _] = Args) -> create(Selector, class_self(Self), arguments(Args)).

%% Found in a dynamic class; the receiver may be a compiled one below it, whose instances are no processes.
create(new, Class, []) -> beamtalk_class_instantiation:new(Class);
create('new:', Class, [Dict]) -> beamtalk_class_instantiation:new(Class, Dict);
create(spawn, Class, []) -> beamtalk_class_instantiation:spawn(Class);
create('spawnWith:', Class, [Dict]) -> beamtalk_class_instantiation:spawn(Class, Dict).

%% A class method sees the class object, also when the metaclass object was the receiver.
class_self({beamtalk_object, 'Metaclass', _, Name}) -> beamtalk_class_registry:class_ref(Name);
class_self(Self) -> Self.

arguments([_ | Rest]) ->
    lists:droplast(Rest).

%% @doc Instance methods of Class or Metaclass, with the class object as self.
-spec send_to_class_protocol(atom(), non_neg_integer(), [term()]) -> term().
send_to_class_protocol(Selector, N, [Self | _] = Args) ->
    run_protocol(beamtalk_dispatch:find(beamtalk_tag:class_name_of(Self), Selector), Selector, N, Args).

run_protocol({m, Module}, Selector, _, [Self | _] = Args) ->
    apply(Module, beamtalk_selector:function_name(Selector), [Self | arguments(Args)]);
run_protocol({x, Fun}, _, _, [Self | _] = Args) ->
    Fun(arguments(Args), Self);
run_protocol(_, Selector, N, [Self | _] = Args) ->
    not_understood(Self, Selector, N, arguments(Args)).

%% @doc What happens to a message that a class object does not understand.
-spec not_understood(beamtalk_tag:class_ref() | beamtalk_tag:metaclass_ref(), atom(), non_neg_integer(), [term()]) -> term().
not_understood({beamtalk_object, Tag, _, Name} = Self, Selector, N, Args) ->
    Hook = 'doesNotUnderstand:args:',
    case stays_protocol(Name, Selector) orelse class_side(Name, Hook, 4) of
        {m, Module} -> Module:'doesNotUnderstand:args:'(class_self(Self), Selector, Args, []);
        {x, Fun} -> Fun([Selector, Args], class_self(Self));
        {missing, Ancestor} -> missing(Ancestor, Selector);
        _ -> refuse(Tag, Name, Selector, N)
    end.

stays_protocol(Name, Selector) -> Name =:= 'Erlang' andalso lists:member(Selector, ?NOT_A_MODULE).

%% An abstract class refuses to be spawned in the same words whether its subclasses are actors or not.
refuse(Tag, Name, Selector, N) ->
    case lists:member(Selector, [spawn, 'spawnWith:']) andalso beamtalk_class_registry:is_abstract(Name) of
        true -> beamtalk_class_instantiation:not_constructible(Name, Selector);
        false -> beamtalk_error:raise(does_not_understand, Name, Selector, hint(Tag, Name, N))
    end.

hint('Metaclass', _, _) -> <<"Metaclass does not understand this message">>;
hint(_, 'Erlang', N) when N > 0 -> <<"Use unary message for module name: Erlang moduleName">>;
hint(_, _, _) -> <<"Class does not understand this message">>.

%% @doc Does the class object answer the selector?
-spec understands(beamtalk_tag:class_ref() | beamtalk_tag:metaclass_ref(), atom()) -> boolean().
understands({beamtalk_object, _, _, Name} = Self, Selector) ->
    beamtalk_dispatch:understands(beamtalk_tag:class_name_of(Self), Selector) orelse
        is_found(class_side(Name, Selector, beamtalk_selector:arity(Selector) + 2)).

is_found(none) -> false;
is_found({missing, _}) -> false;
is_found(_) -> true.

class_side(Class, Selector, Arity) ->
    beamtalk_dispatch_cache:find({class, Class, Selector}, fun() -> walk(Class, Selector, Arity) end).

walk(none, _, _) ->
    none;
walk(Class, Selector, Arity) ->
    case beamtalk_class_registry:superclass_of(Class) of
        undefined ->
            {missing, Class};
        Superclass ->
            case local(Class, beamtalk_class_registry:module_of(Class), Selector, Arity) of
                none -> walk(Superclass, Selector, Arity);
                Target -> Target
            end
    end.

local(Class, beamtalk_dynamic_class, Selector, _) ->
    case lists:member(Selector, [new, 'new:', spawn, 'spawnWith:']) of
        true -> create;
        false -> extension(Class, Selector)
    end;
local(Class, Module, Selector, Arity) ->
    Own = own(Class, Module, Selector, Arity),
    case beamtalk_extensions:find(beamtalk_tag:class_tag(Class), Selector) of
        {replace, Fun} -> {x, Fun};
        {add, Fun} when Own =:= none -> {x, Fun};
        _ -> Own
    end.

own(Class, Module, Selector, Arity) ->
    case beamtalk_stdlib:exports(Module, Selector, Arity) andalso not beamtalk_delegates:is_delegate(Class, Selector, Arity) of
        true -> {m, Module};
        false -> none
    end.

extension(Class, Selector) ->
    case beamtalk_extensions:find(beamtalk_tag:class_tag(Class), Selector) of
        {_, Fun} -> {x, Fun};
        none -> none
    end.
