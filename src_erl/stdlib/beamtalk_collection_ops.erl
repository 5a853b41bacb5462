%%% @doc What the primitives of several collections share: any collection as an Erlang list, and checks of arguments.
%%%
%%% `to_list/1' is called by compiler-made code; the checks by the other `_ops' modules. A failed check raises `type_error'
%%% with a hint that names what was expected and what came.
-module(beamtalk_collection_ops).

-include("beamtalk.hrl").

-export([to_list/1]).
-export([block/4, boolean/3, index/3, count/3, list/3, type_error/4, got/1, too_many/4]).

%% @doc The elements in the order of `do:'. A dictionary's elements are its values.
-spec to_list(term()) -> list().
to_list(V) when is_list(V) -> V;
to_list(#{?BT_TAG := 'Array', data := Data}) -> array:to_list(Data);
to_list(#{?BT_TAG := 'Set', elements := Elements}) -> Elements;
to_list(#{?BT_TAG := 'Stream'} = V) -> beamtalk_stream_ops:asList(V);
to_list(#{?BT_TAG := _} = V) -> type_error(beamtalk_tag:class_name_of(V), 'do:', <<"a collection">>, V);
to_list(V) when is_map(V) -> maps:values(V);
to_list(V) when is_binary(V) -> beamtalk_string_ops:asList(V);
to_list(V) when is_tuple(V) -> tuple_to_list(V);
to_list(V) -> type_error(beamtalk_tag:class_name_of(V), 'do:', <<"a collection">>, V).

-spec block(term(), arity(), atom(), atom()) -> ok.
block(Block, Arity, _, _) when is_function(Block, Arity) -> ok;
block(Other, Arity, Class, Selector) -> type_error(Class, Selector, block_text(Arity), Other).

%% @doc What a block answered that has to say yes or no.
-spec boolean(term(), atom(), atom()) -> boolean().
boolean(Value, _, _) when is_boolean(Value) -> Value;
boolean(Other, Class, Selector) -> type_error(Class, Selector, "a block that answers a Boolean", Other).

%% @doc An index: any integer; the bounds are the collection's own affair.
-spec index(term(), atom(), atom()) -> ok.
index(Index, _, _) when is_integer(Index) -> ok;
index(Other, Class, Selector) -> type_error(Class, Selector, <<"an Integer">>, Other).

%% @doc A number of elements.
-spec count(term(), atom(), atom()) -> ok.
count(Count, _, _) when is_integer(Count), Count >= 0 -> ok;
count(Count, Class, Selector) when is_integer(Count) ->
    Text = integer_to_binary(Count),
    beamtalk_error:raise(type_error, Class, Selector, [
        atom_to_binary(Selector), " expects a non-negative Integer, got ", Text
    ]);
count(Other, Class, Selector) ->
    type_error(Class, Selector, <<"a non-negative Integer">>, Other).

-spec list(term(), atom(), atom()) -> ok.
list(List, _, _) when is_list(List) -> ok;
list(Other, Class, Selector) -> type_error(Class, Selector, <<"a List">>, Other).

%% @doc A list that would be made at once and take the memory.
-spec too_many(atom(), atom(), pos_integer(), unicode:chardata()) -> no_return().
too_many(Class, Selector, Most, Hint) ->
    Message = ["A List made by ", atom_to_binary(Selector), " has at most ", integer_to_binary(Most), " elements"],
    Error = beamtalk_error:with_message(beamtalk_error:new(runtime_error, Class, Selector), Message),
    beamtalk_error:raise(beamtalk_error:with_hint(Error, Hint)).

-spec type_error(atom(), atom(), unicode:chardata(), term()) -> no_return().
type_error(Class, Selector, Expected, Got) ->
    Hint = [atom_to_binary(Selector), " expects ", Expected, ", got ", got(Got)],
    beamtalk_error:raise(type_error, Class, Selector, Hint).

%% @doc What came instead: the class, for a block the number of its parameters.
-spec got(term()) -> binary().
got(Block) when is_function(Block) ->
    {arity, Arity} = erlang:fun_info(Block, arity),
    block_text(Arity);
got(Other) ->
    beamtalk_printer:article(beamtalk_tag:class_name_of(Other)).

block_text(Arity) ->
    <<"a ", (integer_to_binary(Arity))/binary, "-argument block">>.
