%%% @doc How often the texts of methods have changed on this node: the first text is version 1.
%%%
%%% Whoever loads a class takes its texts before and asks what has changed after. Classes loaded from files know their texts as well, so it does not matter where
%%% the first version came from. Rows are written by the processes that load, which hold the class's lock; those of a class go with it.
-module(beamtalk_method_versions).

-export([texts/1, changed/2, version/2]).

-export_type([texts/0, change/0]).

-type texts() :: [{{instance | class, atom()}, binary()}].
-type change() :: {Method :: binary(), Old :: pos_integer(), New :: pos_integer()}.

-define(TABLE, beamtalk_method_versions).

%% @doc The class's own methods with their texts, in the order of the source; none of a class that is not there.
-spec texts(atom()) -> texts().
texts(Class) ->
    Meta = beamtalk_class_registry:meta(Class),
    Source = maps:get(source, Meta, <<>>),
    [
        {{Side, element(1, Method)}, beamtalk_source:slice(Source, element(3, Method), element(4, Method))}
     || {Side, Key} <- [{instance, methods}, {class, class_methods}], Method <- maps:get(Key, Meta, [])
    ].

%% @doc Counts the methods whose text is not what it was before.
-spec changed(atom(), texts()) -> [change()].
changed(Class, Before) ->
    Old = maps:from_list(Before),
    [counted(Class, Method) || {Method, Text} <- texts(Class), is_map_key(Method, Old), map_get(Method, Old) =/= Text].

counted(Class, {Side, Selector} = Method) ->
    Version = ets:update_counter(?TABLE, {Class, Method}, 1, {{Class, Method}, 1}),
    {<<(owner(Class, Side))/binary, ">>", (atom_to_binary(Selector))/binary>>, Version - 1, Version}.

owner(Class, instance) -> atom_to_binary(Class);
owner(Class, class) -> <<(atom_to_binary(Class))/binary, " class">>.

%% @doc The version of a method that is told by its names; the class side is `Counter class'.
-spec version(Class :: binary(), Selector :: binary()) -> pos_integer().
version(Class, Selector) ->
    {Name, Side} =
        case string:split(Class, <<" class">>, trailing) of
            [Instance, <<>>] -> {Instance, class};
            _ -> {Class, instance}
        end,
    try ets:lookup_element(?TABLE, {binary_to_existing_atom(Name), {Side, binary_to_existing_atom(Selector)}}, 2) of
        Version -> Version
    catch
        %% No such row, or nobody has ever had such a name.
        error:badarg -> 1
    end.
