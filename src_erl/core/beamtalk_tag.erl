%%% @doc What kind of Beamtalk value a term is.
%%%
%%% The tag key is spelled in `include/beamtalk.hrl' (for matching) and answered here (for everybody else). No processes,
%%% no look-ups: the answers depend on the term alone.
-module(beamtalk_tag).

-include("beamtalk.hrl").

-export([key/0, is_tagged/1, tag/2, fields/1, class_name_of/1]).
-export([is_actor/1, is_class/1, is_metaclass/1, is_future/1, is_exception/1]).
-export([class_tag/1, class_ref/2, metaclass_ref/2, referred_class/1]).

-export_type([actor/0, class_ref/0, metaclass_ref/0]).

-type actor() :: {beamtalk_object, atom(), module(), pid()}.
-type class_ref() :: {beamtalk_object, atom(), module(), atom()}.
-type metaclass_ref() :: {beamtalk_object, 'Metaclass', module(), atom()}.

-spec key() -> atom().
key() -> ?BT_TAG.

-spec is_tagged(term()) -> boolean().
is_tagged(#{?BT_TAG := Class}) when is_atom(Class) -> true;
is_tagged(_) -> false.

%% @doc A map of fields becomes an object of the class.
-spec tag(atom(), map()) -> map().
tag(Class, Fields) ->
    Fields#{?BT_TAG => Class}.

%% @doc The fields of an object, without the tag.
-spec fields(map()) -> map().
fields(Object) ->
    maps:remove(?BT_TAG, Object).

%% @doc Name of the class of any term. Class objects answer the name of their metaclass object: `Metaclass'.
-spec class_name_of(term()) -> atom().
class_name_of(V) when is_integer(V) -> 'Integer';
class_name_of(#{?BT_TAG := Class}) when is_atom(Class) -> Class;
class_name_of(V) when is_binary(V) -> 'String';
class_name_of(true) -> 'True';
class_name_of(false) -> 'False';
class_name_of(nil) -> 'UndefinedObject';
class_name_of(V) when is_atom(V) -> 'Symbol';
class_name_of(V) when is_list(V) -> 'List';
class_name_of(V) when is_float(V) -> 'Float';
class_name_of(V) when is_function(V) -> 'Block';
class_name_of(V) when is_map(V) -> 'Dictionary';
class_name_of({beamtalk_object, 'Metaclass', _, N}) when is_atom(N) -> 'Metaclass';
class_name_of({beamtalk_object, _, _, N}) when is_atom(N) -> 'Class';
class_name_of({beamtalk_object, Class, _, P}) when is_pid(P) -> Class;
class_name_of({beamtalk_future, P}) when ?IS_FUTURE_KEY(P) -> 'Future';
class_name_of(V) when is_tuple(V) -> 'Tuple';
class_name_of(V) when is_pid(V) -> 'Pid';
class_name_of(V) when is_port(V) -> 'Port';
class_name_of(V) when is_reference(V) -> 'Reference';
class_name_of(V) when is_bitstring(V) -> 'String'.

-spec is_actor(term()) -> boolean().
is_actor({beamtalk_object, _, _, P}) -> is_pid(P);
is_actor(_) -> false.

-spec is_class(term()) -> boolean().
is_class({beamtalk_object, Tag, _, N}) -> is_atom(N) andalso Tag =/= 'Metaclass';
is_class(_) -> false.

-spec is_metaclass(term()) -> boolean().
is_metaclass({beamtalk_object, 'Metaclass', _, N}) -> is_atom(N);
is_metaclass(_) -> false.

-spec is_future(term()) -> boolean().
is_future({beamtalk_future, P}) when ?IS_FUTURE_KEY(P) -> true;
is_future(_) -> false.

-spec is_exception(term()) -> boolean().
is_exception(#{?BT_TAG := _, error := #beamtalk_error{}}) -> true;
is_exception(_) -> false.

%% @doc `Counter' becomes `Counter class'. Called when a class is registered, so the atoms are bounded by the classes.
-spec class_tag(atom()) -> atom().
class_tag(Class) ->
    binary_to_atom(<<(atom_to_binary(Class))/binary, " class">>).

-spec class_ref(atom(), module()) -> class_ref().
class_ref(Class, Module) ->
    {beamtalk_object, class_tag(Class), Module, Class}.

-spec metaclass_ref(atom(), module()) -> metaclass_ref().
metaclass_ref(Class, Module) ->
    {beamtalk_object, 'Metaclass', Module, Class}.

%% @doc The class named by a class object, a metaclass object or a symbol.
-spec referred_class(term()) -> {ok, atom()} | error.
referred_class({beamtalk_object, _, _, Name}) when is_atom(Name) -> {ok, Name};
referred_class(Name) when is_atom(Name), Name =/= nil, Name =/= true, Name =/= false -> {ok, Name};
referred_class(_) -> error.
