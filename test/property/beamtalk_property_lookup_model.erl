%%% @doc What a program of classes, extensions and loads must answer, by the specification: classes and methods are data, a look-up is a walk.
%%%
%%% The rule is object-model 5.4: the class's own method, an extension, the superclass; an extension with the selector of an own method takes that
%%% method's place until the class is loaded again; loading brings the class's methods back, so what was added under their selectors is gone, and
%%% `Class >> selector => ...' is a load like any other (12). A method body is a list of expressions, the last one is the answer; what a method does
%%% to itself (`self.f := e' in a value) lasts for one activation. The model's own mutable things (the copy of self of each activation, the class
%%% variables, the steps left) are in the process dictionary, so a program has a process of its own.
-module(beamtalk_property_lookup_model).

-export([new/1, define/4, patch/5, extend/5, retract/4, remove/2, users/1, is_class/2, superclass/2, ancestors/2, subclasses/2, would_circle/3]).
-export([instance/2, send/4, defines/4, responds/3, class_responds/3, which/3, methods/2, own_fields/2, source/3, events/0]).

-export_type([model/0, side/0, fault/0, body/0, expression/0, extension/0, outcome/0]).

-type side() :: instance | class.
%% A model that is wrong on purpose.
-type fault() :: none | superclass_before_extension | extensions_outlast_loading | super_from_receiver | shared_class_variables.
-type selector() :: atom().
-type expression() ::
    {int, integer()}
    | {list, [expression()]}
    | {argument, pos_integer()}
    | parameter
    | {field, atom()}
    | {set, atom(), expression()}
    | {variable, atom()}
    | {assign, atom(), expression()}
    | {self, selector(), [expression()]}
    | {super, selector(), [expression()]}
    | {perform, selector(), [expression()]}
    | {responds, selector()}
    | {class_name, side()}
    | {class_of_self, selector(), [expression()]}
    | {new, atom() | self, selector(), [expression()]}
    | {to_class, atom(), selector(), [expression()]}
    | {to_integer, integer(), selector(), [expression()]}
    | {guard, expression()}
    | {block, [expression()]}
    | {block_with, expression(), expression()}
    | {each, expression()}.
-type body() :: [expression(), ...] | {library, atom()}.
-type extension() :: {answer, integer()} | {sends, integer(), selector()}.
-type class() :: #{
    super := atom() | none,
    fields := [{atom(), integer()}],
    variables := [{atom(), integer()}],
    instance := #{selector() => body()},
    class := #{selector() => body()}
}.
-type model() :: #{
    fault := fault(), classes := #{atom() => class()}, extensions := #{{atom(), side(), selector()} => {add | replace, extension()}}
}.
-type outcome() :: {value, term()} | {failed, atom(), atom(), atom()} | too_long.

-define(TAG, '$beamtalk_class').
-define(HOOK, 'doesNotUnderstand:args:').
-define(STEPS, 4000).

-spec new(fault()) -> model().
new(Fault) ->
    erase(),
    #{fault => Fault, classes => library(), extensions => #{}}.

%% What the programs use of the library.
library() ->
    Class = fun(Super, Methods) ->
        #{super => Super, fields => [], variables => [], class => #{}, instance => maps:from_list([{S, {library, S}} || S <- Methods])}
    end,
    #{
        'ProtoObject' => Class(none, [?HOOK]),
        'Object' => Class('ProtoObject', [printString, notImplemented]),
        'Number' => Class('Object', []),
        'Integer' => Class('Number', [printString]),
        'Behaviour' => Class('Object', [printString]),
        'Class' => Class('Behaviour', [])
    }.

%%% Changes

-spec define(atom(), atom(), map(), model()) -> model().
define(Class, Super, #{fields := Fields, variables := Variables, methods := Methods, class_methods := ClassMethods}, Model) ->
    New = #{super => Super, fields => Fields, variables => Variables, instance => maps:from_list(Methods), class => maps:from_list(ClassMethods)},
    loaded(Class, New, Model).

%% @doc `Class >> selector => body': the class with the method is loaded.
-spec patch(atom(), side(), selector(), body(), model()) -> model().
patch(Class, Side, Selector, Body, #{classes := Classes} = Model) ->
    #{Class := #{Side := Methods} = Old} = Classes,
    loaded(Class, Old#{Side := Methods#{Selector => Body}}, Model).

loaded(Class, New, #{classes := Classes, extensions := Extensions, fault := Fault} = Model) ->
    Gone = [{Class, Side, Selector} || Fault =/= extensions_outlast_loading, Side <- [instance, class], Selector <- maps:keys(maps:get(Side, New))],
    Model#{classes := Classes#{Class => New}, extensions := maps:without(Gone, Extensions)}.

-spec extend(atom(), side(), selector(), extension(), model()) -> model().
extend(Class, Side, Selector, Extension, #{classes := Classes, extensions := Extensions} = Model) ->
    #{Class := #{Side := Own}} = Classes,
    Mode =
        case Own of
            #{Selector := _} -> replace;
            #{} -> add
        end,
    Model#{extensions := Extensions#{{Class, Side, Selector} => {Mode, Extension}}}.

-spec retract(atom(), side(), selector(), model()) -> model().
retract(Class, Side, Selector, #{extensions := Extensions} = Model) ->
    Model#{extensions := maps:remove({Class, Side, Selector}, Extensions)}.

%% @doc A class that goes takes its variables and its extensions along.
-spec remove(atom(), model()) -> model().
remove(Class, #{classes := Classes, extensions := Extensions} = Model) ->
    _ = [erase(Key) || {{variable, C, _} = Key, _} <- get(), C =:= Class],
    Model#{classes := maps:remove(Class, Classes), extensions := maps:filter(fun({C, _, _}, _) -> C =/= Class end, Extensions)}.

%%% Questions

%% @doc The classes that are not the library's.
-spec users(model()) -> [atom()].
users(#{classes := Classes}) -> lists:sort(maps:keys(maps:without(maps:keys(library()), Classes))).

-spec is_class(atom(), model()) -> boolean().
is_class(Class, #{classes := Classes}) -> is_map_key(Class, Classes).

-spec superclass(atom(), model()) -> atom() | none.
superclass(Class, #{classes := Classes}) ->
    #{Class := #{super := Super}} = Classes,
    Super.

%% @doc The class and what it inherits from, nearest first.
-spec ancestors(atom() | none, model()) -> [atom()].
ancestors(none, _) -> [];
ancestors(Class, Model) -> [Class | ancestors(superclass(Class, Model), Model)].

-spec subclasses(atom(), model()) -> [atom()].
subclasses(Class, #{classes := Classes}) ->
    lists:sort([Sub || {Sub, #{super := Super}} <- maps:to_list(Classes), Super =:= Class]).

-spec would_circle(atom(), atom(), model()) -> boolean().
would_circle(Class, Super, Model) -> lists:member(Class, [Super | ancestors(Super, Model)]).

%% @doc What `Class new' answers.
-spec instance(atom(), model()) -> map().
instance(Class, #{classes := Classes} = Model) ->
    Declared = [maps:from_list(Fields) || C <- lists:reverse(ancestors(Class, Model)), #{fields := Fields} <- [maps:get(C, Classes)]],
    lists:foldl(fun(Own, All) -> maps:merge(All, Own) end, #{?TAG => Class}, Declared).

%% @doc Has the class a method of its own?
-spec defines(atom(), side(), selector(), model()) -> boolean().
defines(Class, Side, Selector, Model) -> own(Class, Side, Selector, Model) =/= [].

-spec responds(term(), selector(), model()) -> boolean().
responds(Receiver, Selector, Model) -> find(class_of(Receiver), instance, Selector, Model) =/= none.

-spec class_responds(atom(), selector(), model()) -> boolean().
class_responds(Class, Selector, Model) ->
    find(Class, class, Selector, Model) =/= none orelse find('Class', instance, Selector, Model) =/= none.

%% @doc The class that a selector is found in.
-spec which(atom(), selector(), model()) -> atom().
which(Class, Selector, Model) ->
    case find(Class, instance, Selector, Model) of
        none -> nil;
        {_, Definer, _} -> Definer
    end.

%% @doc What is found in the class itself, sorted.
-spec methods(atom(), model()) -> [selector()].
methods(Class, #{classes := Classes, extensions := Extensions}) ->
    #{Class := #{instance := Own}} = Classes,
    lists:usort(maps:keys(Own) ++ [S || {C, instance, S} <- maps:keys(Extensions), C =:= Class]).

-spec own_fields(atom(), model()) -> [atom()].
own_fields(Class, #{classes := Classes}) ->
    #{Class := #{fields := Fields}} = Classes,
    [Field || {Field, _} <- Fields].

%% @doc The body that a selector is found with; open if it is not written in the program.
-spec source(atom(), selector(), model()) -> body() | open | none.
source(Class, Selector, Model) ->
    case find(Class, instance, Selector, Model) of
        none -> none;
        {own, _, {library, _}} -> open;
        {own, _, Body} -> Body;
        _ -> open
    end.

%% @doc How often each thing that the programs are about came to pass.
-spec events() -> #{atom() => pos_integer()}.
events() ->
    beamtalk_property_tally:events().

%%% Sends

%% @doc What a message from outside answers. The receiver is a value, or `{class, Name}'.
-spec send(term(), selector(), [term()], model()) -> outcome().
send(Receiver, Selector, Arguments, Model) ->
    Before = get(),
    ok = beamtalk_property_tally:limit(?STEPS),
    try dispatch(Receiver, Selector, Arguments, Model) of
        Value -> {value, Value}
    catch
        throw:{failed, Kind, Class, Sel} ->
            beamtalk_property_tally:event(Kind),
            {failed, Kind, Class, Sel};
        throw:Why when Why =:= too_long ->
            erase(),
            _ = [put(Key, Value) || {Key, Value} <- Before],
            beamtalk_property_tally:event(Why),
            Why
    end.

dispatch({class, Class} = Self, Selector, Arguments, Model) ->
    known(Class, Model),
    class_found(find(Class, class, Selector, Model), Self, Selector, Arguments, Model);
dispatch(Self, Selector, Arguments, Model) ->
    Class = class_of(Self),
    is_class(Class, Model) orelse fail(class_not_found, Class, Selector),
    found(find(Class, instance, Selector, Model), Self, Selector, Arguments, Model).

known(Class, Model) ->
    is_class(Class, Model) orelse fail(class_not_found, Class, undefined).

class_found(none, Self, Selector, Arguments, Model) ->
    case find('Class', instance, Selector, Model) of
        none -> not_understood(Self, Selector, Arguments, Model);
        Found -> run(Found, instance, Self, Selector, Arguments, Model)
    end;
class_found(Found, Self, Selector, Arguments, Model) ->
    run(Found, class, Self, Selector, Arguments, Model).

found(none, Self, Selector, Arguments, Model) -> not_understood(Self, Selector, Arguments, Model);
found(Found, Self, Selector, Arguments, Model) -> run(Found, instance, Self, Selector, Arguments, Model).

not_understood({class, Class} = Self, Selector, Arguments, Model) ->
    case find(Class, class, ?HOOK, Model) of
        none -> fail(does_not_understand, Class, Selector);
        Hook -> hooked(Hook, class, Self, Selector, Arguments, Model)
    end;
not_understood(Self, Selector, Arguments, Model) ->
    hooked(find(class_of(Self), instance, ?HOOK, Model), instance, Self, Selector, Arguments, Model).

hooked({_, 'ProtoObject', _}, _, Self, Selector, _, _) ->
    fail(does_not_understand, class_of(Self), Selector);
hooked(Hook, Side, Self, Selector, Arguments, Model) ->
    beamtalk_property_tally:event(forwarded),
    run(Hook, Side, Self, ?HOOK, [Selector, Arguments], Model).

%% `{Way, Definer, Body}': first hit, from the class upward.
find(none, _, _, _) ->
    none;
find(Class, Side, Selector, #{fault := superclass_before_extension} = Model) ->
    Chain = ancestors(Class, Model),
    case lists:append([own(C, Side, Selector, Model) || C <- Chain]) ++ lists:append([extension(C, Side, Selector, Model) || C <- Chain]) of
        [First | _] -> First;
        [] -> none
    end;
find(Class, Side, Selector, Model) ->
    Own = own(Class, Side, Selector, Model),
    case extension(Class, Side, Selector, Model) of
        [{replacement, _, _} = Found] -> Found;
        [Found] when Own =:= [] -> Found;
        _ when Own =/= [] -> hd(Own);
        [] -> find(superclass(Class, Model), Side, Selector, Model)
    end.

own(Class, Side, Selector, #{classes := Classes}) ->
    case Classes of
        #{Class := #{Side := #{Selector := Body}}} -> [{own, Class, Body}];
        #{} -> []
    end.

extension(Class, Side, Selector, #{extensions := Extensions}) ->
    case Extensions of
        #{{Class, Side, Selector} := {add, Extension}} -> [{extension, Class, Extension}];
        #{{Class, Side, Selector} := {replace, Extension}} -> [{replacement, Class, Extension}];
        #{} -> []
    end.

run({own, Definer, {library, Selector}}, _, Self, _, Arguments, Model) ->
    beamtalk_property_tally:event(library),
    in_library(Definer, Selector, Self, Arguments, Model);
run({own, Definer, Body}, Side, Self, _, Arguments, Model) ->
    _ = Definer =:= class_of(Self) orelse beamtalk_property_tally:event(inherited),
    activate(Definer, Side, Self, Arguments, Body, Model);
run({Way, _, {answer, Number}}, _, _, _, Arguments, _) ->
    beamtalk_property_tally:event(Way),
    [Number | Arguments];
run({Way, _, {sends, Number, Selector}}, _, Self, _, Arguments, Model) ->
    beamtalk_property_tally:event(Way),
    beamtalk_property_tally:step(),
    [Number, dispatch(Self, Selector, [], Model) | Arguments].

in_library('Integer', printString, Self, [], _) -> integer_to_binary(Self);
in_library(_, printString, {class, Class}, [], _) -> atom_to_binary(Class);
in_library(_, printString, Self, [], _) -> <<"a ", (atom_to_binary(class_of(Self)))/binary>>;
in_library(_, notImplemented, Self, [], _) -> fail(user_error, class_of(Self), undefined);
in_library(_, ?HOOK, Self, [Selector, _], _) -> fail(does_not_understand, class_of(Self), Selector).

class_of(#{?TAG := Class}) -> Class;
class_of({class, Class}) -> Class;
class_of(Self) when is_integer(Self) -> 'Integer'.

%%% Bodies

activate(Definer, Side, Self, Arguments, Body, Model) ->
    Cell = {self, make_ref()},
    put(Cell, Self),
    Activation = #{definer => Definer, side => Side, cell => Cell, arguments => Arguments, parameter => nil},
    try
        last([evaluate(E, Activation, Model) || E <- Body])
    after
        erase(Cell)
    end.

last(Values) -> lists:last(Values).

evaluate(Expression, #{cell := Cell} = A, Model) ->
    beamtalk_property_tally:step(),
    Self = get(Cell),
    case Expression of
        {int, N} -> N;
        {list, Elements} -> [evaluate(E, A, Model) || E <- Elements];
        {argument, N} -> lists:nth(N, maps:get(arguments, A));
        parameter -> maps:get(parameter, A);
        {field, Field} -> maps:get(Field, Self, nil);
        {set, Field, E} ->
            Value = evaluate(E, A, Model),
            %% The expression may have made another copy.
            put(Cell, (get(Cell))#{Field => Value}),
            Value;
        {variable, Name} -> variable(Self, Name, Model);
        {assign, Name, E} ->
            Value = evaluate(E, A, Model),
            put(key(Self, Name, Model), Value),
            Value;
        {self, Selector, Es} -> dispatch_operator(Self, Selector, evaluate_all(Es, A, Model), Model);
        {super, Selector, Es} -> super(Self, Selector, evaluate_all(Es, A, Model), A, Model);
        {perform, Selector, Es} -> dispatch(Self, Selector, evaluate_all(Es, A, Model), Model);
        {responds, Selector} when is_tuple(Self) -> class_responds(class_of(Self), Selector, Model);
        {responds, Selector} -> responds(Self, Selector, Model);
        {class_name, _} -> class_of(Self);
        {class_of_self, Selector, Es} -> dispatch({class, class_of(Self)}, Selector, evaluate_all(Es, A, Model), Model);
        {new, self, Selector, Es} -> dispatch(created(class_of(Self), Model), Selector, evaluate_all(Es, A, Model), Model);
        {new, Class, Selector, Es} -> dispatch(created(Class, Model), Selector, evaluate_all(Es, A, Model), Model);
        {to_class, Class, Selector, Es} ->
            known(Class, Model),
            dispatch({class, Class}, Selector, evaluate_all(Es, A, Model), Model);
        {to_integer, N, Selector, Es} -> dispatch(N, Selector, evaluate_all(Es, A, Model), Model);
        {guard, E} -> guard(E, A, Model);
        {block, Es} -> last(evaluate_all(Es, A, Model));
        {block_with, Argument, E} ->
            Value = evaluate(Argument, A, Model),
            evaluate(E, A#{parameter := Value}, Model);
        {each, E} -> [evaluate(E, A#{parameter := N}, Model) || N <- [1, 2]]
    end.

evaluate_all(Expressions, A, Model) -> [evaluate(E, A, Model) || E <- Expressions].

created(Class, Model) ->
    known(Class, Model),
    instance(Class, Model).

%% An operator that nothing defines is Erlang's, which wants numbers.
dispatch_operator(Self, '+' = Selector, Arguments, Model) ->
    case responds(Self, Selector, Model) of
        true -> dispatch(Self, Selector, Arguments, Model);
        false -> fail(runtime_error, undefined, undefined)
    end;
dispatch_operator(Self, Selector, Arguments, Model) ->
    dispatch(Self, Selector, Arguments, Model).

super(Self, Selector, Arguments, #{definer := Definer, side := Side}, #{fault := Fault} = Model) ->
    beamtalk_property_tally:event(super),
    From =
        case Fault of
            super_from_receiver -> class_of(Self);
            _ -> Definer
        end,
    Found = find(superclass(From, Model), Side, Selector, Model),
    case Side of
        class -> class_found(Found, Self, Selector, Arguments, Model);
        instance -> found(Found, Self, Selector, Arguments, Model)
    end.

%% What a value did to itself in the protected block is undone; class variables are not part of self.
guard(E, #{cell := Cell} = A, Model) ->
    Entry = get(Cell),
    try
        evaluate(E, A, Model)
    catch
        throw:{failed, Kind, Class, Selector} ->
            beamtalk_property_tally:event(guarded),
            put(Cell, Entry),
            [Kind, Class, symbol(Selector)]
    end.

symbol(undefined) -> nil;
symbol(Selector) -> Selector.

variable(Self, Name, #{classes := Classes} = Model) ->
    case get(key(Self, Name, Model)) of
        undefined ->
            Declared = [V || C <- ancestors(class_of(Self), Model), {N, V} <- maps:get(variables, maps:get(C, Classes)), N =:= Name],
            hd(Declared ++ [nil]);
        Value ->
            Value
    end.

key(Self, Name, #{fault := shared_class_variables} = Model) ->
    {variable, lists:last([C || C <- ancestors(class_of(Self), Model), lists:member(C, users(Model))]), Name};
key(Self, Name, _) ->
    {variable, class_of(Self), Name}.

-spec fail(atom(), atom(), atom()) -> no_return().
fail(Kind, Class, Selector) -> throw({failed, Kind, Class, Selector}).

