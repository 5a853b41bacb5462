%%% @doc `new', `new:', `spawn' and `spawnWith:', with all the ways they are refused.
%%%
%%% Called by the class-side functions the compiler generates and wherever the class is known only at run time. The class
%%% object decides what is made, so inherited class methods make instances of the receiving class.
-module(beamtalk_class_instantiation).

-include("beamtalk.hrl").

-export([fields/1, new/1, new/2, spawn/1, spawn/2]).
%% Called by generated code, besides.
-export([overlay/3, not_constructible/2]).

%% @doc Every field, inherited ones included, at its freshly evaluated default.
-spec fields(atom()) -> map().
fields(Class) ->
    case beamtalk_class_registry:module_of(Class) of
        undefined ->
            #{};
        beamtalk_dynamic_class ->
            beamtalk_dynamic_object:fields(Class);
        Module ->
            case beamtalk_stdlib:exports(Module, '$fields', 0) of
                true -> Module:'$fields'();
                false -> #{}
            end
    end.

-spec new(beamtalk_tag:class_ref()) -> term().
new({beamtalk_object, _, _, Class} = ClassRef) ->
    case made_by(Class, new) of
        value -> (fields(Class))#{?BT_TAG => Class};
        dynamic -> beamtalk_dynamic_object:create(ClassRef, new, []);
        {empty, Value} -> Value
    end.

-spec new(beamtalk_tag:class_ref(), term()) -> term().
new({beamtalk_object, _, _, Class} = ClassRef, Dict) ->
    case {made_by(Class, 'new:'), is_dictionary(Dict)} of
        {dynamic, _} -> beamtalk_dynamic_object:create(ClassRef, 'new:', [Dict]);
        {_, false} -> not_a_dictionary(Class, 'new:', <<"new: expects a Dictionary argument">>);
        {value, true} -> (maps:merge(fields(Class), Dict))#{?BT_TAG => Class};
        {{empty, _}, true} when Class =:= 'Dictionary' -> Dict;
        {{empty, _}, true} -> primitive(Class, 'new:')
    end.

-spec spawn(beamtalk_tag:class_ref()) -> beamtalk_tag:actor().
spawn({beamtalk_object, _, _, Class} = ClassRef) ->
    case kind(Class, spawn) of
        actor -> beamtalk_actor:start(Class, beamtalk_class_registry:module_of(Class), fields(Class));
        dynamic -> beamtalk_dynamic_object:create(ClassRef, spawn, []);
        _ -> not_an_actor(Class, spawn)
    end.

-spec spawn(beamtalk_tag:class_ref(), term()) -> beamtalk_tag:actor().
spawn({beamtalk_object, _, _, Class} = ClassRef, Dict) ->
    case {kind(Class, 'spawnWith:'), is_dictionary(Dict)} of
        {actor, true} ->
            beamtalk_actor:start(Class, beamtalk_class_registry:module_of(Class), maps:merge(fields(Class), Dict));
        {dynamic, true} ->
            beamtalk_dynamic_object:create(ClassRef, 'spawnWith:', [Dict]);
        {Kind, false} when Kind =:= actor; Kind =:= dynamic ->
            not_a_dictionary(Class, 'spawnWith:', <<"spawnWith: expects a Dictionary argument">>);
        _ ->
            not_an_actor(Class, 'spawnWith:')
    end.

%% @doc Behind the raw constructor `new/1' of a class module: a fresh object with the entries of a dictionary laid over it.
-spec overlay(atom(), map(), term()) -> term().
overlay(Class, Object, Dict) ->
    case is_dictionary(Dict) of
        true -> (maps:merge(Object, Dict))#{?BT_TAG => Class};
        false -> not_a_dictionary(Class, 'new:', <<"new: expects a Dictionary argument">>)
    end.

%% @doc Refuses `new' and the like of a class that has no instances of its own.
-spec not_constructible(atom() | beamtalk_tag:class_ref(), atom()) -> no_return().
not_constructible(ClassRef, Selector) ->
    {ok, Class} = beamtalk_tag:referred_class(ClassRef),
    case beamtalk_class_registry:is_abstract(Class) of
        true -> abstract(Class, Selector);
        false -> primitive(Class, Selector)
    end.

is_dictionary(Dict) -> is_map(Dict) andalso not beamtalk_tag:is_tagged(Dict).

%% What `new' makes of a class, or the error.
made_by(Class, Selector) ->
    case primitive_value(Class) of
        none -> primitive(Class, Selector);
        {no_dictionary, _} when Selector =:= 'new:' -> primitive(Class, Selector);
        {_, Value} -> {empty, Value};
        object -> object(Class, Selector)
    end.

object('Actor', Selector) ->
    use_spawn(Selector);
object(Class, Selector) ->
    case kind(Class, Selector) of
        actor -> use_spawn(Selector);
        Kind -> Kind
    end.

%% The kind of a class that is not abstract.
kind(Class, Selector) ->
    case {beamtalk_class_registry:kind_of(Class), beamtalk_class_registry:is_abstract(Class)} of
        {undefined, _} -> beamtalk_error:raise(class_not_found, Class, Selector, undefined);
        {_, true} -> abstract(Class, Selector);
        {Kind, false} -> Kind
    end.

-spec abstract(atom(), atom()) -> no_return().
abstract(Class, Selector) ->
    Hint = <<"Abstract classes cannot be instantiated. Subclass it first.">>,
    beamtalk_error:raise(instantiation_error, Class, Selector, Hint).

%% Classes whose instances are no tagged maps of fields: none can be made, or the empty one.
primitive_value('List') -> {no_dictionary, []};
primitive_value('Tuple') -> {no_dictionary, {}};
primitive_value('Dictionary') -> {dictionary, #{}};
primitive_value('Set') -> {no_dictionary, #{?BT_TAG => 'Set', elements => []}};
primitive_value('Array') -> {no_dictionary, #{?BT_TAG => 'Array', data => array:new()}};
primitive_value('Integer') -> none;
primitive_value('Float') -> none;
primitive_value('Character') -> none;
primitive_value('String') -> none;
primitive_value('Symbol') -> none;
primitive_value('True') -> none;
primitive_value('False') -> none;
primitive_value('UndefinedObject') -> none;
primitive_value('Block') -> none;
primitive_value('CompiledMethod') -> none;
primitive_value('Class') -> none;
primitive_value('Future') -> none;
primitive_value('Pid') -> none;
primitive_value('Port') -> none;
primitive_value('Reference') -> none;
primitive_value('Erlang') -> none;
primitive_value('ErlangModule') -> none;
primitive_value(_) -> object.

primitive(Class, Selector) ->
    Hint = [atom_to_binary(Class), " is a primitive type and cannot be instantiated with ", atom_to_binary(Selector)],
    beamtalk_error:raise(instantiation_error, Class, Selector, Hint).

use_spawn(new) -> beamtalk_error:raise(instantiation_error, 'Actor', new, <<"Use spawn instead">>);
use_spawn('new:') -> beamtalk_error:raise(instantiation_error, 'Actor', 'new:', <<"Use spawnWith: instead">>).

not_a_dictionary(Class, Selector, Hint) ->
    beamtalk_error:raise(type_error, Class, Selector, Hint).

not_an_actor(Class, Selector) ->
    beamtalk_error:raise(does_not_understand, Class, Selector, <<"Class does not understand this message">>).
