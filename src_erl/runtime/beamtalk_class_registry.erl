%%% @doc Which classes there are: rows of the class table and the terms derived from them.
%%%
%%% Reads come from ETS and `persistent_term' and need no process. Writes (`insert/2', `remove/1') come from
%%% `beamtalk_class_builder' and `beamtalk_class_removal' in the process that loads or removes the class.
%%%
%%% `persistent_term' holds what sends need: `Class => Module' (the contract), `{beamtalk_class, Class} => class object',
%%% `{beamtalk_super, Class} => module of the superclass', `{beamtalk_row, Class} => row', `{beamtalk_module, Module} => Class'.
%%% Putting a term that is already there costs nothing, so loading a class again disturbs no process.
-module(beamtalk_class_registry).

-export([insert/2, remove/1, route/2, forget_all/0]).
-export([whereis_class/1, is_registered/1, named/1, module_of/1, superclass_of/1, kind_of/1, modifiers_of/1, meta/1]).
-export([class_ref/1, metaclass_ref/1, class_of_module/1]).
-export([ancestors/1, inherits_from/2, subclasses/1, all_subclasses/1, all_classes/0]).
-export([is_abstract/1, is_sealed/1, is_stdlib/1, is_stdlib_module/1, is_actor_class/1]).

-export_type([row/0, kind/0]).

-type kind() :: value | actor | dynamic.
-type row() :: {
    Class :: atom(), Superclass :: atom() | none, module(), kind(), Modifiers :: [sealed | abstract | typed]
}.

%% Bound of a walk up the hierarchy, so that a corrupt chain cannot loop.
-define(MAX_DEPTH, 40).

%% @doc Writes a class. Everything that can be read about it is in place when this returns.
-spec insert(row(), map()) -> ok.
insert({Class, Superclass, Module, Kind, _} = Row, Meta) ->
    true = ets:insert(beamtalk_class_meta, {Class, Meta}),
    ok = forget_old_module(Class, Module),
    _ = Kind =:= dynamic orelse persistent_term:put({beamtalk_module, Module}, Class),
    true = ets:insert(beamtalk_classes, Row),
    persistent_term:put({beamtalk_row, Class}, Row),
    persistent_term:put({beamtalk_class, Class}, beamtalk_tag:class_ref(Class, Module)),
    ok = route(Class, Module),
    persistent_term:put({beamtalk_super, Class}, super_module(Superclass)),
    beamtalk_dispatch_cache:flush().

forget_old_module(Class, Module) ->
    case module_of(Class) of
        undefined -> ok;
        Module -> ok;
        Old ->
            _ = class_of_module(Old) =:= Class andalso persistent_term:erase({beamtalk_module, Old}),
            ok
    end.

%% A superclass that is dynamic, has a method replaced, or is not there is found the slow way.
super_module(none) -> none;
super_module(Class) ->
    case persistent_term:get(Class, beamtalk_dynamic_class) of
        beamtalk_dynamic_class -> none;
        Module -> Module
    end.

%% @doc Sends to instances and to the class, and super sends of its subclasses, go to this module: the class's own, or
%% `beamtalk_dynamic_class' while a method of the class is replaced by an extension.
-spec route(atom(), module()) -> ok.
route(Class, Module) ->
    ok = persistent_term:put(Class, Module),
    lists:foreach(fun(Sub) -> persistent_term:put({beamtalk_super, Sub}, super_module(Class)) end, subclasses(Class)).

%% @doc Takes a class out of every table.
-spec remove(atom()) -> ok.
remove(Class) ->
    Module = module_of(Class),
    true = ets:delete(beamtalk_classes, Class),
    true = ets:delete(beamtalk_class_meta, Class),
    true = ets:match_delete(beamtalk_class_docs, {{Class, '_'}, '_'}),
    true = ets:match_delete(beamtalk_class_vars, {{Class, '_'}, '_'}),
    true = ets:match_delete(beamtalk_dynamic_methods, {{Class, '_'}, '_'}),
    true = ets:match_delete(beamtalk_method_versions, {{Class, '_'}, '_'}),
    Keys = [Class, {beamtalk_class, Class}, {beamtalk_super, Class}, {beamtalk_row, Class}],
    _ = [persistent_term:erase(Key) || Key <- Keys],
    _ = class_of_module(Module) =:= Class andalso persistent_term:erase({beamtalk_module, Module}),
    beamtalk_dispatch_cache:flush().

%% @doc Takes every class out of `persistent_term'. For the start of a runtime, before there are tables.
-spec forget_all() -> ok.
forget_all() ->
    lists:foreach(fun persistent_term:erase/1, lists:append([keys(Term) || Term <- persistent_term:get()])).

keys({{beamtalk_row, Class}, {_, _, Module, _, _}}) ->
    [Class, {beamtalk_class, Class}, {beamtalk_super, Class}, {beamtalk_row, Class}, {beamtalk_module, Module}];
keys(_) ->
    [].

%%% One class.

-spec row(atom()) -> row() | undefined.
row(Class) ->
    persistent_term:get({beamtalk_row, Class}, undefined).

%% @doc The class object, or undefined.
-spec whereis_class(atom()) -> beamtalk_tag:class_ref() | undefined.
whereis_class(Class) ->
    persistent_term:get({beamtalk_class, Class}, undefined).

-spec is_registered(atom()) -> boolean().
is_registered(Class) ->
    row(Class) =/= undefined.

%% @doc The registered class of that name, if there is one; no atom is made.
-spec named(binary()) -> {ok, atom()} | error.
named(Name) ->
    try binary_to_existing_atom(Name) of
        Class ->
            case is_registered(Class) of
                true -> {ok, Class};
                false -> error
            end
    catch
        error:badarg -> error
    end.

-spec module_of(atom()) -> module() | undefined.
module_of(Class) -> element_of(3, Class).

-spec superclass_of(atom()) -> atom() | none | undefined.
superclass_of(Class) -> element_of(2, Class).

-spec kind_of(atom()) -> kind() | undefined.
kind_of(Class) -> element_of(4, Class).

-spec modifiers_of(atom()) -> [atom()] | undefined.
modifiers_of(Class) -> element_of(5, Class).

element_of(N, Class) ->
    case row(Class) of
        undefined -> undefined;
        Row -> element(N, Row)
    end.

-spec meta(atom()) -> map().
meta(Class) ->
    case ets:lookup(beamtalk_class_meta, Class) of
        [{_, Meta}] -> Meta;
        [] -> #{}
    end.

%% @doc The class object; the bare name when the class is not registered (early start).
-spec class_ref(atom()) -> beamtalk_tag:class_ref() | atom().
class_ref(Class) ->
    persistent_term:get({beamtalk_class, Class}, Class).

-spec metaclass_ref(atom()) -> beamtalk_tag:metaclass_ref().
metaclass_ref(Class) ->
    Module =
        case module_of(Class) of
            undefined -> beamtalk_dynamic_class;
            M -> M
        end,
    beamtalk_tag:metaclass_ref(Class, Module).

-spec class_of_module(module()) -> atom() | undefined.
class_of_module(Module) ->
    persistent_term:get({beamtalk_module, Module}, undefined).

-spec is_abstract(atom()) -> boolean().
is_abstract(Class) -> has_modifier(abstract, Class).

-spec is_sealed(atom()) -> boolean().
is_sealed(Class) -> has_modifier(sealed, Class).

has_modifier(Modifier, Class) ->
    case modifiers_of(Class) of
        undefined -> false;
        Modifiers -> lists:member(Modifier, Modifiers)
    end.

-spec is_stdlib(atom()) -> boolean().
is_stdlib(Class) ->
    case module_of(Class) of
        undefined -> false;
        Module -> is_stdlib_module(Module)
    end.

-spec is_stdlib_module(module()) -> boolean().
is_stdlib_module(Module) ->
    case atom_to_binary(Module) of
        <<"bt@stdlib@", _/binary>> -> true;
        _ -> false
    end.

%% @doc Are instances processes?
-spec is_actor_class(atom()) -> boolean().
is_actor_class(Class) ->
    lists:member(kind_of(Class), [actor, dynamic]).

%%% The hierarchy.

%% @doc The class and its registered ancestors, nearest first.
-spec ancestors(atom()) -> [atom()].
ancestors(Class) -> ancestors(Class, ?MAX_DEPTH).

ancestors(_, 0) -> [];
ancestors(Class, N) ->
    case superclass_of(Class) of
        undefined -> [];
        none -> [Class];
        Superclass -> [Class | ancestors(Superclass, N - 1)]
    end.

%% @doc Strict: a class does not inherit from itself.
-spec inherits_from(atom(), atom()) -> boolean().
inherits_from(Class, Ancestor) ->
    Class =/= Ancestor andalso lists:member(Ancestor, ancestors(Class)).

%% @doc Names of the direct subclasses, sorted.
-spec subclasses(atom()) -> [atom()].
subclasses(Class) ->
    lists:sort(ets:select(beamtalk_classes, [{{'$1', Class, '_', '_', '_'}, [], ['$1']}])).

%% @doc Names of all subclasses, sorted.
-spec all_subclasses(atom()) -> [atom()].
all_subclasses(Class) ->
    lists:usort(all_subclasses([Class], ?MAX_DEPTH)).

all_subclasses(_, 0) -> [];
all_subclasses([], _) -> [];
all_subclasses(Classes, N) ->
    Level = lists:append([subclasses(C) || C <- Classes]),
    Level ++ all_subclasses(Level, N - 1).

%% @doc Names of all registered classes, sorted.
-spec all_classes() -> [atom()].
all_classes() ->
    lists:sort(ets:select(beamtalk_classes, [{{'$1', '_', '_', '_', '_'}, [], ['$1']}])).
