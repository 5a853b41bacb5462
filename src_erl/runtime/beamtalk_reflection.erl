%%% @doc What classes say about themselves. Primitives of Behaviour, Class and Metaclass: the class object first.
-module(beamtalk_reflection).

-include("beamtalk.hrl").

-export([name/1, this_class/1, superclass/1, all_superclasses/1, subclasses/1, all_subclasses/1]).
-export([inherits_from/2, includes_behaviour/2]).
-export([methods/1, all_methods/1, includes_selector/2, can_understand/2, which_class_includes_selector/2]).
-export([class_methods/1, local_class_methods/1, class_includes_selector/2]).
-export([defined_class_methods/1, class_method_info/2]).
-export([field_names/1, all_field_names/1]).
-export([doc/1, set_doc/2, set_doc_for_method/3, method_doc/2]).
-export([method/2, method_named/2, method_source/2, method_info/2]).
-export([class_builder/1]).

-type class() :: beamtalk_tag:class_ref() | beamtalk_tag:metaclass_ref().

%%% Names and hierarchy

%% @doc A symbol for a class, a string for a metaclass.
-spec name(class()) -> atom() | binary().
name({beamtalk_object, 'Metaclass', _, Name}) -> <<(atom_to_binary(Name))/binary, " class">>;
name({beamtalk_object, _, _, Name}) -> Name.

-spec this_class(class()) -> class().
this_class({beamtalk_object, _, _, Name}) -> ref(Name).

%% The class object or metaclass object of another class, of the same sort as the receiver.
-spec superclass(class()) -> class() | nil.
superclass({beamtalk_object, _, _, Name} = Class) ->
    case beamtalk_class_registry:superclass_of(Name) of
        none -> nil;
        undefined -> nil;
        Superclass -> like(Class, Superclass)
    end.

-spec all_superclasses(class()) -> [class()].
all_superclasses({beamtalk_object, _, _, Name} = Class) ->
    [like(Class, C) || C <- beamtalk_class_registry:ancestors(Name), C =/= Name].

-spec subclasses(class()) -> [class()].
subclasses({beamtalk_object, _, _, Name} = Class) ->
    [like(Class, C) || C <- beamtalk_class_registry:subclasses(Name)].

-spec all_subclasses(class()) -> [class()].
all_subclasses({beamtalk_object, _, _, Name} = Class) ->
    [like(Class, C) || C <- beamtalk_class_registry:all_subclasses(Name)].

-spec inherits_from(class(), term()) -> boolean().
inherits_from({beamtalk_object, _, _, Name}, Other) ->
    case beamtalk_tag:referred_class(Other) of
        {ok, Ancestor} -> beamtalk_class_registry:inherits_from(Name, Ancestor);
        error -> false
    end.

-spec includes_behaviour(class(), term()) -> boolean().
includes_behaviour({beamtalk_object, _, _, Name} = Class, Other) ->
    beamtalk_tag:referred_class(Other) =:= {ok, Name} orelse inherits_from(Class, Other).

like({beamtalk_object, 'Metaclass', _, _}, Name) -> beamtalk_class_registry:metaclass_ref(Name);
like(_, Name) -> ref(Name).

ref(Name) -> beamtalk_class_registry:class_ref(Name).

%%% Methods. A class object is asked about instance methods of the class; a metaclass object about those of Metaclass.

%% @doc Selectors defined in the class itself, sorted.
-spec methods(class()) -> [atom()].
methods(Class) -> local(subject(Class)).

-spec all_methods(class()) -> [atom()].
all_methods(Class) ->
    lists:usort(lists:append([local(C) || C <- beamtalk_class_registry:ancestors(subject(Class))])).

-spec includes_selector(class(), term()) -> boolean().
includes_selector(Class, Selector) -> lists:member(Selector, methods(Class)).

-spec can_understand(class(), term()) -> boolean().
can_understand(Class, Selector) -> which(subject(Class), Selector) =/= none.

-spec which_class_includes_selector(class(), term()) -> class() | nil.
which_class_includes_selector(Class, Selector) ->
    case which(subject(Class), Selector) of
        none -> nil;
        Name -> ref(Name)
    end.

subject({beamtalk_object, 'Metaclass', _, _}) -> 'Metaclass';
subject({beamtalk_object, _, _, Name}) -> Name.

local(Name) ->
    lists:usort(selectors(methods, Name) ++ beamtalk_extensions:selectors(Name)).

selectors(Side, Name) ->
    [element(1, M) || M <- maps:get(Side, beamtalk_class_registry:meta(Name), [])].

which(Name, Selector) ->
    case [C || C <- beamtalk_class_registry:ancestors(Name), lists:member(Selector, local(C))] of
        [Defining | _] -> Defining;
        [] -> none
    end.

%% @doc Class-side selectors, own and inherited.
-spec class_methods(class()) -> [atom()].
class_methods({beamtalk_object, _, _, Name}) ->
    lists:usort(lists:append([own_class_methods(C) || C <- beamtalk_class_registry:ancestors(Name)])).

-spec local_class_methods(class()) -> [atom()].
local_class_methods({beamtalk_object, _, _, Name}) ->
    own_class_methods(Name).

-spec class_includes_selector(class(), term()) -> boolean().
class_includes_selector(Class, Selector) ->
    lists:member(Selector, local_class_methods(Class)).

own_class_methods(Name) ->
    Makers =
        case beamtalk_class_registry:kind_of(Name) of
            actor -> [spawn, 'spawnWith:'];
            _ -> [new, 'new:']
        end,
    lists:usort(Makers ++ defined_class_methods(Name)).

%% @doc Class-side selectors that the class or an extension of it defines, without those every class has.
-spec defined_class_methods(atom()) -> [atom()].
defined_class_methods(Name) ->
    lists:usort(selectors(class_methods, Name) ++ beamtalk_extensions:selectors(beamtalk_tag:class_tag(Name))).

%% @doc The class that defines a class method, and the row of its meta data.
-spec class_method_info(atom(), atom()) -> {atom(), tuple()} | none.
class_method_info(Name, Selector) ->
    Found = [
        {C, Info}
     || C <- beamtalk_class_registry:ancestors(Name),
        Info <- maps:get(class_methods, beamtalk_class_registry:meta(C), []),
        element(1, Info) =:= Selector
    ],
    case Found of
        [First | _] -> First;
        [] -> none
    end.

%%% Fields

%% @doc Fields declared in the class itself, in source order.
-spec field_names(class()) -> [atom()].
field_names({beamtalk_object, _, _, Name}) -> declared(Name).

-spec all_field_names(class()) -> [atom()].
all_field_names({beamtalk_object, _, _, Name}) ->
    All = lists:append([declared(C) || C <- lists:reverse(beamtalk_class_registry:ancestors(Name))]),
    unique(All, []).

declared(Name) -> maps:get(fields, beamtalk_class_registry:meta(Name), []).

unique([], Acc) -> lists:reverse(Acc);
unique([F | Rest], Acc) ->
    case lists:member(F, Acc) of
        true -> unique(Rest, Acc);
        false -> unique(Rest, [F | Acc])
    end.

%%% Documentation

-spec doc(class()) -> binary() | nil.
doc({beamtalk_object, _, _, Name}) ->
    case ets:lookup(beamtalk_class_docs, {Name, class}) of
        [{_, Doc}] ->
            Doc;
        [] ->
            Meta = beamtalk_class_registry:meta(Name),
            beamtalk_source:doc(source(Meta), maps:get(doc, Meta, nil))
    end.

-spec set_doc(class(), term()) -> class().
set_doc({beamtalk_object, _, _, Name} = Class, Doc) ->
    ok = store_doc(Name, class, Doc, 'doc:'),
    Class.

-spec set_doc_for_method(class(), atom(), term()) -> class().
set_doc_for_method({beamtalk_object, _, _, Name} = Class, Selector, Doc) ->
    ok = store_doc(Name, {method, Selector}, Doc, 'setDocForMethod:to:'),
    Class.

store_doc(Name, What, Doc, _) when is_binary(Doc); Doc =:= nil ->
    true = ets:insert(beamtalk_class_docs, {{Name, What}, Doc}),
    ok;
store_doc(Name, _, _, Selector) ->
    beamtalk_error:raise(type_error, Name, Selector, <<"Documentation must be a String">>).

%% @doc Documentation of a method defined in the class itself.
-spec method_doc(atom(), atom()) -> binary() | nil.
method_doc(Name, Selector) ->
    case ets:lookup(beamtalk_class_docs, {Name, {method, Selector}}) of
        [{_, Doc}] ->
            Doc;
        [] ->
            case method_info(Name, Selector) of
                {_, _, _, _, Range, _, _} -> beamtalk_source:doc(source(beamtalk_class_registry:meta(Name)), Range);
                none -> nil
            end
    end.

source(Meta) -> maps:get(source, Meta, <<>>).

%%% Compiled methods

%% @doc `aClass >> selector': a CompiledMethod found in the class or an ancestor, else nil.
-spec method(term(), term()) -> map() | nil.
method({beamtalk_object, _, _, Name} = Class, Selector) when is_atom(Name), is_atom(Selector) ->
    case which(subject(Class), Selector) of
        none -> nil;
        Defining -> compiled_method(Defining, Selector)
    end;
method(V, _) ->
    beamtalk_error:raise(type_error, beamtalk_tag:class_name_of(V), '>>', <<">> expects a class and a Symbol">>).

%% @doc The same of a class named in the source. An unknown one is no value that the look-up could be sent to.
-spec method_named(atom(), term()) -> map() | nil.
method_named(Name, Selector) ->
    case beamtalk_class_registry:is_registered(Name) of
        true ->
            method(beamtalk_class_registry:class_ref(Name), Selector);
        false ->
            Text = atom_to_binary(Name),
            beamtalk_error:raise(does_not_understand, Name, '>>', ["Define ", Text, " with: Object subclass: ", Text])
    end.

compiled_method(Name, Selector) ->
    #{
        ?BT_TAG => 'CompiledMethod',
        selector => Selector,
        source => method_source(Name, Selector),
        argumentCount => beamtalk_selector:arity(Selector),
        doc => method_doc(Name, Selector),
        definingClass => Name
    }.

%% @doc Text of a method as written, without `C >> ' and doc comment; empty when unknown.
-spec method_source(atom(), atom()) -> binary().
method_source(Name, Selector) ->
    case method_info(Name, Selector) of
        none -> <<>>;
        {_, _, Start, End, _, _, _} -> beamtalk_source:slice(source(beamtalk_class_registry:meta(Name)), Start, End)
    end.

%% @doc The row of the meta data about an instance method.
-spec method_info(atom(), atom()) -> tuple() | none.
method_info(Name, Selector) ->
    case lists:keyfind(Selector, 1, maps:get(methods, beamtalk_class_registry:meta(Name), [])) of
        false -> none;
        Info -> Info
    end.

%% @doc A new ClassBuilder actor with the superclass preset.
-spec class_builder(class()) -> beamtalk_tag:actor().
class_builder({beamtalk_object, _, _, _} = Class) ->
    beamtalk_class_instantiation:spawn(ref('ClassBuilder'), #{superclassRef => Class}).
